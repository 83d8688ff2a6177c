// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices, FIFOs and sockets, with time limits (see write_stream.h).
 */
#include "lib/write_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/console.h"

static const struct timespec tick = { .tv_nsec = 20000000 };

/* path may be too long for sun_path; that of a descriptor is not. */
static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int there = open(path, O_PATH | O_CLOEXEC), fd, err = 0;

	if (there < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d", there);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err = -errno;
	close(there);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

static int try_open(const char *path, mode_t kind)
{
	struct stat st;
	int fd;

	if (S_ISSOCK(kind))
		return connect_to(path);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Never a file or a disk that took its place. */
	if (fstat(fd, &st) || (st.st_mode & S_IFMT) != (kind & S_IFMT)) {
		close(fd);
		return -EBUSY;
	}
	return fd;
}

int stream_open(const char *path, const char **step)
{
	long long end = monotonic_ms() + STREAM_STUCK_MS;
	struct stat st;
	bool waits;
	int fd;

	*step = "access it";
	if (stat(path, &st))
		return -errno;
	*step = "write to a disk";
	if (S_ISBLK(st.st_mode))
		return -EINVAL;
	*step = "open it";
	do {
		fd = try_open(path, st.st_mode);
		/* No reader yet; a full queue of connections. */
		waits = (fd == -ENXIO && S_ISFIFO(st.st_mode)) || fd == -EAGAIN || fd == -EINTR;
		if (waits)
			nanosleep(&tick, NULL);
	} while (waits && monotonic_ms() < end);
	if (waits) {
		*step = "open it, as nobody reads it";
		return -ETIMEDOUT;
	}
	return fd;
}

static int write_some(int fd, const char **s, size_t *left)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int ready = poll(&p, 1, STREAM_STUCK_MS);
	ssize_t n;

	if (!ready)
		return -ETIMEDOUT;
	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	n = write(fd, *s, *left < PIPE_BUF ? *left : PIPE_BUF);
	if (n > 0) {
		*s += n;
		*left -= (size_t)n;
	} else if (!n) {
		return -EIO;
	} else if (errno == EAGAIN) {
		nanosleep(&tick, NULL);
	} else if (errno != EINTR) {
		return -errno;
	}
	return 0;
}

int stream_write(int fd, const char *s, size_t size)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	long long end = monotonic_ms() + STREAM_STUCK_MS;
	int ret = 0;

	/* A reader that went away is an error, not our death. */
	sigaction(SIGPIPE, &ignore, &before);
	while (size && !ret) {
		size_t had = size;

		ret = write_some(fd, &s, &size);
		if (size != had)
			end = monotonic_ms() + STREAM_STUCK_MS;
		else if (!ret && monotonic_ms() >= end)
			ret = -ETIMEDOUT;
	}
	sigaction(SIGPIPE, &before, NULL);
	if (isatty(fd)) {
		if (!ret && !console_fd_drain(fd, STREAM_STUCK_MS))
			ret = -ETIMEDOUT;
		/* Otherwise close() waits half a minute for a stuck port. */
		if (ret)
			tcflush(fd, TCOFLUSH);
	}
	return ret;
}
