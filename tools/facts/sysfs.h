/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small text files of /sys and /proc, and directories of them.
 */
#ifndef NESTCHECK_FACTS_SYSFS_H
#define NESTCHECK_FACTS_SYSFS_H

#include "lib/report.h"

/* At most 4 KiB, without blanks at the end; NULL if it cannot be read. */
char *sys_read(struct arena *a, const char *path);

/*
 * The same for what may be longer: all of it, or NULL and *err, a negative errno, if it cannot be
 * read to its end. With -EFBIG, the first SYS_LONG_MAX bytes. A zero byte is '?'.
 */
#define SYS_LONG_MAX	  (1 << 20)
#define SYS_LONG_MAX_TEXT "1 MiB"
char *sys_read_long(struct arena *a, const char *path, int *err);
char *sys_readf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool sys_exists(const char *path);

/* The names in a directory, sorted, without hidden ones; false: no directory. */
bool sys_list(struct arena *a, const char *dir, struct strings *names);

/* name = contents of every readable file in a directory, sorted by name. */
bool sys_read_dir(struct arena *a, const char *dir, struct key_values *kvs);

#endif
