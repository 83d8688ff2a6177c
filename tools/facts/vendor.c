// SPDX-License-Identifier: GPL-2.0-only
/* The CPU's maker, by leaf 0's string (design 3.3). */
#include "facts/collect.h"

#include <string.h>

#include "lib/hw/cpuid.h"

static const struct {
	char string[13];
	enum cpu_vendor vendor;
} vendors[] = {
	{ "GenuineIntel", VENDOR_INTEL },   { "AuthenticAMD", VENDOR_AMD },
	{ "HygonGenuine", VENDOR_HYGON },   { "CentaurHauls", VENDOR_CENTAUR },
	{ "  Shanghai  ", VENDOR_ZHAOXIN },
};

enum cpu_vendor vendor_of(const struct facts *f, const struct cpu_facts *c)
{
	const struct cpuid_fact *leaf = cpu_cpuid(f, c, CPUID_BASIC, 0);
	char string[13] = "";

	if (!leaf)
		return VENDOR_UNKNOWN;
	memcpy(string, &leaf->ebx, 4);
	memcpy(string + 4, &leaf->edx, 4);
	memcpy(string + 8, &leaf->ecx, 4);
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (!memcmp(string, vendors[i].string, 12))
			return vendors[i].vendor;
	return VENDOR_OTHER;
}
