// SPDX-License-Identifier: GPL-2.0-only
/*
 * A volume's contents, by the signatures at its beginning and end. Pure.
 *
 * Offsets: fs/ext4/ext4.h (struct ext4_super_block), fs/xfs/libxfs/xfs_format.h (struct xfs_dsb),
 * include/uapi/linux/btrfs_tree.h (struct btrfs_super_block), include/linux/swap.h,
 * include/uapi/linux/raid/md_p.h; LUKS On-Disk Format Specification; LVM2's label format
 * (lib/format_text/layout.h); ECMA-119 8.4; Microsoft's FAT specification and Win32 BitLocker.
 */
#include <stdio.h>
#include <string.h>

#include "setup/disk/disk.h"
#include "setup/disk/super.h"

#define BOOT_IT "start that system itself and run nestcheck setup host in it"

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
	{ 4086, 10, "SWAPSPACE2", "swap", VOLUME_OTHER, NULL, NULL },
	{ 4086, 9, "S1SUSPEND", "swap, with a hibernated system in it", VOLUME_OTHER, NULL,
	  volume_read_hibernated },
	{ 1024, 4, "\x10\x20\xf5\xf2", "f2fs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 65536 + 52, 6, "ReIsEr", "reiserfs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 32768, 4, "JFS1", "jfs", VOLUME_SEALED, BOOT_IT, NULL },
	{ 4096 + 24, 16, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81",
	  "bcache", VOLUME_SEALED, BOOT_IT, NULL },
	{ 4096 + 24, 16, "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef",
	  "bcachefs", VOLUME_SEALED, BOOT_IT, NULL },
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

#define MD_MAGIC "\xfc\x4e\x2b\xa9"

/* at: an offset from the device's beginning; false if it is not within the tail. */
static bool tail_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len)
{
	uint64_t begin = b->size - b->tail_size;

	return at >= begin && at + len <= b->size && !memcmp(b->tail + (at - begin), magic, len);
}

/*
 * Checked first: with the superblock at its end, one half of a mirror begins like a file system,
 * but must not be changed without the other. Versions 1.1 and 1.2; 1.0, in the last 8 KiB, aligned
 * to 4 KiB; 0.90, the last whole 64 KiB.
 */
static bool is_md(const struct volume_bytes *b)
{
	if (has(b, 0, MD_MAGIC, 4) || has(b, 4096, MD_MAGIC, 4))
		return true;
	if (b->tail_size < 128 * 1024 || b->size < b->tail_size)
		return false;
	return tail_has(b, (((b->size >> 9) - 16) & ~UINT64_C(7)) << 9, MD_MAGIC, 4) ||
	       tail_has(b, (b->size & ~UINT64_C(0xffff)) - 0x10000, MD_MAGIC, 4);
}

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
	if (is_md(b)) {
		v->kind = VOLUME_SEALED;
		v->type = "RAID member (md)";
		v->advice = BOOT_IT;
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
