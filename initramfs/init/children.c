// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes. Every orphan becomes a child of PID 1, so init reaps every child that ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "lib/clock.h"

int children_fd = -1;

static void child_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
}

void children_init(void)
{
	sigset_t set;

	child_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	children_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

pid_t child_fork(void)
{
	sigset_t set;
	pid_t pid = fork();

	if (pid == 0) {
		child_signals(&set);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		signal(SIGPIPE, SIG_DFL);
	}
	return pid;
}

pid_t child_reap(int *status)
{
	struct signalfd_siginfo info;
	pid_t pid;

	/* Drain the signals before the children: one that ends in between signals again. */
	while (children_fd >= 0 && read(children_fd, &info, sizeof(info)) > 0)
		continue;
	do {
		pid = waitpid(-1, status, WNOHANG);
	} while (pid < 0 && errno == EINTR);
	return pid > 0 ? pid : 0;
}

bool child_wait(pid_t pid, int ms, int *status)
{
	long long end = monotonic_ms() + ms;

	for (;;) {
		struct pollfd p = { .fd = children_fd, .events = POLLIN };
		long long left;
		pid_t ended;

		while ((ended = child_reap(status))) {
			if (ended == pid)
				return true;
		}
		left = end - monotonic_ms();
		if (left <= 0)
			return false;
		/* Without signalfd: poll ten times a second. */
		poll(&p, 1, children_fd >= 0 || left < 100 ? (int)left : 100);
	}
}
