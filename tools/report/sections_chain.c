// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chain (Linux in Linux in Linux), as the text renderers show it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "report/sections.h"
#include "report/render.h"

#define LABEL	       10
#define SHORT_END      30 /* an end of at most this length comes first */
#define CONSOLE_LINES  12
#define CONSOLE_PREFIX "  L%u| "
#define COLUMNS	       79
#define NAME_COLUMN    22 /* of the capabilities' table */
#define CELL	       13
#define COLUMNS_MAX    4 /* L0 to L3 */

static const char *seconds(char *buf, size_t size, uint64_t us)
{
	snprintf(buf, size, "%" PRIu64 ".%02" PRIu64 " s", us / 1000000, us % 1000000 / 10000);
	return buf;
}

static void add_passed(struct text *t, const struct chain_state *c)
{
	char time[32];
	bool any = false;

	text_addf(t, "passed in %s", seconds(time, sizeof(time), c->us));
	for (size_t i = 0; i < c->n_levels; i++) {
		const struct chain_level *l = &c->levels[i];

		if (!l->init_us)
			continue;
		text_addf(t, "%sL%u's init after %s", any ? ", " : ": ", l->level,
			  seconds(time, sizeof(time), l->init_us));
		any = true;
	}
	text_addf(t, "; L2 was entered %" PRIu64 " times during its proof", c->nested_run);
	if (c->limited)
		text_addf(t, "; L2 had one CPU: %s", c->limited);
}

void section_chain_summary(struct text *t, const struct chain_state *c)
{
	static const char *const words[] = {
		[CASE_PASS] = "FAILED", /* only by KVM's counter */
		[CASE_FAIL] = "FAILED",
		[CASE_SKIP] = "skipped",
		[CASE_XFAIL] = "failed as expected here",
	};
	struct arena scratch = { NULL };

	if (c->result == CASE_NOT_RUN)
		return;
	if (c->result == CASE_PASS && !chain_failed(c))
		add_passed(t, c);
	else
		text_addf(t, "%s: %s", words[c->result], chain_brief(&scratch, c));
	if (c->deeper)
		text_addf(t, "; %s", c->deeper);
	arena_free(&scratch);
}

/* "powered off after 3.21 s"; a longer end comes last. */
static void add_end(struct text *t, const struct chain_level *l)
{
	char time[32];
	bool brief;

	if (!l->end) {
		text_add(t, "its end is not known");
		return;
	}
	brief = strlen(l->end) <= SHORT_END;
	text_value(t, brief ? l->end : "ended");
	if (l->total_us)
		text_addf(t, " after %s", seconds(time, sizeof(time), l->total_us));
	if (l->exits)
		text_addf(t, ", %" PRIu64 " exits", l->exits);
	if (!brief)
		text_addf(t, ": %s", l->end);
}

static void level(struct text *t, const struct chain_level *l)
{
	struct text line = { 0 };
	char time[32], label[16];

	text_addf(&line, "%u CPU%s, %" PRIu64 " MiB", l->cpus, l->cpus == 1 ? "" : "s",
		  l->memory_kb / 1024);
	if (l->kernel)
		text_addf(&line, ", Linux %s", l->kernel);
	text_add(&line, ": ");
	if (l->init_us)
		text_addf(&line, "init after %s, ", seconds(time, sizeof(time), l->init_us));
	else if (l->reached)
		text_addf(&line, "reached '%s', ", l->reached);
	add_end(&line, l);
	snprintf(label, sizeof(label), "  L%u", l->level);
	text_wrap(t, LABEL, label, line.s);
	text_free(&line);
}

void section_chain_levels(struct text *t, const struct chain_state *c)
{
	for (size_t i = 0; i < c->n_levels; i++)
		level(t, &c->levels[i]);
}

/*
 * Wraps a long line without regard to words, because it is a console's; each part has the prefix.
 */
static void console_line(struct text *t, unsigned int number, const char *s)
{
	size_t room = COLUMNS - (size_t)snprintf(NULL, 0, CONSOLE_PREFIX, number), done = 0;
	struct text shown = { 0 };

	text_value(&shown, s);
	do {
		text_addf(t, CONSOLE_PREFIX "%.*s\n", number, (int)room,
			  shown.len ? shown.s + done : "");
		done += room;
	} while (done < shown.len);
	text_free(&shown);
}

void section_chain_consoles(struct text *t, const struct chain_state *c)
{
	for (size_t i = 0; i < c->n_levels; i++) {
		const struct chain_level *l = &c->levels[i];
		const struct strings *lines = &l->console;

		if ((l->level != c->level && l->level + 1 != c->level) || !lines->n)
			continue;
		text_addf(t,
			  "\n"
			  "Last lines of L%u\n",
			  l->level);
		for (size_t k = lines->n > CONSOLE_LINES ? lines->n - CONSOLE_LINES : 0;
		     k < lines->n; k++)
			console_line(t, l->level, lines->s[k]);
	}
}

/*
 * What level i (0: the machine) sees or, if unknown, what the level below offers it. *other: it
 * sees something other than what it was offered.
 */
static enum tri cell(const struct report *r, size_t i, enum cap cap, bool *other)
{
	const struct chain_state *c = &r->selftest.chain;
	enum tri seen = i ? i <= c->n_levels ? c->levels[i - 1].caps[cap] : TRI_UNKNOWN :
			    r->caps[cap];
	enum tri offered = TRI_UNKNOWN;

	if (i == 1)
		offered = r->kvm.offered[cap];
	else if (i > 1)
		offered = c->levels[i - 2].kvm.offered[cap];
	*other = seen != TRI_UNKNOWN && offered != TRI_UNKNOWN && seen != offered;
	return seen != TRI_UNKNOWN ? seen : offered;
}

/* Whether the capability decides the grade, or whether nesting is possible at all. */
static bool matters(enum cap cap)
{
	static const enum cap caps[] = { CAP_VMX,	  CAP_EPT, CAP_VPID, CAP_UNRESTRICTED_GUEST,
					 CAP_SHADOW_VMCS, CAP_SVM, CAP_NPT,  CAP_NRIPS,
					 CAP_VGIF,	  CAP_VLS };

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (caps[i] == cap)
			return true;
	return false;
}

/* Removes the padding at the end of a row. */
static void end_row(struct text *t)
{
	while (t->len && t->s[t->len - 1] == ' ')
		t->s[--t->len] = '\0';
	text_add(t, "\n");
}

static bool capability_row(struct text *t, const struct report *r, enum cap cap, size_t n)
{
	static const char *const words[] = { "-", "no", "yes" };
	bool yes = false, no = false, others = false, shown;
	struct text line = { 0 };

	text_addf(&line, "  %-*s", NAME_COLUMN, cap_name(cap));
	for (size_t i = 0; i < n; i++) {
		bool other;
		enum tri v = cell(r, i, cap, &other);
		char word[8];

		yes |= v == TRI_YES;
		no |= v == TRI_NO;
		others |= other;
		snprintf(word, sizeof(word), "%s%s", words[v], other ? " *" : "");
		text_addf(&line, "%-*s", CELL, word);
	}
	end_row(&line);
	shown = others || (yes && (no || matters(cap)));
	if (shown)
		text_append(t, &line);
	text_free(&line);
	return shown && others;
}

void section_chain_capabilities(struct text *t, const struct report *r)
{
	const struct chain_state *c = &r->selftest.chain;
	size_t n = c->n_levels + 1 < COLUMNS_MAX ? c->n_levels + 1 : COLUMNS_MAX;
	bool marked = false;

	text_addf(t, "\n  %-*s%-*s", NAME_COLUMN, "capability", CELL, "L0 has");
	for (size_t i = 1; i < n; i++)
		text_addf(t, "L%zu %-*s", i, CELL - 3, "sees");
	end_row(t);
	for (int cap = 0; cap < CAP_COUNT; cap++)
		marked |= capability_row(t, r, (enum cap)cap, n);
	if (marked)
		text_add(t, "  * differs from what the level below offers\n");
}

void render_chain(struct text *t, const struct report *r)
{
	const struct chain_state *c = &r->selftest.chain;
	struct text summary = { 0 };
	if (c->result != CASE_NOT_RUN) {
		section_chain_summary(&summary, c);
		text_wrap(t, LABEL, "chain", summary.s);
		text_free(&summary);
		section_chain_levels(t, c);
		if (c->n_levels)
			section_chain_capabilities(t, r);
		if (chain_failed(c))
			section_chain_consoles(t, c);
	}
	if (r->n_findings) {
		text_add(t, "\n");
		section_findings(t, r);
	}
	if (r->verdict.result != VERDICT_NONE) {
		text_addf(&summary, "%s: %s", verdict_name(r->verdict.result), r->verdict.reason);
		text_add(t, "\n");
		text_wrap(t, LABEL, "verdict", summary.s);
		text_free(&summary);
	}
}
