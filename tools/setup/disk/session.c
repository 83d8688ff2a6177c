// SPDX-License-Identifier: GPL-2.0-only
/*
 * One call of setup disk at a time, and nothing left of one that was killed.
 *
 * A worker does everything. It is the first to go if memory runs out, and whatever may end it, its
 * small parent then unmounts the volume and makes the block device writable again. If the parent is
 * killed as well, the next call does so.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error_text.h"
#include "lib/procfs.h"
#include "lib/streams.h"
#include "lib/terminal.h"
#include "setup/disk/disk.h"

#define WAIT_SECONDS 10

/* --- what was left ------------------------------------------------------------------------ */

static bool is_mount_point(const char *path)
{
	char line[4096], at[sizeof(line)];
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;

	/* proc_pid_mountinfo(5): the fifth field */
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*s %*s %*s %4095s", at) == 1 && !strcmp(at, path);
	if (f)
		fclose(f);
	return found;
}

static int make_writable(void *arg)
{
	int fd = open(arg, O_RDONLY | O_CLOEXEC | O_NONBLOCK), off = 0, err = 0;

	/* The disk may have been unplugged. */
	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? 0 : -errno;
	if (ioctl(fd, BLKROSET, &off))
		err = -errno;
	close(fd);
	return err;
}

/* Says what it undoes. 0, or a negative errno with a sentence on stderr. */
static int undo_what_was_left(void)
{
	char path[64] = "/dev/";
	bool mounted = is_mount_point(DISK_ROOT);
	int err = 0;

	disk_state_read(path + 5, sizeof(path) - 5);
	if (!path[5] && !mounted)
		return 0;
	while (!err && is_mount_point(DISK_ROOT))
		err = disk_unmount();
	if (!err && path[5])
		err = disk_bounded(WAIT_SECONDS, make_writable, path);
	if (!err)
		disk_state_note(NULL);
	/* When it was mounted for writing, the device's name is not recorded. */
	complain("%s was left mounted or read-only by a call that ended early: %s%s",
		 path[5] ? path : "a volume",
		 err ? "it cannot be released: " : "it is unmounted, and writable again",
		 err ? error_text(-err) : "");
	return err;
}

/* --- the worker --------------------------------------------------------------------------- */

/*
 * Waits for the worker, whose status it returns, and then for the processes that it left: one of
 * them may be mounting. But not for one that waits for a disk, which cannot be killed.
 */
static int wait_for_all(pid_t worker, const sigset_t *signals)
{
	const struct timespec limit = { .tv_sec = WAIT_SECONDS };
	int status = 0, got, sig;
	bool working = true;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &got, WNOHANG)) > 0)
			if (pid == worker) {
				working = false;
				status = got;
			}
		if (pid < 0 && errno == ECHILD)
			return status;
		sig = working ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &limit);
		if (sig < 0 && errno == EAGAIN)
			return status;
		if (sig > 0 && sig != SIGCHLD && working)
			kill(worker, sig);
	}
}

static int supervise(int (*work)(void *arg), void *arg)
{
	sigset_t signals, before;
	int status;
	pid_t worker;

	sigemptyset(&signals);
	for (const int *s = (const int[]){ SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, 0 }; *s; s++)
		sigaddset(&signals, *s);
	sigprocmask(SIG_BLOCK, &signals, &before);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	worker = disk_child();
	if (worker < 0)
		return -errno;
	if (worker == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		write_word("/proc/self/oom_score_adj", "1000");
		exit(streams_end(work(arg)));
	}
	status = wait_for_all(worker, &signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	complain("setup disk was killed by signal %d%s", WTERMSIG(status),
		 WTERMSIG(status) == SIGKILL ? ", possibly for want of memory" : "");
	return verdict_exit_status(VERDICT_ERROR);
}

int disk_session(int (*work)(void *arg), void *arg)
{
	int err = disk_state_lock(WAIT_SECONDS), status;

	if (err) {
		complain("another setup disk is running, or waits for a disk: %s",
			 error_text(-err));
		return verdict_exit_status(VERDICT_ERROR);
	}
	if (undo_what_was_left())
		return verdict_exit_status(VERDICT_ERROR);
	status = supervise(work, arg);
	if (status < 0)
		complain("setup disk cannot start: %s", error_text(-status));
	if (undo_what_was_left() || status < 0)
		return verdict_exit_status(VERDICT_ERROR);
	return status;
}
