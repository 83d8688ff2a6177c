/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects the emulators that nestcheck is tested on, by CPUID or the BIOS's vendor. Real hardware
 * is never taken for one, because a positive sign is required. Pure.
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
 * The emulator whose defects may appear: the one that emulates this machine. If there is none and
 * the hypervisor has KVM's signature, `named` is below it, from the tests' parameter below=; CPUID
 * cannot show that one.
 */
enum emulator emulator_below(const struct facts *f, enum emulator named);

#endif
