/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much longer operations may take here than on hardware. This is derived from the duration of
 * an exit, not from the detected emulator: one that is two levels below us is not visible in CPUID.
 * Pure.
 */
#ifndef NESTCHECK_LIB_PACE_H
#define NESTCHECK_LIB_PACE_H

#include <stdint.h>

/*
 * Medians, in nanoseconds of L0's clock; 0: not measured. l1_ns: an exit from L1 to the VMM's
 * process and back. l2_ns: the same plus, before it, an exit from L2 to L1 and L1's entry back into
 * L2.
 */
struct pace {
	uint64_t l1_ns, l2_ns;
};

/* The largest factor, however slow the machine, so that a hang ends. */
#define PACE_SCALE_MAX	   20
/* Before the measurement, or without one. */
#define PACE_SCALE_UNKNOWN 2

/*
 * The factor for time limits made for hardware: 1 to PACE_SCALE_MAX. Scale 1 needs an exit of L2
 * within 50 us. Seen: TCG takes 200 to 250 us (5), Bochs 600 (12), either under KVM 2 to 11 ms.
 */
unsigned int pace_scale(const struct pace *p);

/*
 * The factor by which to slow the clock of a guest that runs a kernel. It ticks 250 times a second,
 * each tick costs a nested guest three or more exits, and time must remain for other work.
 */
unsigned int pace_slow_clock(const struct pace *p);

#endif
