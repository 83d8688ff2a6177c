/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel modules: what is loaded, putting one in, taking one out. Names as in /sys/module.
 */
#ifndef NESTCHECK_KVM_MODULE_H
#define NESTCHECK_KVM_MODULE_H

#include "lib/report.h"

enum module_state {
	MODULE_ABSENT,
	MODULE_LOADED,
	MODULE_BUILT_IN,
};

enum module_state module_state(struct arena *a, const char *name);

/* How many use it; 0 where the kernel does not say. */
unsigned long module_users(struct arena *a, const char *name);

/* finit_module() of a file: 0 (also where it is loaded already), or a negative errno. */
int module_insert(const char *path, const char *arguments);

/* delete_module(), without waiting: 0 or a negative errno (-EBUSY: in use). */
int module_remove(const char *name);

/*
 * The modprobe command with one argument for the module (NULL: none); its own words into
 * *said. 0, -ENOENT: there is no modprobe, -ETIMEDOUT, -EIO: it failed.
 */
int module_modprobe(struct arena *a, const char *name, const char *argument, const char **said);

/* "EOPNOTSUPP: Operation not supported" */
const char *errno_text(struct arena *a, int err);

#endif
