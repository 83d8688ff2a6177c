// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a change of the kernel's command line takes effect, by the tools of a root (see boot_files.h).
 */
#include <string.h>

#include "lib/shell.h"
#include "setup/boot_files.h"

/*
 * The first row of the kind whose evidence the root has decides. source: what a file of the boot
 * loader is made from. run: the command; less, more: a command that takes a word out or adds one,
 * and that word follows it.
 *
 * rpm-ostree(1), kargs; NixOS manual, boot.kernelParams; grubby(8); transactional-update(8);
 * openSUSE's sdbootutil(8); Proxmox VE's "Host Bootloader"; kernel-install(8); mkinitcpio(8).
 */
#define ENTRIES "/etc/kernel/cmdline"
static const struct apply {
	enum boot_kind kind;
	const char *has, *source, *run, *less, *more;
} applies[] = {
	{ .kind = BOOT_GRUB,
	  .has = TRANSACTIONAL,
	  .source = "/etc/default/grub",
	  .run = "transactional-update grub.cfg" },
	{ .kind = BOOT_GRUB,
	  .has = "usr/sbin/update-grub|etc/debian_version",
	  .source = "/etc/default/grub",
	  .run = "update-grub" },
	{ .kind = BOOT_GRUB,
	  .has = "usr/sbin/grub2-mkconfig|boot/grub2",
	  .source = "/etc/default/grub",
	  .run = "grub2-mkconfig -o /boot/grub2/grub.cfg" },
	{ .kind = BOOT_GRUB,
	  .source = "/etc/default/grub",
	  .run = "update-grub or grub-mkconfig -o /boot/grub/grub.cfg" },
	{ .kind = BOOT_ENTRY,
	  .has = OSTREE,
	  .less = "rpm-ostree kargs --delete=",
	  .more = "rpm-ostree kargs --append=" },
	{ .kind = BOOT_ENTRY,
	  .has = "etc/NIXOS",
	  .source = "boot.kernelParams in /etc/nixos/configuration.nix",
	  .run = "nixos-rebuild boot" },
	{ .kind = BOOT_ENTRY,
	  .has = "usr/sbin/grubby",
	  .less = "grubby --update-kernel=ALL --remove-args=",
	  .more = "grubby --update-kernel=ALL --args=" },
	{ .kind = BOOT_ENTRY,
	  .has = "etc/kernel/proxmox-boot-uuids",
	  .source = ENTRIES,
	  .run = "proxmox-boot-tool refresh" },
	{ .kind = BOOT_ENTRY,
	  .has = "usr/bin/sdbootutil",
	  .source = ENTRIES,
	  .run = "sdbootutil update-all-entries" },
	{ .kind = BOOT_ENTRY,
	  .has = CLEAR_LINUX,
	  .source = "/etc/kernel/cmdline.d",
	  .run = "clr-boot-manager update" },
	{ .kind = BOOT_INSTALL, .has = CLEAR_LINUX, .run = "clr-boot-manager update" },
	{ .kind = BOOT_INSTALL,
	  .has = "etc/kernel/proxmox-boot-uuids",
	  .run = "proxmox-boot-tool refresh" },
	{ .kind = BOOT_INSTALL,
	  .has = "usr/bin/sdbootutil",
	  .run = "sdbootutil update-all-entries" },
	{ .kind = BOOT_INSTALL, .has = "usr/bin/mkinitcpio", .run = "mkinitcpio -P" },
	{ .kind = BOOT_INSTALL, .run = "kernel-install add-all" },
	{ .kind = BOOT_UKI,
	  .has = "usr/bin/mkinitcpio",
	  .source = "/etc/kernel/cmdline or /etc/cmdline.d",
	  .run = "mkinitcpio -P" },
	{ .kind = BOOT_UKI, .source = "/etc/kernel/cmdline", .run = "kernel-install add-all" },
	{ .kind = BOOT_CLR, .source = "/etc/kernel/cmdline.d", .run = "clr-boot-manager update" },
	{ .kind = BOOT_CLR_LESS, .run = "clr-boot-manager update" },
	{ .kind = BOOT_LIMINE,
	  .has = "etc/default/limine",
	  .source = "/etc/default/limine",
	  .run = "limine-update" },
	{ .kind = BOOT_SDBOOT, .run = "sdboot-manage gen" },
	{ .kind = BOOT_KERNELSTUB, .less = "kernelstub -d ", .more = "kernelstub -a " },
	{ .kind = BOOT_EXTLINUX,
	  .has = "etc/update-extlinux.conf",
	  .source = "/etc/update-extlinux.conf",
	  .run = "update-extlinux" },
};

/* For advice, what is not seen is not there. */
static bool shows(struct arena *a, int root, const char *evidence)
{
	return root_shows(a, root, evidence, &(struct unseen){ .n = 0 });
}

static const struct apply *apply_of(struct arena *a, int root, enum boot_kind kind)
{
	for (size_t i = 0; i < sizeof(applies) / sizeof(applies[0]); i++)
		if (applies[i].kind == kind && (!applies[i].has || shows(a, root, applies[i].has)))
			return &applies[i];
	return NULL;
}

const char *boot_apply(struct arena *a, int root, enum boot_kind kind)
{
	const struct apply *how = apply_of(a, root, kind);

	return how ? how->run : NULL;
}

/* Where a word is added, by the first evidence; run or more as above decide how. */
static const struct add {
	const char *has;
	enum boot_kind kind;
	const char *place;
} adds[] = {
	{ OSTREE, BOOT_ENTRY, NULL },
	{ CLEAR_LINUX "|etc/kernel/cmdline.d", BOOT_CLR,
	  "a file of /etc/kernel/cmdline.d, such as /etc/kernel/cmdline.d/kvm.conf" },
	{ "etc/kernelstub/configuration", BOOT_KERNELSTUB, NULL },
	{ "etc/default/limine", BOOT_LIMINE, "KERNEL_CMDLINE in /etc/default/limine" },
	{ "etc/sdboot-manage.conf", BOOT_SDBOOT, "LINUX_OPTIONS in /etc/sdboot-manage.conf" },
	{ "usr/sbin/grubby", BOOT_ENTRY, NULL },
	{ "etc/kernel/cmdline", BOOT_INSTALL, "/etc/kernel/cmdline" },
	{ "etc/default/grub", BOOT_GRUB, "GRUB_CMDLINE_LINUX in /etc/default/grub" },
	{ "etc/update-extlinux.conf", BOOT_EXTLINUX,
	  "default_kernel_opts in /etc/update-extlinux.conf" },
	{ "boot/loader/entries", BOOT_PLAIN, "the options of each file in /boot/loader/entries" },
	{ "efi/loader/entries", BOOT_PLAIN, "the options of each file in /efi/loader/entries" },
	{ "boot/efi/loader/entries", BOOT_PLAIN,
	  "the options of each file in /boot/efi/loader/entries" },
	{ "oem/grub.cfg", BOOT_PLAIN, "linux_append in /oem/grub.cfg" },
	{ "usr/share/oem/grub.cfg", BOOT_PLAIN, "linux_append in /usr/share/oem/grub.cfg" },
	{ "boot/syslinux/syslinux.cfg", BOOT_PLAIN,
	  "the APPEND lines of /boot/syslinux/syslinux.cfg" },
	{ "boot/extlinux/extlinux.conf", BOOT_PLAIN,
	  "the APPEND lines of /boot/extlinux/extlinux.conf" },
	{ "boot/refind_linux.conf", BOOT_PLAIN, "/boot/refind_linux.conf" },
};

const char *boot_add(struct arena *a, int root, const char *word)
{
	for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++) {
		const struct apply *how;

		if (!shows(a, root, adds[i].has))
			continue;
		how = apply_of(a, root, adds[i].kind);
		if (how && how->more)
			return arena_printf(
				a, "Put %s on the kernel's command line: %s%s, and restart", word,
				how->more, word);
		return arena_printf(a,
				    "Put %s on the kernel's command line: into %s%s%s, and restart",
				    word, adds[i].place, how ? ", then run " : "",
				    how ? how->run : "");
	}
	return arena_printf(
		a,
		"Put %s on the kernel's command line, in the boot loader's configuration "
		"(GRUB_CMDLINE_LINUX in /etc/default/grub and update-grub or "
		"grub2-mkconfig; grubby --update-kernel=ALL --args=%s), and restart",
		word, word);
}

/* The word is from a file of that root, so anybody's. */
static const char *remove_by_command(struct arena *a, const char *command, const char *word)
{
	const char *quoted = shell_word(a, word);

	if (quoted)
		return arena_printf(a, "Run %s%s, and restart", command, quoted);
	return arena_printf(a,
			    "Remove it from the kernel's command line with %.*s, and restart: no "
			    "command that can be pasted has this word",
			    (int)strcspn(command, " "), command);
}

const char *boot_remove(struct arena *a, int root, const struct boot_file *f, const char *word)
{
	const struct apply *how = f ? apply_of(a, root, f->kind) : NULL;

	if (!f)
		return arena_printf(a,
				    "Remove %s from the kernel's command line: from the file above "
				    "that has it, or from the boot loader's configuration "
				    "(/etc/default/grub, /etc/kernel/cmdline, its entries), and "
				    "restart",
				    word);
	if (f->kind == BOOT_IMAGE)
		return arena_printf(a,
				    "It is a part of the image: remove %s from that file where the "
				    "image is built, then bootc upgrade",
				    word);
	if (f->kind == BOOT_OEM)
		return arena_printf(a,
				    "Set that variable anew without %s: grub2-editenv %s set "
				    "NAME=VALUE, and restart",
				    word, shell_word(a, arena_printf(a, "/%s", f->path)));
	if (how && how->less)
		return remove_by_command(a, how->less, word);
	if (f->made && how && how->source)
		return arena_printf(
			a, "That file is generated: remove %s from %s, run %s, and restart", word,
			how->source, how->run);
	return arena_printf(a, "Remove %s from that file%s%s, and restart", word,
			    how ? ", run " : "", how ? how->run : "");
}
