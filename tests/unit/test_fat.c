// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file on a FAT12, FAT16 and FAT32 that is made here by Microsoft's specification; and damaged.
 */
#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/fat.h"

#define SECTOR 512
#define NAME   "nestcheck-20260131T120000Z.json"

static uint8_t *image;
static size_t image_size;
static size_t table, root, data; /* offsets */
static unsigned int bits;

static int read_image(void *arg, uint64_t at, void *buf, size_t len)
{
	(void)arg;
	if (at > image_size || len > image_size - at)
		return -EIO;
	memcpy(buf, image + at, len);
	return 0;
}

static int has(const char *name, const char *text)
{
	struct fat_source s = { read_image, NULL };

	return fat_has_file(&s, name, text, strlen(text));
}

static void put(size_t at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		image[at + (size_t)i] = (uint8_t)(value >> (8 * i));
}

static void set_next(uint32_t n, uint32_t next)
{
	size_t at;

	switch (bits) {
	case 12:
		at = table + n + n / 2;
		if (n & 1) {
			image[at] = (uint8_t)((image[at] & 0x0f) | next << 4);
			image[at + 1] = (uint8_t)(next >> 4);
		} else {
			image[at] = (uint8_t)next;
			image[at + 1] = (uint8_t)((image[at + 1] & 0xf0) | (next >> 8 & 0x0f));
		}
		break;
	case 16:
		put(table + n * 2, next, 2);
		break;
	default:
		put(table + n * 4, next, 4);
	}
}

/* Number of entries of the long name and the short one. */
static size_t add_entries(size_t at, const char *name, uint32_t cluster, uint32_t size)
{
	static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	size_t len = strlen(name), parts = (len + 12) / 13;
	uint8_t sum = 0, *e = image + at + parts * 32;

	memcpy(e, "NESTCH~1JSO", 11);
	e[11] = 0x20;
	put(at + parts * 32 + 20, cluster >> 16, 2);
	put(at + parts * 32 + 26, cluster, 2);
	put(at + parts * 32 + 28, size, 4);
	for (int i = 0; i < 11; i++)
		sum = (uint8_t)(((sum & 1) << 7) + (sum >> 1) + e[i]);
	for (size_t p = parts; p > 0; p--) {
		uint8_t *l = image + at + (parts - p) * 32;

		l[0] = (uint8_t)(p | (p == parts ? 0x40 : 0));
		l[11] = 0x0f;
		l[13] = sum;
		for (size_t i = 0; i < 13; i++) {
			size_t c = (p - 1) * 13 + i;
			uint32_t value = c < len ? (uint8_t)name[c] : c == len ? 0 : 0xffff;

			l[places[i]] = (uint8_t)value;
			l[places[i] + 1] = (uint8_t)(value >> 8);
		}
	}
	return parts + 1;
}

static char *text;

/* clusters of one sector; the file's go 5, 4, 7, 8 ... */
static void make(unsigned int wanted, uint32_t clusters)
{
	uint32_t table_sectors = (clusters + 2) * (wanted == 32 ? 4 : 2) / SECTOR + 1;
	uint32_t root_entries = wanted == 32 ? 0 : 64, n, next;
	uint32_t sectors = 4 + 2 * table_sectors + root_entries * 32 / SECTOR + clusters;

	bits = wanted;
	image_size = (size_t)sectors * SECTOR;
	image = calloc(1, image_size);
	put(11, SECTOR, 2);
	image[13] = 1;
	put(14, 4, 2);
	image[16] = 2;
	put(17, root_entries, 2);
	put(32, sectors, 4);
	put(bits == 32 ? 36 : 22, table_sectors, bits == 32 ? 4 : 2);
	put(44, 2, 4);
	table = 4 * SECTOR;
	root = table + (size_t)2 * table_sectors * SECTOR;
	data = root + root_entries * 32;
	if (bits == 32)
		set_next(2, 0x0fffffff);
	/* The label, a deleted file, ours. */
	memcpy(image + root, "NESTCHECK  \x08", 12);
	add_entries(root + 32, "deleted", 9, 1);
	image[root + 32] = image[root + 64] = 0xe5;
	text = malloc(4000);
	for (int i = 0; i < 3999; i++)
		text[i] = (char)('a' + i % 23);
	text[3999] = '\0';
	add_entries(root + 96, NAME, 5, 3999);
	n = 5;
	for (size_t at = 0; at < 3999; at += SECTOR) {
		memcpy(image + data + (size_t)(n - 2) * SECTOR, text + at,
		       3999 - at < SECTOR ? 3999 - at : SECTOR);
		next = n == 5 ? 4 : n == 4 ? 7 : n + 1;
		set_next(n, at + SECTOR >= 3999 ? 0x0fffffff : next);
		n = next;
	}
}

static void drop(void)
{
	free(image);
	free(text);
}

static const struct {
	unsigned int bits;
	uint32_t clusters;
} kinds[] = { { 12, 4084 }, { 16, 4085 }, { 16, 65524 }, { 32, 65525 } };

#define FOR_EACH_KIND                                                                  \
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++, drop()) \
		if (make(kinds[kind].bits, kinds[kind].clusters), 1)

static void test_found(void **state)
{
	(void)state;
	FOR_EACH_KIND
	{
		assert_int_equal(has(NAME, text), 0);
		assert_int_equal(has("nestcheck-20260131T120001Z.json", text), -ENOENT);
		assert_int_equal(has("deleted", "x"), -ENOENT);
		text[3998]++;
		assert_int_equal(has(NAME, text), -EILSEQ);
		text[3998] = '\0';
		assert_int_equal(has(NAME, text), -EILSEQ);
	}
}

/* A zero ends the folder, wherever it is before the file. */
static void test_ends_early(void **state)
{
	(void)state;
	FOR_EACH_KIND
	{
		for (size_t entry = 0; entry < 7; entry++) {
			uint8_t was = image[root + entry * 32];

			image[root + entry * 32] = 0;
			assert_int_equal(has(NAME, text), -ENOENT);
			image[root + entry * 32] = was;
		}
		assert_int_equal(has(NAME, text), 0);
	}
}

/* Each part of the name, the size, and each link of the chain counts. */
static void test_damaged(void **state)
{
	(void)state;
	FOR_EACH_KIND
	{
		for (size_t at = root + 96; at < root + 96 + 4 * 32; at++) {
			size_t in = (at - root) % 32, entry = (at - root) / 32;
			bool short_name = entry == 6;

			/* Times, case, unused bytes, and what follows the name's NUL. */
			if (entry == 3 && in >= 16)
				continue;
			if (short_name ? in > 10 && in < 26 && in != 11 :
					 in == 12 || in == 26 || in == 27)
				continue;
			image[at] ^= 0x15;
			if (!has(NAME, text) && !(short_name && in == 11))
				fail_msg("FAT%u: byte %zu of entry %zu", bits, in, entry);
			image[at] ^= 0x15;
		}
		set_next(5, 6);
		assert_int_equal(has(NAME, text), -EILSEQ);
		set_next(5, 0x0fffffff);
		assert_int_equal(has(NAME, text), -EILSEQ);
		set_next(5, 1);
		assert_int_equal(has(NAME, text), -EILSEQ);
		/* A chain that goes in a circle ends. */
		set_next(5, 5);
		assert_int_equal(has(NAME, text), -EILSEQ);
	}
}

static void test_no_fat(void **state)
{
	(void)state;
	for (size_t at = 11; at < 48; at++) {
		for (int value = 0; value < 256; value += 51) {
			make(12, 100);
			image[at] = (uint8_t)value;
			/* Whatever it says: no crash, no read past the end. */
			has(NAME, text);
			drop();
		}
	}
	make(12, 100);
	image_size = 100;
	assert_int_equal(has(NAME, text), -EIO);
	memset(image, 0, 512);
	image_size = 512;
	assert_int_equal(has(NAME, text), -EINVAL);
	drop();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_ends_early),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_fat),
	};

	return cmocka_run_group_tests_name("fat", tests, NULL, NULL);
}
