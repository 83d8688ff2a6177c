// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a call has to undo, where the next one finds it: a file with the name of the device that is
 * read-only in the kernel. It is also the lock, so that there is one call at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "setup/disk/disk.h"

#define STATE_PATH "/run/nestcheck-disk.state"

static int fd = -1;

int disk_state_lock(unsigned int seconds)
{
	static const struct timespec tick = { .tv_nsec = 100000000 };

	fd = open(STATE_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	for (unsigned int i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (errno != EINTR && (errno != EWOULDBLOCK || i >= seconds * 10))
			return -errno;
		nanosleep(&tick, NULL);
	}
	return 0;
}

void disk_state_note(const char *name)
{
	ssize_t ignored;

	if (fd < 0 || ftruncate(fd, 0) || !name)
		return;
	ignored = pwrite(fd, name, strlen(name), 0);
	(void)ignored;
}

void disk_state_read(char *name, size_t size)
{
	ssize_t n = pread(fd, name, size - 1, 0);

	name[n > 0 ? n : 0] = '\0';
}

void disk_state_leave(void)
{
	close(fd);
	fd = -1;
}
