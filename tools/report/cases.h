/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cases of a report, for what counts them one by one: the formats of other programs, and the
 * lines for machines (design.md, "Lines for machines").
 */
#ifndef NESTCHECK_REPORT_CASES_H
#define NESTCHECK_REPORT_CASES_H

#include <stddef.h>

#include "lib/report.h"

/* The self-test's cases, and the chain as the last one if it was requested. */
size_t report_cases(const struct report *r);
struct case_outcome report_case(const struct report *r, size_t i);

/*
 * What a case means for the verdict, in a word of the lines for machines: "pass", "fail", "skip",
 * "xfail" (a known defect of the emulator, or of the kernel and harmless), "unproven" (it failed,
 * which does not count). The order is that of case_words.
 */
enum case_word {
	CASE_WORD_PASS,
	CASE_WORD_FAIL,
	CASE_WORD_SKIP,
	CASE_WORD_XFAIL,
	CASE_WORD_UNPROVEN,
	CASE_WORDS,
};
extern const char *const case_words[CASE_WORDS];

enum case_word case_word(const struct report *r, const struct case_outcome *c);

/* Why a case did not count, as a sentence without its detail; NULL for pass, fail and skip. */
const char *case_excuse(const struct report *r, const struct case_outcome *c);

#endif
