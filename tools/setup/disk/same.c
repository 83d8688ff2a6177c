// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a name still means the device that was found under it: disks are unplugged, and the next
 * one gets the name; the card in a reader is replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "setup/disk/disk.h"

#define READ_SECONDS 20

bool disk_volume_is(const struct volume *a, const struct volume *b)
{
	return a->kind == b->kind && a->type && b->type && !strcmp(a->type, b->type) &&
	       !strcmp(a->uuid, b->uuid) && !strcmp(a->label, b->label);
}

/* The kernel gives each disk, and each medium in it, another sequence number. */
static bool is_it(const struct disk_device *d, int fd)
{
	uint64_t size, seq;
	struct stat st;
	char number[32];

	if (fstat(fd, &st) || ioctl(fd, BLKGETSIZE64, &size) || ioctl(fd, BLKGETDISKSEQ, &seq))
		return false;
	snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	return seq == d->seq && size == d->size && d->number && !strcmp(number, d->number);
}

int disk_open(const struct disk_device *d)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", d->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (is_it(d, fd))
		return fd;
	close(fd);
	return -ESTALE;
}

static int look_again(void *arg)
{
	const struct disk_device *d = arg;
	static unsigned char head[VOLUME_HEAD];
	struct volume_bytes b = { .head = head, .size = d->size };
	struct volume now;
	ssize_t n;
	int fd;

	disk_state_leave();
	fd = disk_open(d);
	if (fd < 0)
		return fd;
	/* What is in memory may be of the medium that was there before. */
	if (ioctl(fd, BLKFLSBUF, 0))
		return -errno;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return -errno;
	b.head_size = (size_t)n;
	volume_probe(&b, &now);
	return disk_volume_is(&d->volume, &now) ? 0 : -ESTALE;
}

int disk_look_again(const struct disk_device *d)
{
	struct disk_device copy = *d;

	return disk_bounded(READ_SECONDS, look_again, &copy);
}
