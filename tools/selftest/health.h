/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether L0 is still healthy after a step that could harm it: the kernel's log, its taint, and the
 * use counts of KVM's modules.
 */
#ifndef NESTCHECK_SELFTEST_HEALTH_H
#define NESTCHECK_SELFTEST_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

/* Whether this is the image's kernel, not an installed one. */
bool health_own_kernel(void);

/*
 * From health_start() to health_end(), with health_look() in between. kmsg: /dev/kmsg, -1 if it is not readable. users:
 * the use count of KVM's module at health_count(), which the next health_look() has to find again; -1 if that is not
 * checked.
 */
struct health {
	int kmsg;
	bool taint_known;
	uint64_t taint;
	long users;
};

enum health_state {
	HEALTH_GOOD = 0,
	HEALTH_BAD,	  /* the kernel warns about KVM, or KVM is still in use */
	HEALTH_UNRELATED, /* the kernel warned, but not about KVM */
};

void health_start(struct health *h);
void health_end(struct health *h);

/*
 * Before VMs are closed: at the next health_look() KVM's module must not be in use by them. Only in the image: on an
 * installed host other VMs come and go.
 */
void health_count(struct health *h);

/* What is new since the last call, or the start. If it is not HEALTH_GOOD, why gets a sentence. */
enum health_state health_look(struct health *h, char *why, size_t size);

/*
 * The log of a whole run, from before KVM is loaded: what is logged while health_look() is not watching. It counts
 * on a kernel that was tainted before, too, where a second warning does not change the taint. health_conclude() sets
 * r->selftest.warned and log_unread, and ends it.
 */
void health_watch(struct health *h);
void health_conclude(struct health *h, struct report *r);

/* For the tests: writes the line to the kernel's log; false if it cannot be written. */
bool health_inject(const char *line);

/* Whether a line of the kernel's log reports a defect. Pure. */
bool health_is_defect(const char *line);

/*
 * Whether a defect is in KVM, by the lines of the log in order, of one or several defects. ours: one of them is in KVM.
 * open: the line with the place is still to come. called, traced: the place is the caller, the first function of the
 * trace to come. Pure.
 */
struct health_owner {
	bool ours;
	bool open, called, traced;
};

void health_owner_line(struct health_owner *o, const char *line);

/*
 * What records of /dev/kmsg report, in order; starts as zeros. found: a defect, which `why` of health_scan() quotes.
 * Pure.
 */
struct health_scan {
	bool found, cut_only;
	struct health_owner owner;
};

/*
 * record: "priority,number,time,flags;text" (Documentation/ABI, dev-kmsg); changed. A line that a program wrote, that is
 * if the facility, priority / 8, is not 0, counts only if health_inject() did. Quotes in `why` the first line that
 * reports a defect, unless it only announces the next.
 */
void health_scan(struct health_scan *s, char *record, char *why, size_t size);
enum health_state health_scan_state(const struct health_scan *s);

#define HEALTH_INJECTED "nestcheck injects: "

#endif
