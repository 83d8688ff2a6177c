// SPDX-License-Identifier: GPL-2.0-only
/*
 * A volume's contents, by the signatures at its beginning and end. Pure.
 *
 * Offsets: fs/ext4/ext4.h (struct ext4_super_block), fs/xfs/libxfs/xfs_format.h (struct xfs_dsb),
 * include/uapi/linux/btrfs_tree.h (struct btrfs_super_block); LUKS On-Disk Format Specification;
 * LVM2's label format (lib/format_text/layout.h); ECMA-119 8.4; Microsoft's FAT specification and
 * Win32 BitLocker; drivers/md/bcache/bcache_ondisk.h; DRBD (drbd_int.h). Swap: super.c; RAID: raid.c.
 */
#include <string.h>

#include "setup/disk/disk.h"
#include "setup/disk/super.h"

#define BOOT_IT VOLUME_BOOT_IT

/* The first label's ring of uberblocks, 1 KiB and more apart (OpenZFS, uberblock_impl.h). */
static bool is_zfs(const struct volume_bytes *b, struct volume *v)
{
	(void)v;
	for (uint64_t at = 128 * 1024; at < 256 * 1024; at += 1024)
		if (volume_has(b, at, "\x0c\xb1\xba\0\0\0\0\0", 8))
			return true;
	return false;
}

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
	{ 0, 0, "", "ZFS member", VOLUME_SEALED, BOOT_IT, is_zfs },
	{ 0, 4, "XFSB", "xfs", VOLUME_ROOT, NULL, volume_read_xfs },
	{ BTRFS_AT + 64, 8, "_BHRfS_M", "btrfs", VOLUME_ROOT, NULL, volume_read_btrfs },
	{ EXT_AT + 56, 2, "\x53\xef", "ext4", VOLUME_ROOT, NULL, volume_read_ext },
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

/* A copy of it is on another machine. The magic is at 60 in the last 4 KiB, in 8.4 and 9. */
static bool is_drbd(const struct volume_bytes *b)
{
	uint64_t at = (b->size & ~UINT64_C(4095)) - 4096 + 60;

	return volume_tail_has(b, at, "\x83\x74\x02\x6b", 4) ||
	       volume_tail_has(b, at, "\x83\x74\x02\x6c", 4) ||
	       volume_tail_has(b, at, "\x83\x74\x02\x6d", 4);
}

/* A backing device, whose cache is another disk; or bcachefs, which may have several. */
static bool is_bcache(const struct volume_bytes *b)
{
	return volume_has(b, 4096 + 24,
			  "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", 16);
}

static bool is_bcachefs(const struct volume_bytes *b)
{
	return volume_has(b, 4096 + 24,
			  "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef", 16);
}

/*
 * One half of a mirror begins like a file system, but must not be changed without the other; and a
 * bcache keeps the signature of a file system that was there before it.
 */
static const struct {
	bool (*is)(const struct volume_bytes *b);
	const char *type;
	/* Whether the partitions of a disk are in it, too; NULL: there are none then. */
	bool (*of_device)(const struct volume_bytes *b);
} members[] = {
	{ volume_is_md, "RAID member (md)", volume_md_is_of_device },
	{ volume_is_firmware_raid, "RAID member (firmware's RAID)", volume_is_firmware_raid },
	{ is_drbd, "DRBD replica", is_drbd },
	{ is_bcache, "bcache", NULL },
	{ is_bcachefs, "bcachefs", NULL },
};

static void seal(struct volume *v, const char *type)
{
	v->kind = VOLUME_SEALED;
	v->type = type;
	v->advice = BOOT_IT;
}

/* All of them are asked: what hides the first must not hide that the disk is in another. */
static bool find_member(const struct volume_bytes *b, struct volume *v)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!members[i].is(b))
			continue;
		if (!v->type)
			seal(v, members[i].type);
		v->member |= members[i].of_device && members[i].of_device(b);
	}
	return v->type != NULL;
}

static bool is_signed(const struct volume_bytes *b, const struct signature *s, struct volume *v)
{
	if (!volume_has(b, s->at, s->magic, s->len))
		return false;
	v->kind = s->kind;
	v->type = s->type;
	v->advice = s->advice;
	return !s->read || s->read(b, v);
}

void volume_probe(const struct volume_bytes *b, struct volume *v)
{
	size_t n = sizeof(signatures) / sizeof(signatures[0]), found = 0;

	memset(v, 0, sizeof(*v));
	/*
	 * Only the first page of a swap is its own. Behind that is what was in memory, which can look
	 * like anything. Whatever else the device is, a system may have hibernated to it.
	 */
	if (volume_read_swap(b, v)) {
		bool hibernated = v->hibernated;
		struct volume other = { 0 };

		if (find_member(b, &other) && other.member) {
			*v = other;
			v->hibernated = hibernated;
		}
		return;
	}
	if (find_member(b, v))
		return;
	for (size_t i = 0; i < n; i++) {
		struct volume one = { 0 };

		if (!is_signed(b, &signatures[i], &one))
			continue;
		if (!found++)
			*v = one;
		/* One of them is what was there before; a change would damage the other one. */
		else if (v->kind == VOLUME_ROOT)
			seal(v, "several file systems, by their signatures");
		v->ours |= one.ours;
	}
}
