/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drives that USB has found, and whether they have answered. A stick has a folder in sysfs long
 * before its disk can be read: whoever looks at disks alone takes the first of two for the only one.
 */
#ifndef NESTCHECK_INIT_DRIVES_H
#define NESTCHECK_INIT_DRIVES_H

#include <stddef.h>

/* In the order of how much is still to come. */
enum drives {
	DRIVES_ANSWERED, /* each has its disk, or is no disk */
	DRIVES_SLOW,	/* one has no disk yet, which may be for ever (a device without a driver) */
	DRIVES_PENDING, /* one has not been asked yet */
};

/* sysfs: where it is mounted, "/sys". One that cannot be read has no drives. */
enum drives drives_state(const char *sysfs);

/* The number of USB's devices, hubs and interfaces: while it changes, drives are still appearing. */
size_t drives_found(const char *sysfs);

#endif
