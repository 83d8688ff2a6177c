/* SPDX-License-Identifier: GPL-2.0-only */
/* For the tests of rules: what has to fire, and what must not. */
#ifndef NESTCHECK_TESTS_UNIT_RULES_H
#define NESTCHECK_TESTS_UNIT_RULES_H

#include "machine.h"

#include "diagnose/diagnose.h"

/* Diagnoses, and returns the finding; fails where there is none. */
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

HELPER void nothing(struct report *r)
{
	diagnose(r);
	if (r->n_findings)
		fail_msg("%s fired: %s", r->findings[0].id, r->findings[0].evidence);
}

#endif
