// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conflicts with nesting on a root: reads its files and passes them to the checks.
 */
#include <stddef.h>
#include <string.h>

#include "setup/boot_files.h"
#include "setup/host/change.h"
#include "lib/lookup.h"
#include "lib/modprobe_conf.h"
#include "setup/host/host.h"

/* The files in modprobe's order, without their contents. */
static struct confs list_modprobe(struct arena *a, int root, struct unseen *u)
{
	struct confs all = { NULL, 0 }, kept = { NULL, 0 };
	struct lookup names = { NULL, 0 };

	for (size_t d = 0; modprobe_folders[d]; d++) {
		struct strings in = { NULL, 0 };

		root_list(a, root, modprobe_folders[d], &in, u);
		for (size_t i = 0; i < in.n; i++) {
			if (!modprobe_reads(in.s[i]))
				continue;
			lookup_add(a, &names, in.s[i], all.n);
			arena_push(a, &all.v, &all.n)->path =
				arena_printf(a, "%s/%s", modprobe_folders[d], in.s[i]);
		}
	}
	/* /lib is usually a link to usr/lib, whose files are in the list by then. */
	lookup_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		if (lookup_find(&names, names.e[i].name) == &names.e[i])
			*arena_push(a, &kept.v, &kept.n) = all.v[names.e[i].at];
	modprobe_order(&kept);
	return kept;
}

/* One file in memory at a time: there may be any number of them. */
static void check_modprobe(struct arena *a, int root, const char *module, struct conflicts *out)
{
	struct confs all = list_modprobe(a, root, &out->unseen);

	for (size_t i = 0; i < all.n; i++) {
		struct confs one = { &all.v[i], 1 };
		struct arena scratch = { NULL };

		all.v[i].contents = root_read(&scratch, root, all.v[i].path, &out->unseen);
		modprobe_conflicts(a, &one, module, CHANGE_FOLDER "/" CHANGE_NAME, out);
		all.v[i].contents = NULL;
		arena_free(&scratch);
	}
}

/* Words of clr-boot-manager's cmdline-removal.d: all, and those not used up by the present kernel. */
struct less {
	struct strings all, left;
};

static void fill(struct arena *a, struct less *less)
{
	less->left = (struct strings){ NULL, 0 };
	for (size_t i = 0; i < less->all.n; i++)
		strings_add(a, &less->left, less->all.s[i]);
}

/* As many as matter: a removal takes one word away, however often it is repeated. */
#define LESS_MAX 16

/* A line is a string to take out, and mostly one word. */
static void read_less(struct arena *a, const char *text, struct less *less)
{
	while (text && *text && less->all.n < LESS_MAX) {
		size_t len = strcspn(text, "\n");

		if (*text != '#' && memmem(text, len, "kvm", 3))
			strings_add(a, &less->all, arena_strndup(a, text, len));
		text += len;
		text += *text == '\n';
	}
}

/* Also names a file that takes nested=1 off the command line: that is easily overlooked. */
static void find_less(struct arena *a, int root, const struct boot_files *files, const char *module,
		      struct less *less, struct conflicts *out)
{
	static const char why[] = "clr-boot-manager takes this off the kernel's command line";
	struct arena scratch = { NULL };
	struct conflicts unused;

	for (size_t i = 0; i < files->n; i++) {
		const struct boot_file *f = &files->v[i];
		enum tri nested = TRI_UNKNOWN;
		struct conflict *found = NULL;
		const char *text;

		if (f->kind != BOOT_CLR_LESS)
			continue;
		text = root_boot_text(&scratch, root, f, &out->unseen);
		read_less(a, text, less);
		unused = (struct conflicts){ .n = 0 };
		boot_conflicts(&scratch, f->path, true, text, module, &nested, &unused);
		if (nested == TRI_YES)
			found = conflict_add(a, out, CONFLICT_NEEDS_STEP, "nested=1", 8);
		if (found) {
			found->where = arena_printf(a, "/%s", f->path);
			found->why = why;
			found->remedy = boot_remove(a, root, f, "it");
		}
		arena_free(&scratch);
	}
	fill(a, less);
}

/* The same way out for all conflicts from number `from` on. */
static void add_remedies(struct arena *a, int root, const struct boot_file *f, size_t from,
			 struct conflicts *out)
{
	for (size_t i = from; i < out->n; i++)
		out->v[i].remedy = boot_remove(a, root, f, out->v[i].line);
}

/* Returns what the file sets. *there: it could be read. */
static enum tri check_boot_file(struct arena *a, int root, const struct boot_file *f,
				struct less *less, const char *module, bool *there,
				struct conflicts *out)
{
	struct arena scratch = { NULL };
	enum tri nested = TRI_UNKNOWN;
	size_t before = out->n;
	char *text = root_boot_text(&scratch, root, f, &out->unseen);

	*there = text && *text;
	if (f->kind == BOOT_CLR && less->all.n && !strncmp(f->path, "usr/lib/kernel/cmdline-", 23))
		fill(a, less);
	if (f->kind == BOOT_CLR && text)
		boot_take_off(text, &less->left);
	boot_conflicts(a, arena_printf(a, "/%s", f->path), true, text, module, &nested, out);
	add_remedies(a, root, f, before, out);
	arena_free(&scratch);
	return nested;
}

/* Without the running kernel's line: what the boot loader reads and, if that is not there, sources. */
static void check_boot(struct arena *a, int root, const char *module, struct boot_setting *booted,
		       struct conflicts *out)
{
	struct boot_files files = root_boot_files(a, root, &out->unseen);
	const struct boot_file *source = NULL;
	enum tri sources = TRI_UNKNOWN;
	struct less less = { 0 };
	bool made = false;

	find_less(a, root, &files, module, &less, out);
	for (size_t i = 0; i < files.n; i++) {
		const struct boot_file *f = &files.v[i];
		enum tri nested;
		bool there;

		if (f->kind == BOOT_CLR_LESS)
			continue;
		nested = check_boot_file(a, root, f, &less, module, &there, out);
		made |= f->made && there;
		if (nested == TRI_UNKNOWN)
			continue;
		if (f->made)
			booted->nested = nested;
		else
			sources = nested;
		if (!f->made && nested == TRI_YES)
			source = f;
	}
	if (!made)
		booted->nested = sources;
	if (source && sources == TRI_YES) {
		booted->source = arena_printf(a, "/%s", source->path);
		booted->apply = boot_apply(a, root, source->kind);
	}
}

void find_conflicts(struct arena *a, int root, const char *cmdline, const char *module,
		    struct boot_setting *booted, struct conflicts *out)
{
	size_t before;

	*booted = (struct boot_setting){ TRI_UNKNOWN, NULL, NULL };
	check_modprobe(a, root, module, out);
	check_boot(a, root, module, booted, out);
	if (cmdline) {
		before = out->n;
		booted->nested = TRI_UNKNOWN;
		boot_conflicts(a, "the running kernel's command line", false, cmdline, module,
			       &booted->nested, out);
		add_remedies(a, root, NULL, before, out);
	}
	if (booted->nested == TRI_YES)
		booted->source = NULL;
	initramfs_conflicts(a, root, out);
}
