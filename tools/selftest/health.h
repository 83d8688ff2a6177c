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
 * kmsg: /dev/kmsg from now on, -1 where it may not be read. users: -1 where it is not to be looked
 * at, where KVM is no module, or where others may use it: on an installed host VMs come and go.
 */
struct health {
	int kmsg;
	bool taint_known;
	uint64_t taint;
	long users;
};

enum health_state {
	HEALTH_GOOD = 0,
	HEALTH_BAD, /* KVM or this program is in what the kernel says, or KVM is still in use */
	HEALTH_UNRELATED, /* the kernel warned, and nothing of it is about us */
};

/* count_users: VMs are let go of in between, and KVM's module has to be free of them at the end. */
void health_start(struct health *h, bool count_users);

/* Not good: with a sentence in why. Closes what health_start() opened. */
enum health_state health_end(struct health *h, char *why, size_t size);

/* For the tests: the line in the kernel's log. */
void health_play(const char *line);

/* A line of the kernel's log that reports a defect; one that shows whose it is: KVM's or ours. Pure. */
bool health_is_trouble(const char *line);
bool health_is_ours(const char *line);

#endif
