// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses modprobe.d and the values of module parameters.
 */
#include "lib/modprobe_conf.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

const char *const modprobe_folders[] = {
	"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
	"usr/lib/modprobe.d", "lib/modprobe.d", NULL,
};

static bool has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && !strcmp(s + n - m, suffix);
}

bool modprobe_reads(const char *name)
{
	return name[0] != '.' && (has_suffix(name, ".conf") || has_suffix(name, ".alias"));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int modprobe_compare(const char *path, const char *other)
{
	return strcmp(base_name(path), base_name(other));
}

/* Upper limit of the length of the line that begins here, with its continuation lines. */
static size_t joined_length(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '\n')
		n += text[n] == '\\' && text[n + 1] ? 2 : 1;
	return n;
}

/* A backslash before a newline joins the next line; before any other byte it is dropped. */
const char *modprobe_next(struct arena *a, const char **text, unsigned int *number)
{
	char *line, *to;

	if (!**text)
		return NULL;
	line = to = arena_alloc(a, joined_length(*text) + 1);
	(*number)++;
	for (; **text && **text != '\n'; (*text)++) {
		if (**text == '\\' && (*text)[1]) {
			(*text)++;
			if (**text == '\n') {
				(*number)++;
				continue;
			}
		}
		*to++ = **text;
	}
	*text += **text == '\n';
	return line;
}

size_t modprobe_word(const char **s, const char **word)
{
	size_t len;

	*s += strspn(*s, BLANKS);
	*word = *s;
	len = strcspn(*s, BLANKS);
	*s += len;
	return len;
}

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

bool modprobe_is_module(const char *word, size_t len, const char *module)
{
	if (strlen(module) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((word[i] == '-' ? '_' : word[i]) != module[i])
			return false;
	return true;
}

bool modprobe_is_line(const char *line, const char *command, const char *module, const char **rest)
{
	const char *word;
	size_t len = modprobe_word(&line, &word);

	if (!is_word(word, len, command))
		return false;
	len = modprobe_word(&line, &word);
	if (rest)
		*rest = line;
	return modprobe_is_module(word, len, module);
}

bool modprobe_find_option(const char *words, const char *option, const char **value, size_t *len)
{
	size_t n = strlen(option), word_len;
	bool found = false;
	const char *word;

	while ((word_len = modprobe_word(&words, &word))) {
		if (!modprobe_is_module(word, word_len < n ? word_len : n, option) ||
		    (word_len > n && word[n] != '='))
			continue;
		*value = word_len > n ? word + n + 1 : NULL;
		*len = word_len > n ? word_len - n - 1 : 0;
		found = true;
	}
	return found;
}

bool modprobe_install_bans(const char *command)
{
	const char *word, *slash;
	size_t len = modprobe_word(&command, &word);

	/* The shell runs it: what follows an operator may load the module. */
	if (strpbrk(word, ";&|`$"))
		return false;
	slash = memrchr(word, '/', len);
	if (slash) {
		len -= (size_t)(slash + 1 - word);
		word = slash + 1;
	}
	return is_word(word, len, "false") || is_word(word, len, "true") || is_word(word, len, ":");
}

/* As the kernel strips quotes around a value: lib/cmdline.c, next_arg(). */
static void unquote(const char **value, size_t *len)
{
	if (!*len || **value != '"')
		return;
	++*value;
	--*len;
	if (*len && (*value)[*len - 1] == '"')
		--*len;
}

static enum tri param_bool(const char *value, size_t len)
{
	if (!value)
		return TRI_YES;
	unquote(&value, &len);
	if (!len)
		return TRI_UNKNOWN;
	if (strchr("yYtT1", *value))
		return TRI_YES;
	if (strchr("nNfF0", *value))
		return TRI_NO;
	if (len > 1 && (*value == 'o' || *value == 'O') && strchr("nNfF", value[1]))
		return tri_of(value[1] == 'n' || value[1] == 'N');
	return TRI_UNKNOWN;
}

static enum tri param_int(const char *value, size_t len)
{
	char number[24], *end;
	long v;

	if (!value)
		return TRI_UNKNOWN;
	unquote(&value, &len);
	if (!len || len >= sizeof(number) || strchr(" \t\n", *value))
		return TRI_UNKNOWN;
	memcpy(number, value, len);
	number[len] = 0;
	errno = 0;
	v = strtol(number, &end, 0);
	/* kstrtoint(): outside of int the module does not load. */
	if (errno || *end || end == number || v < INT_MIN || v > INT_MAX)
		return TRI_UNKNOWN;
	return tri_of(v != 0);
}

enum tri param_nested(const char *module, const char *value, size_t len)
{
	return strcmp(module, "kvm_amd") ? param_bool(value, len) : param_int(value, len);
}

enum tri param_read(const char *value)
{
	size_t len = value ? strlen(value) : 0;
	enum tri number = value ? param_int(value, len) : TRI_UNKNOWN;

	if (!value || number != TRI_UNKNOWN)
		return number;
	/* "1x" is neither. */
	return isdigit((unsigned char)*value) ? TRI_UNKNOWN : param_bool(value, len);
}
