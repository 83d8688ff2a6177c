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

const char *root_os_release(struct arena *a, int root)
{
	const char *text = root_read(a, root, "etc/os-release");

	return text && *text ? text : root_read(a, root, "usr/lib/os-release");
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

static bool shows(struct arena *a, int root, const char *evidence)
{
	const char *colon = strchr(evidence, ':'), *id;

	if (!strncmp(evidence, "ID=", 3)) {
		id = os_release_value(a, root_os_release(a, root), "ID");
		return id && !strcmp(id, evidence + 3);
	}
	if (!colon)
		return root_has(root, evidence);
	return line_begins(root_read(a, root,
				     arena_strndup(a, evidence, (size_t)(colon - evidence))),
			   colon + 1);
}

bool root_shows(int root, const char *evidence)
{
	struct arena a = { NULL };
	bool yes = false;

	for (size_t len; *evidence && !yes; evidence += len + (evidence[len] == '|')) {
		len = strcspn(evidence, "|");
		yes = shows(&a, root, arena_strndup(&a, evidence, len));
	}
	arena_free(&a);
	return yes;
}
