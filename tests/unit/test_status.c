// SPDX-License-Identifier: GPL-2.0-only
/*
 * The status lines: they are read as they were written, each with one write(), and only an exact
 * verdict is accepted.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/status.h"

static int pipe_fd[2];

static int setup(void **state)
{
	(void)state;
	if (pipe2(pipe_fd, O_NONBLOCK | O_DIRECT))
		return -1;
	status_open(pipe_fd[1]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	status_open(-1);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	return 0;
}

static const char *packet(void)
{
	static char buf[4096];
	ssize_t n = read(pipe_fd[0], buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

static void test_lines(void **state)
{
	(void)state;
	status_stage("collect");
	assert_string_equal(packet(), "STAGE collect\n");
	status_case("vmx_cpuid", 5, 40, "pass");
	assert_string_equal(packet(), "CASE vmx_cpuid 5/40 pass\n");
	status_alive("report ttyS1");
	assert_string_equal(packet(), "ALIVE report ttyS1\n");
	status_pace(5);
	assert_string_equal(packet(), "PACE 5\n");
	status_verdict("PASS grade=fast cases=4 reason=a\nVERDICT b\x1b");
	assert_string_equal(packet(),
			    "VERDICT PASS grade=fast cases=4 reason=a\\nVERDICT b\\x1b\n");
	assert_true(fcntl(pipe_fd[1], F_GETFD) & FD_CLOEXEC);
}

static void test_long_line_is_cut(void **state)
{
	char text[4 * STATUS_LINE_MAX];
	const char *line;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	status_verdict(text);
	line = packet();
	assert_int_equal(strlen(line), STATUS_LINE_MAX);
	assert_int_equal(line[STATUS_LINE_MAX - 1], '\n');
	assert_string_equal(packet(), "");
}

static void test_nobody_listens(void **state)
{
	(void)state;
	status_open(-1);
	status_stage("collect");
	assert_string_equal(packet(), "");
}

static void test_parse(void **state)
{
	const char *text;

	(void)state;
	assert_int_equal(status_parse("STAGE load", &text), STATUS_STAGE);
	assert_string_equal(text, "load");
	assert_int_equal(status_parse("CASE a 1/2 pass", &text), STATUS_CASE);
	assert_string_equal(text, "a 1/2 pass");
	assert_int_equal(status_parse("ALIVE x", &text), STATUS_ALIVE);
	assert_int_equal(status_parse("VERDICT PASS", &text), STATUS_VERDICT);
	assert_string_equal(text, "PASS");
	assert_int_equal(status_parse("VERDICTPASS", &text), STATUS_OTHER);
	assert_int_equal(status_parse(" STAGE load", &text), STATUS_OTHER);
	assert_string_equal(text, " STAGE load");
	assert_int_equal(status_parse("", &text), STATUS_OTHER);
}

static void test_pace(void **state)
{
	static const char *const bad[] = {
		"", "0", "21", "999", "1000", "-1", "5 ", "5x", "x", " 5"
	};
	const char *text;

	(void)state;
	assert_int_equal(status_parse("PACE 12", &text), STATUS_PACE);
	assert_int_equal(status_pace_of(text), 12);
	assert_int_equal(status_pace_of("1"), 1);
	assert_int_equal(status_pace_of("20"), 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(status_pace_of(bad[i]), 0);
}

static void test_case_ran(void **state)
{
	(void)state;
	assert_true(status_case_ran("a 1/2 pass"));
	assert_true(status_case_ran("a 1/2 fail"));
	assert_true(status_case_ran("a 1/2 xfail"));
	assert_false(status_case_ran("a 1/2 skip"));
	assert_false(status_case_ran("pass"));
	assert_false(status_case_ran("a 1/2 passed"));
}

static void test_verdict_text(void **state)
{
	struct case_outcome cases[] = {
		{ .result = CASE_PASS },
		{ .result = CASE_SKIP },
		{ .result = CASE_XFAIL },
		{ .result = CASE_FAIL },
	};
	struct report r = {
		.selftest = { .cases = cases, .n_cases = 4 },
		.verdict = { VERDICT_FAIL, GRADE_NONE, "case \"x\":\n hung" },
	};
	char buf[STATUS_LINE_MAX];

	(void)state;
	assert_string_equal(verdict_text(buf, sizeof(buf), &r),
			    "FAIL grade=none cases=3 reason=case \"x\":\\n hung");
	assert_int_equal(verdict_parse(buf), VERDICT_FAIL);
	assert_string_equal(verdict_text(buf, 20, &r), "FAIL grade=none cas");
}

/* Last in the line, and nothing else in it can be taken for it. */
static void test_verdict_id(void **state)
{
	struct report r = {
		.verdict = { VERDICT_FAIL, GRADE_NONE, "case x: id=evil id= id=" },
		.machine = { .id = "rack3-17" },
	};
	char buf[STATUS_LINE_MAX], reason[2 * STATUS_LINE_MAX];

	(void)state;
	assert_string_equal(verdict_text(buf, sizeof(buf), &r),
			    "FAIL grade=none cases=0 reason=case x: id\\x3devil id\\x3d id\\x3d"
			    " id=rack3-17");
	assert_int_equal(verdict_parse(buf), VERDICT_FAIL);
	r.machine.id = NULL;
	assert_null(strstr(verdict_text(buf, sizeof(buf), &r), " id="));
	/* The reason is cut, the name is not. */
	memset(reason, 'a', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	r.verdict.reason = reason;
	r.machine.id = "rack3-17";
	verdict_text(buf, sizeof(buf), &r);
	assert_int_equal(strlen(buf), sizeof(buf) - 1);
	assert_string_equal(buf + sizeof(buf) - 15, "aa id=rack3-17");
	/* No room for the name: the line is cut, but no name is. */
	assert_string_equal(verdict_text(buf, 12, &r), "FAIL grade=");
}

/* Every verdict and grade, written and read. */
static void test_verdict_round_trip(void **state)
{
	char buf[STATUS_LINE_MAX];

	(void)state;
	for (int v = VERDICT_PASS; v <= VERDICT_ERROR; v++) {
		for (int g = GRADE_NONE; g <= GRADE_FAST; g++) {
			struct report r = {
				.verdict = { (enum verdict_result)v, (enum grade)g, "x" },
			};

			assert_int_equal(verdict_parse(verdict_text(buf, sizeof(buf), &r)), v);
		}
	}
}

static void test_verdict_that_is_none(void **state)
{
	static const char *const rows[] = {
		"",
		"PASS",
		"PASSED grade=fast cases=1 reason=x",
		"pass grade=fast cases=1 reason=x",
		" PASS grade=fast cases=1 reason=x",
		"PASS  grade=fast cases=1 reason=x",
		"PASS grade=faster cases=1 reason=x",
		"PASS grade= cases=1 reason=x",
		"PASS grade=fast cases= reason=x",
		"PASS grade=fast cases=-1 reason=x",
		"PASS grade=fast cases=1",
		"PASS grade=fast cases=1 reaso",
		"none grade=none cases=0 reason=x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (verdict_parse(rows[i]) != VERDICT_NONE)
			fail_msg("\"%s\" was taken for a verdict", rows[i]);
	}
	assert_int_equal(verdict_parse("PASS grade=fast cases=1 modified=yes reason="),
			 VERDICT_PASS);
	assert_int_equal(verdict_parse("PASS grade=fast cases=1 modified=no reason="),
			 VERDICT_NONE);
	assert_true(verdict_is_modified("PASS grade=fast cases=1 modified=yes reason=x"));
	/* The reason says nothing. */
	assert_false(verdict_is_modified(
		"PASS grade=fast cases=1 reason=x cases=1 modified=yes reason="));
	assert_false(verdict_is_modified("PASS grade=fast cases=1 reason= modified=yes reason="));
	assert_false(verdict_is_modified("PASS modified=yes reason="));
	assert_int_equal(verdict_parse("PASS grade=fast cases=1 reason="), VERDICT_PASS);
}

static void keep(const char *line, void *data)
{
	char *all = data;

	strcat(strcat(all, line), "|");
}

/* However it arrives; what is too long is dropped up to its end. */
static void test_feed(void **state)
{
	static char text[2 * STATUS_LINE_MAX];
	struct status_lines lines = { .len = 0 };
	char all[4 * STATUS_LINE_MAX] = "";

	(void)state;
	status_feed(&lines, "STAGE a\nPA", 10, keep, all);
	status_feed(&lines, "CE 5\n\nx", 7, keep, all);
	assert_string_equal(all, "STAGE a|PACE 5||");
	memset(text, 'x', sizeof(text));
	status_feed(&lines, text, STATUS_LINE_MAX, keep, all);
	status_feed(&lines, "VERDICT PASS\nSTAGE b\n", 21, keep, all);
	assert_string_equal(all, "STAGE a|PACE 5||STAGE b|");
	*all = '\0';
	status_feed(&lines, text, STATUS_LINE_MAX, keep, all);
	status_feed(&lines, "\n", 1, keep, all);
	assert_int_equal(strlen(all), STATUS_LINE_MAX + 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(test_lines),
		T(test_long_line_is_cut),
		T(test_nobody_listens),
		T(test_parse),
		T(test_pace),
		T(test_case_ran),
		T(test_verdict_text),
		T(test_verdict_id),
		T(test_verdict_round_trip),
		T(test_verdict_that_is_none),
		T(test_feed),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
