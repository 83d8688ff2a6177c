// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conflicts with nesting in modprobe.d. A module's options are concatenated in the order of the
 * files' names, and the kernel takes the last value of each.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/modprobe_conf.h"
#include "setup/host/host.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_base_name(const void *a, const void *b)
{
	return modprobe_compare(((const struct conf *)a)->path, ((const struct conf *)b)->path);
}

void modprobe_order(struct confs *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof(c->v[0]), by_base_name);
}

static const char *remedy_for(struct arena *a, const struct conf *c)
{
	const char *name = base_name(c->path);

	if (!strncmp(c->path, "etc/", 4))
		return arena_printf(a, "Remove that line from /%s", c->path);
	return arena_printf(a,
			    "Copy /%s to /etc/modprobe.d/%s, which then overrides it, and remove "
			    "that line there",
			    c->path, name);
}

/* NULL if it is only counted. */
static struct conflict *add(struct arena *a, struct conflicts *out, const struct conf *c,
			    unsigned int number, const char *line, enum conflict_weight weight,
			    const char *why)
{
	struct conflict *found = conflict_add(a, out, weight, line, strlen(line));

	if (!found)
		return NULL;
	found->where = arena_printf(a, "/%s:%u", c->path, number);
	found->why = why;
	found->remedy = remedy_for(a, c);
	return found;
}

static void check_options(struct arena *a, const struct conf *c, unsigned int number,
			  const char *line, const char *options, const char *module, bool later,
			  struct conflicts *out)
{
	struct conflict *found;
	const char *text;
	enum tri value;
	size_t len;

	if (!modprobe_find_option(options, "nested", &text, &len))
		return;
	value = param_nested(module, text, len);
	out->on_by = value == TRI_YES ? arena_printf(a, "/%s:%u", c->path, number) : NULL;
	if (value == TRI_YES)
		return;
	if (value == TRI_UNKNOWN) {
		add(a, out, c, number, line, CONFLICT_OVERRIDES,
		    "the module does not load with this value");
	} else if (later) {
		add(a, out, c, number, line, CONFLICT_OVERRIDES,
		    "it is read after ours, by the file's name, and overrides it");
	} else {
		found = add(a, out, c, number, line, CONFLICT_OVERRIDDEN,
			    "it is read before ours, by the file's name, and is overridden");
		if (found)
			found->remedy = NULL;
	}
}

static void check_ban(struct arena *a, const struct conf *c, unsigned int number, const char *line,
		      bool install, const char *command, struct conflicts *out)
{
	if (!install)
		add(a, out, c, number, line, CONFLICT_NEEDS_STEP,
		    "the module is not loaded automatically, only by its name");
	else if (modprobe_install_bans(command))
		add(a, out, c, number, line, CONFLICT_OVERRIDES, "the module is never loaded");
	else
		add(a, out, c, number, line, CONFLICT_OVERRIDDEN,
		    "this command is run instead of loading the module; the options may not reach "
		    "it");
}

static void check_line(struct arena *a, const struct conf *c, unsigned int number, const char *line,
		       const char *module, bool later, struct conflicts *out)
{
	const char *rest;

	if (modprobe_is_line(line, "options", module, &rest))
		check_options(a, c, number, line, rest, module, later, out);
	else if (modprobe_is_line(line, "blacklist", module, &rest))
		check_ban(a, c, number, line, false, rest, out);
	else if (modprobe_is_line(line, "install", module, &rest) ||
		 modprobe_is_line(line, "install", "kvm", &rest))
		check_ban(a, c, number, line, true, rest, out);
}

void modprobe_conflicts(struct arena *a, const struct confs *c, const char *module,
			const char *ours, struct conflicts *out)
{
	for (size_t i = 0; i < c->n; i++) {
		int order = modprobe_compare(c->v[i].path, ours);
		const char *s = c->v[i].contents, *line;
		struct arena scratch = { NULL };
		unsigned int number = 0;

		if (!s || !order)
			continue;
		/* A line's memory is freed with the line: a file may have a million of them. */
		for (unsigned int first = 1; (line = modprobe_next(&scratch, &s, &number));
		     first = number + 1) {
			check_line(a, &c->v[i], first, line, module, order > 0, out);
			arena_free(&scratch);
		}
	}
}
