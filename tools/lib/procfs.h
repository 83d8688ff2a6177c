/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files, as those of /proc and /sys are: read and written whole, a line of them, a number in them.
 */
#ifndef NESTCHECK_LIB_PROCFS_H
#define NESTCHECK_LIB_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * At most size - 1 bytes, and a NUL; the length, or a negative errno. What was read ahead of an error is
 * in buf all the same.
 */
ssize_t read_file(const char *path, void *buf, size_t size);

/*
 * In one write(). The file is created if it is missing, as an EFI variable may be, and not
 * truncated. 0 or a negative errno.
 */
int write_file(const char *path, const void *buf, size_t len);
int write_word(const char *path, const char *word);

/* The first line that starts with `start`, be it behind blanks: what follows there, in buf; or NULL. */
char *procfs_line(const char *path, const char *start, char *buf, size_t size);

/* The decimal number in a file; false if it cannot be read or holds none. */
bool procfs_number(const char *path, int64_t *value);

/* "MemTotal" of /proc/meminfo, in KiB; false if the kernel does not say. */
bool meminfo_kb(const char *key, uint64_t *kb);

/* The kernel's taint now: the bits of Documentation/admin-guide/tainted-kernels.rst. */
bool kernel_taint(uint64_t *taint);

#endif
