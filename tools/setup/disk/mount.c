// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounting a volume, read-only to examine it, or writable to change it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/disk/disk.h"

#define ANSWER_SECONDS 30
/* Replaying a large log, or writing to a slow stick. */
#define WRITE_SECONDS  300

/*
 * What each driver is to do, whatever the volume's superblock asks for; NULL: nothing more.
 *
 * ext4: an error that it finds panics the kernel if the superblock says so (s_errors, or
 * "errors=panic" in s_mount_opts), even when it only reads. Writing, it stops at the first one.
 * xfs panics only by a sysctl (fs.xfs.panic_mask), btrfs only by an option (fatal_errors=panic).
 * btrfs would go on with a balance that was interrupted, which moves all data.
 */
static const struct driver {
	const char *name, *look, *no_replay, *write;
} drivers[] = {
	{ "ext4", "errors=continue", "noload", "errors=remount-ro" },
	{ "xfs", NULL, "norecovery", NULL },
	{ "btrfs", NULL, "rescue=nologreplay", "skip_balance" },
};

static int set_read_only(const struct disk_device *d, bool on)
{
	int fd = disk_open(d), value = on, err = 0;

	if (fd < 0)
		return fd;
	if (on)
		disk_state_note(d->name);
	if (ioctl(fd, BLKROSET, &value))
		err = -errno;
	if (on ? err : !err)
		disk_state_note(NULL);
	close(fd);
	return err;
}

struct mount_job {
	const struct disk_device *d;
	const char *options;
	unsigned long flags;
};

static int do_mount(void *arg)
{
	const struct mount_job *j = arg;
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", j->d->name);
	mkdir(DISK_ROOT, 0700);
	/* noatime: reading a file writes nothing. */
	if (mount(path, DISK_ROOT, j->d->volume.driver,
		  j->flags | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, j->options))
		return -errno;
	return 0;
}

static const struct driver *driver_of(const struct disk_device *d)
{
	static const struct driver none;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i].name, d->volume.driver))
			return &drivers[i];
	return &none;
}

/* "subvol=@,skip_balance"; each may be NULL. */
static void join(char *buf, size_t size, const char *subvolume, const char *first,
		 const char *second)
{
	const char *options[] = { first, second };
	int n = snprintf(buf, size, "%s%s", subvolume ? "subvol=" : "", subvolume ? subvolume : "");

	for (int i = 0; i < 2; i++)
		if (options[i])
			n += snprintf(buf + n, size - (size_t)n, "%s%s", n ? "," : "", options[i]);
}

/*
 * First without an option about the journal: a driver that has something to replay refuses, because
 * the device is read-only (EROFS). Then again with the option.
 */
int disk_mount_read_only(const struct disk_device *d, const char *subvolume, bool *unclean)
{
	char options[256];
	struct mount_job job = { .d = d, .options = options, .flags = MS_RDONLY };
	const struct driver *driver = driver_of(d);
	int err = d->read_only ? 0 : set_read_only(d, true);

	*unclean = d->volume.unclean;
	if (err)
		return err;
	join(options, sizeof(options), subvolume, driver->look, NULL);
	err = disk_bounded(ANSWER_SECONDS, do_mount, &job);
	if (err != -EROFS)
		return err;
	*unclean = true;
	join(options, sizeof(options), subvolume, driver->look, driver->no_replay);
	return disk_bounded(ANSWER_SECONDS, do_mount, &job);
}

void disk_clear_read_only(const struct disk_device *d)
{
	if (!d->read_only)
		set_read_only(d, false);
}

int disk_mount_write(const struct disk_device *d, const char *subvolume)
{
	char options[256];
	struct mount_job job = { .d = d, .options = options };
	int err = set_read_only(d, false);

	if (err)
		return err;
	join(options, sizeof(options), subvolume, driver_of(d)->write, NULL);
	return disk_bounded(WRITE_SECONDS, do_mount, &job);
}

static int do_unmount(void *arg)
{
	int fd = open(DISK_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	(void)arg;
	if (fd < 0)
		return -errno;
	if (syncfs(fd))
		err = -errno;
	close(fd);
	if (umount2(DISK_ROOT, 0))
		err = -errno;
	return err;
}

int disk_unmount(void)
{
	return disk_bounded(WRITE_SECONDS, do_unmount, NULL);
}
