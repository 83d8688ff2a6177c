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

static struct conflict *add(struct arena *a, struct conflicts *out, const struct conf *c,
			    unsigned int number, const char *line)
{
	struct conflict *found = arena_push(a, &out->v, &out->n);

	found->where = arena_printf(a, "/%s:%u", c->path, number);
	found->line = line;
	return found;
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
	if (value == TRI_YES)
		return;
	found = add(a, out, c, number, line);
	if (value == TRI_UNKNOWN) {
		found->weight = CONFLICT_OVERRIDES;
		found->why = "the module does not load with this value";
		found->remedy = remedy_for(a, c);
	} else if (later) {
		found->weight = CONFLICT_OVERRIDES;
		found->why = "it is read after ours, by the file's name, and overrides it";
		found->remedy = remedy_for(a, c);
	} else {
		found->weight = CONFLICT_OVERRIDDEN;
		found->why = "it is read before ours, by the file's name, and is overridden";
	}
}

static void check_ban(struct arena *a, const struct conf *c, unsigned int number, const char *line,
		      bool install, const char *command, struct conflicts *out)
{
	bool never = modprobe_install_bans(command);
	struct conflict *found = add(a, out, c, number, line);

	found->remedy = remedy_for(a, c);
	if (!install) {
		found->weight = CONFLICT_NEEDS_STEP;
		found->why = "the module is not loaded automatically, only by its name";
	} else if (never) {
		found->weight = CONFLICT_OVERRIDES;
		found->why = "the module is never loaded";
	} else {
		found->weight = CONFLICT_OVERRIDDEN;
		found->why = "this command is run instead of loading the module; the options may "
			     "not reach it";
	}
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
		unsigned int number = 0;

		if (!s || !order)
			continue;
		for (unsigned int first = 1; (line = modprobe_next(a, &s, &number));
		     first = number + 1)
			check_line(a, &c->v[i], first, line, module, order > 0, out);
	}
}
