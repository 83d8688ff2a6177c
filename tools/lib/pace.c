// SPDX-License-Identifier: GPL-2.0-only
/*
 * Factors from measured durations.
 */
#include "lib/pace.h"

/*
 * More than hardware takes: one or two microseconds for an exit, and some tens for one of L2
 * without VMCS shadowing, because each VMREAD and VMWRITE of L1 is then an exit.
 */
#define L1_NS 20000
#define L2_NS 50000

/* A sixteenth of a tick: a tick and its work take several exits. */
#define CLOCK_L2_NS 250000

static uint64_t rounded_up(uint64_t ns, uint64_t unit)
{
	return ns / unit + (ns % unit != 0);
}

unsigned int pace_scale(const struct pace *p)
{
	uint64_t scale;

	if (!p->l1_ns && !p->l2_ns)
		return PACE_SCALE_UNKNOWN;
	scale = p->l2_ns ? rounded_up(p->l2_ns, L2_NS) : rounded_up(p->l1_ns, L1_NS);
	return scale < PACE_SCALE_MAX ? (unsigned int)scale : PACE_SCALE_MAX;
}

unsigned int pace_slow_clock(const struct pace *p)
{
	uint64_t slow = p->l2_ns / CLOCK_L2_NS;

	return slow < 1 ? 1 : slow < UINT32_MAX ? (unsigned int)slow : UINT32_MAX;
}
