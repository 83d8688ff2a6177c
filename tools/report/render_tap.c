// SPDX-License-Identifier: GPL-2.0-only
/*
 * TAP 13 of the self-test's cases and of the chain: an xfail, a failed unproven case and a known
 * defect of this kernel that no guest notices are TODO.
 */
#include <string.h>

#include "report/cases.h"
#include "report/render.h"

/* A value with a backslash ahead of some characters, or as \x23. */
static void without(struct text *t, const char *s, const char *special, bool hex)
{
	struct text shown = { 0 };

	text_value(&shown, s);
	for (const char *c = shown.s; c && *c; c++) {
		if (!strchr(special, *c))
			text_addf(t, "%c", *c);
		else if (hex)
			text_addf(t, "\\x%02x", (unsigned int)*c);
		else
			text_addf(t, "\\%c", *c);
	}
	text_free(&shown);
}

/* On a line of TAP, where '#' would begin a directive. */
static void value(struct text *t, const char *s)
{
	without(t, s, "#", true);
}

static void detail(struct text *t, const char *s)
{
	text_add(t, "  ---\n  message: \"");
	without(t, s, "\"\\", false);
	text_add(t, "\"\n  ...\n");
}

static void outcome(struct text *t, const struct report *r, size_t number,
		    const struct case_outcome *c)
{
	const char *excuse = case_excuse(r, c);
	enum case_word word = case_word(r, c);
	bool ok = word == CASE_WORD_PASS || word == CASE_WORD_SKIP;

	text_addf(t, "%sok %zu - ", ok ? "" : "not ", number);
	value(t, c->name);
	if (word == CASE_WORD_SKIP) {
		text_add(t, " # SKIP ");
		value(t, c->detail ? c->detail : "");
	} else if (excuse) {
		text_add(t, " # TODO ");
		value(t, excuse);
	}
	text_add(t, "\n");
	if (!ok && c->detail)
		detail(t, c->detail);
}

void render_tap(struct text *t, const struct report *r)
{
	const struct selftest_state *s = &r->selftest;
	size_t n = report_cases(r);

	text_add(t, "TAP version 13\n");
	if (!n && s->error)
		text_add(t, "1..0\n");
	else if (!n)
		text_addf(t, "1..0 # SKIP %s\n", s->partial ? s->partial : "no self-test was run");
	else
		text_addf(t, "1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		struct case_outcome c = report_case(r, i);

		outcome(t, r, i + 1, &c);
	}
	if (s->error)
		text_addf(t, "Bail out! %s\n", s->error);
}
