// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beats for the driver's clock. L1's own would not do: an emulator's time stamp counter may count
 * anything.
 */
#include "l1/common/pace.h"
#include "l1/common/any.h"

static void beat(void)
{
	outl(L1_PORT_DOORBELL, L1_BEAT);
}

static void l2_cpuid(void)
{
	for (;;)
		cpuid(0, 0);
}

void beat_l1(void)
{
	for (uint32_t i = 0; i <= l1_page->samples; i++)
		beat();
}

void beat_l2(void)
{
	void *l2 = any()->make(l2_cpuid);

	any()->exit_by_cpuid(l2);
	beat();
	for (uint32_t i = 0; i < l1_page->samples; i++) {
		any()->run(l2);
		any()->expect_cpuid(l2);
		beat();
	}
}
