// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about features that the CPU or KVM lacks: facts that fire each, and the nearest facts that
 * must not.
 */
#include "rules.h"

static void no_nx(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	zen(&r, 1);
	flip_cpuid(&r, 0, 0x80000001, EDX, 20);
	assert_int_equal(must(&r, "no-nx")->severity, SEVERITY_BLOCKER);
	report_free(&r);
	haswell(&r, 1);
	flip_cpuid(&r, 0, 0x80000001, EDX, 20);
	set_msr(&r, 0, 0x1a0, 1ull << 34);
	f = must(&r, "no-nx");
	assert_int_equal(f->severity, SEVERITY_DEGRADED);
	assert_contains(f->evidence, "bit 34 (XD disable) is 1");
	/* kvm_intel uses it only with EPT. */
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	assert_int_equal(must(&r, "no-nx")->severity, SEVERITY_BLOCKER);
	/* A CPU that cannot virtualize does not need it. */
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "no-nx");
	report_free(&r);
}

static void no_ept(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	assert_int_equal(must(&r, "no-ept")->severity, SEVERITY_DEGRADED);
	assert_contains(finding_of(&r, "no-ept")->evidence, "bit 33 (EPT may be 1) is 0");
	set_msr(&r, 0, 0x482, 0x7ff9fffe0401e172);
	assert_contains(must(&r, "no-ept")->evidence, "bit 63 is 0");
	report_free(&r);
	/* Each of the three without which KVM turns it off: walk of 4, write-back, INVEPT. */
	for (int i = 0; i < 3; i++) {
		haswell(&r, 1);
		set_msr(&r, 0, 0x48c,
			0x00000f0106334141 & ~(1ull << (const int[]){ 6, 14, 26 }[i]));
		assert_contains(must(&r, "no-ept")->title, "lacks");
		report_free(&r);
	}
	haswell(&r, 1);
	set_parameter(&r, "ept", "N");
	assert_contains(must(&r, "no-ept")->title, "switched off in KVM");
	assert_contains(finding_of(&r, "no-ept")->evidence, "/sys/module/kvm_intel/parameters/ept");
	report_free(&r);
	zen(&r, 1);
	must_not(&r, "no-ept");
	report_free(&r);
}

static void no_npt(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	flip_cpuid(&r, 0, 0x8000000a, EDX, 0);
	assert_int_equal(must(&r, "no-npt")->severity, SEVERITY_DEGRADED);
	assert_contains(finding_of(&r, "no-npt")->evidence, "0x8000000a EDX is 0x0001bcfe");
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	must_not(&r, "no-npt");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "npt", "N");
	assert_contains(must(&r, "no-npt")->title, "switched off in KVM");
	set_parameter(&r, "npt", "1");
	must_not(&r, "no-npt");
	report_free(&r);
	/* KVM uses only features of all CPUs: it was not disabled. */
	zen(&r, 4);
	set_parameter(&r, "npt", "N");
	assert_contains(must(&r, "no-npt")->remedy, "Remove npt=0");
	flip_cpuid(&r, 2, 0x8000000a, EDX, 0);
	assert_contains(must(&r, "no-npt")->title, "not every CPU has");
	assert_contains(finding_of(&r, "no-npt")->evidence, "CPU 2 does not have it, CPU 0 has");
	assert_contains(finding_of(&r, "no-npt")->remedy, "the CPUs differ");
	must(&r, "cpus-differ");
	report_free(&r);
	haswell(&r, 1);
	must_not(&r, "no-npt");
	report_free(&r);
}

static void no_unrestricted_guest(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x48b, 0x00007c7f00000000);
	assert_int_equal(must(&r, "no-unrestricted-guest")->severity, SEVERITY_DEGRADED);
	assert_contains(finding_of(&r, "no-unrestricted-guest")->evidence, "bit 39");
	report_free(&r);
	haswell(&r, 1);
	set_parameter(&r, "unrestricted_guest", "N");
	assert_contains(must(&r, "no-unrestricted-guest")->evidence,
			"parameters/unrestricted_guest");
	/* ept=N implies it: one cause, one finding. */
	set_parameter(&r, "ept", "N");
	must_not(&r, "no-unrestricted-guest");
	must(&r, "no-ept");
	report_free(&r);
}

static void no_shadow_vmcs(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x48b, 0x00003cff00000000);
	assert_contains(must(&r, "no-shadow-vmcs")->evidence, "bit 46");
	report_free(&r);
	haswell(&r, 1);
	set_msr(&r, 0, 0x485, 0x100481e5);
	assert_contains(must(&r, "no-shadow-vmcs")->evidence,
			"IA32_VMX_MISC is 0x00000000100481e5");
	report_free(&r);
	haswell(&r, 1);
	set_parameter(&r, "enable_shadow_vmcs", "N");
	assert_contains(must(&r, "no-shadow-vmcs")->title, "switched off in KVM");
	report_free(&r);
	zen(&r, 1);
	must_not(&r, "no-shadow-vmcs");
	report_free(&r);
}

static void below_functional(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kernel.n_modules = 0;
	set_msr(&r, 0, 0x48b, 0x00007cdd00000000);
	f = must(&r, "below-functional");
	assert_int_equal(f->severity, SEVERITY_DEGRADED);
	assert_contains(f->evidence, "ept (the CPU has none), vpid (the CPU has none)");
	/* Features for good and fast are not needed for functional. */
	set_msr(&r, 0, 0x48b, 0x000000a200000000);
	set_msr(&r, 0, 0x481, 0x16);
	must_not(&r, "below-functional");
	/* Unknown is not absent. */
	drop_msr(&r, 0, 0x48b);
	must_not(&r, "below-functional");
	report_free(&r);
	haswell(&r, 1);
	set_parameter(&r, "vpid", "N");
	assert_contains(must(&r, "below-functional")->evidence, "vpid (KVM's parameter vpid)");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "npt", "N");
	must(&r, "below-functional");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_nx),	  cmocka_unit_test(no_ept),
		cmocka_unit_test(no_npt),	  cmocka_unit_test(no_unrestricted_guest),
		cmocka_unit_test(no_shadow_vmcs), cmocka_unit_test(below_functional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
