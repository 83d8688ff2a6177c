/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The next level: started in the same way by L0 and by each level that runs a guest.
 */
#ifndef NESTCHECK_CHAIN_START_H
#define NESTCHECK_CHAIN_START_H

#include "chain/line.h"
#include "chain/record.h"
#include "vmm/machine.h"

/*
 * What a level is told on its kernel's command line, as nestcheck.KEY=VALUE.
 * level: the one that is told; silence_ms: how long it may say nothing; cpus: of levels after
 * it. slow: by how much its clock, and that of all levels after it, is slower than L0's; times
 * are told in L0's. nonce: hex, nothing else.
 */
struct chain_orders {
	unsigned int level, depth, cpus, silence_ms, slow;
	char nonce[SHA256_HEX];
	char faults[128];
};

#define CHAIN_WORDS_MAX 512
void chain_orders_format(const struct chain_orders *o, char *text, size_t size);
/* From a whole command line: false where it holds no level. */
bool chain_orders_parse(const char *cmdline, struct chain_orders *o);

/* The orders of the level after this one. */
struct chain_orders chain_orders_next(const struct chain_orders *o);

/*
 * orders: the next level's. kernel, initrd, modules, vendor: as in root.h. cpus, memory:
 * the next level's; memory 0: as much as it needs.
 *
 * line: each line that the next level says of itself or hands on, with its time put in; of its
 * console (CHAIN_SAYS_CONSOLE); and its end (CHAIN_SAYS_ENDED). machine is NULL for the last.
 */
struct chain_next {
	struct chain_orders orders;
	const char *kernel, *initrd, *modules, *vendor;
	unsigned int cpus;
	uint64_t memory;
	const struct machine_msr *msrs;
	size_t n_msrs;
	void (*line)(struct machine *machine, const struct chain_line *line, void *data);
	void *data;
};

/*
 * Runs it to its end. 0, also where it ended badly; a negative errno where it could not be
 * started, with a sentence in why: -ENOMEM where too little memory is free here.
 */
int chain_start(const struct chain_next *n, char *why, size_t size);

/*
 * Bytes that a level needs which is `above` levels below the last. kernel: the file's head, by
 * which a vmlinux is told from one that unpacks itself. Pure.
 */
uint64_t chain_memory(unsigned int above, const struct machine_blob *kernel, size_t initrd);

#endif
