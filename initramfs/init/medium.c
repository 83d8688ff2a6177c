// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot medium: searched for only if the boot loader or UEFI says that we were booted from
 * one, identified by our volume label, mounted read-only, and its nestcheck.cfg read.
 *
 * A drive may answer late or never (30 s and more in the SCSI layer), and a process that waits
 * for it cannot be killed. So a child does all of this, and init does not depend on it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "init.h"
#include "lib/clock.h"
#include "lib/firmware.h"
#include "lib/procfs.h"

#define APPEAR_MS 3000 /* for a stick to be found by the USB core */
#define ANSWER_MS 2000 /* for a read from it */

/*
 * As iso/make-iso sets them: the volume label in FAT (11 bytes) and ISO9660 (32), and the FAT's
 * serial number, which survives if somebody renames the stick.
 */
static const char fat_label[] = "NESTCHECK  ";
static const unsigned char fat_serial[] = { 0x31, 0x4b, 0x43, 0x4e }; /* -i 4e434b31 */
static const char iso_label[] = "NESTCHECK                       ";

/* The child's result, in memory that it shares with init. */
struct answer {
	bool mounted;
	char device[32];
	char problem[160];
	ssize_t len; /* of nestcheck.cfg, or a negative errno */
	char text[PARAMS_FILE_MAX + 2];
};

/* --- what were we booted from? -------------------------------------------------------- */

#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"

static enum boot_origin uefi_origin(void)
{
	unsigned char current[4 + 2 + 1], option[4096];
	char path[128];
	ssize_t len;

	/* A variable's file has four bytes of attributes, then the value. */
	if (read_file(EFIVARS_PATH "/BootCurrent-" EFI_GLOBAL, current, sizeof(current)) != 6)
		return BOOT_UNKNOWN;
	snprintf(path, sizeof(path), EFIVARS_PATH "/Boot%02X%02X-" EFI_GLOBAL, current[5],
		 current[4]);
	len = read_file(path, option, sizeof(option));
	return len > 4 ? boot_option_origin(option + 4, (size_t)len - 4) : BOOT_UNKNOWN;
}

static enum boot_origin origin(const struct params *p)
{
	switch (p->medium) {
	case MEDIUM_CD:
	case MEDIUM_USB:
		/* One isolinux.cfg serves the CD and the stick. */
		return BOOT_HOTPLUG;
	case MEDIUM_PXE:
		return BOOT_NETWORK;
	case MEDIUM_NONE:
		return BOOT_UNKNOWN;
	case MEDIUM_UNKNOWN:
		break;
	}
	return uefi_origin();
}

static bool has_entries(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	bool any = false;

	while (dir && !any && (e = readdir(dir)))
		any = e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return any;
}

/* --- the child ------------------------------------------------------------------------ */

/* Serial number and label, as they follow each other in a FAT's boot sector. */
static bool is_ours(const unsigned char *id)
{
	return !memcmp(id, fat_serial, sizeof(fat_serial)) ||
	       !memcmp(id + sizeof(fat_serial), fat_label, 11);
}

/* "vfat" or "iso9660" if the device holds one of our volumes, else NULL. */
static const char *our_volume(const char *name)
{
	unsigned char b[2048];
	const char *type = NULL;
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	/* Both follow the BIOS parameter block: that of FAT12 and 16, or FAT32's longer one. */
	if (pread(fd, b, 512, 0) == 512 && b[510] == 0x55 && b[511] == 0xaa &&
	    ((!memcmp(b + 54, "FAT", 3) && is_ours(b + 39)) ||
	     (!memcmp(b + 82, "FAT32", 5) && is_ours(b + 67))))
		type = "vfat";
	/* The primary volume descriptor, ECMA-119 8.4, in sector 16. */
	else if (pread(fd, b, 2048, 32768) == 2048 && !memcmp(b, "\1CD001", 6) &&
		 !memcmp(b + 40, iso_label, 32))
		type = "iso9660";
	close(fd);
	return type;
}

/*
 * Prefers a FAT partition to an ISO9660 volume: a stick has both, and its owner can only write
 * to the FAT. False if there is neither yet.
 */
static bool look(struct answer *a, const char **type)
{
	DIR *dir = opendir("/sys/class/block");
	struct dirent *e;

	*type = NULL;
	while (dir && (e = readdir(dir))) {
		const char *t;

		if (e->d_name[0] == '.' || !strncmp(e->d_name, "loop", 4) ||
		    !strncmp(e->d_name, "ram", 3) || strlen(e->d_name) >= sizeof(a->device))
			continue;
		t = our_volume(e->d_name);
		if (!t || (*type && strcmp(t, "vfat")))
			continue;
		strcpy(a->device, e->d_name);
		*type = t;
	}
	if (dir)
		closedir(dir);
	return *type != NULL;
}

/*
 * A stick's ISO9660 volume appears a moment before its partitions. So it counts only if no
 * partition appears for some time. A CD has no partitions.
 */
static bool is_whole(const struct answer *a, const char *type, int rounds)
{
	return !strcmp(type, "vfat") || !strncmp(a->device, "sr", 2) || rounds >= 10;
}

static void find_and_read(struct answer *a, bool wait)
{
	static const struct timespec tick = { .tv_nsec = 50000000 };
	long long end = monotonic_ms() + (wait ? APPEAR_MS : 0);
	const char *type;
	char path[64];
	int rounds = 0;

	for (;;) {
		if (look(a, &type) && is_whole(a, type, rounds++))
			break;
		if (monotonic_ms() >= end) {
			if (type)
				break;
			return;
		}
		nanosleep(&tick, NULL);
	}
	snprintf(path, sizeof(path), "/dev/%s", a->device);
	mkdir(MEDIUM_PATH, 0755);
	if (mount(path, MEDIUM_PATH, type, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) {
		snprintf(a->problem, sizeof(a->problem), "the boot medium %s (%s): %s", a->device,
			 type, strerror(errno));
		return;
	}
	a->mounted = true;
	a->len = read_file(MEDIUM_PATH "/nestcheck.cfg", a->text, sizeof(a->text));
}

/* --- init ----------------------------------------------------------------------------- */

static void take_answer(struct init *in, const struct answer *a)
{
	in->mounted = a->mounted;
	if (a->problem[0])
		params_problem(&in->params, "%s; nestcheck.cfg was not read", a->problem);
	if (!a->mounted)
		return;
	if (a->len >= 0)
		params_parse_file(&in->params, a->text, (size_t)a->len);
	else if (a->len != -ENOENT)
		params_problem(&in->params, "nestcheck.cfg on %s: %s", a->device,
			       strerror((int)-a->len));
}

void read_medium(struct init *in)
{
	enum boot_origin from = origin(&in->params);
	struct answer *a;
	bool wait;
	pid_t pid;
	int status;

	if (from != BOOT_LOCAL && from != BOOT_HOTPLUG)
		return;
	a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (a == MAP_FAILED)
		return;
	/* Without hot-plug buses a missing medium will not appear later. */
	wait = from == BOOT_HOTPLUG &&
	       (has_entries("/sys/bus/usb/devices") || has_entries("/sys/class/mmc_host"));
	pid = child_fork();
	if (pid == 0) {
		find_and_read(a, wait);
		_exit(0);
	}
	if (pid > 0 && child_wait(pid, (wait ? APPEAR_MS : 0) + ANSWER_MS, &status)) {
		take_answer(in, a);
		munmap(a, sizeof(*a));
		return;
	}
	/* The memory stays: the child may yet write to it. */
	if (pid > 0)
		kill(pid, SIGKILL);
	params_problem(&in->params, "the boot medium did not answer; nestcheck.cfg was not read");
}
