// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grade of a PASS: by KVM's parameters and by the hardware (design.md, "Verdict").
 */
#include "machine.h"

#include "diagnose/diagnose.h"

static const struct {
	const char *parameter;
	enum grade without;
} intel[] = {
	{ "ept", GRADE_NONE },
	{ "vpid", GRADE_NONE },
	{ "unrestricted_guest", GRADE_NONE },
	{ "eptad", GRADE_FUNCTIONAL },
	{ "preemption_timer", GRADE_FUNCTIONAL },
	{ "vnmi", GRADE_FUNCTIONAL },
	{ "enable_shadow_vmcs", GRADE_GOOD },
}, amd[] = {
	{ "npt", GRADE_NONE },
	{ "nrips", GRADE_FUNCTIONAL },
	{ "vgif", GRADE_GOOD },
	{ "vls", GRADE_GOOD },
};

static enum grade graded(struct report *r)
{
	decode_caps(r);
	return grade_of(r);
}

static void grade_by_parameters(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	assert_int_equal(graded(&r), GRADE_FAST);
	for (size_t i = 0; i < sizeof(intel) / sizeof(intel[0]); i++) {
		set_parameter(&r, intel[i].parameter, "N");
		assert_int_equal(graded(&r), intel[i].without);
		/* The value read back after load overrides the recorded one. */
		kv_add(&r.arena, &r.kvm.parameters, intel[i].parameter, "Y");
		assert_int_equal(graded(&r), GRADE_FAST);
		set_parameter(&r, intel[i].parameter, "Y");
		r.kvm.parameters.n = 0;
	}
	report_free(&r);
	zen(&r, 1);
	assert_int_equal(graded(&r), GRADE_FAST);
	for (size_t i = 0; i < sizeof(amd) / sizeof(amd[0]); i++) {
		set_parameter(&r, amd[i].parameter, "0");
		assert_int_equal(graded(&r), amd[i].without);
		set_parameter(&r, amd[i].parameter, "1");
	}
	/* KVM has no parameter for these: the hardware decides. */
	for (unsigned int bit = 5; bit <= 6; bit++) {
		flip_cpuid(&r, 0, 0x8000000a, EDX, bit);
		assert_int_equal(graded(&r), GRADE_FUNCTIONAL);
		flip_cpuid(&r, 0, 0x8000000a, EDX, bit);
	}
	report_free(&r);
}

static void grade_by_hardware(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kernel.n_modules = 0;
	assert_int_equal(graded(&r), GRADE_FAST);
	set_msr(&r, 0, 0x485, 0);
	assert_int_equal(graded(&r), GRADE_GOOD);
	set_msr(&r, 0, 0x481, 0x3f00000016);
	assert_int_equal(graded(&r), GRADE_FUNCTIONAL);
	/* Unknown does not raise the grade. */
	drop_msr(&r, 0, 0x48b);
	assert_int_equal(graded(&r), GRADE_NONE);
	report_free(&r);
	report_init(&r);
	assert_int_equal(graded(&r), GRADE_NONE);
	report_free(&r);
}

/* A value that is neither yes nor no does not decide. */
static void odd_parameter_values(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_parameter(&r, "enable_shadow_vmcs", "maybe");
	assert_int_equal(kvm_parameter(&r, "enable_shadow_vmcs"), TRI_UNKNOWN);
	assert_int_equal(graded(&r), GRADE_FAST);
	set_parameter(&r, "enable_shadow_vmcs", "");
	assert_int_equal(kvm_parameter(&r, "enable_shadow_vmcs"), TRI_UNKNOWN);
	set_parameter(&r, "enable_shadow_vmcs", "2");
	assert_int_equal(kvm_parameter(&r, "enable_shadow_vmcs"), TRI_YES);
	set_parameter(&r, "enable_shadow_vmcs", "n");
	assert_int_equal(kvm_parameter(&r, "enable_shadow_vmcs"), TRI_NO);
	assert_int_equal(kvm_parameter(&r, "no_such_parameter"), TRI_UNKNOWN);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grade_by_parameters),
		cmocka_unit_test(grade_by_hardware),
		cmocka_unit_test(odd_parameter_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
