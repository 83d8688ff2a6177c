/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single numbers in /proc and /sys.
 */
#ifndef NESTCHECK_LIB_PROCFS_H
#define NESTCHECK_LIB_PROCFS_H

#include <stdbool.h>
#include <stdint.h>

/* The decimal number in a file; false if it cannot be read or holds none. */
bool procfs_number(const char *path, int64_t *value);

/* The kernel's taint now: the bits of Documentation/admin-guide/tainted-kernels.rst. */
bool kernel_taint(uint64_t *taint);

#endif
