// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever may hang runs in a child: a disk that does not answer must not block the listing. A child
 * dies with its parent: what it would mount nobody would unmount.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "setup/disk/disk.h"

#define TICK_MS 2

int disk_child(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	return 0;
}

int disk_bounded(unsigned int seconds, int (*fn)(void *arg), void *arg)
{
	static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	pid_t pid = disk_child();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(-fn(arg) & 0xff);
	for (unsigned int i = 0; i < seconds * (1000 / TICK_MS); i++) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
		if (got < 0 && errno != EINTR)
			return -errno;
		nanosleep(&tick, NULL);
	}
	/* A child that waits for the disk in the kernel cannot be killed: do not wait for it. */
	kill(pid, SIGKILL);
	waitpid(pid, &status, WNOHANG);
	return -ETIMEDOUT;
}
