// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who made the CPU and what it is called, from whole, partial and empty facts. libcpuid is
 * not here (it is built for the image): a stand-in shows what it would be asked for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "facts/codename.h"
#include "facts/facts.h"

static int asked;

bool libcpuid_codename(const struct leaf_source *source, char *name, size_t size)
{
	uint32_t regs[4];

	asked++;
	if (!source->get(source->ctx, 1, 0, regs) || regs[0] != 0x306c3)
		return false;
	assert_false(source->get(source->ctx, 0x77, 0, regs));
	snprintf(name, size, "Haswell");
	return true;
}

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
	asked = 0;
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
	/* A CPU of which only a register was recorded. */
	identify_cpu(&r);
	assert_int_equal(r.cpu.vendor, VENDOR_UNKNOWN);
	assert_int_equal(r.cpu.count, 1);
	assert_int_equal(asked, 0);
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
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_amd_microcode_is_the_low_half),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_no_cpus),
	};

	return cmocka_run_group_tests_name("facts: identify", tests, NULL, NULL);
}
