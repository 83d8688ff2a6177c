// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules, one test each: facts that fire it, and the nearest facts that must not. Every
 * test starts from a healthy machine on which nothing fires.
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

/* Take away any one register or leaf of a healthy machine: nothing fires for want of it. */
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
	/* The other vendor's bit is no virtualization. */
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
	/* Whether it is a guest is not known: then the CPU is not blamed. */
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
		/* Handed through: nothing is hidden, whoever is below. */
		flip_cpuid(&r, 0, 1, ECX, 5);
		must_not(&r, "hidden-by-hypervisor");
		report_free(&r);
	}
	/* No hypervisor, whatever DMI says: then it is the CPU. */
	haswell(&r, 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	set_dmi(&r, "product_name", "VirtualBox");
	must_not(&r, "hidden-by-hypervisor");
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
	/* Hyper-V's leaves in front of KVM's own. */
	set_name(&r, 0, 0x40000000, 0x40000005, "Microsoft Hv", (const int[3]){ EBX, ECX, EDX });
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "Hyper-V");
	set_name(&r, 0, 0x40000100, 0x40000101, "KVMKVMKVM\0\0\0", (const int[3]){ EBX, ECX, EDX });
	assert_contains(must(&r, "hidden-by-hypervisor")->title, "KVM");
	report_free(&r);
}

/* Firmware's word, on a machine whose KVM could therefore not load. */
static void unloaded(struct report *r)
{
	r->facts.kernel.n_modules = 0;
	r->facts.kvm.device = KVM_DEVICE_ABSENT;
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
}

/* Somebody without root on a machine with it off: the register is not there, Linux's word is. */
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
	/* The register knows better. */
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
	/* Unlocked, on, or only inside TXT: each is something else. */
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
	/* Both ways are open; not locked; KVM runs, so tboot opened it. */
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
	/* kvm_intel takes it where EPT is there, and not otherwise. */
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
	/* KVM uses what all CPUs have: nobody switched it off. */
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
	/* With ept=N it is off by itself: one cause, one finding. */
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
	/* What is good and fast is not needed to be functional. */
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

/* The lines that any unsigned module leaves are no word about KVM's. */
static void unsigned_modules(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "vboxdrv: module verification failed: signature and/or required key missing");
	set_log(&r, "Loading of unsigned module is rejected");
	must_not(&r, "module-refused");
	r.kvm.error = "kvm_intel: Key was rejected by service";
	assert_contains(must(&r, "module-refused")->remedy, "sign the module");
	/* The error alone. */
	r.facts.kernel.log.n = 0;
	assert_contains(must(&r, "module-refused")->remedy, "sign it");
	r.kvm.error = "kvm_intel: Device or resource busy";
	assert_contains(must(&r, "module-refused")->remedy, "vboxdrv");
	r.kvm.error = "kvm_intel: Resource busy";
	assert_contains(must(&r, "module-refused")->remedy, "vboxdrv");
	r.kvm.error = "kvm_intel: Exec format error";
	assert_contains(must(&r, "module-refused")->remedy, "another kernel");
	report_free(&r);
}

static void module_refused(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: Inconsistent VMCS config on CPU 3");
	f = must(&r, "module-refused");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->title, "kvm_intel");
	assert_contains(f->evidence, "Inconsistent VMCS config on CPU 3");
	assert_contains(f->remedy, "microcode");
	assert_null(finding_of(&r, "kvm-device-missing"));
	r.kvm.error = "loading kvm_intel: Input/output error";
	f = must(&r, "module-refused");
	assert_contains(f->evidence, "Input/output error");
	assert_contains(f->evidence, "Inconsistent VMCS config");
	r.facts.kernel.log.n = 0;
	assert_contains(must(&r, "module-refused")->evidence, "Input/output error");
	/* The same line of a module that is loaded all the same is history. */
	r.kvm.error = NULL;
	set_log(&r, "kvm_intel: Inconsistent VMCS config on CPU 3");
	set_module(&r, "kvm_intel");
	must_not(&r, "module-refused");
	/* Whether it is loaded is not known. */
	r.facts.kernel.modules_known = TRI_UNKNOWN;
	must_not(&r, "module-refused");
	report_free(&r);
	/* A line that says nothing of a refusal. */
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: Using Hyper-V Enlightened VMCS");
	must_not(&r, "module-refused");
	/* Firmware is the reason: one cause, one finding. */
	r.kvm.error = "loading kvm_intel: Operation not supported";
	set_msr(&r, 0, 0x3a, 1);
	must_not(&r, "module-refused");
	must(&r, "vmx-locked-off");
	report_free(&r);
}

static void wrong_vendor_module(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_module(&r, "kvm_amd");
	assert_contains(must(&r, "wrong-vendor-module")->remedy, "modprobe kvm_intel");
	/* Both are built in: the right one is there. */
	set_module(&r, "kvm_intel");
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_amd: CPU 0 isn't AMD or Hygon");
	must(&r, "wrong-vendor-module");
	r.facts.kernel.log.n = 0;
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	zen(&r, 1);
	set_log(&r, "kvm: already loaded vendor module 'kvm_amd'");
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	/* What kvm_intel says on AMD is no refusal of kvm_amd. */
	zen(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: VMX not supported by CPU 0");
	assert_contains(must(&r, "wrong-vendor-module")->remedy, "modprobe kvm_amd");
	must_not(&r, "module-refused");
	/* Our own try of kvm_amd, with kvm_intel's file under its name. */
	r.kvm.error = "kvm_amd was refused (Operation not supported)";
	must_not(&r, "wrong-vendor-module");
	must(&r, "module-refused");
	r.kvm.error = NULL;
	r.facts.kernel.log.n = 0;
	set_log(&r, "kvm_amd: SVM not supported by CPU 0");
	must_not(&r, "wrong-vendor-module");
	must(&r, "module-refused");
	report_free(&r);
}

static void kvm_device_missing(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	assert_int_equal(must(&r, "kvm-device-missing")->severity, SEVERITY_BLOCKER);
	assert_contains(finding_of(&r, "kvm-device-missing")->remedy, "modprobe kvm_intel");
	set_module(&r, "kvm_intel");
	assert_contains(must(&r, "kvm-device-missing")->evidence, "kvm_intel is loaded");
	r.facts.kernel.modules_known = TRI_UNKNOWN;
	must(&r, "kvm-device-missing");
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	must_not(&r, "kvm-device-missing");
	r.facts.kvm.device = KVM_DEVICE_UNKNOWN;
	must_not(&r, "kvm-device-missing");
	/* The CPU is the reason. */
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "kvm-device-missing");
	report_free(&r);
}

static void kvm_device_denied(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	r.facts.kvm.device = KVM_DEVICE_DENIED;
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	assert_int_equal(must(&r, "kvm-device-denied")->severity, SEVERITY_BLOCKER);
	assert_contains(finding_of(&r, "kvm-device-denied")->remedy, "usermod -aG kvm");
	assert_null(finding_of(&r, "kvm-device-missing"));
	kv_add(&r.arena, &r.facts.kvm.node, "mode", "0660");
	kv_add(&r.arena, &r.facts.kvm.node, "group", "107");
	r.facts.user = "1000 (groups 1000)";
	assert_contains(must(&r, "kvm-device-denied")->evidence,
			"its mode is 0660, its group 107; run by user 1000 (groups 1000)");
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	must_not(&r, "kvm-device-denied");
	/* udev makes the node ahead of the module. */
	unloaded(&r);
	r.facts.kvm.error = "ENODEV";
	assert_contains(must(&r, "kvm-device-missing")->evidence,
			"opening /dev/kvm failed: ENODEV");
	report_free(&r);
}

static void nested_off(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_parameter(&r, "nested", "N");
	r.facts.kvm.nested_cpuid = TRI_NO;
	f = must(&r, "nested-off");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->evidence, "/sys/module/kvm_intel/parameters/nested is off");
	assert_contains(f->evidence, "KVM_GET_SUPPORTED_CPUID");
	assert_contains(f->remedy, "CVE-");
	/* Either alone is enough. */
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	must(&r, "nested-off");
	set_parameter(&r, "nested", "Y");
	r.facts.kvm.nested_cpuid = TRI_NO;
	must(&r, "nested-off");
	r.facts.kvm.device = KVM_DEVICE_UNKNOWN;
	must(&r, "nested-off");
	/* Nobody may ask KVM: that is another finding, and hides nothing of the parameter. */
	r.facts.kvm.device = KVM_DEVICE_DENIED;
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	must_not(&r, "nested-off");
	set_parameter(&r, "nested", "N");
	must(&r, "nested-off");
	assert_non_null(finding_of(&r, "kvm-device-denied"));
	set_parameter(&r, "nested", "Y");
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	must_not(&r, "nested-off");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "nested", "0");
	assert_contains(must(&r, "nested-off")->remedy, "options kvm_amd nested=1");
	/* What was read back after load is the newer truth. */
	kv_add(&r.arena, &r.kvm.parameters, "nested", "1");
	must_not(&r, "nested-off");
	report_free(&r);
	/* Nothing known but the module's own word. */
	report_init(&r);
	set_module(&r, "kvm_amd");
	set_parameter(&r, "nested", "0");
	must(&r, "nested-off");
	report_free(&r);
}

static void parameter(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "parameter");
	strings_add(&r.arena, &r.param_problems, "command line: there is no key 'tiemout'");
	strings_add(&r.arena, &r.param_problems, "fw_cfg: depth=7 is not 2 or 3");
	assert_int_equal(must(&r, "parameter")->severity, SEVERITY_ADVICE);
	assert_int_equal(r.n_findings, 2);
	assert_contains(r.findings[0].evidence, "tiemout");
	assert_contains(r.findings[1].evidence, "depth=7");
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
	/* Passed by its own account, and KVM saw less. */
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
	/* Twice diagnosed is not twice found. */
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
		assert_true(strspn(e.id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(e.id));
		for (size_t i = 0; i < n; i++) {
			assert_true(catalogue_at(i, &other));
			assert_string_not_equal(other.id, e.id);
		}
	}
	assert_int_equal(n, 62);
	assert_null(finding_explain("no-such-thing"));
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
		cmocka_unit_test(hidden_svm_has_its_own_remedy),
		cmocka_unit_test(off_by_linux),
		cmocka_unit_test(vmx_locked_off),
		cmocka_unit_test(vmx_locked_off_in_a_guest),
		cmocka_unit_test(vmx_txt_only),
		cmocka_unit_test(vmx_unlocked),
		cmocka_unit_test(svm_disabled),
		cmocka_unit_test(no_nx),
		cmocka_unit_test(no_ept),
		cmocka_unit_test(no_npt),
		cmocka_unit_test(no_unrestricted_guest),
		cmocka_unit_test(no_shadow_vmcs),
		cmocka_unit_test(below_functional),
		cmocka_unit_test(module_refused),
		cmocka_unit_test(unsigned_modules),
		cmocka_unit_test(wrong_vendor_module),
		cmocka_unit_test(kvm_device_missing),
		cmocka_unit_test(kvm_device_denied),
		cmocka_unit_test(nested_off),
		cmocka_unit_test(parameter),
		cmocka_unit_test(selftest_failed),
		cmocka_unit_test(case_unproven),
		cmocka_unit_test(kernel_warned),
		cmocka_unit_test(blockers_come_first),
		cmocka_unit_test(catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
