// SPDX-License-Identifier: GPL-2.0-only
/*
 * modprobe's settings for KVM, and whether this kernel has the modules at all.
 */
#include "facts/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/sysfs.h"
#include "lib/modprobe_conf.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define LINES_MAX 64
#define LINE_MAX  512

/* Module names; for modprobe '-' and '_' are equal. */
static const char *const wanted[] = { "kvm", "kvm_intel", "kvm_amd", "vboxdrv", "vmmon" };

/*
 * options, blacklist, install, alias, softdep ...: the second word is the module's name. "alias"
 * may have it in the third.
 */
bool modprobe_line_wanted(const char *line)
{
	const char *word;
	size_t len;

	for (size_t words = 0; words < 3 && (len = modprobe_word(&line, &word)); words++) {
		if (!words && *word == '#')
			return false;
		for (size_t i = 0; words && i < COUNT(wanted); i++)
			if (modprobe_is_module(word, len, wanted[i]))
				return true;
	}
	return false;
}

static void read_conf(struct arena *a, const char *path, struct strings *out)
{
	const char *text = sys_read_long(a, path), *line;
	unsigned int number = 0;

	while (text && out->n < LINES_MAX && (line = modprobe_next(a, &text, &number)))
		if (modprobe_line_wanted(line))
			strings_add(a, out, arena_printf(a, "%s: %.*s", path, LINE_MAX, line));
}

static bool seen_before(const struct strings *seen, const char *name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (!strcmp(seen->s[i], name))
			return true;
	return false;
}

static int by_base_name(const void *a, const void *b)
{
	return modprobe_compare(*(const char *const *)a, *(const char *const *)b);
}

void modprobe_sort(struct strings *paths)
{
	if (paths->n)
		qsort(paths->s, paths->n, sizeof(paths->s[0]), by_base_name);
}

/* /lib is usually a link to usr/lib, whose files were already read. */
void collect_modprobe(struct arena *a, struct kernel_facts *k)
{
	struct strings seen = { NULL, 0 }, paths = { NULL, 0 };

	k->modprobe = (struct strings){ NULL, 0 };
	k->modprobe_known = TRI_UNKNOWN;
	for (size_t d = 0; modprobe_folders[d]; d++) {
		const char *folder = arena_printf(a, "/%s", modprobe_folders[d]);
		struct strings names = { NULL, 0 };

		if (!sys_list(a, folder, &names))
			continue;
		k->modprobe_known = TRI_YES;
		for (size_t i = 0; i < names.n; i++) {
			if (!modprobe_reads(names.s[i]) || seen_before(&seen, names.s[i]))
				continue;
			strings_add(a, &seen, names.s[i]);
			strings_add(a, &paths, arena_printf(a, "%s/%s", folder, names.s[i]));
		}
	}
	modprobe_sort(&paths);
	for (size_t i = 0; i < paths.n; i++)
		read_conf(a, paths.s[i], &k->modprobe);
}

/* "kernel/arch/x86/kvm/kvm-intel.ko.xz: ...": the file's name up to ".ko". */
static bool lists_module(const char *line, const char *module)
{
	size_t len = strcspn(line, ":\n");
	const char *name = line, *ko;

	for (const char *s = line; s < line + len; s++)
		if (*s == '/')
			name = s + 1;
	ko = strstr(name, ".ko");
	return ko && ko < line + len && modprobe_is_module(name, (size_t)(ko - name), module);
}

static bool file_lists(const char *path, const char *module, bool *there)
{
	char line[LINE_MAX];
	bool found = false;
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	*there = true;
	/*
	 * The rest of a longer line is read as a line of its own, which does not begin with a
	 * module's name.
	 */
	while (!found && fgets(line, sizeof(line), f))
		found = lists_module(line, module);
	fclose(f);
	return found;
}

/* modules.builtin(5), modules.dep(5); nothing is recorded if neither exists. */
void collect_module_files(struct arena *a, struct kernel_facts *k)
{
	k->module_files = (struct key_values){ NULL, 0 };
	for (size_t i = 0; k->release && i < 3; i++) {
		const char *dir = arena_printf(a, "/lib/modules/%s", k->release), *state;
		bool there = false;

		if (file_lists(arena_printf(a, "%s/modules.builtin", dir), wanted[i], &there))
			state = "builtin";
		else if (file_lists(arena_printf(a, "%s/modules.dep", dir), wanted[i], &there))
			state = "file";
		else
			state = "absent";
		if (there)
			kv_add(a, &k->module_files, wanted[i], state);
	}
}
