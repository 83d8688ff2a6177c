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

static char *read_all(struct arena *a, int fd, size_t size)
{
	char *s = arena_alloc(a, size + 1);
	size_t n = 0;
	ssize_t got;

	while (n < size && ((got = read(fd, s + n, size - n)) > 0 || (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	for (size_t i = 0; i < n; i++)
		if (!s[i])
			s[i] = '?';
	return s;
}

char *root_read_part(struct arena *a, int root, const char *path, bool *cut)
{
	int fd = root_open_at(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *s = NULL;

	*cut = false;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
		*cut = st.st_size > ROOT_FILE_MAX;
		s = read_all(a, fd, *cut ? ROOT_FILE_MAX : (size_t)st.st_size);
	}
	close(fd);
	return s;
}

char *root_read(struct arena *a, int root, const char *path)
{
	bool cut;

	return root_read_part(a, root, path, &cut);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool root_list(struct arena *a, int root, const char *path, struct strings *names)
{
	int fd = root_open_at(root, path, O_RDONLY | O_DIRECTORY);
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return false;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return false;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			strings_add(a, names, arena_strdup(a, e->d_name));
	closedir(d);
	if (names->n)
		qsort(names->s, names->n, sizeof(names->s[0]), by_name);
	return true;
}

bool root_has(int root, const char *path)
{
	int fd = root_open_at(root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}
