// SPDX-License-Identifier: GPL-2.0-only
/*
 * The superblocks that the signatures belong to; sources of the offsets: probe.c.
 */
#include "setup/disk/super.h"

#include <stdio.h>
#include <string.h>

static uint32_t le16(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

uint32_t disk_le32(const unsigned char *p)
{
	return le16(p) | le16(p + 2) << 16;
}

uint64_t disk_le64(const unsigned char *p)
{
	return disk_le32(p) | (uint64_t)disk_le32(p + 4) << 32;
}

/* At most max bytes, up to a NUL, without trailing blanks. */
static void copy_label(struct volume *v, const unsigned char *p, size_t max)
{
	size_t len;

	if (max > sizeof(v->label) - 1)
		max = sizeof(v->label) - 1;
	len = strnlen((const char *)p, max);
	while (len && p[len - 1] == ' ')
		len--;
	memcpy(v->label, p, len);
	v->label[len] = '\0';
}

static void copy_uuid(struct volume *v, const unsigned char *p)
{
	char *to = v->uuid;

	for (int i = 0; i < 16; i++)
		to += sprintf(to, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", p[i]);
}

/* --- ext2, ext3, ext4 -------------------------------------------------------------------- */

#define EXT_STATE	    58
#define EXT_VALID_FS	    0x1
#define EXT_ERROR_FS	    0x2
#define EXT_COMPAT	    92
#define EXT_HAS_JOURNAL	    0x4
#define EXT_INCOMPAT	    96
#define EXT_RECOVER	    0x4
#define EXT_JOURNAL_DEV	    0x8
#define EXT_INCOMPAT_OF_2_3 (0x2 | EXT_RECOVER | 0x10) /* filetype, meta_bg */
#define EXT_RO_COMPAT	    100
#define EXT_RO_COMPAT_OF_23 0x7 /* sparse_super, large_file, btree_dir */
#define EXT_UUID	    104
#define EXT_JOURNAL_INUM    224
#define EXT_LABEL	    120

bool volume_read_ext(const struct volume_bytes *b, struct volume *v)
{
	const unsigned char *s = b->head + EXT_AT;
	uint32_t compat, incompat, state;

	if (b->head_size < EXT_AT + 1024)
		return false;
	compat = disk_le32(s + EXT_COMPAT);
	incompat = disk_le32(s + EXT_INCOMPAT);
	v->driver = "ext4";
	copy_uuid(v, s + EXT_UUID);
	copy_label(v, s + EXT_LABEL, 16);
	if (incompat & EXT_JOURNAL_DEV) {
		v->kind = VOLUME_OTHER;
		v->type = "journal of an ext4";
		return true;
	}
	/* The journal is on another device, to which a change would be written first. */
	if (compat & EXT_HAS_JOURNAL && !disk_le32(s + EXT_JOURNAL_INUM)) {
		v->kind = VOLUME_SEALED;
		v->type = "ext4, journal on another device";
		v->advice = VOLUME_BOOT_IT;
		return true;
	}
	if (!(incompat & ~(uint32_t)EXT_INCOMPAT_OF_2_3) &&
	    !(disk_le32(s + EXT_RO_COMPAT) & ~(uint32_t)EXT_RO_COMPAT_OF_23))
		v->type = compat & EXT_HAS_JOURNAL ? "ext3" : "ext2";
	/*
	 * With a journal the state stays valid while the file system is mounted. e2fsck makes it
	 * invalid before it repairs, and valid when it has.
	 */
	state = le16(s + EXT_STATE);
	v->unclean = compat & EXT_HAS_JOURNAL ? incompat & EXT_RECOVER : !(state & EXT_VALID_FS);
	v->damaged = state & EXT_ERROR_FS || (!(state & EXT_VALID_FS) && compat & EXT_HAS_JOURNAL);
	return true;
}

/* --- xfs, btrfs -------------------------------------------------------------------------- */

#define XFS_RBLOCKS  16
#define XFS_UUID     32
#define XFS_LOGSTART 48
#define XFS_FNAME    108

/* Only the driver can tell whether its log is empty (mount.c). */
bool volume_read_xfs(const struct volume_bytes *b, struct volume *v)
{
	if (b->head_size < 512)
		return false;
	v->driver = "xfs";
	copy_uuid(v, b->head + XFS_UUID);
	copy_label(v, b->head + XFS_FNAME, 12);
	/* Big-endian, so only whether it is zero is of interest: no log inside; a realtime device. */
	if (!disk_le64(b->head + XFS_LOGSTART) || disk_le64(b->head + XFS_RBLOCKS)) {
		v->kind = VOLUME_SEALED;
		v->type = "xfs on several devices";
		v->advice = VOLUME_BOOT_IT;
	}
	return true;
}

#define BTRFS_FSID	  32
#define BTRFS_FLAGS	  56
#define BTRFS_FLAG_ERROR  0x4
#define BTRFS_LOG_ROOT	  96
#define BTRFS_NUM_DEVICES 136
#define BTRFS_LABEL	  299

bool volume_read_btrfs(const struct volume_bytes *b, struct volume *v)
{
	const unsigned char *s = b->head + BTRFS_AT;

	if (b->head_size < BTRFS_AT + 4096)
		return false;
	v->driver = "btrfs";
	copy_uuid(v, s + BTRFS_FSID);
	copy_label(v, s + BTRFS_LABEL, 256);
	v->unclean = disk_le64(s + BTRFS_LOG_ROOT) != 0;
	v->damaged = disk_le64(s + BTRFS_FLAGS) & BTRFS_FLAG_ERROR;
	/* A change would write to disks that the user did not name. */
	if (disk_le64(s + BTRFS_NUM_DEVICES) > 1) {
		v->kind = VOLUME_SEALED;
		v->type = "btrfs on several devices";
		v->advice = VOLUME_BOOT_IT;
	}
	return true;
}

/* --- the boot medium's file systems --------------------------------------------------- */

bool volume_read_iso(const struct volume_bytes *b, struct volume *v)
{
	if (b->head_size < 32768 + 2048)
		return false;
	copy_label(v, b->head + 32768 + 40, 32);
	v->ours = !strcmp(v->label, "NESTCHECK");
	return true;
}

/* iso/make-iso sets this serial number, which survives if the user changes the label. */
static bool read_fat(const struct volume_bytes *b, struct volume *v, size_t serial)
{
	if (b->head_size < 512 || b->head[510] != 0x55 || b->head[511] != 0xaa)
		return false;
	copy_label(v, b->head + serial + 4, 11);
	v->ours = disk_le32(b->head + serial) == 0x4e434b31 || !strcmp(v->label, "NESTCHECK");
	return true;
}

bool volume_read_fat(const struct volume_bytes *b, struct volume *v)
{
	return read_fat(b, v, 39);
}

bool volume_read_fat32(const struct volume_bytes *b, struct volume *v)
{
	return read_fat(b, v, 67);
}

/* --- swap ---------------------------------------------------------------------------------- */

/*
 * At the end of the first page, whose size is the architecture's. Hibernation replaces it: the
 * kernel by S1SUSPEND or, for a time, LINHIB0001 (kernel/power/swap.c), its predecessors and
 * uswsusp by the others; TuxOnIce has its own at the beginning. The list is util-linux's
 * (libblkid/src/superblocks/swap.c).
 */
#define SWAP_MAGIC_LEN 10
#define SWAP_UUID      (1024 + 12) /* include/linux/swap.h: union swap_header */
#define SWAP_LABEL     (1024 + 28)
#define TUXONICE       "\xed\xc3\x02\xe9\x98\x56\xe5\x0c"

static const char *const hibernated_magics[] = { "S1SUSPEND", "S2SUSPEND", "ULSUSPEND",
						 "LINHIB0001" };

static enum swap_state page_state(const unsigned char *magic)
{
	for (size_t i = 0; i < sizeof(hibernated_magics) / sizeof(hibernated_magics[0]); i++)
		if (!memcmp(magic, hibernated_magics[i], strlen(hibernated_magics[i])))
			return SWAP_HIBERNATED;
	if (!memcmp(magic, "SWAPSPACE2", SWAP_MAGIC_LEN) ||
	    !memcmp(magic, "SWAP-SPACE", SWAP_MAGIC_LEN))
		return SWAP_EMPTY;
	return SWAP_UNKNOWN;
}

enum swap_state swap_state(const unsigned char *head, size_t size)
{
	if (size >= 8 && !memcmp(head, TUXONICE, 8))
		return SWAP_HIBERNATED;
	for (size_t page = 4096; page <= SWAP_HEAD && page <= size; page *= 2) {
		enum swap_state state = page_state(head + page - SWAP_MAGIC_LEN);

		if (state != SWAP_UNKNOWN)
			return state;
	}
	return SWAP_UNKNOWN;
}

bool volume_read_swap(const struct volume_bytes *b, struct volume *v)
{
	enum swap_state state = swap_state(b->head, b->head_size);

	if (state == SWAP_UNKNOWN)
		return false;
	v->kind = VOLUME_OTHER;
	v->swap = true;
	v->hibernated = state == SWAP_HIBERNATED;
	v->type = v->hibernated ? "swap, with a hibernated system in it" : "swap";
	if (b->head_size >= 4096) {
		copy_uuid(v, b->head + SWAP_UUID);
		copy_label(v, b->head + SWAP_LABEL, 16);
	}
	return true;
}
