// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors name the place of malformed facts, and missing facts remain unknown.
 */
#include "machine.h"

#include <errno.h>

#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "report/render.h"

static int read_facts(struct report *r, const char *json, const char **error)
{
	report_init(r);
	*error = NULL;
	return facts_from_json(r, json, strlen(json), error);
}

static void refused(const char *json, const char *message)
{
	const char *error;
	struct report r;

	if (read_facts(&r, json, &error) != -EINVAL)
		fail_msg("accepted: %s", json);
	assert_contains(error, message);
	/* Nothing remains that could be diagnosed. */
	assert_int_equal(r.facts.n_cpus, 0);
	report_free(&r);
}

static void malformed_is_named_by_its_place(void **state)
{
	static const struct {
		const char *json, *message;
	} bad[] = {
		{ "", "not JSON: line 1" },
		{ "{", "not JSON" },
		{ "[]", "not a JSON object" },
		{ "7", "not" },
		{ "{}", "schema: missing, and so is \"cpus\"" },
		{ "{\"schema\":7}", "schema: not a string" },
		{ "{\"schema\":\"nestcheck.facts/2\"}", "schema: 'nestcheck.facts/2' is not" },
		{ "{\"schema\":\"nestcheck.report/1\"}", "facts: missing from this report" },
		{ "{\"schema\":\"nestcheck.report/1\",\"facts\":7}", "facts: not an object" },
		{ "{\"cpus\":{}}", "cpus: not an array" },
		{ "{\"cpus\":[7]}", "cpus[0]: not an object" },
		{ "{\"cpus\":[],\"cpus\":[]}", "duplicate" },
		{ "{\"cpus\":[{\"id\":-1}]}", "cpus[0].id: not a whole number" },
		{ "{\"cpus\":[{\"id\":1.5}]}", "cpus[0].id: not a whole number" },
		{ "{\"cpus\":[{\"id\":4294967296}]}", "cpus[0].id: larger" },
		{ "{\"cpus\":[{\"id\":3},{\"id\":3}]}",
		  "cpus[1].id: already used by an earlier CPU" },
		{ "{\"cpus\":[{\"like\":0}]}", "cpus[0].like: there is no such CPU" },
		{ "{\"cpus\":[{},{\"like\":5}]}", "cpus[1].like: there is no such CPU" },
		{ "{\"cpus\":[{},{\"like\":0},{\"like\":1}]}", "cpus[2].like: that CPU is itself" },
		{ "{\"cpus\":[{},{\"like\":\"0\"}]}", "cpus[1].like: not a whole number" },
		{ "{\"cpus\":[{\"cpuid\":[]}]}", "cpus[0].cpuid: not an object" },
		{ "{\"cpus\":[{\"cpuid\":{\"1\":\"\"}}]}", "cpus[0].cpuid.1: not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1\":\"0x0 0x0 0x0 0x0\"}}]}",
		  "cpuid.0x1: not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:\":\"0x0 0x0 0x0 0x0\"}}]}", "not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0x0\":\"0x0 0x0 0x0 0x0\"}}]}", "not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x123456789:0\":\"0x0 0x0 0x0 0x0\"}}]}", "not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:4294967296\":\"0x0 0x0 0x0 0x0\"}}]}",
		  "not a key" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0 0x0 0x0\"}}]}", "not four hex words" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0 0x0 0x0 0x0 0x0\"}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0  0x0 0x0 0x0\"}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0 0 0 0\"}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0 0x0 0x0 0x\"}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0 0x0 0x0 0x123456789\"}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":null}}]}", "not four" },
		{ "{\"cpus\":[{\"cpuid\":{\"0x1:0\":\"0x0 0x0 0x0 0x0\","
		  "\"0x00000001:0\":\"0x0 0x0 0x0 0x0\"}}]}",
		  "cpus[0].cpuid.0x00000001:0: given twice" },
		{ "{\"cpus\":[{},{},{\"msr\":{\"0x3a\":\"five\"}}]}",
		  "cpus[2].msr.0x3a: not a hex string" },
		{ "{\"cpus\":[{\"msr\":{\"0x3a\":5}}]}", "cpus[0].msr.0x3a: not a hex string" },
		{ "{\"cpus\":[{\"msr\":{\"0x3a\":\"0x5 \"}}]}", "not a hex string" },
		{ "{\"cpus\":[{\"msr\":{\"0x3a\":\"0x\"}}]}", "not a hex string" },
		{ "{\"cpus\":[{\"msr\":{\"0x3a\":\"0x12345678901234567\"}}]}", "not a hex string" },
		{ "{\"cpus\":[{\"msr\":{\"58\":\"0x5\"}}]}",
		  "cpus[0].msr.58: not a register number" },
		{ "{\"cpus\":[{\"msr\":{\"0x3A\":\"0x5\",\"0x3a\":\"0x5\"}}]}", "given twice" },
		{ "{\"cpus\":[],\"access\":{\"msr\":\"maybe\"}}", "access.msr: 'maybe' is not" },
		{ "{\"cpus\":[],\"access\":[]}", "access: not an object" },
		{ "{\"cpus\":[],\"kernel\":7}", "kernel: not an object" },
		{ "{\"cpus\":[],\"kernel\":{\"release\":6}}", "kernel.release: not a string" },
		{ "{\"cpus\":[],\"kernel\":{\"taint\":\"0\"}}", "kernel.taint: not a whole" },
		{ "{\"cpus\":[],\"kernel\":{\"log\":[7]}}", "kernel.log: not only strings" },
		{ "{\"cpus\":[],\"kernel\":{\"modules\":{\"kvm\":7}}}",
		  "kernel.modules.kvm: not an" },
		{ "{\"cpus\":[],\"kernel\":{\"modules\":{\"kvm\":{\"a\":7}}}}",
		  "kernel.modules.kvm.a: not a string" },
		{ "{\"cpus\":[],\"kvm\":{\"device\":\"lost\"}}", "kvm.device: 'lost' is not" },
		{ "{\"cpus\":[],\"kvm\":{\"nested_cpuid\":1}}", "kvm.nested_cpuid: neither true" },
		{ "{\"cpus\":[],\"kvm\":{\"msr\":{\"x\":\"0x0\"}}}", "kvm.msr.x: not a register" },
		{ "{\"cpus\":[],\"firmware\":{\"acpi\":\"DMAR\"}}", "firmware.acpi: not an array" },
		{ "{\"cpus\":[],\"firmware\":{\"secure_boot\":\"no\"}}", "firmware.secure_boot" },
		{ "{\"cpus\":[],\"memory_kb\":-1}", "memory_kb: not a whole number" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i].json, bad[i].message);
}

/* An error message goes to a terminal, and contains names from the document. */
static void messages_are_harmless(void **state)
{
	const char *error;
	struct report r;

	(void)state;
	assert_int_equal(read_facts(&r, "{\"cpus\":[{\"msr\":{\"\\u001b[2J\":\"0x0\"}}]}", &error),
			 -EINVAL);
	for (const char *s = error; *s; s++)
		assert_in_range(*s, ' ', '~');
	report_free(&r);
}

static void missing_is_unknown(void **state)
{
	static const char *const few[] = {
		"{\"cpus\":[]}",
		"{\"schema\":\"nestcheck.facts/1\"}",
		"{\"schema\":\"nestcheck.facts/1\",\"cpus\":null,\"kernel\":null,\"kvm\":null,"
		"\"firmware\":null,\"access\":null,\"memory_kb\":null}",
		"{\"cpus\":[{\"cpuid\":null,\"msr\":null}],\"kernel\":{\"taint\":null},"
		"\"from_the_future\":{}}",
	};
	const char *error;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
		assert_int_equal(read_facts(&r, few[i], &error), 0);
		assert_int_equal(r.facts.msr_access, MSR_ACCESS_UNKNOWN);
		assert_int_equal(r.facts.kvm.device, KVM_DEVICE_UNKNOWN);
		assert_int_equal(r.facts.kvm.nested_cpuid, TRI_UNKNOWN);
		assert_int_equal(r.facts.kernel.modules_known, TRI_UNKNOWN);
		assert_int_equal(r.facts.kernel.taint_known, TRI_UNKNOWN);
		assert_int_equal(r.facts.firmware.acpi_known, TRI_UNKNOWN);
		assert_null(r.facts.kernel.release);
		diagnose(&r);
		assert_int_equal(r.n_findings, 0);
		report_free(&r);
	}
	/* Empty is known. */
	assert_int_equal(
		read_facts(&r,
			   "{\"cpus\":[],\"kernel\":{\"modules\":{}},\"firmware\":{\"acpi\""
			   ":[],\"secure_boot\":false}}",
			   &error),
		0);
	assert_int_equal(r.facts.kernel.modules_known, TRI_YES);
	assert_int_equal(r.facts.firmware.acpi_known, TRI_YES);
	assert_int_equal(r.facts.firmware.secure_boot, TRI_NO);
	report_free(&r);
}

/* The id that `like` names, not the place in the list. */
static void like_is_an_id(void **state)
{
	const char *error;
	struct report r;

	(void)state;
	assert_int_equal(read_facts(&r,
				    "{\"cpus\":[{\"id\":4,\"msr\":{\"0x1\":\"0x7\"}},{\"id\":0},"
				    "{\"id\":5,\"like\":4}]}",
				    &error),
			 0);
	assert_int_equal(r.facts.cpus[2].like, 0);
	assert_int_equal(cpu_msr(&r.facts, &r.facts.cpus[2], 1)->value, 7);
	report_free(&r);
}

static void too_much_is_refused(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_add(&t, "{\"cpus\":[");
	for (int i = 0; i < 8193; i++)
		text_value(&t, i ? ",{}" : "{}");
	text_add(&t, "]}");
	refused(t.s, "cpus: more CPUs");
	text_free(&t);
	text_add(&t, "{\"cpus\":[{\"msr\":{");
	for (int i = 0; i < 4097; i++)
		text_addf(&t, "%s\"0x%x\":null", i ? "," : "", i);
	text_add(&t, "}}]}");
	refused(t.s, "cpus[0].msr: more registers");
	text_free(&t);
	for (int i = 0; i < 100000; i++)
		text_add(&t, "[");
	refused(t.s, "not JSON");
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_is_named_by_its_place),
		cmocka_unit_test(messages_are_harmless),
		cmocka_unit_test(missing_is_unknown),
		cmocka_unit_test(like_is_an_id),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
