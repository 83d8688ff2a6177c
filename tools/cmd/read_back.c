// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a file that was written to a FAT is on the medium: read from the device itself, past every
 * cache of the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cmd/run.h"
#include "lib/fat.h"

/* For O_DIRECT: a multiple of every sector size. */
#define BLOCK 4096

struct device {
	int fd;
	uint64_t at; /* of the block */
	ssize_t len; /* 0: none was read yet */
	alignas(BLOCK) uint8_t block[BLOCK];
};

static int read_device(void *arg, uint64_t at, void *buf, size_t len)
{
	struct device *d = arg;

	for (uint8_t *to = buf; len;) {
		uint64_t from = at / BLOCK * BLOCK;
		size_t in = BLOCK - (size_t)(at - from);

		if (in > len)
			in = len;
		if (!d->len || d->at != from) {
			d->len = pread(d->fd, d->block, BLOCK, (off_t)from);
			d->at = from;
			if (d->len < 0)
				return -errno;
		}
		if ((ssize_t)(at - from + in) > d->len)
			return -EIO;
		memcpy(to, d->block + (at - from), in);
		to += in;
		at += in;
		len -= in;
	}
	return 0;
}

/* The device that is mounted at a folder. */
static int open_device(const char *folder)
{
	char link[64], target[PATH_MAX], path[PATH_MAX + 8];
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(folder, &st))
		return -errno;
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	snprintf(path, sizeof(path), "/dev/%s", strrchr(target, '/') + 1);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	/* A driver that cannot: at least what is cached is dropped. */
	if (fd < 0 && errno == EINVAL)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ioctl(fd, BLKFLSBUF, 0);
	return fd;
}

int read_back(const char *folder, const char *name, const char *text)
{
	static struct device d;
	const struct fat_source source = { read_device, &d };
	int ret;

	d.fd = open_device(folder);
	d.len = 0;
	if (d.fd < 0)
		return d.fd;
	ret = fat_has_file(&source, name, text, strlen(text));
	close(d.fd);
	return ret;
}
