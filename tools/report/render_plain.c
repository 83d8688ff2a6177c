// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain text of 80 columns: for serial lines, pipes and files. The verdict's line is not
 * part of it: who prints this prints that after it.
 */
#include "lib/version.h"
#include "report/parts.h"
#include "report/render.h"

static void head(struct text *t, const struct report *r)
{
	text_addf(t, "nestcheck %s", r->tool_version ? r->tool_version : NESTCHECK_VERSION);
	if (r->started)
		text_addf(t, ", %s", r->started);
	if (r->replayed)
		text_add(t, ", from recorded facts");
	text_add(t, "\n\n");
}

/* Every case that did not simply pass, by name. */
static void cases(struct text *t, const struct report *r)
{
	static const char *const words[] = {
		[CASE_FAIL] = "  FAIL",
		[CASE_SKIP] = "  skip",
		[CASE_XFAIL] = "  xfail",
	};
	const struct selftest_state *s = &r->selftest;

	text_add(t, "\nSelf-test, ");
	part_case_counts(t, r);
	text_add(t, "\n");
	for (size_t i = 0; i < s->n_cases; i++) {
		const struct case_outcome *c = &s->cases[i];
		struct text name = { 0 };

		if (c->result == CASE_PASS)
			continue;
		text_addf(&name, "%s%s%s%s", c->name, c->unproven ? " (unproven)" : "",
			  c->detail ? ": " : "", c->detail ? c->detail : "");
		text_wrap(t, 10, words[c->result], name.s);
		text_free(&name);
	}
}

void render_plain(struct text *t, const struct report *r)
{
	size_t from = t->len;

	head(t, r);
	part_machine(t, r, false);
	part_guests(t, r, false);
	text_add(t, "\n");
	part_findings(t, r);
	if (r->selftest.n_cases)
		cases(t, r);
	text_clean(t, from);
}
