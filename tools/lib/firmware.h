/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What init reads from firmware tables: the serial console that ACPI names, and what UEFI booted
 * us from. Pure; does not trust its input.
 */
#ifndef NESTCHECK_LIB_FIRMWARE_H
#define NESTCHECK_LIB_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* baud: 0 if the table leaves firmware's setting. */
struct spcr_console {
	bool mmio; /* address is in memory, else an I/O port */
	uint64_t address;
	unsigned int baud;
};

/*
 * table: a whole SPCR ("Serial Port Console Redirection Table", Microsoft, revisions 1 to 4). False
 * if it is damaged or does not name a 16450/16550-like port.
 */
bool spcr_parse(const void *table, size_t len, struct spcr_console *c);

enum boot_origin {
	BOOT_UNKNOWN = 0,
	BOOT_NETWORK,
	BOOT_LOCAL,   /* a drive that is already present or has no driver here */
	BOOT_HOTPLUG, /* USB or SD: may take a moment to appear */
};

/*
 * option: the variable Boot#### (an EFI_LOAD_OPTION, UEFI 2.10 section 3.1.3) that BootCurrent
 * refers to. Returns what its device path leads to.
 */
enum boot_origin boot_option_origin(const void *option, size_t len);

/* What of a device path can be found again in Linux: PCI functions from the root on, a partition. */
#define BOOT_PATH_PCI 8

struct boot_path {
	uint8_t pci[BOOT_PATH_PCI]; /* device << 3 | function, as in a bus number's devfn */
	size_t n_pci;		    /* 0: the short form, which begins with the partition */
	bool usb;
	bool partition;
	uint32_t number;
	uint64_t start; /* in sectors */
	bool gpt;
	uint8_t signature[16]; /* GPT: the partition's GUID; MBR: 4 bytes of the disk's */
};

/* False if the option is damaged, or its path has nothing of that. */
bool boot_option_path(const void *option, size_t len, struct boot_path *p);

/* A block device as Linux sees it. number: 0 for a whole disk, otherwise the partition's. */
struct boot_device {
	const char *sysfs; /* the real path of /sys/class/block/NAME */
	uint32_t number;
	uint64_t start;
	bool gpt;
	uint8_t signature[16];
};

/* Whether all that the path tells is so of this device. */
bool boot_path_is(const struct boot_path *p, const struct boot_device *d);

#endif
