/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is the machine one of the emulators that we are tested on? They are slow, and they have
 * defects of their own. Real hardware is never taken for one: both tests are positive.
 */
#ifndef NESTCHECK_SELFTEST_EMULATOR_H
#define NESTCHECK_SELFTEST_EMULATOR_H

#include "lib/report.h"

enum emulator {
	EMULATOR_NONE = 0,
	EMULATOR_TCG,	/* QEMU without KVM: CPUID leaf 0x40000000 is TCGTCGTCGTCG */
	EMULATOR_BOCHS, /* DMI: bios_vendor is "The Bochs Project" */
};

enum emulator emulator_of(const struct facts *f);

/* By how much longer than hardware it may take; 1 for none. */
unsigned int emulator_slowness(enum emulator e);

/*
 * By how much slower the clock of a guest there has to go: where an exit of L2 costs a millisecond
 * and more, a tick's three of them leave a kernel with 250 ticks a second little or no time.
 */
unsigned int emulator_slow_clock(enum emulator e);

/*
 * Why a case cannot pass there, or NULL. The only source of `xfail`. npt: L0 uses nested paging.
 * crashes: running it ends the emulator or the machine in it, so it is not run; never so where
 * there is no emulator.
 */
const char *emulator_xfail(enum emulator e, const char *case_name, bool npt, bool *crashes);

/*
 * What keeps Linux in Linux in Linux from being whole there, or NULL. cpus: how many L2 can have in
 * spite of it; 0 where it is not tried.
 */
const char *emulator_chain_defect(const struct facts *f, unsigned int *cpus);

#endif
