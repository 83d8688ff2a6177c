// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line for machines per case and per cost.
 */
#include "cmd/lines.h"

#include "report/cases.h"

static bool has_lines(const struct run *run)
{
	return run->image && run->p.lines == LINES_CASES;
}

static void write_line(struct run *run, struct text *t)
{
	consoles_stream_line(&run->cs, t->s);
	text_free(t);
}

void lines_begin(struct run *run, size_t total)
{
	struct text t = { 0 };

	if (!has_lines(run) || run->lines_begun)
		return;
	run->lines_begun = true;
	text_addf(&t, "nestcheck: BEGIN cases=%zu", total + run->wants_chain);
	write_line(run, &t);
}

static void write_case(struct run *run, const struct case_outcome *c)
{
	enum case_word word = case_word(&run->r, c);
	struct text t = { 0 };

	text_add(&t, "nestcheck: CASE ");
	text_addf(&t, "%s %s", case_words[word], c->name);
	if (word != CASE_WORD_PASS && c->detail)
		text_addf(&t, ": %s", c->detail);
	write_line(run, &t);
	run->lines_shown++;
}

void lines_case(struct run *run, const struct case_outcome *c)
{
	if (has_lines(run) && run->p.selftest != SELFTEST_SOAK)
		write_case(run, c);
}

void lines_end(struct run *run)
{
	const struct selftest_state *s = &run->r.selftest;

	if (!has_lines(run))
		return;
	lines_begin(run, s->n_cases);
	while (run->lines_shown < report_cases(&run->r)) {
		struct case_outcome c = report_case(&run->r, run->lines_shown);

		write_case(run, &c);
	}
	for (size_t i = 0; i < EXIT_COSTS; i++) {
		struct text t = { 0 };

		if (!s->costs[i].median)
			continue;
		text_add(&t, "nestcheck: COST ");
		text_addf(&t, "%s %llu cycles", exit_cost_names[i],
			  (unsigned long long)s->costs[i].median);
		write_line(run, &t);
	}
}
