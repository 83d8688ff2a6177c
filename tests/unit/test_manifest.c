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
	char good[] = ABC "  /bin/nestcheck", size[] = "size:12  /lib/vmlinux";
	char bad[][96] = { "", "  /init", ABC, "abc  /init", ABC " /init", "size 12  /x", "/init" };

	(void)state;
	assert_true(manifest_line(good, &digest, &path));
	assert_string_equal(digest, ABC);
	assert_string_equal(path, "/bin/nestcheck");
	assert_true(manifest_line(size, &digest, &path));
	assert_string_equal(digest, "size:12");
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

static const char *modified(const char *root)
{
	static char text[256];
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };

	text[0] = 0;
	manifest_compare(&a, root, &out);
	for (size_t i = 0; i < out.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", out.s[i]);
	arena_free(&a);
	return text;
}

static void compare(void **state)
{
	char root[] = "/tmp/nestcheck-manifest-XXXXXX", name[256];
	static const char *const made[] = {
		"/init",	  "/empty", "/vmlinux", "/etc/nestcheck/manifest",
		"/etc/nestcheck", "/etc",   ""
	};

	(void)state;
	assert_non_null(mkdtemp(root));
	/* No list: another root. */
	assert_string_equal(modified(root), "");
	snprintf(name, sizeof(name), "%s/etc", root);
	mkdir(name, 0755);
	snprintf(name, sizeof(name), "%s/etc/nestcheck", root);
	mkdir(name, 0755);
	put(root, MANIFEST_PATH, ABC "  /init\n" EMPTY "  /empty\nsize:3  /vmlinux\nnonsense\n");
	put(root, "/init", "abc");
	put(root, "/empty", "");
	put(root, "/vmlinux", "xyz");
	assert_string_equal(modified(root), "");
	put(root, "/init", "abd");
	assert_string_equal(modified(root), "/init ");
	put(root, "/init", "");
	put(root, "/empty", "x");
	put(root, "/vmlinux", "wxyz");
	assert_string_equal(modified(root), "/init /empty /vmlinux ");
	/* Gone, a link, a folder. */
	put(root, "/empty", "");
	put(root, "/vmlinux", "xyz");
	snprintf(name, sizeof(name), "%s/init", root);
	unlink(name);
	assert_string_equal(modified(root), "/init ");
	assert_int_equal(symlink("/dev/null", name), 0);
	assert_string_equal(modified(root), "/init ");
	unlink(name);
	mkdir(name, 0755);
	assert_string_equal(modified(root), "/init ");
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", root, made[i]);
		assert_int_equal(remove(name), 0);
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
		cmocka_unit_test(lines),
		cmocka_unit_test(compare),
		cmocka_unit_test(initrd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
