/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A self-test under way: what run.c and outcome.c share.
 */
#ifndef NESTCHECK_SELFTEST_SESSION_H
#define NESTCHECK_SELFTEST_SESSION_H

#include "lib/kernel_version.h"
#include "selftest/emulator.h"
#include "selftest/health.h"
#include "selftest/l1.h"
#include "selftest/passes.h"

#define DETAIL_MAX 800 /* what a case's detail is cut at */

struct session {
	struct report *r;
	const struct selftest_options *o;
	struct l1 l1;
	enum emulator emulator;
	unsigned int timeout_ms; /* for one case; 0 until the pace is known, where nobody set it */
	struct kernel_version kernel; /* zeros where it is not known */
	struct selftest_case *cases;
	size_t n_cases;
	struct passes passes;
	struct health
		health; /* of this machine's kernel, from before the first VM to behind the last */
	struct case_outcome *last; /* the case that ran last, NULL before the first */
	bool doubtful;	    /* the VM came to harm, or may have: the next case gets a fresh one */
	size_t fault_index; /* the case that the fault is played in; n_cases for none */
};

/*
 * Fills out for the case at index: run in the present VM, or not, with the reason. Negative
 * errno where KVM itself failed under it; the case has failed then, and the VM is lost.
 */
int run_or_skip_case(struct session *s, size_t index, struct case_outcome *out);

/*
 * Is this machine's kernel well, after what was just done? If not, nothing else is tried on it: false, and the
 * self-test's error says after what it was. What KVM itself warned of is the failure of out (may be NULL).
 */
bool host_is_well(struct session *s, struct case_outcome *out, const char *after);

#endif
