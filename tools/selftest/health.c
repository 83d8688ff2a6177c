// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log, taint and module counts, before and after.
 */
#include "selftest/health.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* A VM that was let go of is taken apart soon after, not at once. */
#define SETTLE_MS 2000

static bool read_number(const char *path, long long *value)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fscanf(f, "%lld", value) == 1;
	fclose(f);
	return ok;
}

static long module_users(void)
{
	static const char *const paths[] = { "/sys/module/kvm_intel/refcnt",
					     "/sys/module/kvm_amd/refcnt" };
	long long n;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (read_number(paths[i], &n))
			return (long)n;
	}
	return -1;
}

/* By the name that our configuration gives it (kernel-config/boot.config). */
bool health_own_kernel(void)
{
	struct utsname u;

	return uname(&u) == 0 && strstr(u.release, "-nestcheck");
}

void health_start(struct health *h)
{
	long long taint;

	*h = (struct health){ .users = health_own_kernel() ? module_users() : -1 };
	h->taint_known = read_number("/proc/sys/kernel/tainted", &taint);
	h->taint = h->taint_known ? (uint64_t)taint : 0;
	h->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (h->kmsg >= 0)
		lseek(h->kmsg, 0, SEEK_END);
}

/* One read is one record, "priority,number,time,flags;text" (Documentation/ABI, dev-kmsg). */
static bool log_is_clean(int kmsg, char *why, size_t size)
{
	char record[1024];
	ssize_t n;

	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0) {
		char *text;

		record[n] = 0;
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = 0;
		if (health_is_trouble(text)) {
			snprintf(why, size, "L0's kernel says: %s", text);
			return false;
		}
	}
	return true;
}

static bool users_are_back(long before, char *why, size_t size)
{
	long now = module_users();

	for (unsigned int ms = 0; now > before && ms < SETTLE_MS; ms += 10) {
		usleep(10000);
		now = module_users();
	}
	if (now <= before)
		return true;
	snprintf(why, size, "KVM's module is still in use %ld times, before it was %ld", now,
		 before);
	return false;
}

bool health_end(struct health *h, char *why, size_t size)
{
	bool ok = h->users < 0 || users_are_back(h->users, why, size);
	long long taint;

	if (h->kmsg >= 0) {
		ok = ok && log_is_clean(h->kmsg, why, size);
		close(h->kmsg);
		h->kmsg = -1;
	}
	if (ok && h->taint_known && read_number("/proc/sys/kernel/tainted", &taint) &&
	    (uint64_t)taint != h->taint) {
		snprintf(why, size, "L0's kernel was tainted: %llu before, %llu now",
			 (unsigned long long)h->taint, (unsigned long long)taint);
		ok = false;
	}
	return ok;
}
