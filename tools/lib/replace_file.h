/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a file completely or not at all, even if power is lost.
 */
#ifndef NESTCHECK_LIB_REPLACE_FILE_H
#define NESTCHECK_LIB_REPLACE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of s, in as many write() calls as needed. 0 or a negative errno. */
int write_all(int fd, const char *s, size_t size);

/*
 * Replaces the file `path` with s: writes a temporary file beside it, syncs and renames it. Keeps
 * the mode and owner of the old file, and a symbolic link. backup: first keeps the old file as
 * path.bak. 0, or a negative errno with the step that failed in *what ("write beside it"), unless
 * what is NULL: -EEXIST if there is a backup already, -EINVAL if path is not a regular file.
 */
int replace_file(const char *path, const char *s, size_t size, bool backup, const char **what);

#endif
