// SPDX-License-Identifier: GPL-2.0-only
/*
 * The volumes that may be the boot medium, and what speaks for each of them. Nothing is written:
 * they are mounted read-only for a moment, for the build's id.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"
#include "lib/firmware.h"
#include "lib/procfs.h"

/*
 * As iso/make-iso sets them: the volume label in FAT (11 bytes) and ISO9660 (32), and the FAT's
 * serial number, which survives if somebody renames the stick.
 */
static const char fat_label[] = "NESTCHECK  ";
static const unsigned char fat_serial[] = { 0x31, 0x4b, 0x43, 0x4e }; /* -i 4e434b31 */
static const char iso_label[] = "NESTCHECK                       ";

/* --- what has our name ------------------------------------------------------------------ */

/* Serial number and label, as they follow each other in a FAT's boot sector. */
static bool is_ours(const unsigned char *id)
{
	return !memcmp(id, fat_serial, sizeof(fat_serial)) ||
	       !memcmp(id + sizeof(fat_serial), fat_label, 11);
}

/* Whether the device has one of our volumes, and of which of the two kinds. */
static bool is_our_volume(const char *name, bool *fat)
{
	unsigned char b[2048];
	char path[300];
	bool iso;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	/* Both follow the BIOS parameter block: that of FAT12 and 16, or FAT32's longer one. */
	*fat = pread(fd, b, 512, 0) == 512 && b[510] == 0x55 && b[511] == 0xaa &&
	       ((!memcmp(b + 54, "FAT", 3) && is_ours(b + 39)) ||
		(!memcmp(b + 82, "FAT32", 5) && is_ours(b + 67)));
	/* The primary volume descriptor, ECMA-119 8.4, in sector 16. */
	iso = pread(fd, b, 2048, 32768) == 2048 && !memcmp(b, "\1CD001", 6) &&
	      !memcmp(b + 40, iso_label, 32);
	close(fd);
	return *fat || iso;
}

static int64_t sysfs_number(const char *name, const char *file)
{
	char path[PATH_MAX];
	int64_t value;

	snprintf(path, sizeof(path), "/sys/class/block/%s/%s", name, file);
	return procfs_number(path, &value) ? value : 0;
}

/* The real path in /sys/devices, "" on failure; of a partition .../block/sda/sda2. */
static void find_disk(struct medium_candidate *c, char *real)
{
	char path[PATH_MAX];
	char *end;

	strcpy(c->disk, c->name);
	snprintf(path, sizeof(path), "/sys/class/block/%s", c->name);
	if (!realpath(path, real)) {
		*real = '\0';
		return;
	}
	end = strrchr(real, '/');
	if (!sysfs_number(c->name, "partition") || !end)
		return;
	*end = '\0';
	snprintf(c->disk, sizeof(c->disk), "%.31s", strrchr(real, '/') + 1);
	*end = '/';
}

static bool is_removable(const struct medium_candidate *c, const char *real)
{
	char path[PATH_MAX], type[8] = "";

	/* An eMMC is of type MMC, and internal. */
	snprintf(path, sizeof(path), "/sys/class/block/%s/device/type", c->disk);
	read_file(path, type, sizeof(type));
	return sysfs_number(c->disk, "removable") || strstr(real, "/usb") ||
	       !strncmp(type, "SD", 2);
}

size_t candidates_find(struct medium_candidate *c, size_t max)
{
	DIR *dir = opendir("/sys/class/block");
	struct dirent *e;
	size_t n = 0;

	while (dir && n < max && (e = readdir(dir))) {
		char real[PATH_MAX];
		bool fat;

		if (e->d_name[0] == '.' || !strncmp(e->d_name, "loop", 4) ||
		    !strncmp(e->d_name, "ram", 3) || strlen(e->d_name) >= sizeof(c->name) ||
		    !is_our_volume(e->d_name, &fat))
			continue;
		c[n] = (struct medium_candidate){ .fat = fat };
		strcpy(c[n].name, e->d_name);
		find_disk(&c[n], real);
		c[n].removable = is_removable(&c[n], real);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* --- what speaks for it ----------------------------------------------------------------- */

/*
 * A GUID partition table's entry (UEFI 2.10, 5.3), or the disk's number in its MBR: a hybrid image
 * has both, and firmware may read either.
 */
static void read_signature(const char *disk, off_t block, bool gpt, struct boot_device *d)
{
	unsigned char b[512], entry[128];
	uint64_t table;
	uint32_t size;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	if (!gpt && pread(fd, b, sizeof(b), 0) == sizeof(b)) {
		memcpy(d->signature, b + 440, 4);
	} else if (gpt && d->number && pread(fd, b, sizeof(b), block) == sizeof(b) &&
		   !memcmp(b, "EFI PART", 8)) {
		memcpy(&table, b + 72, sizeof(table));
		memcpy(&size, b + 84, sizeof(size));
		d->gpt = size >= sizeof(entry) &&
			 pread(fd, entry, sizeof(entry),
			       (off_t)table * block + (off_t)(d->number - 1) * size) ==
				 sizeof(entry);
		memcpy(d->signature, entry + 16, d->gpt ? 16 : 0);
	}
	close(fd);
}

static enum medium_id id_of(const struct medium_candidate *c)
{
	char path[64], ours[MEDIUM_ID_MAX], theirs[MEDIUM_ID_MAX];
	ssize_t len, n = -ENOENT;

	snprintf(path, sizeof(path), "/dev/%s", c->name);
	mkdir(MEDIUM_PATH, 0755);
	if (mount(path, MEDIUM_PATH, c->fat ? "vfat" : "iso9660",
		  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return MEDIUM_NO_ID;
	n = read_file(MEDIUM_PATH "/" MEDIUM_ID_FILE, theirs, sizeof(theirs));
	umount2(MEDIUM_PATH, MNT_DETACH);
	len = read_file(MEDIUM_ID_IMAGE, ours, sizeof(ours));
	if (n <= 0)
		return MEDIUM_NO_ID;
	return len > 0 && len == n && !memcmp(ours, theirs, (size_t)n) ? MEDIUM_THIS_BUILD :
									 MEDIUM_OTHER_BUILD;
}

void candidate_examine(struct medium_candidate *c, const struct boot_path *booted)
{
	char real[PATH_MAX];
	struct boot_device d = { .sysfs = real };
	int64_t block = sysfs_number(c->disk, "queue/logical_block_size");

	find_disk(c, real);
	if (booted) {
		if (block < 512)
			block = 512;
		d.number = (uint32_t)sysfs_number(c->name, "partition");
		/* sysfs counts 512 bytes. */
		d.start = (uint64_t)sysfs_number(c->name, "start") * 512 / (uint64_t)block;
		read_signature(c->disk, block, booted->gpt, &d);
		c->booted = boot_path_is(booted, &d) ? MEDIUM_BOOTED : MEDIUM_NOT_BOOTED;
	}
	c->id = id_of(c);
}
