// SPDX-License-Identifier: GPL-2.0-only
/*
 * The conflicts with nesting on a root: reads its files and passes them to the checks.
 */
#include <stddef.h>
#include <string.h>

#include "setup/host/change.h"
#include "lib/modprobe_conf.h"
#include "setup/host/host.h"
#include "setup/root.h"

/* Files with kernel command lines: GRUB, kernel-install, systemd-boot, syslinux, Proxmox. */
static const char *const boot_files[] = {
	"etc/default/grub",
	"etc/kernel/cmdline",
	"usr/lib/kernel/cmdline",
	"etc/cmdline",
	"boot/grub/grub.cfg",
	"boot/grub2/grub.cfg",
	"boot/grub2/grubenv",
	"boot/grub/grubenv",
	"boot/grub/custom.cfg",
	"boot/grub2/user.cfg",
	"boot/refind_linux.conf",
	"boot/syslinux/syslinux.cfg",
	"boot/extlinux/extlinux.conf",
};

/* Folders whose files all count. */
static const char *const boot_folders[] = {
	"etc/default/grub.d", "boot/loader/entries", "boot/efi/loader/entries",
	"efi/loader/entries", "etc/cmdline.d",
};

static bool seen(const struct strings *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->s[i], name))
			return true;
	return false;
}

/* /lib is usually a link to usr/lib, whose files have been read by then. */
static void read_modprobe(struct arena *a, int root, struct confs *confs)
{
	struct strings known = { NULL, 0 };

	for (size_t d = 0; modprobe_folders[d]; d++) {
		struct strings names = { NULL, 0 };

		root_list(a, root, modprobe_folders[d], &names);
		for (size_t i = 0; i < names.n; i++) {
			struct conf *c;

			if (!modprobe_reads(names.s[i]) || seen(&known, names.s[i]))
				continue;
			strings_add(a, &known, names.s[i]);
			c = arena_push(a, &confs->v, &confs->n);
			c->path = arena_printf(a, "%s/%s", modprobe_folders[d], names.s[i]);
			c->contents = root_read(a, root, c->path);
		}
	}
	modprobe_order(confs);
}

static void check_boot_file(struct arena *a, int root, const char *path, const char *module,
			    enum tri *booted, struct conflicts *out)
{
	boot_conflicts(a, arena_printf(a, "/%s", path), true, root_read(a, root, path), module,
		       booted, out);
}

void find_conflicts(struct arena *a, int root, const char *cmdline, const char *module,
		    enum tri *booted, struct conflicts *out)
{
	struct confs confs = { NULL, 0 };

	*booted = TRI_UNKNOWN;
	read_modprobe(a, root, &confs);
	modprobe_conflicts(a, &confs, module, CHANGE_FOLDER "/" CHANGE_NAME, out);
	for (size_t i = 0; i < sizeof(boot_files) / sizeof(boot_files[0]); i++)
		check_boot_file(a, root, boot_files[i], module, booted, out);
	for (size_t i = 0; i < sizeof(boot_folders) / sizeof(boot_folders[0]); i++) {
		struct strings names = { NULL, 0 };

		root_list(a, root, boot_folders[i], &names);
		for (size_t j = 0; j < names.n; j++)
			check_boot_file(a, root,
					arena_printf(a, "%s/%s", boot_folders[i], names.s[j]),
					module, booted, out);
	}
	if (cmdline)
		boot_conflicts(a, "the running kernel's command line", false, cmdline, module,
			       booted, out);
	initramfs_conflicts(a, root, out);
}
