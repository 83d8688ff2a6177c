// SPDX-License-Identifier: GPL-2.0-only
/* The order of what is found out about a fleet: each part needs the ones before it. */
#include "fleet/fleet.h"

void fleet_sort(struct fleet *f)
{
	fleet_find_machines(f);
	fleet_find_groups(f);
	fleet_find_findings(f);
	fleet_find_costs(f);
}
