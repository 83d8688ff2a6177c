/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a file is on a FAT, as every reader finds it that follows Microsoft's specification ("FAT:
 * General Overview of On-Disk Format", 1.03). What the kernel returns comes from its caches, and a
 * driver may be more tolerant than others, so that is no proof. Pure; does not trust its input.
 */
#ifndef NESTCHECK_LIB_FAT_H
#define NESTCHECK_LIB_FAT_H

#include <stddef.h>
#include <stdint.h>

/* Reads len bytes at an offset of the volume, all or an error: 0 or a negative errno. */
struct fat_source {
	int (*read)(void *arg, uint64_t at, void *buf, size_t len);
	void *arg;
};

/*
 * 0 if the root folder has a file with this long name and exactly this text; -ENOENT: it is not
 * there; -EILSEQ: its text is another; -EINVAL: this is no FAT; else what read() returned.
 */
int fat_has_file(const struct fat_source *s, const char *name, const void *text, size_t size);

#endif
