/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects the emulators that nestcheck is tested on. One must name itself, and instructions must behave
 * as only its own do (facts.behaviour). A name proves nothing: QEMU's options -smbios type=0,vendor=
 * and -cpu hv-vendor-id= set any, under KVM as well, and known defects of an emulator that is not there
 * would then hide failures. Pure.
 */
#ifndef NESTCHECK_LIB_EMULATOR_H
#define NESTCHECK_LIB_EMULATOR_H

#include "lib/report.h"

enum emulator {
	EMULATOR_NONE = 0,
	EMULATOR_TCG, /* QEMU without KVM */
	EMULATOR_BOCHS,
};

/* The emulator that named itself and has shown itself. */
enum emulator emulator_of(const struct facts *f);

/*
 * The emulator whose defects may appear: the one that emulates this machine. If there is none and
 * the hypervisor has KVM's signature, `named` is below it, from the tests' parameter below=, if
 * instructions behave as there. CPUID cannot show that one.
 */
enum emulator emulator_below(const struct facts *f, enum emulator named);

/* By what emulator_of() knows it; NULL if that is none. In arena a. */
const char *emulator_evidence(const struct facts *f, struct arena *a);

/* An emulator's name without its behaviour, as a sentence; NULL if there is none. In arena a. */
const char *emulator_claim(const struct facts *f, struct arena *a);

#endif
