// SPDX-License-Identifier: GPL-2.0-only
/* /proc/cpuinfo's paging flag, QEMU, the kernel's headers, vboxdrv. Nothing is run or loaded. */
#include "cmd/setup_check_extra.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/sysfs.h"

/*
 * Looks for a word in the first CPU's entry. The file is large; sys_read() returns its beginning.
 */
static enum tri cpuinfo_word(struct arena *a, const char *word)
{
	char *text = sys_read(a, "/proc/cpuinfo");
	char *end = text ? strstr(text, "\n\n") : NULL;
	char *save = NULL;

	if (!text || !strstr(text, "\nflags"))
		return TRI_UNKNOWN;
	if (end)
		*end = '\0';
	for (char *w = strtok_r(text, " \t\n", &save); w; w = strtok_r(NULL, " \t\n", &save))
		if (!strcmp(w, word))
			return TRI_YES;
	return TRI_NO;
}

static const char *in_path(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t n = strcspn(path, ":");
		const char *file = arena_printf(a, "%.*s/%s", (int)n, path, name);

		if (n && !access(file, X_OK))
			return file;
		path += n + (path[n] == ':');
	}
	return NULL;
}

/* LIBGUESTFS_HV, else the program that distributions build libguestfs with. */
static const char *find_qemu(struct arena *a)
{
	static const char *const names[] = { "qemu-kvm", "qemu-system-x86_64" };
	const char *own = getenv("LIBGUESTFS_HV"), *found;

	if (own)
		return access(own, X_OK) ? NULL : own;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((found = in_path(a, names[i])))
			return names[i];
	return access("/usr/libexec/qemu-kvm", X_OK) ? NULL : "/usr/libexec/qemu-kvm";
}

/* Where VirtualBox's own installer, DKMS and distributions put it. */
static const char *find_vboxdrv(struct arena *a, const char *release)
{
	static const char *const folders[] = { "misc",	"updates/dkms", "updates",
					       "extra", "kernel/misc",	"extra/VirtualBox" };
	static const char *const endings[] = { "", ".xz", ".zst", ".gz" };

	if (sys_exists("/sys/module/vboxdrv"))
		return "loaded";
	for (size_t i = 0; release && i < sizeof(folders) / sizeof(folders[0]); i++)
		for (size_t k = 0; k < sizeof(endings) / sizeof(endings[0]); k++) {
			const char *file = arena_printf(a, "/lib/modules/%s/%s/vboxdrv.ko%s",
							release, folders[i], endings[k]);

			if (sys_exists(file))
				return file;
		}
	return NULL;
}

void gather_extra(struct report *r, struct check_extra *x)
{
	struct arena *a = &r->arena;
	const char *feature = setup_feature(r), *release = r->facts.kernel.release;
	const char *settings = getenv("LIBGUESTFS_BACKEND_SETTINGS");

	*x = (struct check_extra){ .looked = TRI_YES };
	if (feature)
		x->paging_flag = cpuinfo_word(a, *feature == 'v' ? "ept" : "npt");
	x->qemu = find_qemu(a);
	x->force_tcg = tri_of(settings && strstr(settings, "force_tcg"));
	if (release)
		x->headers = tri_of(
			sys_exists(arena_printf(a, "/lib/modules/%s/build/Makefile", release)));
	x->vboxdrv = find_vboxdrv(a, release);
	x->vbox_version = sys_read(a, "/sys/module/vboxdrv/version");
}
