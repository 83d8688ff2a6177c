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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(many_names),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
