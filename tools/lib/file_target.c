// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that a user named: where it is, through which links, and what it is (see
 * replace_file.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/foresee.h"
#include "lib/replace_file.h"
#include "lib/write_stream.h"

#define LINKS_MAX	 40 /* as the kernel */
/* linux/magic.h */
#define PROC_SUPER_MAGIC 0x9fa0

#define CHANGED_MEANWHILE "replace it, as another program changed it meanwhile"

static int open_folder(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* We may write to it, but not read it. */
	if (fd < 0 && errno == EACCES)
		fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Goes on to the folder of a path, and leaves in *path what follows it. */
static int enter(int *folder, char **path)
{
	char *slash = strrchr(*path, '/'), *name = slash ? slash + 1 : *path;
	int next;

	if (!**path)
		return -ENOENT;
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EISDIR;
	name = strdup(name);
	if (!name)
		return -ENOMEM;
	if (slash)
		slash[slash == *path] = '\0';
	next = open_folder(*folder, slash ? *path : ".");
	if (*folder >= 0)
		close(*folder);
	*folder = next < 0 ? -1 : next;
	free(*path);
	*path = name;
	return next < 0 ? next : 0;
}

/* As the kernel's protected_symlinks, which need not be on: in /tmp, only our own and its owner's. */
static bool may_follow(int folder, const struct stat *link)
{
	struct stat st;

	if (fstat(folder, &st))
		return false;
	return (st.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) ||
	       link->st_uid == geteuid() || link->st_uid == st.st_uid;
}

/* /dev/stdout, /dev/fd/3: not a name of the file, but the file that is open. */
static bool is_magic(int folder)
{
	struct statfs fs;

	return !fstatfs(folder, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/* *name becomes what the link says. */
static int read_link(int folder, char **name)
{
	char *to = malloc(PATH_MAX + 1);
	ssize_t n = to ? readlinkat(folder, *name, to, PATH_MAX) : -1;

	if (n < 0) {
		int err = to ? -errno : -ENOMEM;

		free(to);
		return err;
	}
	to[n] = '\0';
	free(*name);
	*name = to;
	return 0;
}

#define FOUND_OPEN_FILE 1

/* Sets t->folder and t->name, with no link left; FOUND_OPEN_FILE: it is one of /proc/self/fd. */
static int find(struct target *t, const char *path, struct replaced *out)
{
	struct stat st;
	int ret;

	t->folder = AT_FDCWD;
	t->name = strdup(path);
	if (!t->name)
		return -ENOMEM;
	for (int links = 0;; links++) {
		out->step = "access its folder";
		ret = enter(&t->folder, &t->name);
		if (ret == -EISDIR)
			out->step = "replace a folder";
		if (ret)
			return ret;
		out->step = "access it";
		if (fstatat(t->folder, t->name, &st, AT_SYMLINK_NOFOLLOW))
			return errno == ENOENT ? 0 : -errno;
		if (!S_ISLNK(st.st_mode))
			return 0;
		if (is_magic(t->folder))
			return FOUND_OPEN_FILE;
		if (links == LINKS_MAX)
			return -ELOOP;
		if (!may_follow(t->folder, &st)) {
			out->step = "follow a link that another user made";
			return -EACCES;
		}
		ret = read_link(t->folder, &t->name);
		if (ret)
			return ret;
	}
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* 1 or 2 if the path is the file that our stdout or stderr goes to; else 0. */
static int own_output(const struct stat *st)
{
	struct stat own;

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (!fstat(fd, &own) && same_file(&own, st))
			return fd;
	return 0;
}

/* A file that is not there is -ENOENT, which is no failure. */
static int open_old(struct target *t, struct replaced *out)
{
	int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	t->old = openat(t->folder, t->name, O_RDONLY | flags);
	if (t->old < 0 && errno == EACCES)
		t->old = openat(t->folder, t->name, O_PATH | flags);
	if (t->old < 0)
		return -errno;
	if (fstat(t->old, &t->seen))
		return -errno;
	out->step = CHANGED_MEANWHILE;
	return S_ISREG(t->seen.st_mode) ? 0 : -EBUSY;
}

static int open_stream(struct target *t, const char *path, const struct stat *st,
		       struct replaced *out)
{
	int own = S_ISCHR(st->st_mode) ? 0 : own_output(st);

	t->seen = *st;
	/* open() would fail for a socket, and begin at the start of a file. */
	if (own)
		t->stream = fcntl(own, F_DUPFD_CLOEXEC, 3);
	else if (S_ISREG(st->st_mode))
		t->stream = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	else
		return t->stream = stream_open(path, &out->step);
	return t->stream < 0 ? -errno : t->stream;
}

int target_open(struct target *t, const char *path, bool lock, struct replaced *out)
{
	struct replaced ignored;
	struct stat st;
	int ret;

	if (!out)
		out = &ignored;
	*t = (struct target){ .folder = -1, .old = -1, .stream = -1, .lock = -1 };
	*out = (struct replaced){ .step = "access it" };
	if (!stat(path, &st)) {
		if (S_ISDIR(st.st_mode)) {
			out->step = "replace a folder";
			return -EISDIR;
		}
		out->step = "replace what is not a regular file";
		if (!S_ISREG(st.st_mode) && lock)
			return -EINVAL;
		if (!S_ISREG(st.st_mode) || (!lock && own_output(&st))) {
			ret = open_stream(t, path, &st, out);
			return ret < 0 ? ret : 0;
		}
	} else if (errno != ENOENT) {
		return -errno;
	}
	ret = find(t, path, out);
	if (ret == FOUND_OPEN_FILE) {
		ret = stat(path, &st) ? -errno : open_stream(t, path, &st, out);
		return ret < 0 ? ret : 0;
	}
	if (!ret && lock) {
		out->step = "wait for another nestcheck, which changes a file of the same folder";
		ret = folder_lock(t->folder, &t->lock);
		t->locked = true;
	}
	if (ret)
		return ret;
	out->step = "access it";
	ret = open_old(t, out);
	return ret == -ENOENT ? 0 : ret;
}

/* A second link to the old file, whose first name then goes to the new file. *made: not by others. */
static int back_up(const struct target *t, const char *name, bool *made, struct replaced *out)
{
	struct stat st;
	int err;

	out->step = "keep a backup of it (.bak)";
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	*made = !linkat(t->folder, t->name, t->folder, name, 0);
	err = *made ? 0 : -errno;
	if (err == -EEXIST && !fstatat(t->folder, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    same_file(&st, &t->seen))
		return 0;
	return err;
}

/* Whether the name still belongs to what was there when it was opened. */
static bool unchanged(const struct target *t)
{
	struct stat st;

	if (fstatat(t->folder, t->name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT && t->old < 0;
	return t->old >= 0 && same_file(&st, &t->seen) && st.st_size == t->seen.st_size &&
	       st.st_mtim.tv_sec == t->seen.st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == t->seen.st_mtim.tv_nsec;
}

static int replace(struct target *t, const struct new_file *n, struct replaced *out)
{
	out->step = CHANGED_MEANWHILE;
	if (t->locked && !unchanged(t))
		return -EBUSY;
	return replace_at(t->folder, t->name, n, out);
}

int target_write(struct target *t, const char *s, size_t size, bool backup, struct replaced *out)
{
	struct new_file n = {
		.s = s, .size = size, .like = t->old, .exclusive = t->locked && t->old < 0
	};
	struct replaced ignored;
	bool made = false;
	char *name;
	int ret = 0;

	if (!out)
		out = &ignored;
	*out = (struct replaced){ .step = "write all of it" };
	if (t->stream >= 0)
		return S_ISREG(t->seen.st_mode) ? write_all(t->stream, s, size) :
						  stream_write(t->stream, s, size);
	/* In an append-only folder neither a backup nor the new file could be taken away again. */
	out->step = "replace it";
	ret = t->old < 0 ? 0 : foresee_take(t->folder, t->name);
	if (ret)
		return ret;
	if (!backup || t->old < 0)
		return replace(t, &n, out);
	if (asprintf(&name, "%s.bak", t->name) < 0)
		return -ENOMEM;
	ret = back_up(t, name, &made, out);
	if (!ret)
		ret = replace(t, &n, out);
	/* What failed must not be in the way of the next try. */
	if (ret && made && !out->done)
		unlinkat(t->folder, name, 0);
	free(name);
	return ret;
}

int target_try(const struct target *t, bool backup, struct replaced *out)
{
	struct stat st;
	char *name;
	int ret;

	*out = (struct replaced){ .step = "write beside it" };
	if (t->stream >= 0)
		return 0;
	ret = foresee_add(t->folder, 0);
	if (ret || t->old < 0)
		return ret;
	if (backup) {
		out->step = "keep a backup of it (.bak)";
		if (asprintf(&name, "%s.bak", t->name) < 0)
			return -ENOMEM;
		if (strlen(name) > NAME_MAX)
			ret = -ENAMETOOLONG;
		else if (!fstatat(t->folder, name, &st, AT_SYMLINK_NOFOLLOW) &&
			 !same_file(&st, &t->seen))
			ret = -EEXIST;
		free(name);
	}
	if (!ret) {
		out->step = "replace it";
		ret = foresee_take(t->folder, t->name);
	}
	return ret;
}

void target_close(struct target *t)
{
	if (t->lock >= 0)
		close(t->lock);
	if (t->folder >= 0)
		close(t->folder);
	if (t->old >= 0)
		close(t->old);
	if (t->stream >= 0)
		close(t->stream);
	free(t->name);
	*t = (struct target){ .folder = -1, .old = -1, .stream = -1, .lock = -1 };
}

int replace_file(const char *path, const char *s, size_t size, struct replaced *out)
{
	struct target t;
	int ret = target_open(&t, path, false, out);

	if (!ret)
		ret = target_write(&t, s, size, false, out);
	target_close(&t);
	return ret;
}
