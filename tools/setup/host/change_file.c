// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one file that is changed (see change.h). The order of the steps makes it safe: the new file
 * is complete and on the disk before it gets a name; the old one has its second name before it
 * loses its first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/replace_file.h"
#include "setup/host/change.h"
#include "setup/root.h"

#define TEMPORARY     "." CHANGE_NAME ".nestcheck-new"
#define SELINUX_LABEL "security.selinux" /* linux/xattr.h */

static int failed(const char **what, const char *text)
{
	*what = text;
	return -errno;
}

/* Opens the folder; creates it if it is missing and make is set. */
static int open_folder(int root, bool make, const char **what)
{
	int etc, fd = root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);

	*what = "cannot open";
	if (fd != -ENOENT || !make)
		return fd;
	etc = root_open_at(root, "etc", O_RDONLY | O_DIRECTORY);
	if (etc < 0)
		return etc;
	fd = mkdirat(etc, "modprobe.d", 0755) ? failed(what, "cannot create") : 0;
	/* An administrator's umask must not keep modprobe's users from reading it. */
	if (!fd)
		fchmodat(etc, "modprobe.d", 0755, 0);
	if (!fd && fsync(etc))
		fd = failed(what, "cannot write");
	close(etc);
	return fd ? fd : root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);
}

/* With SELinux a new file gets the folder's label, but not on a root that is only mounted here. */
static void copy_label(int from, int to)
{
	char label[256];
	ssize_t n = fgetxattr(from, SELINUX_LABEL, label, sizeof(label));

	if (n > 0 && fsetxattr(to, SELINUX_LABEL, label, (size_t)n, 0)) {
		/* Then it keeps the label of this system. */
	}
}

static int fill(int folder, int fd, const char *contents, const char **what)
{
	int err = write_all(fd, contents, strlen(contents));

	*what = "cannot write";
	if (err)
		return err;
	copy_label(folder, fd);
	if (fchmod(fd, 0644) || fsync(fd))
		return -errno;
	return 0;
}

/* The file has no name until it is complete: a failure leaves nothing behind. */
static int write_nameless(int folder, const char *contents, const char **what)
{
	char path[64];
	int err, fd = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return failed(what, "cannot write");
	err = fill(folder, fd, contents, what);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!err && linkat(fd, "", folder, CHANGE_NAME, AT_EMPTY_PATH) &&
	    (errno == EEXIST || linkat(AT_FDCWD, path, folder, CHANGE_NAME, AT_SYMLINK_FOLLOW)))
		err = failed(what, "cannot write");
	close(fd);
	return err;
}

static int write_renamed(int folder, const char *contents, const char **what)
{
	int err, fd;

	unlinkat(folder, TEMPORARY, 0);
	fd = openat(folder, TEMPORARY, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(what, "cannot write");
	err = fill(folder, fd, contents, what);
	close(fd);
	if (!err && renameat(folder, TEMPORARY, folder, CHANGE_NAME))
		err = failed(what, "cannot write");
	if (err)
		unlinkat(folder, TEMPORARY, 0);
	return err;
}

static int sync_folder(int folder, const char **what)
{
	return fsync(folder) ? failed(what, "cannot write to the disk") : 0;
}

static bool exists(int folder, const char *name)
{
	struct stat st;

	return !fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW);
}

/* Gives the existing file a second name. */
static int keep_old(int folder, const char **what)
{
	if (exists(folder, CHANGE_KEPT))
		return 0;
	if (linkat(folder, CHANGE_NAME, folder, CHANGE_KEPT, 0))
		return failed(what, "cannot keep what is in");
	return sync_folder(folder, what);
}

int change_write(int root, const char *contents, bool keep, const char **what)
{
	int err = 0, folder = open_folder(root, true, what);

	if (folder < 0)
		return folder;
	unlinkat(folder, TEMPORARY, 0);
	if (keep)
		err = keep_old(folder, what);
	if (!err && !exists(folder, CHANGE_NAME)) {
		err = write_nameless(folder, contents, what);
		/* No O_TMPFILE: older overlayfs and FUSE, NFS. */
		if (err == -EOPNOTSUPP || err == -EISDIR || err == -ENOENT || err == -EINVAL)
			err = write_renamed(folder, contents, what);
	} else if (!err) {
		err = write_renamed(folder, contents, what);
	}
	if (!err)
		err = sync_folder(folder, what);
	close(folder);
	return err;
}

int change_undo(int root, bool kept, bool made_folder, const char **what)
{
	int err = 0, etc, folder = open_folder(root, false, what);

	if (folder < 0)
		return folder;
	if (kept && renameat(folder, CHANGE_KEPT, folder, CHANGE_NAME))
		err = failed(what, "cannot restore");
	else if (!kept && unlinkat(folder, CHANGE_NAME, 0))
		err = failed(what, "cannot delete");
	if (!err)
		err = sync_folder(folder, what);
	close(folder);
	if (err || !made_folder || kept)
		return err;
	/* The folder stays if it contains anything else by now. */
	etc = root_open_at(root, "etc", O_RDONLY | O_DIRECTORY);
	if (etc < 0)
		return 0;
	if (!unlinkat(etc, "modprobe.d", AT_REMOVEDIR))
		err = sync_folder(etc, what);
	close(etc);
	return err;
}

enum change_kept change_kept_of(int root)
{
	enum change_kept kept = KEPT_NOTHING;
	const char *what;
	struct stat now, before;
	int folder = open_folder(root, false, &what);

	if (folder < 0)
		return KEPT_NOTHING;
	if (!fstatat(folder, CHANGE_KEPT, &before, AT_SYMLINK_NOFOLLOW)) {
		kept = KEPT_OTHER;
		if (!fstatat(folder, CHANGE_NAME, &now, AT_SYMLINK_NOFOLLOW) &&
		    now.st_dev == before.st_dev && now.st_ino == before.st_ino)
			kept = KEPT_SAME;
	}
	close(folder);
	return kept;
}

void change_clean(int root)
{
	const char *what;
	int folder = open_folder(root, false, &what);

	if (folder < 0)
		return;
	unlinkat(folder, TEMPORARY, 0);
	if (change_kept_of(root) == KEPT_SAME)
		unlinkat(folder, CHANGE_KEPT, 0);
	fsync(folder);
	close(folder);
}
