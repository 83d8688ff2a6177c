/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The next level's root: an archive (cpio, "newc") in pieces, none of which is a copy: files are
 * mapped, and machine_run() puts the pieces together in the guest's memory, each at a multiple
 * of 4, which is just the padding that the format wants.
 *
 *	/nestcheck/init		this program
 *	/nestcheck/kernel	for a level that starts another, as are
 *	/nestcheck/initrd	the user's, which that one gets
 *	/lib/modules/kvm*.ko	ours
 *	/dev/console, /dev/null
 *
 * The user's own initrd comes first; what is in ours hides nothing of it but mount points.
 */
#ifndef NESTCHECK_CHAIN_ROOT_H
#define NESTCHECK_CHAIN_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/machine.h"

#define CHAIN_ROOT_INIT	  "/nestcheck/init"
#define CHAIN_ROOT_KERNEL "/nestcheck/kernel"
#define CHAIN_ROOT_INITRD "/nestcheck/initrd"

/*
 * program, kernel: files. initrd: NULL for none. host: the level starts another. modules: the
 * folder of ours, NULL for none; vendor: "kvm_intel" or "kvm_amd", the one that is needed.
 */
struct chain_root_options {
	const char *program, *kernel, *initrd;
	const char *modules, *vendor;
	bool host;
};

#define CHAIN_ROOT_MEMBERS 16

struct chain_root {
	struct machine_blob kernel; /* the file itself, to be started with */
	struct machine_blob parts[2 * CHAIN_ROOT_MEMBERS + 1];
	size_t n_parts;
	size_t bytes; /* of ours, without the user's initrd */
	size_t initrd_bytes;
	char headers[CHAIN_ROOT_MEMBERS][160];
	size_t n_members;
	struct machine_blob mapped[CHAIN_ROOT_MEMBERS];
	size_t n_mapped;
};

/* 0, or a negative errno with the file's name in *failed. */
int chain_root_make(struct chain_root *root, const struct chain_root_options *o,
		    const char **failed);
void chain_root_free(struct chain_root *root);

#endif
