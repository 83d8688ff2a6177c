/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values from outside (a file of a root, a document, the machine) in commands that people paste.
 *
 * Every command that nestcheck prints or writes has such a value only by one of these: its own words
 * are literals, names that the user gave are restricted to the same characters before (setup/guest,
 * names_ok()). Pure.
 */
#ifndef NESTCHECK_LIB_SHELL_H
#define NESTCHECK_LIB_SHELL_H

#include <stdbool.h>

#include "lib/arena.h"

/* A longer word is none that anybody meant, and does not fit a message. */
#define SHELL_WORD_MAX 200

/*
 * Whether it is one word of any shell as it is: 1 to SHELL_WORD_MAX letters, digits and . _ + - / @
 * : , = %. Also where it continues a word, and in a comment.
 */
bool shell_plain(const char *s);

/*
 * The value as one word of a POSIX shell, in quotes if it needs them. NULL if no command can have it:
 * it is empty or too long, or has what a terminal does not show as it is (lib/escape.h).
 */
const char *shell_word(struct arena *a, const char *s);

#endif
