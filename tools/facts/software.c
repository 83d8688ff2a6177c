// SPDX-License-Identifier: GPL-2.0-only
/*
 * The versions of QEMU and libvirt: what the programs print for --version. Both print it and end
 * before they open anything: qemu-system-x86_64(1); libvirtd(8), virtqemud(8).
 *
 * As root may run this, no program is looked for in $PATH, and none gets our environment.
 */
#include "facts/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"

#define LINE_MAX_LENGTH 200

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

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDERR_FILENO);
	dup2(out, STDOUT_FILENO);
	execve(path, (char **)argv, (char **)env);
	_exit(127);
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

/* Its exit status; after the deadline it is killed with all that it started, and the status is that. */
static int end_of(pid_t pid, int64_t deadline)
{
	static const struct timespec tick = { .tv_nsec = 2000000 };
	int status = -1;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && monotonic_ms() < deadline)
		nanosleep(&tick, NULL);
	if (got == pid)
		return status;
	kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

const char *software_version(struct arena *a, const char *path, unsigned int seconds)
{
	int64_t deadline = monotonic_ms() + (int64_t)seconds * 1000;
	char line[LINE_MAX_LENGTH + 1] = "";
	bool ended;
	int fds[2];
	pid_t pid;

	if (access(path, X_OK) || pipe2(fds, O_CLOEXEC))
		return NULL;
	pid = fork();
	if (!pid)
		run(path, fds[1]);
	close(fds[1]);
	if (pid > 0)
		setpgid(pid, pid);
	ended = pid > 0 && read_until(fds[0], deadline, line, sizeof(line));
	close(fds[0]);
	if (pid < 0 || end_of(pid, deadline) || !ended)
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
