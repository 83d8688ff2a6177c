// SPDX-License-Identifier: GPL-2.0-only
/* Values in commands: sh reads back each as the one word that it is, or no command has it. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/shell.h"
#include "setup/boot_files.h"
#include "setup/setup.h"

static struct arena arena;

/* What sh makes of the words of a command: each in <>. */
static const char *by_shell(const char *words)
{
	static char out[1024];
	FILE *f;
	size_t n;

	/* The shell has the command as a value of its own: nothing here quotes it. */
	assert_int_equal(setenv("WORDS", words, 1), 0);
	f = popen("cd /nonexistent 2>&-; eval \"printf '<%s>' $WORDS\"", "r");
	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	out[n] = '\0';
	assert_int_equal(pclose(f), 0);
	return out;
}

static const char *const hostile[] = {
	"a b",
	"a\\",
	"a'b",
	"''",
	"a'; touch x; '",
	"a\"b",
	"$(id)",
	"`id`",
	"a;b",
	"a&b",
	"a|b",
	"a>b",
	"a<b",
	"*",
	"?[a]",
	"~root",
	"#a",
	"!x",
	"{a,b}",
	"(e:id:)",
	"a^b",
	"=ls",
	"$'a'",
	"kvm_intel.nested=0;touch${IFS}/tmp/x;`id`",
};

static void one_word(void **state)
{
	char want[512];

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *word = shell_word(&arena, hostile[i]);

		assert_non_null(word);
		snprintf(want, sizeof(want), "<%s>", hostile[i]);
		assert_string_equal(by_shell(word), want);
		/* Also where it is the end of another word. */
		snprintf(want, sizeof(want), "<--args=%s>", hostile[i]);
		assert_string_equal(by_shell(arena_printf(&arena, "--args=%s", word)), want);
	}
	for (int c = ' '; c <= '~'; c++) {
		char value[] = { 'a', (char)c, 'b', '\0' };
		const char *word = shell_word(&arena, value);

		snprintf(want, sizeof(want), "<%s>", value);
		assert_string_equal(by_shell(word), want);
		assert_int_equal(shell_plain(value), !strcmp(word, value));
	}
}

static void none(void **state)
{
	char longest[SHELL_WORD_MAX + 2];

	(void)state;
	assert_null(shell_word(&arena, NULL));
	assert_null(shell_word(&arena, ""));
	for (int c = 1; c < 256; c++) {
		char value[] = { 'a', (char)c, '\0' };

		if (c < ' ' || c > '~')
			assert_null(shell_word(&arena, value));
	}
	memset(longest, 'x', sizeof(longest));
	longest[SHELL_WORD_MAX + 1] = '\0';
	assert_null(shell_word(&arena, longest));
	assert_false(shell_plain(longest));
	longest[SHELL_WORD_MAX] = '\0';
	assert_string_equal(shell_word(&arena, longest), longest);
	assert_true(shell_plain(longest));
}

/* A name that setup guest and script accept needs no quotes; only a path may begin with ~. */
static void names_are_plain(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char value[] = { 'a', (char)c, '\0' };

		for (int which = 0; which < 3; which++) {
			struct guest_options o = { .kind = "virt-install", .level = 1 };
			struct text t = { 0 };

			guest_defaults(&o);
			*(which == 0 ? &o.name : which == 1 ? &o.bridge : &o.cdrom) = value;
			if (guest_options_ok(&o, &t))
				assert_true(shell_plain(value) || (which == 2 && c == '~'));
			text_free(&t);
		}
	}
}

/* A command that takes a word off a command line; the others: tests/setup/host. */
static void boot_words(void **state)
{
	const struct boot_file f = { "etc/x", BOOT_KERNELSTUB, false };
	static const char start[] = "Run kernelstub -d ", end[] = ", and restart";

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *text = boot_remove(&arena, -1, &f, hostile[i]);
		size_t n = strlen(text) - strlen(end);

		assert_int_equal(strncmp(text, start, strlen(start)), 0);
		assert_string_equal(text + n, end);
		text = arena_strndup(&arena, text + strlen(start), n - strlen(start));
		assert_string_equal(by_shell(text), arena_printf(&arena, "<%s>", hostile[i]));
	}
	assert_contains(boot_remove(&arena, -1, &f, "a\033b"), "no command that can be pasted");
	assert_null(strstr(boot_remove(&arena, -1, &f, "a\nb"), "-d"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_word),
		cmocka_unit_test(none),
		cmocka_unit_test(names_are_plain),
		cmocka_unit_test(boot_words),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&arena);
	return failed;
}
