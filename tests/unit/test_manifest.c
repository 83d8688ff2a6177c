// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which files are not as built, and whether there is a further initrd at all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/manifest.h"

/* FIPS 180-4's example: SHA-256 of "abc"; and of nothing. */
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void lines(void **state)
{
	const char *digest, *path;
	char good[] = ABC "  /bin/nestcheck";
	char bad[][96] = { "", "  /init", ABC, "abc  /init", ABC " /init", "size:12  /x", "/init" };

	(void)state;
	assert_true(manifest_line(good, &digest, &path));
	assert_string_equal(digest, ABC);
	assert_string_equal(path, "/bin/nestcheck");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(manifest_line(bad[i], &digest, &path));
}

static void put(const char *root, const char *path, const char *text)
{
	char name[256];
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", root, path);
	f = fopen(name, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *modified(const char *root, enum manifest_use use)
{
	static char text[256];
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };

	text[0] = 0;
	manifest_compare(&a, root, use, &out);
	for (size_t i = 0; i < out.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", out.s[i]);
	arena_free(&a);
	return text;
}

/* A root with a list of these lines, in which every file holds "abc" ("/empty" nothing). */
static const char *const folders[] = { "/etc", "/etc/nestcheck", "/bin",
				       "/lib", "/lib/modules",	 "/lib/modules/disk" };
static const char *const files[] = {
	"/init",	"/bin/nestcheck",      "/bin/busybox",
	"/lib/vmlinux", "/lib/modules/kvm.ko", "/lib/modules/disk/sd.ko",
	"/empty",
};

static void make_root(char *root, const char *list)
{
	char name[256];

	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", root, folders[i]);
		assert_int_equal(mkdir(name, 0755), 0);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(root, files[i], strcmp(files[i], "/empty") ? "abc" : "");
	put(root, MANIFEST_PATH, list);
}

static void delete_root(const char *root)
{
	char name[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", root, files[i]);
		remove(name);
	}
	snprintf(name, sizeof(name), "%s" MANIFEST_PATH, root);
	remove(name);
	for (size_t i = sizeof(folders) / sizeof(folders[0]); i-- > 0;) {
		snprintf(name, sizeof(name), "%s%s", root, folders[i]);
		assert_int_equal(rmdir(name), 0);
	}
	assert_int_equal(rmdir(root), 0);
}

#define LIST                                                                                 \
	ABC "  /init\n" ABC "  /bin/nestcheck\n" EMPTY "  /empty\n" ABC "  /bin/busybox\n"   \
	    "nonsense\n" ABC "  /lib/modules/kvm.ko\n" ABC "  /lib/modules/disk/sd.ko\n" ABC \
	    "  /lib/vmlinux\n"

static void compare(void **state)
{
	char root[] = "/tmp/nestcheck-manifest-XXXXXX", name[256];

	(void)state;
	make_root(root, LIST);
	assert_string_equal(modified(root, MANIFEST_ALL), "");
	put(root, "/init", "abd");
	assert_string_equal(modified(root, MANIFEST_ALL), "/init ");
	put(root, "/init", "");
	put(root, "/empty", "x");
	/* Of the same size. */
	put(root, "/lib/vmlinux", "xyz");
	assert_string_equal(modified(root, MANIFEST_ALL), "/init /empty /lib/vmlinux ");
	/* Gone, a link, a folder. */
	put(root, "/empty", "");
	put(root, "/lib/vmlinux", "abc");
	snprintf(name, sizeof(name), "%s/init", root);
	unlink(name);
	assert_string_equal(modified(root, MANIFEST_ALL), "/init ");
	assert_int_equal(symlink("/dev/null", name), 0);
	assert_string_equal(modified(root, MANIFEST_ALL), "/init ");
	unlink(name);
	mkdir(name, 0755);
	assert_string_equal(modified(root, MANIFEST_ALL), "/init ");
	delete_root(root);
}

static void uses(void **state)
{
	char root[] = "/tmp/nestcheck-manifest-XXXXXX";

	(void)state;
	make_root(root, LIST);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(root, files[i], "abd");
	assert_string_equal(modified(root, MANIFEST_BY_INIT), "/bin/nestcheck ");
	assert_string_equal(modified(root, MANIFEST_BY_RUN), "/init /empty /lib/modules/kvm.ko ");
	assert_string_equal(modified(root, MANIFEST_BY_CHAIN),
			    "/init /empty /lib/modules/kvm.ko /lib/vmlinux ");
	assert_string_equal(modified(root, MANIFEST_ALL),
			    "/init /bin/nestcheck /empty /bin/busybox /lib/modules/kvm.ko "
			    "/lib/modules/disk/sd.ko /lib/vmlinux ");
	delete_root(root);
}

/* A list that is not there, or that says nothing of what has to run, is replaced itself. */
static void no_list(void **state)
{
	static const char *const lists[] = { "", "nonsense\n", ABC "  /init\n",
					     ABC "  /bin/nestcheck\n" };
	char name[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char root[] = "/tmp/nestcheck-manifest-XXXXXX";

		make_root(root, lists[i]);
		assert_string_equal(modified(root, MANIFEST_BY_INIT), MANIFEST_PATH " ");
		snprintf(name, sizeof(name), "%s" MANIFEST_PATH, root);
		unlink(name);
		assert_string_equal(modified(root, MANIFEST_BY_RUN), MANIFEST_PATH " ");
		delete_root(root);
	}
}

/* Documentation/admin-guide/kernel-parameters.txt: rdinit=, initrdmem=, initrd=. */
static void words(void **state)
{
	static const struct {
		const char *cmdline, *init;
		bool initrd;
	} rows[] = {
		{ "", NULL, false },
		{ "console=ttyS0 quiet init=/x noinitrd xrdinit=/a xinitrd=1", NULL, false },
		{ "rdinit=/lab", "/lab", false },
		{ "quiet rdinit=/init", NULL, false },
		{ "rdinit=/lab rdinit=/init", NULL, false },
		{ "rdinit=/init rdinit=/lab\n", "/lab", false },
		{ "\"rdinit=/a b\" x", "/a b", false },
		{ "rdinit=\"/a b\"", "/a b", false },
		{ "rdinit=", "", false },
		{ "x=\"a rdinit=/lab\" y", NULL, false },
		{ "x -- rdinit=/lab initrdmem=1,2", NULL, false },
		{ "initrdmem=0x1000,2", NULL, true },
		{ "a initrd=0x1000,2 rdinit=/lab", "/lab", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = { NULL };
		struct boot_words w = boot_words(&a, rows[i].cmdline);

		assert_int_equal(w.initrd, rows[i].initrd);
		if (rows[i].init)
			assert_string_equal(w.init, rows[i].init);
		else
			assert_null(w.init);
		arena_free(&a);
	}
}

/* zero-page.rst: 0x0c4 ext_ramdisk_size, 0x21c ramdisk_size. */
static void initrd(void **state)
{
	static uint8_t params[4096];

	(void)state;
	assert_int_equal(boot_params_initrd(params, 0), TRI_UNKNOWN);
	assert_int_equal(boot_params_initrd(params, 0x21f), TRI_UNKNOWN);
	assert_int_equal(boot_params_initrd(params, sizeof(params)), TRI_NO);
	params[0x218] = params[0x220] = params[0xc0] = params[0xc8] = 1;
	assert_int_equal(boot_params_initrd(params, sizeof(params)), TRI_NO);
	params[0x21f] = 1;
	assert_int_equal(boot_params_initrd(params, sizeof(params)), TRI_YES);
	params[0x21f] = 0;
	params[0xc4] = 1;
	assert_int_equal(boot_params_initrd(params, sizeof(params)), TRI_YES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),   cmocka_unit_test(compare), cmocka_unit_test(uses),
		cmocka_unit_test(no_list), cmocka_unit_test(words),   cmocka_unit_test(initrd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
