// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which files are not as built, and whether the kernel unpacked a further initrd at all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/manifest.h"

/* `b2sum -l 256` of "abc", and of nothing. */
#define ABC   "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define EMPTY "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"

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

/* What init passes on. */
static void found(void **state)
{
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };

	(void)state;
	manifest_add_found(&a, "", &out);
	assert_int_equal(out.n, 0);
	manifest_add_found(&a, "/bin/busybox\n\n/lib/a b\nrdinit=/bin/sh", &out);
	assert_int_equal(out.n, 3);
	assert_string_equal(out.s[0], "/bin/busybox");
	assert_string_equal(out.s[1], "/lib/a b");
	assert_string_equal(out.s[2], "rdinit=/bin/sh");
	arena_free(&a);
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
	assert_string_equal(modified(root), "");
	put(root, "/init", "abd");
	assert_string_equal(modified(root), "/init ");
	put(root, "/init", "");
	put(root, "/empty", "x");
	/* Of the same size. */
	put(root, "/lib/vmlinux", "xyz");
	assert_string_equal(modified(root), "/init /empty /lib/vmlinux ");
	/* Gone, a link, a folder. */
	put(root, "/empty", "");
	put(root, "/lib/vmlinux", "abc");
	snprintf(name, sizeof(name), "%s/init", root);
	unlink(name);
	assert_string_equal(modified(root), "/init ");
	assert_int_equal(symlink("/dev/null", name), 0);
	assert_string_equal(modified(root), "/init ");
	unlink(name);
	mkdir(name, 0755);
	assert_string_equal(modified(root), "/init ");
	delete_root(root);
}

/* Each that differs, in the order of the list. */
static void all(void **state)
{
	char root[] = "/tmp/nestcheck-manifest-XXXXXX";

	(void)state;
	make_root(root, LIST);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(root, files[i], "abd");
	assert_string_equal(modified(root),
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
		assert_string_equal(modified(root), MANIFEST_PATH " ");
		snprintf(name, sizeof(name), "%s" MANIFEST_PATH, root);
		unlink(name);
		assert_string_equal(modified(root), MANIFEST_PATH " ");
		delete_root(root);
	}
}

/* Documentation/admin-guide/kernel-parameters.txt: rdinit= */
static void rdinit(void **state)
{
	static const struct {
		const char *cmdline, *init;
	} rows[] = {
		{ "", NULL },
		{ "console=ttyS0 quiet init=/x noinitrd xrdinit=/a", NULL },
		{ "rdinit=/lab", "/lab" },
		{ "quiet rdinit=/init", NULL },
		{ "rdinit=/lab rdinit=/init", NULL },
		{ "rdinit=/init rdinit=/lab\n", "/lab" },
		{ "\"rdinit=/a b\" x", "/a b" },
		{ "rdinit=\"/a b\"", "/a b" },
		{ "rdinit=", "" },
		{ "x=\"a rdinit=/lab\" y", NULL },
		{ "x -- rdinit=/lab", NULL },
		{ "a initrd=0x1000,2 rdinit=/lab", "/lab" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = { NULL };
		const char *init = boot_rdinit(&a, rows[i].cmdline);

		if (rows[i].init)
			assert_string_equal(init, rows[i].init);
		else
			assert_null(init);
		arena_free(&a);
	}
}

#define VERSION	  "5,0,0,-;Linux version 6.12.117 (a@b)\n"
#define UNPACKING "6,1,45211,-;Unpacking initramfs...\n"
#define RUN	  "6,1,91342,-;Run /init as init process\n"

static void records(void **state)
{
	static const struct {
		const char *record;
		uint64_t seq;
		enum boot_record is;
	} rows[] = {
		{ VERSION, 0, BOOT_RECORD_OTHER },
		{ UNPACKING, 1, BOOT_RECORD_INITRD },
		{ "6,10,4,-,caller=T1;Unpacking initramfs...\n SUBSYSTEM=x\n", 10,
		  BOOT_RECORD_INITRD },
		{ "6,2,4,-;Trying to unpack rootfs image as initramfs...\n", 2,
		  BOOT_RECORD_INITRD },
		{ RUN, 1, BOOT_RECORD_INIT },
		{ "6,1,9,-;Run /bin/sh as init process\n", 1, BOOT_RECORD_INIT },
		/* A program's, a command line's, one that only contains it. */
		{ "14,1,9,-;Unpacking initramfs...\n", 1, BOOT_RECORD_OTHER },
		{ "12,1,9,-;Run /init as init process\n", 1, BOOT_RECORD_OTHER },
		{ "5,1,0,-;Command line: Unpacking initramfs...\n", 1, BOOT_RECORD_OTHER },
		{ "6,1,9,-;Unpacking initramfs... done\n", 1, BOOT_RECORD_OTHER },
		{ "6,1,9,-;Run dry\n", 1, BOOT_RECORD_OTHER },
		{ "6,1,9,-;\n", 1, BOOT_RECORD_OTHER },
		/* Not the one that has to come, or none. */
		{ VERSION, 1, BOOT_RECORD_LOST },
		{ UNPACKING, 0, BOOT_RECORD_LOST },
		{ "", 0, BOOT_RECORD_LOST },
		{ "6;Run /init as init process\n", 0, BOOT_RECORD_LOST },
		{ "6,0,9,-", 0, BOOT_RECORD_LOST },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(boot_record(rows[i].record, rows[i].seq), rows[i].is);
}

/* Sockets that keep each record whole, as /dev/kmsg does. */
static enum tri log_of(const char *const *log)
{
	int fds[2];
	enum tri out;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	for (; *log; log++)
		assert_int_equal(write(fds[1], *log, strlen(*log)), strlen(*log));
	out = boot_log_initrd(fds[0]);
	close(fds[0]);
	close(fds[1]);
	return out;
}

static void logs(void **state)
{
	static const struct {
		const char *log[4];
		enum tri initrd;
	} rows[] = {
		{ { VERSION, UNPACKING }, TRI_YES },
		{ { VERSION, RUN }, TRI_NO },
		/* After init has started, anybody can write what he likes. */
		{ { VERSION, RUN, "6,2,95000,-;Unpacking initramfs...\n" }, TRI_NO },
		/* The log ends too early, begins too late, has a hole, is empty. */
		{ { VERSION }, TRI_UNKNOWN },
		{ { RUN }, TRI_UNKNOWN },
		{ { VERSION, "6,2,91342,-;Run /init as init process\n" }, TRI_UNKNOWN },
		{ { NULL }, TRI_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(log_of(rows[i].log), rows[i].initrd);
	assert_int_equal(boot_log_initrd(-1), TRI_UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),   cmocka_unit_test(found),   cmocka_unit_test(compare),
		cmocka_unit_test(all),	   cmocka_unit_test(no_list), cmocka_unit_test(rdinit),
		cmocka_unit_test(records), cmocka_unit_test(logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
