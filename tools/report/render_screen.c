// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole screen: the verdict in letters that can be read from a distance, then the short table,
 * then as many findings as fit.
 */
#include <string.h>

#include "report/sections.h"
#include "report/render.h"

#define BELOW	    8	/* rows that the caller may reserve, at most */
#define COLUMNS_MAX 120 /* longer lines are hard to read */
#define COLUMNS_MIN 20
/* Up to this size the table has one line per row: the findings need the rest. */
#define ROWS_FEW    40
#define CLEAR	    "\033[H\033[J"
#define COLOUR_OFF  "\033[0m"

/* Foreground and background alike: a solid block where there is colour, a '#' elsewhere. */
static void colour(struct text *t, enum verdict_result v)
{
	static const unsigned int colours[] = {
		[VERDICT_NONE] = 7,  [VERDICT_PASS] = 2,	[VERDICT_FAIL] = 1,
		[VERDICT_ERROR] = 5, [VERDICT_UNSUPPORTED] = 3,
	};

	text_addf(t, "\033[3%u;4%um", colours[v], colours[v]);
}

static void banner(struct text *t, const struct report *r, int columns, int rows)
{
	int height = banner_height(rows + BELOW);
	const char *word = verdict_name(r->verdict.result);
	struct text b = { 0 };
	bool on = false;

	render_banner(&b, word ? word : "NO VERDICT", columns - 2, height);
	for (const char *s = b.s; *s; s++) {
		if (s == b.s || s[-1] == '\n')
			text_add(t, " ");
		if ((*s == '#') != on) {
			on = !on;
			if (on)
				colour(t, r->verdict.result);
			else
				text_add(t, COLOUR_OFF);
		}
		if (*s == '\n')
			text_add(t, "\n");
		else
			text_addf(t, "%c", *s);
	}
	text_free(&b);
}

/* "grade fast: all core cases passed" */
static void reason(struct text *t, const struct report *r)
{
	const char *grade = grade_name(r->verdict.grade);
	struct text line = { 0 };

	if (r->verdict.result == VERDICT_PASS)
		text_addf(&line, "grade %s", grade ? grade : "none");
	if (r->verdict.reason)
		text_addf(&line, "%s%s", line.len ? ": " : "", r->verdict.reason);
	if (line.len)
		text_wrap(t, 0, NULL, line.s);
	text_free(&line);
}

/* Prints it completely if it fits with `keep` rows left over, else its first line, else nothing. */
static bool fit_finding(struct text *t, const struct finding *f, int room, int keep)
{
	for (int form = 0; form < 2; form++) {
		struct text one = { .width = t->width };
		int need;

		section_finding(&one, f, form == 1);
		need = lines_in(one.s) + keep;
		if (need <= room) {
			text_append(t, &one);
			text_free(&one);
			return true;
		}
		text_free(&one);
	}
	return false;
}

static void findings(struct text *t, const struct report *r, int room)
{
	size_t shown = 0;
	size_t from = t->len;
	int used = 0;

	while (shown < r->n_findings) {
		int keep = shown + 1 <
			   r->n_findings; /* the line with the number of findings left out */

		if (!fit_finding(t, &r->findings[shown], room - used, keep))
			break;
		used += lines_in(t->s + from);
		from = t->len;
		shown++;
	}
	if (shown < r->n_findings)
		text_addf(t, "%zu more finding%s%s\n", r->n_findings - shown,
			  r->n_findings - shown == 1 ? "" : "s",
			  t->width < 2 * COLUMNS_MIN ? "" : ": see the report");
}

/* Truncates the text from offset `from` on to n lines. */
static void truncate_lines(struct text *t, size_t from, int n)
{
	for (size_t i = from; i < t->len; i++) {
		if (t->s[i] == '\n' && --n <= 0) {
			t->len = i + 1;
			t->s[t->len] = '\0';
			return;
		}
	}
}

/* An empty line between sections, if there are enough rows. */
static void blank_line(struct text *t, int rows)
{
	if (rows >= ROWS_FEW)
		text_add(t, "\n");
}

void render_screen(struct text *t, const struct report *r, int columns, int rows)
{
	struct text body = { 0 };
	size_t start = t->len;
	int room;

	if (columns < COLUMNS_MIN)
		columns = COLUMNS_MIN;
	body.width = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
	text_add(t, CLEAR);
	banner(t, r, columns, rows);
	/* The last row stays empty: a newline on it would scroll the first row away. */
	room = rows - 1 - lines_in(t->s + start);
	blank_line(&body, rows);
	reason(&body, r);
	blank_line(&body, rows);
	section_machine(&body, r, rows < ROWS_FEW);
	section_guests(&body, r, rows < ROWS_FEW);
	blank_line(&body, rows);
	findings(&body, r, room - lines_in(body.s) - (rows >= ROWS_FEW));
	blank_line(&body, rows);
	if (room > 0) {
		truncate_lines(&body, 0, room);
		text_append(t, &body);
	}
	text_free(&body);
}
