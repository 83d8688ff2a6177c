// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses ACPI's SPCR and UEFI's boot options, as far as init needs them (see firmware.h).
 */
#include <string.h>

#include "lib/firmware.h"

static uint64_t little_endian(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* Offsets in the SPCR table. */
enum {
	SPCR_LENGTH = 4,
	SPCR_INTERFACE = 36,
	SPCR_ADDRESS_SPACE = 40, /* a Generic Address Structure, ACPI 6.5 section 5.2.3.2 */
	SPCR_ADDRESS = 44,
	SPCR_BAUD = 58,
	SPCR_MIN = 59,
};

bool spcr_parse(const void *table, size_t len, struct spcr_console *c)
{
	static const unsigned int bauds[] = { [3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200 };
	const uint8_t *t = table;
	uint8_t sum = 0, interface;

	if (len < SPCR_MIN || memcmp(t, "SPCR", 4) || little_endian(t + SPCR_LENGTH, 4) > len ||
	    little_endian(t + SPCR_LENGTH, 4) < SPCR_MIN)
		return false;
	for (size_t i = 0; i < little_endian(t + SPCR_LENGTH, 4); i++)
		sum = (uint8_t)(sum + t[i]);
	/* 16550, 16450, and 16550 described by the address structure (DBG2's numbers). */
	interface = t[SPCR_INTERFACE];
	if (sum || (interface != 0x00 && interface != 0x01 && interface != 0x12))
		return false;
	if (t[SPCR_ADDRESS_SPACE] > 1)
		return false;
	c->mmio = t[SPCR_ADDRESS_SPACE] == 0;
	c->address = little_endian(t + SPCR_ADDRESS, 8);
	c->baud = t[SPCR_BAUD] < sizeof(bauds) / sizeof(bauds[0]) ? bauds[t[SPCR_BAUD]] : 0;
	return c->address != 0; /* 0: redirection is off */
}

/* Device path nodes, UEFI 2.10 section 10.3: type << 8 | sub-type. */
enum {
	PATH_PCI = 0x0101,
	PATH_USB = 0x0305,
	PATH_MAC = 0x030b,
	PATH_IPV4 = 0x030c,
	PATH_IPV6 = 0x030d,
	PATH_USB_CLASS = 0x030f,
	PATH_USB_WWID = 0x0310,
	PATH_URI = 0x0318,
	PATH_SD = 0x031a,
	PATH_EMMC = 0x031d,
	PATH_HARD_DRIVE = 0x0401,
	PATH_CDROM = 0x0402,
	PATH_FIRMWARE_FILE = 0x0406,
	PATH_FIRMWARE_VOLUME = 0x0407,
	PATH_END = 0x7f,
};

static enum boot_origin node_origin(unsigned int node, bool first)
{
	switch (node) {
	case PATH_MAC:
	case PATH_IPV4:
	case PATH_IPV6:
	case PATH_URI:
		return BOOT_NETWORK;
	case PATH_USB:
	case PATH_USB_CLASS:
	case PATH_USB_WWID:
	case PATH_SD:
	case PATH_EMMC:
		return BOOT_HOTPLUG;
	case PATH_HARD_DRIVE:
		/* The short form names a partition and not its bus. */
		return first ? BOOT_HOTPLUG : BOOT_LOCAL;
	case PATH_PCI:
	case PATH_CDROM:
		return BOOT_LOCAL;
	default:
		return BOOT_UNKNOWN;
	}
}

enum boot_origin boot_option_origin(const void *option, size_t len)
{
	const uint8_t *o = option;
	enum boot_origin origin = BOOT_UNKNOWN;
	size_t at = 6, end;
	bool first = true;

	/* UINT32 attributes, UINT16 length of the path, CHAR16 description[], the path */
	if (len < at)
		return BOOT_UNKNOWN;
	end = (size_t)little_endian(o + 4, 2);
	while (at + 2 <= len && little_endian(o + at, 2))
		at += 2;
	at += 2;
	if (at > len)
		return BOOT_UNKNOWN;
	end = end < len - at ? at + end : len;
	while (at + 4 <= end && o[at] != PATH_END) {
		unsigned int node = (unsigned int)o[at] << 8 | o[at + 1];
		size_t size = (size_t)little_endian(o + at + 2, 2);
		enum boot_origin next = node_origin(node, first);

		if (size < 4 || size > end - at)
			return BOOT_UNKNOWN;
		/* An application inside the firmware, such as its setup or its shell. */
		if (node == PATH_FIRMWARE_FILE || node == PATH_FIRMWARE_VOLUME)
			return BOOT_UNKNOWN;
		if (next != BOOT_UNKNOWN && origin != BOOT_NETWORK && origin != BOOT_HOTPLUG)
			origin = next;
		at += size;
		first = false;
	}
	return origin;
}
