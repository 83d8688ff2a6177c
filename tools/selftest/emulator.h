/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The defects of the emulators that we are tested on (lib/emulator.h), and what follows from them.
 */
#ifndef NESTCHECK_SELFTEST_EMULATOR_H
#define NESTCHECK_SELFTEST_EMULATOR_H

#include "lib/emulator.h"

/*
 * By how much slower the clock of a guest there has to go: where an exit of L2 costs a millisecond
 * and more, a tick's three of them leave a kernel with 250 ticks a second little or no time.
 */
unsigned int emulator_slow_clock(enum emulator e);

/*
 * What an emulator does otherwise than the processor's manual says, by what the case sees of it. since
 * and until: the emulator's releases, where they are known; they decide nothing.
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
 * The reason of the known defect there that this failure of the case is, or NULL. The only source of
 * `xfail` for what was run: the same case failing in another way is none.
 */
const char *emulator_defect(enum emulator e, const char *case_name, const struct observation *saw);

/*
 * A defect of an emulator's that no guest can run with: what failed stays failed, and its cause is
 * named. case_name, saw: the core case that shows it. without_npt: only where L0 has no nested paging.
 * reason goes on from "This emulator ".
 */
struct emulator_fault {
	enum emulator emulator;
	const char *case_name;
	struct observation_match saw;
	bool without_npt;
	const char *reason;
	const char *remedy;
};

/* The one that a failed case shows, or NULL. */
const struct emulator_fault *emulator_fault_of(enum emulator e, bool npt,
					       const struct case_outcome *c);

/*
 * Why a case must not be run there, since it would end the emulator or the machine in it; NULL
 * otherwise, and where there is no emulator. npt: L0 uses nested paging.
 */
const char *emulator_forbids(enum emulator e, const char *case_name, bool npt,
			     const struct facts *facts);

/*
 * What keeps Linux in Linux in Linux from being whole there, or NULL. cpus: how many L2 can have in
 * spite of it; 0 where it is not tried.
 */
const char *emulator_chain_defect(const struct facts *f, unsigned int *cpus);

#endif
