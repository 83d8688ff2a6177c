// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading drivers: of this machine's disk controllers, and of a file system when one is found.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "lib/error_text.h"
#include "lib/terminal.h"
#include "setup/disk/disk.h"

/* include/uapi/linux/module.h: the kernel decompresses it. */
#define INIT_COMPRESSED_FILE 4
/* A controller's driver waits for its disks: libata gives each port half a minute and more. */
#define LOAD_SECONDS	     60
#define SETTLE_SECONDS	     10

static int insert(void *path)
{
	int fd;

	disk_state_leave();
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", INIT_COMPRESSED_FILE) && errno != EEXIST)
		return -errno;
	return 0;
}

int disk_driver_load(struct arena *a, const char *driver)
{
	struct strings modules = disk_driver_modules(a, sys_read(a, DISK_MODULES "/order"), driver);
	int err = modules.n ? 0 : -ENOENT;

	if (err)
		complain("the image has no driver %s", driver);
	for (size_t i = 0; i < modules.n && !err; i++) {
		char *path = arena_printf(a, DISK_MODULES "/%s.ko.xz", modules.s[i]);
		char *loaded = arena_printf(a, "/sys/module/%s", modules.s[i]);

		for (char *c = loaded; *c; c++)
			*c = *c == '-' ? '_' : *c;
		if (sys_exists(loaded))
			continue;
		err = disk_bounded(LOAD_SECONDS, insert, path);
		if (err)
			complain("the driver %s could not be loaded: %s", modules.s[i],
				 error_text(-err));
	}
	return err;
}

static uint32_t pci_number(struct arena *a, const char *device, const char *file)
{
	const char *s = sys_readf(a, "/sys/bus/pci/devices/%s/%s", device, file);

	return s ? (uint32_t)strtoul(s, NULL, 16) : 0;
}

/* usb-storage scans a disk one second after it appears (delay_use); it has a target then. */
static bool usb_scanned(struct arena *a)
{
	static const char dir[] = "/sys/bus/usb/drivers/usb-storage";
	struct strings all = { 0 };

	sys_list(a, dir, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct strings in = { 0 };
		bool found = false;

		if (!strchr(all.s[i], ':'))
			continue;
		sys_list(a, arena_printf(a, "%s/%s", dir, all.s[i]), &in);
		for (size_t k = 0; k < in.n && !found; k++) {
			struct strings host = { 0 };

			if (strncmp(in.s[k], "host", 4) != 0)
				continue;
			sys_list(a, arena_printf(a, "%s/%s/%s", dir, all.s[i], in.s[k]), &host);
			for (size_t m = 0; m < host.n; m++)
				found |= !strncmp(host.s[m], "target", 6);
		}
		if (!found)
			return false;
	}
	return true;
}

/* Waits until no new disk has appeared for half a second. */
static void wait_for_disks(struct arena *a)
{
	static const struct timespec tick = { .tv_nsec = 100000000 };
	size_t before = 0;
	int calm = 0;

	for (int i = 0; i < SETTLE_SECONDS * 10 && calm < 5; i++) {
		struct strings now = { 0 };

		sys_list(a, "/sys/class/block", &now);
		calm = now.n == before && usb_scanned(a) ? calm + 1 : 0;
		before = now.n;
		nanosleep(&tick, NULL);
	}
}

void disk_controllers_load(struct arena *a, struct strings *problems)
{
	struct strings devices = { 0 };

	/* Twice: the disks behind a VMD appear after its driver is loaded. */
	for (int round = 0; round < 2; round++) {
		devices.n = 0;
		sys_list(a, "/sys/bus/pci/devices", &devices);
		for (size_t i = 0; i < devices.n; i++) {
			const char *name = devices.s[i];
			uint32_t vendor = pci_number(a, name, "vendor");
			uint32_t device = pci_number(a, name, "device");
			const char *driver = disk_controller_driver(pci_number(a, name, "class"),
								    vendor, device);

			if (driver && *driver)
				disk_driver_load(a, driver);
			else if (!driver && round)
				strings_add(
					a, problems,
					arena_printf(a,
						     "The disk controller %s (%04x:%04x) has no "
						     "driver in this image: its disks are not "
						     "listed.",
						     name, vendor, device));
		}
	}
	wait_for_disks(a);
}
