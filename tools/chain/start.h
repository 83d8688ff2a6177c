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
 * A level's arguments on its kernel's command line, as nestcheck.KEY=VALUE. level: its own;
 * silence_ms: how long it may be silent; cpus: of the levels above it. slow: the factor by which
 * its clock, and that of all levels above it, is slower than L0's; times are reported in L0's
 * time. nonce: only hex digits.
 */
struct chain_args {
	unsigned int level, depth, cpus, silence_ms, slow;
	char nonce[SHA256_HEX];
	char faults[128];
};

#define CHAIN_WORDS_MAX 512
void chain_args_format(const struct chain_args *o, char *text, size_t size);
/* Parses a whole command line; false if it has no level. */
bool chain_args_parse(const char *cmdline, struct chain_args *o);

/* The arguments of the level above this one. */
struct chain_args chain_args_next(const struct chain_args *o);

/*
 * args: of the next level. kernel, initrd, modules, vendor: as in initramfs.h. cpus, memory: of
 * the next level; memory 0: as much as it needs.
 *
 * line: called for each line that the next level sends or forwards, with its time filled in; for
 * each line of its console (CHAIN_SAYS_CONSOLE); and for its end (CHAIN_SAYS_ENDED), with machine
 * NULL.
 */
struct chain_next {
	struct chain_args args;
	const char *kernel, *initrd, *modules, *vendor;
	unsigned int cpus;
	uint64_t memory;
	const struct machine_msr *msrs;
	size_t n_msrs;
	void (*line)(struct machine *machine, const struct chain_line *line, void *data);
	void *data;
};

/*
 * Runs it to its end. Returns 0, even if it ended badly; a negative errno with a sentence in why if
 * it could not be started: -ENOMEM if too little memory is free here.
 */
int chain_start(const struct chain_next *n, char *why, size_t size);

/*
 * Bytes of memory for a level with `above` levels above it. kernel: the file, to tell a vmlinux
 * from a kernel that unpacks itself. Pure.
 */
uint64_t chain_memory(unsigned int above, const struct machine_blob *kernel, size_t initrd);

#endif
