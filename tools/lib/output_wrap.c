// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrapped paragraphs, and lists of CPUs (see output.h).
 */
#include <string.h>

#include "lib/output_parts.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     20
#define WORD_MAX      32768 /* the rest of a longer word is the next */

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

		text_bytes(t, word, (size_t)cut, true);
		text_addf(t, "\n%*s", indent, "");
		word += cut;
		n -= cut;
		*column = indent;
	}
	text_bytes(t, word, (size_t)n, true);
	*column += n;
}

/* `first` is ours and may begin with our name; a label from a table of ours. */
static int add_first(struct text *t, int indent, const char *first)
{
	struct text shown;
	int n;

	text_shown(&shown, t, first, strlen(first), "");
	n = (int)shown.len;
	text_bytes(t, shown.s, shown.len, false);
	text_free(&shown);
	/* If it is wider than the indent, it shifts the rest of its line to the right. */
	text_pad(t, indent - n);
	return n > indent ? n : indent;
}

void text_wrap(struct text *t, int indent, const char *first, const char *paragraph)
{
	int width = t->width ? t->width : WIDTH_DEFAULT;
	int limit = (width < WIDTH_MIN ? WIDTH_MIN : width) - 1;
	struct text shown;
	const char *s;
	int column;

	if (indent > limit / 2)
		indent = limit / 2;
	column = add_first(t, indent, first ? first : "");
	text_shown(&shown, t, paragraph ? paragraph : "", paragraph ? strlen(paragraph) : 0, "\t");
	for (s = shown.s ? shown.s : ""; *s; s += strspn(s, " \t")) {
		size_t len = 0;

		while (len < WORD_MAX && s[len] && s[len] != ' ' && s[len] != '\t')
			len++;
		if (len)
			wrap_word(t, s, len, indent, &column, limit);
		s += len;
	}
	text_free(&shown);
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
		text_addf(t, "%s ", n == 1 ? "CPU" : "CPUs");
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
