/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text built in memory, to which the renderers write. The buffer grows as needed; running out of
 * memory ends the program, as in arena.h.
 *
 * Our own words and values from elsewhere (a document, the machine, a file, the command line) are
 * told apart by the compiler: only a string literal is taken as it is, and every value that a
 * format inserts is escaped (lib/escape.h). A value can therefore neither end a line nor control a
 * terminal. Nor can it make a line look like one of ours: begin it with "nestcheck:", or follow that
 * with a word for machines (design.md, "Lines for machines"). That 'n' is shown as \x6e.
 */
#ifndef NESTCHECK_LIB_OUTPUT_H
#define NESTCHECK_LIB_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * width: columns to wrap at; 0: 80.
 * raw: values are inserted as they are. For a file with a syntax of its own (JSON, XML, a patch), and
 * for a string that is to be a value itself.
 * value_column: where the first value in the last line begins, from 1 on; 0: not near its beginning.
 */
struct text {
	char *s; /* NUL-terminated, NULL while empty */
	size_t len, size;
	int width;
	bool raw;
	unsigned char value_column;
};

/* Appends a literal; a format, which must be one, too. %c, %d, %f, %s, %u and %x are known. */
#define text_add(t, literal) text_add_own((t), "" literal, sizeof(literal) - 1)
#define text_addf(t, ...)    text_format((t), "" __VA_ARGS__)

/* Called by these macros only. */
void text_add_own(struct text *t, const char *s, size_t n);
void text_format(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_vformat(struct text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Appends a value. */
void text_value(struct text *t, const char *s);
void text_value_n(struct text *t, const char *s, size_t n);

/* Appends what is in a file: a value whose line ends and tabs stay. */
void text_contents(struct text *t, const char *s, size_t n);

/* Appends what was built before; as contents, if that is raw and t is not. */
void text_append(struct text *t, const struct text *other);

/*
 * Appends a paragraph, which is a value, wrapped at t->width - 1 columns. Each line starts with
 * `indent` spaces, but the first line with `first`, which is ours, padded to that width. Words
 * longer than a line are split.
 */
void text_wrap(struct text *t, int indent, const char *first, const char *paragraph);

/*
 * "CPU 3", "CPUs 0-2,7", "CPUs 1-511 in steps of 2"; after about a line, "and 240 more". Nothing if
 * n is 0.
 */
void text_cpus(struct text *t, const int *cpus, size_t n);

void text_free(struct text *t);

#endif
