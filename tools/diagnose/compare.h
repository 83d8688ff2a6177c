/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between two reports, for "works on that box, not on this one". Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_COMPARE_H
#define NESTCHECK_DIAGNOSE_COMPARE_H

#include "lib/report.h"

/*
 * One thing that is not the same. section: "kernel"; what: the report's own name for it, or a
 * register's. a, b: its value in either; NULL where that report does not have it ("not known").
 */
struct difference {
	const char *section, *what;
	const char *a, *b;
};

/*
 * Both have been diagnosed (their capabilities and findings are there). The differences in the
 * order of the report, in arena; how many there are. What is expected to differ on every run
 * (times, the kernel log, costs within a factor of two) is none.
 */
size_t compare_reports(struct arena *arena, const struct report *a, const struct report *b,
		       struct difference **differences);

#endif
