// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a root that contain kernel command lines.
 */
#include <string.h>

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

struct strings root_boot_files(struct arena *a, int root)
{
	struct strings files = { 0 };

	for (size_t i = 0; i < sizeof(boot_files) / sizeof(boot_files[0]); i++)
		strings_add(a, &files, boot_files[i]);
	for (size_t i = 0; i < sizeof(boot_folders) / sizeof(boot_folders[0]); i++) {
		struct strings names = { 0 };

		root_list(a, root, boot_folders[i], &names);
		for (size_t j = 0; j < names.n; j++)
			strings_add(a, &files,
				    arena_printf(a, "%s/%s", boot_folders[i], names.s[j]));
	}
	return files;
}
