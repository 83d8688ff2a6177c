// SPDX-License-Identifier: GPL-2.0-only
/*
 * JUnit's XML as CI servers read it. There is no standard: the common ground of the schemas of
 * Jenkins' xUnit plugin and of Ant's junitreport is one <testsuite> with its attributes, then
 * <properties>, then each <testcase> with at most one of <failure>, <error> and <skipped>.
 *
 * The last test case is the verdict. Without it a machine that cannot even load KVM would have no
 * test that failed. A known defect and an unproven case are skipped, as neither spoils the verdict.
 */
#include <time.h>

#include "report/cases.h"
#include "report/formats.h"

/* XML 1.0, 2.4: what text and attributes may not contain. */
static void value(struct text *t, const char *s)
{
	static const char *const words[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };

	format_value(t, s, "&<>\"'", words);
}

static void property(struct text *t, const char *name, const char *s)
{
	text_add(t, "      <property name=\"");
	value(t, name);
	text_add(t, "\" value=\"");
	value(t, s ? s : "");
	text_add(t, "\"/>\n");
}

static void begin_case(struct text *t, const char *class, const char *name, uint64_t us)
{
	text_add(t, "    <testcase classname=\"");
	value(t, class);
	text_add(t, "\" name=\"");
	value(t, name);
	text_addf(t, "\" time=\"%llu.%06llu\"", (unsigned long long)(us / 1000000),
		  (unsigned long long)(us % 1000000));
}

static void message(struct text *t, const char *element, const char *type, const char *s)
{
	text_add(t, ">\n      <");
	text_addf(t, "%s", element);
	if (type) {
		text_add(t, " type=\"");
		value(t, type);
		text_add(t, "\"");
	}
	text_add(t, " message=\"");
	value(t, s ? s : "");
	text_add(t, "\"/>\n    </testcase>\n");
}

static void add_case(struct text *t, const struct report *r, const struct case_outcome *c)
{
	const char *excuse = case_excuse(r, c);
	struct text why = { 0 };

	begin_case(t, "nestcheck.selftest", c->name, c->us);
	switch (case_word(r, c)) {
	case CASE_WORD_FAIL:
		message(t, "failure", c->core ? "core case" : "case", c->detail);
		break;
	case CASE_WORD_SKIP:
		message(t, "skipped", NULL, c->detail);
		break;
	case CASE_WORD_XFAIL:
	case CASE_WORD_UNPROVEN:
		text_addf(&why, "%s%s%s", excuse, c->detail ? ": " : "",
			  c->detail ? c->detail : "");
		message(t, "skipped", NULL, why.s);
		break;
	default:
		text_add(t, "/>\n");
	}
	text_free(&why);
}

static void add_verdict(struct text *t, const struct report *r)
{
	begin_case(t, "nestcheck", "verdict", 0);
	switch (r->verdict.result) {
	case VERDICT_PASS:
		text_add(t, "/>\n");
		break;
	case VERDICT_FAIL:
		message(t, "failure", "FAIL", format_reason(r));
		break;
	case VERDICT_UNSUPPORTED:
		message(t, "skipped", NULL, format_reason(r));
		break;
	default:
		message(t, "error", format_verdict(r), format_reason(r));
	}
}

/* The schemas know no zone: "2026-01-02T03:04:05", in UTC. */
static void timestamp(struct text *t, const char *started)
{
	const struct tm epoch = { .tm_year = 70, .tm_mday = 1 };
	struct tm at = epoch;
	const char *end = started ? strptime(started, "%Y-%m-%dT%H:%M:%SZ", &at) : NULL;

	if (!end || *end)
		at = epoch;
	text_addf(t, "%04d-%02d-%02dT%02d:%02d:%02d", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday,
		  at.tm_hour, at.tm_min, at.tm_sec);
}

void format_junit(struct text *t, const struct report *r)
{
	enum verdict_result verdict = r->verdict.result;
	size_t n = report_cases(r), counts[CASE_WORDS] = { 0 };
	uint64_t us = 0;

	for (size_t i = 0; i < n; i++) {
		struct case_outcome c = report_case(r, i);

		counts[case_word(r, &c)]++;
		us += c.us;
	}
	text_add(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	text_addf(t, "  <testsuite name=\"nestcheck\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\"",
		  n + 1, counts[CASE_WORD_FAIL] + (verdict == VERDICT_FAIL),
		  verdict == VERDICT_ERROR || verdict == VERDICT_NONE);
	text_addf(t, " skipped=\"%zu\" time=\"%llu.%06llu\" timestamp=\"",
		  counts[CASE_WORD_SKIP] + counts[CASE_WORD_XFAIL] + counts[CASE_WORD_UNPROVEN] +
			  (verdict == VERDICT_UNSUPPORTED),
		  (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
	timestamp(t, r->started);
	text_add(t, "\" hostname=\"localhost\">\n    <properties>\n");
	property(t, "verdict", format_verdict(r));
	property(t, "grade", format_grade(r));
	property(t, "reason", format_reason(r));
	property(t, "cpu", r->cpu.brand);
	property(t, "kernel", r->facts.kernel.release);
	for (size_t i = 0; i < r->n_findings; i++)
		property(t, "finding", r->findings[i].id);
	text_add(t, "    </properties>\n");
	for (size_t i = 0; i < n; i++) {
		struct case_outcome c = report_case(r, i);

		add_case(t, r, &c);
	}
	add_verdict(t, r);
	text_add(t, "  </testsuite>\n</testsuites>\n");
}
