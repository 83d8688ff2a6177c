/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel releases as numbers, and the ranges of them that a defect or its fix is in. Pure.
 */
#ifndef NESTCHECK_LIB_KERNEL_VERSION_H
#define NESTCHECK_LIB_KERNEL_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * "6.12.95-2-pve": three numbers, and whether a distribution's name follows. rebased: the source may be newer than
 * the number, as RHEL's 4.18 has the KVM of 5.x: all but Debian's, whose version says which stable release it is.
 */
struct kernel_version {
	unsigned int major, minor, patch;
	unsigned int rc; /* 7.2.0-rc5: 5; 0 for a release */
	bool distribution, rebased;
	bool patch_unknown; /* a distribution's "6.8.0-45-generic": made of any 6.8, and with more */
};

/* False where the release does not start with two numbers at least. Public for tests. */
bool kernel_version_parse(const char *release, struct kernel_version *v);

/*
 * The same of what uname says, -r and -v, and of /proc/version_signature (NULL: not known): Debian's
 * release is "6.1.0-40-amd64", its version "#1 SMP ... Debian 6.1.153-1 (date)"; Ubuntu's signature
 * is "Ubuntu 6.8.0-45.45-generic 6.8.12".
 */
bool kernel_version_of(const char *release, const char *version, const char *signature,
		       struct kernel_version *v);

/*
 * From which releases to which. since: the mainline release that brought it, zeros for always;
 * fixed: the mainline release that mended it, zeros while none has; fixed_rc: the candidate of
 * that release, 0 where it is not known. in: stable series that differ, newest first: since, the
 * release by which it came there (0: as mainline says), and fixed, the first one without it (0: as
 * mainline says).
 */
#define KERNEL_SERIES_MAX 8

struct kernel_series {
	unsigned int major, minor, since, fixed;
};

struct kernel_range {
	struct {
		unsigned int major, minor;
	} since, fixed;
	unsigned int fixed_rc;
	struct kernel_series in[KERNEL_SERIES_MAX];
};

enum kernel_range_state {
	RANGE_UNKNOWN = 0, /* a candidate of the release with the fix, and not known of which */
	RANGE_INSIDE,
	RANGE_BEFORE,
	RANGE_FIXED,
};

/*
 * By the version number only: a distribution's kernel may have the fix under an older number,
 * which v->distribution is for.
 */
enum kernel_range_state kernel_range_state(const struct kernel_range *r,
					   const struct kernel_version *v);

/*
 * Whether this kernel may have the defect: not if it is fixed there, nor if it is older than the defect and its number
 * is that of its source. A number that does not say so (rebased, a candidate of the release with the fix) does not rule
 * it out.
 */
bool kernel_range_may_have(const struct kernel_range *r, const struct kernel_version *v);

/*
 * The first release behind v that is in none of the ranges: of v's own series, of a newer one, or a
 * mainline release. False where none is known.
 */
bool kernel_release_without(const struct kernel_range *const ranges[], size_t n,
			    const struct kernel_version *v, struct kernel_version *release);

/* "6.12.95", "7.1". */
void kernel_version_name(const struct kernel_version *v, char *buf, size_t size);

/* "fixed in 6.12.95", or that v's series has no fix and which release behind it does. */
void kernel_range_fixed(const struct kernel_range *r, const struct kernel_version *v, char *buf,
			size_t size);

#endif
