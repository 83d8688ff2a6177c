// SPDX-License-Identifier: GPL-2.0-only
/* Where a root has kernel command lines, and whether what is written to its /etc is there later. */
#include "root.h"

#include "setup/boot_files.h"
#include "setup/host/host.h"

#define OFF "root=x kvm_intel.nested=0\n"
#define ON  "root=x kvm_intel.nested=1\n"

static struct conflicts find(struct boot_setting *booted)
{
	struct conflicts out = { .n = 0 };

	find_conflicts(&arena, root, NULL, "kvm_intel", booted, &out);
	return out;
}

/* Each file that has it is named, with what makes a change take effect. tool: what else is there. */
static void every_boot_file(void **state)
{
	static const struct {
		const char *path, *text, *tool, *remedy;
	} rows[] = {
		{ "etc/default/grub", OFF, "usr/sbin/update-grub",
		  "from that file, run update-grub" },
		{ "etc/default/grub.d/a.cfg", OFF, "etc/transactional-update.conf",
		  "run transactional-update grub.cfg" },
		{ "etc/default/grub", "GRUB_CMDLINE_LINUX=kvm_intel.nested=0\n", "boot/grub2/x",
		  "grub2-mkconfig -o /boot/grub2/grub.cfg" },
		{ "boot/grub2/grub.cfg", OFF, "usr/sbin/grub2-mkconfig",
		  "is generated: remove kvm_intel.nested=0 from /etc/default/grub, run "
		  "grub2-mkconfig" },
		{ "boot/grub2/grubenv", "kernelopts=kvm_intel.nested=0 ro\n", "usr/sbin/grubby",
		  "grubby --update-kernel=ALL --remove-args=kvm_intel.nested=0" },
		{ "boot/loader/entries/a.conf", "options " OFF, "usr/sbin/grubby",
		  "grubby --update-kernel=ALL --remove-args=" },
		{ "boot/loader/entries/ostree-1.conf", "options " OFF, "run/ostree-booted",
		  "rpm-ostree kargs --delete=kvm_intel.nested=0" },
		{ "boot/loader/entries/nixos.conf", "options " OFF, "etc/NIXOS",
		  "boot.kernelParams in /etc/nixos/configuration.nix, run nixos-rebuild boot" },
		{ "efi/loader/entries/a.conf", "options " OFF, "usr/bin/sdbootutil",
		  "/etc/kernel/cmdline, run sdbootutil update-all-entries" },
		{ "boot/efi/loader/entries/a.conf", "options " OFF, "usr/bin/clr-boot-manager",
		  "/etc/kernel/cmdline.d, run clr-boot-manager update" },
		{ "boot/efi/loader/entries/a.conf", "options " OFF, NULL,
		  "Remove kvm_intel.nested=0 from that file, and restart" },
		{ "etc/kernel/cmdline", OFF, "etc/kernel/proxmox-boot-uuids",
		  "proxmox-boot-tool refresh" },
		{ "usr/lib/kernel/cmdline", OFF, NULL, "kernel-install add-all" },
		{ "etc/kernel/cmdline.d/a.conf", OFF, NULL, "clr-boot-manager update" },
		{ "usr/lib/kernel/cmdline.d/a.conf", OFF, NULL, "clr-boot-manager update" },
		{ "usr/share/kernel/cmdline.d/a.conf", OFF, NULL, "clr-boot-manager update" },
		{ "usr/lib/kernel/cmdline-6.1.native", OFF, NULL, "clr-boot-manager update" },
		{ "etc/cmdline.d/a.conf", OFF, "usr/bin/mkinitcpio", "mkinitcpio -P" },
		{ "etc/default/limine", OFF, NULL, "limine-update" },
		{ "etc/sdboot-manage.conf", "LINUX_OPTIONS=\"kvm-intel.nested=N\"\n", NULL,
		  "sdboot-manage gen" },
		{ "etc/kernelstub/configuration", "[\"quiet\", \"kvm_intel.nested=0\"]\n", NULL,
		  "kernelstub -d kvm_intel.nested=0" },
		{ "etc/update-extlinux.conf", "default_kernel_opts=\"kvm_intel.nested=0\"\n", NULL,
		  "run update-extlinux" },
		{ "boot/extlinux.conf", "APPEND " OFF, NULL, "from that file, and restart" },
		{ "boot/syslinux/syslinux.cfg", "append " OFF, NULL,
		  "from that file, and restart" },
		{ "boot/cmdline.txt", OFF, NULL, "from that file, and restart" },
		{ "boot/refind_linux.conf", "\"a\" \"kvm_intel.nested=0\"\n", NULL, "that file" },
		{ "oem/grubenv", "third_party_kernel_args=kvm_intel.nested=0\n", NULL,
		  "grub2-editenv /oem/grubenv set" },
		{ "oem/grub.cfg", "set linux_append=\"kvm_intel.nested=0\"\n", NULL, "that file" },
		{ "usr/lib/bootc/kargs.d/a.toml", "kargs = [\"kvm_intel.nested=0\"]\n", NULL,
		  "a part of the image" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct boot_setting booted;
		struct conflicts out;

		put(rows[i].path, rows[i].text);
		if (rows[i].tool)
			put(rows[i].tool, "");
		out = find(&booted);
		if (out.n != 1 || !out.overrides || booted.nested != TRI_NO)
			fail_msg("%s: %zu conflicts, nested %d", rows[i].path, out.n,
				 booted.nested);
		if (!strstr(out.v[0].where, rows[i].path) ||
		    !strstr(out.v[0].remedy, rows[i].remedy))
			fail_msg("%s: %s", out.v[0].where, out.v[0].remedy);
		unlink(in_root(rows[i].path));
		if (rows[i].tool)
			unlink(in_root(rows[i].tool));
		rmdir(in_root("boot/grub2"));
		rmdir(in_root("etc/kernel/cmdline.d"));
	}
}

/* What a file of another folder hides, and what clr-boot-manager takes off, is not on the line. */
static void hidden_command_lines(void **state)
{
	struct boot_setting booted;
	struct conflicts out;

	(void)state;
	put("usr/lib/kernel/cmdline", OFF);
	put("etc/kernel/cmdline", "quiet\n");
	put("usr/share/kernel/cmdline.d/a.conf", OFF);
	put("etc/kernel/cmdline.d/a.conf", "");
	put("usr/lib/kernel/cmdline-6.1", OFF);
	put("usr/lib/kernel/cmdline-6.2", OFF);
	put("etc/kernel/cmdline-removal.d/x.conf", "# x\nkvm_intel.nested=0\n");
	assert_int_equal(find(&booted).n, 0);
	assert_int_equal(booted.nested, TRI_UNKNOWN);
	/* It takes each away once. */
	put("etc/kernel/cmdline.d/b.conf", OFF);
	out = find(&booted);
	assert_int_equal(out.n, 1);
	assert_string_equal(out.v[0].where, "/etc/kernel/cmdline.d/b.conf:1");
	/* nested=1 is taken off: named, and not on the line. */
	unlink(in_root("etc/kernel/cmdline.d/b.conf"));
	put("usr/lib/kernel/cmdline-6.1", ON);
	put("usr/lib/kernel/cmdline-6.2", ON);
	put("etc/kernel/cmdline-removal.d/x.conf", "kvm_intel.nested=1\n");
	out = find(&booted);
	assert_int_equal(out.n, 1);
	assert_false(out.overrides);
	assert_string_equal(out.v[0].where, "/etc/kernel/cmdline-removal.d/x.conf");
	assert_int_equal(booted.nested, TRI_UNKNOWN);
	/* OSTree does not read GRUB's source. */
	put("etc/default/grub", OFF);
	assert_int_equal(find(&booted).n, 2);
	put("usr/bin/rpm-ostree", "");
	assert_int_equal(find(&booted).n, 2);
	put("usr/lib/os-release", "ID=fedora\nOSTREE_VERSION='41'\n");
	assert_int_equal(find(&booted).n, 1);
}

/* A source counts only if nothing shows that the boot loader does not know of it yet. */
static void not_applied_yet(void **state)
{
	struct boot_setting booted;

	(void)state;
	put("etc/default/grub", ON);
	put("usr/sbin/update-grub", "");
	find(&booted);
	assert_int_equal(booted.nested, TRI_YES);
	assert_null(booted.source);
	put("boot/grub/grub.cfg", "linux /vmlinuz quiet\n");
	find(&booted);
	assert_int_equal(booted.nested, TRI_UNKNOWN);
	assert_string_equal(booted.source, "/etc/default/grub");
	assert_string_equal(booted.apply, "update-grub");
	put("boot/grub/grub.cfg", "linux /vmlinuz " ON);
	find(&booted);
	assert_int_equal(booted.nested, TRI_YES);
	assert_null(booted.source);
}

/* A PE image: MZ, the header at 0x40, no optional header, sections .text and two of .cmdline. */
static void put_image(const char *path, const char *first, const char *second)
{
	unsigned char image[0x400] = "MZ";
	const char *lines[] = { first, second };
	FILE *f;

	image[0x3c] = 0x40;
	memcpy(image + 0x40, "PE\0\0", 4);
	image[0x46] = 3;
	memcpy(image + 0x58, ".text", 5);
	for (int i = 0; i < 2; i++) {
		unsigned char *s = image + 0x80 + 40 * i;

		memcpy(s, ".cmdline", 8);
		s[8] = (unsigned char)strlen(lines[i]);
		s[17] = 2; /* 0x200 bytes are stored */
		s[20] = (unsigned char)(0x40 * i);
		s[21] = 2;
		memcpy(image + 0x200 + 0x40 * i, lines[i], strlen(lines[i]));
	}
	put(path, "");
	f = fopen(in_root(path), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(image, 1, sizeof(image), f), sizeof(image));
	fclose(f);
}

static void unified_kernel_image(void **state)
{
	struct boot_setting booted;
	struct conflicts out;

	(void)state;
	put_image("boot/efi/EFI/Linux/a.efi", "quiet", "ro kvm_intel.nested=0 x");
	put("usr/bin/mkinitcpio", "");
	out = find(&booted);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.unseen.n, 0);
	assert_string_equal(out.v[0].where, "/boot/efi/EFI/Linux/a.efi:2");
	assert_string_equal(out.v[0].line, "kvm_intel.nested=0");
	assert_non_null(strstr(out.v[0].remedy, "run mkinitcpio -P"));
	put_image("boot/efi/EFI/Linux/a.efi", "ro kvm_intel.nested=1", "");
	assert_int_equal(find(&booted).n, 0);
	assert_int_equal(booted.nested, TRI_YES);
	/* No image, and one that is cut. */
	put("boot/efi/EFI/Linux/a.efi", OFF);
	assert_int_equal(find(&booted).n, 0);
	put_image("boot/efi/EFI/Linux/a.efi", "quiet", "ro kvm_intel.nested=0 x");
	assert_int_equal(truncate(in_root("boot/efi/EFI/Linux/a.efi"), 0x90), 0);
	assert_int_equal(find(&booted).n, 0);
}

/* Evidence of a system, and what its way out has to name; NULL: /etc lasts there. */
static void where_it_lasts(void **state)
{
	static const struct {
		const char *path, *text, *where;
	} rows[] = {
		{ "etc/os-release", "PRETTY_NAME=\"Harvester v1.1.1\"\nID=\"x\"\n", "/oem/" },
		{ "etc/os-release", "ID=\"sle-micro-rancher\"\n", "/oem/" },
		{ "system/oem/00_rootfs.yaml", "", "/oem/" },
		{ "etc/os-release", "ID=ubuntu\nKAIROS_NAME=\"kairos\"\n", "/oem/" },
		{ "etc/os-release", "ID=k3os\n", "/var/lib/rancher/k3os/config.yaml" },
		{ "usr/lib/os-release", "ID=talos\n", "machine.install.extraKernelArgs" },
		{ "etc/os-release", "ID=bottlerocket\n", "apiclient apply" },
		{ "etc/NIXOS", "", "/etc/nixos/configuration.nix" },
		{ "etc/os-release", "ID=nixos\n", "nixos-rebuild" },
		{ "etc/os-release", "ID=\"guix\"\n", "guix system reconfigure" },
		{ "etc/os-release", "ID=cos\n", "user-data" },
		{ "etc/unraid-version", "version=\"7.0.0\"\n", "/boot/config/modprobe.d/" },
		{ "media/root-ro/etc/passwd", "", "overlayroot-chroot" },
		{ "etc/fstab", "/media/root-ro/ / overlay lowerdir=/media/root-ro/ 0 1\n",
		  "overlayroot-chroot" },
		{ "run/live/medium/x", "", "nestcheck load" },
		{ "run/initramfs/live/x", "", "nestcheck load" },
		{ "cdrom/casper/x", "", "nestcheck load" },
		{ "usr/lib/ostree/prepare-root.conf", "[etc]\ntransient = true\n",
		  "image is built" },
		{ "etc/fstab", "overlay /etc overlay lowerdir=/sysroot/etc 0 0\n",
		  "Start that system" },
		/* These keep it. */
		{ "usr/lib/ostree/prepare-root.conf", "[root]\ntransient=true\n[etc]\n", NULL },
		{ "etc/overlayroot.conf", "overlayroot=\"tmpfs\"\n", NULL },
		{ "etc/os-release", "ID=fedora\nVARIANT_ID=coreos\n", NULL },
		{ "run/ostree-booted", "", NULL },
		{ "etc/os-release", "ID=flatcar\n", NULL },
		{ "oem/grub.cfg", "", NULL },
		{ "etc/os-release", "ID=\"opensuse-microos\"\n", NULL },
		{ "etc/os-release", "ID=clear-linux-os\n", NULL },
		{ "etc/os-release", "ID=alpine\n", NULL },
		{ "etc/lbu/lbu.conf", "# LBU_MEDIA=\"usb\"\n", NULL },
		{ "etc/fstab", "# x /etc y\n/dev/sda1 /etcetera ext4 rw 0 0\n", NULL },
	};
	struct lasting l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool lasts;

		put(rows[i].path, rows[i].text);
		lasts = root_lasts(&arena, root, false, "kvm_intel", &l, &unseen);
		if (lasts != !rows[i].where)
			fail_msg("%s: %s", rows[i].path, lasts ? "lasts" : l.why);
		if (!lasts && !strstr(l.where, rows[i].where))
			fail_msg("%s: %s", rows[i].path, l.where);
		assert_null(l.found_in);
		unlink(in_root(rows[i].path));
		for (char *dir = arena_strdup(&arena, in_root(rows[i].path)), *slash;
		     (slash = strrchr(dir, '/')) > dir + sizeof(top); *slash = '\0', rmdir(dir))
			;
	}
	/* Of ostree's two files the one in /etc replaces the other. */
	put("usr/lib/ostree/prepare-root.conf", "[etc]\ntransient=true\n");
	put("etc/ostree/prepare-root.conf", "[composefs]\nenabled=yes\n");
	assert_true(root_lasts(&arena, root, false, "kvm_amd", &l, &unseen));
	put("etc/ostree/prepare-root.conf", "[etc]\ntransient=true\n");
	assert_false(root_lasts(&arena, root, false, "kvm_amd", &l, &unseen));
	assert_non_null(strstr(l.why, "by /etc/ostree/prepare-root.conf"));
	put("etc/lbu/lbu.conf", "LBU_MEDIA=usb\n");
	assert_false(root_lasts(&arena, root, false, "kvm_amd", &l, &unseen));
	assert_string_equal(l.save, "run lbu commit");
}

/* The module stands in all texts; what is set where it lasts is found. */
static void what_lasts_already(void **state)
{
	struct lasting l;

	(void)state;
	put("system/oem/x", "");
	put("oem/99_custom.yaml", "stages:\n  - content: options kvm-amd nested=1\n");
	assert_false(root_lasts(&arena, root, false, "kvm_intel", &l, &unseen));
	assert_null(l.found_in);
	assert_non_null(strstr(l.text, "content: options kvm_intel nested=1\n"));
	assert_non_null(strstr(l.line, "kvm_intel.nested=1"));
	assert_false(root_lasts(&arena, root, false, "kvm_amd", &l, &unseen));
	assert_string_equal(l.found_in, "/oem/99_custom.yaml:2");
}

/* Wherever the disk fails, what is not seen is not taken for what is not there. */
static void a_disk_that_fails(void **state)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "etc/os-release", "ID=bottlerocket\n" },
		{ "usr/lib/os-release", "NAME=x\nID=talos\n" },
		{ "usr/lib/ostree/prepare-root.conf", "[etc]\ntransient = true\n" },
		{ "etc/fstab", "overlay /etc overlay lowerdir=/sysroot/etc 0 0\n" },
	};
	struct lasting l;
	int n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(rows[i].path, rows[i].text);
		for (n = 0;; n++) {
			bool lasts;

			unseen = (struct unseen){ .n = 0 };
			reads_left = n;
			lasts = root_lasts(&arena, root, false, "kvm_intel", &l, &unseen);
			if (reads_left >= 0)
				break;
			if (lasts && strcmp(unseen.path ? unseen.path : "", rows[i].path) != 0)
				fail_msg("%s, read %d: it lasts; %s", rows[i].path, n, unseen.path);
		}
		assert_true(n > 1);
		unlink(in_root(rows[i].path));
	}
	put_image("boot/efi/EFI/Linux/a.efi", "kvm_intel.nested=1", "ro kvm_intel.nested=0 x");
	for (n = 0;; n++) {
		struct boot_setting booted;
		struct conflicts out;

		reads_left = n;
		out = find(&booted);
		if (reads_left >= 0)
			break;
		assert_int_equal(booted.nested, TRI_UNKNOWN);
		assert_string_equal(out.unseen.path, "boot/efi/EFI/Linux/a.efi");
		assert_int_equal(out.unseen.err, -EIO);
	}
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_boot_file, make, drop),
		cmocka_unit_test_setup_teardown(hidden_command_lines, make, drop),
		cmocka_unit_test_setup_teardown(not_applied_yet, make, drop),
		cmocka_unit_test_setup_teardown(unified_kernel_image, make, drop),
		cmocka_unit_test_setup_teardown(where_it_lasts, make, drop),
		cmocka_unit_test_setup_teardown(what_lasts_already, make, drop),
		cmocka_unit_test_setup_teardown(a_disk_that_fails, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
