/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of a root that contain kernel command lines, and how a change of them takes effect.
 */
#ifndef NESTCHECK_SETUP_BOOT_FILES_H
#define NESTCHECK_SETUP_BOOT_FILES_H

#include <stdint.h>

#include "setup/root.h"

/* Evidence for root_shows(). OSTREE: not the command rpm-ostree, which other systems may have. */
#define OSTREE                                                              \
	"run/ostree-booted|ostree/repo|usr/lib/os-release:OSTREE_VERSION=|" \
	"usr/lib/os-release:VARIANT_ID=coreos|etc/os-release:VARIANT_ID=coreos"
#define CLEAR_LINUX   "ID=clear-linux-os|ID=solus|usr/bin/clr-boot-manager"
#define TRANSACTIONAL "etc/transactional-update.conf|usr/sbin/transactional-update"

/* By what makes a change take effect. */
enum boot_kind {
	BOOT_PLAIN,    /* the boot loader reads it as it is */
	BOOT_GRUB,     /* GRUB, and its source /etc/default/grub */
	BOOT_ENTRY,    /* the Boot Loader Specification's entries, and GRUB's variables for them */
	BOOT_INSTALL,  /* kernel-install(8)'s file */
	BOOT_UKI,      /* the command line inside of a unified kernel image */
	BOOT_CLR,      /* clr-boot-manager: Clear Linux, Solus */
	BOOT_CLR_LESS, /* what that takes off the command line */
	BOOT_LIMINE,
	BOOT_SDBOOT,
	BOOT_KERNELSTUB,
	BOOT_EXTLINUX, /* update-extlinux: Alpine */
	BOOT_IMAGE,    /* bootc: a part of the system's image */
	BOOT_OEM,      /* GRUB's variables of Elemental, Harvester and Kairos */
};

/* made: the boot loader reads this one; else it is read when one of those is made. */
struct boot_file {
	const char *path; /* from the root, without a leading slash */
	enum boot_kind kind;
	bool made;
};

struct boot_files {
	struct boot_file *v;
	size_t n;
};

/* All of them in a fixed order, sources first; some may not exist. root: see root.h. */
struct boot_files root_boot_files(struct arena *a, int root, struct unseen *u);

/* The text, as root_read() returns it; of an image only its command lines. */
char *root_boot_text(struct arena *a, int root, const struct boot_file *f, struct unseen *u);

/* Advice; general if the root's tools cannot be seen. */

/*
 * How to take a word out of such a file, a sentence without its period. NULL: of no known file. The
 * word may be anything: in a command it is quoted (lib/shell.h).
 */
const char *boot_remove(struct arena *a, int root, const struct boot_file *f, const char *word);

/* How to add a word, one of ours, to the kernel's command line on that root; the same. */
const char *boot_add(struct arena *a, int root, const char *word);

/* The command after which the boot loader knows of a change; NULL: none is needed. */
const char *boot_apply(struct arena *a, int root, enum boot_kind kind);

/* --- unified kernel images (uki.c) ----------------------------------------------------------- */

/* Where a section of a PE image is in its file; size 0: there is no such section. */
struct pe_section {
	uint32_t offset, size;
};

/* Section number n, from 0 on, with that name of at most 8 bytes. head: the image's first bytes. Pure. */
struct pe_section pe_section(const unsigned char *head, size_t size, const char *name,
			     unsigned int n);

/* The command lines in an image, a line each; NULL if it is no such image, or not all can be read. */
char *uki_command_lines(struct arena *a, int root, const char *path, struct unseen *u);

#endif
