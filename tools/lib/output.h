/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that is built up in memory: what the renderers write into.
 * The buffer grows by itself; running out of memory ends the program as in arena.h.
 */
#ifndef NESTCHECK_LIB_OUTPUT_H
#define NESTCHECK_LIB_OUTPUT_H

#include <stddef.h>

struct text {
	char *s; /* NUL-terminated, NULL while empty */
	size_t len, size;
	int width; /* columns to wrap at; 80 where not set */
};

void text_add(struct text *t, const char *s);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A paragraph wrapped at t->width - 1 columns; each line starts with `indent` spaces, the
 * first with `first` in their place (padded). Words longer than a line are cut.
 */
void text_wrap(struct text *t, int indent, const char *first, const char *paragraph);

/*
 * "CPU 3", "CPUs 0-2,7", "CPUs 1-511 in steps of 2"; about a line of them, then "and 240 more".
 * Nothing where n is 0.
 */
void text_cpus(struct text *t, const int *cpus, size_t n);

/*
 * From offset `from` on, every byte but newlines that is not printable ASCII becomes '?':
 * text from the machine or from a file must not reach a terminal as it is.
 */
void text_clean(struct text *t, size_t from);

void text_free(struct text *t);

#endif
