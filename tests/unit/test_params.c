// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters: parsing of each value, precedence, quotes, good and damaged files, and the transfer
 * from init to nestcheck.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/params.h"

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct params));
	params_init(*state);
	return 0;
}

static int teardown(void **state)
{
	params_free(*state);
	free(*state);
	return 0;
}

static void file(struct params *p, const char *text)
{
	params_parse_file(p, text, strlen(text));
}

/* Exactly one problem, with this text. */
static void one_problem(const struct params *p, const char *part)
{
	assert_int_equal(p->problems.n, 1);
	if (!strstr(p->problems.s[0], part))
		fail_msg("\"%s\" does not say \"%s\"", p->problems.s[0], part);
}

static void test_defaults(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(p, "console=ttyS0,115200 console=tty0 quiet");
	assert_int_equal(p->mode, MODE_AUTO);
	assert_int_equal(p->selftest, SELFTEST_QUICK);
	assert_string_equal(p->only, "");
	assert_int_equal(p->depth, 2);
	assert_int_equal(p->timeout_s, 60);
	assert_false(p->timeout_set);
	assert_int_equal(p->soak_s, 3600);
	assert_int_equal(p->report_method, METHOD_PUT);
	assert_int_equal(p->report_timeout_s, 120);
	assert_int_equal(p->after, AFTER_AUTO);
	assert_int_equal(p->medium, MEDIUM_UNKNOWN);
	assert_int_equal(p->problems.n, 0);
}

static void test_every_key(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(
		p, "nestcheck.mode=menu nestcheck.selftest=full nestcheck.only=svm_*,cpuid"
		   " nestcheck.skip=*io* nestcheck.depth=3 nestcheck.timeout=7"
		   " nestcheck.soak=30m nestcheck.report=ttyS1,usb,http://h/x"
		   " nestcheck.after=firmware nestcheck.medium=pxe"
		   " nestcheck.report_method=post nestcheck.report_timeout=3600"
		   " nestcheck.fault=l1-hang,panic\n");
	assert_int_equal(p->problems.n, 0);
	assert_int_equal(p->mode, MODE_MENU);
	assert_int_equal(p->selftest, SELFTEST_FULL);
	assert_string_equal(p->only, "svm_*,cpuid");
	assert_string_equal(p->skip, "*io*");
	assert_int_equal(p->depth, 3);
	assert_int_equal(p->timeout_s, 7);
	assert_true(p->timeout_set);
	assert_int_equal(p->soak_s, 1800);
	assert_string_equal(p->report, "ttyS1,usb,http://h/x");
	assert_int_equal(p->report_method, METHOD_POST);
	assert_int_equal(p->report_timeout_s, 3600);
	assert_int_equal(p->after, AFTER_FIRMWARE);
	assert_int_equal(p->medium, MEDIUM_PXE);
	assert_true(params_fault(p, "l1-hang"));
	assert_true(params_fault(p, "panic"));
	assert_false(params_fault(p, "l1"));
	assert_false(params_fault(p, ""));
}

static void test_words_are_in_the_enums_order(void **state)
{
	static const struct {
		const char *word;
		enum param_after after;
	} rows[] = {
		{ "auto", AFTER_AUTO }, { "poweroff", AFTER_POWEROFF }, { "reboot", AFTER_REBOOT },
		{ "stay", AFTER_STAY }, { "shell", AFTER_SHELL },
	};
	struct params *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		params_set(p, PARAM_CMDLINE, "after", rows[i].word);
		assert_int_equal(p->after, rows[i].after);
	}
	params_set(p, PARAM_CMDLINE, "selftest", "soak");
	assert_int_equal(p->selftest, SELFTEST_SOAK);
	params_set(p, PARAM_CMDLINE, "selftest", "off");
	assert_int_equal(p->selftest, SELFTEST_OFF);
	params_set(p, PARAM_CMDLINE, "mode", "shell");
	assert_int_equal(p->mode, MODE_SHELL);
	params_set(p, PARAM_CMDLINE, "medium", "cd");
	assert_int_equal(p->medium, MEDIUM_CD);
	params_set(p, PARAM_CMDLINE, "medium", "none");
	assert_int_equal(p->medium, MEDIUM_NONE);
	assert_int_equal(p->problems.n, 0);
}

/* The source that stands first in the enum wins, in whatever order they are read. */
static void test_precedence(void **state)
{
	struct params *p = *state;

	file(p, "timeout=1\ndepth=3\nskip=a\n");
	params_set(p, PARAM_FW_CFG, "timeout", "2");
	params_set(p, PARAM_FW_CFG, "skip", "b");
	params_parse_cmdline(p, "nestcheck.timeout=3 nestcheck.timeout=4");
	params_set(p, PARAM_FW_CFG, "timeout", "5");
	file(p, "timeout=6\nskip=c\n");
	assert_int_equal(p->timeout_s, 4);
	assert_string_equal(p->skip, "b");
	assert_int_equal(p->depth, 3);
	assert_int_equal(p->problems.n, 0);
}

static void test_bad_value_leaves_the_other_sources(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(p, "nestcheck.timeout=soon");
	one_problem(p, "timeout=soon (kernel command line): bad value");
	assert_int_equal(p->timeout_s, 60);
	assert_false(p->timeout_set);
	file(p, "timeout=9\n");
	assert_int_equal(p->timeout_s, 9);
}

static void test_bad_value_is_named_even_where_overruled(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(p, "nestcheck.after=stay");
	file(p, "after=never\n");
	one_problem(p, "after=never (nestcheck.cfg)");
	assert_int_equal(p->after, AFTER_STAY);
}

static void test_bad_values(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "mode", "automatic" },
		{ "mode", "" },
		{ "mode", "auto,menu" },
		{ "mode", NULL },
		{ "medium", "" },
		{ "depth", "1" },
		{ "depth", "4" },
		{ "depth", "2x" },
		{ "depth", "" },
		{ "timeout", "0" },
		{ "timeout", "-1" },
		{ "timeout", "86401" },
		{ "timeout", "99999999999999999999" },
		{ "timeout", "1m" },
		{ "soak", "8 h" },
		{ "soak", "h" },
		{ "soak", "31d" },
		{ "soak", "0" },
		{ "report", "ttyUSB0" },
		{ "report", "ttyS" },
		{ "report", "ttyS1,,usb" },
		{ "report", "usb," },
		{ "report", "http://" },
		{ "report", "ttyS1 " },
		{ "fault", "none" },
		{ "fault", "panic,," },
		{ "only", "caf\xc3\xa9" },
		{ "skip", "a\tb" },
		{ "only", NULL },
	};
	struct params *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct params q;

		params_init(&q);
		params_set(&q, PARAM_FW_CFG, rows[i].key, rows[i].value);
		if (q.problems.n != 1)
			fail_msg("%s=%s was taken", rows[i].key, rows[i].value);
		one_problem(&q, "(fw_cfg): bad value");
		/* Nothing but the problem differs from the defaults. */
		assert_memory_equal(&q, p, offsetof(struct params, problems));
		params_free(&q);
	}
}

static void test_durations(void **state)
{
	(void)state;
	assert_int_equal(params_duration("90"), 90);
	assert_int_equal(params_duration("90s"), 90);
	assert_int_equal(params_duration("30m"), 1800);
	assert_int_equal(params_duration("8h"), 28800);
	assert_int_equal(params_duration("2d"), 172800);
	assert_int_equal(params_duration("8hh"), 0);
	assert_int_equal(params_duration("-8h"), 0);
	assert_int_equal(params_duration("9999999d"), 0);
	assert_int_equal(params_duration("99999999"), 0);
	assert_int_equal(params_duration(""), 0);
}

static void test_text_limits(void **state)
{
	struct params *p = *state;
	char text[PARAMS_TEXT_MAX + 1];

	memset(text, 'x', sizeof(text));
	text[PARAMS_TEXT_MAX - 1] = '\0';
	params_set(p, PARAM_CMDLINE, "only", text);
	assert_string_equal(p->only, text);
	assert_int_equal(p->problems.n, 0);
	text[PARAMS_TEXT_MAX - 1] = 'x';
	text[PARAMS_TEXT_MAX] = '\0';
	params_set(p, PARAM_CMDLINE, "only", text);
	assert_int_equal(strlen(p->only), PARAMS_TEXT_MAX - 1);
	one_problem(p, "only=xxx");
}

static void test_empty_text_is_a_value(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(p, "nestcheck.skip= nestcheck.report=");
	file(p, "skip=a\nreport=usb\n");
	assert_string_equal(p->skip, "");
	assert_string_equal(p->report, "");
	assert_int_equal(p->problems.n, 0);
}

/* A word in the verdict's line; iPXE's ${hostname} may be empty. */
static void test_id(void **state)
{
	char longest[MACHINE_ID_MAX + 2];
	struct params *p = *state;

	params_parse_cmdline(p, "nestcheck.id=rack3-17.lab:52:54");
	assert_string_equal(p->id, "rack3-17.lab:52:54");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[MACHINE_ID_MAX] = '\0';
	params_set(p, PARAM_CMDLINE, "id", longest);
	assert_string_equal(p->id, longest);
	params_set(p, PARAM_CMDLINE, "id", "");
	assert_string_equal(p->id, "");
	assert_int_equal(p->problems.n, 0);
	longest[MACHINE_ID_MAX] = 'x';
	longest[MACHINE_ID_MAX + 1] = '\0';
	params_set(p, PARAM_CMDLINE, "id", longest);
	params_set(p, PARAM_CMDLINE, "id", "rack 3");
	params_set(p, PARAM_CMDLINE, "id", "rack\t3");
	params_set(p, PARAM_CMDLINE, "id",
		   "r\xc3\xb6"
		   "ck");
	assert_int_equal(p->problems.n, 4);
	assert_non_null(strstr(p->problems.s[1], "id=rack 3 (kernel command line): bad value"));
	assert_string_equal(p->id, "");
}

static void test_unknown_key(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(p,
			     "nestcheck.tiemout=5 nestcheck nestchecker.x=1 xnestcheck.mode=menu");
	one_problem(p, "tiemout (kernel command line): no such parameter");
	assert_int_equal(p->mode, MODE_AUTO);
}

/* below= is only for tests: otherwise it is an unknown key. */
static void test_keys_for_tests(void **state)
{
	struct params *p = *state, q;
	char path[] = "/tmp/nestcheck-params-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	params_parse_cmdline(p, "nestcheck.below=tcg");
	one_problem(p, "below (kernel command line): no such parameter");
	assert_int_equal(p->below, BELOW_NONE);

	p->tests = true;
	params_set(p, PARAM_FW_CFG, "below", "bochs");
	assert_int_equal(p->below, BELOW_BOCHS);
	params_set(p, PARAM_CMDLINE, "below", "tcg");
	assert_int_equal(p->below, BELOW_TCG);
	assert_int_equal(p->problems.n, 1);
	assert_int_equal(params_save(p, path), 0);
	params_set(p, PARAM_CMDLINE, "below", "xen");
	assert_int_equal(p->below, BELOW_TCG);
	assert_int_equal(p->problems.n, 2);

	params_init(&q);
	q.tests = true;
	assert_int_equal(params_load(&q, path), 0);
	assert_int_equal(q.below, BELOW_TCG);
	params_free(&q);
	params_init(&q);
	assert_int_equal(params_load(&q, path), 0);
	assert_int_equal(q.below, BELOW_NONE);
	params_free(&q);
	unlink(path);
}

/* The default of lines: a built-in command line, which names a serial port, is nobody's wish. */
static void test_lines(void **state)
{
#define BUILT_IN "console=ttyS0,115200 console=tty0 quiet"
	static const struct {
		const char *cmdline;
		bool fw_cfg;
		enum param_lines lines;
	} rows[] = {
		{ "", false, LINES_VERDICT },
		{ "", true, LINES_CASES },
		{ BUILT_IN, false, LINES_VERDICT },
		{ BUILT_IN " ", false, LINES_VERDICT },
		{ BUILT_IN " console=tty1 xconsole=ttyS0", false, LINES_VERDICT },
		{ BUILT_IN " console=ttyS1", false, LINES_CASES },
		{ BUILT_IN " \"console=ttyS1,9600\"", false, LINES_CASES },
		{ "console=ttyS0", false, LINES_CASES },
		{ "nestcheck.lines=verdict console=ttyS0", true, LINES_VERDICT },
		{ "nestcheck.lines=cases", false, LINES_CASES },
		{ "nestcheck.lines=all", false, LINES_VERDICT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct params p, q;
		struct text t = { .raw = true };

		params_init(&p);
		params_parse_cmdline(&p, rows[i].cmdline);
		params_choose_lines(&p, rows[i].fw_cfg);
		assert_int_equal(p.lines, rows[i].lines);
		/* It gets from init to nestcheck. */
		params_write(&p, &t);
		params_init(&q);
		assert_int_equal(params_read(&q, t.s), 0);
		assert_int_equal(q.lines, rows[i].lines);
		text_free(&t);
		params_free(&p);
		params_free(&q);
	}
	(void)state;
}

static void test_cmdline_quotes(void **state)
{
	struct params *p = *state;

	params_parse_cmdline(
		p, "x=\"nestcheck.mode=menu \" nestcheck.only=\"a b\" \"nestcheck.skip=c d\""
		   " nestcheck.after=\"stay\" \tnestcheck.depth=\"3");
	assert_int_equal(p->mode, MODE_AUTO);
	assert_string_equal(p->only, "a b");
	assert_string_equal(p->skip, "c d");
	assert_int_equal(p->after, AFTER_STAY);
	assert_int_equal(p->depth, 3);
	assert_int_equal(p->problems.n, 0);
}

/* How boot loaders begin the command line, with the program's name or without. */
static void test_cmdline_image_name(void **state)
{
#define BUILT_IN "console=ttyS0,115200 console=tty0 quiet"
	static const char *const good[] = {
		"nestcheck.efi",
		"nestcheck.efi nestcheck.depth=3", /* iPXE, and the UEFI shell */
		BUILT_IN " nestcheck.efi",
		BUILT_IN "  nestcheck.efi  nestcheck.depth=3 initrd=x",
		BUILT_IN " \"nestcheck.efi\" nestcheck.depth=3",
		BUILT_IN " nestcheck.x86_64.linux nestcheck.depth=3",
		"BOOT_IMAGE=nestcheck.efi nestcheck.depth=3",		 /* SYSLINUX, LILO */
		"BOOT_IMAGE=(hd0,gpt1)/nestcheck.efi nestcheck.depth=3", /* GRUB */
		BUILT_IN " fs0:\\nestcheck.efi nestcheck.depth=3",
		BUILT_IN " \\EFI\\nestcheck.efi nestcheck.depth=3",
		BUILT_IN " .\\NESTCHECK.EFI nestcheck.depth=3",
		"initrd=\\nestcheck.initrd nestcheck.depth=3",
	};
	static const char *const bad[] = {
		BUILT_IN " nestcheck.mode nestcheck.depth=3", /* the value was forgotten */
		BUILT_IN " nestcheck.efi nestcheck.slftest nestcheck.depth=3",
		BUILT_IN " nestcheck.efi nestcheck.efi nestcheck.depth=3",
		BUILT_IN " nestcheck.slftest=full nestcheck.depth=3",
		BUILT_IN " root=x nestcheck.efi nestcheck.depth=3",
		BUILT_IN "ly nestcheck.efi nestcheck.depth=3",
		"console=ttyS1 nestcheck.efi nestcheck.depth=3",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct params p;

		params_init(&p);
		params_parse_cmdline(&p, good[i]);
		assert_int_equal(p.problems.n, 0);
		assert_int_equal(p.depth, strstr(good[i], "depth") ? 3 : 2);
		params_free(&p);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct params p;

		params_init(&p);
		params_parse_cmdline(&p, bad[i]);
		assert_int_equal(p.problems.n, 1);
		assert_int_equal(p.depth, 3);
		params_free(&p);
	}
}

static void test_file(void **state)
{
	struct params *p = *state;

	file(p, "\xef\xbb\xbf# Gr\xc3\xb6\xc3\x9f"
		"e\r\n\r\n  timeout = 5 \r\nnestcheck.mode=menu\r\n"
		"only=\"a b\"\n\tskip=x#y\nafter=reboot");
	assert_int_equal(p->problems.n, 0);
	assert_int_equal(p->timeout_s, 5);
	assert_int_equal(p->mode, MODE_MENU);
	assert_string_equal(p->only, "a b");
	assert_string_equal(p->skip, "x#y");
	assert_int_equal(p->after, AFTER_REBOOT);
}

static void test_file_bad_line(void **state)
{
	struct params *p = *state;

	file(p, "depth=3\ngo faster\ntimeout=5\n");
	one_problem(p, "line 2: \"go faster\" is not KEY=VALUE");
	assert_int_equal(p->depth, 3);
	assert_int_equal(p->timeout_s, 5);
}

static void test_file_damaged(void **state)
{
	static const char text[] = "depth=3\nti\0meout=5\nmode=menu\n";
	struct params *p = *state;

	params_parse_file(p, text, sizeof(text) - 1);
	one_problem(p, "line 2 is not text");
	assert_int_equal(p->depth, 3);
	assert_int_equal(p->timeout_s, 60);
	assert_int_equal(p->mode, MODE_AUTO);
}

static void test_file_utf16(void **state)
{
	static const char text[] = { '\xff', '\xfe', 'd', 0, '=', 0, '3', 0, '\n', 0 };
	struct params *p = *state;

	params_parse_file(p, text, sizeof(text));
	one_problem(p, "line 1 is not text");
	assert_int_equal(p->depth, 2);
}

static void test_file_too_long(void **state)
{
	struct params *p = *state;
	char *text = malloc(PARAMS_FILE_MAX + 1);

	memset(text, '\n', PARAMS_FILE_MAX + 1);
	memcpy(text, "depth=3", 7);
	params_parse_file(p, text, PARAMS_FILE_MAX + 1);
	one_problem(p, "longer than 65536 bytes");
	assert_int_equal(p->depth, 2);
	free(text);
}

/* A file of invalid words is cut off, and each problem is one printable line. */
static void test_many_problems(void **state)
{
	struct params *p = *state;

	for (int i = 0; i < 1000; i++)
		params_set(p, PARAM_FILE, "a\nb\x1b[2J", "x");
	assert_int_equal(p->problems.n, 17);
	assert_string_equal(p->problems.s[0],
			    "a?b?[2J (nestcheck.cfg): no such parameter, ignored");
	assert_string_equal(p->problems.s[16], "more parameters were not understood");
}

static void test_save_and_load(void **state)
{
	struct params *p = *state, q;
	char path[] = "/tmp/nestcheck-params-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	params_parse_cmdline(p,
			     "nestcheck.after=shell nestcheck.timeout=5 nestcheck.only=\"a \"\"b\""
			     " nestcheck.oops=1");
	params_set(p, PARAM_FW_CFG, "medium", "usb");
	params_set(p, PARAM_FW_CFG, "id", "rack3=17");
	params_set(p, PARAM_FW_CFG, "skip", "\"q=1\"");
	file(p, "soak=2h\nreport=ttyS1,usb\nfault=panic\n");
	assert_int_equal(params_save(p, path), 0);

	params_init(&q);
	assert_int_equal(params_load(&q, path), 0);
	assert_memory_equal(q.source, p->source, sizeof(q.source));
	assert_memory_equal(&q, p, offsetof(struct params, problems));
	assert_int_equal(q.problems.n, 1);
	assert_string_equal(q.problems.s[0], p->problems.s[0]);
	params_free(&q);
	unlink(path);
}

static void test_save_and_load_fail(void **state)
{
	struct params *p = *state;
	char path[] = "/tmp/nestcheck-params-XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(params_save(p, "/nonexistent/params"), -ENOENT);
	assert_int_equal(params_load(p, "/nonexistent/params"), -ENOENT);
	assert_int_equal(write(fd, "after=reboot\n", 13), 13);
	close(fd);
	assert_int_equal(params_load(p, path), -EINVAL);
	assert_int_equal(p->after, AFTER_AUTO);
	unlink(path);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(test_defaults),
		T(test_every_key),
		T(test_words_are_in_the_enums_order),
		T(test_precedence),
		T(test_bad_value_leaves_the_other_sources),
		T(test_bad_value_is_named_even_where_overruled),
		T(test_bad_values),
		T(test_durations),
		T(test_text_limits),
		T(test_empty_text_is_a_value),
		T(test_id),
		T(test_unknown_key),
		T(test_keys_for_tests),
		T(test_lines),
		T(test_cmdline_quotes),
		T(test_cmdline_image_name),
		T(test_file),
		T(test_file_bad_line),
		T(test_file_damaged),
		T(test_file_utf16),
		T(test_file_too_long),
		T(test_many_problems),
		T(test_save_and_load),
		T(test_save_and_load_fail),
	};

	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
