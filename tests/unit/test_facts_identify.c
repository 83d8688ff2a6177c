// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU's vendor and name, from complete, partial and empty facts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "facts/codename.h"
#include "facts/facts.h"

static void add_leaf(struct report *r, struct cpu_facts *c, uint32_t leaf, const void *registers)
{
	struct cpuid_fact *f = arena_push(&r->arena, &c->cpuid, &c->n_cpuid);

	f->leaf = leaf;
	memcpy(&f->eax, registers, 16);
}

static struct cpu_facts *one_cpu(struct report *r)
{
	struct cpu_facts *c;

	report_init(r);
	c = arena_push(&r->arena, &r->facts.cpus, &r->facts.n_cpus);
	c->like = -1;
	return c;
}

static void add_vendor(struct report *r, struct cpu_facts *c, const char *string)
{
	uint32_t regs[4] = { 1 };

	memcpy(&regs[1], string, 4);
	memcpy(&regs[3], string + 4, 4);
	memcpy(&regs[2], string + 8, 4);
	add_leaf(r, c, 0, regs);
}

static void test_vendors(void **state)
{
	static const struct {
		const char *string;
		enum cpu_vendor vendor;
	} expected[] = {
		{ "GenuineIntel", VENDOR_INTEL },   { "AuthenticAMD", VENDOR_AMD },
		{ "HygonGenuine", VENDOR_HYGON },   { "CentaurHauls", VENDOR_CENTAUR },
		{ "  Shanghai  ", VENDOR_ZHAOXIN }, { "GenuineTMx86", VENDOR_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct report r;
		struct cpu_facts *c = one_cpu(&r);

		add_vendor(&r, c, expected[i].string);
		identify_cpu(&r);
		assert_int_equal(r.cpu.vendor, expected[i].vendor);
		assert_null(r.cpu.codename);
		report_free(&r);
	}
}

/* Signatures from the makers' specification updates and revision guides. */
static void test_codenames(void **state)
{
	static const struct {
		enum cpu_vendor vendor;
		uint32_t signature;
		const char *name;
	} expected[] = {
		{ VENDOR_INTEL, 0x006f6, "Merom" },
		{ VENDOR_INTEL, 0x1067a, "Penryn" },
		{ VENDOR_INTEL, 0x106a5, "Nehalem-EP" },
		{ VENDOR_INTEL, 0x206c2, "Westmere-EP" },
		{ VENDOR_INTEL, 0x206a7, "Sandy Bridge" },
		{ VENDOR_INTEL, 0x306c3, "Haswell" },
		{ VENDOR_INTEL, 0x306f2, "Haswell-EP" },
		{ VENDOR_INTEL, 0x50654, "Skylake-SP" },
		{ VENDOR_INTEL, 0x50657, "Cascade Lake" },
		{ VENDOR_INTEL, 0x5065b, "Cooper Lake" },
		{ VENDOR_INTEL, 0x806ec, "Comet Lake" },
		{ VENDOR_INTEL, 0x906ea, "Coffee Lake" },
		{ VENDOR_INTEL, 0x606a6, "Ice Lake-SP" },
		{ VENDOR_INTEL, 0x806f8, "Sapphire Rapids" },
		{ VENDOR_INTEL, 0x90672, "Alder Lake" },
		{ VENDOR_INTEL, 0xa06d1, "Granite Rapids" },
		{ VENDOR_INTEL, 0x406d8, "Avoton" },
		{ VENDOR_INTEL, 0x00f29, "Northwood" },
		{ VENDOR_AMD, 0x00010ff0, "K8" },
		{ VENDOR_AMD, 0x00100f42, "Shanghai" },
		{ VENDOR_AMD, 0x00600f12, "Bulldozer" },
		{ VENDOR_AMD, 0x00800f11, "Zen" },
		{ VENDOR_AMD, 0x00830f10, "Rome" },
		{ VENDOR_AMD, 0x00a20f10, "Vermeer" },
		{ VENDOR_AMD, 0x00a60f12, "Raphael" },
		{ VENDOR_AMD, 0x00b40f40, "Granite Ridge" },
		{ VENDOR_AMD, 0x00bf0f00, NULL },
		{ VENDOR_HYGON, 0x00900f02, "Dhyana" },
		{ VENDOR_CENTAUR, 0x006f8, "Isaiah" },
		{ VENDOR_CENTAUR, 0x307b1, "LuJiaZui" },
		{ VENDOR_ZHAOXIN, 0x307b1, "LuJiaZui" },
		/* Unknown, or another maker's. */
		{ VENDOR_INTEL, 0xf06f0, NULL },
		{ VENDOR_INTEL, 0x00800f11, NULL },
		{ VENDOR_AMD, 0x306c3, NULL },
		{ VENDOR_OTHER, 0x306c3, NULL },
		{ VENDOR_UNKNOWN, 0x306c3, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const char *name = codename(expected[i].vendor, expected[i].signature);

		if (!expected[i].name)
			assert_null(name);
		else
			assert_non_null(name);
		if (name)
			assert_string_equal(name, expected[i].name);
	}
}

static void test_whole(void **state)
{
	static const uint32_t features[4] = { 0x306c3 };
	static const char brand[3][17] = { "   Intel(R) Core", "(TM) i7-4770 \tCP",
					   "U @ 3.40GHz\0\0\0\0" };
	struct report r;
	struct cpu_facts *c = one_cpu(&r);
	struct msr_fact *m;

	(void)state;
	add_vendor(&r, c, "GenuineIntel");
	add_leaf(&r, c, 1, features);
	for (uint32_t i = 0; i < 3; i++)
		add_leaf(&r, c, 0x80000002 + i, brand[i]);
	m = arena_push(&r.arena, &c->msr, &c->n_msr);
	m->index = 0x8b;
	m->value = 0x000000f400000000;
	identify_cpu(&r);
	assert_string_equal(r.cpu.brand, "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz");
	assert_string_equal(r.cpu.codename, "Haswell");
	assert_string_equal(r.cpu.microcode, "0x000000f4");
	assert_int_equal(r.cpu.count, 1);
	m->refused = true;
	identify_cpu(&r);
	assert_null(r.cpu.microcode);
	report_free(&r);
}

static void test_amd_microcode_is_the_low_half(void **state)
{
	struct report r;
	struct cpu_facts *c = one_cpu(&r);
	struct msr_fact *m;

	(void)state;
	add_vendor(&r, c, "AuthenticAMD");
	m = arena_push(&r.arena, &c->msr, &c->n_msr);
	m->index = 0x8b;
	m->value = 0xffffffff0a50000d;
	identify_cpu(&r);
	assert_string_equal(r.cpu.microcode, "0x0a50000d");
	report_free(&r);
}

static void test_partial(void **state)
{
	struct report r;
	struct cpu_facts *c = one_cpu(&r);

	(void)state;
	/* A CPU with only one recorded register. */
	identify_cpu(&r);
	assert_int_equal(r.cpu.vendor, VENDOR_UNKNOWN);
	assert_int_equal(r.cpu.count, 1);
	assert_null(r.cpu.codename);
	/* Two of the brand's three leaves; a brand of blanks. */
	add_vendor(&r, c, "GenuineIntel");
	add_leaf(&r, c, 0x80000002, "                ");
	add_leaf(&r, c, 0x80000003, "                ");
	identify_cpu(&r);
	assert_null(r.cpu.brand);
	add_leaf(&r, c, 0x80000004, "                ");
	identify_cpu(&r);
	assert_null(r.cpu.brand);
	report_free(&r);
}

static void test_no_cpus(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	identify_cpu(&r);
	assert_int_equal(r.cpu.vendor, VENDOR_UNKNOWN);
	assert_int_equal(r.cpu.count, 0);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_codenames),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_amd_microcode_is_the_low_half),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_no_cpus),
	};

	return cmocka_run_group_tests_name("facts: identify", tests, NULL, NULL);
}
