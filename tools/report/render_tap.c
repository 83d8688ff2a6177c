// SPDX-License-Identifier: GPL-2.0-only
/*
 * TAP 13 of the self-test's cases and of the chain: an xfail, a failed unproven case and a known
 * defect of this kernel that no guest notices are TODO.
 */
#include <string.h>

#include "diagnose/kvm_defects.h"
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
	enum case_failure failure = case_failure_of(r, c, NULL);
	bool ok = failure == FAILURE_NONE && c->result != CASE_XFAIL;

	text_addf(t, "%sok %zu - ", ok ? "" : "not ", number);
	value(t, c->name);
	if (c->result == CASE_SKIP) {
		text_add(t, " # SKIP ");
		value(t, c->detail ? c->detail : "");
	} else if (c->result == CASE_XFAIL) {
		text_add(t, " # TODO a defect of this emulator");
	} else if (failure == FAILURE_UNPROVEN) {
		text_add(t, " # TODO unproven");
	} else if (failure == FAILURE_HARMLESS) {
		text_add(t, " # TODO a defect of this kernel that no guest notices");
	}
	text_add(t, "\n");
	if (!ok && c->detail)
		detail(t, c->detail);
}

void render_tap(struct text *t, const struct report *r)
{
	const struct selftest_state *s = &r->selftest;
	size_t n = s->n_cases + (s->chain.result != CASE_NOT_RUN);

	text_add(t, "TAP version 13\n");
	if (!n && s->error)
		text_add(t, "1..0\n");
	else if (!n)
		text_addf(t, "1..0 # SKIP %s\n", s->partial ? s->partial : "no self-test was run");
	else
		text_addf(t, "1..%zu\n", n);
	for (size_t i = 0; i < s->n_cases; i++)
		outcome(t, r, i + 1, &s->cases[i]);
	if (s->chain.result != CASE_NOT_RUN)
		outcome(t, r, n,
			&(struct case_outcome){ .name = "chain",
						.result = s->chain.result,
						.detail = s->chain.reason });
	if (s->error)
		text_addf(t, "Bail out! %s\n", s->error);
}
