/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known to crash, hang, corrupt or alarm a host whose kernel is older than the fix. Outside
 * of the image such a case is not run: the machine is somebody's, with work on it. Pure.
 */
#ifndef NESTCHECK_SELFTEST_HAZARDS_H
#define NESTCHECK_SELFTEST_HAZARDS_H

#include "lib/kernel_version.h"

/* cases: globs with commas between them. what: what becomes of the host, a sentence without its full stop. */
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
 * What the case would do to a host with that kernel, or may do where its number does not tell; or NULL. A version of
 * zeros has no hazards.
 */
const struct hazard *hazard_of(const char *case_name, const struct kernel_version *kernel);

#endif
