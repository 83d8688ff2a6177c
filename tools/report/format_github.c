// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workflow commands of GitHub Actions, which a job prints: an annotation a line, shown at the top of
 * the run and in the pull request (actions/toolkit, packages/core/src/command.ts: which characters
 * are escaped in a message, and which others in a property).
 */
#include "report/cases.h"
#include "report/formats.h"

static void in_message(struct text *t, const char *s)
{
	static const char *const words[] = { "%25" };

	format_value(t, s ? s : "", "%", words);
}

static void in_property(struct text *t, const char *s)
{
	static const char *const words[] = { "%25", "%3A", "%2C" };

	format_value(t, s ? s : "", "%:,", words);
}

static void annotate(struct text *t, const char *kind, const char *title, const char *what)
{
	text_addf(t, "::%s title=nestcheck%%3A ", kind);
	in_property(t, title);
	text_add(t, "::");
	in_message(t, what);
}

static void add_finding(struct text *t, const struct finding *f)
{
	annotate(t, f->severity == SEVERITY_ADVICE ? "notice" : "warning", f->id, f->title);
	text_add(t, ".%0AWhat was seen: ");
	in_message(t, f->evidence);
	text_add(t, "%0AWhat to do: ");
	in_message(t, f->remedy);
	text_add(t, "\n");
}

/* The verdict first: of each kind, a step shows only the first ten. */
void format_github(struct text *t, const struct report *r)
{
	enum verdict_result verdict = r->verdict.result;

	annotate(t,
		 verdict == VERDICT_PASS	? "notice" :
		 verdict == VERDICT_UNSUPPORTED ? "warning" :
						  "error",
		 format_verdict(r), format_reason(r));
	text_addf(t, "%%0Agrade %s\n", format_grade(r));
	for (size_t i = 0; i < report_cases(r); i++) {
		struct case_outcome c = report_case(r, i);

		if (case_word(r, &c) != CASE_WORD_FAIL)
			continue;
		annotate(t, "error", c.name, c.detail ? c.detail : "failed");
		text_add(t, "\n");
	}
	for (size_t i = 0; i < r->n_findings; i++)
		add_finding(t, &r->findings[i]);
}
