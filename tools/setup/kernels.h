/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernels of a root, by the modules that they have there.
 */
#ifndef NESTCHECK_SETUP_KERNELS_H
#define NESTCHECK_SETUP_KERNELS_H

#include "lib/report.h"

/*
 * Their releases, newest first; what a package that is gone has left there is none. root: see root.h.
 * The folder that the releases are folders of, "usr/lib/modules"; NULL if there are none.
 */
const char *root_kernels(struct arena *a, int root, struct strings *releases);

/* Newer first: 6.12.9 before 6.9.12. Pure. Public for tests. */
int release_compare(const char *a, const char *b);

#endif
