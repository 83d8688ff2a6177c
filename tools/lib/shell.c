// SPDX-License-Identifier: GPL-2.0-only
/* See shell.h. */
#include "lib/shell.h"

#include <string.h>

static bool fits(const char *s)
{
	return s && *s && strlen(s) <= SHELL_WORD_MAX;
}

bool shell_plain(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._+-/@:,=%";

	return fits(s) && strspn(s, plain) == strlen(s);
}

const char *shell_word(struct arena *a, const char *s)
{
	char *word, *to;

	if (!fits(s))
		return NULL;
	for (const char *c = s; *c; c++)
		if (*c < ' ' || *c > '~')
			return NULL;
	if (shell_plain(s))
		return arena_strdup(a, s);
	word = arena_alloc(a, 4 * strlen(s) + 3);
	to = word;
	*to++ = '\'';
	for (; *s; s++) {
		/* Within quotes nothing has a meaning but the quote. */
		if (*s == '\'') {
			memcpy(to, "'\\'", 3);
			to += 3;
		}
		*to++ = *s;
	}
	*to = '\'';
	return word;
}
