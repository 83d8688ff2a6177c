// SPDX-License-Identifier: GPL-2.0-only
/*
 * An initramfs that contains KVM's modules also contains a copy of modprobe.d, and loads them before
 * the root is mounted: it has to be rebuilt. The generator's configuration shows whether it does; by
 * default none of the generators includes KVM.
 */
#include <ctype.h>
#include <string.h>

#include "setup/host/host.h"

/* initramfs-tools(7), dracut.conf(5), mkinitcpio.conf(5). folders: all their files. */
static const struct generator {
	const char *tools[3];
	const char *files[3];
	const char *folders[3];
	const char *command;
} generators[] = {
	{ { "usr/sbin/update-initramfs" },
	  { "etc/initramfs-tools/modules" },
	  { "etc/initramfs-tools/modules.d", "usr/share/initramfs-tools/modules.d" },
	  "update-initramfs -u -k all" },
	{ { "usr/bin/dracut", "usr/sbin/dracut", "sbin/dracut" },
	  { "etc/dracut.conf" },
	  { "etc/dracut.conf.d", "usr/lib/dracut/dracut.conf.d" },
	  "dracut -f --regenerate-all" },
	{ { "usr/bin/mkinitcpio" },
	  { "etc/mkinitcpio.conf" },
	  { "etc/mkinitcpio.conf.d" },
	  "mkinitcpio -P" },
};

/* "kvm", "kvm-intel" as separate words; an omit_ line does not include them. */
static bool names_kvm(const char *s, size_t len)
{
	for (size_t i = 0; i + 3 <= len; i++) {
		if (strncmp(s + i, "kvm", 3) != 0)
			continue;
		if (i && (isalnum((unsigned char)s[i - 1]) || s[i - 1] == '_' || s[i - 1] == '-'))
			continue;
		if (i + 3 == len || !isalnum((unsigned char)s[i + 3]))
			return true;
	}
	return false;
}

unsigned int initramfs_line(const char *text)
{
	unsigned int number = 1;

	for (const char *s = text; s && *s; number++) {
		s += strspn(s, " \t");
		if (names_kvm(s, strcspn(s, "#\n")) && strncmp(s, "omit", 4) != 0)
			return number;
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	return 0;
}

static void check_file(struct arena *a, int root, const char *path, const struct generator *m,
		       struct conflicts *out)
{
	static const char line[] = "KVM is in the initramfs";
	struct arena scratch = { NULL };
	struct conflict *found = NULL;
	struct unseen unseen = out->unseen;
	unsigned int number;

	number = initramfs_line(root_read(&scratch, root, path, &unseen));
	arena_free(&scratch);
	/* One line is all that matters. */
	if (number)
		found = conflict_add(a, out, CONFLICT_NEEDS_STEP, line, strlen(line));
	else
		out->unseen = unseen;
	if (!found)
		return;
	found->where = arena_printf(a, "/%s:%u", path, number);
	found->why = "it contains a copy of modprobe.d from before this change";
	found->remedy = arena_printf(a, "Rebuild it in that system: %s", m->command);
}

void initramfs_conflicts(struct arena *a, int root, struct conflicts *out)
{
	for (size_t i = 0; i < sizeof(generators) / sizeof(generators[0]); i++) {
		const struct generator *m = &generators[i];
		bool there = false;

		for (size_t j = 0; j < 3 && m->tools[j]; j++)
			there |= root_has(root, m->tools[j], &out->unseen);
		for (size_t j = 0; there && j < 3 && m->files[j]; j++)
			check_file(a, root, m->files[j], m, out);
		for (size_t j = 0; there && j < 3 && m->folders[j]; j++) {
			struct strings names = { NULL, 0 };

			root_list(a, root, m->folders[j], &names, &out->unseen);
			for (size_t k = 0; k < names.n; k++)
				check_file(a, root,
					   arena_printf(a, "%s/%s", m->folders[j], names.s[k]), m,
					   out);
		}
	}
}
