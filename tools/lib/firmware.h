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

#endif
