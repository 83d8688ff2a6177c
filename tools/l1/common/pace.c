// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beats for the driver's clock. L1's own would not do: an emulator's time stamp counter may count
 * anything.
 */
#include "l1/common/pace.h"
#include "l1/common/l2_ops.h"

static void beat(void)
{
	doorbell(L1_BEAT);
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
	struct l2 *l2 = l2_ops()->create(l2_cpuid);

	l2_ops()->intercept_cpuid(l2);
	beat();
	for (uint32_t i = 0; i < l1_page->samples; i++) {
		l2_ops()->run(l2);
		l2_ops()->expect_cpuid(l2);
		beat();
	}
}
