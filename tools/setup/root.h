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

bool root_has(int root, const char *path);

/* The text of os-release; NULL if there is none. */
const char *root_os_release(struct arena *a, int root);

/* The value of KEY= at the beginning of a line, unquoted as by the shell; NULL if empty. Pure. */
const char *os_release_value(struct arena *a, const char *text, const char *key);

/*
 * Whether a root has what is typical of a system: "PATH": a file or folder; "PATH:TEXT": a line of
 * that file begins with TEXT; "ID=NAME": os-release has that ID. "A|B": one of these.
 */
bool root_shows(int root, const char *evidence);

/* Whether it is the running system's root. */
bool root_is_own(int root);

#endif
