// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text built in memory, and wrapped paragraphs (see output.h).
 */
#include "lib/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_ERROR  4 /* (design.md, "Exit status") */
#define WIDTH_DEFAULT 80
#define WIDTH_MIN     20

static void text_room(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 256;
	char *s;

	while (size - t->len <= more)
		size *= 2;
	if (size == t->size)
		return;
	s = realloc(t->s, size);
	if (!s) {
		fputs("nestcheck: out of memory while writing the report\n", stderr);
		exit(STATUS_ERROR);
	}
	t->s = s;
	t->size = size;
}

static void text_add_n(struct text *t, const char *s, size_t len)
{
	text_room(t, len);
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len <= 0)
		return;
	text_room(t, (size_t)len);
	va_start(ap, fmt);
	vsnprintf(t->s + t->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)len;
}

/* The rest of a longer word is the next: what is behind the limit is not looked at twice. */
#define WORD_MAX 32768

static size_t word_length(const char *s)
{
	size_t n = 0;

	while (n < WORD_MAX && s[n] && !strchr(" \t\n\r", s[n]))
		n++;
	return n;
}

/* Appends one word of a paragraph; *column is the current column. */
static void wrap_word(struct text *t, const char *word, size_t len, int indent, int *column,
		      int limit)
{
	int n;

	if (*column > indent && *column + 1 + (int)len > limit) {
		text_add(t, "\n");
		*column = 0;
	}
	if (*column == 0) {
		text_addf(t, "%*s", indent, "");
		*column = indent;
	} else if (*column > indent) {
		text_add(t, " ");
		*column += 1;
	}
	n = (int)len;
	while (*column + n > limit) {
		int cut = limit - *column;

		text_add_n(t, word, (size_t)cut);
		text_addf(t, "\n%*s", indent, "");
		word += cut;
		n -= cut;
		*column = indent;
	}
	text_add_n(t, word, (size_t)n);
	*column += n;
}

void text_wrap(struct text *t, int indent, const char *first, const char *paragraph)
{
	int width = t->width ? t->width : WIDTH_DEFAULT;
	int limit = (width < WIDTH_MIN ? WIDTH_MIN : width) - 1;
	int column;

	if (indent > limit / 2)
		indent = limit / 2;
	/* A `first` wider than the indent shifts the rest of its line to the right. */
	text_addf(t, "%-*s", indent, first ? first : "");
	column = first && (int)strlen(first) > indent ? (int)strlen(first) : indent;
	while (paragraph && *paragraph) {
		size_t len = word_length(paragraph);

		if (len)
			wrap_word(t, paragraph, len, indent, &column, limit);
		paragraph += len;
		paragraph += strspn(paragraph, " \t\n\r");
	}
	text_add(t, "\n");
}

#define CPU_PIECES 8 /* before "and N more": about a line */
#define STEPS_MIN  4 /* ids that a piece with a step other than 1 has at least */

/* The index of the last id in the run at equal steps that begins at `first`, and the step. */
static size_t run_end(const int *cpus, size_t n, size_t first, int *step)
{
	size_t last = first;

	*step = first + 1 < n ? cpus[first + 1] - cpus[first] : 1;
	while (*step > 0 && last + 1 < n && cpus[last + 1] - cpus[last] == *step)
		last++;
	return *step == 1 || last - first + 1 >= STEPS_MIN ? last : first;
}

void text_cpus(struct text *t, const int *cpus, size_t n)
{
	size_t pieces = 0;

	if (n)
		text_add(t, n == 1 ? "CPU " : "CPUs ");
	for (size_t i = 0, last; i < n; i = last + 1) {
		int step;

		last = run_end(cpus, n, i, &step);
		if (pieces++ == CPU_PIECES && last + 1 < n) {
			text_addf(t, " and %zu more", n - i);
			return;
		}
		text_addf(t, "%s%d", i ? "," : "", cpus[i]);
		if (last > i)
			text_addf(t, "-%d", cpus[last]);
		if (last > i && step > 1)
			text_addf(t, " in steps of %d", step);
	}
}

void text_clean(struct text *t, size_t from)
{
	for (size_t i = from; i < t->len; i++)
		if (t->s[i] != '\n' && (t->s[i] < ' ' || t->s[i] > '~'))
			t->s[i] = '?';
}

void text_free(struct text *t)
{
	free(t->s);
	t->s = NULL;
	t->len = 0;
	t->size = 0;
}
