// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every disk and partition of this machine, and its contents.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "lib/error_text.h"
#include "setup/disk/disk.h"

#define READ_SECONDS 20

/* Both ends of a device; a child reads them into this shared memory. */
struct ends {
	char path[64];
	uint64_t size, seq;
	size_t head_size, tail_size;
	unsigned char head[VOLUME_HEAD], tail[VOLUME_TAIL];
};

static int read_ends(void *arg)
{
	struct ends *e = arg;
	ssize_t n;
	int fd;

	disk_state_leave();
	fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	e->head_size = e->size < VOLUME_HEAD ? (size_t)e->size : VOLUME_HEAD;
	e->tail_size = e->size < VOLUME_TAIL ? (size_t)e->size : VOLUME_TAIL;
	if (ioctl(fd, BLKGETDISKSEQ, &e->seq))
		return -errno;
	n = pread(fd, e->head, e->head_size, 0);
	if (n == (ssize_t)e->head_size)
		n = pread(fd, e->tail, e->tail_size, (off_t)(e->size - e->tail_size));
	if (n < 0)
		return -errno;
	return n == (ssize_t)e->tail_size ? 0 : -EIO;
}

static void probe(struct arena *a, struct disk_device *d, struct ends *e)
{
	int err;

	snprintf(e->path, sizeof(e->path), "/dev/%s", d->name);
	e->size = d->size;
	err = disk_bounded(READ_SECONDS, read_ends, e);
	if (err) {
		d->problem = arena_printf(a, "it cannot be read: %s", error_text(-err));
		return;
	}
	d->seq = e->seq;
	volume_probe(&(struct volume_bytes){ e->head, e->tail, e->head_size, e->tail_size,
					     e->size },
		     &d->volume);
	d->unclean = d->volume.unclean;
}

/* --- what is installed ------------------------------------------------------------------- */

static void find_system(struct arena *a, struct disk_device *d, const char *subvolume)
{
	struct installed found = { .subvolume = subvolume };
	bool unclean;
	int err = disk_mount_read_only(d, subvolume, &unclean);

	if (err) {
		disk_clear_read_only(d);
		/* Most of the usual names of subvolumes do not exist. */
		if (!subvolume)
			d->problem = arena_printf(a, "it cannot be mounted: %s", error_text(-err));
		return;
	}
	d->unclean |= unclean;
	err = installed_at(a, DISK_ROOT, &found);
	if (!err)
		*arena_push(a, &d->systems, &d->n_systems) = found;
	else if (err != -ENOENT)
		d->problem = arena_printf(a, "its os-release cannot be read: %s", error_text(-err));
	disk_unmount();
	disk_clear_read_only(d);
}

static void find_systems(struct arena *a, struct disk_device *d)
{
	/* First the default (openSUSE's snapshot), then names of Ubuntu, Debian and Fedora. */
	static const char *const subvolumes[] = { "@", "@rootfs", "root", "@root" };

	find_system(a, d, NULL);
	if (strcmp(d->volume.driver, "btrfs") != 0 || d->n_systems || d->problem)
		return;
	for (size_t i = 0; i < sizeof(subvolumes) / sizeof(subvolumes[0]); i++)
		find_system(a, d, subvolumes[i]);
}

static void look_into(struct arena *a, struct disk_device *d)
{
	int fd;

	if (disk_driver_load(a, d->volume.driver)) {
		d->problem = "its driver could not be loaded";
		return;
	}
	/* Open meanwhile: what gets its name would be mounted without being read-only. */
	fd = disk_open(d);
	if (fd < 0) {
		d->problem = "it was unplugged";
		return;
	}
	find_systems(a, d);
	close(fd);
}

/* --- the devices ------------------------------------------------------------------------- */

static const char *bus_of(const char *path)
{
	static const struct {
		const char *in_path, *bus;
	} buses[] = {
		{ "/nvme/", "NVMe" }, { "/ata", "SATA" },      { "/usb", "USB" },
		{ "/mmc", "SD" },     { "/virtio", "virtio" },
	};

	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		if (strstr(path, buses[i].in_path))
			return buses[i].bus;
	return NULL;
}

/* No disk of this machine: a virtual device of the kernel, or a CD drive. */
static bool is_no_disk(const char *name)
{
	static const char *const prefixes[] = { "loop", "ram", "zram", "sr", "fd", "mtd" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return strlen(name) > 31;
}

static void describe(struct arena *a, struct disk_device *d)
{
	const char *size = sys_readf(a, "/sys/class/block/%s/size", d->name);
	const char *ro = sys_readf(a, "/sys/class/block/%s/ro", d->name);
	char *path = realpath(arena_printf(a, "/sys/class/block/%s", d->name), NULL), *end;

	d->size = size ? strtoull(size, NULL, 10) * 512 : 0;
	d->read_only = ro && !strcmp(ro, "1");
	d->number = sys_readf(a, "/sys/class/block/%s/dev", d->name);
	d->disk = d->name;
	if (path) {
		d->bus = bus_of(path);
		if (sys_exists(arena_printf(a, "/sys/class/block/%s/partition", d->name))) {
			end = strrchr(path, '/');
			*end = '\0';
			d->disk = arena_strdup(a, strrchr(path, '/') + 1);
		}
	}
	free(path);
	d->model = sys_readf(a, "/sys/class/block/%s/device/model", d->disk);
}

bool disk_is_mounted(const char *mountinfo, const char *number)
{
	size_t len = number ? strlen(number) : 0;

	/* proc_pid_mountinfo(5): "36 35 98:0 /root /mnt ..." */
	for (const char *line = mountinfo; line && len; line = strchr(line, '\n')) {
		int skip = 0;

		line += *line == '\n';
		if (sscanf(line, "%*d %*d %n", &skip) == 0 && skip &&
		    !strncmp(line + skip, number, len) && line[skip + len] == ' ')
			return true;
	}
	return false;
}

/* Refuses what is mounted, and the whole disk that we were booted from. */
static void mark_refused(struct arena *a, struct disks *disks)
{
	int err;
	const char *mountinfo = sys_read_long(a, "/proc/self/mountinfo", &err);

	for (size_t i = 0; i < disks->n; i++) {
		struct disk_device *d = &disks->d[i];

		for (size_t k = 0; k < disks->n; k++)
			if (d->volume.ours && !strcmp(disks->d[k].disk, d->disk))
				disks->d[k].refused = "nestcheck was started from it";
		if (!d->refused && disk_is_mounted(mountinfo, d->number))
			d->refused = "it is mounted";
		if (!d->refused && err)
			d->refused = err == -EFBIG ?
					     "too much is mounted here to tell whether it is" :
					     "it cannot be seen whether it is mounted";
	}
}

void disks_mark_members(struct disks *disks)
{
	for (size_t i = 0; i < disks->n; i++) {
		const struct volume *whole = &disks->d[i].volume;

		for (size_t k = 0; k < disks->n && whole->member; k++) {
			struct volume *part = &disks->d[k].volume;

			if (k == i || strcmp(disks->d[k].disk, disks->d[i].name) != 0)
				continue;
			part->kind = VOLUME_SEALED;
			part->type = whole->type;
			part->advice = whole->advice;
		}
	}
}

void disks_find(struct arena *a, struct disks *disks)
{
	struct ends *e =
		mmap(NULL, sizeof(*e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct strings names = { 0 };

	disk_controllers_load(a, &disks->problems);
	sys_list(a, "/sys/class/block", &names);
	for (size_t i = 0; i < names.n; i++) {
		struct disk_device *d;

		if (is_no_disk(names.s[i]))
			continue;
		d = arena_push(a, &disks->d, &disks->n);
		d->name = names.s[i];
		describe(a, d);
		if (d->size && e != MAP_FAILED)
			probe(a, d, e);
	}
	for (size_t i = 0; i < disks->n; i++)
		for (size_t k = 0; k < disks->n; k++)
			if (i != k && !strcmp(disks->d[k].disk, disks->d[i].name))
				disks->d[i].partitioned = true;
	disks_mark_members(disks);
	mark_refused(a, disks);
	disks->sleep_variable = sys_exists("/sys/firmware/efi/efivars/" SLEEP_VARIABLE);
	for (size_t i = 0; i < disks->n; i++) {
		struct disk_device *d = &disks->d[i];

		if (d->volume.kind == VOLUME_ROOT && !d->partitioned && !d->refused && !d->problem)
			look_into(a, d);
	}
	if (e != MAP_FAILED)
		munmap(e, sizeof(*e));
}
