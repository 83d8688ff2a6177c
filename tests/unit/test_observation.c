// SPDX-License-Identifier: GPL-2.0-only
/*
 * The observation of a failed case, compared with a row of the known defects.
 */
#include "machine.h"

#include <stdio.h>

#include "lib/observation.h"

static const struct observation base = { OBSERVED_VALUE, "port 0x3f8: exit", 0x7b, 0x81 };

static void observations(void **state)
{
	static const struct {
		struct observation_match m;
		bool matches;
	} rows[] = {
		{ SAW_VALUE("port 0x3f8: exit", 0x7b, 0x81), true },
		{ SAW_VALUE("port 0x3f8: exit", 0x7b, 0x80), false },
		{ SAW_VALUE("port 0x3f8: exit", 0x7a, 0x81), false },
		{ SAW_VALUE("exit", 0x7b, 0x81), false },
		{ SAW_VALUE("port *: exit", 0x7b, 0x81), true },
		{ SAW_VALUE("*exit", 0x7b, 0x81), true },
		{ SAW_VALUE("*", 0x7b, 0x81), true },
		{ SAW_VALUE("*0x3f8*e*t", 0x7b, 0x81), true },
		{ SAW_VALUE("*0x3f8*e*x", 0x7b, 0x81), false },
		{ SAW_VALUE("port 0x3f8: exit and more", 0x7b, 0x81), false },
		{ SAW_VALUE("port 0x3f8: exi?", 0x7b, 0x81), false },
		{ SAW_VALUE("", 0x7b, 0x81), false },
		{ SAW_VALUE(NULL, 0x7b, 0x81), true },
		{ SAW_EXPECTED("*exit", 0x7b), true },
		{ SAW_EXPECTED("*exit", 0x81), false },
		{ SAW_SEEN("*exit", 0x81), true },
		{ SAW_SEEN("*exit", 0x7b), false },
		{ SAW_DIFFERS("*exit"), true },
		{ SAW_FALSE("port 0x3f8: exit"), false },
		{ SAW_TEXT("port 0x3f8: exit"), false },
		{ SAW_TIMEOUT, false },
		{ { .how = OBSERVED_NOTHING, .any = ANY_VALUES }, false },
	};
	struct observation nothing = { .how = OBSERVED_NOTHING };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (observation_matches(&rows[i].m, &base) != rows[i].matches)
			fail_msg("row %zu", i);
		assert_false(observation_matches(&rows[i].m, &nothing));
	}
}

/* The place at which a case hung. */
static void places(void **state)
{
	static const struct observation_match shutdown = SAW_SHUTDOWN_AT("nested CR3");
	static const struct {
		const char *label, *place;
		bool matches;
	} rows[] = {
		{ "nested CR3: ", "nested CR3", true },
		{ "nested CR3", "nested CR3", true },
		{ "the same without the fault: ", "the same without the fault", false },
		{ "", NULL, false },
		{ ": ", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation o = { .how = OBSERVED_SHUTDOWN };
		char label[64];

		snprintf(label, sizeof(label), "%s", rows[i].label);
		o.what = observation_place(label);
		if (rows[i].place)
			assert_string_equal(o.what, rows[i].place);
		else
			assert_null(o.what);
		assert_int_equal(observation_matches(&shutdown, &o), rows[i].matches);
		o.how = OBSERVED_TIMEOUT;
		assert_false(observation_matches(&shutdown, &o));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(observations),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
