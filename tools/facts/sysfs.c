// SPDX-License-Identifier: GPL-2.0-only
/* Reading /sys and /proc: see sysfs.h. */
#include "facts/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/procfs.h"

static char *trimmed_copy(struct arena *a, const char *s)
{
	size_t n = strlen(s);

	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

char *sys_read(struct arena *a, const char *path)
{
	char buf[4096 + 1];

	if (read_file(path, buf, sizeof(buf)) < 0 && !buf[0])
		return NULL;
	return trimmed_copy(a, buf);
}

char *sys_read_long(struct arena *a, const char *path, int *err)
{
	char *buf = malloc(SYS_LONG_MAX + 2), *text;
	ssize_t n;

	*err = -ENOMEM;
	if (!buf)
		return NULL;
	/* One byte more than the limit shows whether there is more. */
	n = read_file(path, buf, SYS_LONG_MAX + 2);
	*err = n < 0 ? (int)n : 0;
	if (n > SYS_LONG_MAX) {
		*err = -EFBIG;
		buf[SYS_LONG_MAX] = '\0';
	}
	/* What is behind a zero byte must be seen, too. */
	for (ssize_t i = 0; i < n && i < SYS_LONG_MAX; i++)
		if (!buf[i])
			buf[i] = '?';
	text = n < 0 ? NULL : trimmed_copy(a, buf);
	free(buf);
	return text;
}

char *sys_readf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *path;

	va_start(ap, fmt);
	path = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return sys_read(a, path);
}

bool sys_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool sys_list(struct arena *a, const char *dir, struct strings *names)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	if (!d)
		return false;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			strings_add(a, names, entry->d_name);
	closedir(d);
	if (names->n)
		qsort(names->s, names->n, sizeof(names->s[0]), by_name);
	return true;
}

bool sys_read_dir(struct arena *a, const char *dir, struct key_values *kvs)
{
	struct strings names = { NULL, 0 };

	if (!sys_list(a, dir, &names))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *value = sys_readf(a, "%s/%s", dir, names.s[i]);

		if (value)
			kv_add(a, kvs, names.s[i], value);
	}
	return true;
}
