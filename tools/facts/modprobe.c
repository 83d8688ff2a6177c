// SPDX-License-Identifier: GPL-2.0-only
/*
 * modprobe's settings for KVM, and whether this kernel has the modules at all.
 */
#include "facts/collect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/sysfs.h"
#include "lib/error_text.h"
#include "lib/lookup.h"
#include "lib/modprobe_conf.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define WORDS(n)  #n
#define TEXT(n)	  WORDS(n)
#define LINES_MAX 1024
#define LINE_MAX  4096

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

/*
 * The last setting of an option counts, so what was not read or not kept is part of the record: a
 * comment, which no reader of these lines takes for a setting.
 */
static void add_note(struct arena *a, const char *path, struct strings *out, const char *note)
{
	strings_add(a, out, arena_printf(a, "%s: # nestcheck: %s", path, note));
}

static void add_line(struct arena *a, const char *path, struct strings *out, const char *line)
{
	if (out->n > LINES_MAX)
		return;
	if (out->n == LINES_MAX) {
		add_note(a, path, out, "only the first " TEXT(LINES_MAX) " lines are recorded");
		return;
	}
	strings_add(a, out, arena_printf(a, "%s: %.*s", path, LINE_MAX, line));
	if (strlen(line) > LINE_MAX)
		add_note(a, path, out,
			 "only the first " TEXT(LINE_MAX) " characters of that line are recorded");
}

void modprobe_lines(struct arena *a, const char *path, const char *text, struct strings *out)
{
	struct arena scratch = { NULL };
	unsigned int number = 0;
	const char *line;

	while ((line = modprobe_next(&scratch, &text, &number))) {
		if (modprobe_line_wanted(line))
			add_line(a, path, out, line);
		arena_free(&scratch);
	}
}

void modprobe_read(struct arena *a, const char *path, struct strings *out)
{
	struct arena scratch = { NULL };
	int err;
	const char *text = sys_read_long(&scratch, path, &err);

	if (text)
		modprobe_lines(a, path, text, out);
	if (err == -EFBIG)
		add_note(a, path, out, "only the first " SYS_LONG_MAX_TEXT " were read");
	else if (err && err != -ENOENT)
		add_note(a, path, out, arena_printf(&scratch, "not read: %s", error_text(-err)));
	arena_free(&scratch);
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
	struct strings all = { NULL, 0 }, paths = { NULL, 0 };
	struct lookup files = { NULL, 0 };

	k->modprobe = (struct strings){ NULL, 0 };
	k->modprobe_known = TRI_UNKNOWN;
	for (size_t d = 0; modprobe_folders[d]; d++) {
		const char *folder = arena_printf(a, "/%s", modprobe_folders[d]);
		struct strings names = { NULL, 0 };

		if (!sys_list(a, folder, &names))
			continue;
		k->modprobe_known = TRI_YES;
		for (size_t i = 0; i < names.n; i++) {
			if (!modprobe_reads(names.s[i]))
				continue;
			lookup_add(a, &files, names.s[i], all.n);
			strings_add(a, &all, arena_printf(a, "%s/%s", folder, names.s[i]));
		}
	}
	lookup_sort(&files);
	for (size_t i = 0; i < files.n; i++)
		if (lookup_find(&files, files.e[i].name) == &files.e[i])
			strings_add(a, &paths, all.s[files.e[i].at]);
	modprobe_sort(&paths);
	for (size_t i = 0; i < paths.n; i++)
		modprobe_read(a, paths.s[i], &k->modprobe);
}

/* "kernel/arch/x86/kvm/kvm-intel.ko.xz: ...": the file's name up to ".ko". */
bool module_line_is(const char *line, const char *module)
{
	size_t len = strcspn(line, ":\n");
	const char *name = line, *ko;

	for (const char *s = line; s < line + len; s++)
		if (*s == '/')
			name = s + 1;
	ko = strstr(name, ".ko");
	return ko && ko < line + len && modprobe_is_module(name, (size_t)(ko - name), module);
}

int module_listed(const char *path, const char *module)
{
	char line[LINE_MAX];
	int found = 0;
	FILE *f = fopen(path, "re");

	if (!f)
		return -errno;
	/*
	 * The rest of a longer line is read as a line of its own, which does not begin with a
	 * module's name.
	 */
	while (!found && fgets(line, sizeof(line), f))
		found = module_line_is(line, module);
	if (!found && ferror(f))
		found = -EIO;
	fclose(f);
	return found;
}

/* What follows from module_listed() in modules.builtin(5) and modules.dep(5). */
static const char *module_state(int builtin, int dep)
{
	if (builtin > 0)
		return "builtin";
	if (builtin < 0 && builtin != -ENOENT)
		return NULL;
	if (dep > 0)
		return "file";
	return dep == 0 || (dep == -ENOENT && builtin == 0) ? "absent" : NULL;
}

/* Nothing is recorded if neither list exists, or if what is not read may name the module. */
void collect_module_files(struct arena *a, struct kernel_facts *k)
{
	k->module_files = (struct key_values){ NULL, 0 };
	for (size_t i = 0; k->release && i < 3; i++) {
		const char *dir = arena_printf(a, "/lib/modules/%s", k->release);
		const char *state = module_state(
			module_listed(arena_printf(a, "%s/modules.builtin", dir), wanted[i]),
			module_listed(arena_printf(a, "%s/modules.dep", dir), wanted[i]));

		if (state)
			kv_add(a, &k->module_files, wanted[i], state);
	}
}
