// SPDX-License-Identifier: GPL-2.0-only
/* See foresee.h. */
#include "lib/foresee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/procfs.h"

/* 0 too if the file system has no flags, or does not show them. */
static int flags_of(int fd)
{
	int flags = 0;

	return ioctl(fd, FS_IOC_GETFLAGS, &flags) ? 0 : flags;
}

/* By proc_pid_fdinfo(5); "" if it is not known. */
static void mount_of(int fd, char id[32])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (!procfs_line(path, "mnt_id:", id, 32))
		id[0] = '\0';
}

static bool is_mounted(int folder, int fd)
{
	char one[32], other[32];

	mount_of(folder, one);
	mount_of(fd, other);
	return strcmp(one, other) != 0;
}

int foresee_add(int folder, unsigned int how)
{
	struct statvfs fs;

	if (!(how & FORESEE_READ_ONLY) && !fstatvfs(folder, &fs) && fs.f_flag & ST_RDONLY)
		return -EROFS;
	if (flags_of(folder) & FS_IMMUTABLE_FL)
		return -EPERM;
	if (how & FORESEE_AS_ROOT && geteuid())
		return 0;
	if (!faccessat(folder, ".", W_OK | X_OK, AT_EACCESS))
		return 0;
	return errno == EROFS && how & FORESEE_READ_ONLY ? 0 : -errno;
}

int foresee_take(int folder, const char *name)
{
	int err = 0,
	    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (flags_of(folder) & FS_APPEND_FL)
		err = -EPERM;
	if (fd < 0)
		fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err;
	if (flags_of(fd) & (FS_IMMUTABLE_FL | FS_APPEND_FL))
		err = -EPERM;
	else if (is_mounted(folder, fd))
		err = -EBUSY;
	close(fd);
	return err;
}
