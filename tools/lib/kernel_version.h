/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel releases as numbers, and the ranges of releases that have a defect. Pure.
 */
#ifndef NESTCHECK_LIB_KERNEL_VERSION_H
#define NESTCHECK_LIB_KERNEL_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * "6.12.95-2-pve": three numbers, and whether it is a distribution's kernel.
 * rebased: the source may be newer than the number: RHEL's 4.18 has the KVM of 5.x. True for all
 * distributions except Debian, whose version contains the stable release.
 */
struct kernel_version {
	unsigned int major, minor, patch;
	unsigned int rc; /* 7.2.0-rc5: 5; 0 for a release */
	bool distribution, rebased;
	bool patch_unknown; /* a distribution's "6.8.0-45-generic": some 6.8.x with more changes */
};

/* False if the release does not start with at least two numbers. Public for tests. */
bool kernel_version_parse(const char *release, struct kernel_version *v);

/*
 * The same from uname -r, uname -v and /proc/version_signature (NULL: not known). Debian's release
 * is "6.1.0-40-amd64", its version "#1 SMP ... Debian 6.1.153-1 (date)"; Ubuntu's signature is
 * "Ubuntu 6.8.0-45.45-generic 6.8.12".
 */
bool kernel_version_of(const char *release, const char *version, const char *signature,
		       struct kernel_version *v);

/*
 * The releases with a defect.
 * since: the mainline release that introduced it; zeros: it was always there.
 * fixed: the mainline release that fixed it; zeros: none has.
 * fixed_rc: the release candidate of `fixed` that fixed it; 0: not known.
 * in: stable series that differ from mainline, newest first. since: the patch release that
 * introduced it there; fixed: the first one without it; 0 in either: as in mainline.
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
	RANGE_UNKNOWN = 0, /* a release candidate of `fixed`, and fixed_rc is not known */
	RANGE_INSIDE,
	RANGE_BEFORE,
	RANGE_FIXED,
};

/*
 * From the version number only: a distribution's kernel (v->distribution) may have the fix under an
 * older number.
 */
enum kernel_range_state kernel_range_state(const struct kernel_range *r,
					   const struct kernel_version *v);

/*
 * Whether this kernel may have the defect: yes for RANGE_INSIDE and RANGE_UNKNOWN; for RANGE_BEFORE
 * only if it is rebased.
 */
bool kernel_range_may_have(const struct kernel_range *r, const struct kernel_version *v);

/*
 * The first release after v that is in none of the ranges: of v's series, of a newer stable series,
 * or of mainline. False if none is known.
 */
bool kernel_release_without(const struct kernel_range *const ranges[], size_t n,
			    const struct kernel_version *v, struct kernel_version *release);

/* "6.12.95", "7.1". */
void kernel_version_name(const struct kernel_version *v, char *buf, size_t size);

/* "fixed in 6.12.95", "no fix in 6.1; 6.6.148 has it", or that no fix is known. */
void kernel_range_fixed(const struct kernel_range *r, const struct kernel_version *v, char *buf,
			size_t size);

#endif
