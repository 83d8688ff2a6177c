// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about one maker's hypervisor: facts that fire each, and the nearest facts that must not.
 */
#include "rules.h"

static void virtualbox_no_ept(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	set_dmi(&r, "product_name", "VirtualBox");
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	assert_int_equal(must(&r, "virtualbox-no-ept")->severity, SEVERITY_DEGRADED);
	/* Reported once. */
	assert_null(finding_of(&r, "no-ept"));
	set_msr(&r, 0, 0x48b, 0x00007cff00000000);
	must_not(&r, "virtualbox-no-ept");
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	r.facts.firmware.dmi.n = 0;
	must_not(&r, "virtualbox-no-ept");
	must(&r, "no-ept");
	set_dmi(&r, "product_name", "VirtualBox");
	drop_msr(&r, 0, 0x48b);
	must_not(&r, "virtualbox-no-ept");
	report_free(&r);
}

static void xen_nested(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_hypervisor(&r, "XenVMMXenVMM");
	assert_int_equal(must(&r, "xen-nested")->severity, SEVERITY_DEGRADED);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "xen-nested");
	set_hypervisor(&r, "XenVMMXenVMM");
	drop_vmx(&r);
	must_not(&r, "xen-nested");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "experimental");
	report_free(&r);
}

static void vmware_preemption_timer(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_hypervisor(&r, "VMwareVMware");
	assert_int_equal(must(&r, "vmware-preemption-timer")->severity, SEVERITY_ADVICE);
	set_parameter(&r, "preemption_timer", "N");
	must_not(&r, "vmware-preemption-timer");
	set_parameter(&r, "preemption_timer", "Y");
	must(&r, "vmware-preemption-timer");
	/* L2 was tried and runs. */
	*arena_push(&r.arena, &r.selftest.cases, &r.selftest.n_cases) =
		(struct case_outcome){ .name = "vmx_entry", .result = CASE_PASS };
	r.selftest.nested_run = 1;
	must_not(&r, "vmware-preemption-timer");
	r.selftest.cases[0].result = CASE_FAIL;
	must(&r, "vmware-preemption-timer");
	set_msr(&r, 0, 0x481, 0x0000003f00000016);
	must_not(&r, "vmware-preemption-timer");
	set_msr(&r, 0, 0x481, 0x0000007f00000016);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "vmware-preemption-timer");
	report_free(&r);
	zen(&r, 1);
	set_hypervisor(&r, "VMwareVMware");
	must_not(&r, "vmware-preemption-timer");
	report_free(&r);
}

static void hyperv_evmcs(void **state)
{
	static const char line[] = "KVM: accessing unsupported EVMCS field 2032";
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_hypervisor(&r, "Microsoft Hv");
	set_cpuid(&r, 0, 0x40000004, 0x4000, 0, 0, 0);
	set_cpuid(&r, 0, 0x4000000a, 0x80101, 0, 0, 0);
	assert_int_equal(must(&r, "hyperv-evmcs")->severity, SEVERITY_ADVICE);
	set_parameter(&r, "enlightened_vmcs", "N");
	must_not(&r, "hyperv-evmcs");
	set_parameter(&r, "enlightened_vmcs", "Y");
	must(&r, "hyperv-evmcs");
	/* Not recommended; no version of it; KVM that shows Hyper-V's leaves. */
	set_cpuid(&r, 0, 0x40000004, 0xffffbfff, 0, 0, 0);
	must_not(&r, "hyperv-evmcs");
	set_cpuid(&r, 0, 0x40000004, 0x4000, 0, 0, 0);
	set_cpuid(&r, 0, 0x4000000a, 0x80000, 0, 0, 0);
	must_not(&r, "hyperv-evmcs");
	set_cpuid(&r, 0, 0x4000000a, 0x80101, 0, 0, 0);
	set_name(&r, 0, 0x40000100, 0x40000101, "KVMKVMKVM\0\0\0", (const int[3]){ EBX, ECX, EDX });
	must_not(&r, "hyperv-evmcs");
	/* The log counts everywhere. */
	set_log(&r, line);
	assert_int_equal(must(&r, "hyperv-evmcs")->severity, SEVERITY_DEGRADED);
	assert_contains(finding_of(&r, "hyperv-evmcs")->evidence, line);
	report_free(&r);
	haswell(&r, 1);
	set_hypervisor(&r, "Microsoft Hv");
	set_log(&r, "kvm_intel: Using Hyper-V Enlightened VMCS");
	must_not(&r, "hyperv-evmcs");
	report_free(&r);
}

static void hyperv_smm_firmware(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	set_hypervisor(&r, "Microsoft Hv");
	assert_int_equal(must(&r, "hyperv-smm-firmware")->severity, SEVERITY_ADVICE);
	drop_svm(&r);
	must_not(&r, "hyperv-smm-firmware");
	report_free(&r);
	zen(&r, 1);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "hyperv-smm-firmware");
	report_free(&r);
	haswell(&r, 1);
	set_hypervisor(&r, "Microsoft Hv");
	must_not(&r, "hyperv-smm-firmware");
	report_free(&r);
}

static void azure_security_type(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "Microsoft Hv");
	set_dmi(&r, "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77");
	r.facts.firmware.secure_boot = TRI_YES;
	assert_int_equal(must(&r, "azure-security-type")->severity, SEVERITY_ADVICE);
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "security type Standard");
	r.facts.firmware.secure_boot = TRI_NO;
	must_not(&r, "azure-security-type");
	r.facts.firmware.secure_boot = TRI_UNKNOWN;
	must_not(&r, "azure-security-type");
	r.facts.firmware.secure_boot = TRI_YES;
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "azure-security-type");
	flip_cpuid(&r, 0, 1, ECX, 5);
	set_cpuid(&r, 0, 0x4000000c, 1, 3, 0, 0);
	must_not(&r, "azure-security-type");
	set_cpuid(&r, 0, 0x4000000c, 1, 0, 0, 0);
	r.facts.firmware.dmi.n = 0;
	must_not(&r, "azure-security-type");
	report_free(&r);
}

static void ec2_instance_type(void **state)
{
	static const struct {
		const char *type;
		bool nests;
	} types[] = {
		{ "m5.large", false },	      { "c8i.xlarge", true }, { "m8i-flex.large", true },
		{ "r8i.96xlarge", true },     { "c8a.large", false }, { "m8id.large", true },
		{ "c8i-other.large", false },
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		haswell(&r, 1);
		drop_vmx(&r);
		set_hypervisor(&r, "KVMKVMKVM\0\0\0");
		set_dmi(&r, "sys_vendor", "Amazon EC2");
		set_dmi(&r, "product_name", types[i].type);
		f = must(&r, "aws-instance-type");
		assert_contains(f->evidence, types[i].type);
		assert_contains(f->title, types[i].nests ? "can nest" : "not among");
		assert_contains(f->remedy, types[i].nests ? "modify-instance-cpu-options" : "type");
		flip_cpuid(&r, 0, 1, ECX, 5);
		must_not(&r, "aws-instance-type");
		report_free(&r);
	}
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	set_dmi(&r, "sys_vendor", "Amazon EC2");
	must_not(&r, "aws-instance-type");
	set_dmi(&r, "product_name", "HVM domU");
	must_not(&r, "aws-instance-type");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtualbox_no_ept),	   cmocka_unit_test(xen_nested),
		cmocka_unit_test(vmware_preemption_timer), cmocka_unit_test(hyperv_evmcs),
		cmocka_unit_test(hyperv_smm_firmware),	   cmocka_unit_test(azure_security_type),
		cmocka_unit_test(ec2_instance_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
