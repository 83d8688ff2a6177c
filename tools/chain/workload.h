/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a level proves that it runs: it hashes a nonce on two CPUs, a timer comes in time.
 *
 * Each half of the work begins with the nonce and the half's number, and is hashed again and
 * again; the digest is that of both results. After every so many rounds CPUID is executed, which
 * no CPU runs in a guest without an exit: so nested_run has to rise by CHAIN_PROOF_ENTRIES.
 */
#ifndef NESTCHECK_CHAIN_PROOF_H
#define NESTCHECK_CHAIN_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "chain/sha256.h"

#define CHAIN_PROOF_ENTRIES 32

/* The digest in hex, as L0 computes it. */
void chain_proof_expect(const char *nonce, char digest[SHA256_HEX]);

/*
 * The same on CPUs 0 and 1, a thread bound to each, or on CPU 0 alone. False with a sentence
 * where a CPU is not there or did not work.
 */
bool chain_proof_hash(const char *nonce, unsigned int cpus, char digest[SHA256_HEX], char *why,
		      size_t size);

/* Sleeps by a timer and looks at the clock and at the timer's interrupts. */
bool chain_proof_timer(char *why, size_t size);

#endif
