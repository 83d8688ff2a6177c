/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The self-test: L1 in our VMM, L2 in L1, case by case, each checked against KVM's own
 * nested_run counter.
 */
#ifndef NESTCHECK_SELFTEST_SELFTEST_H
#define NESTCHECK_SELFTEST_SELFTEST_H

#include "selftest/emulator.h"
#include "selftest/guard.h"

/*
 * quick: skip the expensive (L1_EXPENSIVE) and the unproven cases on an emulator.
 * on_host: not the image's kernel: cases that are known to harm it are not run (hazards.h).
 * only, skip: globs over case names (comma list allowed), NULL or "" for none.
 * case_timeout_ms: 0 for the default: 2 s, multiplied by the pace's scale (lib/pace.h).
 * paced: called with the scale once it is known, before the first case; may be NULL.
 * below: the emulator below a hypervisor, named by the tests (lib/emulator.h); its defects count.
 * fault: one of SELFTEST_FAULTS, injected in the second core case, NULL for none.
 * progress: called after each case; round: called before each round through the cases; may be NULL.
 * repeat: how many rounds, 0 for one. soak_s: rounds until that many seconds are over, pinned to
 * each CPU in turn. With either the first failure ends it, and its detail has the round and the CPU.
 * tolerated: whether a failure is not the machine's, so that repeat and soak continue; may be NULL.
 * pin: run everything on that CPU (except L1's other vCPUs, which are not pinned).
 * guard: the parent that waits for this process (guard.h); NULL for none.
 */
#define SELFTEST_FAULTS "l1-hang,l1-triple-fault,l0-warns,l0-warns-elsewhere,l0-kills"

struct selftest_options {
	bool quick;
	bool on_host;
	const char *only;
	const char *skip;
	unsigned int case_timeout_ms;
	const char *fault;
	enum emulator below;
	struct guard *guard;
	bool cost; /* measure exit costs after the cases */
	unsigned int repeat, soak_s;
	bool pin;
	unsigned int cpu;
	bool (*tolerated)(const struct report *r, const struct case_outcome *c);
	void (*paced)(unsigned int scale, void *data);
	void (*round)(unsigned int round, unsigned int cpu, void *data);
	void (*progress)(const struct case_outcome *c, size_t index, size_t total, void *data);
	void *data;
};

/*
 * Fills in r->selftest. 0, or a negative errno with r->selftest.error set if no VM could be
 * created; failed cases are results, not errors.
 */
int selftest_run(struct report *r, const struct selftest_options *o);

/* The cases of a vendor in the L1 binary's order: sets *cases and returns their number. */
struct selftest_case {
	const char *name;
	bool core, unproven;
	bool needs_fresh_vm; /* L1_NEEDS_FRESH_VM: the VM is unusable after it */
	uint32_t flags;	     /* enum l1_case_flags */
	uint32_t entries;
	uint64_t requires; /* bits of enum l1_feature, l1/abi.h */
};

size_t selftest_list(struct arena *a, enum cpu_vendor vendor, struct selftest_case **cases);

/*
 * The first glob of a list, the value of only or skip, that matches no case of either vendor (one
 * nestcheck.cfg serves both) and is not "chain"; in the arena. NULL: each matches, or list is NULL.
 */
const char *selftest_unknown_case(struct arena *a, const char *list);

#endif
