/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of a root, possibly of another system that is mounted somewhere. Links are resolved inside
 * the root, never out of it (openat2(2), RESOLVE_IN_ROOT, since Linux 5.6).
 */
#ifndef NESTCHECK_SETUP_ROOT_H
#define NESTCHECK_SETUP_ROOT_H

#include "lib/report.h"

/*
 * A descriptor of the root, or a negative errno; -ENOTDIR also if it has no etc/ and so is no
 * root.
 */
int root_open(const char *root);

/* path: from the root, without a leading slash. Returns a descriptor or a negative errno. */
int root_open_at(int root, const char *path, int flags);

/*
 * NUL-terminated; NULL if it cannot be read or is no regular file. Of a file larger than
 * ROOT_FILE_MAX only that much is read: *cut is set then, and the caller says so, or the beginning
 * is all that it needs (root_read()).
 */
#define ROOT_FILE_MAX	   (1 << 20)
#define ROOT_FILE_MAX_TEXT "1 MiB"
char *root_read_part(struct arena *a, int root, const char *path, bool *cut);
char *root_read(struct arena *a, int root, const char *path);

/* The names in a folder, sorted, without those that begin with a dot. False: no folder. */
bool root_list(struct arena *a, int root, const char *path, struct strings *names);

/* Paths of files that may contain a kernel command line, in a fixed order; some may not exist. */
struct strings root_boot_files(struct arena *a, int root);

bool root_has(int root, const char *path);

/* Whether it is the running system's root. */
bool root_is_own(int root);

#endif
