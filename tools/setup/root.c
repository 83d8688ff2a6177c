// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening, reading and listing inside a root (see root.h).
 */
#include "setup/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The root of the running system needs no openat2(): no link leads out of it. */
bool root_is_own(int root)
{
	struct stat a, b;

	return !fstat(root, &a) && !stat("/", &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int root_open_at(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	/* A container's seccomp filter may return EPERM for an unknown system call. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && root_is_own(root))
		fd = openat(root, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

int root_open(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), etc;

	if (fd < 0)
		return -errno;
	etc = root_open_at(fd, "etc", O_RDONLY | O_DIRECTORY);
	if (etc < 0) {
		close(fd);
		return etc == -ENOENT ? -ENOTDIR : etc;
	}
	close(etc);
	return fd;
}

void unseen_add(struct unseen *u, const char *path, int err)
{
	/* There is no such file; the last is of a socket. */
	if (err == -ENOENT || err == -ENOTDIR || err == -ENXIO)
		return;
	if (u->n && !strcmp(u->path, path))
		return;
	if (!u->n++) {
		u->path = path;
		u->err = err;
	}
}

/* 0, or a negative errno: then the text ends anywhere. */
static int read_all(int fd, char *s, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, s + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		n += (size_t)got;
	}
	for (size_t i = 0; i < n; i++)
		if (!s[i])
			s[i] = '?';
	return 0;
}

static int read_open(struct arena *a, int fd, char **s, bool *cut)
{
	struct stat st;
	size_t size;
	char *text;
	int err;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	*cut = st.st_size > ROOT_FILE_MAX;
	size = *cut ? ROOT_FILE_MAX : (size_t)st.st_size;
	text = arena_alloc(a, size + 1);
	err = read_all(fd, text, size);
	*s = err ? NULL : text;
	return err;
}

char *root_read(struct arena *a, int root, const char *path, struct unseen *u)
{
	int fd = root_open_at(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY), err;
	bool cut = false;
	char *s = NULL;

	if (fd < 0) {
		unseen_add(u, path, fd);
		return NULL;
	}
	err = read_open(a, fd, &s, &cut);
	close(fd);
	if (err || cut)
		unseen_add(u, path, err);
	return s;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Closes fd. 0, or a negative errno: then there may be other names. */
static int list_open(struct arena *a, int fd, struct strings *names)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int err;

	if (!d) {
		err = -errno;
		close(fd);
		return err;
	}
	while (errno = 0, (e = readdir(d)))
		if (e->d_name[0] != '.')
			strings_add(a, names, arena_strdup(a, e->d_name));
	err = -errno;
	closedir(d);
	return err;
}

void root_list(struct arena *a, int root, const char *path, struct strings *names, struct unseen *u)
{
	int fd = root_open_at(root, path, O_RDONLY | O_DIRECTORY);
	int err = fd < 0 ? fd : list_open(a, fd, names);

	if (err)
		unseen_add(u, path, err);
	if (names->n)
		qsort(names->s, names->n, sizeof(names->s[0]), by_name);
}

bool root_has(int root, const char *path, struct unseen *u)
{
	int fd = root_open_at(root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	else
		unseen_add(u, path, fd);
	return fd >= 0;
}
