// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules: facts that must not fire any, hidden virtualization, the catalogue. Each has a test in
 * one of test_rules_*.c: facts that fire it, and the nearest facts that must not.
 */
#include "rules.h"

static void healthy_machines_have_no_findings(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 4);
	nothing(&r);
	report_free(&r);
	zen(&r, 4);
	nothing(&r);
	report_free(&r);
}

static void nothing_recorded_is_nothing_found(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	nothing(&r);
	add_cpu(&r);
	nothing(&r);
	set_vendor(&r, 0, "GenuineIntel");
	nothing(&r);
	set_vendor(&r, 0, "AuthenticAMD");
	nothing(&r);
	report_free(&r);
}

/* Removes each register or leaf of a healthy machine in turn: no finding because it is missing. */
static void no_rule_fires_on_what_is_missing(void **state)
{
	struct report r;
	size_t n_msr, n_cpuid;

	(void)state;
	for (int amd = 0; amd < 2; amd++) {
		(amd ? zen : haswell)(&r, 1);
		n_msr = r.facts.cpus[0].n_msr;
		n_cpuid = r.facts.cpus[0].n_cpuid;
		report_free(&r);
		for (size_t i = 0; i < n_msr + n_cpuid; i++) {
			(amd ? zen : haswell)(&r, 1);
			if (i < n_msr)
				drop_msr(&r, 0, r.facts.cpus[0].msr[i].index);
			else
				drop_cpuid(&r, 0, r.facts.cpus[0].cpuid[i - n_msr].leaf);
			nothing(&r);
			report_free(&r);
		}
	}
}

static void no_virtualization(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	f = must(&r, "no-virtualization");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_true(f->unsupported);
	assert_contains(f->evidence, "CPUID 0x00000001 ECX is 0x7ffafbdf");
	/* The other vendor's bit does not count as virtualization. */
	assert_contains(f->title, "no hardware virtualization");
	leaf_of(&r, 0, 0x80000001)->ecx |= 1 << 2;
	f = must(&r, "no-virtualization");
	assert_contains(f->title, "has SVM, which Linux does not use");
	assert_contains(f->evidence, "bit 2 (SVM) is 1");
	/* A hypervisor may hide it: that is another finding. */
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "no-virtualization");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy,
			"do not change the CPU's vendor id");
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "KVM below");
	report_free(&r);
	zen(&r, 1);
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	f = must(&r, "no-virtualization");
	assert_contains(f->title, "no hardware virtualization");
	assert_contains(f->evidence, "0x80000001 ECX is 0x35c233fb: bit 2 (SVM) is 0");
	flip_cpuid(&r, 0, 1, ECX, 5);
	assert_contains(must(&r, "no-virtualization")->title, "has VMX, which Linux does not use");
	flip_cpuid(&r, 0, 1, ECX, 5);
	assert_contains(must(&r, "no-virtualization")->title, "This CPU has no");
	/* If it is not known whether this is a guest, the CPU is not blamed. */
	drop_cpuid(&r, 0, 1);
	f = must(&r, "no-virtualization");
	assert_contains(f->title, "This machine's CPU offers no");
	assert_contains(f->evidence, "CPUID 0x00000001 was not recorded");
	assert_contains(f->remedy, "If this is a virtual machine");
	/* Not recorded is not absent. */
	drop_cpuid(&r, 0, 0x80000001);
	must_not(&r, "no-virtualization");
	/* Past the range's maximum it is. */
	set_cpuid(&r, 0, 0x80000000, 0x80000000, 0, 0, 0);
	assert_contains(must(&r, "no-virtualization")->evidence, "0x80000001 is not there");
	report_free(&r);
}

static void no_kvm_for_other_vendors(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_vendor(&r, 0, "Vortex86 SoC");
	assert_contains(must(&r, "no-virtualization")->title, "no KVM for this maker");
	set_vendor(&r, 0, "CentaurHauls");
	must_not(&r, "no-virtualization");
	report_free(&r);
}

static void hidden_by_hypervisor(void **state)
{
	static const struct {
		const char *signature, *dmi, *release, *name, *remedy;
	} below[] = {
		{ "KVMKVMKVM\0\0\0", NULL, NULL, "KVM ", "-cpu host" },
		{ "TCGTCGTCGTCG", NULL, NULL, "TCG", "-cpu max" },
		{ "VMwareVMware", NULL, NULL, "VMware", "vhv.enable = \"TRUE\"" },
		{ "VBoxVBoxVBox", NULL, NULL, "VirtualBox", "--nested-hw-virt on" },
		{ "KVMKVMKVM\0\0\0", "VirtualBox", NULL, "VirtualBox", "--nested-hw-virt on" },
		{ "Microsoft Hv", NULL, NULL, "Hyper-V", "-ExposeVirtualizationExtensions $true" },
		{ "Microsoft Hv", NULL, "6.6.36.3-microsoft-standard-WSL2", "WSL2", ".wslconfig" },
		{ "Microsoft Hv", NULL, "4.19.128-microsoft-standard", "WSL2", ".wslconfig" },
		{ "Microsoft Hv", NULL, "5.15.83", "Hyper-V", "If this is WSL2" },
		{ "KVMKVMKVM\0\0\0", "CloudStack KVM Hypervisor", NULL, "CloudStack",
		  "guest.cpu.mode=host-passthrough" },
		{ "KVMKVMKVM\0\0\0", "crosvm", NULL, "crosvm", "On ChromeOS" },
		{ "XenVMMXenVMM", NULL, NULL, "Xen", "another hypervisor" },
		{ "KVMKVMKVM\0\0\0", "Amazon EC2", NULL, "Amazon EC2", ".metal" },
		{ "KVMKVMKVM\0\0\0", "Google Compute Engine", NULL, "Google", "enable-nested" },
		{ "what is this", NULL, NULL, "The hypervisor below", "hypervisor that runs it" },
		{ NULL, NULL, NULL, "The hypervisor below", "hypervisor that runs it" },
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		haswell(&r, 1);
		flip_cpuid(&r, 0, 1, ECX, 5);
		set_hypervisor(&r, below[i].signature);
		r.facts.kernel.release = below[i].release;
		if (below[i].dmi)
			set_dmi(&r, "product_name", below[i].dmi);
		f = must(&r, "hidden-by-hypervisor");
		assert_true(f->unsupported);
		assert_contains(f->title, below[i].name);
		assert_contains(f->remedy, below[i].remedy);
		assert_contains(f->evidence, "bit 31 (hypervisor) is 1");
		/* Passed through: nothing is hidden, whatever is below. */
		flip_cpuid(&r, 0, 1, ECX, 5);
		must_not(&r, "hidden-by-hypervisor");
		report_free(&r);
	}
}

/* With DMI it is an ordinary virtual machine of Hyper-V, not WSL2's. */
static void hyperv_with_dmi(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	set_hypervisor(&r, "Microsoft Hv");
	set_dmi(&r, "sys_vendor", "Microsoft Corporation");
	assert_null(strstr(must(&r, "hidden-by-hypervisor")->remedy, "WSL2"));
	report_free(&r);
}

/* The hypervisor bit is 0, and something else says that this is a virtual machine, or does not. */
static void hypervisor_bit_hidden(void **state)
{
	static const struct {
		const char *key, *value, *name; /* name: NULL if it is none */
	} dmi[] = {
		{ "product_name", "VirtualBox", "VirtualBox" },
		{ "sys_vendor", "QEMU", "QEMU" },
		{ "product_name", "Standard PC (Q35 + ICH9, 2009)", "QEMU" },
		{ "bios_vendor", "EFI Development Kit II / OVMF", "QEMU" },
		{ "bios_vendor", "Proxmox distribution of EDK II", "Proxmox VE" },
		{ "sys_vendor", "VMware, Inc.", "VMware" },
		{ "product_name", "HVM domU", "Xen" },
		{ "product_name", "OpenStack Nova", "OpenStack" },
		{ "product_name", "Droplet", "DigitalOcean" },
		/* Clouds name themselves on bare metal, too; and makers of computers. */
		{ "sys_vendor", "Amazon EC2", NULL },
		{ "sys_vendor", "Google", NULL },
		{ "chassis_asset_tag", "OracleCloud.com", NULL },
		{ "sys_vendor", "Alibaba Cloud", NULL },
		{ "sys_vendor", "Microsoft Corporation", NULL }, /* Surface */
		{ "sys_vendor", "Dell Inc.", NULL },
		{ "bios_vendor", "coreboot", NULL },
	};
	static const struct {
		const char *oem, *pci, *log, *name;
	} other[] = {
		{ "FIRECK", NULL, NULL, "Firecracker" },
		{ "BOCHS", NULL, NULL, "QEMU" },
		{ NULL, "1b36", NULL, "QEMU" },
		{ NULL, "15ad", NULL, "VMware" },
		{ NULL, "1af4", NULL, "a microVM" },
		{ NULL, "virtio", NULL, "a microVM" },
		{ NULL, NULL, "Hypervisor detected: KVM", "The hypervisor" },
		{ NULL, "1234", NULL, NULL },
		{ NULL, NULL, "Booting paravirtualized kernel on bare hardware", NULL },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(dmi) / sizeof(dmi[0]); i++) {
		haswell(&r, 1);
		drop_vmx(&r);
		set_dmi(&r, dmi[i].key, dmi[i].value);
		if (dmi[i].name) {
			assert_contains(must(&r, "hidden-by-hypervisor")->title, dmi[i].name);
			assert_contains(must(&r, "hidden-by-hypervisor")->evidence, dmi[i].value);
			must_not(&r, "no-virtualization");
		} else {
			must(&r, "no-virtualization");
		}
		report_free(&r);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		haswell(&r, 1);
		drop_vmx(&r);
		if (other[i].oem)
			strings_add(&r.arena, &r.facts.firmware.acpi_oem, other[i].oem);
		if (other[i].pci)
			strings_add(&r.arena, &r.facts.firmware.pci, other[i].pci);
		if (other[i].log)
			set_log(&r, other[i].log);
		if (other[i].name)
			assert_contains(must(&r, "hidden-by-hypervisor")->title, other[i].name);
		else
			must(&r, "no-virtualization");
		report_free(&r);
	}
	/* KVM's signature, and what says which program uses it. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "KVM below");
	strings_add(&r.arena, &r.facts.firmware.pci, "virtio");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "krun_set_nested_virt");
	strings_add(&r.arena, &r.facts.firmware.acpi_oem, "FIRECK");
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "Firecracker");
	set_dmi(&r, "sys_vendor", "QEMU");
	r.facts.firmware.acpi_oem.n = 0;
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "KVM below");
	report_free(&r);
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	set_dmi(&r, "sys_vendor", "Hetzner");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "No type of");
	report_free(&r);
	/* Xen's dom0, and a guest of it. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "XenVMMXenVMM");
	set_dmi(&r, "sys_vendor", "LENOVO");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "without Xen");
	r.facts.firmware.dmi.kv[0].value = "Xen";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "experimental");
	report_free(&r);
	/* A network card with virtio on a computer of a known maker. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_dmi(&r, "sys_vendor", "Dell Inc.");
	strings_add(&r.arena, &r.facts.firmware.pci, "1af4");
	must(&r, "no-virtualization");
	report_free(&r);
	/* An EC2 type that is a virtual machine. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_dmi(&r, "sys_vendor", "Amazon EC2");
	set_dmi(&r, "product_name", "m5.large");
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "Amazon EC2");
	r.facts.firmware.dmi.kv[1].value = "m5.metal";
	must(&r, "no-virtualization");
	report_free(&r);
}

static void hidden_svm_has_its_own_remedy(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "+svm");
	/* Hyper-V's leaves before KVM's. */
	set_name(&r, 0, 0x40000000, 0x40000005, "Microsoft Hv", (const int[3]){ EBX, ECX, EDX });
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "Hyper-V");
	set_name(&r, 0, 0x40000100, 0x40000101, "KVMKVMKVM\0\0\0", (const int[3]){ EBX, ECX, EDX });
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "KVM");
	report_free(&r);
}

static struct case_outcome *add_case(struct report *r, const char *name, enum case_result result)
{
	struct case_outcome *c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);

	r->selftest.ran = true;
	c->name = name;
	c->result = result;
	c->entries = 3;
	c->nested_run = 3;
	return c;
}

static void selftest_failed(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	add_case(&r, "vmx_cpuid", CASE_PASS);
	add_case(&r, "vmx_pml", CASE_SKIP)->nested_run = 0;
	add_case(&r, "vmx_vmfunc", CASE_XFAIL)->nested_run = 0;
	must_not(&r, "selftest-failed");
	add_case(&r, "vmx_hlt", CASE_FAIL)->detail = "exit reason 2, wanted 12";
	assert_int_equal(must(&r, "selftest-failed")->severity, SEVERITY_BLOCKER);
	assert_contains(finding_of(&r, "selftest-failed")->evidence,
			"vmx_hlt: exit reason 2, wanted 12");
	r.selftest.cases[3].unproven = true;
	must_not(&r, "selftest-failed");
	/* Reported as passed, but KVM counted fewer entries. */
	r.selftest.cases[0].nested_run = 2;
	assert_contains(must(&r, "selftest-failed")->evidence,
			"vmx_cpuid: KVM counted 2 entries into L2");
	report_free(&r);
}

static void case_unproven(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	add_case(&r, "vmx_ept_5level", CASE_FAIL)->unproven = true;
	assert_int_equal(must(&r, "case-unproven")->severity, SEVERITY_DEGRADED);
	r.selftest.cases[0].result = CASE_SKIP;
	must_not(&r, "case-unproven");
	r.selftest.cases[0].result = CASE_FAIL;
	r.selftest.cases[0].unproven = false;
	must_not(&r, "case-unproven");
	report_free(&r);
}

static void kernel_warned(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.selftest.taint_known = TRI_YES;
	r.selftest.taint_before = 512;
	r.selftest.taint_after = 512;
	must_not(&r, "kernel-warned");
	r.selftest.taint_after = 640;
	assert_contains(must(&r, "kernel-warned")->evidence, "was 512 before and is 640 after");
	r.selftest.taint_known = TRI_UNKNOWN;
	must_not(&r, "kernel-warned");
	/* By the log, whatever the taint; the self-test's own end names the case. */
	r.selftest.taint_known = TRI_YES;
	r.selftest.taint_after = 512;
	r.selftest.warned = "this machine's kernel says: WARNING: x";
	assert_string_equal(must(&r, "kernel-warned")->evidence, r.selftest.warned);
	r.selftest.error = "no VM for L1";
	assert_string_equal(must(&r, "kernel-warned")->evidence, r.selftest.warned);
	r.selftest.error = "stopped after svm_hlt: this machine's kernel says: WARNING: x";
	assert_string_equal(must(&r, "kernel-warned")->evidence, r.selftest.error);
	report_free(&r);
}

static void warnings_unseen(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.selftest.taint_known = TRI_YES;
	r.selftest.taint_before = r.selftest.taint_after = 512;
	must_not(&r, "warnings-unseen");
	r.selftest.log_unread = true;
	assert_int_equal(must(&r, "warnings-unseen")->severity, SEVERITY_ADVICE);
	/* Of a module that is not from the kernel's tree: the next warning changes it. */
	r.selftest.taint_before = r.selftest.taint_after = 1 << 12;
	must_not(&r, "warnings-unseen");
	report_free(&r);
}

static void image_modified(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "image-modified");
	strings_add(&r.arena, &r.modified, "/bin/nestcheck");
	strings_add(&r.arena, &r.modified, "/lib/modules/kvm.ko");
	assert_string_equal(must(&r, "image-modified")->evidence,
			    "/bin/nestcheck, /lib/modules/kvm.ko");
	report_free(&r);
}

static void blockers_come_first(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	strings_add(&r.arena, &r.param_problems, "x");
	set_msr(&r, 0, 0x48b, 0x00003cff00000000);
	add_case(&r, "vmx_hlt", CASE_FAIL);
	diagnose(&r);
	for (size_t i = 1; i < r.n_findings; i++)
		assert_true(r.findings[i - 1].severity <= r.findings[i].severity);
	assert_int_equal(r.findings[0].severity, SEVERITY_BLOCKER);
	assert_int_equal(r.findings[r.n_findings - 1].severity, SEVERITY_ADVICE);
	/* Diagnosing twice does not duplicate findings. */
	size_t n = r.n_findings;

	diagnose(&r);
	assert_int_equal(r.n_findings, n);
	report_free(&r);
}

static void catalogue(void **state)
{
	struct catalogue_entry e, other;
	size_t n;

	(void)state;
	for (n = 0; catalogue_at(n, &e); n++) {
		assert_true(e.title && *e.title);
		assert_int_not_equal(e.severity, SEVERITY_NONE);
		assert_non_null(finding_explain(e.id));
		assert_true(strlen(finding_explain(e.id)) > 100);
		/* Only advice never is the first line of diagnose; a check may make it worse. */
		assert_true(e.cause || e.severity == SEVERITY_ADVICE);
		assert_true(!e.cause || strlen(e.cause) < 80);
		assert_true(!e.cause_guest || (e.cause && strlen(e.cause_guest) < 80));
		assert_true(strspn(e.id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(e.id));
		for (size_t i = 0; i < n; i++) {
			assert_true(catalogue_at(i, &other));
			assert_string_not_equal(other.id, e.id);
		}
	}
	/* make check-documents, rules_are_tested, checks that they exist. */
	assert_true(n > 0);
	assert_null(finding_explain("no-such-thing"));
	assert_null(finding_cause(NULL, "no-such-thing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_machines_have_no_findings),
		cmocka_unit_test(nothing_recorded_is_nothing_found),
		cmocka_unit_test(no_rule_fires_on_what_is_missing),
		cmocka_unit_test(no_virtualization),
		cmocka_unit_test(no_kvm_for_other_vendors),
		cmocka_unit_test(hidden_by_hypervisor),
		cmocka_unit_test(hyperv_with_dmi),
		cmocka_unit_test(hypervisor_bit_hidden),
		cmocka_unit_test(hidden_svm_has_its_own_remedy),
		cmocka_unit_test(selftest_failed),
		cmocka_unit_test(case_unproven),
		cmocka_unit_test(kernel_warned),
		cmocka_unit_test(warnings_unseen),
		cmocka_unit_test(image_modified),
		cmocka_unit_test(blockers_come_first),
		cmocka_unit_test(catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
