// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page that L1 shares with the driver, and the doorbell (abi.h).
 */
#include "l1/common/l1.h"

struct l1_page *const l1_page = (struct l1_page *)L1_PAGE;

void doorbell(enum l1_doorbell what)
{
	outl(L1_PORT_DOORBELL, what);
}

void l1_died(void)
{
	for (;;)
		doorbell(L1_TRAPPED);
}

void l1_spent(void)
{
	for (;;)
		doorbell(L1_DONE);
}
