// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies what a file has besides its contents (see file_attributes.h).
 */
#include "lib/file_attributes.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* linux/xattr.h */
#define LABEL "security.selinux"
#define ACL   "system.posix_acl_access"

/* By the start of their names; the first row that fits counts. */
static const struct {
	const char *start;
	bool copied;
	const char *called;
} kinds[] = {
	{ LABEL, true, "SELinux label" },
	{ ACL, true, "access control list" },
	{ "system.nfs4_acl", true, "access control list" },
	{ "system.", false, NULL },
	{ "security.ima", false, NULL },
	{ "security.evm", false, NULL },
	{ "trusted.overlay.", false, NULL },
	{ "", true, "extended attributes" },
};

static void lose(char *lost, size_t size, const char *what)
{
	size_t len = strlen(lost);

	if (!strstr(lost, what))
		snprintf(lost + len, size - len, "%s%s", len ? ", " : "", what);
}

/* Errors that say that we, or the file system, may not: anything else is a failure. */
static bool may_not(int err)
{
	return err == EPERM || err == EACCES || err == EINVAL || err == EOPNOTSUPP ||
	       err == ENOSYS || err == ERANGE || err == E2BIG || err == EBADF;
}

static int copy_owner_and_mode(int from, int to, char *lost, size_t size)
{
	struct stat old, new;
	mode_t mode;

	if (fstat(from, &old) || fstat(to, &new))
		return -errno;
	mode = old.st_mode & 07777;
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(to, old.st_uid, old.st_gid)) {
		if (!may_not(errno))
			return -errno;
		lose(lost, size, old.st_uid != new.st_uid ? "owner" : "group");
		/* An ordinary user may still give it to a group of his. */
		if (old.st_uid != new.st_uid && fchown(to, (uid_t)-1, old.st_gid) &&
		    !may_not(errno))
			return -errno;
		mode &= 0777;
	}
	/* A default ACL of the folder's is not the old file's. */
	if (fremovexattr(to, ACL) && errno != ENODATA && !may_not(errno))
		return -errno;
	if (fstat(to, &new))
		return -errno;
	if (mode != (new.st_mode & 07777) && fchmod(to, mode)) {
		if (!may_not(errno))
			return -errno;
		lose(lost, size, "mode");
	}
	return 0;
}

/*
 * chattr(1)'s flags that a new file can be given at any time. FS_NOCOW_FL is not among them: a file
 * with contents cannot get it. Nor are those that forbid to replace the old one.
 */
#define FLAGS                                                                                 \
	(FS_SECRM_FL | FS_UNRM_FL | FS_COMPR_FL | FS_SYNC_FL | FS_NODUMP_FL | FS_NOATIME_FL | \
	 FS_NOCOMP_FL | FS_JOURNAL_DATA_FL | FS_NOTAIL_FL)

/* FS_IOC_GETFLAGS takes an int, whatever its number says. */
static void copy_flags(int from, int to, char *lost, size_t size)
{
	int old, new, want;

	if (ioctl(from, FS_IOC_GETFLAGS, &old))
		return;
	if (ioctl(to, FS_IOC_GETFLAGS, &new)) {
		if (old & FLAGS)
			lose(lost, size, "flags");
		return;
	}
	want = (new & ~FLAGS) | (old & FLAGS);
	if ((want != new &&ioctl(to, FS_IOC_SETFLAGS, &want)) || (old & ~new &FS_NOCOW_FL))
		lose(lost, size, "flags");
}

/* The value in new memory, its size in *size; NULL with errno. */
static char *get(int fd, const char *name, size_t *size)
{
	char *value = malloc(XATTR_SIZE_MAX);
	ssize_t n = value ? fgetxattr(fd, name, value, XATTR_SIZE_MAX) : -1;
	int err = errno;

	if (n >= 0) {
		*size = (size_t)n;
		return value;
	}
	free(value);
	errno = err;
	return NULL;
}

static bool has(int fd, const char *name, const char *value, size_t size)
{
	size_t there;
	char *now = get(fd, name, &there);
	bool same = now && there == size && !memcmp(now, value, size);

	free(now);
	return same;
}

static int copy_one(int from, int to, const char *name, char *lost, size_t size)
{
	size_t i = 0, len;
	char *value;
	int err;

	while (strncmp(name, kinds[i].start, strlen(kinds[i].start)) != 0)
		i++;
	if (!kinds[i].copied)
		return 0;
	value = get(from, name, &len);
	err = value || errno == ENODATA ? 0 : errno;
	/* A new file often has the same label, which only few may set. */
	if (value && !has(to, name, value, len) && fsetxattr(to, name, value, len, 0))
		err = errno;
	free(value);
	if (err && may_not(err)) {
		lose(lost, size, kinds[i].called);
		err = 0;
	}
	return -err;
}

/* As flistxattr(), also of a file that we may not read, and so opened with O_PATH. */
static ssize_t list(int fd, char *names)
{
	ssize_t n = flistxattr(fd, names, XATTR_LIST_MAX);
	char path[64];

	if (n >= 0 || errno != EBADF)
		return n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return listxattr(path, names, XATTR_LIST_MAX);
}

int attributes_copy(int from, int to, char *lost, size_t size)
{
	int err = copy_owner_and_mode(from, to, lost, size);
	char *names;
	ssize_t n;

	if (err)
		return err;
	names = malloc(XATTR_LIST_MAX);
	if (!names)
		return -ENOMEM;
	n = list(from, names);
	if (n < 0 && errno != EOPNOTSUPP && errno != ENOSYS) {
		if (may_not(errno) || errno == ENOENT)
			lose(lost, size, kinds[sizeof(kinds) / sizeof(kinds[0]) - 1].called);
		else
			err = -errno;
	}
	for (const char *s = names; !err && n > 0 && s < names + n; s += strlen(s) + 1)
		err = copy_one(from, to, s, lost, size);
	free(names);
	if (!err)
		copy_flags(from, to, lost, size);
	return err;
}

void attributes_copy_label(int from, int to)
{
	char lost[32] = "";

	copy_one(from, to, LABEL, lost, sizeof(lost));
}
