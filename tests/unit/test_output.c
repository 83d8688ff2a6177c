// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text that renderers write into: wrapped lines, words of any length, lists of CPUs; and the
 * arena.
 */
#include "rendered.h"

static void wrapping(void **state)
{
	struct text t = { .width = 20 };

	(void)state;
	text_wrap(&t, 4, "ab", "one two  three\tfour abcdefghijklmnopqrstuvwxyz");
	assert_string_equal(t.s, "ab  one two three\n"
				 "    four\n"
				 "    abcdefghijklmno\n"
				 "    pqrstuvwxyz\n");
	text_free(&t);
	text_wrap(&t, 4, "a label too long", "one");
	assert_string_equal(t.s, "a label too long\n    one\n");
	text_free(&t);
	text_wrap(&t, 2, NULL, NULL);
	text_wrap(&t, 0, NULL, "");
	text_wrap(&t, 0, NULL, "x");
	assert_string_equal(t.s, "  \n\nx\n");
	text_free(&t);
	for (int width = -3; width < 90; width++) {
		for (int indent = 0; indent < 40; indent++) {
			t.width = width;
			text_wrap(&t, indent, "label", long_text);
			check_lines(t.s, width < 20 ? width == 0 ? 79 : 19 : width - 1, true);
			text_free(&t);
		}
	}
}

/* However long a word is, each of its characters is there once. */
static void long_words(void **state)
{
	static const size_t lengths[] = { 32767, 32768, 32769, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct text t = { 0 };
		char *word = test_calloc(1, lengths[i] + 3);
		size_t n = 0;

		memset(word, 'w', lengths[i]);
		strcpy(word + lengths[i], " x");
		text_wrap(&t, 4, "ab", word);
		for (const char *s = t.s; *s; s++)
			n += *s == 'w';
		assert_int_equal(n, lengths[i]);
		check_lines(t.s, 79, true);
		assert_string_equal(t.s + t.len - 2, "x\n");
		text_free(&t);
		test_free(word);
	}
}

static void cpu_lists(void **state)
{
	static const int cpus[] = { 0, 1, 2, 5, 7, 8, 511 }, backwards[] = { 9, 8, 8, 3, 1 };
	int many[256];
	struct text t = { 0 };

	(void)state;
	text_cpus(&t, cpus, 7);
	text_add(&t, "|");
	text_cpus(&t, cpus + 3, 1);
	text_add(&t, "|");
	text_cpus(&t, cpus, 0);
	assert_string_equal(t.s, "CPUs 0-2,5,7-8,511|CPU 5|");
	text_free(&t);
	/* One thread of each core; three are not a pattern. */
	for (int i = 0; i < 256; i++)
		many[i] = 2 * i + 1;
	text_cpus(&t, many, 256);
	text_add(&t, "|");
	text_cpus(&t, many, 3);
	assert_string_equal(t.s, "CPUs 1-511 in steps of 2|CPUs 1,3,5");
	text_free(&t);
	/* No pattern at all: about one line, and the number of the rest. */
	for (int i = 0; i < 256; i++)
		many[i] = i * (i + 1);
	text_cpus(&t, many, 256);
	assert_string_equal(t.s, "CPUs 0,2,6,12,20,30,42,56 and 248 more");
	text_free(&t);
	text_cpus(&t, many, 9);
	assert_string_equal(t.s, "CPUs 0,2,6,12,20,30,42,56,72");
	text_free(&t);
	/* As a recording may have them. */
	text_cpus(&t, backwards, 5);
	assert_string_equal(t.s, "CPUs 9,8,8,3,1");
	text_free(&t);
}

static void arena(void **state)
{
	struct arena a = { 0 };
	int *numbers = NULL;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int *slot = arena_push(&a, &numbers, &n);

		assert_int_equal(*slot, 0);
		*slot = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	assert_null(arena_strdup(&a, NULL));
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(&a, "ab", 3), "ab");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	arena_free(&a);
	assert_null(a.blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrapping),
		cmocka_unit_test(long_words),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
