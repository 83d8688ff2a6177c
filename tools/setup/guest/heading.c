// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first line of every configuration: what it is and who made it.
 */
#include "setup/guest/guest.h"

void guest_heading(const struct guest *g, const char *before, const char *after, struct text *out)
{
	static const char *const makers[] = {
		[VENDOR_INTEL] = "an Intel",	[VENDOR_AMD] = "an AMD",
		[VENDOR_HYGON] = "a Hygon",	[VENDOR_CENTAUR] = "a Centaur",
		[VENDOR_ZHAOXIN] = "a Zhaoxin",
	};

	if (g->cloud)
		text_addf(out, "%s%s, by nestcheck setup guest%s\n", before, "L1 in a cloud",
			  after);
	else if (g->feature)
		text_addf(out, "%sL1 on %s CPU, given %s, by nestcheck setup guest%s\n", before,
			  makers[g->r->cpu.vendor], g->feature, after);
	else
		text_addf(out, "%sL2, a guest inside of L1, by nestcheck setup guest%s\n", before,
			  after);
}
