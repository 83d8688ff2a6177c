// SPDX-License-Identifier: GPL-2.0-only
/* The distribution's own way to load a module, with a time limit. */
#include "kvm/module.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"

#define MODPROBE_SECONDS 30

static const char *const modprobe_paths[] = {
	"/sbin/modprobe",
	"/usr/sbin/modprobe",
	"/bin/modprobe",
	"/usr/bin/modprobe",
};

static const char *find_modprobe(void)
{
	for (size_t i = 0; i < sizeof(modprobe_paths) / sizeof(modprobe_paths[0]); i++)
		if (!access(modprobe_paths[i], X_OK))
			return modprobe_paths[i];
	return NULL;
}

bool module_has_modprobe(void)
{
	return find_modprobe() != NULL;
}

char *module_message(char *output)
{
	size_t n = strlen(output);

	for (char *s = output; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = ' ';
	while (n && output[n - 1] == ' ')
		output[--n] = '\0';
	return output;
}

/* Reads the child's output until it closes the pipe; -ETIMEDOUT after the deadline. */
static int read_output(int fd, char *buf, size_t size)
{
	int64_t deadline = monotonic_ms() + MODPROBE_SECONDS * 1000;
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - monotonic_ms();
		char rest[256];
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return -ETIMEDOUT;
		if (n < size - 1)
			got = read(fd, buf + n, size - 1 - n);
		else
			got = read(fd, rest, sizeof(rest));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (n < size - 1)
			n += (size_t)got;
		buf[n] = '\0';
	}
	module_message(buf);
	return 0;
}

int module_modprobe(struct arena *a, const char *name, const char *argument, const char **output)
{
	const char *path = find_modprobe();
	char buf[512] = "";
	int fds[2], status, err;
	pid_t pid;

	*output = NULL;
	if (!path)
		return -ENOENT;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0) {
		err = -errno;
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		signal(SIGPIPE, SIG_DFL);
		execl(path, "modprobe", name, argument, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	err = read_output(fds[0], buf, sizeof(buf));
	close(fds[0]);
	if (err)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (buf[0])
		*output = arena_strdup(a, buf);
	if (err)
		return err;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}
