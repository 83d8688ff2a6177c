/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The next level's initramfs: an archive (cpio, "newc") in pieces without copies: files are mapped,
 * and machine_run() assembles the pieces in the guest's memory, each at a multiple of 4, which is
 * the padding that the format requires.
 *
 *	/nestcheck/init		this program
 *	/nestcheck/kernel	for a level that starts another, as are
 *	/nestcheck/initrd	the user's initrd, for that other level
 *	/lib/modules/kvm*.ko	our modules
 *	/dev/console, /dev/null
 *
 * The user's initrd comes first; ours hides nothing of it except mount points.
 */
#ifndef NESTCHECK_CHAIN_INITRAMFS_H
#define NESTCHECK_CHAIN_INITRAMFS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/machine.h"

#define CHAIN_INITRAMFS_INIT   "/nestcheck/init"
#define CHAIN_INITRAMFS_KERNEL "/nestcheck/kernel"
#define CHAIN_INITRAMFS_INITRD "/nestcheck/initrd"

/*
 * program, kernel: files. initrd: NULL for none. host: the level starts another. modules: the
 * folder of our modules, NULL for none; vendor: "kvm_intel" or "kvm_amd", the one that is needed.
 */
struct chain_initramfs_options {
	const char *program, *kernel, *initrd;
	const char *modules, *vendor;
	bool host;
};

#define CHAIN_INITRAMFS_MEMBERS 16

struct chain_initramfs {
	struct machine_blob kernel; /* the kernel's file, for machine_run() */
	struct machine_blob parts[2 * CHAIN_INITRAMFS_MEMBERS + 1];
	size_t n_parts;
	size_t bytes; /* of our archive, without the user's initrd */
	size_t initrd_bytes;
	char headers[CHAIN_INITRAMFS_MEMBERS][160];
	size_t n_members;
	struct machine_blob mapped[CHAIN_INITRAMFS_MEMBERS];
	size_t n_mapped;
};

/* Maps a regular file that is not empty, read-only. 0 or a negative errno; the caller unmaps it. */
int chain_map_file(const char *path, struct machine_blob *blob);

/* 0, or a negative errno with the file's name in *failed. */
int chain_initramfs_make(struct chain_initramfs *fs, const struct chain_initramfs_options *o,
			 const char **failed);
void chain_initramfs_free(struct chain_initramfs *fs);

#endif
