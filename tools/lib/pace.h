/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much longer than on hardware things may take here. It is known by how long an exit takes, not by
 * the name of what plays the machine: that may be an emulator two levels down, of which no CPUID tells.
 * Pure.
 */
#ifndef NESTCHECK_LIB_PACE_H
#define NESTCHECK_LIB_PACE_H

#include <stdint.h>

/*
 * Medians, in nanoseconds of L0's clock; 0: not measured. l1_ns: an exit of L1's to the VMM's process
 * and back. l2_ns: that, and ahead of it an exit of L2's to L1 and L1's entry back into L2.
 */
struct pace {
	uint64_t l1_ns, l2_ns;
};

/* However slow it is, a limit is not stretched further: what hangs has to end. */
#define PACE_SCALE_MAX	   20
/* For what comes before the measurement, or where there is none. */
#define PACE_SCALE_UNKNOWN 2

/*
 * By how much limits that are made for hardware are stretched: 1 to PACE_SCALE_MAX. Seen: 1 needs an
 * exit of L2's within 50 us; TCG has 200 to 250 us (5), Bochs 600 (12), either under KVM 2 to 11 ms.
 */
unsigned int pace_scale(const struct pace *p);

/*
 * By how much slower the clock of a guest has to go that runs a kernel: at 250 ticks a second, each of
 * which costs a guest's guest three exits and more, there has to be time left for anything else.
 */
unsigned int pace_slow_clock(const struct pace *p);

#endif
