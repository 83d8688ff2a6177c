// SPDX-License-Identifier: GPL-2.0-only
/* A root in a new folder: files through links, its kernels, its installed software. */
#include "root.h"

#include <errno.h>

#include "setup/disk/disk.h"
#include "setup/host/host.h"
#include "setup/kernels.h"
#include "setup/root.h"

static void no_link_leads_out(void **state)
{
	static const char *const links[] = { "/etc/passwd", "../../../../etc/passwd", "passwd" };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		assert_int_equal(symlink(links[i], in_root("etc/link")), 0);
		assert_string_equal(root_read(&arena, root, "etc/link", &unseen), "of the root\n");
		unlink(in_root("etc/link"));
	}
	assert_int_equal(mkfifo(in_root("etc/fifo"), 0600), 0);
	assert_null(root_read(&arena, root, "etc/fifo", &unseen));
	assert_null(root_read(&arena, root, "etc", &unseen));
	assert_null(root_read(&arena, root, "etc/missing", &unseen));
	assert_null(root_read(&arena, root, "etc/passwd/missing", &unseen));
	root_list(&arena, root, "missing", &(struct strings){ NULL, 0 }, &unseen);
	assert_int_equal(unseen.n, 0);
	assert_false(root_is_own(root));
}

/* ROOT_FILE_MAX bytes and `more`, with that at the very end. */
static char *large(const char *last, size_t more)
{
	size_t size = ROOT_FILE_MAX + more, len = strlen(last);
	char *s = arena_alloc(&arena, size + 1);

	memset(s, '\n', size);
	memcpy(s + size - len, last, len);
	return s;
}

static void larger_than_the_limit(void **state)
{
	static const char grub[] = "boot/grub/grub.cfg", line[] = "linux x kvm_intel.nested=0";
	struct conflicts out = { .n = 0 };
	struct boot_setting booted;

	(void)state;
	put(grub, large(line, 0));
	find_conflicts(&arena, root, NULL, "kvm_intel", &booted, &out);
	assert_int_equal(out.n, 1);
	assert_true(out.overrides);
	assert_int_equal(out.unseen.n, 0);

	put(grub, large(line, 100));
	put("etc/modprobe.d/a.conf", large("options kvm_intel nested=0", 100));
	put("usr/bin/dracut", "");
	put("etc/dracut.conf", large("add_drivers+=kvm_intel", 100));
	out = (struct conflicts){ .n = 0 };
	find_conflicts(&arena, root, NULL, "kvm_intel", &booted, &out);
	assert_int_equal(out.n, 0);
	assert_int_equal(out.unseen.n, 3);
	assert_int_equal(out.unseen.err, 0);
	assert_string_equal(out.unseen.path, "etc/modprobe.d/a.conf");

	assert_int_equal(strlen(root_read(&arena, root, grub, &unseen)), ROOT_FILE_MAX);
	assert_int_equal(unseen.n, 1);
	assert_string_equal(root_read(&arena, root, "etc/passwd", &unseen), "of the root\n");
	assert_int_equal(unseen.n, 1);
}

/* Wherever the disk fails, no part of a file is taken for all of it. */
static void a_disk_that_fails(void **state)
{
	static const char line[] = "x\ny\noptions kvm_intel nested=0\n";
	struct disks disks = { .n = 0 };
	struct installed system = { 0 };
	int n;

	(void)state;
	put("etc/fstab", "# nothing\n");
	put("etc/modprobe.d/a.conf", line);
	put("boot/grub/grub.cfg", "linux x kvm_intel.nested=0\n");
	put("usr/bin/dracut", "");
	put("etc/dracut.conf", "add_drivers+=kvm_intel\n");
	put("lib/modules/6.1.0/modules.builtin", "kernel/kvm-intel.ko\n");
	for (n = 0;; n++) {
		struct conflicts out = { .n = 0 };
		struct boot_setting booted;

		reads_left = n;
		find_conflicts(&arena, root, NULL, "kvm_intel", &booted, &out);
		if (reads_left >= 0)
			break;
		assert_true(out.unseen.n > 0);
		assert_int_equal(out.unseen.err, -EIO);
		assert_int_equal(out.n + out.unseen.n, 3);
	}
	assert_true(n > 3);
	for (n = 0;; n++) {
		struct host_kernels k = { .n = 0 };

		reads_left = n;
		find_kernels(&arena, root, "kvm_intel", &k);
		if (reads_left >= 0)
			break;
		assert_int_equal(k.v[0].builtin, TRI_UNKNOWN);
		assert_int_equal(k.unseen.n, 1);
	}
	put("etc/os-release", "NAME=Fedora\n");
	for (n = 0;; n++) {
		struct text why = { 0 };
		int err;

		reads_left = n;
		system.sleep = (struct sleep_places){ .n = 0 };
		err = installed_at(&arena, top, &system);
		if (reads_left >= 0)
			break;
		assert_true(err == -EIO || sleep_possible(&disks, &system.sleep, &why));
		assert_true(err == -EIO || strstr(why.s, "cannot be read: Input/output error"));
		text_free(&why);
	}
	assert_int_equal(system.sleep.unseen.n, 0);
}

/* A module that is not in the part of the list that was read may be in the rest. */
static void a_long_list_of_modules(void **state)
{
	static const char list[] = "lib/modules/6.1.0/modules.builtin",
			  kvm[] = "kernel/kvm-intel.ko";
	struct host_kernels k = { .n = 0 };

	(void)state;
	put(list, large(kvm, 0));
	find_kernels(&arena, root, "kvm_intel", &k);
	put(list, large(kvm, 100));
	find_kernels(&arena, root, "kvm_intel", &k);
	put(list, "kernel/a.ko\n");
	find_kernels(&arena, root, "kvm_intel", &k);
	assert_int_equal(k.n, 3);
	assert_int_equal(k.v[0].builtin, TRI_YES);
	assert_int_equal(k.v[1].builtin, TRI_UNKNOWN);
	assert_int_equal(k.v[2].builtin, TRI_NO);
}

/* The same name in a later folder is hidden; files are read in the order of their names. */
static void files_of_modprobe(void **state)
{
	struct conflicts out = { .n = 0 };
	struct boot_setting booted;

	(void)state;
	put("etc/modprobe.d/b.conf", "options kvm_intel nested=0\n");
	put("run/modprobe.d/b.conf", "options kvm_intel nested=0\n\noptions kvm_intel nested=0\n");
	put("lib/modprobe.d/a.conf", "blacklist kvm_intel\n");
	put("lib/modprobe.d/z.txt", "blacklist kvm_intel\n");
	find_conflicts(&arena, root, NULL, "kvm_intel", &booted, &out);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.v[0].where, "/lib/modprobe.d/a.conf:1");
	assert_string_equal(out.v[1].where, "/etc/modprobe.d/b.conf:1");
	assert_string_equal(out.v[1].line, "options kvm_intel nested=0");
}

static void kernels_newest_first(void **state)
{
	struct strings releases = { NULL, 0 };

	(void)state;
	assert_null(root_kernels(&arena, root, &releases, &unseen));
	/* Leftovers of a removed package, and names that are not releases, do not end the search. */
	put("usr/lib/modules/6.13.1/updates/x.ko", "");
	put("usr/lib/modules/old/modules.dep", "");
	assert_null(root_kernels(&arena, root, &releases, &unseen));
	put("lib/modules/6.9.12/modules.dep", "");
	put("lib/modules/6.12.9/modules.builtin", "");
	put("lib/modules/6.12.10-gone/source", "");
	assert_string_equal(root_kernels(&arena, root, &releases, &unseen), "lib/modules");
	assert_int_equal(releases.n, 2);
	assert_string_equal(releases.s[0], "6.12.9");
	assert_string_equal(releases.s[1], "6.9.12");
}

static void what_is_installed(void **state)
{
	struct installed s = { 0 };

	(void)state;
	assert_int_equal(installed_at(&arena, top, &s), -ENOENT);
	assert_int_equal(installed_at(&arena, in_root("nothing"), &s), -ENOENT);
	put("usr/lib/os-release", "NAME=Fedora\n");
	assert_int_equal(installed_at(&arena, top, &s), 0);
	assert_string_equal(s.name, "Fedora");
	assert_int_equal(s.kernels.n, 0);
	put("etc/os-release", "");
	assert_int_equal(installed_at(&arena, top, &s), 0);
	assert_string_equal(s.name, "Fedora");
	put("etc/os-release", "ID=x\n");
	put("usr/lib/modules/6.1.0-9/modules.dep", "");
	assert_int_equal(installed_at(&arena, top, &s), 0);
	assert_string_equal(s.name, "a system without a name");
	assert_int_equal(s.kernels.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_link_leads_out, make, drop),
		cmocka_unit_test_setup_teardown(larger_than_the_limit, make, drop),
		cmocka_unit_test_setup_teardown(a_disk_that_fails, make, drop),
		cmocka_unit_test_setup_teardown(a_long_list_of_modules, make, drop),
		cmocka_unit_test_setup_teardown(files_of_modprobe, make, drop),
		cmocka_unit_test_setup_teardown(kernels_newest_first, make, drop),
		cmocka_unit_test_setup_teardown(what_is_installed, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
