// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of exits, as text.
 */
#include "cmd/costs.h"

#include "l1/abi.h"
#include "lib/terminal.h"

/*
 * An instruction of L1 that costs less than half of an exit does not exit: the hardware executes
 * it.
 */
static void print_shadowing(const struct exit_cost *exit, const struct exit_cost *c,
			    const char *what)
{
	if (c->median && exit->median)
		print("%s costs %.2f of an exit: %s\n", what,
		      (double)c->median / (double)exit->median,
		      2 * c->median < exit->median ? "done by the hardware" : "it exits to KVM");
}

void print_costs(const struct selftest_state *s)
{
	static const char *const texts[EXIT_COSTS] = {
#define TEXT(id, name, text) [L1_COST_##id] = text,
		L1_COSTS(TEXT)
#undef TEXT
	};
	const struct exit_cost *c = s->costs;

	for (size_t i = 0; i < EXIT_COSTS; i++) {
		if (c[i].median)
			print("%-34s %8llu cycles, half of them %llu to %llu\n", texts[i],
			      (unsigned long long)c[i].median, (unsigned long long)c[i].low,
			      (unsigned long long)c[i].high);
	}
	print_shadowing(&c[L1_COST_L1_CPUID], &c[L1_COST_L1_VMREAD], "VMREAD in L1");
	print_shadowing(&c[L1_COST_L1_CPUID], &c[L1_COST_L1_VMLOAD], "VMLOAD in L1");
	print_shadowing(&c[L1_COST_L1_CPUID], &c[L1_COST_L1_STGI], "STGI in L1");
}
