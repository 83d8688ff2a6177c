/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The judge: the whole record in, one verdict out (design.md, "Verdict"). Pure.
 */
#ifndef NESTCHECK_REPORT_JUDGE_H
#define NESTCHECK_REPORT_JUDGE_H

#include "lib/report.h"

/* The finding that decides the verdict of judge_findings(); NULL if none does. */
const struct finding *deciding_finding(const struct report *r);

/* Sets r->verdict for `run`: it starts as ERROR and must be earned. */
void judge_run(struct report *r);

/*
 * Sets r->verdict for `chain`, which runs no case: from the findings and the chain's result,
 * without a grade. The kernel's taint counts if it was read.
 */
void judge_chain(struct report *r);

/*
 * Sets r->verdict for probe, diagnose and replays, which have no self-test: FAIL or UNSUPPORTED if
 * there is a blocker; ERROR if it is not even known whether the CPU has VMX or SVM; else VERDICT_NONE.
 */
void judge_findings(struct report *r);

/*
 * Why a stored report is no statement about its machine: it has no verdict, or a PASS that its
 * findings and cases contradict; a clause that follows "the report". NULL if it is one. The verdict
 * stays as it is.
 */
const char *judge_stored(struct report *r);

#endif
