// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a root that contain kernel command lines (see boot_files.h).
 */
#include <stdlib.h>
#include <string.h>

#include "setup/boot_files.h"

/*
 * A folder stands for its files; only: of these, those whose name begins so. hidden_by: a path that
 * hides this file, or a folder each of whose names hides the file of that name here.
 *
 * GRUB; kernel-install(8); clr-boot-manager(1) and its releases 1.2.0, 1.5.5 and 3.1.0; mkinitcpio(8),
 * --cmdline; limine-entry-tool; sdboot-manage; kernelstub; Alpine's update-extlinux; "Kernel
 * arguments" of bootc; Flatcar's "Kernel modules and other boot options"; Harvester's "Upgrade from
 * v1.6.x to v1.7.x" (third_party_kernel_args); the Boot Loader and Unified Kernel Image
 * specifications of the UAPI group.
 */
static const struct place {
	const char *path;
	enum boot_kind kind;
	bool made, folder;
	const char *only, *hidden_by;
} places[] = {
	{ .path = "etc/default/grub", .kind = BOOT_GRUB },
	{ .path = "etc/default/grub.d", .kind = BOOT_GRUB, .folder = true },
	{ .path = "usr/lib/kernel", .kind = BOOT_CLR, .folder = true, .only = "cmdline-" },
	{ .path = "etc/kernel/cmdline", .kind = BOOT_INSTALL },
	{ .path = "usr/lib/kernel/cmdline",
	  .kind = BOOT_INSTALL,
	  .hidden_by = "etc/kernel/cmdline" },
	{ .path = "usr/share/kernel/cmdline.d",
	  .kind = BOOT_CLR,
	  .folder = true,
	  .hidden_by = "etc/kernel/cmdline.d" },
	{ .path = "usr/lib/kernel/cmdline.d",
	  .kind = BOOT_CLR,
	  .folder = true,
	  .hidden_by = "etc/kernel/cmdline.d" },
	{ .path = "etc/kernel/cmdline.d", .kind = BOOT_CLR, .folder = true },
	{ .path = "etc/kernel/cmdline-removal.d", .kind = BOOT_CLR_LESS, .folder = true },
	{ .path = "etc/cmdline", .kind = BOOT_UKI },
	{ .path = "etc/cmdline.d", .kind = BOOT_UKI, .folder = true },
	{ .path = "etc/default/limine", .kind = BOOT_LIMINE },
	{ .path = "etc/sdboot-manage.conf", .kind = BOOT_SDBOOT },
	{ .path = "etc/kernelstub/configuration", .kind = BOOT_KERNELSTUB },
	{ .path = "etc/update-extlinux.conf", .kind = BOOT_EXTLINUX },
	{ .path = "usr/lib/bootc/kargs.d", .kind = BOOT_IMAGE, .folder = true },
	{ .path = "boot/grub/grub.cfg", .kind = BOOT_GRUB, .made = true },
	{ .path = "boot/grub2/grub.cfg", .kind = BOOT_GRUB, .made = true },
	{ .path = "boot/grub2/grubenv", .kind = BOOT_ENTRY, .made = true },
	{ .path = "boot/grub/grubenv", .kind = BOOT_ENTRY, .made = true },
	{ .path = "boot/grub/custom.cfg", .kind = BOOT_PLAIN, .made = true },
	{ .path = "boot/grub2/user.cfg", .kind = BOOT_PLAIN, .made = true },
	{ .path = "oem/grubenv", .kind = BOOT_OEM, .made = true },
	{ .path = "oem/grub.cfg", .kind = BOOT_PLAIN, .made = true },
	{ .path = "usr/share/oem/grub.cfg", .kind = BOOT_PLAIN, .made = true },
	{ .path = "boot/loader/entries", .kind = BOOT_ENTRY, .made = true, .folder = true },
	{ .path = "boot/efi/loader/entries", .kind = BOOT_ENTRY, .made = true, .folder = true },
	{ .path = "efi/loader/entries", .kind = BOOT_ENTRY, .made = true, .folder = true },
	{ .path = "boot/EFI/Linux", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "boot/efi/EFI/Linux", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "efi/EFI/Linux", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "boot/loader/addons", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "boot/efi/loader/addons", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "efi/loader/addons", .kind = BOOT_UKI, .made = true, .folder = true },
	{ .path = "boot/refind_linux.conf", .kind = BOOT_PLAIN, .made = true },
	{ .path = "boot/efi/EFI/refind/refind.conf", .kind = BOOT_PLAIN, .made = true },
	{ .path = "boot/limine.conf", .kind = BOOT_LIMINE, .made = true },
	{ .path = "boot/limine/limine.conf", .kind = BOOT_LIMINE, .made = true },
	{ .path = "boot/syslinux/syslinux.cfg", .kind = BOOT_EXTLINUX, .made = true },
	{ .path = "boot/extlinux/extlinux.conf", .kind = BOOT_EXTLINUX, .made = true },
	{ .path = "boot/extlinux.conf", .kind = BOOT_EXTLINUX, .made = true },
	{ .path = "boot/cmdline.txt", .kind = BOOT_PLAIN, .made = true },
	{ .path = "boot/firmware/cmdline.txt", .kind = BOOT_PLAIN, .made = true },
};

static int by_name(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

/* names: as root_list() sorts them. */
static bool among(const struct strings *names, const char *name)
{
	return names->n && bsearch(name, names->s, names->n, sizeof(names->s[0]), by_name);
}

static void add(struct arena *a, struct boot_files *files, const struct place *p, const char *path)
{
	*arena_push(a, &files->v, &files->n) = (struct boot_file){ path, p->kind, p->made };
}

static void add_folder(struct arena *a, int root, struct boot_files *files, const struct place *p,
		       struct unseen *u)
{
	struct strings names = { 0 }, hiding = { 0 };

	root_list(a, root, p->path, &names, u);
	if (names.n && p->hidden_by)
		root_list(a, root, p->hidden_by, &hiding, u);
	for (size_t i = 0; i < names.n; i++)
		if ((!p->only || !strncmp(names.s[i], p->only, strlen(p->only))) &&
		    !among(&hiding, names.s[i]))
			add(a, files, p, arena_printf(a, "%s/%s", p->path, names.s[i]));
}

struct boot_files root_boot_files(struct arena *a, int root, struct unseen *u)
{
	struct boot_files files = { 0 };
	/* OSTree makes the entries from what it keeps itself. */
	bool grub = !root_shows(a, root, OSTREE, u);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];

		if (p->kind == BOOT_GRUB && !p->made && !grub)
			continue;
		if (p->folder)
			add_folder(a, root, &files, p, u);
		else if (!p->hidden_by || !root_has(root, p->hidden_by, u))
			add(a, &files, p, p->path);
	}
	return files;
}

char *root_boot_text(struct arena *a, int root, const struct boot_file *f, struct unseen *u)
{
	if (f->kind == BOOT_UKI && f->made)
		return uki_command_lines(a, root, f->path, u);
	return root_read(a, root, f->path, u);
}
