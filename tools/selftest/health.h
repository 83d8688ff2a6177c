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
 * From health_start() to health_end(), with looks in between. kmsg: /dev/kmsg as far as it was read, -1 where it may
 * not be. users: how often KVM's module was in use when health_count() was called, to be again at the next look; -1
 * where it is not to be looked at.
 */
struct health {
	int kmsg;
	bool taint_known;
	uint64_t taint;
	long users;
};

enum health_state {
	HEALTH_GOOD = 0,
	HEALTH_BAD,	  /* it is KVM that the kernel warns of, or KVM is still in use */
	HEALTH_UNRELATED, /* the kernel warned, and nothing of it is about us */
};

void health_start(struct health *h);
void health_end(struct health *h);

/*
 * VMs are let go of from here to the next look, and KVM's module has to be free of them then. Only where nobody else
 * uses it: on an installed host VMs come and go.
 */
void health_count(struct health *h);

/* What is new since the last look, or the start. Not good: with a sentence in why. */
enum health_state health_look(struct health *h, char *why, size_t size);

/* For the tests: the line in the kernel's log. */
void health_play(const char *line);

/* A line of the kernel's log that reports a defect. Pure. */
bool health_is_trouble(const char *line);

/*
 * Whose a defect is: lines of the log in their order, of one defect or of several. ours: one of them is KVM's. open:
 * the place is still to come. called, traced: the first function of the trace to come, the caller, stands for it.
 * Pure.
 */
struct health_owner {
	bool ours;
	bool open, called, traced;
};

void health_owner_line(struct health_owner *o, const char *line);

#endif
