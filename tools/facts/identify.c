// SPDX-License-Identifier: GPL-2.0-only
/* r->cpu: the first CPU's vendor and names. Pure; works with partial facts. */
#include "facts/facts.h"

#include <string.h>

#include "facts/codename.h"
#include "facts/collect.h"
#include "facts/libcpuid.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"

struct recorded {
	const struct facts *facts;
	const struct cpu_facts *cpu;
};

static bool get_recorded(const void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	const struct recorded *r = ctx;
	const struct cpuid_fact *f = cpu_cpuid(r->facts, r->cpu, leaf, subleaf);

	if (!f)
		return false;
	regs[0] = f->eax;
	regs[1] = f->ebx;
	regs[2] = f->ecx;
	regs[3] = f->edx;
	return true;
}

/*
 * The 48 characters of the brand leaves: runs of blanks become one, unprintable characters are
 * dropped.
 */
static const char *brand_of(struct arena *a, const struct recorded *r)
{
	char raw[49] = "", brand[49];
	uint32_t regs[4];
	size_t n = 0;

	for (uint32_t i = 0; i <= CPUID_BRAND_LAST - CPUID_BRAND_FIRST; i++) {
		if (!get_recorded(r, CPUID_BRAND_FIRST + i, 0, regs))
			return NULL;
		memcpy(raw + 16 * i, regs, sizeof(regs));
	}
	for (const char *s = raw; *s; s++) {
		char c = *s > ' ' && *s <= '~' ? *s : ' ';

		if (c != ' ' || (n && brand[n - 1] != ' '))
			brand[n++] = c;
	}
	while (n && brand[n - 1] == ' ')
		n--;
	return n ? arena_strndup(a, brand, n) : NULL;
}

/* SDM Vol. 3 section 10.11.7.1: the high half. AMD: PATCH_LEVEL, the low half. */
static const char *microcode_of(struct arena *a, const struct recorded *r, enum cpu_vendor vendor)
{
	const struct msr_fact *m = cpu_msr(r->facts, r->cpu, MSR_IA32_BIOS_SIGN_ID);

	if (!m || m->refused)
		return NULL;
	switch (vendor) {
	case VENDOR_INTEL:
		return arena_printf(a, "0x%08x", (unsigned int)(m->value >> 32));
	case VENDOR_AMD:
	case VENDOR_HYGON:
		return arena_printf(a, "0x%08x", (unsigned int)m->value);
	default:
		return NULL;
	}
}

void identify_cpu(struct report *r)
{
	struct recorded first = { &r->facts, r->facts.cpus };
	const struct leaf_source source = { get_recorded, &first };
	uint32_t regs[4];
	char name[128];

	r->cpu = (struct cpu_summary){ .count = r->facts.n_cpus };
	if (!r->facts.n_cpus)
		return;
	r->cpu.vendor = cpu_vendor_of(first.facts, first.cpu);
	r->cpu.brand = brand_of(&r->arena, &first);
	r->cpu.microcode = microcode_of(&r->arena, &first, r->cpu.vendor);
	if (get_recorded(&first, CPUID_FEATURES, 0, regs))
		r->cpu.codename = codename(r->cpu.vendor, regs[0]);
	if (r->cpu.vendor == VENDOR_OTHER && libcpuid_codename(&source, name, sizeof(name)))
		r->cpu.codename = arena_strdup(&r->arena, name);
}
