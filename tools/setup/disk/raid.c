// SPDX-License-Identifier: GPL-2.0-only
/*
 * Members of a RAID: of md, and of firmware's. Pure.
 *
 * Offsets of md: include/uapi/linux/raid/md_p.h. Of firmware's RAID: libblkid/src/superblocks/
 * *_raid.c of util-linux 2.41, which has them from dmraid (lib/format/ataraid/); of Intel's and
 * DDF's also mdadm (super-intel.c, super-ddf.c).
 */
#include <string.h>

#include "setup/disk/disk.h"
#include "setup/disk/super.h"

#define SECTOR 512

bool volume_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len)
{
	return at + len <= b->head_size && !memcmp(b->head + at, magic, len);
}

/* NULL if they are not within the tail. */
static const unsigned char *tail_at(const struct volume_bytes *b, uint64_t at, size_t len)
{
	uint64_t begin = b->size - b->tail_size;

	if (b->size < b->tail_size || at < begin || at >= b->size || len > b->size - at)
		return NULL;
	return b->tail + (at - begin);
}

bool volume_tail_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len)
{
	const unsigned char *p = tail_at(b, at, len);

	return p && !memcmp(p, magic, len);
}

/* --- md ------------------------------------------------------------------------------------ */

#define MD_MAGIC "\xfc\x4e\x2b\xa9"

/* Version 1.0 is in the last 8 KiB, aligned to 4 KiB; 0.90 is the last whole 64 KiB. */
static uint64_t md_1_0_at(const struct volume_bytes *b)
{
	return (((b->size >> 9) - 16) & ~UINT64_C(7)) << 9;
}

static uint64_t md_0_90_at(const struct volume_bytes *b)
{
	return (b->size & ~UINT64_C(0xffff)) - 0x10000;
}

bool volume_is_md(const struct volume_bytes *b)
{
	return volume_has(b, 0, MD_MAGIC, 4) || volume_has(b, 4096, MD_MAGIC, 4) ||
	       volume_tail_has(b, md_1_0_at(b), MD_MAGIC, 4) ||
	       volume_tail_has(b, md_0_90_at(b), MD_MAGIC, 4);
}

bool volume_md_is_of_device(const struct volume_bytes *b)
{
	uint64_t at = md_1_0_at(b), size;
	const unsigned char *p = tail_at(b, at, 152);

	if (p && !memcmp(p, MD_MAGIC, 4) && disk_le64(p + 144) == at >> 9)
		return true;
	at = md_0_90_at(b);
	p = tail_at(b, at, 152);
	if (!p || memcmp(p, MD_MAGIC, 4) != 0)
		return false;
	size = (uint64_t)disk_le32(p + 32) << 10;
	return size && size <= at && at - size < 1 << 20;
}

/* --- firmware's ---------------------------------------------------------------------------- */

/* Each of them gets its whole sector, and compares what is checked beside a short signature. */

static uint16_t sum16(const unsigned char *p, size_t bytes)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < bytes; i += 2)
		sum = (uint16_t)(sum + p[i] + (p[i + 1] << 8));
	return sum;
}

/* struct jm_metadata: 128 bytes whose sum is 0 or 1; the level at 0x30. */
static bool is_jmicron(const unsigned char *s)
{
	return sum16(s, 128) <= 1 && s[0x30] <= 5;
}

/* struct silicon_metadata: the sum is 0 up to and with checksum1 at 0x13e; a disk of eight at 0x116. */
static bool is_silicon_image(const unsigned char *s)
{
	return sum16(s, 0x140) == 0 && s[0x116] < 8;
}

/* struct via_metadata: a version up to 2, and the sum of the first 50 bytes behind them. */
static bool is_via(const unsigned char *s)
{
	unsigned char sum = 0;

	for (int i = 0; i < 50; i++)
		sum = (unsigned char)(sum + s[i]);
	return s[2] <= 2 && sum == s[50];
}

#define PROMISE(sector)                                            \
	{                                                          \
		-(sector), 0, 24, "Promise Technology, Inc.", NULL \
	}

static const struct firmware_raid {
	int sector; /* from the beginning, or negative from the end; of 512 bytes */
	size_t at, len;
	const char *magic;
	bool (*is)(const unsigned char *sector); /* NULL: the signature is enough */
} firmware_raids[] = {
	/* Intel, in the last sector but one; with sectors of 4096 bytes, too. */
	{ -2, 0, 24, "Intel Raid ISM Cfg Sig. ", NULL },
	{ -16, 0, 24, "Intel Raid ISM Cfg Sig. ", NULL },
	/* SNIA's DDF, of several makers. */
	{ -1, 0, 4, "\xde\x11\xde\x11", NULL },
	{ -257, 0, 4, "\xde\x11\xde\x11", NULL },
	/* LSI, VIA, Silicon Image, NVIDIA, Adaptec, JMicron */
	{ -1, 0, 6, "$XIDE$", NULL },
	{ -1, 0, 2, "\x55\xaa", is_via },
	{ -1, 0x60, 4, "\0\0\0\x2f", is_silicon_image },
	{ -2, 0, 8, "NVIDIA  ", NULL },
	{ -1, 0, 4, "\x37\xfc\x4d\x1e", NULL },
	{ -1, 0, 2, "JM", is_jmicron },
	/* Promise, by the disk's geometry. */
	PROMISE(16),
	PROMISE(63),
	PROMISE(255),
	PROMISE(256),
	PROMISE(399),
	PROMISE(591),
	PROMISE(675),
	PROMISE(735),
	PROMISE(911),
	PROMISE(951),
	PROMISE(974),
	PROMISE(991),
	PROMISE(3087),
	/* HighPoint 45x and 37x; the second of each pair: an array that was broken. */
	{ -11, 0, 4, "\xf3\x16\x78\x5a", NULL },
	{ -11, 0, 4, "\xfd\x16\x78\x5a", NULL },
	{ 9, 32, 4, "\xf0\x16\x78\x5a", NULL },
	{ 9, 32, 4, "\xfd\x16\x78\x5a", NULL },
};

static bool matches(const struct volume_bytes *b, const struct firmware_raid *f)
{
	uint64_t sectors = b->size / SECTOR, back = (uint64_t) - (int64_t)f->sector;
	const unsigned char *s = NULL;

	if (f->sector >= 0 && ((size_t)f->sector + 1) * SECTOR <= b->head_size)
		s = b->head + (size_t)f->sector * SECTOR;
	else if (f->sector < 0 && back <= sectors)
		s = tail_at(b, (sectors - back) * SECTOR, SECTOR);
	return s && !memcmp(s + f->at, f->magic, f->len) && (!f->is || f->is(s));
}

bool volume_is_firmware_raid(const struct volume_bytes *b)
{
	for (size_t i = 0; i < sizeof(firmware_raids) / sizeof(firmware_raids[0]); i++)
		if (matches(b, &firmware_raids[i]))
			return true;
	return false;
}
