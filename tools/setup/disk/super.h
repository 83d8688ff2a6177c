/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Superblocks: label, UUID, whether it was unmounted cleanly. Each returns false if the rest of the
 * superblock does not match the signature; and members of a RAID. Pure.
 */
#ifndef NESTCHECK_SETUP_DISK_SUPER_H
#define NESTCHECK_SETUP_DISK_SUPER_H

#include "setup/disk/disk.h"

#define EXT_AT	 1024
#define BTRFS_AT 65536

/* Little-endian numbers. */
uint32_t disk_le32(const unsigned char *p);
uint64_t disk_le64(const unsigned char *p);

/* Whether bytes of the head, or of the tail, are there. at: from the device's beginning. */
bool volume_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len);
bool volume_tail_has(const struct volume_bytes *b, uint64_t at, const char *magic, size_t len);

/*
 * raid.c. A superblock at a disk's end is the disk's, or that of its last partition, which ends with
 * it. volume_md_is_of_device() tells by md's: 1.0 has its own place (super_offset, in sectors), 0.90
 * the size before it (in KiB, rounded down to a chunk). Firmware's is always of the whole disk.
 */
bool volume_is_md(const struct volume_bytes *b);
bool volume_md_is_of_device(const struct volume_bytes *b);
bool volume_is_firmware_raid(const struct volume_bytes *b);

/* super.c. volume_read_swap() sets type and kind, too. */
bool volume_read_ext(const struct volume_bytes *b, struct volume *v);
bool volume_read_xfs(const struct volume_bytes *b, struct volume *v);
bool volume_read_btrfs(const struct volume_bytes *b, struct volume *v);
bool volume_read_iso(const struct volume_bytes *b, struct volume *v);
bool volume_read_fat(const struct volume_bytes *b, struct volume *v);
bool volume_read_fat32(const struct volume_bytes *b, struct volume *v);
bool volume_read_swap(const struct volume_bytes *b, struct volume *v);

#endif
