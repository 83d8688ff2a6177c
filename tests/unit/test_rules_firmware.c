// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the firmware's switch: facts that fire each, and the nearest facts that must not.
 */
#include "rules.h"

/* A user without root on a machine with it off: no register, but Linux's flag. */
static void off_by_linux(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 2);
	unloaded(&r);
	for (size_t i = 0; i < 2; i++)
		drop_msr(&r, i, 0x3a);
	must_not(&r, "vmx-locked-off");
	r.facts.kernel.virt_flag = TRI_YES;
	must_not(&r, "vmx-locked-off");
	r.facts.kernel.virt_flag = TRI_NO;
	assert_contains(must(&r, "vmx-locked-off")->evidence, "/proc/cpuinfo has no vmx flag");
	assert_null(finding_of(&r, "kvm-device-missing"));
	r.facts.kernel.clocksource = "xen";
	must_not(&r, "vmx-locked-off");
	r.facts.kernel.clocksource = "tsc";
	kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "absent");
	must_not(&r, "vmx-locked-off");
	r.facts.kernel.module_files.n = 0;
	must(&r, "vmx-locked-off");
	r.facts.kernel.cmdline = "clearcpuid=vmx";
	must_not(&r, "vmx-locked-off");
	set_log(&r, "x86/cpu: VMX (outside TXT) disabled by BIOS");
	assert_contains(must(&r, "vmx-locked-off")->evidence, "disabled by BIOS");
	/* The register overrides it. */
	set_msr(&r, 0, 0x3a, 5);
	must_not(&r, "vmx-locked-off");
	must_not(&r, "vmx-txt-only");
	/* Under tboot it is the other bit that counts. */
	set_log(&r, "x86/cpu: VMX (inside TXT) disabled by BIOS");
	assert_contains(must(&r, "vmx-txt-only")->remedy, "boot without tboot");
	assert_null(finding_of(&r, "vmx-locked-off"));
	r.facts.kvm.nested_cpuid = TRI_NO;
	must_not(&r, "vmx-txt-only");
	report_free(&r);
	zen(&r, 1);
	unloaded(&r);
	drop_msr(&r, 0, 0xc0010114);
	must_not(&r, "svm-disabled");
	r.facts.kernel.virt_flag = TRI_NO;
	assert_contains(must(&r, "svm-disabled")->evidence, "/proc/cpuinfo has no svm flag");
	set_log(&r, "x86/cpu: SVM disabled (by BIOS) in MSR_VM_CR");
	assert_contains(must(&r, "svm-disabled")->evidence, "kernel log: x86/cpu: SVM");
	r.facts.kernel.virt_flag = TRI_YES;
	r.facts.kernel.log.n = 0;
	must_not(&r, "svm-disabled");
	set_log(&r, "kvm: support for 'kvm_amd' disabled by bios");
	assert_contains(must(&r, "svm-disabled")->evidence, "kernel log: kvm: support for");
	report_free(&r);
}

static void vmx_locked_off(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 4);
	unloaded(&r);
	set_msr(&r, 2, 0x3a, 1);
	f = must(&r, "vmx-locked-off");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_false(f->unsupported);
	assert_int_equal(f->n_cpus, 1);
	assert_int_equal(f->cpus[0], 2);
	assert_contains(f->evidence, "IA32_FEATURE_CONTROL is 0x1:");
	set_msr(&r, 2, 0x3a, 0xff01);
	must(&r, "vmx-locked-off");
	/* Unlocked, on, or only inside TXT: not this finding. */
	set_msr(&r, 2, 0x3a, 0);
	must_not(&r, "vmx-locked-off");
	set_msr(&r, 2, 0x3a, 5);
	must_not(&r, "vmx-locked-off");
	set_msr(&r, 2, 0x3a, 3);
	must_not(&r, "vmx-locked-off");
	refuse_msr(&r, 2, 0x3a);
	must_not(&r, "vmx-locked-off");
	/* Not Intel's CPU, not Intel's register. */
	set_msr(&r, 2, 0x3a, 1);
	set_vendor(&r, 0, "AuthenticAMD");
	must_not(&r, "vmx-locked-off");
	report_free(&r);
	/* Without VMX there is nothing to lock. */
	haswell(&r, 1);
	unloaded(&r);
	set_msr(&r, 0, 0x3a, 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "vmx-locked-off");
	report_free(&r);
}

static void vmx_locked_off_in_a_guest(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_msr(&r, 0, 0x3a, 1);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_contains(must(&r, "vmx-locked-off")->remedy, "virtual machine");
	report_free(&r);
}

static void vmx_txt_only(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 2);
	unloaded(&r);
	set_msr(&r, 0, 0x3a, 3);
	set_msr(&r, 1, 0x3a, 3);
	f = must(&r, "vmx-txt-only");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_int_equal(f->n_cpus, 2);
	assert_contains(f->evidence, "0x3:");
	/* Enabled inside and outside; not locked; KVM runs, so tboot enabled it. */
	for (uint64_t v = 0; v < 8; v++) {
		set_msr(&r, 0, 0x3a, v);
		set_msr(&r, 1, 0x3a, v);
		if (v != 3)
			must_not(&r, "vmx-txt-only");
	}
	set_msr(&r, 0, 0x3a, 3);
	r.facts.kvm.nested_cpuid = TRI_YES;
	must_not(&r, "vmx-txt-only");
	report_free(&r);
}

static void vmx_unlocked(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.replayed = true;
	set_msr(&r, 0, 0x3a, 0);
	assert_int_equal(must(&r, "vmx-unlocked")->severity, SEVERITY_ADVICE);
	assert_contains(must(&r, "vmx-unlocked")->remedy, "Update the firmware");
	/* No update of a Mac's firmware changes it. */
	set_dmi(&r, "sys_vendor", "Apple Inc.");
	assert_contains(must(&r, "vmx-unlocked")->remedy, "enable_and_lock_vmx");
	assert_null(strstr(must(&r, "vmx-unlocked")->remedy, "Update"));
	set_msr(&r, 0, 0x3a, 1);
	unloaded(&r);
	assert_contains(must(&r, "vmx-locked-off")->remedy, "enable_and_lock_vmx");
	assert_null(strstr(must(&r, "vmx-locked-off")->remedy, "In the firmware setup"));
	set_msr(&r, 0, 0x3a, 0);
	/* Our own kernel locks it: on a live machine this cannot be true. */
	r.replayed = false;
	must_not(&r, "vmx-unlocked");
	r.replayed = true;
	set_msr(&r, 0, 0x3a, 1);
	must_not(&r, "vmx-unlocked");
	set_msr(&r, 0, 0x3a, 0);
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "vmx-unlocked");
	report_free(&r);
}

static void svm_disabled(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	zen(&r, 2);
	set_msr(&r, 1, 0xc0010114, 0x18);
	f = must(&r, "svm-disabled");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_false(f->unsupported);
	assert_int_equal(f->n_cpus, 1);
	assert_int_equal(f->cpus[0], 1);
	assert_contains(f->remedy, "locked");
	set_msr(&r, 1, 0xc0010114, 0x10);
	assert_contains(must(&r, "svm-disabled")->remedy, "not locked");
	set_msr(&r, 1, 0xc0010114, 0x0f);
	must_not(&r, "svm-disabled");
	set_msr(&r, 1, 0xc0010114, 0x18);
	set_vendor(&r, 0, "GenuineIntel");
	must_not(&r, "svm-disabled");
	set_vendor(&r, 0, "HygonGenuine");
	must(&r, "svm-disabled");
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	must_not(&r, "svm-disabled");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_by_linux),
		cmocka_unit_test(vmx_locked_off),
		cmocka_unit_test(vmx_locked_off_in_a_guest),
		cmocka_unit_test(vmx_txt_only),
		cmocka_unit_test(vmx_unlocked),
		cmocka_unit_test(svm_disabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
