// SPDX-License-Identifier: GPL-2.0-only
/*
 * One nestcheck at a time changes a folder (see replace_file.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/replace_file.h"

/* Earlier versions knew only the folder's lock, and are done in less. */
#define EARLY_LOCK_MS 1000

static const struct timespec tick = { .tv_nsec = 20000000 };

/* Only this user, or root, can create or open a file in such a folder. */
static bool is_ours(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* A file that is locked instead of folders, each a byte of it; false: there is no such place. */
static bool place_of(char path[64])
{
	char runtime[32] = "/run";

	if (geteuid())
		snprintf(runtime, sizeof(runtime), "/run/user/%u", (unsigned int)geteuid());
	snprintf(path, 64, "%s/nestcheck.lock", runtime);
	return is_ours(runtime);
}

/* Two folders that share a byte wait for each other, no more. */
static off_t byte_of(const struct stat *folder)
{
	uint64_t byte = (uint64_t)folder->st_dev << 32 ^ folder->st_ino;

	return (off_t)(byte & INT64_MAX);
}

/* One try: a descriptor, -EAGAIN, or what prevents any lock in that place. */
static int try_file(const char *path, off_t byte)
{
	struct flock one = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	int err, fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	/* Of this descriptor: it ends with it, and with no other. */
	if (!fcntl(fd, F_OFD_SETLK, &one))
		return fd;
	err = errno == EACCES || errno == EINTR ? -EAGAIN : -errno;
	close(fd);
	return err;
}

/* The same, by the folder's own lock: 0, -EAGAIN, or -ENOLCK if it has none. */
static int try_folder(int folder)
{
	if (!flock(folder, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK || errno == EINTR)
		return -EAGAIN;
	/* A folder that we may not read, NFS. */
	return -ENOLCK;
}

int folder_lock(int folder, int *lock)
{
	long long end = monotonic_ms() + FOLDER_LOCK_MS;
	int ret = -ENOLCK;
	char path[64];
	struct stat st;

	if (!fstat(folder, &st) && place_of(path))
		while ((ret = try_file(path, byte_of(&st))) == -EAGAIN && monotonic_ms() < end)
			nanosleep(&tick, NULL);
	*lock = ret < 0 ? -1 : ret;
	if (ret == -EAGAIN)
		return -ETIMEDOUT;
	/* Anybody can hold that one: who has the first does not depend on it. */
	if (*lock >= 0)
		end = monotonic_ms() + EARLY_LOCK_MS;
	while ((ret = try_folder(folder)) == -EAGAIN && monotonic_ms() < end)
		nanosleep(&tick, NULL);
	return ret == -EAGAIN && *lock < 0 ? -ETIMEDOUT : 0;
}
