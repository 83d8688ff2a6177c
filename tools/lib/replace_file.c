// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replaces a file completely or not at all (see replace_file.h).
 */
#include "lib/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int write_all(int fd, const char *s, size_t size)
{
	while (size) {
		ssize_t n = write(fd, s, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			s += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* A rename survives a power cut only if the folder is synced too. */
static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, ret = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) && errno != EINVAL)
		ret = -errno;
	close(fd);
	return ret;
}

/* If we may not change the owner, the file stays ours. */
static int copy_owner_and_mode(int fd, const struct stat *old)
{
	if (fchown(fd, old->st_uid, old->st_gid) && errno != EPERM)
		return -errno;
	return fchmod(fd, old->st_mode & 07777) ? -errno : 0;
}

/* Sets the mode that open() would have set; fails silently if the file system has no modes. */
static void set_new_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

static int replace(const char *path, const char *s, size_t size, const struct stat *old,
		   const char **what)
{
	char tmp[PATH_MAX];
	int fd, ret = 0;

	*what = "write beside it";
	if (snprintf(tmp, sizeof(tmp), "%s.XXXXXX", path) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (old)
		ret = copy_owner_and_mode(fd, old);
	else
		set_new_mode(fd);
	if (!ret)
		ret = write_all(fd, s, size);
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret) {
		*what = "replace it";
		ret = rename(tmp, path) ? -errno : 0;
	}
	if (ret)
		unlink(tmp);
	else
		ret = sync_folder(path);
	return ret;
}

/* A second link to the old file, whose first name then goes to the new file. */
static int back_up(const char *path, const char **what)
{
	char name[PATH_MAX];

	*what = "keep a backup of it (.bak)";
	if (snprintf(name, sizeof(name), "%s.bak", path) >= (int)sizeof(name))
		return -ENAMETOOLONG;
	return link(path, name) ? -errno : 0;
}

int replace_file(const char *path, const char *s, size_t size, bool backup, const char **what)
{
	const char *ignored;
	char real[PATH_MAX];
	struct stat old;
	int ret;

	if (!what)
		what = &ignored;
	*what = "access it";
	if (!realpath(path, real)) {
		if (errno != ENOENT)
			return -errno;
		return replace(path, s, size, NULL, what);
	}
	if (stat(real, &old))
		return -errno;
	if (!S_ISREG(old.st_mode)) {
		*what = "replace what is not a regular file";
		return -EINVAL;
	}
	ret = backup ? back_up(real, what) : 0;
	return ret ? ret : replace(real, s, size, &old, what);
}
