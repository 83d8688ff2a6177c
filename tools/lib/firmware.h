/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What firmware's tables say to init: the serial console that ACPI names, and where UEFI
 * started us from. Pure: bytes in, answers out; nothing in the bytes is trusted.
 */
#ifndef NESTCHECK_LIB_FIRMWARE_H
#define NESTCHECK_LIB_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* baud: 0 where the table leaves it as firmware set it. */
struct spcr_console {
	bool mmio; /* address is memory, else an I/O port */
	uint64_t address;
	unsigned int baud;
};

/*
 * The whole SPCR table ("Serial Port Console Redirection Table", Microsoft, revisions 1 to
 * 4). False where it is damaged, names no port, or one that is not 16450/16550-like.
 */
bool spcr_parse(const void *table, size_t len, struct spcr_console *c);

enum boot_origin {
	BOOT_UNKNOWN = 0,
	BOOT_NETWORK,
	BOOT_LOCAL,   /* a drive that is either there by now or has no driver here */
	BOOT_HOTPLUG, /* USB or SD: may take a moment to appear */
};

/*
 * The variable Boot#### (an EFI_LOAD_OPTION, UEFI 2.10 section 3.1.3) that BootCurrent
 * points to: what its device path leads to.
 */
enum boot_origin boot_option_origin(const void *option, size_t len);

#endif
