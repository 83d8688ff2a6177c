// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is installed in a root: os-release, and the kernels that have modules there.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "setup/disk/disk.h"

/* The value of KEY= at the beginning of a line, as the shell would have it (os-release(5)). */
static char *os_release_value(struct arena *a, const char *text, const char *key)
{
	size_t len = strlen(key);
	char *value, *to;

	while (text && !(!strncmp(text, key, len) && text[len] == '=')) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return NULL;
	text += len + 1;
	value = to = arena_strndup(a, text, strcspn(text, "\n"));
	for (const char *from = value; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		else if (*from == '"' || *from == '\'' || *from == '\r')
			continue;
		*to++ = *from;
	}
	*to = '\0';
	return *value ? value : NULL;
}

const char *os_release_name(struct arena *a, const char *text)
{
	const char *name = os_release_value(a, text, "PRETTY_NAME");

	return name ? name : os_release_value(a, text, "NAME");
}

int open_in_root(const char *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, err;

	if (dir < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	err = errno;
	close(dir);
	return fd < 0 ? -err : fd;
}

static bool read_os_release(const char *root, char *buf, size_t size)
{
	static const char *const paths[] = { "etc/os-release", "usr/lib/os-release" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int fd = open_in_root(root, paths[i], O_RDONLY | O_NONBLOCK | O_NOCTTY);
		ssize_t n;

		if (fd < 0)
			continue;
		n = read(fd, buf, size - 1);
		close(fd);
		if (n <= 0)
			continue;
		buf[n] = '\0';
		return true;
	}
	return false;
}

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_kernels(struct arena *a, const char *root, struct strings *kernels)
{
	static const char *const paths[] = { "lib/modules", "usr/lib/modules" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !kernels->n; i++) {
		int fd = open_in_root(root, paths[i], O_RDONLY | O_DIRECTORY);
		DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		struct dirent *e;

		while (dir && (e = readdir(dir)))
			if (isdigit((unsigned char)e->d_name[0]))
				strings_add(a, kernels, arena_strdup(a, e->d_name));
		if (dir)
			closedir(dir);
		else if (fd >= 0)
			close(fd);
	}
	if (kernels->n)
		qsort(kernels->s, kernels->n, sizeof(*kernels->s), by_version);
}

bool installed_at(struct arena *a, const char *root, struct installed *s)
{
	char text[8192];

	if (!read_os_release(root, text, sizeof(text)))
		return false;
	s->name = os_release_name(a, text);
	if (!s->name)
		s->name = "a system without a name";
	list_kernels(a, root, &s->kernels);
	return true;
}
