// SPDX-License-Identifier: GPL-2.0-only
/*
 * modprobe.d as modprobe reads it: kmod's libkmod-config.c. Files are read by their names, options of
 * a module add up in that order, and of one that is given often the kernel takes the last.
 */
#include <stdlib.h>
#include <string.h>

#include "setup/host.h"

#define BLANKS " \t"

const char *const modprobe_folders[] = {
	"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
	"usr/lib/modprobe.d", "lib/modprobe.d", NULL,
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n > m && !strcmp(s + n - m, with);
}

bool modprobe_reads(const char *name)
{
	return name[0] != '.' && (ends(name, ".conf") || ends(name, ".alias"));
}

static int by_base_name(const void *a, const void *b)
{
	return strcmp(base_name(((const struct conf *)a)->path),
		      base_name(((const struct conf *)b)->path));
}

void modprobe_order(struct confs *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof(c->v[0]), by_base_name);
}

/* lib/kstrtox.c, kstrtobool(); quotes around a value are taken off (lib/cmdline.c). */
enum tri bool_value(const char *value, size_t len)
{
	if (len && *value == '"') {
		value++;
		len--;
	}
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

/* A line without its newline; a backslash before that joins the next, and is lost before all else. */
static char *next_line(struct arena *a, const char **s, unsigned int *number)
{
	char *line = arena_alloc(a, strlen(*s) + 1), *to = line;

	(*number)++;
	for (; **s && **s != '\n'; (*s)++) {
		if (**s == '\\' && (*s)[1]) {
			(*s)++;
			if (**s == '\n') {
				(*number)++;
				continue;
			}
		}
		*to++ = **s;
	}
	*s += **s == '\n';
	return line;
}

static size_t next_word(const char **s, const char **word)
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

/* '-' and '_' are the same in a module's name. */
static bool is_module(const char *word, size_t len, const char *module)
{
	if (strlen(module) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((word[i] == '-' ? '_' : word[i]) != module[i])
			return false;
	return true;
}

/* nested= among the options of a line, the last one; false where there is none. */
static bool find_nested(const char *options, enum tri *value)
{
	bool found = false;
	const char *word;
	size_t len;

	while ((len = next_word(&options, &word))) {
		if (is_word(word, len, "nested"))
			*value = TRI_YES;
		else if (len > 7 && !strncmp(word, "nested=", 7))
			*value = bool_value(word + 7, len - 7);
		else
			continue;
		found = true;
	}
	return found;
}

static struct against *add(struct arena *a, struct againsts *out, const struct conf *c,
			   unsigned int number, const char *line)
{
	struct against *g = arena_push(a, &out->v, &out->n);

	g->where = arena_printf(a, "/%s:%u", c->path, number);
	g->line = line;
	return g;
}

static const char *changed_where(struct arena *a, const struct conf *c)
{
	const char *name = base_name(c->path);

	if (!strncmp(c->path, "etc/", 4))
		return arena_printf(a, "Take that line out of /%s", c->path);
	return arena_printf(a,
			    "Copy /%s to /etc/modprobe.d/%s, which then counts in its place, and "
			    "take that line out there",
			    c->path, name);
}

static void check_options(struct arena *a, const struct conf *c, unsigned int number,
			  const char *line, const char *options, bool later, struct againsts *out)
{
	struct against *g;
	enum tri value = TRI_UNKNOWN;

	if (!find_nested(options, &value) || value == TRI_YES)
		return;
	g = add(a, out, c, number, line);
	if (value == TRI_UNKNOWN) {
		g->weight = WINS;
		g->why = "the module does not load with this value";
		g->remedy = changed_where(a, c);
	} else if (later) {
		g->weight = WINS;
		g->why = "it is read after ours, by the file's name, and wins";
		g->remedy = changed_where(a, c);
	} else {
		g->weight = LOSES;
		g->why = "it is read before ours, by the file's name, and loses";
	}
}

static void check_ban(struct arena *a, const struct conf *c, unsigned int number, const char *line,
		      bool install, const char *command, struct againsts *out)
{
	bool never = strstr(command, "/bin/false") || strstr(command, "/bin/true");
	struct against *g = add(a, out, c, number, line);

	g->remedy = changed_where(a, c);
	if (!install) {
		g->weight = LATER;
		g->why = "the module is not loaded by itself, only by its name";
	} else if (never) {
		g->weight = WINS;
		g->why = "the module is never loaded";
	} else {
		g->weight = LOSES;
		g->why = "this command is run instead of loading the module; options above may "
			 "not reach it";
	}
}

static void check_line(struct arena *a, const struct conf *c, unsigned int number, const char *line,
		       const char *module, bool later, struct againsts *out)
{
	const char *rest = line, *word, *name;
	size_t len = next_word(&rest, &word), n = next_word(&rest, &name);
	bool vendors = is_module(name, n, module);

	if (is_word(word, len, "options") && vendors)
		check_options(a, c, number, line, rest, later, out);
	else if (is_word(word, len, "blacklist") && vendors)
		check_ban(a, c, number, line, false, rest, out);
	else if (is_word(word, len, "install") && (vendors || is_module(name, n, "kvm")))
		check_ban(a, c, number, line, true, rest, out);
}

void modprobe_against(struct arena *a, const struct confs *c, const char *module, const char *ours,
		      struct againsts *out)
{
	for (size_t i = 0; i < c->n; i++) {
		bool later = strcmp(base_name(c->v[i].path), base_name(ours)) > 0;
		const char *s = c->v[i].contents;
		unsigned int number = 0;

		if (!s || !strcmp(base_name(c->v[i].path), base_name(ours)))
			continue;
		while (*s) {
			unsigned int first = number + 1;
			const char *line = next_line(a, &s, &number);

			check_line(a, &c->v[i], first, line, module, later, out);
		}
	}
}
