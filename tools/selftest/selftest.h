/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The self-test: L1 in our VMM, L2 in L1, case by case, each held against KVM's own
 * nested_run counter.
 */
#ifndef NESTCHECK_SELFTEST_SELFTEST_H
#define NESTCHECK_SELFTEST_SELFTEST_H

#include "selftest/emulator.h"
#include "selftest/guard.h"

/*
 * quick: the deep cases (L1_EXPENSIVE) and the unproven ones are left out where an emulator plays the machine.
 * on_host: the kernel is somebody's, not the image's: what is known to harm it is not run (hazards.h).
 * only, skip: globs over case names (comma list allowed), NULL or "" for none.
 * case_timeout_ms: 0 for the default: 2 s, stretched as the pace of exits asks for (lib/pace.h).
 * paced: called once it is known, ahead of the first case, with the scale; may be NULL.
 * below: the emulator below a hypervisor, told by the tests (lib/emulator.h); its defects count.
 * fault: one of SELFTEST_FAULTS, played in the second core case, NULL for none.
 * progress: called after each case, may be NULL; pass: ahead of each pass through the cases.
 * repeat: how many passes, 0 for one. soak_s: passes until that many seconds are over, pinned to
 * each CPU in turn. With either the first failure ends it, and its detail tells pass and CPU.
 * tolerated: a failure that is none of the machine's, after which repeat and soak go on; may be NULL.
 * pin: all of it on that CPU (but the L1's other vCPUs, which run where they like).
 * guard: who waits for this process (guard.h); NULL for nobody.
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
	void (*pass)(unsigned int pass, unsigned int cpu, void *data);
	void (*progress)(const struct case_outcome *c, size_t index, size_t total, void *data);
	void *data;
};

/*
 * Fills r->selftest. 0, or a negative errno with r->selftest.error set where no VM could be
 * made; failed cases are results, not errors.
 */
int selftest_run(struct report *r, const struct selftest_options *o);

/* The cases of a vendor as they stand in the L1 binary: n of them from *cases on. */
struct selftest_case {
	const char *name;
	bool core, unproven;
	bool needs_fresh_vm; /* L1_NEEDS_FRESH_VM: the VM is of no use after it */
	uint32_t flags;	     /* enum l1_case_flags */
	uint32_t entries;
	uint64_t requires; /* bits of enum l1_feature, l1/abi.h */
};

size_t selftest_list(struct arena *a, enum cpu_vendor vendor, struct selftest_case **cases);

#endif
