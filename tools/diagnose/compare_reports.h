/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between two reports, for "works on that box, not on this one". Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_COMPARE_REPORTS_H
#define NESTCHECK_DIAGNOSE_COMPARE_REPORTS_H

#include "lib/output.h"
#include "lib/report.h"

/*
 * One difference. section: "kernel"; what: the report's own name for the value, or a register's. a,
 * b: the value in each report; NULL if that report does not have it ("not known").
 */
struct difference {
	const char *section, *what;
	const char *a, *b;
};

/*
 * Both reports must have been diagnosed (capabilities and findings are set). Stores the differences
 * in arena, in the order of the report, and returns their number. What differs on every run (times,
 * the kernel log, costs within a factor of two) does not count.
 */
size_t compare_reports(struct arena *arena, const struct report *a, const struct report *b,
		       struct difference **differences);

/* Adds the values of all registers that compare_reports() compares: they differ if the texts do. */
void compared_registers(struct text *t, const struct report *r);

#endif
