// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matches observations against rows of tables of known defects.
 */
#include "lib/observation.h"

#include <string.h>

const char *const observed_names[OBSERVED_COUNT] = {
	[OBSERVED_VALUE] = "value",	  [OBSERVED_TEXT] = "text",
	[OBSERVED_TRAP] = "trap",	  [OBSERVED_TIMEOUT] = "timeout",
	[OBSERVED_SHUTDOWN] = "shutdown", [OBSERVED_KVM_EXIT] = "kvm-exit",
	[OBSERVED_ERRNO] = "errno",	  [OBSERVED_LOG] = "log",
	[OBSERVED_ENTRIES] = "entries",
};

/* The texts are C expressions, so of fnmatch()'s special characters only the star is special. */
static bool text_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *mark = text;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			mark = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++mark;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool observation_matches(const struct observation_match *m, const struct observation *o)
{
	if (m->how == OBSERVED_NOTHING || m->how != o->how)
		return false;
	if (m->what && !text_matches(m->what, o->what ? o->what : ""))
		return false;
	return (m->any & ANY_EXPECTED || m->expected == o->expected) &&
	       (m->any & ANY_SEEN || m->seen == o->seen);
}

const char *observation_place(char *label)
{
	size_t len = strlen(label);

	while (len && (label[len - 1] == ' ' || label[len - 1] == ':'))
		label[--len] = 0;
	return len ? label : NULL;
}
