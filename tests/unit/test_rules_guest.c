// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about being a guest, and the hypervisor below: facts that fire each, and the nearest facts
 * that must not. Those about one maker's hypervisor are in test_rules_guest_vendor.c.
 */
#include "rules.h"

#include "diagnose/rules.h"
#include "report/render.h"

static void no_signature(struct report *r)
{
	set_hypervisor(r, NULL);
}

/* --- the hypervisor below ------------------------------------------------------------------- */

static void every_row_is_found(void **state)
{
	char name[HYPERVISOR_NAME_MAX];
	char signature[13];
	struct report r;

	(void)state;
	for (size_t i = 0; i < hypervisor_rows.n; i++) {
		const struct hypervisor *h = &hypervisor_rows.rows[i];

		assert_true(h->name && *h->name && h->remedy && *h->remedy);
		assert_true(h->dmi || h->release || h->signatures[0] || h->by_evidence);
		if (h->by_evidence)
			continue; /* test_rules, hypervisor_bit_hidden */
		for (size_t k = 0; k < HYPERVISOR_SIGNATURES && h->signatures[k]; k++) {
			memset(signature, 0, sizeof(signature));
			strncpy(signature, h->signatures[k], 12);
			haswell(&r, 1);
			set_hypervisor(&r, signature);
			assert_true(machine_is_guest(&r, name));
			assert_string_equal(name, h->name);
			drop_vmx(&r);
			assert_contains(must(&r, "hidden-by-hypervisor")->title, h->name);
			report_free(&r);
		}
		haswell(&r, 1);
		no_signature(&r);
		if (h->dmi)
			set_dmi(&r, "bios_version", h->dmi);
		r.facts.kernel.release = h->release;
		if (h->dmi || h->release) {
			assert_true(machine_is_guest(&r, name));
			assert_string_equal(name, h->name);
		}
		report_free(&r);
	}
}

/* What the firmware decides on hardware, the hypervisor below decides for its guest. */
static void no_firmware_to_blame_in_a_guest(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_msr(&r, 0, 0x3a, 1);
	assert_contains(must(&r, "vmx-locked-off")->title, "locked by the firmware");
	set_hypervisor(&r, "KVMKVMKVM\0\0");
	assert_contains(must(&r, "vmx-locked-off")->title, "in this virtual machine");
	report_free(&r);
	zen(&r, 1);
	unloaded(&r);
	set_msr(&r, 0, 0xc0010114, 0x18);
	assert_contains(must(&r, "svm-disabled")->title, "by the firmware");
	set_hypervisor(&r, "KVMKVMKVM\0\0");
	assert_contains(must(&r, "svm-disabled")->title, "in this virtual machine");
	report_free(&r);
}

static void dmi_goes_before_the_signature(void **state)
{
	static const struct {
		const char *key, *value, *signature, *name;
	} machines[] = {
		{ "sys_vendor", "Amazon EC2", "KVMKVMKVM\0\0\0", "Amazon EC2" },
		{ "bios_version", "4.11.amazon", "XenVMMXenVMM", "Amazon EC2 (Xen)" },
		{ "product_name", "OpenStack Nova", "KVMKVMKVM\0\0\0", "OpenStack" },
		{ "bios_vendor", "Proxmox distribution of EDK II", "KVMKVMKVM\0\0\0",
		  "Proxmox VE" },
		{ "sys_vendor", "Alibaba Cloud", "KVMKVMKVM\0\0\0", "Alibaba Cloud" },
		{ "chassis_asset_tag", "OracleCloud.com", "KVMKVMKVM\0\0\0", "Oracle Cloud" },
		{ "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", "Microsoft Hv",
		  "Azure" },
		{ "sys_vendor", "Microsoft Corporation", "Microsoft Hv", "Hyper-V" },
		{ "sys_vendor", "QEMU", "KVMKVMKVM\0\0\0", "KVM" },
	};
	char name[HYPERVISOR_NAME_MAX];
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		haswell(&r, 1);
		set_hypervisor(&r, machines[i].signature);
		set_dmi(&r, machines[i].key, machines[i].value);
		assert_true(machine_is_guest(&r, name));
		assert_string_equal(name, machines[i].name);
		report_free(&r);
	}
}

static void a_signature_nobody_knows_is_told(void **state)
{
	char name[HYPERVISOR_NAME_MAX];
	struct report r;

	(void)state;
	haswell(&r, 1);
	assert_false(machine_is_guest(&r, name));
	/* Without the bit those leaves return the last basic one, which is no known name. */
	set_name(&r, 0, 0x40000000, 0x40000001, "what is this", (const int[3]){ EBX, ECX, EDX });
	assert_false(machine_is_guest(&r, name));
	set_name(&r, 0, 0x40000000, 0x40000001, "KVMKVMKVM\0\0\0", (const int[3]){ EBX, ECX, EDX });
	assert_true(machine_is_guest(&r, name));
	set_hypervisor(&r, "what is this");
	assert_true(machine_is_guest(&r, name));
	assert_string_equal(name, "what is this");
	/* Xen that emulates Hyper-V's interface. */
	set_hypervisor(&r, "Microsoft Hv");
	set_name(&r, 0, 0x40000100, 0x40000104, "XenVMMXenVMM", (const int[3]){ EBX, ECX, EDX });
	assert_true(machine_is_guest(&r, name));
	assert_string_equal(name, "Xen");
	report_free(&r);
	report_init(&r);
	assert_false(machine_is_guest(&r, name));
	add_cpu(&r);
	assert_false(machine_is_guest(&r, name));
	report_free(&r);
}

static void probe_tells_a_guest(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	diagnose(&r);
	render_probe(&t, &r);
	assert_contains(t.s, "guest of KVM");
	text_free(&t);
	report_free(&r);
	haswell(&r, 1);
	diagnose(&r);
	render_probe(&t, &r);
	assert_null(strstr(t.s, "guest of"));
	text_free(&t);
	report_free(&r);
}

static void remedies_by_maker(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	drop_svm(&r);
	set_hypervisor(&r, "Microsoft Hv");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "Server 2022");
	set_dmi(&r, "product_name", "Google Compute Engine");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "AMD machine types cannot");
	report_free(&r);
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "Microsoft Hv");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "Server 2016");
	/* A host's KVM must not offer nesting before its vulnerabilities are fixed. */
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy,
			"update that host's kernel before");
	report_free(&r);
}

/* --- rules ---------------------------------------------------------------------------------- */

static void confidential_sev(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	zen(&r, 1);
	unloaded(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	set_cpuid(&r, 0, 0x8000001f, 0x2, 0, 0, 0);
	set_msr(&r, 0, 0xc0010131, 0x7);
	f = must(&r, "confidential-guest");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_true(f->unsupported);
	assert_contains(f->evidence, "SEV_STATUS is 0x7");
	/* It is the cause of other missing features. */
	assert_null(finding_of(&r, "kvm-needs"));
	drop_svm(&r);
	must(&r, "confidential-guest");
	assert_null(finding_of(&r, "hidden-by-hypervisor"));
	/* Not active; no such register; not a guest. */
	set_msr(&r, 0, 0xc0010131, 0x6);
	must_not(&r, "confidential-guest");
	set_msr(&r, 0, 0xc0010131, 1);
	set_cpuid(&r, 0, 0x8000001f, 0x1, 0, 0, 0);
	must_not(&r, "confidential-guest");
	set_cpuid(&r, 0, 0x8000001f, 0x2, 0, 0, 0);
	refuse_msr(&r, 0, 0xc0010131);
	msr_of(&r, 0, 0xc0010131)->value = 1;
	must_not(&r, "confidential-guest");
	set_msr(&r, 0, 0xc0010131, 1);
	flip_cpuid(&r, 0, 1, ECX, 31);
	drop_cpuid(&r, 0, 0x40000000);
	must_not(&r, "confidential-guest");
	report_free(&r);
}

static void confidential_tdx(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	set_name(&r, 0, 0x21, 0, "IntelTDX    ", (const int[3]){ EBX, EDX, ECX });
	assert_contains(must(&r, "confidential-guest")->evidence, "0x00000021");
	/* The registers in the order of a hypervisor's signature. */
	set_name(&r, 0, 0x21, 0, "IntelTDX    ", (const int[3]){ EBX, ECX, EDX });
	must_not(&r, "confidential-guest");
	set_cpuid(&r, 0, 0x21, 0, 0, 0, 0);
	must_not(&r, "confidential-guest");
	report_free(&r);
}

static void confidential_hyperv(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	drop_svm(&r);
	set_hypervisor(&r, "Microsoft Hv");
	set_cpuid(&r, 0, 0x4000000c, 1, 0x2, 0, 0);
	assert_contains(must(&r, "confidential-guest")->evidence, "SEV-SNP");
	set_cpuid(&r, 0, 0x4000000c, 1, 0xbe3, 0, 0);
	assert_contains(must(&r, "confidential-guest")->evidence, "TDX");
	/* None, and VBS, which is software. */
	set_cpuid(&r, 0, 0x4000000c, 1, 0, 0, 0);
	must_not(&r, "confidential-guest");
	set_cpuid(&r, 0, 0x4000000c, 1, 1, 0, 0);
	must_not(&r, "confidential-guest");
	set_cpuid(&r, 0, 0x4000000c, 1, 2, 0, 0);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "confidential-guest");
	report_free(&r);
}

static void confidential_by_the_log(void **state)
{
	static const struct {
		const char *line;
		bool amd, intel; /* whether it fires on CPUs of that maker */
	} lines[] = {
		{ "kvm_amd: KVM is unsupported when running as an SEV guest", true, false },
		{ "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", true, false },
		{ "Memory Encryption Features active: Intel TDX", false, true },
		{ "AMD Memory Encryption Features active: SEV", true, false },
		{ "Memory Encryption Features active: AMD SME", false, false },
		{ "kvm_amd: SEV enabled (ASIDs 1 - 509)", false, false },
		{ "ccp 0000:22:00.1: SEV API:1.55 build:21", false, false },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(lines) / sizeof(lines[0]); i++) {
		bool amd = i % 2;

		if (amd)
			zen(&r, 1);
		else
			haswell(&r, 1);
		set_log(&r, lines[i / 2].line);
		/* A KVM that runs denies it. */
		must_not(&r, "confidential-guest");
		unloaded(&r);
		if (amd ? lines[i / 2].amd : lines[i / 2].intel)
			assert_contains(must(&r, "confidential-guest")->evidence,
					lines[i / 2].line);
		else
			must_not(&r, "confidential-guest");
		report_free(&r);
	}
}

static void guest_feat_ctl(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 2);
	unloaded(&r);
	set_hypervisor(&r, "VMwareVMware");
	refuse_msr(&r, 0, 0x3a);
	refuse_msr(&r, 1, 0x3a);
	f = must(&r, "guest-feat-ctl");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_false(f->unsupported);
	assert_int_equal(f->n_cpus, 2);
	assert_contains(f->remedy, "VMware");
	assert_null(finding_of(&r, "kvm-needs"));
	/* The hypervisor below is not known. */
	set_hypervisor(&r, "what is this");
	assert_contains(must(&r, "guest-feat-ctl")->remedy, "hypervisor below");
	/* No permission to read MSRs; KVM works; present; not tried; no VMX; hardware. */
	r.facts.msr_access = MSR_ACCESS_EPERM;
	must_not(&r, "guest-feat-ctl");
	r.facts.msr_access = MSR_ACCESS_OK;
	r.facts.kvm.nested_cpuid = TRI_YES;
	must_not(&r, "guest-feat-ctl");
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	set_msr(&r, 0, 0x3a, 5);
	set_msr(&r, 1, 0x3a, 5);
	must_not(&r, "guest-feat-ctl");
	drop_msr(&r, 0, 0x3a);
	drop_msr(&r, 1, 0x3a);
	must_not(&r, "guest-feat-ctl");
	refuse_msr(&r, 0, 0x3a);
	must(&r, "guest-feat-ctl");
	flip_cpuid(&r, 0, 1, ECX, 31);
	must_not(&r, "guest-feat-ctl");
	flip_cpuid(&r, 0, 1, ECX, 31);
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "guest-feat-ctl");
	report_free(&r);
}

static void kvm_needs_names_the_hypervisor(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	/* No HLT exiting. */
	set_msr(&r, 0, 0x482, 0xfff9ff7e0401e172);
	set_hypervisor(&r, "VBoxVBoxVBox");
	assert_contains(must(&r, "kvm-needs")->remedy, "Update VirtualBox");
	set_hypervisor(&r, "what is this");
	assert_contains(must(&r, "kvm-needs")->remedy, "hypervisor below");
	flip_cpuid(&r, 0, 1, ECX, 31);
	assert_contains(must(&r, "kvm-needs")->remedy, "firmware");
	report_free(&r);
}

static void guest_cpu_model(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	r.cpu.brand = "Intel Core Processor (Haswell, no TSX, IBRS)";
	f = must(&r, "guest-cpu-model");
	assert_int_equal(f->severity, SEVERITY_ADVICE);
	assert_contains(f->remedy, "+vmx");
	assert_non_null(finding_of(&r, "hidden-by-hypervisor"));
	r.cpu.brand = "QEMU Virtual CPU version 2.5+";
	must(&r, "guest-cpu-model");
	/* The host's model name, or none; VMX is present; another hypervisor. */
	r.cpu.brand = "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz";
	must_not(&r, "guest-cpu-model");
	r.cpu.brand = NULL;
	must_not(&r, "guest-cpu-model");
	r.cpu.brand = "QEMU Virtual CPU version 2.5+";
	set_hypervisor(&r, "TCGTCGTCGTCG");
	must_not(&r, "guest-cpu-model");
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "guest-cpu-model");
	report_free(&r);
	zen(&r, 1);
	drop_svm(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	r.cpu.brand = "AMD EPYC-Rome Processor";
	assert_contains(must(&r, "guest-cpu-model")->remedy, "+svm");
	/* The user of a cloud has neither QEMU nor libvirt. */
	set_dmi(&r, "sys_vendor", "Hetzner");
	f = must(&r, "guest-cpu-model");
	assert_contains(f->remedy, "Hetzner Cloud chose");
	assert_null(strstr(f->remedy, "libvirt"));
	r.cpu.brand = "AMD EPYC 7B12";
	must_not(&r, "guest-cpu-model");
	report_free(&r);
	assert_contains(finding_explain("guest-cpu-model"), "specified more than once");
	assert_contains(finding_explain("guest-cpu-model"), "required features: svm");
	assert_contains(finding_explain("guest-cpu-model"), "without CPU model");
}

static void emulated_machine(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	r.facts.behaviour = tcg_behaviour;
	set_hypervisor(&r, "TCGTCGTCGTCG");
	assert_int_equal(must(&r, "emulated-machine")->severity, SEVERITY_ADVICE);
	assert_contains(must(&r, "emulated-machine")->evidence, "FSIN");
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "emulated-machine");
	report_free(&r);
	haswell(&r, 1);
	r.facts.behaviour = bochs_behaviour;
	set_dmi(&r, "bios_vendor", "The Bochs Project");
	assert_contains(must(&r, "emulated-machine")->evidence, "counts instructions");
	must_not(&r, "emulator-claimed");
	/* SeaBIOS' tables derive from Bochs', and still have its name for the board. */
	r.facts.firmware.dmi.n = 0;
	set_dmi(&r, "bios_vendor", "SeaBIOS");
	set_dmi(&r, "sys_vendor", "Bochs");
	must_not(&r, "emulated-machine");
	report_free(&r);
	assert_contains(finding_explain("emulated-machine"), "kvm:tcg");
}

/* A name is a claim: on hardware, on the other emulator, and if the behaviour was not recorded. */
static void emulator_claimed(void **state)
{
	const struct behaviour_facts *const others[] = { &hardware_behaviour, &tcg_behaviour };
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "emulator-claimed");
	set_dmi(&r, "bios_vendor", "The Bochs Project");
	for (size_t i = 0; i < 2; i++) {
		r.facts.behaviour = *others[i];
		assert_int_equal(must(&r, "emulator-claimed")->severity, SEVERITY_ADVICE);
		assert_contains(must(&r, "emulator-claimed")->evidence,
				"does not behave like Bochs");
		must_not(&r, "emulated-machine");
	}
	r.facts.behaviour.known = TRI_UNKNOWN;
	assert_contains(must(&r, "emulator-claimed")->evidence, "was not recorded");
	must_not(&r, "emulated-machine");
	report_free(&r);
	zen(&r, 1);
	set_hypervisor(&r, "TCGTCGTCGTCG");
	r.facts.behaviour = hardware_behaviour;
	assert_contains(must(&r, "emulator-claimed")->evidence, "does not behave like QEMU's TCG");
	/* Behaviour without a name is neither: the tests' rows with unknown = true. */
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	r.facts.behaviour = tcg_behaviour;
	must_not(&r, "emulator-claimed");
	must_not(&r, "emulated-machine");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found),
		cmocka_unit_test(no_firmware_to_blame_in_a_guest),
		cmocka_unit_test(dmi_goes_before_the_signature),
		cmocka_unit_test(a_signature_nobody_knows_is_told),
		cmocka_unit_test(probe_tells_a_guest),
		cmocka_unit_test(remedies_by_maker),
		cmocka_unit_test(confidential_sev),
		cmocka_unit_test(confidential_tdx),
		cmocka_unit_test(confidential_hyperv),
		cmocka_unit_test(confidential_by_the_log),
		cmocka_unit_test(guest_feat_ctl),
		cmocka_unit_test(kvm_needs_names_the_hypervisor),
		cmocka_unit_test(guest_cpu_model),
		cmocka_unit_test(emulated_machine),
		cmocka_unit_test(emulator_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
