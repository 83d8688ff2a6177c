/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a value (of a document, the machine, a file, the command line) is shown to people: as
 * printable ASCII, all else escaped.
 *
 *	\n \r \t	line ends, a tab
 *	\x1b		any other control character below 0x80; a byte that is not UTF-8
 *	\u009b		a character of UTF-8 (\U0001f600 beyond 0xffff): an 8-bit control, a
 *			bidirectional or invisible one, but also a letter: its bytes are controls
 *			on a terminal that does not use UTF-8
 *
 * A backslash stays as it is, so that escaping twice is escaping once. The JSON documents hold the
 * values themselves (lib/json.h). Pure.
 */
#ifndef NESTCHECK_LIB_ESCAPE_H
#define NESTCHECK_LIB_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ESCAPE_MAX 10 /* "\U0001f600" */

/*
 * Escapes what the n > 0 bytes at s begin with into out, NUL-terminated; returns how many of them
 * that was. keep: characters that stay as they are, "" or "\t\n".
 */
size_t escape_next(char out[ESCAPE_MAX + 1], const char *s, size_t n, const char *keep);

/* Escapes s into buf, truncated to size; returns buf. */
char *escape(char *buf, size_t size, const char *s);

/* The character of UTF-8 at s, *len bytes long; -1 and 1 byte if it is not UTF-8. */
int32_t utf8_next(const char *s, size_t n, size_t *len);

/*
 * Whether a character controls a terminal or is not seen: C0, DEL, C1, bidirectional controls, line
 * separators, zero-width and other format characters.
 */
bool is_unseen(int32_t c);

#endif
