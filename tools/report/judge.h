/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judge: the whole record in, one verdict out (design.md, "Verdict"). Pure.
 */
#ifndef NESTCHECK_REPORT_JUDGE_H
#define NESTCHECK_REPORT_JUDGE_H

#include "lib/report.h"

/*
 * r->verdict for a `run`: starts as ERROR and has to be earned.
 */
void judge_run(struct report *r);

/*
 * r->verdict for `chain`, which runs no case: of the findings and the chain's own result, without
 * a grade. The kernel's taint counts where it was read.
 */
void judge_chain(struct report *r);

/*
 * r->verdict for probe, diagnose and replays, which know no self-test: FAIL or UNSUPPORTED
 * where a blocker holds, else VERDICT_NONE.
 */
void judge_findings(struct report *r);

#endif
