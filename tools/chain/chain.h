/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chain: Linux in Linux in Linux. L0 starts a machine (vmm/machine.h) with a kernel and an
 * initramfs that contains this program; as PID 1 there it loads KVM and does the same again. The
 * last level proves itself: it hashes a nonce that L0 chose while KVM's nested_run in L0 rises.
 *
 *	chain.c		the chain as L0 runs it
 *	inputs.c	the user's kernel and initrd: whether they can be that
 *	start.c		the next level's machine, for L0 and the levels between
 *	initramfs.c	its initramfs, made in memory
 *	line.c		the lines that levels send down; pure
 *	record.c	what each level reported; pure
 *	judge.c		which level failed, at which stage, and why; pure
 *	workload.c	what the last level does
 */
#ifndef NESTCHECK_CHAIN_CHAIN_H
#define NESTCHECK_CHAIN_CHAIN_H

#include <stdint.h>

#include "lib/report.h"
#include "selftest/guard.h"
#include "vmm/machine.h"

#define CHAIN_DEPTH_MAX 3
#define CHAIN_KERNEL	"/lib/vmlinux"

/*
 * How far a level came, in this order. A level above L1 goes through HASHING to CPUS, a level that
 * runs a guest through FACTS to NEXT; level 2 through both if there is a third.
 */
enum chain_stage {
	CHAIN_NOT_STARTED,
	CHAIN_ENTERED, /* its machine was started */
	CHAIN_KERNEL_UP,
	CHAIN_INIT,    /* our program is PID 1 */
	CHAIN_HASHING, /* the workload has begun */
	CHAIN_HASHED,
	CHAIN_TIMER,
	CHAIN_CPUS,
	CHAIN_FACTS, /* facts of its CPUs are collected */
	CHAIN_KVM,   /* KVM is loaded with nesting, /dev/kvm opens */
	CHAIN_NEXT,  /* the next level's machine was started */
	CHAIN_DONE,
	CHAIN_OFF, /* powered off as intended */
	CHAIN_STAGES,
};

/* "kernel", "init", ...: chain_level.reached and chain_state.stage. */
extern const char *const chain_stage_names[CHAIN_STAGES];

/* A stage described for users: "its init runs". */
extern const char *const chain_stage_texts[CHAIN_STAGES];

/*
 * Zero or NULL is the default for all of them.
 *
 * kernel: a file, CHAIN_KERNEL by default; boots every level. initrd: an additional one, for a
 * kernel that has its own KVM modules; then ours are not added. cpus: of each level; 2, but L1 has
 * one under an emulator or on one CPU, and L2 has one if an emulator's defect keeps its second from
 * starting. memory: of L1, in bytes; by default what it needs. msrs: L1's presets. silence_ms: how
 * long L1 may be silent; 15 s, more if exits are slow. faults: comma list of chain-*: see
 * chain_faults. guard: the parent that waits for this process (selftest/guard.h).
 *
 * progress: called after each new stage of a level. console: called for each line of a level's
 * console, without control characters. Both run in other threads, one at a time.
 */
struct chain_options {
	const char *kernel;
	const char *initrd;
	unsigned int cpus;
	uint64_t memory;
	unsigned int depth;
	const struct machine_msr *msrs;
	size_t n_msrs;
	unsigned int silence_ms;
	const char *faults;
	struct guard *guard;
	void (*progress)(unsigned int level, enum chain_stage stage, uint64_t us, void *data);
	void (*console)(unsigned int level, const char *line, void *data);
	void *data;
};

/*
 * Why these files cannot be used, as a sentence that names the file; NULL if they can: kernel is a
 * complete vmlinux or bzImage, initrd begins as one. NULL for a file that was not given.
 */
const char *chain_input_problem(struct arena *a, const char *kernel, const char *initrd);

/*
 * Fills in r->selftest.chain; needs r->facts (hardware) and KVM loaded. Returns 0, even if a level
 * failed; or a negative errno, with result skip and a reason, if nothing could be started. The
 * result is skip, too, if the user's kernel or initrd is the likelier cause (judge.c). If this
 * machine's kernel warned meanwhile, the chain has failed if the warning is about KVM; else
 * r->selftest.error is set.
 */
int chain_run(struct report *r, const struct chain_options *o);

#endif
