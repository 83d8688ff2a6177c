// SPDX-License-Identifier: GPL-2.0-only
/* Box plots of what exits cost, a row for each group: see html.h. */
#include <inttypes.h>

#include "fleet/html.h"
#include "l1/abi.h"

#define ROWS_MAX 20 /* groups of a plot: the largest */
#define WIDTH	 700
#define LEFT	 80 /* where the scale begins: left of it is the group's name */
#define ROW	 26

/* Numbers as attributes. */
struct numbers {
	char s[4][24];
};

static const char *number(struct numbers *n, int i, double value)
{
	snprintf(n->s[i], sizeof(n->s[i]), "%.1f", value);
	return n->s[i];
}

static void add_line(struct html *h, const char *class, double x1, double y1, double x2, double y2)
{
	struct numbers n;

	html_open(h, "line", "class", class, "x1", number(&n, 0, x1), "y1", number(&n, 1, y1), "x2",
		  number(&n, 2, x2), "y2", number(&n, 3, y2), NULL);
	html_close(h);
}

static void open_text(struct html *h, const char *anchor, double x, double y)
{
	struct numbers n;

	html_open(h, "text", "text-anchor", anchor, "x", number(&n, 0, x), "y", number(&n, 1, y),
		  NULL);
}

static double scaled(uint64_t value, uint64_t most)
{
	return LEFT + (double)value / (double)most * (WIDTH - LEFT - 20);
}

static void add_outliers(struct html_page *p, const struct fleet_spread *s, size_t cost, double y,
			 uint64_t most)
{
	struct numbers n;

	for (size_t i = 0; i < s->n_outliers; i++) {
		const struct fleet_machine *m = &p->f->machines[s->outliers[i]];
		uint64_t value = m->at->report->selftest.costs[cost].median;

		html_open(&p->h, "a", "href", fleet_anchor(p, 'm', s->outliers[i]), NULL);
		html_open(&p->h, "circle", "class", "outlier", "r", "4", "cx",
			  number(&n, 0, scaled(value, most)), "cy", number(&n, 1, y), NULL);
		html_open(&p->h, "title", NULL);
		html_textf(&p->h, "%s: %" PRIu64, m->name, value);
		html_close(&p->h);
		html_close(&p->h);
		html_close(&p->h);
	}
}

static void add_box(struct html_page *p, size_t group, size_t cost, double y, uint64_t most)
{
	const struct fleet_spread *s = &p->f->groups[group].costs[cost];
	double low = scaled(s->low, most), high = scaled(s->high, most);
	double median = scaled(s->median, most);
	struct numbers n;

	html_open(&p->h, "g", NULL);
	html_open(&p->h, "title", NULL);
	html_textf(&p->h,
		   "group %zu, %zu machines: least %" PRIu64 ", quartiles %" PRIu64 " %" PRIu64
		   " %" PRIu64 ", most %" PRIu64,
		   group + 1, s->n, s->least, s->low, s->median, s->high, s->most);
	html_close(&p->h);
	open_text(&p->h, "end", LEFT - 8, y + 4);
	html_textf(&p->h, "group %zu", group + 1);
	html_close(&p->h);
	add_line(&p->h, "whisker", scaled(s->least, most), y, scaled(s->most, most), y);
	html_open(&p->h, "rect", "class", "box", "x", number(&n, 0, low), "y", number(&n, 1, y - 7),
		  "width", number(&n, 2, high - low), "height", "14", NULL);
	html_close(&p->h);
	add_line(&p->h, "median", median, y - 9, median, y + 9);
	html_close(&p->h);
	add_outliers(p, s, cost, y, most);
}

/* A round number of at least a fifth of the most: 1, 2 or 5, and zeros. */
static uint64_t step_of(uint64_t most)
{
	uint64_t step = 1;

	while (step < most / 5) {
		if (step * 2 >= most / 5)
			return step * 2;
		if (step * 5 >= most / 5)
			return step * 5;
		step *= 10;
	}
	return step;
}

static void add_scale(struct html *h, uint64_t most, double bottom)
{
	for (uint64_t at = 0, step = step_of(most); at <= most && at / step < 10; at += step) {
		add_line(h, "axis", scaled(at, most), 4, scaled(at, most), bottom);
		open_text(h, "middle", scaled(at, most), bottom + 14);
		html_textf(h, "%" PRIu64, at);
		html_close(h);
	}
}

static void add_plot(struct html_page *p, size_t cost, const char *what)
{
	struct text box = { 0 };
	uint64_t most = 0;
	size_t rows = 0;
	double bottom;

	for (size_t i = 0; i < p->f->n_groups && rows < ROWS_MAX; i++) {
		const struct fleet_spread *s = &p->f->groups[i].costs[cost];

		rows += s->n != 0;
		if (s->n && s->most > most)
			most = s->most;
	}
	if (!rows)
		return;
	html_leaf(&p->h, "h3", what, NULL);
	bottom = (double)rows * ROW + 8;
	text_addf(&box, "0 0 %d %d", WIDTH, (int)bottom + 20);
	html_open(&p->h, "svg", "viewBox", box.s, "role", "img", "aria-label", what, NULL);
	text_free(&box);
	add_scale(&p->h, most, bottom);
	for (size_t i = 0, row = 0; i < p->f->n_groups && row < rows; i++)
		if (p->f->groups[i].costs[cost].n)
			add_box(p, i, cost, (double)row++ * ROW + 8 + ROW / 2.0, most);
	html_close(&p->h);
}

void fleet_html_costs(struct html_page *p)
{
	static const char *const texts[EXIT_COSTS] = {
#define TEXT(id, name, text) [L1_COST_##id] = text,
		L1_COSTS(TEXT)
#undef TEXT
	};
	bool any = false;

	for (size_t i = 0; i < p->f->n_groups; i++)
		for (size_t j = 0; j < EXIT_COSTS; j++)
			any |= p->f->groups[i].costs[j].n != 0;
	if (!any)
		return;
	html_leaf(&p->h, "h2", "Costs in cycles", NULL);
	html_leaf(&p->h, "p",
		  "The box is the middle half of a group, the bar in it the median, the line all "
		  "of it; a dot is an outlier",
		  "class", "dim", NULL);
	if (p->f->n_groups > ROWS_MAX)
		html_leaf(&p->h, "p", "Only the 20 largest groups; the document of --json has all.",
			  NULL);
	for (size_t i = 0; i < EXIT_COSTS; i++)
		add_plot(p, i, texts[i]);
}
