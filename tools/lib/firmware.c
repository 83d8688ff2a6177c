// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses ACPI's SPCR and UEFI's boot options, as far as init needs them (see firmware.h).
 */
#include <stdio.h>
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

struct node {
	unsigned int kind; /* type << 8 | sub-type */
	const uint8_t *p;
	size_t size;
};

/*
 * Calls fn for each node of the option's path: UINT32 attributes, UINT16 length of the path, CHAR16
 * description[], the path. False if it is damaged.
 */
static bool for_each_node(const uint8_t *o, size_t len,
			  void (*fn)(const struct node *node, void *arg), void *arg)
{
	size_t at = 6, end;

	if (len < at)
		return false;
	end = (size_t)little_endian(o + 4, 2);
	while (at + 2 <= len && little_endian(o + at, 2))
		at += 2;
	at += 2;
	if (at > len)
		return false;
	end = end < len - at ? at + end : len;
	while (at + 4 <= end && o[at] != PATH_END) {
		struct node node = { (unsigned int)o[at] << 8 | o[at + 1], o + at,
				     (size_t)little_endian(o + at + 2, 2) };

		if (node.size < 4 || node.size > end - at)
			return false;
		fn(&node, arg);
		at += node.size;
	}
	return true;
}

struct origin {
	enum boot_origin origin;
	bool later, firmware;
};

static void add_origin(const struct node *node, void *arg)
{
	struct origin *o = arg;
	enum boot_origin next = node_origin(node->kind, !o->later);

	/* An application inside the firmware, such as its setup or its shell. */
	if (node->kind == PATH_FIRMWARE_FILE || node->kind == PATH_FIRMWARE_VOLUME)
		o->firmware = true;
	if (next != BOOT_UNKNOWN && o->origin != BOOT_NETWORK && o->origin != BOOT_HOTPLUG)
		o->origin = next;
	o->later = true;
}

enum boot_origin boot_option_origin(const void *option, size_t len)
{
	struct origin o = { .origin = BOOT_UNKNOWN };

	if (!for_each_node(option, len, add_origin, &o) || o.firmware)
		return BOOT_UNKNOWN;
	return o.origin;
}

/* --- the device that a path leads to --------------------------------------------------- */

/* Of a hard drive node, UEFI 2.10 table 10.36. */
enum {
	DRIVE_NUMBER = 4,
	DRIVE_START = 8,
	DRIVE_SIGNATURE = 24,
	DRIVE_SIGNATURE_TYPE = 41,
	DRIVE_SIZE = 42,
};

static void add_to_path(const struct node *node, void *arg)
{
	struct boot_path *p = arg;

	if (node->kind == PATH_PCI && node->size >= 6 && p->n_pci < BOOT_PATH_PCI)
		p->pci[p->n_pci++] = (uint8_t)(node->p[5] << 3 | (node->p[4] & 7));
	if (node->kind == PATH_USB || node->kind == PATH_USB_CLASS || node->kind == PATH_USB_WWID)
		p->usb = true;
	if (node->kind != PATH_HARD_DRIVE || node->size < DRIVE_SIZE)
		return;
	p->partition = true;
	p->number = (uint32_t)little_endian(node->p + DRIVE_NUMBER, 4);
	p->start = little_endian(node->p + DRIVE_START, 8);
	p->gpt = node->p[DRIVE_SIGNATURE_TYPE] == 2;
	memcpy(p->signature, node->p + DRIVE_SIGNATURE, p->gpt ? 16 : 4);
}

bool boot_option_path(const void *option, size_t len, struct boot_path *p)
{
	memset(p, 0, sizeof(*p));
	return for_each_node(option, len, add_to_path, p) && (p->n_pci || p->partition);
}

/* "0000:00:1f.2", as a part of a path in /sys/devices. */
static bool pci_function(const char *part, size_t len, uint8_t *devfn)
{
	unsigned int device, function;
	char copy[16];
	int end = 0;

	if (len >= sizeof(copy) || len < 12)
		return false;
	memcpy(copy, part, len);
	copy[len] = '\0';
	if (sscanf(copy, "%*x:%*2x:%2x.%1x%n", &device, &function, &end) != 2 || (size_t)end != len)
		return false;
	*devfn = (uint8_t)(device << 3 | function);
	return true;
}

static bool same_pci(const struct boot_path *p, const char *sysfs)
{
	size_t n = 0;

	for (const char *s = sysfs; *s;) {
		size_t len = strcspn(s, "/");
		uint8_t devfn;

		if (pci_function(s, len, &devfn)) {
			if (n == p->n_pci || p->pci[n] != devfn)
				return false;
			n++;
		}
		s += len;
		s += *s == '/';
	}
	return n == p->n_pci;
}

bool boot_path_is(const struct boot_path *p, const struct boot_device *d)
{
	if (p->partition && (d->number != p->number || d->start != p->start || d->gpt != p->gpt ||
			     memcmp(d->signature, p->signature, p->gpt ? 16 : 4) != 0))
		return false;
	if (p->n_pci && (!same_pci(p, d->sysfs) || p->usb != (strstr(d->sysfs, "/usb") != NULL)))
		return false;
	return p->partition || p->n_pci;
}
