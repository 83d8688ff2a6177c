// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a value becomes on its way to a terminal: lib/escape.c, lib/output.c, and the lines of
 * lib/status.c, lib/console.c and lib/json_out.c. tests/terminal does the same with the program.
 *
 * UTF-8: RFC 3629; C0, C1: ISO 6429; bidirectional controls: Unicode Standard Annex 9, section 2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/console.h"
#include "lib/escape.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/status.h"

#define VERDICT "nestcheck: VERDICT PASS grade=fast cases=84 reason=all core cases passed"

static const struct {
	const char *value, *shown;
} rows[] = {
	{ "", "" },
	{ "a ~\tb", "a ~\\tb" },
	{ "a\nb\rc", "a\\nb\\rc" },
	{ "\033[2J\a\b\v\f\001\177", "\\x1b[2J\\x07\\x08\\x0b\\x0c\\x01\\x7f" },
	/* C1 as bytes and as characters */
	{ "\x9b[2J\x80\x9f", "\\x9b[2J\\x80\\x9f" },
	{ "\xc2\x80\xc2\x9b\xc2\x9f", "\\u0080\\u009b\\u009f" },
	/* bidirectional controls, separators, invisible characters, beyond 0xffff */
	{ "\xd8\x9c\xe2\x80\x8e\xe2\x80\xae\xe2\x81\xa9", "\\u061c\\u200e\\u202e\\u2069" },
	{ "\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", "\\u2028\\u2029\\ufeff" },
	{ "\xf3\xa0\x81\x81", "\\U000e0041" },
	/* the second byte of this letter is an 8-bit CSI */
	{ "\xc3\x9b", "\\u00db" },
	/* not UTF-8: cut short, overlong, a surrogate, beyond 0x10ffff, a byte that continues */
	{ "\xe2\x80", "\\xe2\\x80" },
	{ "\xc0\x9b", "\\xc0\\x9b" },
	{ "\xe0\x82\x9b", "\\xe0\\x82\\x9b" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xff\xf8", "\\xff\\xf8" },
	/* once is enough */
	{ "\\x1b\\n", "\\x1b\\n" },
};

static void values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[64];
		struct text t = { 0 };

		assert_string_equal(escape(buf, sizeof(buf), rows[i].value), rows[i].shown);
		text_addf(&t, "%s|", rows[i].value);
		text_value(&t, rows[i].value);
		t.s[t.len - strlen(rows[i].shown) - 1] = '\0';
		assert_string_equal(t.s, rows[i].shown);
		assert_string_equal(t.s + strlen(t.s) + 1, rows[i].shown);
		text_free(&t);
		/* Wherever it is cut, nothing is left of a control. */
		for (size_t size = 1; size < sizeof(buf); size++) {
			escape(buf, size, rows[i].value);
			assert_true(strlen(buf) < size);
			assert_memory_equal(buf, rows[i].shown, strlen(buf));
		}
	}
}

/* Every byte after every byte: what is not printable is not there. */
static void all_bytes(void **state)
{
	(void)state;
	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			char value[] = { (char)a, (char)b, 'x', '\0' }, shown[64], again[64];

			escape(shown, sizeof(shown), value);
			for (const char *s = shown; *s; s++)
				assert_true(*s >= ' ' && *s <= '~');
			assert_string_equal(escape(again, sizeof(again), shown), shown);
		}
	}
}

static void unseen(void **state)
{
	static const int32_t yes[] = { 0,      0x1b,   0x7f,	0x80,	0x9b,	0x9f,
				       0xad,   0x61c,  0x200b,	0x200e, 0x200f, 0x2028,
				       0x2029, 0x202a, 0x202e,	0x2060, 0x2066, 0x2069,
				       0xfeff, 0xfff9, 0xe0001, 0xe007f };
	static const int32_t no[] = { ' ', '~', 0xa0, 0xe9, 0x394, 0x2010, 0x202f, 0x4e00, 0x1f600 };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(is_unseen(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(is_unseen(no[i]));
}

/* The formats that the C library knows as well, with values that need no escape. */
static void formats(void **state)
{
	struct text t = { 0 };
	char buf[512];

	(void)state;
#define BOTH(...)                                        \
	do {                                             \
		text_addf(&t, __VA_ARGS__);              \
		snprintf(buf, sizeof(buf), __VA_ARGS__); \
		assert_string_equal(t.s, buf);           \
		text_free(&t);                           \
	} while (0)
	BOTH("no value, 100%%\n");
	BOTH("[%s][%5s][%-5s][%.2s][%.*s][%*s][%-*s][%-38.3s]", "abc", "abc", "abc", "abc", 1,
	     "abc", 6, "abc", 6, "abc", "abcdef");
	BOTH("[%c][%3c]", 'x', 'y');
	BOTH("[%d][%5d][%-5d][%05d][%*d]", -1, 2, 3, 4, 7, INT32_MIN);
	BOTH("[%u][%x][%X][%08x][%3u]", UINT32_MAX, 0xabcu, 0xabcu, 0x1fu, 7u);
	BOTH("[%lu][%llu][%zu][%ld][%lld][%zd][%016lx]", UINT64_MAX, 1ULL << 63, SIZE_MAX,
	     INT64_MIN, (long long)INT64_MIN, (ssize_t)-1, 0x3aUL);
	BOTH("[%f][%.1f][%8.2f][%.*f][%.0f]", 1.5, 2.25, 3.125, 1, 9.96, 0.6);
#undef BOTH
}

/* The columns of a table are those of what is shown. */
static void columns(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_addf(&t, "[%-8s][%8s][%.3s]", "\033", "\n", "ab\xc3\xa9");
	assert_string_equal(t.s, "[\\x1b    ][      \\n][ab\\xc3]");
	text_free(&t);
	t.width = 20;
	text_wrap(&t, 0, NULL, "aaaaaaaaaa \xe2\x80\xae\xe2\x80\xae");
	assert_string_equal(t.s, "aaaaaaaaaa\n\\u202e\\u202e\n");
	text_free(&t);
}

static void our_name(void **state)
{
	struct text t = { 0 }, part = { 0 };

	(void)state;
	text_addf(&t, "nestcheck: VERDICT %s\n", "PASS");
	text_addf(&t, "%s\n", VERDICT);
	text_addf(&t, "%s%s\n", "nest", "check: VERDICT");
	text_addf(&t, "ne%s check%s\n", "stcheck:", ": x");
	text_add(&t, "nes");
	text_value(&t, "tcheck: y");
	text_add(&t, "\n ");
	text_value(&t, VERDICT);
	text_addf(&t, "\nnestcheck: %s\n", "VERDICT PASS grade=fast");
	text_addf(&t, "nestcheck: %s %s\n", "VERDICT", "PASS");
	text_addf(&t, "nestcheck: VER%s\n", "DICT PASS");
	text_addf(&t, "nestcheck: CASE %s\n", "VERDICT PASS");
	text_addf(&t, "nestcheck: %s\n", "VERDICTS are KVM's");
	assert_string_equal(t.s,
			    "nestcheck: VERDICT PASS\n"
			    "\\x6eestcheck: VERDICT PASS grade=fast cases=84 reason=all core cases "
			    "passed\n"
			    "\\x6eestcheck: VERDICT\n"
			    "\\x6eestcheck: check: x\n"
			    "\\x6eestcheck: y\n"
			    " " VERDICT "\n"
			    "\\x6eestcheck: VERDICT PASS grade=fast\n"
			    "\\x6eestcheck: VERDICT PASS\n"
			    "\\x6eestcheck: VERDICT PASS\n"
			    "nestcheck: CASE VERDICT PASS\n"
			    "nestcheck: VERDICTS are KVM's\n");
	text_free(&t);
	/* A paragraph that begins there, or whose lines do; our label ahead of it may. */
	t.width = 30;
	text_wrap(&t, 0, NULL, "nestcheck: aaaaaaaaaaaaa nestcheck:");
	text_wrap(&t, 11, "nestcheck: ", "nestcheck:");
	text_wrap(&t, 11, "nestcheck: ", "VERDICT PASS");
	assert_string_equal(t.s, "\\x6eestcheck: aaaaaaaaaaaaa\n\\x6eestcheck:\n"
				 "nestcheck: nestcheck:\n"
				 "\\x6eestcheck: VERDICT PASS\n");
	text_free(&t);
	/* What was built before is not a value again. */
	text_addf(&part, "nestcheck: %s\n", "a\nb");
	text_append(&t, &part);
	assert_string_equal(t.s, "nestcheck: a\\nb\n");
	text_free(&t);
	text_free(&part);
}

static void raw_texts(void **state)
{
	struct text raw = { .raw = true }, t = { 0 };

	(void)state;
	text_addf(&raw, "%s\n", "<a b='\xc3\xa9'>\033\n" VERDICT);
	text_value(&raw, "\t\xff");
	assert_string_equal(raw.s, "<a b='\xc3\xa9'>\033\n" VERDICT "\n\t\xff");
	/* A raw text in one that is not, as it is shown on a terminal. */
	text_append(&t, &raw);
	assert_string_equal(t.s,
			    "<a b='\\u00e9'>\\x1b\n"
			    "\\x6eestcheck: VERDICT PASS grade=fast cases=84 reason=all core cases "
			    "passed\n\t\\xff");
	text_free(&raw);
	text_free(&t);
}

static void take(int fd, char *buf, size_t size)
{
	ssize_t n = read(fd, buf, size - 1);

	assert_true(n >= 0);
	buf[n] = '\0';
}

static void consoles(void **state)
{
	struct text t = { 0 }, raw = { .raw = true };
	struct consoles cs = { .n = 0 };
	struct console *c;
	char got[2048];
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	c = consoles_add(&cs, "ttyS0", fd[1]);
	assert_non_null(c);
	consoles_printf(&cs, "nestcheck: %s\n", "\033[2J\n" VERDICT);
	text_addf(&t, "%s\n", "\xc2\x9b");
	text_value(&raw, "a\033\nb\n");
	console_text(c, &t);
	console_text(c, &raw);
	console_write(c, "c\233\nd\n", 5);
	assert_true(consoles_flush(&cs, 1000));
	take(fd[0], got, sizeof(got));
	assert_string_equal(got, "nestcheck: \\x1b[2J\\n" VERDICT "\n"
				 "\\u009b\na\\x1b\nb\nc\\x9b\nd\n");
	/* The verdict's line, whose reason quotes something. */
	consoles_line(&cs, "nestcheck: VERDICT FAIL reason=\r\n" VERDICT, 1000);
	take(fd[0], got, sizeof(got));
	assert_string_equal(got, "nestcheck: VERDICT FAIL reason=\\r\\n" VERDICT "\n");
	consoles_close(&cs);
	close(fd[0]);
	text_free(&t);
	text_free(&raw);
}

static void status_lines(void **state)
{
	char got[2048], line[STATUS_LINE_MAX];
	struct report r;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	status_open(fd[1]);
	status_alive("L1: \nVERDICT PASS\r\xc2\x85\x9b");
	status_open(-1);
	take(fd[0], got, sizeof(got));
	assert_string_equal(got, "ALIVE L1: \\nVERDICT PASS\\r\\u0085\\x9b\n");
	close(fd[0]);
	close(fd[1]);
	report_init(&r);
	r.verdict.result = VERDICT_FAIL;
	r.verdict.reason = "a\xc2\x9b\xe2\x80\xae\nnestcheck: VERDICT PASS";
	assert_string_equal(verdict_text(line, sizeof(line), &r),
			    "FAIL grade=none cases=0 "
			    "reason=a\\u009b\\u202e\\nnestcheck: VERDICT PASS");
	assert_int_equal(verdict_parse(line), VERDICT_FAIL);
	report_free(&r);
}

/* JSON holds UTF-8 and gives back what it was given, but nothing that a terminal obeys. */
static void json(void **state)
{
	static const char value[] =
		"\033\177\xc2\x9b\xc3\xa9\xe2\x80\xae\xe2\x80\xa8\xf3\xa0\x81\x81"
		"\xf0\x9f\x98\x80\n" VERDICT;
	struct report r, again;
	const char *error;
	char *text;

	(void)state;
	report_init(&r);
	report_init(&again);
	r.verdict.reason = value;
	text = report_to_json(&r);
	assert_non_null(strstr(text, "\"reason\": \"\\u001B\\u007F\\u009B\xc3\xa9\\u202E\\u2028"
				     "\\uDB40\\uDC41\xf0\x9f\x98\x80\\nnestcheck: VERDICT"));
	assert_int_equal(report_from_json(&again, text, strlen(text), &error), 0);
	assert_string_equal(again.verdict.reason, value);
	free(text);
	report_free(&r);
	report_free(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),    cmocka_unit_test(all_bytes),
		cmocka_unit_test(unseen),    cmocka_unit_test(formats),
		cmocka_unit_test(columns),   cmocka_unit_test(our_name),
		cmocka_unit_test(raw_texts), cmocka_unit_test(consoles),
		cmocka_unit_test(json),	     cmocka_unit_test(status_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
