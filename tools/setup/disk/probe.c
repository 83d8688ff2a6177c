// SPDX-License-Identifier: GPL-2.0-only
/*
 * A volume's contents, by the signatures at its beginning and end. Pure.
 *
 * Offsets: fs/ext4/ext4.h (struct ext4_super_block), fs/xfs/libxfs/xfs_format.h (struct xfs_dsb),
 * include/uapi/linux/btrfs_tree.h (struct btrfs_super_block), include/linux/swap.h,
 * include/uapi/linux/raid/md_p.h; LUKS On-Disk Format Specification; LVM2's label format
 * (lib/format_text/layout.h); ECMA-119 8.4; Microsoft's FAT specification and Win32 BitLocker;
 * drivers/md/bcache/bcache_ondisk.h; mdadm (super-intel.c, super-ddf.c); DRBD (drbd_int.h).
 */
#include <stdio.h>
#include <string.h>

#include "setup/disk/disk.h"
#include "setup/disk/super.h"

#define BOOT_IT VOLUME_BOOT_IT

static const struct signature {
	size_t at, len;
	const char *magic;
	const char *type;
	enum volume_kind kind;
	const char *advice;
	/* False if it is something else despite the signature. */
	bool (*read)(const struct volume_bytes *b, struct volume *v);
} signatures[] = {
	{ 0, 6, "LUKS\xba\xbe", "LUKS, encrypted", VOLUME_SEALED, BOOT_IT, NULL },
	{ 3, 8, "-FVE-FS-", "BitLocker, encrypted Windows", VOLUME_OTHER, NULL, NULL },
	{ 0, 8, "LABELONE", "LVM2 member", VOLUME_SEALED, BOOT_IT, NULL },
	{ 512, 8, "LABELONE", "LVM2 member", VOLUME_SEALED, BOOT_IT, NULL },
	{ 1024, 8, "LABELONE", "LVM2 member", VOLUME_SEALED, BOOT_IT, NULL },
	{ 1536, 8, "LABELONE", "LVM2 member", VOLUME_SEALED, BOOT_IT, NULL },
	{ 0, 4, "XFSB", "xfs", VOLUME_ROOT, NULL, volume_read_xfs },
	{ BTRFS_AT + 64, 8, "_BHRfS_M", "btrfs", VOLUME_ROOT, NULL, volume_read_btrfs },
	{ EXT_AT + 56, 2, "\x53\xef", "ext4", VOLUME_ROOT, NULL, volume_read_ext },
	{ 0, 0, "", "swap", VOLUME_OTHER, NULL, volume_read_swap },
	{ 1024, 4, "\x10\x20\xf5\xf2", "f2fs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 65536 + 52, 6, "ReIsEr", "reiserfs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 32768, 4, "JFS1", "jfs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 3, 8, "NTFS    ", "NTFS", VOLUME_OTHER, NULL, NULL },
	{ 3, 8, "EXFAT   ", "exFAT", VOLUME_OTHER, NULL, NULL },
	{ 0, 4, "hsqs", "squashfs", VOLUME_OTHER, NULL, NULL },
	{ 32768, 6, "\1CD001", "ISO 9660", VOLUME_OTHER, NULL, volume_read_iso },
	{ 82, 5, "FAT32", "FAT", VOLUME_OTHER, NULL, volume_read_fat32 },
	{ 54, 3, "FAT", "FAT", VOLUME_OTHER, NULL, volume_read_fat },
};

static bool has(const struct volume_bytes *b, size_t at, const char *magic, size_t len)
{
	return at + len <= b->head_size && !memcmp(b->head + at, magic, len);
}

/* at: an offset from the device's beginning; NULL if they are not within the tail. */
static const unsigned char *tail_at(const struct volume_bytes *b, uint64_t at, size_t len)
{
	uint64_t begin = b->size - b->tail_size;

	if (b->size < b->tail_size || at < begin || at >= b->size || len > b->size - at)
		return NULL;
	return b->tail + (at - begin);
}

static bool tail_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len)
{
	const unsigned char *p = tail_at(b, at, len);

	return p && !memcmp(p, magic, len);
}

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

static bool is_md(const struct volume_bytes *b)
{
	return has(b, 0, MD_MAGIC, 4) || has(b, 4096, MD_MAGIC, 4) ||
	       tail_has(b, md_1_0_at(b), MD_MAGIC, 4) || tail_has(b, md_0_90_at(b), MD_MAGIC, 4);
}

/*
 * Whether the superblock at the end is this device's, or that of its last partition, which ends
 * with it: 1.0 tells where it is (super_offset, in sectors); 0.90 the size before it (in KiB,
 * rounded down to a chunk).
 */
static bool md_is_of_device(const struct volume_bytes *b)
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

/* Firmware's RAID: Intel's, in the last sector but one; SNIA's DDF, in the last one. */
static bool is_firmware_raid(const struct volume_bytes *b)
{
	return tail_has(b, b->size - 1024, "Intel Raid ISM Cfg Sig. ", 24) ||
	       tail_has(b, b->size - 512, "\xde\x11\xde\x11", 4);
}

/* A copy of it is on another machine. The magic is at 60 in the last 4 KiB, in 8.4 and 9. */
static bool is_drbd(const struct volume_bytes *b)
{
	uint64_t at = (b->size & ~UINT64_C(4095)) - 4096 + 60;

	return tail_has(b, at, "\x83\x74\x02\x6b", 4) || tail_has(b, at, "\x83\x74\x02\x6c", 4) ||
	       tail_has(b, at, "\x83\x74\x02\x6d", 4);
}

/* A backing device, whose cache is another disk; or bcachefs, which may have several. */
static bool is_bcache(const struct volume_bytes *b)
{
	return has(b, 4096 + 24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81",
		   16);
}

static bool is_bcachefs(const struct volume_bytes *b)
{
	return has(b, 4096 + 24, "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef",
		   16);
}

/*
 * Checked first: one half of a mirror begins like a file system, but must not be changed without
 * the other; and a bcache keeps the signature of a file system that was there before it.
 */
static const struct {
	bool (*is)(const struct volume_bytes *b);
	const char *type;
	/* Whether all of a disk with partitions is meant by it; NULL: it has none then. */
	bool (*of_device)(const struct volume_bytes *b);
} members[] = {
	{ is_md, "RAID member (md)", md_is_of_device },
	{ is_firmware_raid, "RAID member (firmware's RAID)", is_firmware_raid },
	{ is_drbd, "DRBD replica", NULL },
	{ is_bcache, "bcache", NULL },
	{ is_bcachefs, "bcachefs", NULL },
};

/* The first label's ring of uberblocks, 1 KiB and more apart (OpenZFS, uberblock_impl.h). */
static bool is_zfs(const struct volume_bytes *b)
{
	for (size_t at = 128 * 1024; at < 256 * 1024; at += 1024)
		if (has(b, at, "\x0c\xb1\xba\0\0\0\0\0", 8))
			return true;
	return false;
}

void volume_probe(const struct volume_bytes *b, struct volume *v)
{
	memset(v, 0, sizeof(*v));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].is(b)) {
			v->kind = VOLUME_SEALED;
			v->type = members[i].type;
			v->advice = BOOT_IT;
			v->member = members[i].of_device && members[i].of_device(b);
			return;
		}
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		const struct signature *s = &signatures[i];

		if (!has(b, s->at, s->magic, s->len))
			continue;
		v->kind = s->kind;
		v->type = s->type;
		v->advice = s->advice;
		if (!s->read || s->read(b, v))
			return;
		memset(v, 0, sizeof(*v));
	}
	if (is_zfs(b)) {
		v->kind = VOLUME_SEALED;
		v->type = "ZFS member";
		v->advice = BOOT_IT;
	}
}
