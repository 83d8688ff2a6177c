// SPDX-License-Identifier: GPL-2.0-only
/* The lines of modprobe.d that are kept. */
#include "root.h"

#include <stdlib.h>
#include <unistd.h>

#include "facts/collect.h"
#include "facts/sysfs.h"
#include "lib/output.h"

static void lines_about_kvm(void **state)
{
	static const char *const wanted[] = {
		"options kvm_intel nested=0",	"options kvm-amd nested=1 npt=0",
		"  options\tkvm ignore_msrs=1", "blacklist kvm",
		"install kvm_intel /bin/false", "alias something kvm_amd",
		"softdep kvm pre: irqbypass",	"blacklist vboxdrv",
	};
	static const char *const others[] = {
		"",
		"#options kvm_intel nested=0",
		"  # blacklist kvm",
		"kvm_intel",
		"options kvmgt x=1",
		"options snd kvm=1",
		"options i915 enable_guc=3",
		"softdep vfio pre: something kvm",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!modprobe_line_wanted(wanted[i]))
			fail_msg("not taken: %s", wanted[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (modprobe_line_wanted(others[i]))
			fail_msg("taken: %s", others[i]);
}

/* The name decides, not the directory. */
static void order_of_files(void **state)
{
	const char *s[] = { "/etc/modprobe.d/kvm.conf", "/etc/modprobe.d/z.conf",
			    "/usr/lib/modprobe.d/a.conf", "/usr/lib/modprobe.d/qemu.conf" };
	struct strings paths = { s, 4 };

	(void)state;
	modprobe_sort(&paths);
	assert_string_equal(s[0], "/usr/lib/modprobe.d/a.conf");
	assert_string_equal(s[1], "/etc/modprobe.d/kvm.conf");
	assert_string_equal(s[2], "/usr/lib/modprobe.d/qemu.conf");
	assert_string_equal(s[3], "/etc/modprobe.d/z.conf");
}

static struct strings recorded(struct arena *a, const char *line, size_t times)
{
	struct strings out = { NULL, 0 };
	struct text t = { 0 };

	for (size_t i = 0; i < times; i++)
		text_addf(&t, "# a comment\n%s\n", line);
	modprobe_lines(a, "/x", t.s ? t.s : "", &out);
	text_free(&t);
	return out;
}

/* What is not recorded is said where it would stand, as a comment. */
static void limits(void **state)
{
	char line[5000] = "options kvm_intel nested=0 ";
	struct arena a = { NULL };
	struct strings out;

	(void)state;
	assert_int_equal(recorded(&a, "options kvm nested=1", 0).n, 0);
	out = recorded(&a, "options kvm nested=1", 1024);
	assert_int_equal(out.n, 1024);
	assert_string_equal(out.s[1023], "/x: options kvm nested=1");
	out = recorded(&a, "options kvm nested=1", 3000);
	assert_int_equal(out.n, 1025);
	assert_string_equal(out.s[1024], "/x: # nestcheck: only the first 1024 lines are recorded");

	memset(line + strlen(line), 'x', 4096 - strlen(line));
	out = recorded(&a, line, 1);
	assert_int_equal(out.n, 1);
	assert_int_equal(strlen(out.s[0]), strlen("/x: ") + 4096);
	strcat(line, " nested=1");
	out = recorded(&a, line, 2);
	assert_int_equal(out.n, 4);
	assert_int_equal(strlen(out.s[2]), strlen("/x: ") + 4096);
	assert_string_equal(
		out.s[3],
		"/x: # nestcheck: only the first 4096 characters of that line are recorded");
	assert_false(modprobe_line_wanted(strchr(out.s[3], '#')));
	arena_free(&a);
}

/* A file of the limit is whole, and of one byte more the limit is read. */
static void limit_of_a_file(void **state)
{
	char path[] = "/tmp/nestcheck-long-XXXXXX";
	struct arena a = { NULL };
	int fd = mkstemp(path);
	const char *text;
	int err;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	assert_int_equal(pwrite(fd, "yz", 2, SYS_LONG_MAX - 1), 2);
	text = sys_read_long(&a, path, &err);
	assert_int_equal(err, -EFBIG);
	assert_int_equal(strlen(text), SYS_LONG_MAX);
	assert_int_equal(text[1], '?');
	assert_int_equal(text[SYS_LONG_MAX - 1], 'y');
	assert_int_equal(ftruncate(fd, SYS_LONG_MAX), 0);
	text = sys_read_long(&a, path, &err);
	assert_int_equal(err, 0);
	assert_int_equal(text[SYS_LONG_MAX - 1], 'y');
	close(fd);
	unlink(path);
	assert_null(sys_read_long(&a, path, &err));
	assert_int_equal(err, -ENOENT);
	arena_free(&a);
}

/* What is not read to its end is not taken for all of it. */
static void what_cannot_be_read(void **state)
{
	struct strings out = { NULL, 0 };
	const char *path;
	int err;

	(void)state;
	put("a.conf", "options kvm_intel nested=1\noptions kvm_intel nested=0\n");
	path = in_root("a.conf");
	for (int n = 0; n < 2; n++) {
		reads_left = n;
		assert_null(sys_read_long(&arena, path, &err));
		assert_int_equal(err, -EIO);
		reads_left = n;
		modprobe_read(&arena, path, &out);
	}
	reads_left = READS_MANY;
	modprobe_read(&arena, path, &out);
	modprobe_read(&arena, in_root("missing.conf"), &out);
	assert_int_equal(out.n, 4);
	for (int n = 0; n < 2; n++)
		assert_non_null(strstr(out.s[n], "# nestcheck: not read: Input/output error"));

	put("list", "kernel/a.ko: x\nkernel/kvm-intel.ko:\n");
	assert_int_equal(module_listed(in_root("list"), "kvm_intel"), 1);
	assert_int_equal(module_listed(in_root("list"), "kvm_amd"), 0);
	assert_int_equal(module_listed(in_root("missing"), "kvm_amd"), -ENOENT);
	/* It can be opened, and its read() fails. */
	put("folder/x", "");
	assert_int_equal(module_listed(in_root("folder"), "kvm_amd"), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_about_kvm),
		cmocka_unit_test(order_of_files),
		cmocka_unit_test(limits),
		cmocka_unit_test(limit_of_a_file),
		cmocka_unit_test_setup_teardown(what_cannot_be_read, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
