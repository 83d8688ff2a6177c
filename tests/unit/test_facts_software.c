// SPDX-License-Identifier: GPL-2.0-only
/* The version that a program prints: its first line; programs that hang, fail, or print too much. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts/facts.h"
#include "lib/clock.h"

static char folder[] = "/tmp/nestcheck-software-XXXXXX";
static char program[64], note[64];

/* A shell script; it may write to `note`. */
static const char *asked(const char *body, unsigned int seconds)
{
	static struct arena a;
	FILE *f = fopen(program, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\nnote=%s\n%s\n", note, body);
	fclose(f);
	assert_int_equal(chmod(program, 0755), 0);
	unlink(note);
	return software_version(&a, program, seconds);
}

static pid_t noted(void)
{
	char text[32] = "";
	FILE *f = fopen(note, "r");

	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	return (pid_t)atol(text);
}

static void first_line(void **state)
{
	char want[201];

	(void)state;
	assert_string_equal(asked("echo 'QEMU emulator version 7.2.22 (Debian)'; echo more", 5),
			    "QEMU emulator version 7.2.22 (Debian)");
	assert_string_equal(asked("printf 'no newline'", 5), "no newline");
	assert_string_equal(asked("printf 'dos\\r\\n'", 5), "dos");
	assert_string_equal(asked("printf 'a\\033[2Jb\\377'", 5), "a?[2Jb?");
	assert_string_equal(asked("echo \"$*\"", 5), "--version");
	memset(want, 'x', 200);
	want[200] = '\0';
	assert_string_equal(asked("head -c 100000 /dev/zero | tr '\\0' x", 5), want);
}

/* It gets none of our environment, and nothing to read. */
static void alone(void **state)
{
	(void)state;
	setenv("NESTCHECK_LEAK", "leak", 1);
	assert_string_equal(asked("echo \"${NESTCHECK_LEAK-none}\" \"$(wc -c)\"", 5), "none 0");
	unsetenv("NESTCHECK_LEAK");
}

static void no_version(void **state)
{
	struct arena a = { NULL };

	(void)state;
	assert_null(asked("", 5));
	assert_null(asked("echo to stderr >&2", 5));
	assert_null(asked("echo 'unknown option'; exit 1", 5));
	assert_null(asked("kill -9 $$", 5));
	assert_null(software_version(&a, "/nonexistent", 5));
	assert_null(software_version(&a, folder, 5));
	chmod(program, 0644);
	assert_null(software_version(&a, program, 5));
}

/* Killed in time, with what it started. */
static void hangs(void **state)
{
	static const char *const bodies[] = {
		"echo $$ >$note; echo version; exec sleep 100",
		"echo $$ >$note; echo version; exec >&-; exec sleep 100",
		"sleep 100 & echo $! >$note; echo version; wait",
		"echo $$ >$note; exec yes",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		int64_t begin = monotonic_ms(), took;

		assert_null(asked(bodies[i], 1));
		took = monotonic_ms() - begin;
		assert_in_range(took, 900, 30000);
		/* A killed grandchild may still wait to be reaped. */
		for (int n = 0; n < 500 && !kill(noted(), 0); n++)
			usleep(10000);
		assert_int_equal(kill(noted(), 0), -1);
		assert_int_equal(errno, ESRCH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_line),
		cmocka_unit_test(alone),
		cmocka_unit_test(no_version),
		cmocka_unit_test(hangs),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(program, sizeof(program), "%s/program", folder);
	snprintf(note, sizeof(note), "%s/note", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(program);
	unlink(note);
	rmdir(folder);
	return failed;
}
