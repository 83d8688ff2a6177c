/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The chain: Linux in Linux in Linux. L0 starts a machine (vmm/machine.h) with a kernel and a
 * root made of this very program; as PID 1 there it loads KVM and does the same again. The
 * last level proves itself: it hashes a nonce that L0 chose while KVM's nested_run here rises.
 *
 *	chain.c		the whole, as L0 does it
 *	start.c	the next level's machine; L0 and the levels between alike
 *	root.c	its root, an archive made in memory
 *	line.c	the lines that levels say, and their way down; pure
 *	record.c	what was heard of each level; pure
 *	judge.c	which level failed, at which stage, and why; pure
 *	proof.c	what the last level does
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
 * How far a level came, in this order. A level that runs a guest goes through the first half,
 * the one that proves itself through the second; level 2 through both where there is a third.
 */
enum chain_stage {
	CHAIN_NOT_STARTED,
	CHAIN_ENTERED, /* its machine was started */
	CHAIN_KERNEL_UP,
	CHAIN_INIT,    /* our program is PID 1 */
	CHAIN_HASHING, /* and the rest of the proof */
	CHAIN_HASHED,
	CHAIN_TIMER,
	CHAIN_CPUS,
	CHAIN_FACTS, /* its CPUs have been looked at */
	CHAIN_KVM,   /* KVM is loaded with nesting, /dev/kvm opens */
	CHAIN_NEXT,  /* the next level's machine was started */
	CHAIN_DONE,
	CHAIN_OFF, /* powered off in order */
	CHAIN_STAGES,
};

/* "kernel", "init", ...: chain_level.reached and chain_state.stage. */
extern const char *const chain_stage_names[CHAIN_STAGES];

/* What a reader is told that a stage is: "its kernel has started". */
extern const char *const chain_stage_texts[CHAIN_STAGES];

/*
 * Zero or NULL is the default for all of them.
 *
 * kernel: a file, CHAIN_KERNEL by default; each level is started with it. initrd: a further one,
 * for a kernel whose KVM is in modules of its own; then ours are not given to it.
 * cpus: of each level; 2, but L1 has one under an emulator or on one CPU, and L2 where an
 * emulator's defect keeps its second from starting. memory: L1's, bytes; what it needs.
 * msrs: L1's presets. silence_ms: how long L1 may say nothing; 15 s, more where exits are slow.
 * faults: comma list of chain-*: see chain_faults. guard: who waits for this process (selftest/guard.h).
 *
 * progress: after each new stage of a level. console: each line of a level's console, cleaned of
 * control characters. Both are called from threads of their own, one at a time.
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
 * Fills r->selftest.chain; needs r->facts (hardware) and KVM loaded. 0, also where a level
 * failed, or a negative errno with result skip and the reason where nothing could be started. If this machine's
 * kernel warned meanwhile, the chain has failed where KVM is what it warned of; else r->selftest.error is set.
 */
int chain_run(struct report *r, const struct chain_options *o);

#endif
