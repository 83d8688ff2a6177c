/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases that are known to crash, hang or corrupt a host, or to make its kernel warn, if the kernel is
 * older than the fix. Outside of the image they are not run: the machine is in use. Pure.
 */
#ifndef NESTCHECK_SELFTEST_HAZARDS_H
#define NESTCHECK_SELFTEST_HAZARDS_H

#include "lib/kernel_version.h"

/* cases: globs, separated by commas. what: the effect on the host, a sentence without its full stop. */
struct hazard {
	const char *cases;
	struct kernel_range kernels;
	const char *commit;
	const char *what;
};

/* Public for tests. */
extern const struct hazard hazards[];
extern const size_t n_hazards;

/*
 * The hazard that the case has on that kernel, or may have if the version number is not conclusive; or NULL. A version
 * of zeros has no hazards.
 */
const struct hazard *hazard_of(const char *case_name, const struct kernel_version *kernel);

#endif
