// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters as text: the kernel command line, nestcheck.cfg, and the file in which init passes the
 * result to nestcheck.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/output.h"
#include "lib/params.h"
#include "lib/params_table.h"
#include "lib/procfs.h"
#include "lib/replace_file.h"

static const char prefix[] = "nestcheck.";

/* Strips a pair of quotes, as the kernel does (lib/cmdline.c, next_arg()). */
static char *unquote(char *s)
{
	size_t len;

	if (*s != '"')
		return s;
	len = strlen(++s);
	if (len && s[len - 1] == '"')
		s[len - 1] = '\0';
	return s;
}

/* Splits KEY=VALUE in place; returns the value, or NULL if there is none. */
static char *split_value(char *word)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	return value;
}

/* CONFIG_CMDLINE in kernel-config/boot.config, which the kernel puts before the boot loader's words. */
static const char built_in[] = "console=ttyS0,115200 console=tty0 quiet";

/* A word without a value is no parameter of ours, unless somebody forgot the value. */
static bool is_parameter(const char *word)
{
	for (size_t i = 0; i < n_param_rows; i++)
		if (strchr(word, '=') || !strcmp(param_rows[i].key, word + sizeof(prefix) - 1))
			return true;
	return false;
}

/*
 * UEFI's LoadOptions of some boot loaders begin with the program's name, and become the command
 * line as they are: iPXE's (src/image/efi_image.c), the UEFI shell's. So the boot loader's first
 * word is no parameter if it is the name of a file such as nestcheck.efi.
 */
void params_parse_cmdline(struct params *p, const char *cmdline)
{
	char *s = arena_strdup(&p->arena, cmdline);
	bool first = true;

	if (!strncmp(s, built_in, sizeof(built_in) - 1) &&
	    (!s[sizeof(built_in) - 1] || isspace((unsigned char)s[sizeof(built_in) - 1])))
		s += sizeof(built_in) - 1;
	while (*s) {
		char *word = s, *value;
		bool quoted = false, file;

		for (; *s && (quoted || !isspace((unsigned char)*s)); s++) {
			if (*s == '"')
				quoted = !quoted;
		}
		if (*s)
			*s++ = '\0';
		if (!*word)
			continue;
		word = unquote(word);
		if (!strncmp(word, "console=ttyS", 12))
			p->serial_named = true;
		file = first;
		first = false;
		if (strncmp(word, prefix, sizeof(prefix) - 1) || (file && !is_parameter(word)))
			continue;
		value = split_value(word);
		params_set(p, PARAM_CMDLINE, word + sizeof(prefix) - 1,
			   value ? unquote(value) : NULL);
	}
}

/* Strips blanks at both ends, in place. */
static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static void parse_line(struct params *p, char *line, unsigned int number)
{
	char *value;

	line = trim(line);
	if (!*line || *line == '#')
		return;
	value = split_value(line);
	if (!value) {
		params_problem(p, "nestcheck.cfg line %u: \"%.40s\" is not KEY=VALUE, ignored",
			       number, line);
		return;
	}
	line = trim(line);
	/* Accept the prefix too, for lines that were copied from a command line. */
	if (!strncmp(line, prefix, sizeof(prefix) - 1))
		line += sizeof(prefix) - 1;
	params_set(p, PARAM_FILE, line, unquote(trim(value)));
}

/* No control characters except tabs and line ends. Bytes above 0x7f: any encoding of comments. */
static bool is_text_byte(unsigned char c)
{
	return c >= ' ' ? c != 0x7f : c == '\t' || c == '\r' || c == '\n';
}

void params_parse_file(struct params *p, const char *text, size_t len)
{
	static const char bom[] = "\xef\xbb\xbf"; /* written by Windows editors */
	const char *end = text + len;
	unsigned int number = 0;

	if (len > PARAMS_FILE_MAX) {
		params_problem(p, "nestcheck.cfg: longer than %d bytes, ignored", PARAMS_FILE_MAX);
		return;
	}
	if (len >= 3 && !memcmp(text, bom, 3))
		text += 3;
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text);

		number++;
		for (size_t i = 0; i < n; i++) {
			if (is_text_byte((unsigned char)text[i]))
				continue;
			params_problem(p,
				       "nestcheck.cfg line %u is not text: is the file damaged? "
				       "The rest of it is ignored",
				       number);
			return;
		}
		parse_line(p, arena_strndup(&p->arena, text, n), number);
		text += n + (nl != NULL);
	}
}

/* --- init to nestcheck: "SOURCE KEY=VALUE" and "problem TEXT" lines -------------------- */

static void add_value(struct text *t, const struct params *p, const struct param_row *row)
{
	const void *member = (const char *)p + row->offset;
	const char *word = row->takes;

	switch (row->kind) {
	case PARAM_WORD:
		for (unsigned int i = *(const unsigned int *)member; i; i--)
			word = strchr(word, ',') + 1;
		text_addf(t, "%.*s", (int)strcspn(word, ","), word);
		return;
	case PARAM_NUMBER:
	case PARAM_DURATION:
		text_addf(t, "%u", *(const unsigned int *)member);
		return;
	case PARAM_TEXT:
	case PARAM_SINKS:
	case PARAM_FAULTS:
	case PARAM_ID:
		text_value(t, member);
		return;
	}
}

void params_write(const struct params *p, struct text *t)
{
	for (size_t i = 0; i < n_param_rows; i++) {
		if (!p->source[i])
			continue;
		text_addf(t, "%d %s=", p->source[i] - 1, param_rows[i].key);
		add_value(t, p, &param_rows[i]);
		text_add(t, "\n");
	}
	for (size_t i = 0; i < p->problems.n; i++)
		text_addf(t, "problem %s\n", p->problems.s[i]);
}

int params_save(const struct params *p, const char *path)
{
	struct text t = { .raw = true };
	int ret;

	params_write(p, &t);
	ret = replace_file(path, t.s, t.len, NULL);
	text_free(&t);
	return ret;
}

int params_read(struct params *p, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = arena_strndup(&p->arena, text, len), *value;

		if (!strncmp(line, "problem ", 8))
			params_problem(p, "%s", line + 8);
		else if (line[0] >= '0' && line[0] < '0' + PARAM_SOURCES && line[1] == ' ' &&
			 (value = split_value(line + 2)))
			params_set(p, (enum param_source)(line[0] - '0'), line + 2, value);
		else
			return -EINVAL;
		text += len + (text[len] == '\n');
	}
	return 0;
}

int params_load(struct params *p, const char *path)
{
	/* Each key and each of the few problems once, and each takes a few hundred bytes. */
	const size_t max = PARAMS_FILE_MAX;
	char *text = arena_alloc(&p->arena, max);
	ssize_t len = read_file(path, text, max);

	if (len < 0)
		return (int)len;
	return (size_t)len < max - 1 ? params_read(p, text) : -EINVAL;
}
