// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports that were not sent: a finding for each, with the remedy for its problem, behind all others.
 */
#include "rules.h"

#include <string.h>

static struct unsent unsent[SEND_PROBLEMS];

static void one(struct report *r, enum send_problem problem)
{
	unsent[0] = (struct unsent){ "http://lab/x", problem, "HTTP 404, not found: the words", 3 };
	r->unsent = unsent;
	r->n_unsent = 1;
}

static void each_problem_has_its_rule(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	haswell(&r, 1);
	must_not(&r, "report-without-network");
	must_not(&r, "report-unreachable");
	must_not(&r, "report-redirected");
	must_not(&r, "report-refused");
	one(&r, SEND_NO_NETWORK);
	assert_non_null(strstr(must(&r, "report-without-network")->remedy, "report=usb"));
	must_not(&r, "report-refused");
	one(&r, SEND_NO_NAME);
	assert_non_null(strstr(must(&r, "report-unreachable")->remedy, "IP address"));
	one(&r, SEND_NO_CONNECTION);
	assert_non_null(strstr(must(&r, "report-unreachable")->remedy, "firewall"));
	one(&r, SEND_NO_ANSWER);
	must(&r, "report-unreachable");
	must_not(&r, "report-refused");
	must_not(&r, "report-redirected");
	one(&r, SEND_REDIRECTED);
	must(&r, "report-redirected");
	must_not(&r, "report-refused");
	must_not(&r, "report-unreachable");
	one(&r, SEND_NOT_FOUND);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "--create"));
	assert_string_equal(must(&r, "report-refused")->evidence,
			    "http://lab/x: HTTP 404, not found: the words (3 tries)");
	one(&r, SEND_NOT_ALLOWED);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "dav_methods PUT"));
	one(&r, SEND_TOO_LARGE);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "client_max_body_size"));
	one(&r, SEND_FULL);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "room"));
	one(&r, SEND_EXISTS);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "its own name"));
	one(&r, SEND_NO_PROGRAM);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "Install curl"));
	one(&r, SEND_FAILED);
	assert_non_null(strstr(must(&r, "report-refused")->remedy, "log"));
	must_not(&r, "report-without-network");
	report_free(&r);
}

/* Each gets one, and what was found before stays as it is. */
static void they_come_last(void **state)
{
	struct report r;
	size_t before;

	(void)state;
	report_init(&r);
	haswell(&r, 2);
	set_msr(&r, 1, 0x3a, 1);
	diagnose(&r);
	before = r.n_findings;
	assert_true(before > 0);
	for (int i = 0; i < SEND_PROBLEMS; i++)
		unsent[i] = (struct unsent){ "tftp://lab/x", (enum send_problem)i, "why", 1 };
	r.unsent = unsent;
	r.n_unsent = SEND_PROBLEMS;
	diagnose_unsent(&r, 0);
	/* All but the one that was sent. */
	assert_int_equal(r.n_findings, before + SEND_PROBLEMS - 1);
	for (size_t i = before; i < r.n_findings; i++) {
		assert_int_equal(r.findings[i].severity, SEVERITY_ADVICE);
		assert_string_equal(r.findings[i].evidence, "tftp://lab/x: why");
	}
	assert_true(r.findings[0].severity < SEVERITY_ADVICE);
	/* Only those that are new. */
	before = r.n_findings;
	diagnose_unsent(&r, SEND_PROBLEMS - 1);
	assert_int_equal(r.n_findings, before + 1);
	assert_int_equal(r.n_unsent, SEND_PROBLEMS);
	diagnose_unsent(&r, SEND_PROBLEMS);
	assert_int_equal(r.n_findings, before + 1);
	report_free(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_problem_has_its_rule),
		cmocka_unit_test(they_come_last),
	};

	return cmocka_run_group_tests_name("rules_send", tests, NULL, NULL);
}
