/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator below the hypervisor that we are a guest of, as the tests' parameter below= has it:
 * no CPUID tells of it. Pure.
 */
#ifndef NESTCHECK_SELFTEST_BELOW_H
#define NESTCHECK_SELFTEST_BELOW_H

#include "selftest/emulator.h"

/*
 * The emulator whose defects may show: the one that plays this machine; where none does, and the
 * hypervisor is KVM by its signature, the one that is said to be below.
 */
enum emulator emulator_below(const struct facts *f, enum emulator said);

#endif
