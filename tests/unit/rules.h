/* SPDX-License-Identifier: GPL-2.0-only */
/* For the tests of rules: findings that must fire, and those that must not. */
#ifndef NESTCHECK_TESTS_UNIT_RULES_H
#define NESTCHECK_TESTS_UNIT_RULES_H

#include "machine.h"

#include "diagnose/diagnose.h"

/* Diagnoses and returns the finding; fails if there is none. */
HELPER const struct finding *must(struct report *r, const char *id)
{
	const struct finding *f;

	diagnose(r);
	f = finding_of(r, id);
	if (!f)
		fail_msg("%s did not fire", id);
	assert_true(f->title && *f->title);
	assert_true(f->evidence && *f->evidence);
	assert_true(f->remedy && *f->remedy);
	return f;
}

HELPER void must_not(struct report *r, const char *id)
{
	const struct finding *f;

	diagnose(r);
	f = finding_of(r, id);
	if (f)
		fail_msg("%s fired: %s", id, f->evidence);
}

/* A healthy machine whose KVM could not load. */
HELPER void unloaded(struct report *r)
{
	r->facts.kernel.n_modules = 0;
	r->facts.kvm.device = KVM_DEVICE_ABSENT;
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
}

/* haswell() and zen() without the feature and without KVM. */
HELPER void drop_vmx(struct report *r)
{
	flip_cpuid(r, 0, 1, ECX, 5);
	unloaded(r);
}

HELPER void drop_svm(struct report *r)
{
	flip_cpuid(r, 0, 0x80000001, ECX, 2);
	unloaded(r);
}

HELPER void nothing(struct report *r)
{
	diagnose(r);
	if (r->n_findings)
		fail_msg("%s fired: %s", r->findings[0].id, r->findings[0].evidence);
}

#endif
