// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpus-differ: each compared register, the odd CPUs, the evidence; and values that may differ.
 */
#include "rules.h"

#include <stdio.h>

#include "diagnose/diagnose.h"

static const struct finding *differ(struct report *r)
{
	diagnose(r);
	return finding_of(r, "cpus-differ");
}

static void alike(struct report *r)
{
	const struct finding *f = differ(r);

	if (f)
		fail_msg("cpus-differ: %s", f->evidence);
}

static void the_odd_one_is_named(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t odd = 0; odd < 4; odd++) {
		char on[16];

		haswell(&r, 4);
		set_msr(&r, odd, 0x48b, 0x00003cff00000000);
		f = differ(&r);
		assert_non_null(f);
		assert_int_equal(f->severity, SEVERITY_DEGRADED);
		assert_int_equal(f->n_cpus, 1);
		assert_int_equal(f->cpus[0], odd);
		snprintf(on, sizeof(on), "on CPU %zu ", odd);
		assert_contains(f->evidence, on);
		assert_contains(f->evidence, "MSR 0x48b IA32_VMX_PROCBASED_CTLS2 is "
					     "0x00003cff00000000");
		assert_contains(f->evidence, "bit 46 (VMCS shadowing may be 1) is 0");
		assert_contains(f->evidence, "0x00007cff00000000 elsewhere");
		assert_contains(f->evidence, "microcode 0x28 on all of them");
		report_free(&r);
	}
}

static void several_odd_ones(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 8);
	set_msr(&r, 1, 0x3a, 1);
	set_msr(&r, 5, 0x485, 0x200481e5);
	set_msr(&r, 6, 0x485, 0x200481e5);
	refuse_msr(&r, 7, 0x48c);
	f = differ(&r);
	assert_non_null(f);
	assert_int_equal(f->n_cpus, 4);
	assert_contains(f->evidence, "IA32_FEATURE_CONTROL is 0x0000000000000001 on CPU 1 [bit 2");
	assert_contains(f->evidence, "on CPUs 5-6");
	assert_contains(f->evidence, "refused on CPU 7");
	report_free(&r);
}

/* If the halves differ, the one with the first CPU is the reference. */
static void two_halves(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 4);
	set_msr(&r, 0, 0x48a, 0x2c);
	set_msr(&r, 1, 0x48a, 0x2a);
	set_msr(&r, 2, 0x48a, 0x2c);
	set_msr(&r, 3, 0x48a, 0x2a);
	f = differ(&r);
	assert_non_null(f);
	assert_int_equal(f->n_cpus, 2);
	assert_int_equal(f->cpus[0], 1);
	assert_int_equal(f->cpus[1], 3);
	report_free(&r);
}

static void microcode_is_named(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 2);
	set_msr(&r, 1, 0x8b, 0x1600000000);
	assert_non_null(differ(&r));
	assert_contains(differ(&r)->evidence,
			"microcode (MSR 0x8b) is 0x16 on CPU 1, 0x28 elsewhere");
	/* On Intel the low half is not part of the revision. */
	set_msr(&r, 1, 0x8b, 0x2800000001);
	alike(&r);
	/* The two core types of a hybrid have different ones. */
	set_msr(&r, 1, 0x8b, 0x1600000000);
	flip_cpuid(&r, 0, 7, EDX, 15);
	flip_cpuid(&r, 1, 7, EDX, 15);
	alike(&r);
	report_free(&r);
	zen(&r, 2);
	set_msr(&r, 1, 0x8b, 0x08001137);
	assert_contains(differ(&r)->evidence, "is 0x8001137 on CPU 1, 0x8001138 elsewhere");
	report_free(&r);
}

static const struct {
	uint32_t leaf;
	int reg;
	unsigned int bit;
	bool counts;
	const char *name;
} bits[] = {
	{ 1, EAX, 0, true, "bit 0" },
	{ 1, EBX, 24, false, NULL }, /* APIC id */
	{ 1, EBX, 16, false, NULL }, /* logical processors: firmware's choice */
	{ 1, ECX, 25, true, "AES" },
	{ 1, ECX, 27, false, NULL }, /* OSXSAVE: the kernel's */
	{ 1, EDX, 26, true, "SSE2" },
	{ 7, EBX, 5, true, "AVX2" },
	{ 7, ECX, 4, false, NULL }, /* OSPKE: the kernel's */
	{ 7, ECX, 16, true, "LA57" },
	{ 7, EDX, 26, true, "IBRS" },
	{ 0x80000001, ECX, 5, true, "LZCNT" },
	{ 0x80000001, ECX, 15, false, NULL }, /* LWP: taken from one core of each module */
	{ 0x80000001, EDX, 26, true, "1GB-pages" },
};

static void feature_bits(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		haswell(&r, 2);
		flip_cpuid(&r, 1, bits[i].leaf, bits[i].reg, bits[i].bit);
		f = differ(&r);
		if ((f != NULL) != bits[i].counts)
			fail_msg("leaf 0x%x register %d bit %u: %s", bits[i].leaf, bits[i].reg,
				 bits[i].bit, f ? f->evidence : "no finding");
		if (f)
			assert_contains(f->evidence, bits[i].name);
		report_free(&r);
	}
}

/* Caches, topology, hybrid type, power: these may differ between cores. */
static void per_core_leaves_may_differ(void **state)
{
	static const uint32_t leaves[] = { 2,	       4,	   5,	       6,
					   0xa,	       0xb,	   0x1a,       0x1f,
					   0x80000005, 0x80000006, 0x8000001d, 0x8000001e };
	struct report r;

	(void)state;
	haswell(&r, 2);
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		set_cpuid(&r, 0, leaves[i], 1, 2, 3, 4);
		set_cpuid(&r, 1, leaves[i], 5, 6, 7, 8);
	}
	set_msr(&r, 0, 0xc0000080, 0xd01);
	set_msr(&r, 1, 0xc0000080, 0x1d01);
	set_msr(&r, 0, 0xc0010117, 0x1000);
	set_msr(&r, 1, 0xc0010117, 0x2000);
	alike(&r);
	report_free(&r);
}

static void virtualization_on_some_cpus_only(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 4);
	flip_cpuid(&r, 3, 1, ECX, 5);
	f = differ(&r);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_false(f->unsupported);
	assert_contains(f->evidence, "bit 5 (VMX) is 0");
	report_free(&r);
	zen(&r, 4);
	flip_cpuid(&r, 3, 0x80000001, ECX, 2);
	assert_int_equal(differ(&r)->severity, SEVERITY_BLOCKER);
	report_free(&r);
	/* The other vendor's bit has no effect. */
	zen(&r, 4);
	flip_cpuid(&r, 3, 1, ECX, 5);
	assert_int_equal(differ(&r)->severity, SEVERITY_DEGRADED);
	report_free(&r);
}

static void registers_of_the_other_vendor(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 2);
	set_msr(&r, 0, 0x48b, 1);
	set_msr(&r, 1, 0x48b, 2);
	alike(&r);
	set_msr(&r, 1, 0xc0010114, 0x18);
	assert_contains(differ(&r)->evidence, "VM_CR is 0x0000000000000018 on CPU 1");
	report_free(&r);
	haswell(&r, 2);
	set_msr(&r, 0, 0xc0010114, 1);
	set_msr(&r, 1, 0xc0010114, 2);
	alike(&r);
	report_free(&r);
}

static void not_recorded_is_no_difference(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 3);
	drop_msr(&r, 1, 0x48b);
	drop_cpuid(&r, 2, 7);
	alike(&r);
	report_free(&r);
	haswell(&r, 1);
	alike(&r);
	report_free(&r);
}

/* As collectors write it: CPUs that are `like` another except for some keys. */
static void like_is_followed(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	for (int i = 1; i < 4; i++)
		add_cpu(&r)->like = 0;
	alike(&r);
	r.facts.cpus[3].id = 9;
	set_msr(&r, 3, 0x48b, 0x00003cff00000000);
	f = differ(&r);
	assert_non_null(f);
	assert_int_equal(f->n_cpus, 1);
	assert_int_equal(f->cpus[0], 9);
	report_free(&r);
}

static void many_values_are_cut(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 64);
	for (size_t i = 0; i < 64; i++)
		set_msr(&r, i, 0x485, 0x30000000ull + i / 2);
	assert_non_null(differ(&r));
	assert_int_equal(differ(&r)->n_cpus, 62);
	assert_contains(differ(&r)->evidence, "27 more values");
	assert_true(strlen(differ(&r)->evidence) < 2000);
	report_free(&r);
}

/* CPUs 0 and 1 are performance cores, 2 and 3 efficiency cores, by leaf 0x1a. */
static void hybrid(struct report *r)
{
	haswell(r, 4);
	for (size_t i = 0; i < 4; i++) {
		leaf_of(r, i, 7)->edx |= 1u << 15;
		set_cpuid(r, i, 0x1a, i < 2 ? 0x40000001 : 0x20000001, 0, 0, 0);
	}
}

static void kinds_of_cores(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	hybrid(&r);
	must_not(&r, "hybrid-cores-differ");
	must_not(&r, "cpus-differ");
	/* Both efficiency cores lack it: not a defect. */
	set_msr(&r, 2, 0x48b, 0x00003cff00000000);
	set_msr(&r, 3, 0x48b, 0x00003cff00000000);
	f = must(&r, "hybrid-cores-differ");
	assert_int_equal(f->severity, SEVERITY_DEGRADED);
	assert_contains(f->evidence, "bit 46 (VMCS shadowing may be 1) is 0");
	assert_contains(f->remedy, "the firmware is not at fault");
	must_not(&r, "cpus-differ");
	/* Only one of them: a defect. */
	set_msr(&r, 3, 0x48b, 0x00007cff00000000);
	f = must(&r, "cpus-differ");
	assert_contains(f->evidence, "0x00007cff00000000 on CPU 3 ");
	/* Microcode must be equal within a core type, but not between types. */
	set_msr(&r, 2, 0x48b, 0x00007cff00000000);
	set_msr(&r, 2, 0x8b, 0x3000000000);
	set_msr(&r, 3, 0x8b, 0x3000000000);
	must_not(&r, "cpus-differ");
	must_not(&r, "hybrid-cores-differ");
	set_msr(&r, 3, 0x8b, 0x3100000000);
	must(&r, "cpus-differ");
	set_msr(&r, 3, 0x8b, 0x3000000000);
	/* A CPUID feature that differs between types is advice. */
	leaf_of(&r, 2, 7)->ebx ^= 1;
	leaf_of(&r, 3, 7)->ebx ^= 1;
	assert_int_equal(must(&r, "hybrid-cores-differ")->severity, SEVERITY_ADVICE);
	/* A low-power core is an Atom, too, but of an older design: a separate type. */
	leaf_of(&r, 2, 7)->ebx ^= 1;
	set_cpuid(&r, 3, 0x1a, 0x20000000, 0, 0, 0);
	must_not(&r, "cpus-differ");
	must(&r, "hybrid-cores-differ");
	leaf_of(&r, 2, 7)->ebx ^= 1;
	/* Without leaf 0x1a on every CPU the types are not known. */
	drop_cpuid(&r, 3, 0x1a);
	must_not(&r, "hybrid-cores-differ");
	must_not(&r, "cpus-differ");
	drop_cpuid(&r, 0, 7);
	must_not(&r, "cpus-differ");
	/* A core without VMX is a defect, whatever its type. */
	flip_cpuid(&r, 3, 1, ECX, 5);
	assert_int_equal(must(&r, "cpus-differ")->severity, SEVERITY_BLOCKER);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_cores),
		cmocka_unit_test(the_odd_one_is_named),
		cmocka_unit_test(several_odd_ones),
		cmocka_unit_test(two_halves),
		cmocka_unit_test(microcode_is_named),
		cmocka_unit_test(feature_bits),
		cmocka_unit_test(per_core_leaves_may_differ),
		cmocka_unit_test(virtualization_on_some_cpus_only),
		cmocka_unit_test(registers_of_the_other_vendor),
		cmocka_unit_test(not_recorded_is_no_difference),
		cmocka_unit_test(like_is_followed),
		cmocka_unit_test(many_values_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
