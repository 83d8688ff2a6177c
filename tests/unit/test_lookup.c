// SPDX-License-Identifier: GPL-2.0-only
/* Look-ups by name, and lists of numbers that must not occur twice. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/json_util.h"
#include "lib/lookup.h"

static void names(void **state)
{
	static const char *const list[] = { "b", "a", "", "b", "ab", "b", "a" };
	struct lookup l = { NULL, 0 };
	const struct lookup_entry *e;
	struct arena a = { NULL };

	(void)state;
	assert_null(lookup_find(&l, "a"));
	lookup_sort(&l);
	assert_null(lookup_find(&l, "a"));
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		lookup_add(&a, &l, list[i], i);
	lookup_sort(&l);
	e = lookup_find(&l, "b");
	assert_non_null(e);
	assert_int_equal(e->at, 0);
	e = lookup_next(&l, e);
	assert_int_equal(e->at, 3);
	e = lookup_next(&l, e);
	assert_int_equal(e->at, 5);
	assert_null(lookup_next(&l, e));
	assert_int_equal(lookup_find(&l, "")->at, 2);
	assert_int_equal(lookup_find(&l, "ab")->at, 4);
	assert_null(lookup_next(&l, lookup_find(&l, "ab")));
	assert_null(lookup_find(&l, "abc"));
	assert_null(lookup_find(&l, "c"));
	assert_null(lookup_find(&l, " "));
	arena_free(&a);
}

static void many_names(void **state)
{
	struct lookup l = { NULL, 0 };
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		lookup_add(&a, &l, arena_printf(&a, "%zu", i * 7919 % 500), i);
	lookup_sort(&l);
	for (size_t i = 0; i < 500; i++) {
		const struct lookup_entry *e =
			lookup_find(&l, arena_printf(&a, "%zu", i * 7919 % 500));

		assert_int_equal(e->at, i);
		e = lookup_next(&l, e);
		assert_int_equal(e->at, i + 500);
		assert_null(lookup_next(&l, e));
	}
	arena_free(&a);
}

static void numbers(void **state)
{
	struct numbered v[] = { { 5, 0 }, { 1, 1 }, { UINT64_MAX, 2 }, { 5, 3 }, { 0, 4 } };

	(void)state;
	numbered_sort(v, 5);
	assert_int_equal(numbered_find(v, 5, 0)->at, 4);
	assert_int_equal(numbered_find(v, 5, 5)->at, 0);
	assert_int_equal(numbered_find(v, 5, UINT64_MAX)->at, 2);
	assert_null(numbered_find(v, 5, 6));
	assert_int_equal(numbered_twice(v, 5)->at, 3);
	assert_null(numbered_twice(v, 2));
	assert_null(numbered_twice(v, 0));
	assert_null(numbered_find(v, 0, 5));
}

/* The same value whether a CPU's registers are sorted or not. */
static void registers(void **state)
{
	struct msr_fact msr[] = {
		{ .index = 0xc0010114, .value = 1 },
		{ .index = 0x3a, .value = 2 },
		{ .index = 0x480, .value = 3 },
	};
	struct cpuid_fact cpuid[] = {
		{ .leaf = 0x80000001, .eax = 1 },
		{ .leaf = 7, .subleaf = 1, .eax = 2 },
		{ .leaf = 7, .eax = 3 },
	};
	struct cpu_facts c[] = {
		{ .like = -1, .cpuid = cpuid, .n_cpuid = 3, .msr = msr, .n_msr = 3 },
		{ .id = 1, .like = 0 },
	};
	struct facts f = { .cpus = c, .n_cpus = 2 };
	struct arena a = { NULL };

	(void)state;
	for (int sorted = 0; sorted < 2; sorted++) {
		for (size_t i = 0; i < 2; i++) {
			assert_int_equal(cpu_msr(&f, &c[i], 0xc0010114)->value, 1);
			assert_int_equal(cpu_msr(&f, &c[i], 0x3a)->value, 2);
			assert_int_equal(cpu_msr(&f, &c[i], 0x480)->value, 3);
			assert_null(cpu_msr(&f, &c[i], 0x481));
			assert_int_equal(cpu_cpuid(&f, &c[i], 0x80000001, 0)->eax, 1);
			assert_int_equal(cpu_cpuid(&f, &c[i], 7, 1)->eax, 2);
			assert_int_equal(cpu_cpuid(&f, &c[i], 7, 0)->eax, 3);
			assert_null(cpu_cpuid(&f, &c[i], 7, 2));
			assert_null(cpu_cpuid(&f, &c[i], 0, 0));
			cpu_sort(&a, &c[i]);
		}
	}
	assert_int_equal(msr[0].index, 0xc0010114);
	assert_int_equal(cpuid[1].subleaf, 1);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(many_names),
		cmocka_unit_test(numbers),
		cmocka_unit_test(registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
