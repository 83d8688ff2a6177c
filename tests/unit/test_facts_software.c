// SPDX-License-Identifier: GPL-2.0-only
/*
 * The version that a program prints: its first line; programs that hang, fail, or print too much; who
 * may have put them there, and as whom they run.
 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
	/* As root we run it as nobody, who has to write here. */
	f = fopen(note, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(chmod(note, 0666), 0);
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

/* A killed process may still wait to be reaped. */
static void is_gone(pid_t pid)
{
	assert_true(pid > 1);
	for (int n = 0; n < 500 && !kill(pid, 0); n++)
		usleep(10000);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
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
		is_gone(noted());
	}
}

/* What it leaves running is killed, too, in whatever session. */
static void leaves_children(void **state)
{
	static const char *const bodies[] = {
		"sleep 100 >&- & echo $! >$note; echo version",
		"sleep 100 & echo $! >$note; echo version",
		"setsid sleep 100 & echo $! >$note; echo version",
		"(setsid sh -c 'trap \"\" TERM HUP; echo $$ >'$note'; sleep 100; sleep 100' &)\n"
		"while ! [ -s $note ]; do sleep 0.01; done; echo version",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		assert_string_equal(asked(bodies[i], 60), "version");
		is_gone(noted());
	}
	/* After the deadline as well. */
	assert_null(asked("setsid sleep 100 & echo $! >$note; exec sleep 100", 1));
	is_gone(noted());
}

/* The same if we are killed meanwhile. */
static void we_are_killed(void **state)
{
	pid_t self;
	int status;

	(void)state;
	unlink(note);
	self = fork();
	if (!self) {
		asked("setsid sleep 100 & echo $! >$note; exec sleep 100", 60);
		_exit(0);
	}
	for (int n = 0; n < 3000; n++) {
		struct stat st;

		if (!stat(note, &st) && st.st_size)
			break;
		usleep(10000);
	}
	kill(self, SIGKILL);
	assert_int_equal(waitpid(self, &status, 0), self);
	is_gone(noted());
}

/* As root: as nobody, and with no way back. */
static void without_rights(void **state)
{
	(void)state;
	assert_string_equal(asked("grep NoNewPrivs /proc/self/status", 5), "NoNewPrivs:?1");
	if (geteuid())
		skip();
	assert_string_equal(asked("echo $(id -u) $(id -g) $(id -G)", 5), "65534 65534 65534");
	assert_string_equal(asked("grep CapEff /proc/self/status", 5), "CapEff:?0000000000000000");
}

/* Only what nobody else could change or replace is run. */
static void whose_it_is(void **state)
{
	struct arena a = { NULL };
	char link[80];

	(void)state;
	assert_string_equal(asked("echo version", 5), "version");
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink(program, link), 0);
	assert_string_equal(software_version(&a, link, 5), "version");
	assert_int_equal(chmod(program, 0757), 0);
	assert_null(software_version(&a, program, 5));
	assert_null(software_version(&a, link, 5));
	assert_int_equal(chmod(program, 0755), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_null(software_version(&a, program, 5));
	assert_int_equal(chmod(folder, 01777), 0);
	assert_string_equal(software_version(&a, program, 5), "version");
	assert_int_equal(chmod(folder, 0755), 0);
	if (!geteuid()) {
		assert_int_equal(chown(program, 65534, 0), 0);
		assert_null(software_version(&a, program, 5));
		assert_int_equal(chown(program, 0, 65534), 0);
		assert_string_equal(software_version(&a, program, 5), "version");
		assert_int_equal(chmod(program, 0775), 0);
		assert_null(software_version(&a, program, 5));
		assert_int_equal(chown(program, 0, 0), 0);
		assert_string_equal(software_version(&a, program, 5), "version");
		assert_int_equal(chown(folder, 65534, 0), 0);
		assert_null(software_version(&a, program, 5));
		assert_int_equal(chown(folder, 0, 0), 0);
	}
	assert_string_equal(software_version(&a, program, 5), "version");
	unlink(link);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_line),	   cmocka_unit_test(alone),
		cmocka_unit_test(no_version),	   cmocka_unit_test(hangs),
		cmocka_unit_test(leaves_children), cmocka_unit_test(we_are_killed),
		cmocka_unit_test(without_rights),  cmocka_unit_test(whose_it_is),
	};
	int failed;

	if (!mkdtemp(folder) || chmod(folder, 0755))
		return 1;
	snprintf(program, sizeof(program), "%s/program", folder);
	snprintf(note, sizeof(note), "%s/note", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(program);
	unlink(note);
	rmdir(folder);
	return failed;
}
