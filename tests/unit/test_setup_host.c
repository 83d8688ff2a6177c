// SPDX-License-Identifier: GPL-2.0-only
/* setup host: conflicts, the diff, the file's owner, kernels. */
#include "machine.h"

#include "lib/modprobe_conf.h"
#include "setup/host/change.h"
#include "setup/host/host.h"
#include "setup/kernels.h"

#define OURS CHANGE_FOLDER "/" CHANGE_NAME

static struct conflicts judge(struct arena *a, const char *path, const char *text)
{
	struct conf conf = { path, text };
	struct confs confs = { &conf, 1 };
	struct conflicts out = { .n = 0 };

	modprobe_conflicts(a, &confs, "kvm_intel", OURS, &out);
	return out;
}

static void precedence(void **state)
{
	static const struct {
		const char *path, *text;
		int weight; /* -1: nothing */
		const char *where;
	} rows[] = {
		{ "usr/lib/modprobe.d/zz.conf", "options kvm_intel nested=0", CONFLICT_OVERRIDES,
		  "zz.conf:1" },
		{ "usr/lib/modprobe.d/a.conf", "options kvm-intel nested=N\n", CONFLICT_OVERRIDDEN,
		  "a.conf:1" },
		{ "etc/modprobe.d/zz.conf", "options kvm_intel nested=1\n", -1, NULL },
		{ "etc/modprobe.d/zz.conf", "options kvm_intel nested=0 nested=1\n", -1, NULL },
		{ "etc/modprobe.d/zz.conf", "#options kvm_intel nested=0\n", -1, NULL },
		{ "etc/modprobe.d/zz.conf", "# x \\\noptions kvm_intel nested=0\n", -1, NULL },
		{ "etc/modprobe.d/zz.conf", "options kvm_amd nested=0\n", -1, NULL },
		{ "etc/modprobe.d/zz.conf", "\noptions \\\n kvm_intel nested=off\n",
		  CONFLICT_OVERRIDES, ":2" },
		{ "etc/modprobe.d/a.conf", "options kvm_intel nested=maybe\n", CONFLICT_OVERRIDES,
		  ":1" },
		{ "etc/modprobe.d/a.conf", "blacklist kvm_intel\n", CONFLICT_NEEDS_STEP, ":1" },
		{ "etc/modprobe.d/a.conf", "install kvm /bin/false\n", CONFLICT_OVERRIDES, ":1" },
		{ OURS, "options kvm_intel nested=0\n", -1, NULL },
	};
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conflicts out = judge(&a, rows[i].path, rows[i].text);

		if (rows[i].weight < 0) {
			if (out.n)
				fail_msg("row %zu: %s", i, out.v[0].why);
			continue;
		}
		assert_int_equal(out.n, 1);
		assert_int_equal(out.v[0].weight, rows[i].weight);
		assert_non_null(strstr(out.v[0].where, rows[i].where));
	}
	arena_free(&a);
}

/* The last line of another file that counts, if it turns nesting on. */
static void already_on(void **state)
{
	static const struct {
		const char *text, *by;
	} rows[] = {
		{ "options kvm-intel nested=y\n", "/etc/modprobe.d/dist.conf:1" },
		{ "#\noptions kvm_intel ept=1 nested\n", "/etc/modprobe.d/dist.conf:2" },
		{ "options kvm_intel nested=0\noptions kvm_intel nested=1\n",
		  "/etc/modprobe.d/dist.conf:2" },
		{ "options kvm_intel nested=1\noptions kvm_intel nested=0\n", NULL },
		{ "options kvm_intel ept=1\n", NULL },
		{ "options kvm_amd nested=1\n", NULL },
		{ "#options kvm_intel nested=1\n", NULL },
	};
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conflicts out = judge(&a, "etc/modprobe.d/dist.conf", rows[i].text);

		if (rows[i].by)
			assert_string_equal(out.on_by, rows[i].by);
		else
			assert_null(out.on_by);
	}
	assert_null(judge(&a, OURS, "options kvm_intel nested=1\n").on_by);
	arena_free(&a);
}

static void order_by_name(void **state)
{
	struct conf v[] = { { "etc/modprobe.d/z.conf", "" }, { "lib/modprobe.d/a.conf", "" } };
	struct confs c = { v, 2 };

	(void)state;
	modprobe_order(&c);
	assert_string_equal(v[0].path, "lib/modprobe.d/a.conf");
	assert_false(modprobe_reads("." CHANGE_NAME));
}

static void command_lines(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		enum tri nested;
	} rows[] = {
		{ "ro quiet kvm_intel.nested=0", 1, TRI_NO },
		{ "GRUB_CMDLINE_LINUX=\"kvm-intel.nested=N\"", 1, TRI_NO },
		{ "kvm_intel.nested=0 kvm_intel.nested=1", 0, TRI_YES },
		{ "# kvm_intel.nested=0", 0, TRI_UNKNOWN },
		{ "kvm_amd.nested=0 xkvm_intel.nested=0", 0, TRI_UNKNOWN },
		{ "module_blacklist=nouveau,kvm-intel", 1, TRI_UNKNOWN },
		{ "module_blacklist=kvm_intel2", 0, TRI_UNKNOWN },
		{ "kernelopts=kvm_intel.nested=0", 1, TRI_NO },
		{ "GRUB_CMDLINE_LINUX=module_blacklist=kvm_intel", 1, TRI_UNKNOWN },
		{ "GRUB_CMDLINE_LINUX+=kvm_intel.nested=1", 0, TRI_YES },
		{ "a=b=kvm_intel.nested=0", 0, TRI_UNKNOWN },
	};
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conflicts out = { .n = 0 };
		enum tri nested = TRI_UNKNOWN;

		boot_conflicts(&a, "/x", true, rows[i].text, "kvm_intel", &nested, &out);
		if (out.n != rows[i].n || nested != rows[i].nested)
			fail_msg("%s: %zu, %d", rows[i].text, out.n, (int)nested);
	}
	arena_free(&a);
}

#define NESTED_OFF "options kvm_intel nested=0\n"

/* The first ones are kept, all are counted, and a line only as far as it can be shown. */
static void many_conflicts(void **state)
{
	struct text t = { 0 };
	struct arena a = { NULL };
	struct conflicts out;

	(void)state;
	for (size_t i = 0; i < CONFLICTS_KEPT; i++)
		text_add(&t, NESTED_OFF);
	out = judge(&a, "etc/modprobe.d/a.conf", t.s);
	assert_int_equal(out.n, CONFLICTS_KEPT);
	assert_int_equal(out.more, 0);
	assert_false(out.overrides);
	text_add(&t, NESTED_OFF);
	text_add(&t, "install kvm_intel /bin/false\n");
	out = judge(&a, "etc/modprobe.d/a.conf", t.s);
	assert_int_equal(out.n, CONFLICTS_KEPT);
	assert_int_equal(out.more, 2);
	assert_true(out.overrides);
	text_free(&t);

	text_addf(&t, "options kvm_intel nested=0 %0*d\n", CONFLICT_LINE_MAX, 0);
	out = judge(&a, "etc/modprobe.d/a.conf", t.s);
	assert_int_equal(strlen(out.v[0].line), CONFLICT_LINE_MAX + strlen("..."));
	text_free(&t);
	arena_free(&a);
}

/* Blanks in front of a comment, and where a line's number comes from. */
static void lines_of_a_boot_loader(void **state)
{
	static const char text[] = "\n \t # kvm_intel.nested=0\n\n  linux kvm_intel.nested=0\n";
	struct arena a = { NULL };
	struct conflicts out = { .n = 0 };
	enum tri nested = TRI_UNKNOWN;

	(void)state;
	boot_conflicts(&a, "/x", true, text, "kvm_intel", &nested, &out);
	assert_int_equal(out.n, 1);
	assert_string_equal(out.v[0].where, "/x:4");
	boot_conflicts(&a, "the line", false, " # kvm_intel.nested=0", "kvm_intel", &nested, &out);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.v[1].where, "the line");
	arena_free(&a);
}

static void where_a_setting_is_kept(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
		{ "a\n          content: options kvm_intel nested=1", 2 },
		{ "boot.extraModprobeConfig = \"options kvm-intel nested=Y\";", 1 },
		{ "- \"echo 'options kvm_intel ept=1 nested=1' >/etc/modprobe.d/a\"", 1 },
		{ "args: quiet kvm_intel.nested=1, x", 1 },
		{ "options kvm_intel nested=1\nmodprobe kvm_intel\n", 1 },
		{ "options kvm_intel nested=1\noptions kvm_intel nested=0\n", 0 },
		{ "options kvm_intel nested=0 nested=1", 1 },
		{ "  # options kvm_intel nested=1", 0 },
		{ "options kvm_amd nested=1", 0 },
		{ "options kvm_intel\nnested=1", 0 },
		{ "options kvm_intel xnested=1", 0 },
		{ "options kvm_intel nested=maybe", 0 },
		{ "modprobe kvm", 0 },
		{ "nested=1 kvm_intel", 0 },
		{ "kvm_intel", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (kept_line(rows[i].text, "kvm_intel") != rows[i].line)
			fail_msg("%s: %u", rows[i].text, kept_line(rows[i].text, "kvm_intel"));
}

/* Of a live system, of overlayroot, of a container: lines of proc_pid_mountinfo(5). */
static void upper_layer(void **state)
{
	static const char live[] =
		"24 1 0:22 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs,"
		"upperdir=/run/live/overlay/rw,workdir=/run/live/overlay/work\n"
		"25 24 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw\n"
		"26 24 8:1 / /etc rw - ext4 /dev/sda1 rw\n"
		"27 24 0:30 / /home rw - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c\n";
	struct arena a = { NULL };

	(void)state;
	assert_string_equal(mount_upper(&a, live, "/"), "/run/live/overlay/rw");
	assert_string_equal(mount_upper(&a, live, "/etcetera/x"), "/run/live/overlay/rw");
	assert_null(mount_upper(&a, live, "/etc"));
	assert_null(mount_upper(&a, live, "/etc/modprobe.d"));
	assert_string_equal(mount_upper(&a, live, "/home/x"), "/b");
	assert_null(mount_upper(&a, "1 2 3 / / rw - overlay overlay ro,lowerdir=/a\n", "/etc"));
	assert_null(mount_upper(&a, "", "/etc"));
	assert_null(mount_upper(&a, NULL, "/etc"));
	assert_null(mount_upper(&a, "1 2\n\n \n", "/etc"));
	arena_free(&a);
}

static void taken_off(void **state)
{
	const char *words[] = { "a.b=1", "x y", "zz" };
	struct strings less = { words, 3 };
	char text[] = "quiet a.b=1 a.b=1 x y\nzzz a.b=10";

	(void)state;
	boot_take_off(text, &less);
	assert_string_equal(text, "quiet       a.b=1    \nzzz a.b=10");
	assert_string_equal(words[0], "");
	assert_string_equal(words[2], "zz");
}

static void kernels(void **state)
{
	struct arena a = { NULL };
	const char *what;

	(void)state;
	assert_true(release_compare("6.12.9", "6.9.12") < 0);
	assert_true(release_compare("6.1.0-9", "6.1.0-40") > 0);
	assert_int_equal(release_compare("6.1", "6.1"), 0);
	assert_true(builtin_lists("kernel/a.ko\nkernel/kvm/kvm-intel.ko\n", "kvm_intel"));
	assert_false(builtin_lists("kernel/kvm/kvm-intel-x.ko\n", "kvm_intel"));
	assert_false(builtin_lists("kernel/kvm/kvm.ko\n", "kvm_intel"));
	assert_int_equal(kernel_unsafe(&a, "6.12.90", NULL, VENDOR_INTEL, &what), TRI_YES);
	assert_non_null(strstr(what, "CVE-2026-53359"));
	assert_non_null(strstr(what, "6.12.95"));
	assert_int_equal(kernel_unsafe(&a, "6.12.90-amd64", NULL, VENDOR_INTEL, &what),
			 TRI_UNKNOWN);
	assert_int_equal(kernel_unsafe(&a, "6.12.117", NULL, VENDOR_INTEL, &what), TRI_NO);
	assert_int_equal(initramfs_line("# kvm\nmsr\nkvm_intel\n"), 3);
	assert_int_equal(initramfs_line("omit_drivers+=\" kvm \"\nlibkvm\n"), 0);
	assert_int_equal(initramfs_line("            # kvm\n\tkvm # x\n"), 2);
	assert_int_equal(initramfs_line("msr\n        # kvm"), 0);
	arena_free(&a);
}

static void diff(void **state)
{
	struct text t = { 0 };

	(void)state;
	change_diff(&t, "/etc/x", "a\nb", "a\nb");
	assert_int_equal(t.len, 0);
	change_diff(&t, "/etc/x", NULL, "a\n");
	assert_string_equal(t.s, "--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+a\n");
	text_free(&t);
	t = (struct text){ 0 };
	change_diff(&t, "/etc/x", "a\033[m\tb", NULL);
	assert_string_equal(t.s, "--- a/etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\\x1b[m\tb\n"
				 "\\ No newline at end of file\n");
	text_free(&t);
}

static void whose(void **state)
{
	static const struct change_record nothing, folder = { .made_folder = true };
	struct text t = { 0 };

	(void)state;
	change_contents(&t, "kvm_amd", &nothing);
	assert_int_equal(change_owner_of(t.s), OWNER_US);
	/* Any byte, a comment's as well. */
	for (size_t i = 0; i < t.len; i++) {
		t.s[i] ^= 1;
		assert_int_not_equal(change_owner_of(t.s), OWNER_US);
		t.s[i] ^= 1;
	}
	assert_int_equal(change_owner_of(t.s), OWNER_US);
	text_add(&t, "options kvm_amd npt=0\n");
	assert_int_equal(change_owner_of(t.s), OWNER_EDITED);
	text_free(&t);
	t = (struct text){ 0 };
	change_contents(&t, "kvm_intel", &folder);
	assert_int_equal(change_owner_of(t.s), OWNER_US);
	/* Without its last line, and with only a part of that. */
	*strstr(t.s, "# This file") = '\0';
	assert_int_equal(change_owner_of(t.s), OWNER_EDITED);
	text_free(&t);
	assert_int_equal(change_owner_of(NULL), OWNER_NOBODY);
	assert_int_equal(change_owner_of(""), OWNER_ANOTHER);
	assert_int_equal(change_owner_of("options kvm_intel nested=1\n"), OWNER_ANOTHER);
}

static void records(void **state)
{
	struct change_record in = { .kept = true }, out;
	struct text t = { 0 };

	(void)state;
	memset(in.digest, 'a', SHA256_HEX - 1);
	for (int i = 0; i < 4; i++) {
		in.made_folder = i & 1;
		in.kept = i & 2;
		t.len = 0;
		change_contents(&t, "kvm_intel", &in);
		assert_true(change_record_of(t.s, &out));
		assert_int_equal(out.made_folder, in.made_folder);
		assert_int_equal(out.kept, in.kept);
		assert_string_equal(out.digest, in.kept ? in.digest : "");
	}
	/* Cut off, or not a digest. */
	*strstr(t.s, "aaaa\n") = 'g';
	assert_false(change_record_of(t.s, &out));
	*strstr(t.s, "gaaa\n") = '\0';
	assert_false(change_record_of(t.s, &out));
	assert_false(change_record_of(NULL, &out));
	text_free(&t);
}

/* Texts of versions without a record, word for word. */
static void early_versions(void **state)
{
	static const char *const texts[] = {
		"# Written by nestcheck setup host: KVM's guests may nest.\n"
		"# To undo: nestcheck setup host undo. It brings back what was here before\n"
		"# (nestcheck-kvm.conf.before-nestcheck), or where there was nothing\n"
		"# deletes this file.\n"
		"options kvm_amd nested=1\n",
		"# Written by nestcheck setup host: KVM's guests may nest.\n"
		"# To undo: nestcheck setup host undo, or from the live image\n"
		"# nestcheck setup disk DEVICE --undo. It brings back what was here before\n"
		"# (nestcheck-kvm.conf.before-nestcheck), or where there was nothing\n"
		"# deletes this file.\n"
		"# This folder was made for it, too.\n"
		"options kvm_intel nested=1\n",
	};
	struct change_record r;
	struct text t = { .raw = true };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(change_owner_of(texts[i]), OWNER_US);
		assert_false(change_record_of(texts[i], &r));
		assert_int_equal(r.made_folder, i == 1);
		t.len = 0;
		text_addf(&t, "%s# mine\n", texts[i]);
		assert_int_equal(change_owner_of(t.s), OWNER_EDITED);
	}
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precedence),
		cmocka_unit_test(order_by_name),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(many_conflicts),
		cmocka_unit_test(lines_of_a_boot_loader),
		cmocka_unit_test(where_a_setting_is_kept),
		cmocka_unit_test(upper_layer),
		cmocka_unit_test(taken_off),
		cmocka_unit_test(kernels),
		cmocka_unit_test(diff),
		cmocka_unit_test(whose),
		cmocka_unit_test(records),
		cmocka_unit_test(already_on),
		cmocka_unit_test(early_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
