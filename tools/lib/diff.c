// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unified diff of one hunk, from the first line that differs to the last. We change files in only
 * one place, so that is enough.
 */
#include "lib/diff.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"

#define CONTEXT 3

struct lines {
	const char **at; /* n starts of lines, then the end of the last */
	size_t n;
};

static size_t line_size(const char *s, const char *end)
{
	const char *newline = memchr(s, '\n', (size_t)(end - s));

	return (size_t)((newline ? newline + 1 : end) - s);
}

static struct lines split(struct arena *a, const struct diff_file *f)
{
	const char *s = f->s ? f->s : "", *end = s + (f->s ? f->size : 0);
	struct lines l = { NULL, 0 };

	for (const char *c = s; c < end; c += line_size(c, end))
		l.n++;
	l.at = arena_alloc(a, (l.n + 1) * sizeof(*l.at));
	for (size_t i = 0; i < l.n; i++, s += line_size(s, end))
		l.at[i] = s;
	l.at[l.n] = end;
	return l;
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

		bool ended = l->at[i][len - 1] == '\n';

		text_addf(t, "%c", sign);
		text_contents(t, l->at[i], len - ended);
		text_add(t, "\n");
		if (!ended)
			text_add(t, "\\ No newline at end of file\n");
	}
}

/* "5,3": number of the first line, count of lines; a count of 1 is omitted, as in diff(1). */
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

/* A name with a control character is escaped in a patch, too: it would end the line. */
static void add_name(struct text *t, const char *mark, const char *name)
{
	struct text shown = { .raw = true };

	for (const char *c = name; *c; c++)
		if ((*c > 0 && *c < ' ') || *c == 0x7f)
			shown.raw = false;
	text_value(&shown, name);
	text_addf(t, "%s %s\n", mark, shown.s ? shown.s : "");
	text_free(&shown);
}

static bool equal(const struct diff_file *a, const struct diff_file *b)
{
	if (!a->s || !b->s)
		return !a->s && !b->s;
	return a->size == b->size && !memcmp(a->s, b->s, a->size);
}

void diff_unified(const struct diff_file *before, const struct diff_file *after, struct text *out)
{
	struct arena arena = { 0 };
	struct lines a, b;

	if (equal(before, after))
		return;
	add_name(out, "---", before->name);
	add_name(out, "+++", after->name);
	a = split(&arena, before);
	b = split(&arena, after);
	/* A file that is created or deleted may be empty. */
	if (a.n || b.n)
		add_hunk(out, &a, &b);
	arena_free(&arena);
}
