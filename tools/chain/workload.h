/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a level proves that it runs: it hashes a nonce on two CPUs, and a timer fires in time.
 *
 * Each half of the work starts with the nonce and the half's number, and is hashed repeatedly; the
 * digest is that of both results. Every few rounds it executes CPUID, which always exits in a
 * guest: so nested_run has to rise by CHAIN_WORKLOAD_ENTRIES.
 */
#ifndef NESTCHECK_CHAIN_WORKLOAD_H
#define NESTCHECK_CHAIN_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/sha256.h"

#define CHAIN_WORKLOAD_ENTRIES 32

/* The digest in hex, as L0 computes it. */
void chain_workload_expect(const char *nonce, char digest[SHA256_HEX]);

/*
 * The same on CPUs 0 and 1, a thread bound to each, or only on CPU 0. False with a sentence if a
 * CPU is missing or did not work.
 */
bool chain_workload_hash(const char *nonce, unsigned int cpus, char digest[SHA256_HEX], char *why,
			 size_t size);

/* Sleeps by a timer and checks the clock and the timer's interrupts. */
bool chain_workload_timer(char *why, size_t size);

#endif
