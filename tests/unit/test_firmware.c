// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware's tables: SPCR and boot options, whole, damaged and cut at every length.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/firmware.h"

#define SPCR_SIZE 80

static void spcr(uint8_t *t, uint8_t interface, uint8_t space, uint64_t address, uint8_t baud)
{
	uint8_t sum = 0;

	memset(t, 0, SPCR_SIZE);
	memcpy(t, "SPCR", 4);
	t[4] = SPCR_SIZE;
	t[8] = 2;
	t[36] = interface;
	t[40] = space;
	for (int i = 0; i < 8; i++)
		t[44 + i] = (uint8_t)(address >> (8 * i));
	t[58] = baud;
	for (int i = 0; i < SPCR_SIZE; i++)
		sum = (uint8_t)(sum + t[i]);
	t[9] = (uint8_t)-sum;
}

static void test_spcr(void **state)
{
	struct spcr_console c;
	uint8_t t[SPCR_SIZE];

	(void)state;
	spcr(t, 0, 1, 0x2f8, 7);
	assert_true(spcr_parse(t, sizeof(t), &c));
	assert_false(c.mmio);
	assert_int_equal(c.address, 0x2f8);
	assert_int_equal(c.baud, 115200);
	spcr(t, 0x12, 0, 0xfe036000, 3);
	assert_true(spcr_parse(t, sizeof(t), &c));
	assert_true(c.mmio);
	assert_int_equal(c.address, 0xfe036000);
	assert_int_equal(c.baud, 9600);
	spcr(t, 1, 1, 0x3f8, 0);
	assert_true(spcr_parse(t, sizeof(t), &c));
	assert_int_equal(c.baud, 0);
	spcr(t, 1, 1, 0x3f8, 200);
	assert_true(spcr_parse(t, sizeof(t), &c));
	assert_int_equal(c.baud, 0);
}

static void test_spcr_of_no_use(void **state)
{
	struct spcr_console c;
	uint8_t t[SPCR_SIZE];

	(void)state;
	spcr(t, 0, 1, 0, 7);
	assert_false(spcr_parse(t, sizeof(t), &c)); /* off */
	spcr(t, 3, 0, 0x9000000, 7);
	assert_false(spcr_parse(t, sizeof(t), &c)); /* an Arm PL011 */
	spcr(t, 0, 3, 0x2f8, 7);
	assert_false(spcr_parse(t, sizeof(t), &c)); /* behind an embedded controller */
	spcr(t, 0, 1, 0x2f8, 7);
	t[44] ^= 1;
	assert_false(spcr_parse(t, sizeof(t), &c)); /* checksum */
	spcr(t, 0, 1, 0x2f8, 7);
	t[4] = 200;
	assert_false(spcr_parse(t, sizeof(t), &c)); /* stated length too large */
}

/* A heap block of exactly each length, for ASan. */
static void test_spcr_cut(void **state)
{
	struct spcr_console c;
	uint8_t t[SPCR_SIZE];

	(void)state;
	spcr(t, 0, 1, 0x2f8, 7);
	for (size_t n = 0; n < sizeof(t); n++) {
		uint8_t *part = malloc(n ? n : 1);

		memcpy(part, t, n);
		assert_false(spcr_parse(part, n, &c));
		free(part);
	}
}

/* Attributes, path length, "Hi", and nodes; each as type, sub-type, size, filler. */
static size_t option(uint8_t *o, const uint8_t (*nodes)[3], size_t n)
{
	size_t len = 12, path = 0;

	memset(o, 0, 256);
	o[0] = 1;
	o[6] = 'H';
	o[8] = 'i';
	for (size_t i = 0; i < n; i++) {
		memcpy(o + len + path, nodes[i], 3);
		path += nodes[i][2];
	}
	o[4] = (uint8_t)path;
	return len + path;
}

#define ACPI_ROOT        \
	{                \
		2, 1, 12 \
	}
#define PCI             \
	{               \
		1, 1, 6 \
	}
#define END                   \
	{                     \
		0x7f, 0xff, 4 \
	}

static void test_boot_options(void **state)
{
	static const struct {
		const char *what;
		enum boot_origin origin;
		uint8_t nodes[6][3];
	} rows[] = {
		{ "USB", BOOT_HOTPLUG, { ACPI_ROOT, PCI, { 3, 5, 6 }, END } },
		{ "USB, partition",
		  BOOT_HOTPLUG,
		  { ACPI_ROOT, PCI, { 3, 5, 6 }, { 4, 1, 42 }, { 4, 4, 10 }, END } },
		{ "short form", BOOT_HOTPLUG, { { 4, 1, 42 }, { 4, 4, 10 }, END } },
		{ "SD", BOOT_HOTPLUG, { ACPI_ROOT, PCI, { 3, 26, 5 }, END } },
		{ "SATA", BOOT_LOCAL, { ACPI_ROOT, PCI, { 3, 18, 10 }, END } },
		{ "SATA CD", BOOT_LOCAL, { ACPI_ROOT, PCI, { 3, 18, 10 }, { 4, 2, 24 }, END } },
		{ "virtio-blk", BOOT_LOCAL, { ACPI_ROOT, PCI, END } },
		{ "network", BOOT_NETWORK, { ACPI_ROOT, PCI, { 3, 11, 37 }, { 3, 12, 27 }, END } },
		{ "setup", BOOT_UNKNOWN, { { 4, 7, 20 }, { 4, 6, 20 }, END } },
		{ "nothing", BOOT_UNKNOWN, { END } },
		{ "past the end", BOOT_UNKNOWN, { END, { 3, 5, 6 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t o[256];
		size_t len = option(o, rows[i].nodes, 6);

		if (boot_option_origin(o, len) != rows[i].origin)
			fail_msg("%s: %d", rows[i].what, boot_option_origin(o, len));
	}
}

static void test_boot_option_damaged(void **state)
{
	static const uint8_t nodes[][3] = { ACPI_ROOT, PCI, { 3, 5, 6 }, END };
	uint8_t o[256];
	size_t len = option(o, nodes, 4);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		uint8_t *part = malloc(n ? n : 1);

		memcpy(part, o, n);
		boot_option_origin(part, n);
		if (n < 12 + 12)
			assert_int_equal(boot_option_origin(part, n), BOOT_UNKNOWN);
		free(part);
	}
	o[12 + 2] = 0; /* a node of size 0 must not loop for ever */
	assert_int_equal(boot_option_origin(o, len), BOOT_UNKNOWN);
	o[12 + 2] = 255;
	assert_int_equal(boot_option_origin(o, len), BOOT_UNKNOWN);
}

/* --- the device that a path leads to --- */

static size_t option_of(uint8_t *o, const uint8_t *nodes, size_t len)
{
	memset(o, 0, 8);
	o[4] = (uint8_t)len;
	memcpy(o + 8, nodes, len);
	return 8 + len;
}

#define NODE_ROOT      2, 1, 12, 0, 0xd0, 0x41, 3, 10, 0, 0, 0, 0
#define NODE_PCI(d, f) 1, 1, 6, 0, f, d
#define NODE_USB       3, 5, 6, 0, 1, 0
#define NODE_END       0x7f, 0xff, 4, 0
#define GUID	       1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
/* Partition 2 from sector 0x1234 on, of a GPT (format 2, signature type 2). */
#define NODE_GPT \
	4, 1, 42, 0, 2, 0, 0, 0, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, GUID, 2, 2
#define NODE_MBR                                                                                 \
	4, 1, 42, 0, 2, 0, 0, 0, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xd, 0xc, \
		0xb, 0xa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1

static void test_boot_paths(void **state)
{
#define STICK "/sys/devices/pci0000:00/0000:00:04.0/usb2/2-1/2-1:1.0/host0/block/sda/sda2"
	static const struct {
		const char *what;
		uint8_t nodes[100];
		const char *sysfs;
		uint32_t number;
		bool is;
	} rows[] = {
		{ "USB", { NODE_ROOT, NODE_PCI(4, 0), NODE_USB, NODE_END }, STICK, 2, true },
		{ "USB, of another controller",
		  { NODE_ROOT, NODE_PCI(5, 0), NODE_USB, NODE_END },
		  STICK,
		  2,
		  false },
		{ "USB, of another function",
		  { NODE_ROOT, NODE_PCI(4, 1), NODE_USB, NODE_END },
		  STICK,
		  2,
		  false },
		{ "no USB", { NODE_ROOT, NODE_PCI(4, 0), NODE_END }, STICK, 2, false },
		{ "virtio",
		  { NODE_ROOT, NODE_PCI(4, 0), NODE_END },
		  "/sys/devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda2",
		  2,
		  true },
		{ "behind a bridge",
		  { NODE_ROOT, NODE_PCI(0x1c, 2), NODE_PCI(0, 0), NODE_END },
		  "/sys/devices/pci0000:00/0000:00:1c.2/0000:03:00.0/nvme/nvme0/nvme0n1",
		  0,
		  true },
		{ "behind another bridge",
		  { NODE_ROOT, NODE_PCI(0x1c, 4), NODE_PCI(0, 0), NODE_END },
		  "/sys/devices/pci0000:00/0000:00:1c.2/0000:03:00.0/nvme/nvme0/nvme0n1",
		  0,
		  false },
		{ "a bridge only",
		  { NODE_ROOT, NODE_PCI(0x1c, 2), NODE_END },
		  "/sys/devices/pci0000:00/0000:00:1c.2/0000:03:00.0/nvme/nvme0/nvme0n1",
		  0,
		  false },
		{ "the partition", { NODE_GPT, NODE_END }, STICK, 2, true },
		{ "another partition", { NODE_GPT, NODE_END }, STICK, 1, false },
		{ "the same partition of a copy on another controller",
		  { NODE_ROOT, NODE_PCI(5, 0), NODE_USB, NODE_GPT, NODE_END },
		  STICK,
		  2,
		  false },
		{ "an MBR's", { NODE_MBR, NODE_END }, STICK, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const uint8_t guid[] = { GUID };
		struct boot_device d = { rows[i].sysfs, rows[i].number, 0x1234, true, { 0 } };
		struct boot_path p;
		uint8_t o[256];

		memcpy(d.signature, guid, 16);
		assert_true(boot_option_path(o, option_of(o, rows[i].nodes, 100), &p));
		if (boot_path_is(&p, &d) != rows[i].is)
			fail_msg("%s", rows[i].what);
		/* Each part of what identifies a partition counts. */
		d.start++;
		assert_false(p.partition && boot_path_is(&p, &d));
		d.start--;
		d.signature[15]++;
		assert_false(p.partition && boot_path_is(&p, &d));
	}
}

static void test_boot_path_of_an_mbr(void **state)
{
	static const uint8_t nodes[] = { NODE_MBR, NODE_END }, nothing[] = { NODE_ROOT, NODE_END };
	struct boot_device d = {
		"/sys/devices/platform/x", 2, 0x1234, false, { 0xd, 0xc, 0xb, 0xa }
	};
	struct boot_path p;
	uint8_t o[256];
	size_t len = option_of(o, nodes, sizeof(nodes));

	(void)state;
	assert_true(boot_option_path(o, len, &p));
	assert_true(boot_path_is(&p, &d));
	d.signature[3] = 0;
	assert_false(boot_path_is(&p, &d));
	/* Damaged: no device, and no read past the end. */
	for (size_t n = 0; n < 8 + 42; n++) {
		uint8_t *part = malloc(n ? n : 1);

		memcpy(part, o, n);
		assert_false(boot_option_path(part, n, &p));
		free(part);
	}
	assert_false(boot_option_path(o, option_of(o, nothing, sizeof(nothing)), &p));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spcr),
		cmocka_unit_test(test_spcr_of_no_use),
		cmocka_unit_test(test_spcr_cut),
		cmocka_unit_test(test_boot_options),
		cmocka_unit_test(test_boot_option_damaged),
		cmocka_unit_test(test_boot_paths),
		cmocka_unit_test(test_boot_path_of_an_mbr),
	};

	return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}
