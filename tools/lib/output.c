// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text built in memory: literals, values and what is in files (see output.h).
 */
#include "lib/output.h"

#include <stdlib.h>
#include <string.h>

#include "lib/escape.h"
#include "lib/fatal.h"
#include "lib/output_parts.h"

/*
 * How our messages and our lines for machines begin (design.md, "Lines for machines"). A line that
 * does because of a value gets another first letter.
 */
static const char *const ours[] = {
	"nestcheck:",	    "nestcheck: BEGIN ",     "nestcheck: CASE ",
	"nestcheck: COST ", "nestcheck: EXIT-PORT ", "nestcheck: VERDICT ",
};
#define OURS_MAX      (sizeof("nestcheck: EXIT-PORT ") - 1)
#define ESCAPED_N     "\\x6e"
#define ESCAPED_N_LEN (sizeof(ESCAPED_N) - 1)

static void text_room(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 256;
	char *s;

	while (size - t->len <= more)
		size *= 2;
	if (size == t->size)
		return;
	s = realloc(t->s, size);
	if (!s)
		out_of_memory("to write the report");
	t->s = s;
	t->size = size;
}

/* The column of the end, as far as it matters for ours[]. */
static size_t column_of(const struct text *t)
{
	size_t n = 0;

	while (n < OURS_MAX && n < t->len && t->s[t->len - n - 1] != '\n')
		n++;
	return n;
}

/* start: of the last line but for what comes after a newline. */
static bool looks_like_ours(const struct text *t, size_t start)
{
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		size_t n = strlen(ours[i]);

		if (t->len - start >= n && !memcmp(t->s + start, ours[i], n) &&
		    t->value_column <= n)
			return true;
	}
	return false;
}

static void disown(struct text *t, size_t start)
{
	char *line;

	text_room(t, ESCAPED_N_LEN);
	line = t->s + start;
	memmove(line + ESCAPED_N_LEN, line + 1, t->len - start);
	memcpy(line, ESCAPED_N, ESCAPED_N_LEN);
	t->len += ESCAPED_N_LEN - 1;
}

void text_bytes(struct text *t, const char *s, size_t n, bool value)
{
	size_t column, start;

	if (!n)
		return;
	column = column_of(t);
	start = t->len - column;
	text_room(t, n);
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
	if (t->raw)
		return;
	if (!column)
		t->value_column = 0;
	if (value && !t->value_column && column < OURS_MAX)
		t->value_column = (unsigned char)(column + 1);
	if (t->value_column && column < OURS_MAX && looks_like_ours(t, start))
		disown(t, start);
	if (memchr(s, '\n', n))
		t->value_column = 0;
}

void text_add_own(struct text *t, const char *s, size_t n)
{
	text_bytes(t, s, n, false);
}

void text_shown(struct text *shown, const struct text *t, const char *s, size_t n, const char *keep)
{
	char one[ESCAPE_MAX + 1];

	*shown = (struct text){ .raw = true };
	if (t->raw) {
		text_bytes(shown, s, n, true);
		return;
	}
	while (n) {
		size_t used = 0;

		/* Most values need no escape. */
		while (used < n && s[used] >= ' ' && s[used] <= '~')
			used++;
		if (used) {
			text_bytes(shown, s, used, true);
		} else {
			used = escape_next(one, s, n, keep);
			text_bytes(shown, one, strlen(one), true);
		}
		s += used;
		n -= used;
	}
}

static void add_value(struct text *t, const char *s, size_t n, const char *keep)
{
	struct text shown;

	text_shown(&shown, t, s, n, keep);
	text_bytes(t, shown.s, shown.len, true);
	text_free(&shown);
}

void text_value_n(struct text *t, const char *s, size_t n)
{
	add_value(t, s, n, "");
}

void text_value(struct text *t, const char *s)
{
	add_value(t, s, strlen(s), "");
}

void text_contents(struct text *t, const char *s, size_t n)
{
	while (n) {
		const char *end = memchr(s, '\n', n);
		size_t len = end ? (size_t)(end - s) + 1 : n;

		add_value(t, s, len, "\t\n");
		s += len;
		n -= len;
	}
}

void text_append(struct text *t, const struct text *other)
{
	if (other->raw && !t->raw)
		text_contents(t, other->s, other->len);
	else
		text_bytes(t, other->s, other->len, false);
}

void text_pad(struct text *t, int n)
{
	while (n-- > 0)
		text_bytes(t, " ", 1, false);
}

void text_free(struct text *t)
{
	free(t->s);
	t->s = NULL;
	t->len = 0;
	t->size = 0;
}
