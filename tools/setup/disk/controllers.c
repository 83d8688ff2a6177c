// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which driver a disk controller needs. Pure.
 */
#include <string.h>

#include "setup/disk/disk.h"

#define ANY 0xffffffff

/* The first match counts. Classes: PCI Code and ID Assignment Specification, 1.2. */
static const struct {
	uint32_t class, mask;
	uint32_t vendor, device;
	const char *driver;
} controllers[] = {
	/* Intel's VMD, which hides NVMe disks (drivers/pci/controller/vmd.c: vmd_ids). */
	{ 0, 0, 0x8086, 0x201d, "vmd" },
	{ 0, 0, 0x8086, 0x28c0, "vmd" },
	{ 0, 0, 0x8086, 0x467f, "vmd" },
	{ 0, 0, 0x8086, 0x4c3d, "vmd" },
	{ 0, 0, 0x8086, 0xa77f, "vmd" },
	{ 0, 0, 0x8086, 0x7d0b, "vmd" },
	{ 0, 0, 0x8086, 0xad0b, "vmd" },
	{ 0, 0, 0x8086, 0x9a0b, "vmd" },
	{ 0, 0, 0x8086, 0xb60b, "vmd" },
	{ 0, 0, 0x8086, 0xb06f, "vmd" },
	/* virtio 1.2, 4.1.2.1: SCSI host; block device (its driver is built in). */
	{ 0, 0, 0x1af4, 0x1004, "virtio_scsi" },
	{ 0, 0, 0x1af4, 0x1048, "virtio_scsi" },
	{ 0, 0, 0x1af4, 0x1001, "" },
	{ 0, 0, 0x1af4, 0x1042, "" },
	{ 0x010600, 0xffff00, ANY, ANY, "ahci" },
	/* Firmware set to RAID: the same controller; the driver matches its id. */
	{ 0x010400, 0xffff00, 0x8086, ANY, "ahci" },
	{ 0x010100, 0xffff00, 0x8086, ANY, "ata_piix" },
	{ 0x010800, 0xffff00, ANY, ANY, "nvme" },
	/* Floppy. */
	{ 0x010200, 0xffff00, ANY, ANY, "" },
	{ 0x010000, 0xff0000, ANY, ANY, NULL },
	{ 0, 0, ANY, ANY, "" },
};

const char *disk_controller_driver(uint32_t class, uint32_t vendor, uint32_t device)
{
	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++)
		if ((class & controllers[i].mask) == controllers[i].class &&
		    (controllers[i].vendor == ANY || controllers[i].vendor == vendor) &&
		    (controllers[i].device == ANY || controllers[i].device == device))
			return controllers[i].driver;
	return "";
}

struct strings disk_driver_modules(struct arena *a, const char *order, const char *driver)
{
	struct strings modules = { 0 };
	size_t len = strlen(driver);

	while (order && !(!strncmp(order, driver, len) && order[len] == ':')) {
		order = strchr(order, '\n');
		order = order ? order + 1 : NULL;
	}
	if (!order)
		return modules;
	for (order += len + 1; *order == ' ';) {
		size_t word = strcspn(++order, " \n");

		if (word)
			strings_add(a, &modules, arena_strndup(a, order, word));
		order += word;
	}
	return modules;
}
