/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files, such as those in /proc and /sys: read or written whole, or one line or number read.
 */
#ifndef NESTCHECK_LIB_PROCFS_H
#define NESTCHECK_LIB_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads at most size - 1 bytes and adds a NUL. Returns the length or a negative errno; after an
 * error buf has what was read before it.
 */
ssize_t read_file(const char *path, void *buf, size_t size);

/*
 * Writes in one write(). Creates the file if it is missing, as an EFI variable may be, and does not
 * truncate it. 0 or a negative errno.
 */
int write_file(const char *path, const void *buf, size_t len);
int write_word(const char *path, const char *word);

/* What follows `start` in the first line that begins with it, after any spaces; in buf, or NULL. */
char *procfs_line(const char *path, const char *start, char *buf, size_t size);

/* The decimal number in a file; false if it cannot be read or holds none. */
bool procfs_number(const char *path, int64_t *value);

/* key: "MemTotal" of /proc/meminfo, in KiB; false if the kernel does not report it. */
bool meminfo_kb(const char *key, uint64_t *kb);

/*
 * The longest record of /dev/kmsg; a read() with a smaller buffer is refused. Up to Linux 6.2 it is
 * CONSOLE_EXT_LOG_MAX, later PRINTK_MESSAGE_MAX, which is 2048.
 */
#define KMSG_RECORD_MAX 8192

/* The kernel's current taint: the bits of Documentation/admin-guide/tainted-kernels.rst. */
bool kernel_taint(uint64_t *taint);

/*
 * Whether some of these taint bits stand for a defect that the kernel noticed: a warning, an oops, a lockup ... Each is
 * set once: a kernel that has it can warn again without a change of its taint. Pure.
 */
bool taint_is_defect(uint64_t taint);

#endif
