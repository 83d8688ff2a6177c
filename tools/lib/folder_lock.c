// SPDX-License-Identifier: GPL-2.0-only
/*
 * One nestcheck at a time changes a folder (see replace_file.h).
 */
#include <errno.h>
#include <sys/file.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/replace_file.h"

int folder_lock(int folder)
{
	static const struct timespec tick = { .tv_nsec = 20000000 };
	long long end = monotonic_ms() + FOLDER_LOCK_MS;

	while (flock(folder, LOCK_EX | LOCK_NB)) {
		switch (errno) {
		case EWOULDBLOCK:
		case EINTR:
			break;
		case EBADF: /* a folder that we may not read, NFS */
		case EINVAL:
		case ENOLCK:
		case ENOSYS:
		case EOPNOTSUPP:
			return 0;
		default:
			return -errno;
		}
		if (monotonic_ms() >= end)
			return -ETIMEDOUT;
		nanosleep(&tick, NULL);
	}
	return 0;
}
