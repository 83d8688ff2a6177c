// SPDX-License-Identifier: GPL-2.0-only
/* Unified diffs: exact bytes, and the new file results from applying them to the old one. */
#include "machine.h"

#include <stdlib.h>

#include "lib/diff.h"

static char *diff(const char *before, const char *after)
{
	const struct diff_file a = { "a", before, before ? strlen(before) : 0 };
	const struct diff_file b = { "b", after, after ? strlen(after) : 0 };
	struct text t = { .raw = true };

	diff_unified(&a, &b, &t);
	return t.s;
}

#define HEADING "--- a\n+++ b\n"
#define NO_END	"\\ No newline at end of file\n"

static void texts(void **state)
{
	static const struct {
		const char *before, *after, *diff;
	} rows[] = {
		{ "a\nb", "a\nb", NULL },
		{ "", "", NULL },
		{ NULL, NULL, NULL },
		{ NULL, "a\n", HEADING "@@ -0,0 +1 @@\n+a\n" },
		{ "a\nb\n", NULL, HEADING "@@ -1,2 +0,0 @@\n-a\n-b\n" },
		{ "", "a\nb\n", HEADING "@@ -0,0 +1,2 @@\n+a\n+b\n" },
		{ NULL, "", HEADING },
		{ "a\n", "b\n", HEADING "@@ -1 +1 @@\n-a\n+b\n" },
		{ "a", "a\n", HEADING "@@ -1 +1 @@\n-a\n" NO_END "+a\n" },
		{ "a\n", "a", HEADING "@@ -1 +1 @@\n-a\n+a\n" NO_END },
		{ "1\n2\n3\n4\n5\nx", "1\n2\n3\n4\n5\ny\n",
		  HEADING "@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-x\n" NO_END "+y\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\nx\n6\n7\n8\n9",
		  HEADING "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
		/* Among equal lines, the last is the new one. */
		{ "a\na\n", "a\na\na\n", HEADING "@@ -1,2 +1,3 @@\n a\n a\n+a\n" },
		{ "a\nb\nc\n", "a\nc\n", HEADING "@@ -1,3 +1,2 @@\n a\n-b\n c\n" },
		{ "a\r\n\tb\n", "a\n\tb\n", HEADING "@@ -1,2 +1,2 @@\n-a\r\n+a\n \tb\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *s = diff(rows[i].before, rows[i].after);

		if (!s != !rows[i].diff || (s && strcmp(s, rows[i].diff) != 0))
			fail_msg("row %zu: %s", i, s ? s : "nothing");
		free(s);
	}
}

/* What is shown to people; and a name that must not add a line to a patch. */
static void hostile(void **state)
{
	const struct diff_file a = { "x\n+++ y", "1\n", 2 }, b = { "\xc3\xa9", "\033\t\r\n", 4 };
	struct text t = { 0 };

	(void)state;
	diff_unified(&a, &b, &t);
	assert_string_equal(t.s, "--- x\\n+++ y\n+++ \\u00e9\n@@ -1 +1 @@\n-1\n+\\x1b\t\\r\n");
	text_free(&t);
	t.raw = true;
	diff_unified(&a, &b, &t);
	assert_string_equal(t.s, "--- x\\n+++ y\n+++ \xc3\xa9\n@@ -1 +1 @@\n-1\n+\033\t\r\n");
	text_free(&t);
}

static void behind_what_is_there(void **state)
{
	const struct diff_file a = { "x", "1\n", 2 }, b = { "y", "2\n", 2 };
	struct text t = { 0 };

	(void)state;
	text_add(&t, "before\n");
	diff_unified(&a, &b, &t);
	assert_string_equal(t.s, "before\n--- x\n+++ y\n@@ -1 +1 @@\n-1\n+2\n");
	text_free(&t);
}

/* "12,3" or "12". */
static void range(const char **s, size_t *from, size_t *n)
{
	char *end;

	*from = strtoul(*s + 1, &end, 10);
	*n = *end == ',' ? strtoul(end + 1, &end, 10) : 1;
	*s = end + 1;
}

static size_t lines_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n' || !s[1];
	return n;
}

/* As patch(1): fails if a line of the hunk differs from the file's. */
static void patch(const char *before, const char *s, struct text *out)
{
	size_t from, n, to, m, wanted, line = 0, old = 0, new = 0;

	assert_memory_equal(s, HEADING "@@ ", strlen(HEADING) + 3);
	s += strlen(HEADING) + 3;
	range(&s, &from, &n);
	range(&s, &to, &m);
	assert_memory_equal(s, "@@\n", 3);
	s += 3;
	for (wanted = n ? from - 1 : from; line < wanted; line++) {
		size_t len = strcspn(before, "\n") + 1;

		text_addf(out, "%.*s", (int)len, before);
		before += len;
	}
	assert_int_equal(lines_of(out->s ? out->s : ""), m ? to - 1 : to);
	while (*s) {
		size_t len = strcspn(s, "\n") + 1, skip = len;
		char sign = *s;

		if (s[len] == '\\') {
			skip = len + strlen(NO_END);
			assert_memory_equal(s + len, NO_END, strlen(NO_END));
			len--;
		}
		if (sign != '-')
			text_addf(out, "%.*s", (int)len - 1, s + 1);
		if (sign != '+') {
			assert_memory_equal(before, s + 1, len - 1);
			before += len - 1;
		}
		old += sign != '+';
		new += sign != '-';
		s += skip;
	}
	assert_int_equal(old, n);
	assert_int_equal(new, m);
	text_value(out, before);
}

/* Up to 12 lines of two kinds, the last with or without its end. */
static void make(char *s, unsigned int seed)
{
	unsigned int n = seed % 13;

	for (unsigned int i = 0; i < n; i++) {
		*s++ = seed >> (i + 4) & 1 ? 'x' : 'y';
		if (i + 1 < n || seed & 0x10000)
			*s++ = '\n';
	}
	*s = '\0';
}

static void can_be_applied(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char a[32], b[32], *d;
		struct text out = { .raw = true };

		seed = seed * 1103515245 + 12345;
		make(a, seed >> 8);
		seed = seed * 1103515245 + 12345;
		make(b, seed >> 8);
		d = diff(a, b);
		if (d)
			patch(a, d, &out);
		else
			assert_string_equal(a, b);
		if (d)
			assert_string_equal(out.s ? out.s : "", b);
		text_free(&out);
		free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(hostile),
		cmocka_unit_test(behind_what_is_there),
		cmocka_unit_test(can_be_applied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
