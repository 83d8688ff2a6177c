/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel modules: their state, inserting and removing. Names as in /sys/module.
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

/* The number of users; 0 if the kernel does not say. */
unsigned long module_users(struct arena *a, const char *name);

/* finit_module() of a file: 0 (also if it is already loaded), or a negative errno. */
int module_insert(const char *path, const char *arguments);

/* delete_module(), without waiting: 0 or a negative errno (-EBUSY: in use). */
int module_remove(const char *name);

/*
 * Runs modprobe with one argument for the module (NULL: none); *output: what it printed. 0,
 * -ENOENT: there is no modprobe, -ETIMEDOUT, -EIO: it failed.
 */
int module_modprobe(struct arena *a, const char *name, const char *argument, const char **output);

/* Whether there is a modprobe. */
bool module_has_modprobe(void);

/* Makes a program's output one printable line, in place; returns it. Pure. Public for tests. */
char *module_message(char *output);

/* "EOPNOTSUPP: Operation not supported" */
const char *errno_text(struct arena *a, int err);

#endif
