// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals of a LAVA test shell, as lava-test-case prints them (lava, lava_test_shells/): a line
 * each, from which LAVA makes a test case. A name may have letters, digits, '_', '-' and '.'; the
 * result is pass, fail, skip or unknown.
 */
#include "report/cases.h"
#include "report/formats.h"

static const char *const results[CASE_WORDS] = {
	[CASE_WORD_PASS] = "pass",  [CASE_WORD_FAIL] = "fail",	   [CASE_WORD_SKIP] = "skip",
	[CASE_WORD_XFAIL] = "skip", [CASE_WORD_UNPROVEN] = "skip",
};

/* A blank would end the name, '>' the signal. */
static void begin(struct text *t, const char *name)
{
	static const char *const words[] = { "_", "_", "_" };

	text_add(t, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=");
	format_value(t, name, " <>", words);
}

void format_lava(struct text *t, const struct report *r)
{
	static const char *const verdicts[] = {
		[VERDICT_NONE] = "unknown",  [VERDICT_PASS] = "pass",
		[VERDICT_FAIL] = "fail",     [VERDICT_UNSUPPORTED] = "skip",
		[VERDICT_ERROR] = "unknown",
	};

	for (size_t i = 0; i < report_cases(r); i++) {
		struct case_outcome c = report_case(r, i);

		begin(t, c.name);
		text_addf(t, " RESULT=%s>\n", results[case_word(r, &c)]);
	}
	for (size_t i = 0; i < EXIT_COSTS; i++) {
		if (!r->selftest.costs[i].median)
			continue;
		begin(t, exit_cost_names[i]);
		text_addf(t, " RESULT=pass MEASUREMENT=%llu UNITS=cycles>\n",
			  (unsigned long long)r->selftest.costs[i].median);
	}
	begin(t, "verdict");
	text_addf(t, " RESULT=%s>\n", verdicts[r->verdict.result]);
}
