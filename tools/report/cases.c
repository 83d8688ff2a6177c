// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cases of a report, one by one.
 */
#include "report/cases.h"

#include "diagnose/kvm_defects.h"

const char *const case_words[CASE_WORDS] = {
	[CASE_WORD_PASS] = "pass",   [CASE_WORD_FAIL] = "fail",		[CASE_WORD_SKIP] = "skip",
	[CASE_WORD_XFAIL] = "xfail", [CASE_WORD_UNPROVEN] = "unproven",
};

size_t report_cases(const struct report *r)
{
	return r->selftest.n_cases + (r->selftest.chain.result != CASE_NOT_RUN);
}

struct case_outcome report_case(const struct report *r, size_t i)
{
	const struct selftest_state *s = &r->selftest;

	if (i < s->n_cases)
		return s->cases[i];
	return (struct case_outcome){ .name = "chain",
				      .result = s->chain.result,
				      .detail = s->chain.reason,
				      .us = s->chain.us };
}

enum case_word case_word(const struct report *r, const struct case_outcome *c)
{
	if (c->result == CASE_SKIP || c->result == CASE_NOT_RUN)
		return CASE_WORD_SKIP;
	if (c->result == CASE_XFAIL)
		return CASE_WORD_XFAIL;
	switch (case_failure_of(r, c, NULL)) {
	case FAILURE_NONE:
		return CASE_WORD_PASS;
	case FAILURE_UNPROVEN:
		return CASE_WORD_UNPROVEN;
	case FAILURE_HARMLESS:
		return CASE_WORD_XFAIL;
	case FAILURE_HARMFUL:
	case FAILURE_UNKNOWN:
		break;
	}
	return CASE_WORD_FAIL;
}

const char *case_excuse(const struct report *r, const struct case_outcome *c)
{
	switch (case_word(r, c)) {
	case CASE_WORD_XFAIL:
		return c->result == CASE_XFAIL ? "a defect of this emulator" :
						 "a defect of this kernel that no guest notices";
	case CASE_WORD_UNPROVEN:
		return "unproven";
	default:
		return NULL;
	}
}
