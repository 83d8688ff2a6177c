/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the machine is one of the emulators that we are tested on, by its registers and its BIOS's
 * vendor. Real hardware is never taken for one: both tests are positive. Pure.
 */
#ifndef NESTCHECK_LIB_EMULATOR_H
#define NESTCHECK_LIB_EMULATOR_H

#include "lib/report.h"

enum emulator {
	EMULATOR_NONE = 0,
	EMULATOR_TCG,	/* QEMU without KVM: CPUID leaf 0x40000000 is TCGTCGTCGTCG */
	EMULATOR_BOCHS, /* DMI: bios_vendor is "The Bochs Project" */
};

enum emulator emulator_of(const struct facts *f);

/*
 * The emulator whose defects may show: the one that plays this machine. If none does, and the
 * hypervisor is KVM by its signature, it is the one that is said to be below, as the tests' parameter
 * below= has it: no CPUID tells of it.
 */
enum emulator emulator_below(const struct facts *f, enum emulator said);

#endif
