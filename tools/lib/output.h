/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text built in memory, to which the renderers write. The buffer grows as needed; running out of
 * memory ends the program, as in arena.h.
 */
#ifndef NESTCHECK_LIB_OUTPUT_H
#define NESTCHECK_LIB_OUTPUT_H

#include <stddef.h>

struct text {
	char *s; /* NUL-terminated, NULL while empty */
	size_t len, size;
	int width; /* columns to wrap at; 0: 80 */
};

void text_add(struct text *t, const char *s);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends a paragraph, wrapped at t->width - 1 columns. Each line starts with `indent` spaces, but
 * the first line with `first`, padded to that width. Words longer than a line are split.
 */
void text_wrap(struct text *t, int indent, const char *first, const char *paragraph);

/*
 * "CPU 3", "CPUs 0-2,7", "CPUs 1-511 in steps of 2"; after about a line, "and 240 more". Nothing if
 * n is 0.
 */
void text_cpus(struct text *t, const int *cpus, size_t n);

/*
 * From offset `from` on, replaces every byte that is neither a newline nor printable ASCII with
 * '?': text from the machine or from a file must not reach a terminal unchanged.
 */
void text_clean(struct text *t, size_t from);

void text_free(struct text *t);

#endif
