// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the lines of modprobe.d that were recorded, and the kernel's command line, as modprobe(8)
 * and the kernel do: '-' and '_' are the same in a module's name, the last setting wins.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnose/rules.h"

static bool same_name(const char *word, size_t len, const char *name)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((word[i] == '-' ? '_' : word[i]) != name[i])
			return false;
	return true;
}

/* The next word at *s, which moves behind it; its length, 0 at the end. */
static size_t next_word(const char **s, const char **word)
{
	size_t len;

	*s += strspn(*s, " \t");
	*word = *s;
	len = strcspn(*s, " \t");
	*s += len;
	return len;
}

/* Past "FILE: ". */
static const char *line_of(const char *recorded)
{
	const char *colon = strstr(recorded, ": ");

	return colon ? colon + 2 : recorded;
}

/* Whether a line is "COMMAND MODULE ..."; *rest behind the two. */
static bool is_command(const char *recorded, const char *command, const char *module,
		       const char **rest)
{
	const char *word;
	size_t len;

	*rest = line_of(recorded);
	len = next_word(rest, &word);
	if (!same_name(word, len, command))
		return false;
	len = next_word(rest, &word);
	return same_name(word, len, module);
}

const char *modprobe_option(struct situation *s, const char *module, const char *option,
			    const char **value)
{
	const struct strings *lines = &s->f->kernel.modprobe;
	const char *found = NULL, *rest, *word;
	size_t len, n = strlen(option);

	for (size_t i = 0; i < lines->n; i++) {
		if (!is_command(lines->s[i], "options", module, &rest))
			continue;
		while ((len = next_word(&rest, &word))) {
			if (len <= n || word[n] != '=' || !same_name(word, n, option))
				continue;
			found = lines->s[i];
			*value = arena_strndup(&s->r->arena, word + n + 1, len - n - 1);
		}
	}
	return found;
}

const char *modprobe_ban(struct situation *s, const char *module)
{
	const struct strings *lines = &s->f->kernel.modprobe;
	const char *rest;

	for (size_t i = 0; i < lines->n; i++) {
		if (is_command(lines->s[i], "blacklist", module, &rest))
			return lines->s[i];
		if (is_command(lines->s[i], "install", module, &rest) &&
		    (strstr(rest, "/bin/false") || strstr(rest, "/bin/true")))
			return lines->s[i];
	}
	return NULL;
}

/* "module_blacklist=nouveau,kvm_intel", and the same of modprobe's; the word itself, or NULL. */
const char *cmdline_ban(struct situation *s, const char *module)
{
	static const char *const keys[] = { "module_blacklist=", "modprobe.blacklist=" };
	const char *at = s->f->kernel.cmdline, *word;
	size_t len;

	while (at && (len = next_word(&at, &word))) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			size_t from = strlen(keys[i]);

			if (len < from || strncmp(word, keys[i], from) != 0)
				continue;
			while (from < len) {
				size_t name = strcspn(word + from, ", \t");

				if (same_name(word + from, name, module))
					return arena_strndup(&s->r->arena, word, len);
				from += name + 1;
			}
		}
	}
	return NULL;
}

const char *cmdline_option(struct situation *s, const char *module, const char *option,
			   const char **value)
{
	const char *at = s->f->kernel.cmdline, *word, *found = NULL;
	size_t len, m = strlen(module), n = strlen(option);

	while (at && (len = next_word(&at, &word))) {
		if (len <= m + 1 + n || word[m] != '.' || word[m + 1 + n] != '=' ||
		    !same_name(word, m, module) || !same_name(word + m + 1, n, option))
			continue;
		found = arena_strndup(&s->r->arena, word, len);
		*value = found + m + n + 2;
	}
	return found;
}

bool is_off(const char *value)
{
	return value && (!strcmp(value, "0") || !strcmp(value, "n") || !strcmp(value, "N") ||
			 !strcmp(value, "off"));
}
