// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain text of 80 columns: for serial lines, pipes and files. The caller prints the verdict's line
 * after it.
 */
#include "report/render.h"

#include <stddef.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/kvm_defects.h"
#include "lib/lookup.h"
#include "lib/status.h"
#include "lib/version.h"
#include "report/judge.h"
#include "report/sections.h"

static void head(struct text *t, const struct report *r)
{
	text_addf(t, "nestcheck %s", r->tool_version ? r->tool_version : NESTCHECK_VERSION);
	if (r->started)
		text_addf(t, ", %s", r->started);
	if (r->replayed)
		text_add(t, ", from recorded facts");
	text_add(t, "\n\n");
}

/*
 * The length of an xfail's reason, without the expected and the seen value, which are in the JSON.
 * The reason is from the table in selftest/emulator.c and has a colon only after "not run".
 */
static int reason_length(const char *detail)
{
	const char *start = strncmp(detail, "not run: ", 9) ? detail : detail + 9;
	const char *end = strstr(start, ": ");

	return (int)(end ? end - detail : (ptrdiff_t)strlen(detail));
}

static void add_case(struct text *t, const struct case_outcome *c, const char *word)
{
	const char *detail = c->detail ? c->detail : "";
	struct text name = { 0 };

	text_addf(&name, "%s%s%s%.*s", c->name, c->unproven ? " (unproven)" : "",
		  *detail ? ": " : "",
		  c->result == CASE_XFAIL ? reason_length(detail) : (int)strlen(detail), detail);
	text_wrap(t, 10, word, name.s);
	text_free(&name);
}

/* A failure that no guest notices must not look like one that fails the machine. */
static void add_failure(struct text *t, const struct report *r, const struct case_outcome *c)
{
	bool harmless = case_failure_of(r, c, NULL) == FAILURE_HARMLESS;

	add_case(t, c, harmless ? "  known" : "  FAIL");
}

/* Cases that lack the same feature share a line: "KVM does not offer vls to L1: svm_vls, ...". */
static void add_skips(struct text *t, const struct selftest_state *s, const struct lookup *details,
		      size_t first)
{
	const struct case_outcome *c = &s->cases[first];
	const struct lookup_entry *e = c->detail ? lookup_find(details, c->detail) : NULL;
	struct text names = { 0 };

	if (e && e->at != first)
		return;
	text_addf(&names, "%s: %s", c->detail ? c->detail : "no reason", c->name);
	while (e && (e = lookup_next(details, e)))
		text_addf(&names, ", %s", s->cases[e->at].name);
	text_wrap(t, 10, "  skip", names.s);
	text_free(&names);
}

static void skips(struct text *t, const struct selftest_state *s)
{
	struct lookup details = { NULL, 0 };
	struct arena scratch = { NULL };

	for (size_t i = 0; i < s->n_cases; i++)
		if (s->cases[i].result == CASE_SKIP && s->cases[i].detail)
			lookup_add(&scratch, &details, s->cases[i].detail, i);
	lookup_sort(&details);
	for (size_t i = 0; i < s->n_cases; i++)
		if (s->cases[i].result == CASE_SKIP)
			add_skips(t, s, &details, i);
	arena_free(&scratch);
}

/* Every case that did not pass: failures first, by name. */
static void cases(struct text *t, const struct report *r)
{
	const struct selftest_state *s = &r->selftest;

	text_add(t, "\nSelf-test, ");
	section_case_counts(t, r);
	text_add(t, "\n");
	for (size_t i = 0; i < s->n_cases; i++)
		if (s->cases[i].result == CASE_FAIL)
			add_failure(t, r, &s->cases[i]);
	for (size_t i = 0; i < s->n_cases; i++)
		if (s->cases[i].result == CASE_XFAIL)
			add_case(t, &s->cases[i], "  xfail");
	skips(t, s);
}

/* If the chain passed, the table above says enough. */
static void chain(struct text *t, const struct report *r, bool whole)
{
	const struct chain_state *c = &r->selftest.chain;
	bool failed = chain_failed(c);

	if (!c->n_levels || (!whole && !failed))
		return;
	text_add(t, "\nChain, level by level\n");
	section_chain_levels(t, c);
	if (whole)
		section_chain_capabilities(t, r);
	if (failed)
		section_chain_consoles(t, c);
}

/* The finding that decided, in plain words, ahead of all findings. */
static void cause(struct text *t, const struct report *r)
{
	const struct finding *f = deciding_finding(r);
	const char *words = f ? finding_cause(r, f->id) : NULL;

	/* A case or the chain that failed may have decided instead. */
	if (!words || !r->verdict.reason || strncmp(r->verdict.reason, f->id, strlen(f->id)) != 0)
		return;
	text_wrap(t, 0, NULL, words);
	text_add(t, "\n");
}

static void plain(struct text *t, const struct report *r, bool whole)
{
	head(t, r);
	section_machine(t, r, false);
	section_guests(t, r, false);
	text_add(t, "\n");
	cause(t, r);
	section_findings(t, r);
	if (r->selftest.n_cases)
		cases(t, r);
	chain(t, r, whole);
}

void render_plain(struct text *t, const struct report *r)
{
	plain(t, r, false);
}

void render_long(struct text *t, const struct report *r)
{
	plain(t, r, true);
}

void render_stored(struct text *t, const struct report *r)
{
	char verdict[STATUS_LINE_MAX];

	render_long(t, r);
	if (r->verdict.result != VERDICT_NONE)
		text_addf(t, "\nnestcheck: VERDICT %s\n",
			  verdict_text(verdict, sizeof(verdict), r));
}
