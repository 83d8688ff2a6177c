// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conflicts with nesting on a root: reads its files and passes them to the checks.
 */
#include <stddef.h>

#include "setup/host/change.h"
#include "lib/lookup.h"
#include "lib/modprobe_conf.h"
#include "setup/host/host.h"
#include "setup/root.h"

/* The files in modprobe's order, without their contents. */
static struct confs list_modprobe(struct arena *a, int root)
{
	struct confs all = { NULL, 0 }, kept = { NULL, 0 };
	struct lookup names = { NULL, 0 };

	for (size_t d = 0; modprobe_folders[d]; d++) {
		struct strings in = { NULL, 0 };

		root_list(a, root, modprobe_folders[d], &in);
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
	struct confs all = list_modprobe(a, root);

	for (size_t i = 0; i < all.n; i++) {
		struct confs one = { &all.v[i], 1 };
		struct arena scratch = { NULL };
		bool cut;

		all.v[i].contents = root_read_part(&scratch, root, all.v[i].path, &cut);
		modprobe_conflicts(a, &one, module, CHANGE_FOLDER "/" CHANGE_NAME, out);
		if (cut)
			conflict_add_cut(a, out, all.v[i].path);
		all.v[i].contents = NULL;
		arena_free(&scratch);
	}
}

static void check_boot_file(struct arena *a, int root, const char *path, const char *module,
			    enum tri *booted, struct conflicts *out)
{
	struct arena scratch = { NULL };
	bool cut;

	boot_conflicts(a, arena_printf(a, "/%s", path), true,
		       root_read_part(&scratch, root, path, &cut), module, booted, out);
	if (cut)
		conflict_add_cut(a, out, path);
	arena_free(&scratch);
}

void find_conflicts(struct arena *a, int root, const char *cmdline, const char *module,
		    enum tri *booted, struct conflicts *out)
{
	struct strings boot;

	*booted = TRI_UNKNOWN;
	check_modprobe(a, root, module, out);
	boot = root_boot_files(a, root);
	for (size_t i = 0; i < boot.n; i++)
		check_boot_file(a, root, boot.s[i], module, booted, out);
	if (cmdline)
		boot_conflicts(a, "the running kernel's command line", false, cmdline, module,
			       booted, out);
	initramfs_conflicts(a, root, out);
}
