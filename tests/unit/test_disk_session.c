// SPDX-License-Identifier: GPL-2.0-only
/* A call of setup disk: what becomes of its worker, and of what that printed. */
#include "machine.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/terminal.h"
#include "setup/disk/disk.h"

/* Nothing was left by an earlier call, and nothing is recorded. */
int disk_state_lock(unsigned int seconds)
{
	return seconds ? 0 : -1;
}

void disk_state_note(const char *name)
{
	(void)name;
}

void disk_state_read(char *name, size_t size)
{
	(void)size;
	*name = '\0';
}

void disk_state_leave(void)
{
}

static int work(void *arg)
{
	print("the disks\n");
	return *(const int *)arg;
}

static int die(void *arg)
{
	(void)arg;
	raise(SIGKILL);
	return 0;
}

/* With standard output in that file. */
static int session(int (*fn)(void *arg), int status, const char *path)
{
	int saved = dup(1), fd = open(path, O_WRONLY);

	assert_true(saved >= 0 && fd >= 0);
	fflush(stdout);
	assert_int_equal(dup2(fd, 1), 1);
	status = disk_session(fn, &status);
	assert_int_equal(dup2(saved, 1), 1);
	close(saved);
	close(fd);
	return status;
}

static void the_workers_status(void **state)
{
	(void)state;
	for (int status = 0; status < 5; status++)
		assert_int_equal(session(work, status, "/dev/null"), status);
	assert_int_equal(session(die, 0, "/dev/null"), verdict_exit_status(VERDICT_ERROR));
}

/* The parent prints nothing, so it is the worker that knows. */
static void what_it_printed_is_lost(void **state)
{
	(void)state;
	for (int status = 0; status < 5; status++)
		assert_int_equal(session(work, status, "/dev/full"),
				 verdict_exit_status(VERDICT_ERROR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_workers_status),
		cmocka_unit_test(what_it_printed_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
