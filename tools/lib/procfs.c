// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small files: see procfs.h.
 */
#include "lib/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ssize_t read_file(const char *path, void *buf, size_t size)
{
	char *to = buf;
	size_t len = 0;
	ssize_t n = 0;
	int fd;

	to[0] = '\0';
	/* If it is a FIFO or a terminal, do not block. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		n = read(fd, to + len, size - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	to[len] = '\0';
	return n < 0 ? n : (ssize_t)len;
}

int write_file(const char *path, const void *buf, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644), ret = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, buf, len);
	if (n < 0)
		ret = -errno;
	else if ((size_t)n != len)
		ret = -EIO;
	close(fd);
	return ret;
}

int write_word(const char *path, const char *word)
{
	return write_file(path, word, strlen(word));
}

char *procfs_line(const char *path, const char *start, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t len = strlen(start);
	char *found = NULL;

	while (f && !found && fgets(buf, (int)size, f)) {
		char *s = buf + strspn(buf, " ");

		if (!strncmp(s, start, len))
			found = s + len;
	}
	if (f)
		fclose(f);
	return found;
}

bool procfs_number(const char *path, int64_t *value)
{
	char text[32];

	return read_file(path, text, sizeof(text)) > 0 && sscanf(text, "%" SCNd64, value) == 1;
}

bool meminfo_kb(const char *key, uint64_t *kb)
{
	char line[128];
	const char *rest = procfs_line("/proc/meminfo", key, line, sizeof(line));

	return rest && sscanf(rest, ": %" SCNu64 " kB", kb) == 1;
}

bool kernel_taint(uint64_t *taint)
{
	int64_t value;

	if (!procfs_number("/proc/sys/kernel/tainted", &value))
		return false;
	*taint = (uint64_t)value;
	return true;
}

/*
 * Documentation/admin-guide/tainted-kernels.rst: a machine check, a bad page, an oops, a warning, a lockup. The
 * other bits are about loaded modules and the like, which do not matter here.
 */
bool taint_is_defect(uint64_t taint)
{
	return taint & (1U << 4 | 1U << 5 | 1U << 7 | 1U << 9 | 1U << 14);
}
