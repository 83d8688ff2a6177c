// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fleet as text. Lists are folded, and what is folded is counted: --json has all. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "fleet/fleet.h"
#include "l1/abi.h"
#include "lib/shell.h"

#define LABEL		12 /* columns */
#define NAMES_MAX	12 /* machines named in a list */
#define ROWS_MAX	20 /* machines that have a row each in a list */
#define ODD_MAX		5  /* kinds of odd machines explained of a group */
#define DIFFERENCES_MAX 8  /* differences shown of each */

static const char *const verdict_words[FLEET_VERDICTS] = {
	[VERDICT_NONE] = "without a verdict",  [VERDICT_PASS] = "PASS",	  [VERDICT_FAIL] = "FAIL",
	[VERDICT_UNSUPPORTED] = "UNSUPPORTED", [VERDICT_ERROR] = "ERROR",
};
/* As they are counted: none comes last. */
static const enum verdict_result verdict_order[] = { VERDICT_PASS, VERDICT_FAIL,
						     VERDICT_UNSUPPORTED, VERDICT_ERROR,
						     VERDICT_NONE };
#define N_ORDER (sizeof(verdict_order) / sizeof(verdict_order[0]))

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "38 PASS, 1 FAIL" */
static void add_verdicts(struct text *t, const size_t verdicts[FLEET_VERDICTS])
{
	const char *comma = "";

	for (size_t i = 0; i < N_ORDER; i++) {
		size_t n = verdicts[verdict_order[i]];

		if (n)
			text_addf(t, "%s%zu %s", comma, n, verdict_words[verdict_order[i]]);
		if (n)
			comma = ", ";
	}
}

static void wrap(struct text *t, int indent, const char *label, struct text *paragraph)
{
	text_wrap(t, indent, label, paragraph->s ? paragraph->s : "");
	text_free(paragraph);
}

/* "a, b, c, and 30 more"; machine(i) of a list. */
static void wrap_names(struct text *t, int indent, const char *label, const struct fleet *f,
		       const size_t *machines, size_t n)
{
	struct text names = { 0 };

	for (size_t i = 0; i < n && i < NAMES_MAX; i++)
		text_addf(&names, "%s%s", i ? ", " : "", f->machines[machines[i]].name);
	if (n > NAMES_MAX)
		text_addf(&names, ", and %zu more", n - NAMES_MAX);
	wrap(t, indent, label, &names);
}

static void add_heading(struct text *t, const struct fleet *f)
{
	struct text line = { 0 };

	text_addf(&line, "%zu machine%s", f->n_machines, plural(f->n_machines));
	if (f->n_sorted) {
		text_add(&line, ": ");
		add_verdicts(&line, f->verdicts);
	}
	if (f->n_pending)
		text_addf(&line, "; %zu started and never finished", f->n_pending);
	if (f->n_never)
		text_addf(&line, "; %zu never seen", f->n_never);
	if (f->problems.n)
		text_addf(&line, "; %zu file%s not read", f->problems.n, plural(f->problems.n));
	wrap(t, 0, NULL, &line);
}

/* A row of a list, unless it has enough of them. */
static bool is_folded(struct text *t, size_t row, size_t n)
{
	if (row == ROWS_MAX)
		text_addf(t, "  and %zu more\n", n - ROWS_MAX);
	return row >= ROWS_MAX;
}

static void add_row(struct text *t, const char *name, const char *what)
{
	struct text row = { 0 };

	text_addf(&row, "%s: %s", name, what);
	wrap(t, 2, NULL, &row);
}

static void add_failed(struct text *t, const struct fleet *f, enum verdict_result verdict)
{
	size_t n = f->verdicts[verdict], row = 0;

	if (!n)
		return;
	text_addf(t, "\n%s\n", verdict_words[verdict]);
	for (size_t i = 0; i < f->n_machines && row <= ROWS_MAX; i++) {
		const struct fleet_machine *m = &f->machines[i];
		const char *reason;

		if (!m->at->report || fleet_verdict(m) != verdict || is_folded(t, row++, n))
			continue;
		reason = m->at->report->verdict.reason;
		if (m->at->doubt)
			add_row(t, m->name,
				arena_printf((struct arena *)&f->arena, "the report %s",
					     m->at->doubt));
		else
			add_row(t, m->name, reason ? reason : "no reason given");
	}
}

static void add_pending(struct text *t, const struct fleet *f)
{
	size_t row = 0;

	if (f->n_pending)
		text_add(t, "\nstarted and never finished\n");
	for (size_t i = 0; i < f->n_machines && row <= ROWS_MAX; i++) {
		const struct fleet_machine *m = &f->machines[i];
		struct text what = { 0 };

		if (!m->pending || is_folded(t, row++, f->n_pending))
			continue;
		text_addf(&what, "%s: since %s", m->name,
			  m->pending->started ? m->pending->started : "a time not known");
		if (m->at->report)
			text_addf(&what, "; its last report: %s", verdict_words[fleet_verdict(m)]);
		wrap(t, 2, NULL, &what);
	}
}

static void add_expected(struct text *t, const struct fleet *f)
{
	size_t *others = NULL, n = 0, row = 0;
	struct arena a = { NULL };

	if (f->n_never)
		text_add(t, "\nnever seen\n");
	for (size_t i = 0; i < f->n_expected && row <= ROWS_MAX; i++)
		if (!f->expected[i].seen && !is_folded(t, row++, f->n_never))
			text_addf(t, "  %s\n", f->expected[i].name);
	for (size_t i = 0; i < f->n_machines; i++)
		if (!f->machines[i].expected)
			*arena_push(&a, &others, &n) = i;
	if (n) {
		text_add(t, "\nnot expected, so they do not count\n");
		wrap_names(t, 2, NULL, f, others, n);
	}
	arena_free(&a);
}

/* The capabilities with this value; not those of the other vendor. */
static void wrap_caps(struct text *t, const char *label, const enum tri *caps, enum tri value)
{
	struct text names = { 0 };

	for (int i = 0; i < CAP_COUNT; i++)
		if (caps[i] == value && fleet_cap_matters(caps, (enum cap)i))
			text_addf(&names, "%s%s", names.len ? " " : "", cap_name((enum cap)i));
	if (names.len)
		wrap(t, LABEL, label, &names);
}

/* The group's members are sorted by model. */
static void add_models(struct text *t, const struct fleet *f, const struct fleet_group *g)
{
	size_t n = 0, models = 0;

	for (size_t i = 0; i < g->n; i += n) {
		const struct fleet_document *d = f->machines[f->sorted[g->first + i]].at;
		const char *product = kv_get(&d->report->facts.firmware.dmi, "product_name");
		struct text model = { 0 };

		for (n = 1; i + n < g->n; n++)
			if (strcmp(f->machines[f->sorted[g->first + i + n]].at->model, d->model))
				break;
		if (++models > ODD_MAX)
			continue;
		text_addf(&model, "%s%s%s",
			  d->report->cpu.brand ? d->report->cpu.brand : "unnamed CPU",
			  product ? ", " : "", product ? product : "");
		if (n < g->n)
			text_addf(&model, " (%zu)", n);
		wrap(t, LABEL, models == 1 ? "  model" : "", &model);
	}
	if (models > ODD_MAX)
		text_addf(t, "            and %zu more models\n", models - ODD_MAX);
}

static void add_compare(struct text *t, const struct fleet_document *usual,
			const struct fleet_document *here)
{
	struct arena a = { NULL };
	const char *from = shell_word(&a, usual->file), *to = shell_word(&a, here->file);

	if (from && to)
		text_addf(t, "    all: nestcheck compare %s %s\n", from, to);
	arena_free(&a);
}

static const char *known(const char *s)
{
	return s ? s : "not known";
}

static void add_odd(struct text *t, const struct fleet *f, const struct fleet_alike *k)
{
	const struct fleet_alike *usual = &f->alikes[k->usual];
	const struct fleet_document *here = f->machines[f->sorted[k->first]].at;
	struct text line = { 0 };

	for (size_t i = 0; i < k->n && i < NAMES_MAX; i++)
		text_addf(&line, "%s%s", i ? ", " : "", f->machines[f->sorted[k->first + i]].name);
	if (k->n > NAMES_MAX)
		text_addf(&line, ", and %zu more", k->n - NAMES_MAX);
	text_addf(&line, " (%s): unlike ",
		  verdict_words[fleet_verdict(&f->machines[f->sorted[k->first]])]);
	if (usual->n == 1)
		text_addf(&line, "%s", f->machines[f->sorted[usual->first]].name);
	else
		text_addf(&line, "%zu others of this model", usual->n);
	if (usual->group != k->group)
		text_addf(&line, ", in group %zu", usual->group + 1);
	wrap(t, LABEL, "  odd", &line);
	for (size_t i = 0; i < k->n_differences && i < DIFFERENCES_MAX; i++) {
		const struct difference *d = &k->differences[i];

		text_addf(t, "    %s: %s\n", d->section, d->what);
		text_wrap(t, LABEL, "      usual", known(d->a));
		text_wrap(t, LABEL, "      here", known(d->b));
	}
	if (k->n_differences > DIFFERENCES_MAX)
		text_addf(t, "    and %zu more differences\n", k->n_differences - DIFFERENCES_MAX);
	if (!k->n_differences)
		text_add(t, "    nothing that is recorded explains it\n");
	add_compare(t, f->machines[f->sorted[usual->first]].at, here);
}

static void add_odd_ones(struct text *t, const struct fleet *f, const struct fleet_group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_alikes; i++) {
		const struct fleet_alike *k = &f->alikes[g->first_alike + i];

		if (k->usual != g->first_alike + i && n++ < ODD_MAX)
			add_odd(t, f, k);
	}
	if (n > ODD_MAX)
		text_addf(t, "  and %zu more kinds of odd machines; --json has all\n", n - ODD_MAX);
}

static void add_costs(struct text *t, const struct fleet *f, const struct fleet_group *g)
{
	static const char *const texts[EXIT_COSTS] = {
#define TEXT(id, name, text) [L1_COST_##id] = text,
		L1_COSTS(TEXT)
#undef TEXT
	};
	bool heading = false;

	for (size_t i = 0; i < EXIT_COSTS; i++) {
		const struct fleet_spread *s = &g->costs[i];

		if (!s->n)
			continue;
		if (!heading)
			text_addf(t, "  cycles, least, quartiles and most%s\n",
				  g->n == 1 ? "" : " of its machines");
		heading = true;
		if (s->n == 1)
			text_addf(t, "    %-29s %8" PRIu64 "\n", texts[i], s->median);
		else
			text_addf(t,
				  "    %-29s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64
				  " %8" PRIu64 "\n",
				  texts[i], s->least, s->low, s->median, s->high, s->most);
		for (size_t j = 0; j < s->n_outliers && j < ODD_MAX; j++) {
			const struct fleet_machine *m = &f->machines[s->outliers[j]];

			text_addf(t, "      outlier: %s, %" PRIu64 "\n", m->name,
				  m->at->report->selftest.costs[i].median);
		}
		if (s->n_outliers > ODD_MAX)
			text_addf(t, "      and %zu more outliers\n", s->n_outliers - ODD_MAX);
	}
}

static void add_group(struct text *t, const struct fleet *f, size_t at)
{
	const struct fleet_group *g = &f->groups[at];
	const struct report *r = f->machines[f->sorted[g->first]].at->report;
	struct text line = { 0 };

	text_addf(&line, "group %zu: %zu machine%s, ", at + 1, g->n, plural(g->n));
	add_verdicts(&line, g->verdicts);
	text_addf(&line, ", kernel %s", known(r->facts.kernel.release));
	text_add(t, "\n");
	wrap(t, 0, NULL, &line);
	add_models(t, f, g);
	wrap_names(t, LABEL, "  machines", f, f->sorted + g->first, g->n);
	wrap_caps(t, "  has", r->caps, TRI_YES);
	wrap_caps(t, "  lacks", r->caps, TRI_NO);
	wrap_caps(t, "  unknown", r->caps, TRI_UNKNOWN);
	add_odd_ones(t, f, g);
	add_costs(t, f, g);
}

static void add_finding(struct text *t, const struct fleet *f, const struct fleet_finding *found)
{
	static const char *const labels[] = {
		[SEVERITY_BLOCKER] = "BLOCKER",
		[SEVERITY_DEGRADED] = "degraded",
		[SEVERITY_ADVICE] = "advice",
	};
	const struct finding *x = found->finding;
	struct text line = { 0 };

	text_addf(&line, "%s: %s", x->id, x->title);
	text_addf(t, "\n%zu of %zu\n", found->n, f->n_sorted);
	wrap(t, LABEL, labels[x->severity], &line);
	wrap_names(t, LABEL, "  machines", f, found->machines, found->n);
	text_wrap(t, LABEL, found->n == 1 ? "  seen" : "  seen on 1st", known(x->evidence));
	text_wrap(t, LABEL, "  do", known(x->remedy));
}

void fleet_text(struct text *t, const struct fleet *f)
{
	add_heading(t, f);
	for (size_t i = 1; i < N_ORDER; i++)
		add_failed(t, f, verdict_order[i]);
	add_pending(t, f);
	add_expected(t, f);
	for (size_t i = 0; i < f->n_groups; i++)
		add_group(t, f, i);
	if (f->n_findings)
		text_add(t, "\nfindings, by how many machines have them\n");
	for (size_t i = 0; i < f->n_findings; i++)
		add_finding(t, f, &f->findings[i]);
}
