// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fleet as a page (report/html.h): tiles, groups, the matrix of capabilities, costs, findings, and a
 * section for each machine, which its tile opens. Pure. html_costs.c draws the costs.
 */
#include <string.h>

#include "fleet/html.h"

static const struct {
	const char *class, *letter, *word;
} states[] = {
	[VERDICT_NONE] = { "none", "?", "no verdict" },
	[VERDICT_PASS] = { "pass", "P", "PASS" },
	[VERDICT_FAIL] = { "fail", "F", "FAIL" },
	[VERDICT_UNSUPPORTED] = { "unsupported", "U", "UNSUPPORTED" },
	[VERDICT_ERROR] = { "error", "E", "ERROR" },
#define STARTED FLEET_VERDICTS
	[STARTED] = { "started", "S", "started, never finished" },
#define NEVER (FLEET_VERDICTS + 1)
	[NEVER] = { "never", "N", "never seen" },
};

static unsigned int state_of(const struct fleet_machine *m)
{
	return m->pending ? STARTED : fleet_verdict(m);
}

static void add_state(struct html *h, unsigned int state)
{
	html_leaf(h, "span", states[state].letter, "class", "state", "title", states[state].word,
		  NULL);
}

static void add_link(struct html_page *p, size_t machine)
{
	html_leaf(&p->h, "a", p->f->machines[machine].name, "href", fleet_anchor(p, 'm', machine),
		  NULL);
}

/* Names with links; all of them: a page has room. */
static void add_links(struct html_page *p, const size_t *machines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			html_text(&p->h, ", ");
		add_link(p, machines[i]);
	}
}

static void add_count(struct html *h, unsigned int state, size_t n)
{
	if (!n)
		return;
	html_open(h, "li", "class", states[state].class, NULL);
	add_state(h, state);
	html_textf(h, " %zu %s", n, states[state].word);
	html_close(h);
}

static void add_counts(struct html_page *p)
{
	static const unsigned int order[] = { VERDICT_PASS,  VERDICT_FAIL, VERDICT_UNSUPPORTED,
					      VERDICT_ERROR, VERDICT_NONE, STARTED,
					      NEVER };
	size_t counts[NEVER + 1] = { [NEVER] = p->f->n_never };

	for (size_t i = 0; i < p->f->n_machines; i++)
		counts[state_of(&p->f->machines[i])]++;
	html_open(&p->h, "ul", "class", "counts", NULL);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_count(&p->h, order[i], counts[order[i]]);
	html_close(&p->h);
	for (size_t i = 0; i < p->f->problems.n; i++)
		html_leaf(&p->h, "p", p->f->problems.s[i], NULL);
}

/* A link if it has an address. */
static void open_tile(struct html *h, unsigned int state, const char *id, const char *href)
{
	struct text class = { 0 };

	text_addf(&class, "tile %s", states[state].class);
	if (href)
		html_open(h, "a", "class", class.s, "id", id, "href", href, NULL);
	else
		html_open(h, "span", "class", class.s, "id", id, NULL);
	text_free(&class);
	add_state(h, state);
}

static void add_tiles(struct html_page *p)
{
	char id[sizeof(p->anchor)];

	html_leaf(&p->h, "h2", "Machines", NULL);
	html_open(&p->h, "div", "class", "tiles", NULL);
	for (size_t i = 0; i < p->f->n_machines; i++) {
		const struct fleet_machine *m = &p->f->machines[i];

		strcpy(id, fleet_anchor(p, 't', i) + 1);
		open_tile(&p->h, state_of(m), id, fleet_anchor(p, 'm', i));
		html_leaf(&p->h, "span", m->name, "title", m->name, NULL);
		html_close(&p->h);
	}
	for (size_t i = 0; i < p->f->n_expected; i++) {
		if (p->f->expected[i].seen)
			continue;
		open_tile(&p->h, NEVER, NULL, NULL);
		html_leaf(&p->h, "span", p->f->expected[i].name, NULL);
		html_close(&p->h);
	}
	html_close(&p->h);
}

static void add_cell_row(struct html *h, const char *name, const char *value)
{
	html_open(h, "tr", NULL);
	html_leaf(h, "th", name, NULL);
	html_leaf(h, "td", value, NULL);
	html_close(h);
}

static void add_differences(struct html *h, const struct fleet_alike *k)
{
	html_open(h, "table", NULL);
	html_open(h, "tr", NULL);
	html_leaf(h, "th", "what", NULL);
	html_leaf(h, "th", "usual", NULL);
	html_leaf(h, "th", "here", NULL);
	html_close(h);
	for (size_t i = 0; i < k->n_differences; i++) {
		html_open(h, "tr", NULL);
		html_open(h, "td", NULL);
		html_textf(h, "%s: %s", k->differences[i].section, k->differences[i].what);
		html_close(h);
		html_leaf(h, "td", k->differences[i].a, "class", "value", NULL);
		html_leaf(h, "td", k->differences[i].b, "class", "value", NULL);
		html_close(h);
	}
	html_close(h);
}

static void add_odd(struct html_page *p, const struct fleet_alike *k)
{
	const struct fleet_alike *usual = &p->f->alikes[k->usual];
	struct html *h = &p->h;

	html_open(h, "details", "open", k->n_differences <= 8 ? "" : NULL, NULL);
	html_open(h, "summary", NULL);
	html_text(h, "Odd: ");
	add_links(p, p->f->sorted + k->first, k->n);
	html_textf(h, ", unlike %zu of this model, such as ", usual->n);
	add_link(p, p->f->sorted[usual->first]);
	html_close(h);
	if (k->n_differences)
		add_differences(h, k);
	else
		html_leaf(h, "p", "Nothing that is recorded explains it.", NULL);
	html_close(h);
}

/* The group's machines are sorted by model. */
static void add_models(struct html_page *p, const struct fleet_group *g)
{
	const char *before = "";

	html_open(&p->h, "p", NULL);
	for (size_t i = 0; i < g->n; i++) {
		const struct fleet_document *d = p->f->machines[p->f->sorted[g->first + i]].at;
		const char *product = kv_get(&d->report->facts.firmware.dmi, "product_name");

		if (!strcmp(before, d->model))
			continue;
		html_textf(&p->h, "%s%s%s%s", *before ? "; " : "",
			   d->report->cpu.brand ? d->report->cpu.brand : "unnamed CPU",
			   product ? ", " : "", product ? product : "");
		before = d->model;
	}
	html_close(&p->h);
}

static void add_group(struct html_page *p, size_t at)
{
	const struct fleet_group *g = &p->f->groups[at];
	const struct report *r = p->f->machines[p->f->sorted[g->first]].at->report;
	struct html *h = &p->h;

	html_open(h, "h3", NULL);
	html_textf(h, "Group %zu: %zu machine%s", at + 1, g->n, g->n == 1 ? "" : "s");
	html_close(h);
	html_open(h, "ul", "class", "counts", NULL);
	for (unsigned int i = 0; i < FLEET_VERDICTS; i++)
		add_count(h, (i + 1) % FLEET_VERDICTS, g->verdicts[(i + 1) % FLEET_VERDICTS]);
	html_close(h);
	add_models(p, g);
	html_open(h, "p", NULL);
	html_textf(h, "kernel %s; has",
		   r->facts.kernel.release ? r->facts.kernel.release : "not known");
	for (int i = 0; i < CAP_COUNT; i++)
		if (r->caps[i] == TRI_YES)
			html_textf(h, " %s", cap_name((enum cap)i));
	html_close(h);
	html_open(h, "details", "open", g->n <= 100 ? "" : NULL, NULL);
	html_leaf(h, "summary", "its machines", NULL);
	html_open(h, "p", NULL);
	add_links(p, p->f->sorted + g->first, g->n);
	html_close(h);
	html_close(h);
	for (size_t i = 0; i < g->n_alikes; i++)
		if (p->f->alikes[g->first_alike + i].usual != g->first_alike + i)
			add_odd(p, &p->f->alikes[g->first_alike + i]);
}

/* Columns: what any machine has; the others lack it or nobody knows. */
static size_t matrix_columns(const struct fleet *f, enum cap *columns)
{
	size_t n = 0;

	for (int cap = 0; cap < CAP_COUNT; cap++) {
		for (size_t i = 0; i < f->n_groups; i++) {
			const struct fleet_group *g = &f->groups[i];

			if (f->machines[f->sorted[g->first]].at->report->caps[cap] != TRI_YES)
				continue;
			columns[n++] = (enum cap)cap;
			break;
		}
	}
	return n;
}

static void add_matrix_row(struct html_page *p, size_t machine, const enum cap *columns, size_t n)
{
	static const struct {
		const char *class, *sign;
	} cells[] = {
		[TRI_UNKNOWN] = { "unknown", "?" },
		[TRI_NO] = { "no", "-" },
		[TRI_YES] = { "yes", "+" },
	};
	const struct fleet_machine *m = &p->f->machines[machine];

	html_open(&p->h, "tr", "class", states[state_of(m)].class, NULL);
	html_open(&p->h, "th", NULL);
	add_link(p, machine);
	html_close(&p->h);
	html_open(&p->h, "td", "class", states[state_of(m)].class, NULL);
	add_state(&p->h, state_of(m));
	html_close(&p->h);
	for (size_t i = 0; i < n; i++) {
		enum tri is = m->at->report->caps[columns[i]];

		html_leaf(&p->h, "td", cells[is].sign, "class", cells[is].class, NULL);
	}
	html_close(&p->h);
}

static void add_matrix(struct html_page *p)
{
	enum cap columns[CAP_COUNT];
	size_t n = matrix_columns(p->f, columns);
	struct html *h = &p->h;

	if (!p->f->n_sorted)
		return;
	html_leaf(h, "h2", "Capabilities", NULL);
	html_leaf(h, "p", "+ the machine has it, - it does not, ? not known; by group", "class",
		  "dim", NULL);
	html_open(h, "div", "class", "wide", NULL);
	html_open(h, "table", "class", "matrix", NULL);
	html_open(h, "thead", NULL);
	html_open(h, "tr", NULL);
	html_leaf(h, "th", "machine", NULL);
	html_leaf(h, "th", "", NULL);
	for (size_t i = 0; i < n; i++) {
		html_open(h, "th", NULL);
		html_leaf(h, "span", cap_name(columns[i]), NULL);
		html_close(h);
	}
	html_close(h);
	html_close(h);
	for (size_t i = 0; i < p->f->n_groups; i++)
		for (size_t j = 0; j < p->f->groups[i].n; j++)
			add_matrix_row(p, p->f->sorted[p->f->groups[i].first + j], columns, n);
	html_close(h);
	html_close(h);
}

static void add_finding(struct html_page *p, const struct fleet_finding *found)
{
	const struct finding *x = found->finding;
	struct html *h = &p->h;

	html_open(h, "h3", NULL);
	html_textf(h, "%zu of %zu: %s, %s: %s", found->n, p->f->n_sorted,
		   severity_name(x->severity), x->id, x->title);
	html_close(h);
	html_open(h, "p", NULL);
	html_textf(h, "Do: %s", x->remedy ? x->remedy : "not known");
	html_close(h);
	html_open(h, "details", NULL);
	html_leaf(h, "summary", "machines", NULL);
	html_open(h, "p", NULL);
	add_links(p, found->machines, found->n);
	html_close(h);
	html_close(h);
}

static void add_findings_of(struct html *h, const struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *x = &r->findings[i];

		html_open(h, "h3", NULL);
		html_textf(h, "%s, %s: %s", severity_name(x->severity), x->id, x->title);
		html_close(h);
		html_open(h, "p", NULL);
		html_textf(h, "Seen: %s", x->evidence ? x->evidence : "not known");
		html_close(h);
		html_open(h, "p", NULL);
		html_textf(h, "Do: %s", x->remedy ? x->remedy : "not known");
		html_close(h);
	}
}

static void add_failed_cases(struct html *h, const struct selftest_state *s)
{
	if (s->n_cases)
		html_leaf(h, "h3", "Failed cases", NULL);
	for (size_t i = 0; i < s->n_cases; i++) {
		html_open(h, "p", NULL);
		html_textf(h, "%s: %s", s->cases[i].name,
			   s->cases[i].detail ? s->cases[i].detail : "no detail");
		html_close(h);
	}
}

static void add_caps_of(struct html *h, const struct report *r, enum tri value, const char *name)
{
	struct text t = { 0 };

	for (int i = 0; i < CAP_COUNT; i++)
		if (r->caps[i] == value && fleet_cap_matters(r->caps, (enum cap)i))
			text_addf(&t, "%s%s", t.len ? " " : "", cap_name((enum cap)i));
	if (t.s)
		add_cell_row(h, name, t.s);
	text_free(&t);
}

static void add_report_of(struct html *h, const struct report *r)
{
	const struct key_values *dmi = &r->facts.firmware.dmi;

	add_cell_row(h, "grade", r->verdict.grade ? grade_name(r->verdict.grade) : "none");
	add_cell_row(h, "CPU", r->cpu.brand);
	add_cell_row(h, "microcode", r->cpu.microcode);
	add_cell_row(h, "product", kv_get(dmi, "product_name"));
	add_cell_row(h, "firmware", kv_get(dmi, "bios_version"));
	add_cell_row(h, "kernel", r->facts.kernel.release);
	add_caps_of(h, r, TRI_YES, "has");
	add_caps_of(h, r, TRI_NO, "lacks");
	for (size_t i = 0; i < EXIT_COSTS; i++) {
		struct text t = { 0 };

		if (!r->selftest.costs[i].median)
			continue;
		text_addf(&t, "%llu cycles", (unsigned long long)r->selftest.costs[i].median);
		add_cell_row(h, exit_cost_names[i], t.s);
		text_free(&t);
	}
}

static void add_machine(struct html_page *p, size_t i)
{
	const struct fleet_machine *m = &p->f->machines[i];
	const struct report *r = m->at->report;
	struct html *h = &p->h;

	html_open(h, "section", "id", fleet_anchor(p, 'm', i) + 1, "class",
		  fleet_passed(m) ? "machine" : "machine bad", NULL);
	html_leaf(h, "a", "close", "class", "close", "href", fleet_anchor(p, 't', i), NULL);
	html_open(h, "h2", "class", states[state_of(m)].class, NULL);
	add_state(h, state_of(m));
	html_textf(h, " %s", m->name);
	html_close(h);
	html_open(h, "table", NULL);
	add_cell_row(h, "state", states[state_of(m)].word);
	if (r)
		add_cell_row(h, "reason", m->at->doubt ? m->at->doubt : r->verdict.reason);
	if (m->pending)
		add_cell_row(h, "started", m->pending->started);
	if (r)
		add_cell_row(h, "report of", m->at->started);
	if (m->at->mac)
		add_cell_row(h, "MAC", m->at->mac);
	add_cell_row(h, "file", m->at->file);
	if (r)
		add_report_of(h, r);
	html_close(h);
	if (r) {
		add_failed_cases(h, &r->selftest);
		add_findings_of(h, r);
	}
	html_close(h);
}

void fleet_html(struct text *t, const struct fleet *f)
{
	struct html_page p = { .f = f };
	struct text title = { 0 };

	text_addf(&title, "nestcheck fleet, %zu machine%s", f->n_machines,
		  f->n_machines == 1 ? "" : "s");
	html_begin(&p.h, title.s);
	add_counts(&p);
	add_tiles(&p);
	if (f->n_groups)
		html_leaf(&p.h, "h2", "Groups of equal capabilities and kernel", NULL);
	for (size_t i = 0; i < f->n_groups; i++)
		add_group(&p, i);
	if (f->n_findings)
		html_leaf(&p.h, "h2", "Findings, by how many machines have them", NULL);
	for (size_t i = 0; i < f->n_findings; i++)
		add_finding(&p, &f->findings[i]);
	fleet_html_costs(&p);
	add_matrix(&p);
	for (size_t i = 0; i < f->n_machines; i++)
		add_machine(&p, i);
	html_end(&p.h);
	text_free(&title);
	*t = p.h.t;
}
