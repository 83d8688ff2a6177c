// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `diagnose` prints: one screen, whatever was found. Nothing that stops nesting is folded without
 * being counted, and the finding that decides the verdict is never folded.
 */
#include <string.h>

#include "diagnose/diagnose.h"
#include "report/judge.h"
#include "report/render.h"
#include "report/sections.h"

#define COLUMNS	     79		   /* as text_wrap() fills them */
#define CUT	     (COLUMNS - 4) /* of a line that then ends with " ..." */
#define ROWS	     23		   /* 24 without that of the prompt */
#define SHOWN	     3
#define HEADING_ROWS 2 /* of a finding's first line */
#define LEAST_ROWS   3 /* of the evidence, however long the remedy is */

/* Cuts off what follows the first `most` lines from offset `from` on; true if there was more. */
static bool shorten(struct text *t, size_t from, int most)
{
	size_t start = from, end = from;

	for (; end < t->len && most > 0; most--) {
		start = end;
		end += strcspn(t->s + start, "\n") + 1;
	}
	if (end >= t->len)
		return false;
	end--;
	if (end - start > CUT) {
		end = start + CUT;
		while (end > start + CUT / 2 && t->s[end] != ' ')
			end--;
	}
	t->s[end] = '\0';
	t->len = end;
	text_add(t, " ...\n");
	return true;
}

/* The finding that decides, then the next ones that are not advice; returns their number. */
static size_t choose(const struct report *r, const struct finding *chosen[SHOWN])
{
	const struct finding *first = deciding_finding(r);
	size_t n = 0;

	if (first)
		chosen[n++] = first;
	for (size_t i = 0; i < r->n_findings && n < SHOWN; i++)
		if (r->findings[i].severity != SEVERITY_ADVICE && &r->findings[i] != first)
			chosen[n++] = &r->findings[i];
	return n;
}

static const char *nothing_found(const struct report *r)
{
	if (r->caps[CAP_VMX] != TRI_YES && r->caps[CAP_SVM] != TRI_YES)
		return "Whether this CPU has virtualization is not known";
	if (r->caps[CAP_ENABLED_BY_FIRMWARE] == TRI_UNKNOWN && r->facts.kvm.nested_cpuid != TRI_YES)
		return "Nothing was found that stops nested guests, as far as could be seen";
	return "Nothing was found that stops nested guests";
}

static void add_line(struct text *t, const char *s)
{
	size_t from = t->len;

	text_wrap(t, 0, NULL, s);
	shorten(t, from, 1);
}

/* Evidence and remedy in `room` rows; true if all of both is there. */
static bool add_first(struct text *t, const struct finding *f, int room)
{
	const char *remedy = f->remedy ? f->remedy : "not known";
	size_t from = t->len;
	struct text one = { .width = t->width };
	int most;
	bool cut;

	text_wrap(&one, SECTION_LABEL, "do first", remedy);
	most = room - lines_in(one.s);
	text_wrap(t, SECTION_LABEL, "  seen", f->evidence ? f->evidence : "not known");
	cut = shorten(t, from, most > LEAST_ROWS ? most : LEAST_ROWS);
	cut |= shorten(&one, 0, room - lines_in(t->s + from));
	text_append(t, &one);
	text_free(&one);
	return !cut;
}

/* "3 more findings (1 degraded, 2 advice): nestcheck diagnose --all" */
static void add_folded(struct text *t, const struct report *r, const struct finding *const *chosen,
		       size_t n_chosen, bool whole)
{
	size_t n[SEVERITY_ADVICE + 1] = { 0 }, all = r->n_findings - n_chosen;
	const char *separator = "";

	for (size_t i = 0; i < r->n_findings; i++)
		n[r->findings[i].severity]++;
	for (size_t i = 0; i < n_chosen; i++)
		n[chosen[i]->severity]--;
	if (!all) {
		text_addf(t, "No other finding%s\n",
			  whole ? "." : "; all of these: nestcheck diagnose --all");
		return;
	}
	text_addf(t, "%zu more finding%s (", all, all == 1 ? "" : "s");
	for (int i = SEVERITY_BLOCKER; i <= SEVERITY_ADVICE; i++) {
		if (!n[i])
			continue;
		text_addf(t, "%s%zu %s", separator, n[i], severity_name((enum severity)i));
		separator = ", ";
	}
	text_add(t, "): nestcheck diagnose --all\n");
}

void render_diagnosis(struct text *t, const struct report *r)
{
	const struct finding *chosen[SHOWN];
	size_t n = choose(r, chosen), from = t->len;
	struct text others = { .width = t->width };
	const char *cause = n ? finding_cause(r, chosen[0]->id) : nothing_found(r);
	bool whole = n < 2;

	for (size_t i = 1; i < n; i++) {
		size_t start = others.len;

		section_finding(&others, chosen[i], true);
		shorten(&others, start, HEADING_ROWS);
	}
	add_line(t, cause ? cause : chosen[0]->title);
	text_add(t, "\n");
	if (n) {
		size_t start = t->len;
		int below = lines_in(others.s) + (n > 1) + 2;

		section_finding(t, chosen[0], true);
		whole &= !shorten(t, start, HEADING_ROWS);
		whole &= add_first(t, chosen[0], ROWS - below - lines_in(t->s + from));
		text_add(t, "\n");
	}
	if (!n && !r->replayed) {
		text_wrap(
			t, SECTION_LABEL, "do first",
			"nestcheck run: it starts guests inside a guest, which diagnose does not");
		text_add(t, "\n");
	}
	if (others.len) {
		text_append(t, &others);
		text_add(t, "\n");
	}
	add_folded(t, r, chosen, n, whole);
	text_free(&others);
}
