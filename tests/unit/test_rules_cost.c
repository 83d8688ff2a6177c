// SPDX-License-Identifier: GPL-2.0-only
/* The rules about unnecessary costs and fragile set-ups. */
#include "rules.h"

static void vulnerability(struct report *r, const char *name, const char *text)
{
	r->facts.kernel.vulnerabilities.n = 0;
	kv_add(&r->arena, &r->facts.kernel.vulnerabilities, name, text);
}

static void no_apicv(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x481, 0x000000ff00000016);
	set_msr(&r, 0, 0x48b, 0x00007fff00000000);
	must_not(&r, "no-apicv");
	set_parameter(&r, "enable_apicv", "N");
	assert_contains(must(&r, "no-apicv")->evidence, "enable_apicv");
	/* A CPU without it is not a defect. */
	set_msr(&r, 0, 0x481, 0x0000007f00000016);
	must_not(&r, "no-apicv");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "avic", "N");
	must_not(&r, "no-apicv");
	set_log(&r, "[Firmware Bug]: Cannot support x2AVIC due to AVIC is disabled");
	assert_contains(must(&r, "no-apicv")->title, "firmware switched AVIC off");
	report_free(&r);
}

static void l1tf_cost(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	/* Before kvm_intel is loaded, and on CPUs that need nothing. */
	vulnerability(&r, "l1tf", "Mitigation: PTE Inversion");
	must_not(&r, "l1tf-cost");
	vulnerability(&r, "l1tf", "Not affected");
	must_not(&r, "l1tf-cost");
	vulnerability(&r, "l1tf",
		      "Mitigation: PTE Inversion; VMX: flush not necessary, SMT disabled");
	must_not(&r, "l1tf-cost");
	vulnerability(&r, "l1tf",
		      "Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT vulnerable");
	assert_contains(must(&r, "l1tf-cost")->evidence, "conditional cache flushes");
	vulnerability(&r, "l1tf", "Mitigation: PTE Inversion; VMX: vulnerable");
	assert_contains(must(&r, "l1tf-cost")->title, "read the host's memory");
	vulnerability(&r, "l1tf", "Mitigation: PTE Inversion; VMX: EPT disabled");
	assert_contains(must(&r, "l1tf-cost")->remedy, "l1tf=flush");
	report_free(&r);
}

static void huge_pages_split(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	vulnerability(&r, "itlb_multihit", "KVM: Mitigation: VMX disabled");
	must_not(&r, "huge-pages-split");
	vulnerability(&r, "itlb_multihit", "KVM: Mitigation: Split huge pages");
	must(&r, "huge-pages-split");
	report_free(&r);
}

static void slow_clock(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kernel.clocksource = "tsc";
	must_not(&r, "slow-clock");
	r.facts.kernel.clocksource = "kvm-clock";
	must_not(&r, "slow-clock");
	r.facts.kernel.clocksource = "hpet";
	set_log(&r, "tsc: Marking TSC unstable due to clocksource watchdog");
	assert_contains(must(&r, "slow-clock")->evidence, "hpet; kernel log: tsc: Marking");
	set_hypervisor(&r, "TCGTCGTCGTCG");
	r.facts.behaviour = tcg_behaviour;
	must_not(&r, "slow-clock");
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must(&r, "slow-clock");
	report_free(&r);
}

static void add_case(struct report *r, const char *name, enum case_result result)
{
	*arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases) =
		(struct case_outcome){ .name = name, .result = result, .detail = "why" };
	r->selftest.ran = true;
}

static void nested_state(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	add_case(&r, "svm_state_l2", CASE_PASS);
	add_case(&r, "svm_cpuid", CASE_FAIL);
	must_not(&r, "nested-state");
	add_case(&r, "svm_state_l1", CASE_FAIL);
	assert_contains(must(&r, "nested-state")->evidence, "svm_state_l1");
	report_free(&r);
}

/* On an emulator none of them fires. */
static void not_on_an_emulator(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_dmi(&r, "bios_vendor", "The Bochs Project");
	r.facts.behaviour = bochs_behaviour;
	vulnerability(&r, "l1tf",
		      "Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT vulnerable");
	kv_add(&r.arena, &r.facts.kernel.vulnerabilities, "itlb_multihit",
	       "KVM: Mitigation: Split huge pages");
	kv_add(&r.arena, &r.facts.kernel.vulnerabilities, "mds", "Vulnerable: no microcode");
	must(&r, "emulated-machine");
	must_not(&r, "l1tf-cost");
	must_not(&r, "huge-pages-split");
	must_not(&r, "old-microcode");
	r.facts.behaviour = hardware_behaviour;
	must(&r, "l1tf-cost");
	must(&r, "huge-pages-split");
	must(&r, "old-microcode");
	r.facts.firmware.dmi.n = 0;
	must(&r, "l1tf-cost");
	must(&r, "huge-pages-split");
	must(&r, "old-microcode");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_on_an_emulator), cmocka_unit_test(no_apicv),
		cmocka_unit_test(l1tf_cost),	      cmocka_unit_test(huge_pages_split),
		cmocka_unit_test(slow_clock),	      cmocka_unit_test(nested_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
