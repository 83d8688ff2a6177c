/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known defects of nested KVM: whether a case's failure is one of them, and what that means. Pure.
 *
 * The kernel's version alone never makes a finding: the case must have failed, as the row says, on
 * a kernel that the row names. A failure that no row matches in full remains a failure.
 */
#ifndef NESTCHECK_DIAGNOSE_KVM_DEFECTS_H
#define NESTCHECK_DIAGNOSE_KVM_DEFECTS_H

#include "lib/kernel_version.h"
#include "lib/output.h"
#include "lib/report.h"

#define KVM_DEFECT_SIGHTINGS 12
#define KVM_DEFECTS_MAX	     64 /* rows that one remedy considers */

/* kernels: the subset of the row's kernels that shows this; zeros: all of them. */
struct kvm_sighting {
	const char *case_name;
	struct observation_match saw;
	struct kernel_range kernels;
};

/*
 * name: shown to users, and the argument of diagnose --explain. kernels: which have it. commit: the
 * upstream fix, NULL while there is none. what: how KVM deviates from the manual, a clause that
 * continues "KVM ". harm: the effect on a guest hypervisor, a sentence. harmful: a guest hypervisor
 * that follows the manual can notice, so the machine FAILs; else it is advice.
 */
struct kvm_defect {
	const char *name;
	struct kernel_range kernels;
	const char *commit;
	const char *what;
	const char *harm;
	bool harmful;
	struct kvm_sighting seen[KVM_DEFECT_SIGHTINGS];
};

extern const struct kvm_defect kvm_defects[];
extern const size_t n_kvm_defects;

/* NULL if there is none of that name. */
const struct kvm_defect *kvm_defect_named(const char *name);

/* The row that this failed case matches on that kernel, or NULL. kernel: NULL if unknown. Public for tests. */
const struct kvm_defect *kvm_defect_match(const struct kvm_defect *rows, size_t n,
					  const struct case_outcome *c,
					  const struct kernel_version *kernel);

/* What the outcome of a case means for the machine. */
enum case_failure {
	FAILURE_NONE = 0,
	FAILURE_UNPROVEN, /* of a case that could not be tried before: the verdict ignores it */
	FAILURE_HARMLESS, /* a known defect of this kernel that no guest notices */
	FAILURE_HARMFUL,  /* a known defect of this kernel */
	FAILURE_UNKNOWN,  /* any other */
};

/* *defect (may be NULL): set to the row for FAILURE_HARMLESS and FAILURE_HARMFUL. */
enum case_failure case_failure_of(const struct report *r, const struct case_outcome *c,
				  const struct kvm_defect **defect);

/* Whether this outcome makes the verdict FAIL. */
bool case_fails(const struct report *r, const struct case_outcome *c);

/* The text of --explain for a row. */
void kvm_defect_explain(struct text *t, const struct kvm_defect *d);

/*
 * "fixed in 6.12.120 (commit abc)", for the running kernel. If that release has another harmful
 * defect that the same cases show, also which release to take instead.
 */
void kvm_defect_fixed(const struct kvm_defect *d, const struct kernel_version *v, struct text *t);

#endif
