// SPDX-License-Identifier: GPL-2.0-only
/* Output of compare: each part of a report changed separately, and nothing if nothing changed. */
#include "chain.h"

#include "diagnose/compare_reports.h"
#include "diagnose/diagnose.h"

struct pair {
	struct report a, b;
	struct difference *d;
	size_t n;
};

static void two_haswells(struct pair *p)
{
	haswell(&p->a, 2);
	haswell(&p->b, 2);
}

static void done(struct pair *p)
{
	report_free(&p->a);
	report_free(&p->b);
}

static void compare(struct pair *p)
{
	p->a.cpu.vendor = cpu_vendor_of(&p->a.facts, p->a.facts.cpus);
	p->b.cpu.vendor = cpu_vendor_of(&p->b.facts, p->b.facts.cpus);
	diagnose(&p->a);
	diagnose(&p->b);
	p->n = compare_reports(&p->a.arena, &p->a, &p->b, &p->d);
}

static const struct difference *find(const struct pair *p, const char *section, const char *what)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->d[i].section, section) && !strcmp(p->d[i].what, what))
			return &p->d[i];
	fail_msg("no difference in %s: %s", section, what);
	return NULL;
}

static void nothing_differs(void **state)
{
	struct pair p;

	(void)state;
	two_haswells(&p);
	set_log(&p.b, "kvm: another boot");
	p.b.duration_ms = 77;
	p.a.selftest.costs[0].median = 1000;
	p.b.selftest.costs[0].median = 1900;
	compare(&p);
	assert_int_equal(p.n, 0);
	done(&p);
}

/* QEMU and libvirt of two levels; a side that did not record them has none to compare. */
static void versions(void **state)
{
	const struct difference *d;
	struct pair p;

	(void)state;
	two_haswells(&p);
	kv_add(&p.a.arena, &p.a.facts.software, "qemu", "QEMU emulator version 7.2.22");
	kv_add(&p.a.arena, &p.a.facts.software, "libvirt", "libvirtd (libvirt) 9.0.0");
	compare(&p);
	assert_int_equal(p.n, 0);
	kv_add(&p.b.arena, &p.b.facts.software, "qemu", "QEMU emulator version 8.0.0");
	compare(&p);
	assert_int_equal(p.n, 2);
	d = find(&p, "software", "qemu");
	assert_string_equal(d->a, "QEMU emulator version 7.2.22");
	assert_string_equal(d->b, "QEMU emulator version 8.0.0");
	d = find(&p, "software", "libvirt");
	assert_null(d->b);
	done(&p);
}

static void registers_by_their_bits(void **state)
{
	const struct difference *d;
	struct pair p;

	(void)state;
	two_haswells(&p);
	msr_of(&p.b, 0, 0x48b)->value &= ~(1ULL << 46);
	msr_of(&p.b, 1, 0x48b)->value &= ~(1ULL << 46);
	compare(&p);
	d = find(&p, "registers", "MSR 0x48b IA32_VMX_PROCBASED_CTLS2");
	assert_contains(d->a, "0x00007cff00000000 [bit 46 (VMCS shadowing may be 1) is 1]");
	assert_contains(d->b, "0x00003cff00000000 [bit 46 (VMCS shadowing may be 1) is 0]");
	d = find(&p, "capabilities", "shadow_vmcs");
	assert_string_equal(d->a, "yes");
	assert_string_equal(d->b, "no");
	d = find(&p, "findings", "no-shadow-vmcs");
	assert_string_equal(d->a, "not found");
	assert_contains(d->b, "0x48b");
	assert_int_equal(p.n, 3);
	done(&p);
}

static void missing_is_not_known(void **state)
{
	const struct difference *d;
	struct pair p;

	(void)state;
	two_haswells(&p);
	drop_msr(&p.b, 0, 0x485);
	compare(&p);
	d = find(&p, "registers", "MSR 0x485 IA32_VMX_MISC");
	assert_non_null(d->a);
	assert_null(d->b);
	refuse_msr(&p.b, 0, 0x485);
	compare(&p);
	assert_string_equal(find(&p, "registers", "MSR 0x485 IA32_VMX_MISC")->b, "refused");
	done(&p);
}

static void kernel_and_kvm(void **state)
{
	struct pair p;

	(void)state;
	two_haswells(&p);
	p.a.facts.kernel.release = "6.12.117";
	p.b.facts.kernel.release = "6.1.0-40-amd64";
	set_parameter(&p.b, "ept", "N");
	set_module(&p.b, "vboxdrv");
	kv_add(&p.a.arena, &p.a.facts.kernel.vulnerabilities, "l1tf", "Not affected");
	p.a.facts.kernel.modprobe_known = p.b.facts.kernel.modprobe_known = TRI_YES;
	strings_add(&p.b.arena, &p.b.facts.kernel.modprobe,
		    "/etc/modprobe.d/a.conf: blacklist kvm");
	p.b.facts.kvm.device = KVM_DEVICE_DENIED;
	compare(&p);
	assert_string_equal(find(&p, "kernel", "release")->b, "6.1.0-40-amd64");
	assert_string_equal(find(&p, "kernel", "kvm_intel.ept")->b, "N");
	assert_string_equal(find(&p, "kernel", "module")->b, "vboxdrv");
	assert_string_equal(find(&p, "kernel", "module")->a, "not there");
	assert_null(find(&p, "kernel", "vulnerabilities.l1tf")->b);
	assert_contains(find(&p, "kernel", "modprobe")->b, "blacklist kvm");
	assert_string_equal(find(&p, "kvm", "device")->b, "denied");
	done(&p);
}

static void add_case(struct report *r, const char *name, enum case_result result)
{
	*arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases) =
		(struct case_outcome){ .name = name, .result = result };
}

static void selftest(void **state)
{
	struct pair p;

	(void)state;
	two_haswells(&p);
	add_case(&p.a, "vmx_cpuid", CASE_PASS);
	add_case(&p.b, "vmx_cpuid", CASE_SKIP);
	add_case(&p.b, "vmx_hlt", CASE_PASS);
	p.a.selftest.costs[0].median = 1000;
	p.b.selftest.costs[0].median = 2000;
	p.b.verdict = (struct verdict){ VERDICT_PASS, GRADE_FAST, "all core cases passed" };
	compare(&p);
	assert_string_equal(find(&p, "selftest", "vmx_cpuid")->b, "skip");
	assert_null(find(&p, "selftest", "vmx_hlt")->a);
	assert_string_equal(find(&p, "selftest", "l1_cpuid cycles")->b, "2000");
	assert_string_equal(find(&p, "verdict", "grade")->b, "fast");
	assert_null(find(&p, "verdict", "result")->a);
	done(&p);
}

static void chains(void **state)
{
	struct pair p;

	(void)state;
	two_haswells(&p);
	good_chain(&p.a);
	good_chain(&p.b);
	/* Values that differ in each run are not differences. */
	p.b.selftest.chain.us = 1;
	p.b.selftest.chain.nested_run = 4;
	p.b.selftest.chain.levels[1].exits = 5;
	compare(&p);
	assert_int_equal(p.n, 0);
	p.b.selftest.chain.levels[0].caps[CAP_PML] = TRI_YES;
	p.b.selftest.chain.levels[1].reached = "kernel";
	compare(&p);
	assert_int_equal(p.n, 2);
	assert_string_equal(find(&p, "chain", "L1 sees pml")->b, "yes");
	assert_null(find(&p, "chain", "L1 sees pml")->a);
	assert_string_equal(find(&p, "chain", "L2 reached")->b, "kernel");
	p.b.selftest.chain.n_levels = 0;
	failed_chain(&p.b, 2, "cpus", CHAIN_CAUSE_HUNG, "silent",
		     "L2 hung: nothing was said for 15 s");
	compare(&p);
	assert_string_equal(find(&p, "chain", "result")->a, "pass");
	assert_string_equal(find(&p, "chain", "result")->b, "fail: L2, stage cpus");
	memset(&p.a.selftest.chain, 0, sizeof(p.a.selftest.chain));
	compare(&p);
	assert_null(find(&p, "chain", "result")->a);
	done(&p);
}

static void other_vendors(void **state)
{
	struct pair p;

	(void)state;
	haswell(&p.a, 1);
	zen(&p.b, 1);
	compare(&p);
	assert_string_equal(find(&p, "machine", "vendor")->a, "intel");
	assert_string_equal(find(&p, "machine", "vendor")->b, "amd");
	assert_string_equal(find(&p, "capabilities", "svm")->b, "yes");
	assert_null(find(&p, "registers", "MSR 0xc0010114 VM_CR")->a);
	done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_differs),
		cmocka_unit_test(versions),
		cmocka_unit_test(registers_by_their_bits),
		cmocka_unit_test(missing_is_not_known),
		cmocka_unit_test(kernel_and_kvm),
		cmocka_unit_test(selftest),
		cmocka_unit_test(chains),
		cmocka_unit_test(other_vendors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
