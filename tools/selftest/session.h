/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A running self-test: the state that run.c and outcome.c share.
 */
#ifndef NESTCHECK_SELFTEST_SESSION_H
#define NESTCHECK_SELFTEST_SESSION_H

#include "lib/kernel_version.h"
#include "selftest/emulator.h"
#include "selftest/health.h"
#include "selftest/l1.h"
#include "selftest/rounds.h"

#define DETAIL_MAX 800 /* a longer detail of a case is truncated */

struct session {
	struct report *r;
	const struct selftest_options *o;
	struct l1 l1;
	enum emulator emulator;
	unsigned int timeout_ms; /* for one case; 0 until the pace is known, unless the user set it */
	struct kernel_version kernel; /* zeros if it is not known */
	struct selftest_case *cases;
	size_t n_cases;
	struct rounds rounds;
	struct health
		health; /* of this machine's kernel, from before the first VM until after the last */
	struct case_outcome *last; /* the case that ran last, NULL before the first */
	bool needs_fresh_vm;	   /* the VM may be damaged: the next case gets a fresh one */
	size_t fault_index;	   /* the case that the fault is injected in; n_cases for none */
};

/*
 * Fills in out for the case at index: runs it in the current VM, or skips it with a reason. Negative
 * errno if KVM itself failed; the case has failed then, and the VM is lost.
 */
int run_or_skip_case(struct session *s, size_t index, struct case_outcome *out);

/*
 * Whether this machine's kernel is healthy after the last step. If not, the self-test stops: false, and its error names
 * the step. A warning about KVM is the failure of out (may be NULL).
 */
bool host_is_healthy(struct session *s, struct case_outcome *out, const char *after);

#endif
