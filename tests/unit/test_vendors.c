// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel's rules beside AMD's: each situation of one vendor's machine with the other's counterpart,
 * row by row. A situation that only one vendor has is in a row that says why. A rule about the CPU
 * that no row names is missing on the other side until someone has thought about it.
 */
#include "rules.h"

struct side {
	const char *finding;
	const char *log;  /* a line of the kernel's log */
	bool no_register; /* MSR 0x3a or VM_CR was not recorded */
	bool unloaded;	  /* KVM is not there */
	enum tri flag;	  /* in /proc/cpuinfo */
	uint32_t msr;	  /* set to value */
	uint64_t value;
	const char *parameter, *off; /* of KVM's module, and the value that it has */
	uint32_t leaf, edx_bit;	     /* cleared in a leaf's EDX */
	const char *modprobe;	     /* a line of modprobe.d */
	const char *files;	     /* kvm_intel's or kvm_amd's module_files */
};

static const struct {
	const char *situation;
	struct side intel, amd;
	const char *only; /* why the side without a finding has none */
} rows[] = {
	{ .situation = "off by the register",
	  .intel = { .finding = "vmx-locked-off", .msr = 0x3a, .value = 1, .unloaded = true },
	  .amd = { .finding = "svm-disabled", .msr = 0xc0010114, .value = 0x18, .unloaded = true } },
	{ .situation = "off by the CPU setup code's line",
	  .intel = { .finding = "vmx-locked-off",
		     .log = "x86/cpu: VMX (outside TXT) disabled by BIOS",
		     .no_register = true,
		     .unloaded = true },
	  .amd = { .finding = "svm-disabled",
		   .log = "x86/cpu: SVM disabled (by BIOS) in MSR_VM_CR",
		   .no_register = true,
		   .unloaded = true } },
	{ .situation = "off by the module's line since Linux 6.3",
	  .intel = { .finding = "vmx-locked-off",
		     .log = "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0",
		     .no_register = true,
		     .unloaded = true },
	  .amd = { .finding = "svm-disabled",
		   .log = "kvm_amd: SVM not supported by CPU 0",
		   .no_register = true,
		   .unloaded = true } },
	{ .situation = "off by the line of Linux 6.0 to 6.2",
	  .intel = { .finding = "vmx-locked-off",
		     .log = "kvm: support for 'kvm_intel' disabled by bios",
		     .no_register = true,
		     .unloaded = true },
	  .amd = { .finding = "svm-disabled",
		   .log = "kvm: support for 'kvm_amd' disabled by bios",
		   .no_register = true,
		   .unloaded = true } },
	{ .situation = "off by the line before Linux 6.0",
	  .intel = { .finding = "vmx-locked-off",
		     .log = "kvm: disabled by bios",
		     .no_register = true,
		     .unloaded = true },
	  .amd = { .finding = "svm-disabled",
		   .log = "kvm: disabled by bios",
		   .no_register = true,
		   .unloaded = true } },
	{ .situation = "off by the missing flag",
	  .intel = { .finding = "vmx-locked-off",
		     .no_register = true,
		     .unloaded = true,
		     .flag = TRI_NO },
	  .amd = { .finding = "svm-disabled",
		   .no_register = true,
		   .unloaded = true,
		   .flag = TRI_NO } },
	{ .situation = "allowed in one mode only",
	  .intel = { .finding = "vmx-txt-only", .msr = 0x3a, .value = 3, .unloaded = true },
	  .amd = { .finding = NULL },
	  .only = "VM_CR has one bit for all modes" },
	{ .situation = "no NX",
	  .intel = { .finding = "no-nx", .leaf = 0x80000001, .edx_bit = 20 },
	  .amd = { .finding = "no-nx", .leaf = 0x80000001, .edx_bit = 20, .unloaded = true } },
	{ .situation = "the other vendor's module spoke",
	  .intel = { .finding = "wrong-vendor-module",
		     .log = "kvm_amd: CPU 0 isn't AMD or Hygon",
		     .unloaded = true },
	  .amd = { .finding = "wrong-vendor-module",
		   .log = "kvm_intel: VMX not supported by CPU 0",
		   .unloaded = true } },
	{ .situation = "the other vendor's module spoke, before Linux 6.0",
	  .intel = { .finding = "wrong-vendor-module",
		     .log = "kvm: no hardware support",
		     .unloaded = true },
	  .amd = { .finding = "wrong-vendor-module",
		   .log = "kvm: no hardware support",
		   .unloaded = true } },
	{ .situation = "a module of another kernel",
	  .intel = { .finding = "module-refused",
		     .log = "kvm_intel: disagrees about version of symbol module_layout",
		     .unloaded = true },
	  .amd = { .finding = "module-refused",
		   .log = "kvm_amd: disagrees about version of symbol module_layout",
		   .unloaded = true } },
	{ .situation = "the module is blacklisted",
	  .intel = { .finding = "module-blacklisted",
		     .unloaded = true,
		     .modprobe = "a.conf: blacklist kvm_intel" },
	  .amd = { .finding = "module-blacklisted",
		   .unloaded = true,
		   .modprobe = "a.conf: blacklist kvm_amd" } },
	{ .situation = "the module is not installed",
	  .intel = { .finding = "module-not-installed", .unloaded = true, .files = "absent" },
	  .amd = { .finding = "module-not-installed", .unloaded = true, .files = "absent" } },
	{ .situation = "no device",
	  .intel = { .finding = "kvm-device-missing", .unloaded = true },
	  .amd = { .finding = "kvm-device-missing", .unloaded = true } },
	{ .situation = "nesting off",
	  .intel = { .finding = "nested-off", .parameter = "nested", .off = "N" },
	  .amd = { .finding = "nested-off", .parameter = "nested", .off = "0" } },
	{ .situation = "no paging of two levels",
	  .intel = { .finding = "no-ept", .msr = 0x48b, .value = 0 },
	  .amd = { .finding = "no-npt", .leaf = 0x8000000a, .edx_bit = 0 } },
	{ .situation = "paging of two levels off",
	  .intel = { .finding = "no-ept", .parameter = "ept", .off = "N" },
	  .amd = { .finding = "no-npt", .parameter = "npt", .off = "0" } },
	{ .situation = "below functional",
	  .intel = { .finding = "below-functional", .parameter = "ept", .off = "N" },
	  .amd = { .finding = "below-functional", .parameter = "npt", .off = "0" } },
	{ .situation = "real mode emulated",
	  .intel = { .finding = "no-unrestricted-guest",
		     .parameter = "unrestricted_guest",
		     .off = "N" },
	  .amd = { .finding = NULL },
	  .only = "SVM runs real mode with paging, APM Vol. 2 15.19" },
	{ .situation = "exits of the guest hypervisor's own instructions",
	  .intel = { .finding = "no-shadow-vmcs", .parameter = "enable_shadow_vmcs", .off = "N" },
	  .amd = { .finding = "no-vls", .parameter = "vls", .off = "0" } },
	{ .situation = "exits of the guest hypervisor's CLGI and STGI",
	  .intel = { .finding = NULL },
	  .amd = { .finding = "no-vgif", .leaf = 0x8000000a, .edx_bit = 16 },
	  .only = "VMX has no global interrupt flag" },
	{ .situation = "cheaper exits",
	  .intel = { .finding = NULL },
	  .amd = { .finding = "no-svm-assists", .leaf = 0x8000000a, .edx_bit = 3 },
	  .only = "VMX always gives the instruction's length and qualification" },
	{ .situation = "interrupts without exits, off by the firmware",
	  .intel = { .finding = NULL },
	  .amd = { .finding = "no-apicv",
		   .log = "kvm_amd: Cannot support x2AVIC due to AVIC is disabled" },
	  .only = "firmware has no setting for APICv" },
	{ .situation = "confidential",
	  .intel = { .finding = "confidential-guest",
		     .log = "Memory Encryption Features active: Intel TDX",
		     .unloaded = true },
	  .amd = { .finding = "confidential-guest",
		   .log = "Memory Encryption Features active: AMD SEV",
		   .unloaded = true } },
};

static void play(struct report *r, const struct side *s, bool intel)
{
	const char *module = intel ? "kvm_intel" : "kvm_amd";

	if (intel)
		haswell(r, 1);
	else
		zen(r, 1);
	if (s->parameter)
		set_parameter(r, s->parameter, s->off);
	if (s->parameter && !strcmp(s->parameter, "nested"))
		r->facts.kvm.nested_cpuid = TRI_NO;
	if (s->unloaded)
		unloaded(r);
	if (s->no_register)
		drop_msr(r, 0, intel ? 0x3a : 0xc0010114);
	if (s->log)
		set_log(r, s->log);
	r->facts.kernel.virt_flag = s->flag;
	if (s->msr)
		set_msr(r, 0, s->msr, s->value);
	if (s->leaf)
		flip_cpuid(r, 0, s->leaf, EDX, s->edx_bit);
	if (s->modprobe) {
		r->facts.kernel.modprobe_known = TRI_YES;
		strings_add(&r->arena, &r->facts.kernel.modprobe, s->modprobe);
	}
	if (s->files)
		kv_add(&r->arena, &r->facts.kernel.module_files, module, s->files);
}

static void side_by_side(void **state)
{
	struct report r;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		bool intel = i % 2;
		const struct side *s = intel ? &rows[i / 2].intel : &rows[i / 2].amd;

		if (!s->finding) {
			assert_non_null(rows[i / 2].only);
			continue;
		}
		play(&r, s, intel);
		diagnose(&r);
		if (!finding_of(&r, s->finding))
			fail_msg("%s: %s did not fire on %s", rows[i / 2].situation, s->finding,
				 intel ? "Intel" : "AMD");
		/* What is off in the firmware comes with the machine's menu, on either. */
		if (strstr(s->finding, "locked-off") || strstr(s->finding, "svm-disabled")) {
			set_dmi(&r, "sys_vendor", "LENOVO");
			set_dmi(&r, "product_version", "ThinkPad T440s");
			assert_contains(must(&r, s->finding)->remedy, "ThinkPad");
			assert_null(finding_of(&r, "module-refused"));
		}
		report_free(&r);
	}
}

/* Every finding with a vendor in its name, or about a feature of the CPU, is in a row. */
static void no_rule_is_left_out(void **state)
{
	static const char *const parts[] = { "vmx", "svm",  "ept",   "npt", "vgif",
					     "vls", "avic", "apicv", "no-" };
	/* Of one hypervisor or CPU generation, or in a recording only. */
	static const char *const others[] = { "virtualbox-no-ept", "zen4-vls", "vmx-unlocked",
					      "no-virtualization", "chain-l1-no-vmx" };
	struct catalogue_entry e;

	(void)state;
	for (size_t i = 0; catalogue_at(i, &e); i++) {
		bool about = false, there = false;

		for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
			about |= strstr(e.id, parts[k]) != NULL;
		for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
			there |= !strcmp(e.id, others[k]);
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			there |= (rows[k].intel.finding && !strcmp(rows[k].intel.finding, e.id)) ||
				 (rows[k].amd.finding && !strcmp(rows[k].amd.finding, e.id));
		if (about && !there)
			fail_msg("%s has no row: what is it on the other vendor's CPUs?", e.id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(no_rule_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
