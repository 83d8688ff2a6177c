// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that nestcheck writes into modprobe.d, how it recognizes it, and the diff of a change.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/diff.h"
#include "setup/host/change.h"

#define FIRST_LINE  "# Written by nestcheck setup host: KVM's guests may nest.\n"
#define FOLDER_LINE "# This folder was made for it, too.\n"

void change_contents(struct text *t, const char *module, bool made_folder)
{
	text_add(t, FIRST_LINE);
	text_add(t, "# To undo: nestcheck setup host undo, or from the live image\n"
		    "# nestcheck setup disk DEVICE --undo. It brings back what was here before\n"
		    "# (" CHANGE_KEPT "), or where there was nothing\n"
		    "# deletes this file.\n");
	if (made_folder)
		text_add(t, FOLDER_LINE);
	text_addf(t, "options %s nested=1\n", module);
}

/* The only line that we write besides comments. */
static bool is_option(const char *line, size_t len)
{
	static const char *const options[] = {
		"options kvm_intel nested=1",
		"options kvm_amd nested=1",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strlen(options[i]) == len && !memcmp(line, options[i], len))
			return true;
	return false;
}

enum change_owner change_owner_of(const char *contents)
{
	unsigned int options = 0;

	if (!contents)
		return OWNER_NOBODY;
	if (strncmp(contents, FIRST_LINE, strlen(FIRST_LINE)) != 0)
		return OWNER_ANOTHER;
	for (const char *s = contents; *s;) {
		size_t len = strcspn(s, "\n");

		if (is_option(s, len))
			options++;
		else if (*s != '#')
			return OWNER_EDITED;
		s += len;
		s += *s == '\n';
	}
	return options == 1 ? OWNER_US : OWNER_EDITED;
}

bool change_made_folder(const char *contents)
{
	return contents && strstr(contents, "\n" FOLDER_LINE);
}

static struct diff_file side(struct arena *a, const char *prefix, const char *path, const char *s)
{
	if (!s)
		return (struct diff_file){ "/dev/null", NULL, 0 };
	return (struct diff_file){ arena_printf(a, "%s%s", prefix, path), s, strlen(s) };
}

void change_diff(struct text *t, const char *path, const char *before, const char *after)
{
	struct arena arena = { 0 };
	struct diff_file a = side(&arena, "a", path, before), b = side(&arena, "b", path, after);
	size_t start = t->len;

	diff_unified(&a, &b, t);
	/* Control characters of a foreign file must not reach a terminal. */
	for (char *s = t->s ? t->s + start : NULL; s && *s; s++)
		if ((unsigned char)*s < ' ' && *s != '\n' && *s != '\t')
			*s = '?';
	arena_free(&arena);
}
