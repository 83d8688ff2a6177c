// SPDX-License-Identifier: GPL-2.0-only
/*
 * An L2 that never comes back: the driver closes its VM, or is killed, while it runs.
 */
#include "l1/common/case.h"
#include "l1/common/l2_ops.h"
#include "l1/common/request.h"

static volatile uint64_t turns;

static void l2_stays(void)
{
	ask_leave();
	sti(); /* Bochs keeps L0's own interrupts out if L2's IF is off */
	for (;;)
		turns++;
}

static void run_it(void)
{
	l2_ops()->run(l2_ops()->create(l2_stays));
	expect_failed("L2 left by itself");
}

BOTH_LATE_CASE(leave_closed, L1_VM_CLOSED, 3)
{
	run_it();
}

BOTH_LATE_CASE(leave_killed, L1_VMM_KILLED, 3)
{
	run_it();
}
