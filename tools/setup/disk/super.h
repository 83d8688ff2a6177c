/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Superblocks: label, UUID, whether it was unmounted cleanly. Each returns false if the rest of the
 * superblock does not match the signature. Pure.
 */
#ifndef NESTCHECK_SETUP_DISK_SUPER_H
#define NESTCHECK_SETUP_DISK_SUPER_H

#include "setup/disk/disk.h"

#define EXT_AT	 1024
#define BTRFS_AT 65536

/* Little-endian numbers. */
uint32_t disk_le32(const unsigned char *p);
uint64_t disk_le64(const unsigned char *p);

bool volume_read_ext(const struct volume_bytes *b, struct volume *v);
bool volume_read_xfs(const struct volume_bytes *b, struct volume *v);
bool volume_read_btrfs(const struct volume_bytes *b, struct volume *v);
bool volume_read_iso(const struct volume_bytes *b, struct volume *v);
bool volume_read_fat(const struct volume_bytes *b, struct volume *v);
bool volume_read_fat32(const struct volume_bytes *b, struct volume *v);
bool volume_read_swap(const struct volume_bytes *b, struct volume *v);

#endif
