/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts that more than one renderer is made of. Private to this room.
 */
#ifndef NESTCHECK_REPORT_PARTS_H
#define NESTCHECK_REPORT_PARTS_H

#include "lib/output.h"
#include "lib/report.h"

/* CPU, firmware and kvm, a line or a few each; brief: one line each, cut. */
void part_machine(struct text *t, const struct report *r, bool brief);
/* L1 and L2: what the self-test started. */
void part_guests(struct text *t, const struct report *r, bool brief);

/* One finding with evidence and remedy; short_form: its first line alone. */
void part_finding(struct text *t, const struct finding *f, bool short_form);
void part_findings(struct text *t, const struct report *r);

/* "40 cases: 38 passed, 1 failed, 1 skipped" */
void part_case_counts(struct text *t, const struct report *r);

#endif
