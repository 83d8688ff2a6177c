// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two documents, written and read: nothing is lost, and no contents of a file crash.
 */
#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "report/judge.h"
#include "report/render.h"

static const char full[] =
	"{\n"
	"  \"schema\": \"nestcheck.facts/1\",\n"
	"  \"access\": {\n"
	"    \"msr\": \"ok\"\n"
	"  },\n"
	"  \"cpus\": [\n"
	"    {\n"
	"      \"id\": 0,\n"
	"      \"cpuid\": {\n"
	"        \"0x00000001:0\": \"0x000306c3 0x00100800 0x7ffafbff 0xbfebfbff\",\n"
	"        \"0x00000004:12\": \"0x00000000 0x00000001 0x00000002 0xffffffff\"\n"
	"      },\n"
	"      \"msr\": {\n"
	"        \"0x0000003a\": \"0x0000000000000005\",\n"
	"        \"0x0000048b\": \"0xfedcba9876543210\",\n"
	"        \"0x00000492\": null\n"
	"      }\n"
	"    },\n"
	"    {\n"
	"      \"id\": 6,\n"
	"      \"like\": 0,\n"
	"      \"cpuid\": {},\n"
	"      \"msr\": {\n"
	"        \"0xc0010114\": \"0x0000000000000018\"\n"
	"      }\n"
	"    },\n"
	"    {\n"
	"      \"id\": 7,\n"
	"      \"like\": 0,\n"
	"      \"cpuid\": {},\n"
	"      \"msr\": {}\n"
	"    }\n"
	"  ],\n"
	"  \"kernel\": {\n"
	"    \"release\": \"6.12.117\",\n"
	"    \"version_signature\": \"Ubuntu 6.12.0-1.1-generic 6.12.117\",\n"
	"    \"cmdline\": \"console=ttyS0 quiet\",\n"
	"    \"lockdown\": \"none\",\n"
	"    \"taint\": 0,\n"
	"    \"modules\": {\n"
	"      \"kvm\": {},\n"
	"      \"kvm_intel\": {\n"
	"        \"nested\": \"Y\",\n"
	"        \"ept\": \"N\"\n"
	"      }\n"
	"    },\n"
	"    \"vulnerabilities\": {\n"
	"      \"l1tf\": \"Mitigation: PTE Inversion\"\n"
	"    },\n"
	"    \"clocksource\": \"tsc\",\n"
	"    \"log\": [\n"
	"      \"a \\\"quoted\\\" line\",\n"
	"      \"b\"\n"
	"    ]\n"
	"  },\n"
	"  \"kvm\": {\n"
	"    \"device\": \"present\",\n"
	"    \"nested_cpuid\": true,\n"
	"    \"cpuid\": {\n"
	"      \"0x00000001:0\": \"0x00000000 0x00000000 0x00000020 0x00000000\"\n"
	"    },\n"
	"    \"msr\": {\n"
	"      \"0x00000480\": \"0x0000000000000001\"\n"
	"    }\n"
	"  },\n"
	"  \"firmware\": {\n"
	"    \"boot\": \"uefi\",\n"
	"    \"secure_boot\": false,\n"
	"    \"dmi\": {\n"
	"      \"sys_vendor\": \"ASUS\"\n"
	"    },\n"
	"    \"acpi\": [\n"
	"      \"DMAR\"\n"
	"    ]\n"
	"  },\n"
	"  \"memory_kb\": 16000000\n"
	"}\n";

static void facts_come_out_as_they_went_in(void **state)
{
	const char *error;
	struct report r;
	char *json;

	(void)state;
	report_init(&r);
	assert_int_equal(facts_from_json(&r, full, strlen(full), &error), 0);
	assert_int_equal(r.facts.n_cpus, 3);
	assert_int_equal(r.facts.cpus[1].id, 6);
	assert_int_equal(r.facts.cpus[1].like, 0);
	assert_int_equal(r.facts.cpus[2].like, 0);
	assert_int_equal(cpu_cpuid(&r.facts, &r.facts.cpus[1], 1, 0)->ecx, 0x7ffafbff);
	assert_int_equal(cpu_cpuid(&r.facts, &r.facts.cpus[1], 4, 12)->edx, 0xffffffff);
	assert_null(cpu_cpuid(&r.facts, &r.facts.cpus[1], 4, 0));
	assert_int_equal(cpu_msr(&r.facts, &r.facts.cpus[2], 0x48b)->value, 0xfedcba9876543210);
	assert_true(cpu_msr(&r.facts, &r.facts.cpus[1], 0x492)->refused);
	assert_int_equal(cpu_msr(&r.facts, &r.facts.cpus[1], 0xc0010114)->value, 0x18);
	assert_null(cpu_msr(&r.facts, &r.facts.cpus[0], 0xc0010114));
	json = facts_to_json(&r.facts);
	assert_string_equal(json, full);
	free(json);
	report_free(&r);
}

/* A record with every part filled, so that a lost part is noticed. */
static void fill(struct report *r)
{
	struct case_outcome *c;
	struct stage_time *t;

	haswell(r, 2);
	set_msr(r, 1, 0x3a, 1);
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r->facts.kernel.release = "6.12.117";
	r->started = "2026-01-02T03:04:05Z";
	r->duration_ms = 1234;
	r->machine = (struct machine_name){ "rack3-17", "52:54:00:12:34:56" };
	r->cpu = (struct cpu_summary){ VENDOR_INTEL, "Brand", "Haswell", 2, "0x28" };
	r->kvm.module = "kvm_intel";
	r->kvm.error = "no";
	kv_add(&r->arena, &r->kvm.parameters, "nested", "Y");
	r->selftest.ran = true;
	r->selftest.partial = "only=x";
	r->selftest.error = "stopped";
	for (int i = 0; i < 4; i++) {
		c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);
		c->name = "vmx_case";
		c->result = (enum case_result)(CASE_PASS + i);
		c->detail = i ? "a detail" : NULL;
		c->us = 17;
		c->core = i == 1;
		c->unproven = i == 2;
		c->entries = 5;
		c->nested_run = 6;
	}
	r->selftest.nested_run = 24;
	r->selftest.l1_exit_cycles = 1000;
	r->selftest.l2_exit_cycles = 30000;
	r->selftest.pace = (struct pace){ 84000, 240000 };
	r->selftest.taint_known = TRI_YES;
	r->selftest.taint_before = 0;
	r->selftest.taint_after = 512;
	t = arena_push(&r->arena, &r->timing, &r->n_timing);
	t->stage = "collect";
	t->ms = 12;
	strings_add(&r->arena, &r->param_problems, "no key 'x'");
	diagnose(r);
	judge_run(r);
}

static void reports_come_out_as_they_went_in(void **state)
{
	static const char *const there[] = {
		"\"collect\": 12",
		"\"duration_ms\": 1234",
		"\"kernel\": \"6.12.117\"",
		"\"count\": 2",
		"\"nested\": \"Y\"",
		"\"error\": \"no\"",
		"\"partial\": \"only=x\"",
		"\"error\": \"stopped\"",
		"\"nested_run\": 24",
		"\"l1_exit_cycles\": 1000",
		"\"l2_exit_cycles\": 30000",
		"\"l2_ns\": 240000",
		"\"scale\": 5",
		"\"after\": 512",
		"\"us\": 17",
		"\"result\": \"xfail\"",
		"\"microcode\": \"0x28\"",
		"\"no key 'x'\"",
		"\"codename\": \"Haswell\"",
		"\"module\": \"kvm_intel\"",
		"\"started\": \"2026-01-02T03:04:05Z\"",
		"\"id\": \"rack3-17\"",
		"\"mac\": \"52:54:00:12:34:56\"",
	};
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
	assert_int_equal(again.verdict.result, VERDICT_FAIL);
	assert_int_equal(again.n_findings, r.n_findings);
	assert_int_equal(again.findings[0].n_cpus, 1);
	assert_int_equal(again.findings[0].cpus[0], 1);
	assert_memory_equal(again.caps, r.caps, sizeof(r.caps));
	assert_int_equal(again.selftest.n_cases, 4);
	assert_int_equal(again.selftest.taint_after, 512);
	free(json);
	free(twice);
	report_free(&again);
	/* The facts inside are a recording, too. */
	json = report_to_json(&r);
	report_init(&again);
	assert_int_equal(facts_from_json(&again, json, strlen(json), &error), 0);
	assert_int_equal(again.facts.n_cpus, 2);
	free(json);
	report_free(&again);
	report_free(&r);
}

/* What is sent ahead of a report. */
static void started_comes_out_as_it_went_in(void **state)
{
	static const char wanted[] = "{\n"
				     "  \"schema\": \"nestcheck.started/1\",\n"
				     "  \"version\": \"1.2\",\n"
				     "  \"machine\": {\n"
				     "    \"id\": \"rack3-17\"\n"
				     "  },\n"
				     "  \"started\": \"2026-01-02T03:04:05Z\"\n"
				     "}\n";
	const char *error = NULL;
	struct report r;
	char *json;

	(void)state;
	report_init(&r);
	assert_int_equal(started_from_json(&r, wanted, strlen(wanted), &error), 0);
	assert_string_equal(r.machine.id, "rack3-17");
	assert_null(r.machine.mac);
	assert_string_equal(r.started, "2026-01-02T03:04:05Z");
	json = started_to_json(&r);
	assert_string_equal(json, wanted);
	assert_int_equal(report_from_json(&r, json, strlen(json), &error), -EINVAL);
	assert_string_equal(error, "schema: not nestcheck.report/1");
	free(json);
	/* Nobody named it: there is no machine in either document. */
	r.machine = (struct machine_name){ NULL, NULL };
	json = started_to_json(&r);
	assert_null(strstr(json, "machine"));
	free(json);
	json = report_to_json(&r);
	assert_null(strstr(json, "machine"));
	assert_int_equal(started_from_json(&r, json, strlen(json), &error), -EINVAL);
	assert_string_equal(error, "schema: not nestcheck.started/1");
	free(json);
	report_free(&r);
}

static void malformed_reports_are_refused(void **state)
{
	static const struct {
		const char *rest, *message;
	} bad[] = {
		{ "\"verdict\":{\"result\":\"GOOD\"}", "verdict.result: 'GOOD'" },
		{ "\"verdict\":{\"grade\":\"none\"}", "verdict.grade" },
		{ "\"findings\":[{}]", "findings[0]: a finding without" },
		{ "\"findings\":[{\"id\":\"a\",\"title\":\"b\"}]",
		  "findings[0]: a finding without id, title or severity" },
		{ "\"findings\":[{\"id\":\"a\",\"title\":\"b\",\"severity\":\"x\"}]",
		  "findings[0].severity" },
		{ "\"findings\":[{\"id\":\"a\",\"title\":\"b\",\"cpus\":[-1]}]",
		  "findings[0].cpus" },
		{ "\"selftest\":{\"cases\":[{}]}", "selftest.cases[0]: a case without" },
		{ "\"selftest\":{\"cases\":[{\"name\":\"a\",\"result\":\"ok\"}]}",
		  "selftest.cases[0].result" },
		{ "\"selftest\":{\"cost\":{\"l1_exit_cycles\":\"x\"}}", "selftest.cost" },
		{ "\"selftest\":{\"pace\":{\"l2_ns\":\"x\"}}", "selftest.pace" },
		{ "\"selftest\":{\"passes\":4294967296}", "selftest.passes: too large" },
		{ "\"capabilities\":{\"vmx\":1}", "capabilities.vmx" },
		{ "\"kvm\":{\"offered\":{\"vmx\":1}}", "offered.vmx" },
		{ "\"cpu\":{\"vendor\":\"cyrix\"}", "cpu.vendor" },
		{ "\"machine\":\"rack3\"", "machine: not an object" },
		{ "\"machine\":{\"id\":\"rack 3\"}", "machine.id: not printable" },
		{ "\"machine\":{\"id\":\"\"}", "machine.id: not printable" },
		{ "\"machine\":{\"mac\":\"52:54:00:12:34\"}", "machine.mac: not like" },
		{ "\"machine\":{\"mac\":\"52:54:00:12:34:5G\"}", "machine.mac: not like" },
		{ "\"machine\":{\"mac\":\"52:54:00:12:34:56:\"}", "machine.mac: not like" },
		{ "\"machine\":{\"mac\":\"52-54-00-12-34-56\"}", "machine.mac: not like" },
		{ "\"timing\":{\"a\":\"b\"}", "timing.a" },
		{ "\"facts\":{\"cpus\":7}", "facts.cpus" },
	};
	const char *error = NULL;
	struct report r;
	char json[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(json, sizeof(json), "{\"schema\":\"nestcheck.report/1\",%s}", bad[i].rest);
		report_init(&r);
		assert_int_equal(report_from_json(&r, json, strlen(json), &error), -EINVAL);
		assert_contains(error, bad[i].message);
		report_free(&r);
	}
	report_init(&r);
	assert_int_equal(report_from_json(&r, full, strlen(full), &error), -EINVAL);
	assert_contains(error, "schema: not nestcheck.report/1");
	report_free(&r);
}

/* A kernel log may contain invalid UTF-8; JSON must not. */
static void bytes_that_are_no_text(void **state)
{
	const char *error = NULL;
	struct report r, again;
	char *json;

	(void)state;
	report_init(&r);
	strings_add(&r.arena, &r.facts.kernel.log, "bad \xff\xc0 bytes");
	strings_add(&r.arena, &r.facts.kernel.log, "good \xc3\xa4");
	kv_add(&r.arena, &r.facts.firmware.dmi, "k\xfe", "v\x80");
	json = facts_to_json(&r.facts);
	assert_contains(json, "bad ?? bytes");
	assert_contains(json, "good \xc3\xa4");
	assert_contains(json, "\"k?\": \"v?\"");
	report_init(&again);
	assert_int_equal(facts_from_json(&again, json, strlen(json), &error), 0);
	free(json);
	report_free(&again);
	report_free(&r);
}

/* Everything that the program does with a recording, under the sanitizers. */
static void use(const char *json, size_t len)
{
	const char *error = NULL;
	struct text t = { 0 };
	struct report r;
	char *again;

	report_init(&r);
	r.replayed = true;
	if (facts_from_json(&r, json, len, &error) == 0) {
		diagnose(&r);
		judge_findings(&r);
		render_plain(&t, &r);
		render_probe(&t, &r);
		render_screen(&t, &r, 80, 25);
		again = report_to_json(&r);
		free(again);
	} else {
		assert_non_null(error);
	}
	text_free(&t);
	report_free(&r);
	report_init(&r);
	if (report_from_json(&r, json, len, &error) == 0) {
		render_plain(&t, &r);
		render_tap(&t, &r);
		render_screen(&t, &r, 40, 12);
	}
	text_free(&t);
	report_free(&r);
}

static uint32_t random_number(void)
{
	static uint32_t x = 2463534242u; /* xorshift32: the same run every time */

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* A byte, a digit or a piece changed: most of it is still a document. */
static void damage(char *json, size_t *len)
{
	static const char likely[] = "0123456789abcdefx:\"{}[], \\nult";
	size_t at = random_number() % *len, n;

	switch (random_number() % 4) {
	case 0:
		json[at] = (char)random_number();
		break;
	case 1:
	case 2:
		json[at] = likely[random_number() % (sizeof(likely) - 1)];
		break;
	case 3:
		n = random_number() % (*len - at);
		n = n > 40 ? 40 : n;
		memmove(json + at, json + at + n, *len - at - n);
		*len -= n;
	}
}

static void damaged_documents_do_no_harm(void **state)
{
	struct report r;
	char *documents[2];

	(void)state;
	fill(&r);
	documents[0] = strdup(full);
	documents[1] = report_to_json(&r);
	for (int d = 0; d < 2; d++) {
		size_t len = strlen(documents[d]);

		/* Cut anywhere: never a document. */
		for (size_t cut = 0; cut < len - 2; cut += 7)
			use(documents[d], cut);
		for (int i = 0; i < 3000; i++) {
			char *copy = strdup(documents[d]);
			size_t left = len;

			for (uint32_t k = 0; k <= random_number() % 4 && left > 1; k++)
				damage(copy, &left);
			use(copy, left);
			free(copy);
		}
		free(documents[d]);
	}
	report_free(&r);
}

static void reading_files(void **state)
{
	char path[] = "/tmp/nestcheck-unit-XXXXXX", *text = NULL;
	int fd = mkstemp(path);
	size_t len = 99;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(read_document(path, &text, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(write(fd, full, sizeof(full) - 1), sizeof(full) - 1);
	assert_int_equal(read_document(path, &text, &len), 0);
	assert_int_equal(len, sizeof(full) - 1);
	assert_string_equal(text, full);
	free(text);
	assert_int_equal(ftruncate(fd, (64 << 20) + 1), 0);
	assert_int_equal(read_document(path, &text, &len), -EFBIG);
	unlink(path);
	close(fd);
	assert_int_equal(read_document(path, &text, &len), -ENOENT);
	assert_int_equal(read_document("/", &text, &len), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_come_out_as_they_went_in),
		cmocka_unit_test(reports_come_out_as_they_went_in),
		cmocka_unit_test(started_comes_out_as_it_went_in),
		cmocka_unit_test(malformed_reports_are_refused),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(damaged_documents_do_no_harm),
		cmocka_unit_test(reading_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
