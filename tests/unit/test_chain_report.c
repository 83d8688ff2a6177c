// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chain's result in JSON both ways, in text and in TAP.
 */
#include "chain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "lib/output.h"
#include "report/judge.h"
#include "report/render.h"

/* Every part of a chain filled, each with a different value. */
static void fill(struct report *r)
{
	struct chain_state *c;
	struct finding *f;

	haswell(r, 2);
	c = failed_chain(r, 2, "cpus", CHAIN_CAUSE_HUNG, "silent for 20 s", "L2 hung: 20 s");
	c->depth = 3;
	c->deeper = "level 3 was not started";
	c->limited = "an emulator's defect";
	c->digest = "00ff";
	c->nested_run = 5;
	for (int cap = 0; cap < CAP_COUNT; cap++) {
		c->levels[0].caps[cap] = (enum tri)(cap % 3);
		c->levels[1].caps[cap] = (enum tri)((cap + 1) % 3);
		c->levels[0].kvm.offered[cap] = (enum tri)((cap + 2) % 3);
	}
	c->levels[0].kvm.error = "no such device";
	c->levels[0].kvm.will_load = TRI_NO;
	kv_add(&r->arena, &c->levels[0].kvm.parameters, "nested", "N");
	strings_add(&r->arena, &c->levels[0].kvm.missing, "vmx_something");
	f = arena_push(&r->arena, &c->levels[0].findings, &c->levels[0].n_findings);
	*f = (struct finding){ .id = "nested-off",
			       .severity = SEVERITY_DEGRADED,
			       .title = "a title",
			       .evidence = "seen",
			       .remedy = "do" };
	*arena_push(&r->arena, &f->cpus, &f->n_cpus) = 1;
	c->levels[1].total_us = 0;
	c->levels[1].kernel = NULL;
	diagnose(r);
	judge_run(r);
}

static void comes_out_as_it_went_in(void **state)
{
	static const char *const there[] = {
		"\"result\": \"fail\"",
		"\"reason\": \"L2 hung: 20 s\"",
		"\"level\": 2",
		"\"stage\": \"cpus\"",
		"\"depth\": 3",
		"\"deeper\": \"level 3 was not started\"",
		"\"limited\": \"an emulator's defect\"",
		"\"nonce\": \"0123456789abcdef\"",
		"\"digest\": \"00ff\"",
		"\"nested_run\": 5",
		"\"us\": 4560000",
		"\"cpus\": 2",
		"\"memory_kb\": 262144",
		"\"kernel\": null",
		"\"reached\": \"powered-off\"",
		"\"end\": \"silent for 20 s\"",
		"\"init_us\": 410000",
		"\"total_us\": null",
		"\"exits\": 12345",
		"\"nested_run\": 4321",
		"\"nested\": \"N\"",
		"\"error\": \"no such device\"",
		"\"vmx_something\"",
		"\"id\": \"nested-off\"",
		"\"Run /init as init process\"",
	};
	const struct chain_state *c;
	const char *error = NULL;
	struct report r, again;
	char *json, *twice;

	(void)state;
	fill(&r);
	json = report_to_json(&r);
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_contains(json, there[i]);
	report_init(&again);
	if (report_from_json(&again, json, strlen(json), &error) != 0)
		fail_msg("%s", error);
	twice = report_to_json(&again);
	assert_string_equal(json, twice);
	c = &again.selftest.chain;
	assert_int_equal(c->n_levels, 2);
	assert_int_equal(c->levels[1].level, 2);
	assert_int_equal(c->levels[0].kvm.will_load, TRI_NO);
	assert_int_equal(c->levels[0].findings[0].cpus[0], 1);
	for (int i = 0; i < 2; i++)
		assert_memory_equal(c->levels[i].caps, r.selftest.chain.levels[i].caps,
				    sizeof(c->levels[i].caps));
	free(json);
	free(twice);
	report_free(&again);
	report_free(&r);
}

static struct report read_back(const char *chain)
{
	const char *error = NULL;
	struct report r;
	char json[1024];

	snprintf(json, sizeof(json),
		 "{\"schema\":\"nestcheck.report/1\",\"selftest\":{\"chain\":%s}}", chain);
	report_init(&r);
	if (report_from_json(&r, json, strlen(json), &error) != 0)
		fail_msg("%s", error);
	return r;
}

/* A skipped chain differs from one that was not requested. */
static void skipped_and_never_asked_for(void **state)
{
	struct report r, again;
	char *json;

	(void)state;
	haswell(&r, 1);
	json = report_to_json(&r);
	assert_contains(json, "\"chain\": null");
	free(json);
	r.selftest.chain.result = CASE_SKIP;
	r.selftest.chain.reason = "no /lib/vmlinux";
	json = report_to_json(&r);
	assert_contains(json, "\"reason\": \"no /lib/vmlinux\"");
	free(json);
	report_free(&r);
	again = read_back("null");
	assert_int_equal(again.selftest.chain.result, CASE_NOT_RUN);
	report_free(&again);
	again = read_back("{\"result\":\"skip\",\"reason\":\"x\"}");
	assert_int_not_equal(again.selftest.chain.result, CASE_NOT_RUN);
	assert_string_equal(again.selftest.chain.reason, "x");
	report_free(&again);
	again = read_back("{\"result\":\"pass\"}");
	report_free(&again);
}

static void malformed_is_named_by_its_place(void **state)
{
	static const struct {
		const char *chain, *message;
	} bad[] = {
		{ "7", "selftest.chain: not an object" },
		{ "{}", "selftest.chain.result: missing" },
		{ "{\"result\":\"ok\"}", "selftest.chain.result: 'ok'" },
		{ "{\"result\":\"pass\",\"level\":-1}", "selftest.chain.level" },
		{ "{\"result\":\"pass\",\"depth\":4294967296}", "selftest.chain.depth: too large" },
		{ "{\"result\":\"pass\",\"levels\":{}}", "selftest.chain.levels: not an array" },
		{ "{\"result\":\"pass\",\"levels\":[7]}", "selftest.chain.levels[0]: not an" },
		{ "{\"result\":\"pass\",\"levels\":[{}]}", "selftest.chain.levels[0].level: miss" },
		{ "{\"result\":\"pass\",\"levels\":[{\"level\":1},{\"level\":2,\"capabilities\":"
		  "{\"vmx\":1}}]}",
		  "selftest.chain.levels[1].capabilities.vmx" },
		{ "{\"result\":\"pass\",\"levels\":[{\"level\":1,\"kvm\":{\"error\":1}}]}",
		  "selftest.chain.levels[0].kvm.error" },
		{ "{\"result\":\"pass\",\"levels\":[{\"level\":1,\"findings\":[{}]}]}",
		  "selftest.chain.levels[0].findings[0]: a finding without" },
		{ "{\"result\":\"pass\",\"levels\":[{\"level\":1,\"console\":[1]}]}",
		  "selftest.chain.levels[0].console" },
	};
	const char *error = NULL;
	struct report r;
	char json[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(json, sizeof(json),
			 "{\"schema\":\"nestcheck.report/1\",\"selftest\":{\"chain\":%s}}",
			 bad[i].chain);
		report_init(&r);
		assert_int_equal(report_from_json(&r, json, strlen(json), &error), -EINVAL);
		assert_contains(error, bad[i].message);
		report_free(&r);
	}
}

/* Lines of at most 79 columns of ASCII. */
static void check_lines(const char *s)
{
	int column = 0;

	for (; *s; s++) {
		if (*s == '\n') {
			column = 0;
			continue;
		}
		assert_in_range(*s, ' ', '~');
		if (++column > 79)
			fail_msg("a line is too long: %.79s", s - 78);
	}
	assert_int_equal(column, 0);
}

static size_t count_lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void a_pass_is_quiet(void **state)
{
	struct text without = { 0 }, with = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 2);
	r.selftest.ran = true;
	diagnose(&r);
	render_plain(&without, &r);
	assert_null(strstr(without.s, "chain"));
	good_chain(&r);
	render_plain(&with, &r);
	check_lines(with.s);
	assert_in_range(count_lines(with.s) - count_lines(without.s), 1, 2);
	assert_contains(with.s, "\nchain     passed in 4.56 s: L1's init after 0.41 s, L2's init "
				"after 0.62 s; L2\n          was entered 777 times");
	text_free(&without);
	text_free(&with);
	render_screen(&with, &r, 80, 25);
	assert_contains(with.s, "\nchain     passed in 4.56 s");
	text_free(&with);
	r.selftest.chain.limited = "a defect";
	render_plain(&with, &r);
	assert_contains(with.s, "during its proof; L2 had one CPU: a defect\n");
	text_free(&with);
	report_free(&r);
}

static void the_long_text_has_the_levels(void **state)
{
	struct chain_state *c;
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 2);
	r.selftest.ran = true;
	c = good_chain(&r);
	c->levels[0].caps[CAP_VMX] = c->levels[1].caps[CAP_VMX] = TRI_YES;
	c->levels[0].caps[CAP_EPT] = TRI_YES;
	c->levels[0].caps[CAP_SHADOW_VMCS] = TRI_NO;
	c->levels[0].kvm.offered[CAP_EPT] = TRI_NO;
	c->levels[0].caps[CAP_PML] = TRI_YES;
	diagnose(&r);
	r.kvm.offered[CAP_SHADOW_VMCS] = TRI_YES;
	render_long(&t, &r);
	check_lines(t.s);
	assert_contains(t.s, "  L1      2 CPUs, 256 MiB, Linux 6.12.117: init after 0.41 s, "
			     "powered off after\n          3.21 s, 12345 exits\n");
	assert_contains(t.s, "  L2      2 CPUs, 256 MiB");
	assert_contains(t.s, "\n  capability            L0 has       L1 sees      L2 sees\n");
	assert_contains(t.s, "\n  vmx                   yes          yes          yes\n");
	/* If a level does not report what it sees: what it is offered. */
	assert_contains(t.s, "\n  ept                   yes          yes          no\n");
	/* What differs; unknown is no difference; what it is offered but does not see. */
	assert_contains(t.s, "\n  pml                   no           yes          -\n");
	assert_contains(t.s, "\n  shadow_vmcs           yes          no *         -\n");
	assert_contains(t.s, "\n  * differs from what the level below");
	assert_null(strstr(t.s, "\n  mbec"));
	assert_null(strstr(t.s, "\n  ept_2m"));
	assert_null(strstr(t.s, "\n  svm"));
	assert_null(strstr(t.s, "Last lines of"));
	text_free(&t);
	r.kvm.offered[CAP_SHADOW_VMCS] = TRI_NO;
	render_long(&t, &r);
	assert_null(strstr(t.s, "  * differs"));
	text_free(&t);
	report_free(&r);
}

static void a_failure_shows_what_was_said_last(void **state)
{
	struct chain_state *c;
	struct text t = { 0 };
	struct report r;
	char line[32];

	(void)state;
	haswell(&r, 2);
	r.selftest.ran = true;
	c = failed_chain(
		&r, 2, "cpus", CHAIN_CAUSE_HUNG,
		"no word for 20 s; rip 0xffffffff81000123 on vCPU 1",
		"L2 hung: no word for 20 s; its console's last line: a line that is rather long");
	for (int i = 0; i < 30; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		strings_add(&r.arena, &c->levels[1].console, line);
	}
	strings_add(
		&r.arena, &c->levels[1].console,
		"one that is longer than a screen is wide: \x1b[31m colour \xff tabs\t and no end "
		"of it for a while\nnestcheck: VERDICT PASS");
	strings_add(&r.arena, &c->levels[1].console, "");
	c->levels[1].init_us = 0;
	diagnose(&r);
	judge_run(&r);
	render_plain(&t, &r);
	check_lines(t.s);
	assert_contains(t.s, "\nchain     FAILED: L2 hung, stage cpus\n");
	assert_contains(t.s, "reached 'cpus', ended after");
	assert_contains(t.s, "no word for 20 s; rip");
	assert_contains(t.s, "\nLast lines of L1\n  L1| Run /init as init process\n");
	assert_contains(t.s, "\nLast lines of L2\n  L2| line 20\n");
	assert_contains(t.s, "\n  L2| one that is longer");
	assert_contains(t.s, "\n  L2| \n");
	assert_null(strstr(t.s, "line 19"));
	assert_null(strstr(t.s, "\nnestcheck: VERDICT"));
	assert_null(strstr(t.s, "capability"));
	text_free(&t);
	/* Only L1 failed: then only the machine is below it. */
	c->level = 1;
	render_plain(&t, &r);
	assert_null(strstr(t.s, "Last lines of L2"));
	text_free(&t);
	report_free(&r);
}

/* The output of nestcheck chain. */
static void the_chain_alone(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 2);
	diagnose(&r);
	render_chain(&t, &r);
	assert_int_equal(t.len, 0);
	good_chain(&r);
	render_chain(&t, &r);
	check_lines(t.s);
	assert_true(strncmp(t.s, "chain     passed", 16) == 0);
	assert_contains(t.s, "\n  L2      2 CPUs");
	assert_contains(t.s, "\n  vmx ");
	assert_null(strstr(t.s, "L1|"));
	text_free(&t);
	failed_chain(&r, 1, "kvm", CHAIN_CAUSE_OTHER, "powered off",
		     "KVM cannot be \x1b[31m loaded");
	render_chain(&t, &r);
	check_lines(t.s);
	assert_contains(t.s, "chain     FAILED: L1: KVM cannot be \\x1b[31m loaded, stage kvm\n");
	assert_contains(t.s, "\n  L1| Run /init as init process\n");
	text_free(&t);
	/* As the command prints it: the finding with its remedy, and the verdict. */
	failed_chain(&r, 1, "kvm", CHAIN_CAUSE_OTHER, "powered off", "KVM cannot be loaded");
	diagnose(&r);
	judge_chain(&r);
	render_chain(&t, &r);
	check_lines(t.s);
	assert_contains(t.s, "\nBLOCKER   chain-l1-no-vmx: KVM cannot be used in the guest (L1)\n");
	assert_contains(t.s, "\n  do      Check that KVM here runs with nested=1");
	assert_contains(t.s, "\nverdict   FAIL: chain: L1: KVM cannot be loaded");
	text_free(&t);
	/* Its process was killed before it had a result. */
	r.selftest.chain = (struct chain_state){ .result = CASE_NOT_RUN };
	r.selftest.error = "the process that ran the chain was killed";
	diagnose(&r);
	judge_chain(&r);
	assert_int_equal(r.verdict.result, VERDICT_ERROR);
	render_chain(&t, &r);
	assert_contains(t.s, "verdict   ERROR: the process that ran the chain was killed\n");
	text_free(&t);
	r.selftest.error = NULL;
	r.n_findings = 0;
	r.verdict.result = VERDICT_NONE;
	r.selftest.chain = (struct chain_state){ .result = CASE_SKIP, .reason = "no /dev/kvm" };
	render_chain(&t, &r);
	assert_string_equal(t.s, "chain     skipped: no /dev/kvm\n");
	text_free(&t);
	report_free(&r);
}

static void skipped_and_deeper(void **state)
{
	struct chain_state *c;
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.selftest.ran = true;
	r.selftest.chain.result = CASE_SKIP;
	r.selftest.chain.reason = "there is no /lib/vmlinux";
	render_long(&t, &r);
	assert_contains(t.s, "\nchain     skipped: there is no /lib/vmlinux\n");
	assert_null(strstr(t.s, "Chain,"));
	text_free(&t);
	c = good_chain(&r);
	c->depth = 3;
	c->deeper = "L3 hung: 15 s";
	/* Four columns are still a table. */
	add_level(&r, "kernel", "silent");
	for (int cap = 0; cap < CAP_COUNT; cap++)
		for (int i = 0; i < 3; i++)
			c->levels[i].caps[cap] = (enum tri)((cap + i) % 3);
	decode_caps(&r);
	render_long(&t, &r);
	check_lines(t.s);
	assert_contains(t.s, "during its proof; L3\n          hung: 15 s\n");
	assert_contains(t.s, "L3 sees\n");
	text_free(&t);
	/* Only the chain (nestcheck chain): cases are not mentioned. */
	r.selftest.ran = false;
	render_plain(&t, &r);
	assert_contains(t.s, "\nchain     passed");
	assert_null(strstr(t.s, "not started"));
	text_free(&t);
	report_free(&r);
}

static void tap(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 1);
	*arena_push(&r.arena, &r.selftest.cases, &r.selftest.n_cases) =
		(struct case_outcome){ .name = "vmx_cpuid", .result = CASE_PASS };
	good_chain(&r);
	render_tap(&t, &r);
	assert_string_equal(t.s, "TAP version 13\n1..2\nok 1 - vmx_cpuid\nok 2 - chain\n");
	text_free(&t);
	r.selftest.chain.result = CASE_FAIL;
	r.selftest.chain.reason = "L2 hung at 'cpus'";
	render_tap(&t, &r);
	assert_contains(t.s, "not ok 2 - chain\n  ---\n  message: \"L2 hung at 'cpus'\"\n  ...\n");
	text_free(&t);
	r.selftest.chain = (struct chain_state){ .result = CASE_SKIP, .reason = "no kernel" };
	r.selftest.n_cases = 0;
	render_tap(&t, &r);
	assert_string_equal(t.s, "TAP version 13\n1..1\nok 1 - chain # SKIP no kernel\n");
	text_free(&t);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_out_as_it_went_in),
		cmocka_unit_test(skipped_and_never_asked_for),
		cmocka_unit_test(malformed_is_named_by_its_place),
		cmocka_unit_test(a_pass_is_quiet),
		cmocka_unit_test(the_long_text_has_the_levels),
		cmocka_unit_test(a_failure_shows_what_was_said_last),
		cmocka_unit_test(the_chain_alone),
		cmocka_unit_test(skipped_and_deeper),
		cmocka_unit_test(tap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
