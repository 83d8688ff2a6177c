// SPDX-License-Identifier: GPL-2.0-only
/* Whether KVM will load: a CPU with everything that it requires, and each requirement removed. */
#include "rules.h"

#include "diagnose/kvm_needs.h"

/* A Haswell with the registers that machine.h's healthy machine lacks. */
static void whole_haswell(struct report *r)
{
	haswell(r, 1);
	set_msr(r, 0, 0x277, 0x0007040600070406);
	set_msr(r, 0, 0x483, 0x007fffff00036dff);
	set_msr(r, 0, 0x484, 0x0000ffff000011ff);
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
}

static void whole_zen(struct report *r)
{
	zen(r, 1);
	set_msr(r, 0, 0x277, 0x0007040600070406);
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
}

static void real_cpus_have_it_all(void **state)
{
	struct report r;

	(void)state;
	whole_haswell(&r);
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_YES);
	assert_int_equal(r.kvm.missing.n, 0);
	report_free(&r);
	whole_zen(&r);
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_YES);
	report_free(&r);
}

/* Every control that Linux requires, by the names of the manual. */
static void each_missing_control_is_named(void **state)
{
	static const struct {
		uint32_t msr;
		unsigned int bit;
		const char *name;
	} controls[] = {
		{ 0x481, 0, "external-interrupt exiting" },
		{ 0x481, 3, "NMI exiting" },
		{ 0x482, 2, "interrupt-window exiting" },
		{ 0x482, 3, "use TSC offsetting" },
		{ 0x482, 7, "HLT exiting" },
		{ 0x482, 9, "INVLPG exiting" },
		{ 0x482, 10, "MWAIT exiting" },
		{ 0x482, 11, "RDPMC exiting" },
		{ 0x482, 15, "CR3-load exiting" },
		{ 0x482, 16, "CR3-store exiting" },
		{ 0x482, 19, "CR8-load exiting" },
		{ 0x482, 20, "CR8-store exiting" },
		{ 0x482, 23, "MOV-DR exiting" },
		{ 0x482, 24, "unconditional I/O exiting" },
		{ 0x482, 29, "MONITOR exiting" },
		{ 0x483, 2, "save debug controls" },
		{ 0x483, 9, "host address-space size" },
		{ 0x483, 15, "acknowledge interrupt on exit" },
		{ 0x484, 2, "load debug controls" },
		{ 0x484, 9, "IA-32e mode guest" },
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		whole_haswell(&r);
		msr_of(&r, 0, controls[i].msr)->value &= ~(1ULL << (32 + controls[i].bit));
		f = must(&r, "kvm-needs");
		assert_contains(f->evidence, controls[i].name);
		assert_int_equal(f->severity, SEVERITY_BLOCKER);
		assert_int_equal(r.kvm.will_load, TRI_NO);
		assert_int_equal(r.kvm.missing.n, 1);
		assert_string_equal(r.kvm.missing.s[0], controls[i].name);
		/* A running KVM has loaded. */
		r.facts.kvm.nested_cpuid = TRI_YES;
		must_not(&r, "kvm-needs");
		r.facts.kvm.nested_cpuid = TRI_NO;
		must_not(&r, "kvm-needs");
		/* Also without access to it: a module loaded from a file exists only if it started. */
		r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
		set_module(&r, "kvm_intel");
		must(&r, "kvm-needs");
		kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "file");
		must_not(&r, "kvm-needs");
		report_free(&r);
	}
}

/* KVM compares only what it configures. */
static void the_same_on_every_cpu(void **state)
{
	static const struct {
		uint32_t msr;
		unsigned int bit;
		bool counts;
	} rows[] = {
		{ 0x48b, 32 + 14, true },  /* VMCS shadowing */
		{ 0x48b, 32 + 22, false }, /* mode-based execute control */
		{ 0x48b, 32 + 18, false }, /* #VE */
		{ 0x481, 32 + 6, true },   /* preemption timer */
		{ 0x485, 29, true },	   /* all of IA32_VMX_MISC */
		{ 0x480, 0, true },	   /* and of IA32_VMX_BASIC */
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		haswell(&r, 3);
		r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
		msr_of(&r, 2, rows[i].msr)->value ^= 1ULL << rows[i].bit;
		diagnose(&r);
		if ((r.kvm.will_load == TRI_NO) != rows[i].counts)
			fail_msg("MSR 0x%x bit %u", rows[i].msr, rows[i].bit);
		assert_int_equal(must(&r, "cpus-differ")->severity,
				 rows[i].counts ? SEVERITY_BLOCKER : SEVERITY_DEGRADED);
		assert_null(finding_of(&r, "kvm-needs"));
		/* It runs: an older KVM may compare less. */
		r.facts.kvm.nested_cpuid = TRI_YES;
		assert_int_equal(must(&r, "cpus-differ")->severity, SEVERITY_DEGRADED);
		report_free(&r);
	}
}

/* One that it does not require: secondary controls. */
static void other_controls_may_be_missing(void **state)
{
	struct report r;

	(void)state;
	whole_haswell(&r);
	msr_of(&r, 0, 0x482)->value &= ~(1ULL << 63);
	msr_of(&r, 0, 0x48c)->value = 0;
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_YES);
	report_free(&r);
}

static void the_rest_of_vmx(void **state)
{
	static const struct {
		uint32_t msr;
		uint64_t value;
		const char *name;
	} rows[] = {
		{ 0x480, 0x00da100100000012, "4096 bytes" },
		{ 0x480, 0x00db040000000012, "more than 32 bits" },
		{ 0x480, 0x00c2040000000012, "write-back" },
		{ 0x277, 0x0007040600070400, "PAT entry 0" },
		{ 0x483, 0x006fffff00036dff, NULL }, /* saving EFER at exit is not required */
		{ 0x483, 0x005fffff00036dff, "IA32_EFER" },
		{ 0x484, 0x0000bfff000011ff, "IA32_PAT" },
		{ 0x484, 0x0000dfff000011ff, "IA32_PERF_GLOBAL_CTRL" },
		{ 0x483, 0x00ffffff00036dff, "IA32_BNDCFGS" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		whole_haswell(&r);
		set_msr(&r, 0, rows[i].msr, rows[i].value);
		if (rows[i].name)
			assert_contains(must(&r, "kvm-needs")->evidence, rows[i].name);
		else
			must_not(&r, "kvm-needs");
		report_free(&r);
	}
	whole_haswell(&r);
	flip_cpuid(&r, 0, 1, EDX, 24);
	assert_contains(must(&r, "kvm-needs")->evidence, "FXSAVE");
	report_free(&r);
	/* EPT's capabilities without EPT: a hypervisor's mistake. */
	whole_haswell(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	msr_of(&r, 0, 0x48b)->value &= ~(1ULL << 33);
	assert_contains(must(&r, "kvm-needs")->evidence, "EPT capabilities only with EPT");
	assert_contains(must(&r, "kvm-needs")->remedy, "hypervisor below");
	report_free(&r);
}

/* A requirement with its own finding is not reported twice, but still counts. */
static void firmware_and_nx_are_told_elsewhere(void **state)
{
	struct report r;

	(void)state;
	whole_haswell(&r);
	set_msr(&r, 0, 0x3a, 1);
	must(&r, "vmx-locked-off");
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_NO);
	/* Unlocked, the kernel sets it. */
	set_msr(&r, 0, 0x3a, 0);
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_YES);
	report_free(&r);
	whole_zen(&r);
	set_msr(&r, 0, 0xc0010114, 0x18);
	must(&r, "svm-disabled");
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_NO);
	report_free(&r);
	whole_zen(&r);
	flip_cpuid(&r, 0, 0x80000001, EDX, 20);
	must(&r, "no-nx");
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_NO);
	report_free(&r);
}

static void missing_registers_are_unknown(void **state)
{
	struct report r;

	(void)state;
	whole_haswell(&r);
	drop_msr(&r, 0, 0x484);
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_UNKNOWN);
	/* A known missing requirement still decides. */
	msr_of(&r, 0, 0x481)->value &= ~(1ULL << 32);
	must(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_NO);
	report_free(&r);
	/* No virtualization: nothing to load. */
	whole_haswell(&r);
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "kvm-needs");
	assert_int_equal(r.kvm.will_load, TRI_UNKNOWN);
	report_free(&r);
	report_init(&r);
	must_not(&r, "kvm-needs");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_on_every_cpu),
		cmocka_unit_test(real_cpus_have_it_all),
		cmocka_unit_test(each_missing_control_is_named),
		cmocka_unit_test(other_controls_may_be_missing),
		cmocka_unit_test(the_rest_of_vmx),
		cmocka_unit_test(firmware_and_nx_are_told_elsewhere),
		cmocka_unit_test(missing_registers_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
