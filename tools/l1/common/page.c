// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page that L1 shares with the driver, and the doorbell (abi.h).
 */
#include "l1/common/l1.h"

/* How long to spin before the host is asked to run somebody else. */
#define SPINS 64

struct l1_page *const l1_page = (struct l1_page *)L1_PAGE;

void doorbell(enum l1_doorbell what)
{
	outl(L1_PORT_DOORBELL, what);
}

/*
 * The host may have one CPU. Bochs' SVM masks its timer while a guest entered with IF clear keeps
 * it so (selftest/emulator.c): without an exit this CPU's turn would never end.
 */
void spin_or_yield(void)
{
	for (int i = 0; i < SPINS; i++)
		pause();
	doorbell(L1_YIELD);
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
