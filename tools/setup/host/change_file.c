// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one file that is changed (see change.h). The order of the steps makes it safe: the new file
 * is complete and on the disk before it gets a name; the old one has its second name before it
 * loses its first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/foresee.h"
#include "setup/host/change.h"
#include "setup/root.h"

/* Steps before and after the change. */
#define UNSYNCED "cannot write to the disk of"
#define UNSAFE	 "that may not survive a power cut"

/* Versions without a record always used this name. */
#define EARLY_TEMPORARY "." CHANGE_NAME ".nestcheck-new"

static int failed(struct replaced *how, const char *step)
{
	how->step = step;
	return -errno;
}

static int sync_folder(int folder, const char *step, struct replaced *how)
{
	how->step = step;
	return folder_sync(folder);
}

static int open_etc(int root)
{
	return root_open_at(root, "etc", O_RDONLY | O_DIRECTORY);
}

int change_lock(int root, struct change_lock *l, struct replaced *how)
{
	int err;

	*how = (struct replaced){ .step = "cannot lock the folder etc for" };
	l->etc = open_etc(root);
	if (l->etc < 0)
		return l->etc;
	err = folder_lock(l->etc, &l->lock);
	if (err) {
		close(l->etc);
		l->etc = -1;
	}
	return err;
}

void change_unlock(struct change_lock *l)
{
	if (l->etc < 0)
		return;
	close(l->etc);
	if (l->lock >= 0)
		close(l->lock);
	l->etc = -1;
}

static int remove_folder(int root, struct replaced *how)
{
	int err = 0, etc = open_etc(root);

	how->step = "the folder that was made for it cannot be deleted";
	if (etc < 0)
		return etc;
	if (unlinkat(etc, "modprobe.d", AT_REMOVEDIR))
		err = -errno;
	/* It stays if it contains anything else by now. */
	if (err == -ENOTEMPTY || err == -EEXIST)
		err = 0;
	else if (!err)
		err = sync_folder(etc, UNSAFE, how);
	close(etc);
	return err;
}

/* Opens the folder; creates it if it is missing and made is not NULL. */
static int open_folder(int root, bool *made, struct replaced *how)
{
	int etc, err, fd = root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);

	how->step = "cannot open";
	if (fd != -ENOENT || !made)
		return fd;
	etc = open_etc(root);
	if (etc < 0)
		return etc;
	*made = !mkdirat(etc, "modprobe.d", 0755);
	err = *made ? 0 : failed(how, "cannot create the folder of");
	/* An administrator's umask must not keep modprobe's users from reading it. */
	if (!err && fchmodat(etc, "modprobe.d", 0755, 0))
		err = failed(how, "cannot create the folder of");
	if (!err)
		err = sync_folder(etc, UNSYNCED, how);
	if (!err) {
		how->step = "cannot open the folder of";
		fd = root_open_at(root, CHANGE_FOLDER, O_RDONLY | O_DIRECTORY);
		err = fd < 0 ? fd : 0;
	}
	if (err && *made)
		*made = unlinkat(etc, "modprobe.d", AT_REMOVEDIR) != 0;
	close(etc);
	return err ? err : fd;
}

/* A regular file of at most max bytes, as it is, in new memory. */
static int read_open(int fd, size_t max, char **s, size_t *size)
{
	struct stat st;
	ssize_t n = 1;

	*size = 0;
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((size_t)st.st_size > max)
		return -EFBIG;
	*s = malloc((size_t)st.st_size + 1);
	if (!*s)
		return -ENOMEM;
	while (n && *size < (size_t)st.st_size) {
		n = read(fd, *s + *size, (size_t)st.st_size - *size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			free(*s);
			return (int)n;
		}
		*size += (size_t)n;
	}
	(*s)[*size] = '\0';
	return 0;
}

static int read_in(int folder, const char *name, size_t max, char **s, size_t *size)
{
	int err, fd = openat(folder, name,
			     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	err = read_open(fd, max, s, size);
	close(fd);
	return err;
}

static bool digest_in(int folder, const char *name, char digest[SHA256_HEX])
{
	uint8_t bytes[SHA256_SIZE];
	size_t size;
	char *s;

	if (read_in(folder, name, ROOT_FILE_MAX, &s, &size))
		return false;
	sha256(s, size, bytes);
	sha256_hex(bytes, digest);
	free(s);
	return true;
}

int change_read(int root, char **s, size_t *size)
{
	struct replaced how;
	int err, folder = open_folder(root, NULL, &how);

	if (folder < 0)
		return folder;
	err = read_in(folder, CHANGE_NAME, ROOT_FILE_MAX - 1, s, size);
	close(folder);
	return err;
}

bool change_digest(int root, const char *name, char digest[SHA256_HEX])
{
	struct replaced how;
	int folder = open_folder(root, NULL, &how);
	bool ok;

	if (folder < 0)
		return false;
	ok = digest_in(folder, name, digest);
	close(folder);
	return ok;
}

static enum change_kept kept_in(int folder)
{
	struct stat now, before;

	/* What cannot be looked at is there: then nothing is deleted that it might replace. */
	if (fstatat(folder, CHANGE_KEPT, &before, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? KEPT_NOTHING : KEPT_OTHER;
	if (!fstatat(folder, CHANGE_NAME, &now, AT_SYMLINK_NOFOLLOW) &&
	    now.st_dev == before.st_dev && now.st_ino == before.st_ino)
		return KEPT_SAME;
	return KEPT_OTHER;
}

enum change_kept change_kept_of(int root)
{
	struct replaced how;
	int folder = open_folder(root, NULL, &how);
	enum change_kept kept;

	if (folder < 0)
		return folder == -ENOENT ? KEPT_NOTHING : KEPT_OTHER;
	kept = kept_in(folder);
	close(folder);
	return kept;
}

/* Gives the existing file a second name. */
static int keep_old(int folder, const char *digest, struct replaced *how)
{
	char now[SHA256_HEX];
	int err = 0;

	if (linkat(folder, CHANGE_NAME, folder, CHANGE_KEPT, 0))
		return failed(how, "cannot keep what is in");
	if (!digest_in(folder, CHANGE_KEPT, now) || strcmp(now, digest) != 0) {
		how->step = "another program has just changed";
		err = -EBUSY;
	}
	if (!err)
		err = sync_folder(folder, UNSYNCED, how);
	if (err)
		unlinkat(folder, CHANGE_KEPT, 0);
	return err;
}

static int write_new(int folder, const char *contents, bool exclusive, struct replaced *how)
{
	struct new_file n = {
		.s = contents,
		.size = strlen(contents),
		.like = -1,
		.mode = 0644,
		/* With SELinux a new file gets it, but not on a root that is only mounted here. */
		.folder_label = true,
		.exclusive = exclusive,
	};
	int err = replace_at(folder, CHANGE_NAME, &n, how);

	how->step = how->done ? UNSAFE : "cannot write";
	return err;
}

int change_write(int root, const char *contents, enum change_owner before,
		 const struct change_record *r, struct replaced *how)
{
	bool keep = before == OWNER_ANOTHER, made = false;
	struct replaced ignored;
	int err, folder;

	*how = (struct replaced){ 0 };
	folder = open_folder(root, &made, how);
	err = folder < 0 ? folder : 0;
	/* In an append-only folder neither the second name nor the new file could be taken away again. */
	if (!err && before != OWNER_NOBODY) {
		how->step = keep ? "cannot keep what is in" : "cannot write";
		err = foresee_take(folder, CHANGE_NAME);
	}
	if (!err && keep)
		err = keep_old(folder, r->digest, how);
	if (!err) {
		err = write_new(folder, contents, before == OWNER_NOBODY, how);
		if (err && !how->done && keep)
			unlinkat(folder, CHANGE_KEPT, 0);
	}
	if (folder >= 0)
		close(folder);
	if (err && !how->done && made)
		remove_folder(root, &ignored);
	return err;
}

int change_undo(int root, bool kept, bool made_folder, struct replaced *how)
{
	int err = 0, folder;

	*how = (struct replaced){ 0 };
	folder = open_folder(root, NULL, how);
	if (folder < 0)
		return folder;
	if (kept && renameat(folder, CHANGE_KEPT, folder, CHANGE_NAME))
		err = failed(how, "cannot restore");
	else if (!kept && unlinkat(folder, CHANGE_NAME, 0))
		err = failed(how, "cannot delete");
	how->done = !err;
	if (!err)
		err = sync_folder(folder, UNSAFE, how);
	close(folder);
	if (how->done && made_folder && !kept) {
		struct replaced second = *how;
		int ret = remove_folder(root, &second);

		/* The first failure is the one to report. */
		if (!err && ret)
			*how = second;
		err = err ? err : ret;
	}
	return err;
}

/* A complete file of ours, by its digest: no other program's, whatever it is called. */
static void clean_ours(int folder, const char *name)
{
	size_t size;
	char *s;

	if (read_in(folder, name, 4096, &s, &size))
		return;
	if (strlen(s) == size && change_owner_of(s) == OWNER_US)
		unlinkat(folder, name, 0);
	free(s);
}

void change_clean(int root)
{
	struct replaced how;
	int copy, folder = open_folder(root, NULL, &how);
	struct dirent *e;
	DIR *d;

	if (folder < 0)
		return;
	/* closedir() closes its descriptor. */
	copy = fcntl(folder, F_DUPFD_CLOEXEC, 3);
	d = copy < 0 ? NULL : fdopendir(copy);
	while (d && (e = readdir(d)))
		if (is_temporary(e->d_name) || !strcmp(e->d_name, EARLY_TEMPORARY))
			clean_ours(folder, e->d_name);
	if (d)
		closedir(d);
	else if (copy >= 0)
		close(copy);
	if (kept_in(folder) == KEPT_SAME)
		unlinkat(folder, CHANGE_KEPT, 0);
	close(folder);
}
