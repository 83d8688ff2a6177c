// SPDX-License-Identifier: GPL-2.0-only
/*
 * The versions of QEMU and libvirt: what the programs print for --version. Both print it and end
 * before they open anything: qemu-system-x86_64(1); libvirtd(8), virtqemud(8).
 *
 * As root may run this, no program is looked for in $PATH, none gets our environment or root's rights,
 * and none runs that somebody else could have put there.
 */
#include "facts/facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/procfs.h"
#include "lib/trusted_program.h"

#define LINE_MAX_LENGTH 200

/* For ending what a program left behind. */
#define KILL_MS 1000

/* In the order of trying; RHEL has only qemu-kvm, and modular libvirt only virtqemud. */
static const struct {
	const char *name;
	const char *paths[8];
} programs[] = {
	{ "qemu",
	  { "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm", "/usr/bin/qemu-kvm",
	    "/usr/bin/kvm", "/usr/local/bin/qemu-system-x86_64",
	    "/run/current-system/sw/bin/qemu-system-x86_64" } },
	{ "libvirt",
	  { "/usr/sbin/libvirtd", "/usr/sbin/virtqemud", "/usr/bin/libvirtd", "/usr/bin/virtqemud",
	    "/usr/local/sbin/libvirtd", "/run/current-system/sw/bin/libvirtd" } },
};

static void run(const char *path, int out)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	/* libvirt's daemons print their name as given: the same whichever of them it is. */
	const char *name = strstr(path, "virt") ? "libvirtd" : "qemu-system-x86_64";
	const char *const argv[] = { name, "--version", NULL };
	int null = open("/dev/null", O_RDWR);

	program_drop_rights();
	/* After that, which would end it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDERR_FILENO);
	dup2(out, STDOUT_FILENO);
	execve(path, (char **)argv, (char **)env);
	_exit(127);
}

/* The parent of a process, by proc_pid_stat(5); 0: not known. */
static pid_t parent_of(const char *pid)
{
	char path[64], text[256];
	const char *after;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	if (read_file(path, text, sizeof(text)) <= 0)
		return 0;
	after = strrchr(text, ')');
	return after && strlen(after) > 4 ? (pid_t)strtol(after + 4, NULL, 10) : 0;
}

static void kill_children(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (*e->d_name > '0' && *e->d_name <= '9' && parent_of(e->d_name) == getpid())
			kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
	if (d)
		closedir(d);
}

/* Who loses its parent becomes a child of ours (PR_SET_CHILD_SUBREAPER), so all are found. */
static void end_all(void)
{
	static const struct timespec tick = { .tv_nsec = 2000000 };
	int64_t end = monotonic_ms() + KILL_MS;
	pid_t got;

	for (;;) {
		while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (got || monotonic_ms() >= end)
			return;
		kill_children();
		nanosleep(&tick, NULL);
	}
}

/*
 * The process between us and the program: waits for it until the deadline, or until we have ended,
 * then ends all that is left. Its own status is 0 if the program's was.
 */
static void keep(const char *path, int out, int64_t deadline, pid_t parent)
{
	int status = -1;
	sigset_t all, old;
	pid_t pid, got = 0;

	setpgid(0, 0);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pid = getppid() == parent ? fork() : -1;
	if (!pid) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		run(path, out);
	}
	close(out);
	while (pid > 0 && (got = waitpid(pid, &status, WNOHANG)) == 0) {
		int64_t left = deadline - monotonic_ms();
		const struct timespec t = { left / 1000, left % 1000 * 1000000 };

		if (left <= 0 || sigtimedwait(&all, NULL, &t) == SIGTERM)
			break;
	}
	end_all();
	_exit(got == pid && !status ? 0 : 1);
}

/* Reads until the pipe is closed; false after the deadline. Keeps what fits. */
static bool read_until(int fd, int64_t deadline, char *buf, size_t size)
{
	char rest[256];
	size_t n = 0;
	ssize_t got;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - monotonic_ms();

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return false;
		got = n < size - 1 ? read(fd, buf + n, size - 1 - n) : read(fd, rest, sizeof(rest));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		n += n < size - 1 ? (size_t)got : 0;
		buf[n] = '\0';
	}
}

const char *software_version(struct arena *a, const char *path, unsigned int seconds)
{
	int64_t deadline = monotonic_ms() + (int64_t)seconds * 1000;
	char line[LINE_MAX_LENGTH + 1] = "", *found = trusted_program(path);
	pid_t pid = -1, self = getpid();
	int fds[2], status = -1;
	bool ended = false;

	if (found && !pipe2(fds, O_CLOEXEC)) {
		pid = fork();
		if (!pid)
			keep(found, fds[1], deadline, self);
		close(fds[1]);
		/* What it leaves running keeps the pipe open, and is ended with it. */
		ended = pid > 0 && read_until(fds[0], deadline + KILL_MS, line, sizeof(line));
		close(fds[0]);
	}
	free(found);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status || !ended)
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	for (char *s = line; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
	return *line ? arena_strdup(a, line) : NULL;
}

void collect_software(struct report *r)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const char *const *path = programs[i].paths, *version = NULL;

		for (; *path && !version; path++)
			version = software_version(&r->arena, *path, SOFTWARE_SECONDS);
		if (version)
			kv_add(&r->arena, &r->facts.software, programs[i].name, version);
	}
}
