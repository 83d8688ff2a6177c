// SPDX-License-Identifier: GPL-2.0-only
/*
 * TAP 13 of the self-test's cases and of the chain: an xfail, a failed unproven case and a known
 * defect of this kernel that no guest notices are TODO.
 */
#include "diagnose/kvm_defects.h"
#include "report/render.h"

static void detail(struct text *t, const char *s)
{
	text_add(t, "  ---\n  message: \"");
	for (; *s; s++)
		text_addf(t, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s == '\n' ? ' ' : *s);
	text_add(t, "\"\n  ...\n");
}

static void outcome(struct text *t, const struct report *r, size_t number,
		    const struct case_outcome *c)
{
	enum case_failure failure = case_failure_of(r, c, NULL);
	bool ok = failure == FAILURE_NONE && c->result != CASE_XFAIL;

	text_addf(t, "%sok %zu - %s", ok ? "" : "not ", number, c->name);
	if (c->result == CASE_SKIP)
		text_addf(t, " # SKIP %s", c->detail ? c->detail : "");
	else if (c->result == CASE_XFAIL)
		text_add(t, " # TODO a defect of this emulator");
	else if (failure == FAILURE_UNPROVEN)
		text_add(t, " # TODO unproven");
	else if (failure == FAILURE_HARMLESS)
		text_add(t, " # TODO a defect of this kernel that no guest notices");
	text_add(t, "\n");
	if (!ok && c->detail)
		detail(t, c->detail);
}

void render_tap(struct text *t, const struct report *r)
{
	const struct selftest_state *s = &r->selftest;
	size_t from = t->len, n = s->n_cases + (s->chain.result != CASE_NOT_RUN);

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
	text_clean(t, from);
}
