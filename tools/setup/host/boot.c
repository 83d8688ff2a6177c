// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's command line, of the running kernel and in the files of boot loaders:
 * kvm_intel.nested=0 overrides modprobe.d (modprobe reads /proc/cmdline last), and
 * module_blacklist= overrides both.
 */
#include <string.h>

#include "lib/modprobe_conf.h"
#include "setup/host/host.h"

/* What ends a word in /etc/default/grub, a loader entry, grub.cfg and on the line itself. */
#define WORD_ENDS " \t\r\n\"'"

static bool begins(const char *word, size_t len, const char *with)
{
	size_t n = strlen(with);

	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((word[i] == '-' ? '_' : word[i]) != with[i])
			return false;
	return true;
}

/* "KEY=a,b,c" with the module among them. */
static bool bans(const char *word, size_t len, const char *key, const char *module)
{
	size_t from = strlen(key), n = strlen(module);

	if (!begins(word, len, key))
		return false;
	while (from < len) {
		size_t end = from;

		while (end < len && word[end] != ',')
			end++;
		if (end - from == n && begins(word + from, n, module))
			return true;
		from = end + 1;
	}
	return false;
}

struct line {
	const char *where;
	unsigned int number; /* 0: it is not one of several */
	const char *module;
	const char *last; /* the last word that sets nested=: only that counts */
	enum tri nested;
	size_t len;
};

static void add(struct arena *a, struct conflicts *out, const struct line *l, const char *word,
		size_t len, enum conflict_weight weight, const char *why)
{
	struct conflict *found = conflict_add(a, out, weight, word, len);

	if (!found)
		return;
	found->where = l->number ? arena_printf(a, "%s:%u", l->where, l->number) : l->where;
	found->why = why;
}

/* What follows the first '=': kernelopts=WORD in grubenv, GRUB_CMDLINE_LINUX=WORD. */
static void skip_variable(const char **word, size_t *len)
{
	size_t n =
		strspn(*word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+");

	if (n && n < *len && (*word)[n] == '=' && memchr(*word + n + 1, '=', *len - n - 1)) {
		*word += n + 1;
		*len -= n + 1;
	}
}

static void check_word(struct arena *a, struct line *l, const char *word, size_t len,
		       struct conflicts *out)
{
	size_t n = strlen(l->module);

	if (l->number)
		skip_variable(&word, &len);
	if (begins(word, len, l->module) && len > n + 7 && !strncmp(word + n, ".nested=", 8)) {
		l->nested = param_nested(l->module, word + n + 8, len - n - 8);
		l->last = word;
		l->len = len;
	} else if (bans(word, len, "module_blacklist=", l->module)) {
		add(a, out, l, word, len, CONFLICT_OVERRIDES,
		    "the kernel refuses to load the module");
	} else if (bans(word, len, "modprobe.blacklist=", l->module)) {
		add(a, out, l, word, len, CONFLICT_NEEDS_STEP,
		    "the module is not loaded automatically, only by its name");
	}
}

static bool is_comment(const char *s)
{
	return s[strspn(s, " \t")] == '#';
}

static void check_line(struct arena *a, struct line *l, const char *s, size_t length,
		       enum tri *nested, struct conflicts *out)
{
	for (size_t i = 0, len; i < length; i += len + 1) {
		len = strcspn(s + i, WORD_ENDS);
		/* GRUB_CMDLINE_LINUX="first ...": a quote ends a word like a blank. */
		if (len)
			check_word(a, l, s + i, len, out);
	}
	if (!l->last)
		return;
	*nested = l->nested;
	if (l->nested != TRI_YES)
		add(a, out, l, l->last, l->len, CONFLICT_OVERRIDES,
		    l->nested == TRI_NO ? "the kernel's command line overrides modprobe.d" :
					  "the module does not load with this value");
}

void boot_conflicts(struct arena *a, const char *where, bool numbered, const char *text,
		    const char *module, enum tri *nested, struct conflicts *out)
{
	unsigned int number = 1;

	for (const char *s = text; s && *s; number++) {
		size_t length = strcspn(s, "\n");
		struct line l = { .where = where,
				  .number = numbered ? number : 0,
				  .module = module };

		if (!numbered || !is_comment(s))
			check_line(a, &l, s, length, nested, out);
		s += length;
		s += *s == '\n';
	}
}

void boot_take_off(char *text, struct strings *words)
{
	for (size_t i = 0; i < words->n; i++) {
		size_t len = strlen(words->s[i]);
		char *at = len ? strstr(text, words->s[i]) : NULL;

		if (!at || !strchr(" \n", at[len]))
			continue;
		memset(at, ' ', len);
		words->s[i] = "";
	}
}
