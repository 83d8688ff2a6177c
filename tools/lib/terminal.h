/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard output and standard error: the only place that writes there. Consoles of the image are
 * lib/console.h. tests/terminal checks that no other file uses stdio for it, write() or the like.
 *
 * Formats are literals and values in them are escaped, as in lib/output.h.
 */
#ifndef NESTCHECK_LIB_TERMINAL_H
#define NESTCHECK_LIB_TERMINAL_H

#include "lib/output.h"

/* Each writes one text; print() to standard output, print_error() to standard error. */
#define print(...)	 terminal_print(false, "" __VA_ARGS__)
#define print_error(...) terminal_print(true, "" __VA_ARGS__)

/* Writes a sentence to standard error as a line of its own, "nestcheck: ..." */
#define complain(...) terminal_complain("" __VA_ARGS__)

/*
 * Writes t and frees it. A raw text goes out byte for byte, but to a terminal escaped, too, except for
 * line ends and tabs. print_text() returns stdout_written(): false if this, or
 * anything before it, could not be written. print_error_text(): false if this could not be.
 */
bool print_text(struct text *t);
bool print_error_text(struct text *t);

/*
 * False if anything that was printed to standard output could not be written; the first such failure
 * has a message on stderr, and every command's status is ERROR's then (lib/streams.h).
 */
bool stdout_written(void);

/* For what else writes there, like a console: not all could be written, for this errno or 0. */
void stdout_failed(int error);

/* Called by the macros only. */
bool terminal_print(bool error, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void terminal_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
