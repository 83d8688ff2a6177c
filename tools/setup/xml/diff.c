// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines between the first and the last that differ, as one hunk of a unified diff. The changes
 * to a domain are a few lines in one place, so that nothing cleverer is needed.
 */
#include <string.h>

#include "setup/xml/xml.h"

#define CONTEXT 3

struct lines {
	const char *s;
	size_t len, n;
};

static size_t line_end(const struct lines *l, size_t at)
{
	const char *nl = memchr(l->s + at, '\n', l->len - at);

	return nl ? (size_t)(nl - l->s) + 1 : l->len;
}

static struct lines lines_of(const struct text *t)
{
	struct lines l = { .s = t->s ? t->s : "", .len = t->len };

	for (size_t at = 0; at < l.len; at = line_end(&l, at))
		l.n++;
	return l;
}

/* Where line i begins. */
static size_t start_of(const struct lines *l, size_t i)
{
	size_t at = 0;

	while (i--)
		at = line_end(l, at);
	return at;
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t k)
{
	size_t x = start_of(a, i), y = start_of(b, k), n = line_end(a, x) - x;

	return line_end(b, y) - y == n && !memcmp(a->s + x, b->s + y, n);
}

static void put(struct text *out, char sign, const struct lines *l, size_t from, size_t to)
{
	for (; from < to; from++) {
		size_t at = start_of(l, from), end = line_end(l, at);

		text_addf(out, "%c%.*s", sign, (int)(end - at), l->s + at);
		if (l->s[end - 1] != '\n')
			text_add(out, "\n\\ No newline at end of file\n");
	}
}

/* "5,3": the first line's number, and how many. */
static void range(struct text *out, const char *sign, size_t from, size_t to)
{
	text_addf(out, "%s%zu,%zu", sign, to > from ? from + 1 : from, to - from);
}

void xml_diff(const char *name, const struct text *a, const struct text *b, struct text *out)
{
	struct lines x = lines_of(a), y = lines_of(b);
	size_t head = 0, tail = 0, from, x_to, y_to;

	while (head < x.n && head < y.n && same(&x, head, &y, head))
		head++;
	if (head == x.n && head == y.n)
		return;
	while (tail < x.n - head && tail < y.n - head &&
	       same(&x, x.n - 1 - tail, &y, y.n - 1 - tail))
		tail++;
	from = head > CONTEXT ? head - CONTEXT : 0;
	x_to = x.n - (tail > CONTEXT ? tail - CONTEXT : 0);
	y_to = y.n - (tail > CONTEXT ? tail - CONTEXT : 0);
	text_addf(out, "--- %s\n+++ %s\n@@ ", name, name);
	range(out, "-", from, x_to);
	range(out, " +", from, y_to);
	text_add(out, " @@\n");
	put(out, ' ', &x, from, head);
	put(out, '-', &x, head, x.n - tail);
	put(out, '+', &y, head, y.n - tail);
	put(out, ' ', &x, x.n - tail, x_to);
}
