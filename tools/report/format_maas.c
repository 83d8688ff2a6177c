// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a MAAS script writes to $RESULT_PATH: YAML with a status, which overrides that of the exit
 * status, and a flat map of results (canonical/maas, metadataserver/models/scriptresult.py,
 * read_results(): string keys; strings, numbers, booleans or lists of these).
 */
#include "report/cases.h"
#include "report/formats.h"

/* A machine that nests, but slowly or not everywhere, is not one to schedule on blindly. */
static const char *status_of(const struct report *r)
{
	switch (r->verdict.result) {
	case VERDICT_PASS:
		break;
	case VERDICT_FAIL:
		return "failed";
	case VERDICT_UNSUPPORTED:
		return "skipped";
	default:
		return "failed";
	}
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity != SEVERITY_ADVICE)
			return "degraded";
	return r->verdict.grade == GRADE_NONE ? "degraded" : "passed";
}

/* YAML 1.2, 7.3.1: double-quoted, in which only these two need a backslash. */
static void string(struct text *t, const char *s)
{
	static const char *const words[] = { "\\\\", "\\\"" };

	text_add(t, "\"");
	format_value(t, s ? s : "", "\\\"", words);
	text_add(t, "\"");
}

static void result(struct text *t, const char *name, const char *s)
{
	text_addf(t, "  %s: ", name);
	string(t, s);
	text_add(t, "\n");
}

void format_maas(struct text *t, const struct report *r)
{
	size_t n = report_cases(r), counts[CASE_WORDS] = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct case_outcome c = report_case(r, i);

		counts[case_word(r, &c)]++;
	}
	text_addf(t, "status: %s\nresults:\n", status_of(r));
	result(t, "verdict", format_verdict(r));
	result(t, "grade", format_grade(r));
	result(t, "reason", format_reason(r));
	for (size_t i = 0; i < CASE_WORDS; i++)
		text_addf(t, "  cases_%s: %zu\n", case_words[i], counts[i]);
	for (size_t i = 0; i < EXIT_COSTS; i++)
		if (r->selftest.costs[i].median)
			text_addf(t, "  cost_%s_cycles: %llu\n", exit_cost_names[i],
				  (unsigned long long)r->selftest.costs[i].median);
	text_add(t, "  findings: [");
	for (size_t i = 0; i < r->n_findings; i++) {
		if (i)
			text_add(t, ", ");
		string(t, r->findings[i].id);
	}
	text_add(t, "]\n");
}
