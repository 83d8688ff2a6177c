// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of reports' files, and of machines.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/machine_name.h"
#include "lib/report_name.h"

static void test_stem(void **state)
{
	static const struct {
		const char *id, *mac, *started, *stem;
	} rows[] = {
		{ NULL, NULL, NULL, "nestcheck-undated" },
		{ NULL, NULL, "2026-01-31T12:00:00Z", "nestcheck-20260131T120000Z" },
		{ "rack3-17", "52:54:00:12:34:56", "2026-01-31T12:00:00Z",
		  "nestcheck-rack3-17-20260131T120000Z" },
		{ NULL, "52:54:00:12:34:56", "2026-01-31T12:00:00Z",
		  "nestcheck-52-54-00-12-34-56-20260131T120000Z" },
		{ "../a\\b:c*?\"<>|", NULL, NULL, "nestcheck-..-a-b-c-------undated" },
	};
	char stem[REPORT_STEM_MAX], longest[MACHINE_ID_MAX + 1];
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = (struct report){ .machine = { rows[i].id, rows[i].mac },
				     .started = rows[i].started };
		report_stem(stem, sizeof(stem), &r);
		assert_string_equal(stem, rows[i].stem);
	}
	/* Nothing of the longest is lost. */
	memset(longest, 'x', MACHINE_ID_MAX);
	longest[MACHINE_ID_MAX] = '\0';
	r = (struct report){ .machine = { .id = longest }, .started = "2026-01-31T12:00:00Z" };
	report_stem(stem, sizeof(stem), &r);
	assert_int_equal(strlen(stem), 10 + MACHINE_ID_MAX + 1 + 16);
	assert_string_equal(stem + strlen(stem) - 17, "-20260131T120000Z");
}

static void test_names(void **state)
{
	(void)state;
	assert_true(machine_id_valid("a"));
	assert_true(machine_id_valid("!~"));
	assert_false(machine_id_valid(""));
	assert_false(machine_id_valid("a b"));
	assert_false(machine_id_valid("a\n"));
	assert_false(machine_id_valid("\x7f"));
	assert_true(machine_mac_valid("00:1a:2b:3c:4d:5e"));
	assert_false(machine_mac_valid("00:1A:2B:3C:4D:5E"));
	assert_false(machine_mac_valid("00:1a:2b:3c:4d:5"));
	assert_false(machine_mac_valid("00:1a:2b:3c:4d:5e "));
	assert_false(machine_mac_valid(""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stem),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("report_name", tests, NULL, NULL);
}
