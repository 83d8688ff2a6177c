/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of several volumes is the boot medium, and whether a report may be written to it. Pure.
 *
 * A wrong answer writes to somebody's disk, so the evidence must be positive: the volume has the
 * id of this very build, and it is where UEFI says that it started us from, or removable. If two
 * fit equally well, it is neither.
 */
#ifndef NESTCHECK_LIB_MEDIUM_H
#define NESTCHECK_LIB_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>

/* The build's id, in the image and on its media: one line, the digest of what is in the image. */
#define MEDIUM_ID_FILE	"nestcheck.id"
#define MEDIUM_ID_IMAGE "/etc/nestcheck/" MEDIUM_ID_FILE
#define MEDIUM_ID_MAX	80

/* Init's answer for report=usb: empty if the medium may be written to, otherwise the reason. */
#define MEDIUM_ANSWER_FILE "/run/nestcheck.medium"

enum medium_id {
	MEDIUM_NO_ID, /* the file is missing, or could not be read */
	MEDIUM_OTHER_BUILD,
	MEDIUM_THIS_BUILD,
};

enum medium_booted {
	MEDIUM_NOT_SAID, /* no UEFI, or its path names no device */
	MEDIUM_BOOTED,
	MEDIUM_NOT_BOOTED, /* UEFI started another device */
};

/* A volume with our label or serial number. */
struct medium_candidate {
	char name[32];	/* "sda2" */
	char disk[32];	/* "sda" */
	bool fat;	/* else ISO 9660 */
	bool removable; /* or on USB, or an SD card, or a CD */
	enum medium_id id;
	enum medium_booted booted;
};

struct medium_choice {
	const struct medium_candidate *medium; /* NULL: none */
	bool may_write;
	char why[200]; /* why not; empty if there is no candidate at all */
};

/* More volumes with our name than this are too many to choose from. */
#define MEDIUM_MAX 16

/* hinted: the boot loader says that we come from a medium, but not from which. */
void medium_choose(const struct medium_candidate *c, size_t n, bool hinted,
		   struct medium_choice *choice);

#endif
