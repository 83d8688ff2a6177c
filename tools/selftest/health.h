/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is L0 itself still well? Looked at around what could hurt it: the kernel's log, its taint, and
 * how often KVM's modules are in use.
 */
#ifndef NESTCHECK_SELFTEST_HEALTH_H
#define NESTCHECK_SELFTEST_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is it the image's kernel, and not an installed one? */
bool health_own_kernel(void);

/*
 * kmsg: /dev/kmsg from now on, -1 where it may not be read. users: -1 where KVM is no module, or
 * where others may use it: on an installed host VMs come and go.
 */
struct health {
	int kmsg;
	bool taint_known;
	uint64_t taint;
	long users;
};

void health_start(struct health *h);

/* False with a sentence in why where something was found. Closes what health_start() opened. */
bool health_end(struct health *h, char *why, size_t size);

/* A line of the kernel's log that tells of a defect; pure. */
bool health_is_trouble(const char *line);

#endif
