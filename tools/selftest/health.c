// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log, taint and module counts, before and after.
 */
#include "selftest/health.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/procfs.h"
#include "lib/report.h"

/* KVM destroys a closed VM soon after, not at once. */
#define TEARDOWN_WAIT_MS 2000

static long module_users(void)
{
	static const char *const paths[] = { "/sys/module/kvm_intel/refcnt",
					     "/sys/module/kvm_amd/refcnt" };
	int64_t n;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (procfs_number(paths[i], &n))
			return (long)n;
	}
	return -1;
}

/* By the release suffix of our configuration (kernel-config/boot.config). */
bool health_own_kernel(void)
{
	struct utsname u;

	return uname(&u) == 0 && strstr(u.release, "-nestcheck");
}

void health_start(struct health *h)
{
	*h = (struct health){ .users = -1 };
	h->taint_known = kernel_taint(&h->taint);
	h->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (h->kmsg >= 0)
		lseek(h->kmsg, 0, SEEK_END);
}

void health_end(struct health *h)
{
	if (h->kmsg >= 0)
		close(h->kmsg);
	h->kmsg = -1;
}

void health_count(struct health *h)
{
	h->users = health_own_kernel() ? module_users() : -1;
}

/*
 * One read is one record. The lines around a defect show whether it is in KVM. *lost: records were overwritten before
 * they were read.
 */
static enum health_state read_log(int kmsg, char *why, size_t size, bool *lost)
{
	struct health_scan scan = { 0 };
	char record[KMSG_RECORD_MAX + 1];
	ssize_t n;

	/* EPIPE: records were overwritten, and the next read returns the oldest that is left. */
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       (n < 0 && (errno == EPIPE || errno == EINTR))) {
		if (n < 0) {
			*lost |= errno == EPIPE;
			continue;
		}
		record[n] = 0;
		health_scan(&scan, record, why, size);
	}
	return health_scan_state(&scan);
}

bool health_inject(const char *line)
{
	int kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	bool written;

	if (kmsg < 0)
		return false;
	written = dprintf(kmsg, "<4>" HEALTH_INJECTED "%s\n", line) > 0;
	close(kmsg);
	return written;
}

static bool wait_for_users(long before, char *why, size_t size)
{
	long now = module_users();

	for (unsigned int ms = 0; now > before && ms < TEARDOWN_WAIT_MS; ms += 10) {
		usleep(10000);
		now = module_users();
	}
	if (now <= before)
		return true;
	snprintf(why, size, "KVM's module is still in use %ld times, before it was %ld", now,
		 before);
	return false;
}

enum health_state health_look(struct health *h, char *why, size_t size)
{
	enum health_state state = HEALTH_GOOD;
	bool lost = false;
	uint64_t taint;

	if (h->users >= 0 && !wait_for_users(h->users, why, size))
		state = HEALTH_BAD;
	h->users = -1;
	if (state == HEALTH_GOOD && h->kmsg >= 0)
		state = read_log(h->kmsg, why, size, &lost);
	if (state != HEALTH_GOOD || !h->taint_known || !kernel_taint(&taint))
		return state;
	if (taint_is_defect(taint & ~h->taint)) {
		snprintf(why, size, "this machine's kernel was tainted: %llu before, %llu now",
			 (unsigned long long)h->taint, (unsigned long long)taint);
		h->taint = taint;
		return HEALTH_UNRELATED;
	}
	if (!lost || !taint_is_defect(taint))
		return state;
	snprintf(why, size,
		 "this machine's kernel logged more than its buffer holds, and its taint, %llu, "
		 "hides another warning",
		 (unsigned long long)taint);
	return HEALTH_UNRELATED;
}

void health_watch(struct health *h)
{
	health_start(h);
	/* collect_taint_after() compares it. */
	h->taint_known = false;
}

void health_conclude(struct health *h, struct report *r)
{
	char why[512];

	r->selftest.log_unread = h->kmsg < 0;
	if (health_look(h, why, sizeof(why)) != HEALTH_GOOD && !r->selftest.warned)
		r->selftest.warned = arena_strdup(&r->arena, why);
	health_end(h);
}
