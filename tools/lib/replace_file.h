/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing a file whole or not at all, whenever the power goes.
 */
#ifndef NESTCHECK_LIB_REPLACE_FILE_H
#define NESTCHECK_LIB_REPLACE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* All of s, whatever write() takes at once. 0 or a negative errno. */
int write_all(int fd, const char *s, size_t size);

/*
 * s as the file `path`: written beside it, synced, renamed. The mode and owner of the file that it
 * replaces stay, and a symbolic link stays one. backup: the old one is kept as path.bak first. 0, or a
 * negative errno with what could not be done in *what ("write beside it"), unless what is NULL:
 * -EEXIST if there is a backup already, -EINVAL if path is no file but a folder or a device.
 */
int replace_file(const char *path, const char *s, size_t size, bool backup, const char **what);

#endif
