// SPDX-License-Identifier: GPL-2.0-only
/*
 * What modprobe is told about KVM, and whether this kernel has the modules at all. The directories
 * are modprobe.d(5)'s, a file of the same name in an earlier one hiding the later ones; the files
 * are read by their names, whatever directory they are in.
 */
#include "facts/collect.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/sysfs.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define LINES_MAX 64
#define LINE_MAX  512

static const char *const directories[] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

/* Module names as modprobe takes them: '-' and '_' are the same. */
static const char *const wanted[] = { "kvm", "kvm_intel", "kvm_amd", "vboxdrv", "vmmon" };

static bool same_module(const char *name, size_t len, const char *module)
{
	if (strlen(module) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((name[i] == '-' ? '_' : name[i]) != module[i])
			return false;
	return true;
}

/*
 * options, blacklist, install, alias, softdep ...: the second word is the module's name. "alias"
 * may have it in the third.
 */
bool modprobe_line_wanted(const char *line)
{
	size_t words = 0;

	while (isspace((unsigned char)*line))
		line++;
	if (*line == '#')
		return false;
	for (const char *s = line; *s && words < 3; words++) {
		size_t len = strcspn(s, " \t\r\n");

		for (size_t i = 0; words && i < COUNT(wanted); i++)
			if (same_module(s, len, wanted[i]))
				return true;
		s += len;
		s += strspn(s, " \t\r\n");
	}
	return false;
}

/* Lines that end with a backslash go on in the next. */
static bool next_line(FILE *f, char line[LINE_MAX])
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n') {
		if (c == '\\') {
			c = getc(f);
			if (c == '\n') {
				c = ' ';
			} else if (n + 1 < LINE_MAX) {
				line[n++] = '\\';
				if (c == EOF)
					break;
			}
		}
		if (n + 1 < LINE_MAX)
			line[n++] = (char)c;
	}
	line[n] = '\0';
	return c != EOF || n;
}

static void read_file(struct arena *a, const char *path, struct strings *out)
{
	char line[LINE_MAX];
	FILE *f = fopen(path, "re");

	if (!f)
		return;
	while (out->n < LINES_MAX && next_line(f, line))
		if (modprobe_line_wanted(line))
			strings_add(a, out, arena_printf(a, "%s: %s", path, line));
	fclose(f);
}

static bool is_conf(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".conf");
}

static bool seen_before(const struct strings *seen, const char *name)
{
	for (size_t i = 0; i < seen->n; i++)
		if (!strcmp(seen->s[i], name))
			return true;
	return false;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_base_name(const void *a, const void *b)
{
	return strcmp(base_name(*(const char *const *)a), base_name(*(const char *const *)b));
}

void modprobe_sort(struct strings *paths)
{
	if (paths->n)
		qsort(paths->s, paths->n, sizeof(paths->s[0]), by_base_name);
}

/* /lib is a link to usr/lib as a rule: its files were seen by then. */
void collect_modprobe(struct arena *a, struct kernel_facts *k)
{
	struct strings seen = { NULL, 0 }, paths = { NULL, 0 };

	k->modprobe = (struct strings){ NULL, 0 };
	k->modprobe_known = TRI_UNKNOWN;
	for (size_t d = 0; d < COUNT(directories); d++) {
		struct strings names = { NULL, 0 };

		if (!sys_list(a, directories[d], &names))
			continue;
		k->modprobe_known = TRI_YES;
		for (size_t i = 0; i < names.n; i++) {
			if (!is_conf(names.s[i]) || seen_before(&seen, names.s[i]))
				continue;
			strings_add(a, &seen, names.s[i]);
			strings_add(a, &paths,
				    arena_printf(a, "%s/%s", directories[d], names.s[i]));
		}
	}
	modprobe_sort(&paths);
	for (size_t i = 0; i < paths.n; i++)
		read_file(a, paths.s[i], &k->modprobe);
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
	return ko && ko < line + len && same_module(name, (size_t)(ko - name), module);
}

static bool file_lists(const char *path, const char *module, bool *there)
{
	char line[LINE_MAX];
	bool found = false;
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	*there = true;
	/* A longer line goes on as a line of its own, which names no other module at its start. */
	while (!found && fgets(line, sizeof(line), f))
		found = lists_module(line, module);
	fclose(f);
	return found;
}

/* modules.builtin(5), modules.dep(5); nothing is said where neither is there. */
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
