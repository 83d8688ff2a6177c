// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a change changes, as a unified diff that patch(1) takes. The files are a few lines long: one
 * hunk, from the first line that differs to the last.
 */
#include <stdlib.h>
#include <string.h>

#include "setup/host/change.h"

#define CONTEXT 3

struct lines {
	const char *const *at;
	size_t n;
};

/* Starts of the lines of s, and its end behind them. */
static struct lines split(const char *s)
{
	size_t n = 0, i = 0;
	const char **at;

	for (const char *c = s; c && *c; c++)
		n += *c == '\n' || !c[1];
	at = calloc(n + 1, sizeof(*at));
	if (!at)
		abort();
	for (const char *c = s; c && *c; c += *c == '\n') {
		at[i++] = c;
		c += strcspn(c, "\n");
	}
	at[n] = s ? s + strlen(s) : "";
	return (struct lines){ at, n };
}

static size_t length(const struct lines *l, size_t i)
{
	return (size_t)(l->at[i + 1] - l->at[i]);
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
	return length(a, i) == length(b, j) && !memcmp(a->at[i], b->at[j], length(a, i));
}

static void add_lines(struct text *t, char sign, const struct lines *l, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t len = length(l, i);

		text_addf(t, "%c%.*s", sign, (int)len, l->at[i]);
		if (l->at[i][len - 1] != '\n')
			text_add(t, "\n\\ No newline at end of file\n");
	}
}

static void add_range(struct text *t, char sign, size_t from, size_t n)
{
	text_addf(t, "%c%zu", sign, n ? from + 1 : from);
	if (n != 1)
		text_addf(t, ",%zu", n);
}

static void add_hunk(struct text *t, const struct lines *a, const struct lines *b)
{
	size_t head = 0, tail = 0, from, a_to, b_to, more;

	while (head < a->n && head < b->n && same(a, head, b, head))
		head++;
	while (tail < a->n - head && tail < b->n - head &&
	       same(a, a->n - 1 - tail, b, b->n - 1 - tail))
		tail++;
	from = head > CONTEXT ? head - CONTEXT : 0;
	more = tail < CONTEXT ? tail : CONTEXT;
	a_to = a->n - tail;
	b_to = b->n - tail;
	text_add(t, "@@ ");
	add_range(t, '-', from, a_to + more - from);
	text_add(t, " ");
	add_range(t, '+', from, b_to + more - from);
	text_add(t, " @@\n");
	add_lines(t, ' ', a, from, head);
	add_lines(t, '-', a, head, a_to);
	add_lines(t, '+', b, head, b_to);
	add_lines(t, ' ', a, a_to, a_to + more);
}

void change_diff(struct text *t, const char *path, const char *before, const char *after)
{
	struct lines a, b;
	size_t start = t->len;

	if ((!before && !after) || (before && after && !strcmp(before, after)))
		return;
	text_addf(t, "--- %s%s\n", before ? "a" : "/dev/null", before ? path : "");
	text_addf(t, "+++ %s%s\n", after ? "b" : "/dev/null", after ? path : "");
	a = split(before);
	b = split(after);
	if (a.n || b.n)
		add_hunk(t, &a, &b);
	free((void *)a.at);
	free((void *)b.at);
	/* What is in a file of somebody else's must not reach a terminal as it is. */
	for (char *s = t->s + start; *s; s++)
		if ((unsigned char)*s < ' ' && *s != '\n' && *s != '\t')
			*s = '?';
}
