// SPDX-License-Identifier: GPL-2.0-only
/*
 * os-release(5), and evidence of what a root is (see root.h).
 */
#include <string.h>

#include "setup/root.h"

const char *os_release_value(struct arena *a, const char *text, const char *key)
{
	size_t len = strlen(key);
	char *value, *to;

	while (text && !(!strncmp(text, key, len) && text[len] == '=')) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return NULL;
	text += len + 1;
	value = to = arena_strndup(a, text, strcspn(text, "\n"));
	for (const char *from = value; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		else if (*from == '"' || *from == '\'' || *from == '\r')
			continue;
		*to++ = *from;
	}
	*to = '\0';
	return *value ? value : NULL;
}

const char *root_os_release(struct arena *a, int root, struct unseen *u)
{
	const char *text = root_read(a, root, "etc/os-release", u);

	return text && *text ? text : root_read(a, root, "usr/lib/os-release", u);
}

static bool line_begins(const char *text, const char *with)
{
	size_t len = strlen(with);

	for (const char *s = text; s && *s;) {
		if (!strncmp(s, with, len))
			return true;
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	return false;
}

static bool shows(struct arena *a, int root, const char *evidence, struct unseen *u)
{
	const char *colon = strchr(evidence, ':'), *id;

	if (!strncmp(evidence, "ID=", 3)) {
		id = os_release_value(a, root_os_release(a, root, u), "ID");
		return id && !strcmp(id, evidence + 3);
	}
	if (!colon)
		return root_has(root, evidence, u);
	return line_begins(root_read(a, root,
				     arena_strndup(a, evidence, (size_t)(colon - evidence)), u),
			   colon + 1);
}

bool root_shows(struct arena *a, int root, const char *evidence, struct unseen *u)
{
	struct arena scratch = { NULL };
	struct unseen missed = { .n = 0 };
	bool yes = false;

	for (size_t len; *evidence && !yes; evidence += len + (evidence[len] == '|')) {
		len = strcspn(evidence, "|");
		yes = shows(&scratch, root, arena_strndup(&scratch, evidence, len), &missed);
	}
	/* What else there is does not matter if one of them is there. */
	if (missed.n && !yes)
		unseen_add(u, arena_strdup(a, missed.path), missed.err);
	arena_free(&scratch);
	return yes;
}
