/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The defects of the emulators that we are tested on (lib/emulator.h), and what follows from them.
 */
#ifndef NESTCHECK_SELFTEST_EMULATOR_H
#define NESTCHECK_SELFTEST_EMULATOR_H

#include "lib/emulator.h"

/*
 * The factor by which a guest's clock has to run slower: if an exit of L2 costs a millisecond or more,
 * a tick, which causes three, leaves a kernel with 250 ticks a second little or no time.
 */
unsigned int emulator_slow_clock(enum emulator e);

/*
 * A deviation of an emulator from the processor's manual, as the case observes it. since and until: the
 * emulator's releases, if known; they are not evaluated.
 */
struct emulator_defect {
	enum emulator emulator;
	const char *case_name;
	struct observation_match saw;
	const char *reason;
	const char *since, *until;
};

/* Public for tests. */
extern const struct emulator_defect emulator_defects[];
extern const size_t n_emulator_defects;

/*
 * The reason of the known defect that this failure of the case matches, or NULL. The only source of
 * `xfail` for a case that ran: another failure of the same case is none.
 */
const char *emulator_defect(enum emulator e, const char *case_name, const struct observation *saw);

/*
 * A defect of an emulator with which no guest can run: the case stays failed, and the cause is named.
 * case_name, saw: the core case that shows it. without_npt: only if L0 has no nested paging. reason
 * continues "This emulator ".
 */
struct emulator_fault {
	enum emulator emulator;
	const char *case_name;
	struct observation_match saw;
	bool without_npt;
	const char *reason;
	const char *remedy;
};

/* The fault that a failed case shows, or NULL. */
const struct emulator_fault *emulator_fault_of(enum emulator e, bool npt,
					       const struct case_outcome *c);

/*
 * Why a case must not be run, because it would end the emulator or the machine in it; NULL
 * otherwise, or if there is no emulator. npt: L0 uses nested paging.
 */
const char *emulator_forbids(enum emulator e, const char *case_name, bool npt,
			     const struct facts *facts);

/*
 * The reason why the chain cannot run in full, or NULL. cpus: how many L2 can still have; 0 if the
 * chain is not tried.
 */
const char *emulator_chain_defect(const struct facts *f, unsigned int *cpus);

#endif
