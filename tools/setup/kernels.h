/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernels of a root, found by their modules.
 */
#ifndef NESTCHECK_SETUP_KERNELS_H
#define NESTCHECK_SETUP_KERNELS_H

#include "lib/report.h"
#include "setup/root.h"

/*
 * Fills in their releases, newest first, without leftovers of removed packages. root: see root.h.
 * Returns the folder that has a folder per release, "usr/lib/modules"; NULL if there is none.
 */
const char *root_kernels(struct arena *a, int root, struct strings *releases, struct unseen *u);

/* Newer first: 6.12.9 before 6.9.12. Pure. Public for tests. */
int release_compare(const char *a, const char *b);

#endif
