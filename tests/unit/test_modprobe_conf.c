// SPDX-License-Identifier: GPL-2.0-only
/* modprobe.d and parameters' values, as kmod and the kernel read them. */
#include "machine.h"

#include "lib/modprobe_conf.h"

/* kmod's freadline_wrapped(). */
static void lines(void **state)
{
	static const struct {
		const char *text, *line;
		unsigned int number;
		const char *second;
	} rows[] = {
		{ "a b\nc", "a b", 1, "c" },
		/* Joined without a space. */
		{ "options kvm_in\\\ntel nested=0\nx", "options kvm_intel nested=0", 2, "x" },
		{ "options kvm_intel \\\n nested=0", "options kvm_intel  nested=0", 2, NULL },
		{ "a\\\nb\\\nc\nd", "abc", 3, "d" },
		/* Before anything else it is lost. */
		{ "options kvm_intel neste\\d=0", "options kvm_intel nested=0", 1, NULL },
		{ "a \\\\ b", "a \\ b", 1, NULL },
		{ "\n\nx", "", 1, "" },
	};
	struct arena a = { NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = rows[i].text, *second;
		unsigned int number = 0;

		assert_string_equal(modprobe_next(&a, &text, &number), rows[i].line);
		assert_int_equal(number, rows[i].number);
		second = modprobe_next(&a, &text, &number);
		if (!rows[i].second)
			assert_null(second);
		else
			assert_string_equal(second, rows[i].second);
	}
	arena_free(&a);
}

static void words(void **state)
{
	const char *rest, *value;
	size_t len;

	(void)state;
	assert_true(modprobe_is_line("options kvm-intel nested=0", "options", "kvm_intel", &rest));
	assert_true(modprobe_is_line("\toptions  kvm_intel", "options", "kvm_intel", &rest));
	assert_false(modprobe_is_line("option kvm_intel", "options", "kvm_intel", &rest));
	assert_false(modprobe_is_line("options kvm_intel2 x", "options", "kvm_intel", &rest));
	assert_false(modprobe_is_line("options kvm nested=0", "options", "kvm_intel", &rest));
	assert_false(modprobe_is_line("", "options", "kvm_intel", &rest));
	/* The last one counts; a part of a name does not match. */
	assert_true(modprobe_find_option(" nested=0 ept=1 nested=1", "nested", &value, &len));
	assert_int_equal(len, 1);
	assert_memory_equal(value, "1", 1);
	assert_true(modprobe_find_option("nested=0 nested", "nested", &value, &len));
	assert_null(value);
	assert_true(modprobe_find_option("nested=", "nested", &value, &len));
	assert_int_equal(len, 0);
	assert_non_null(value);
	assert_true(modprobe_find_option("enable-apicv=0", "enable_apicv", &value, &len));
	assert_false(modprobe_find_option("nested_x=0 xnested=1 nest=1", "nested", &value, &len));
}

static void install_bans(void **state)
{
	static const struct {
		const char *command;
		bool bans;
	} rows[] = {
		{ " /bin/false", true },
		{ " /usr/bin/true", true },
		{ "\ttrue", true },
		{ " :", true },
		{ " /bin/true # not on this machine", true },
		{ " /sbin/modprobe --ignore-install kvm", false },
		{ " /sbin/modprobe --ignore-install kvm || /bin/true", false },
		{ " /sbin/modprobe -i kvm_intel && { /sbin/modprobe kvm || /bin/true; }", false },
		{ " /bin/false || /sbin/modprobe -i kvm", false },
		{ " /bin/true; /sbin/modprobe -i kvm", false },
		{ " /usr/local/bin/true-load", false },
		{ " /bin/falsehood", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (modprobe_install_bans(rows[i].command) != rows[i].bans)
			fail_msg("\"%s\" should %sban", rows[i].command,
				 rows[i].bans ? "" : "not ");
}

static void values(void **state)
{
	static const struct {
		const char *value;
		enum tri intel, amd;
	} rows[] = {
		{ "1", TRI_YES, TRI_YES },
		{ "0", TRI_NO, TRI_NO },
		{ "Y", TRI_YES, TRI_UNKNOWN },
		{ "y", TRI_YES, TRI_UNKNOWN },
		{ "N", TRI_NO, TRI_UNKNOWN },
		{ "no", TRI_NO, TRI_UNKNOWN },
		{ "f", TRI_NO, TRI_UNKNOWN },
		{ "F", TRI_NO, TRI_UNKNOWN },
		{ "false", TRI_NO, TRI_UNKNOWN },
		{ "true", TRI_YES, TRI_UNKNOWN },
		{ "on", TRI_YES, TRI_UNKNOWN },
		{ "ON", TRI_YES, TRI_UNKNOWN },
		{ "off", TRI_NO, TRI_UNKNOWN },
		{ "OFF", TRI_NO, TRI_UNKNOWN },
		{ "oF", TRI_NO, TRI_UNKNOWN },
		{ "o", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "\"1\"", TRI_YES, TRI_YES },
		{ "\"0\"", TRI_NO, TRI_NO },
		{ "2", TRI_UNKNOWN, TRI_YES },
		{ "0x1", TRI_NO, TRI_YES },
		{ "-1", TRI_UNKNOWN, TRI_YES },
		{ "", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "maybe", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "1x", TRI_YES, TRI_UNKNOWN },
		{ "t", TRI_YES, TRI_UNKNOWN },
		{ "T", TRI_YES, TRI_UNKNOWN },
		{ "yes", TRI_YES, TRI_UNKNOWN },
		{ "NO", TRI_NO, TRI_UNKNOWN },
		{ "On", TRI_YES, TRI_UNKNOWN },
		{ "oN", TRI_YES, TRI_UNKNOWN },
		{ "Of", TRI_NO, TRI_UNKNOWN },
		{ "ox", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "0x0", TRI_NO, TRI_NO },
		{ "0X1", TRI_NO, TRI_YES },
		{ "0x", TRI_NO, TRI_UNKNOWN },
		{ "00", TRI_NO, TRI_NO },
		{ "01", TRI_NO, TRI_YES },
		{ "08", TRI_NO, TRI_UNKNOWN },
		{ "+1", TRI_UNKNOWN, TRI_YES },
		{ "+0", TRI_UNKNOWN, TRI_NO },
		{ "-0", TRI_UNKNOWN, TRI_NO },
		{ "-", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "2147483647", TRI_UNKNOWN, TRI_YES },
		{ "2147483648", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "-2147483648", TRI_UNKNOWN, TRI_YES },
		{ "99999999999999999999", TRI_UNKNOWN, TRI_UNKNOWN },
		{ "10", TRI_YES, TRI_YES },
		{ "\"Y\"", TRI_YES, TRI_UNKNOWN },
		{ "\"off\"", TRI_NO, TRI_UNKNOWN },
		{ "\"0", TRI_NO, TRI_NO },
		{ "e", TRI_UNKNOWN, TRI_UNKNOWN },
		{ NULL, TRI_YES, TRI_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *v = rows[i].value;
		size_t len = v ? strlen(v) : 0;

		if (param_nested("kvm_intel", v, len) != rows[i].intel)
			fail_msg("kvm_intel nested=%s", v ? v : "(none)");
		if (param_nested("kvm_amd", v, len) != rows[i].amd)
			fail_msg("kvm_amd nested=%s", v ? v : "(none)");
	}
}

/* What sysfs shows, and what people write in its place; whoever reads it, it is the same. */
static void read_back(void **state)
{
	static const struct {
		const char *value;
		enum tri is;
	} rows[] = {
		{ "Y", TRI_YES },     { "N", TRI_NO },	     { "1", TRI_YES },
		{ "0", TRI_NO },      { "2", TRI_YES },	     { "-1", TRI_YES },
		{ "y", TRI_YES },     { "n", TRI_NO },	     { "0x1", TRI_YES },
		{ "0x0", TRI_NO },    { "on", TRI_YES },     { "off", TRI_NO },
		{ "yes", TRI_YES },   { "no", TRI_NO },	     { "true", TRI_YES },
		{ "false", TRI_NO },  { "", TRI_UNKNOWN },   { "1x", TRI_UNKNOWN },
		{ "?", TRI_UNKNOWN }, { NULL, TRI_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (param_read(rows[i].value) != rows[i].is)
			fail_msg("%s", rows[i].value ? rows[i].value : "(none)");
}

static void files(void **state)
{
	(void)state;
	assert_true(modprobe_reads("a.conf") && modprobe_reads("a.alias"));
	assert_false(modprobe_reads("a.conf.rpmsave") || modprobe_reads("README") ||
		     modprobe_reads(".a.conf") || modprobe_reads(".conf"));
	assert_true(modprobe_compare("lib/modprobe.d/a.conf", "etc/modprobe.d/z.conf") < 0);
	assert_int_equal(modprobe_compare("lib/modprobe.d/a.conf", "etc/modprobe.d/a.conf"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),	cmocka_unit_test(words),
		cmocka_unit_test(install_bans), cmocka_unit_test(values),
		cmocka_unit_test(read_back),	cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
