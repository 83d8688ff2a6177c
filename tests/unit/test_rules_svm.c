// SPDX-License-Identifier: GPL-2.0-only
/* Rules about what SVM lacks: facts that fire each, and the nearest facts that must not. */
#include "rules.h"

#include "report/render.h"

static void clear(struct report *r, unsigned int bit, const char *parameter)
{
	flip_cpuid(r, 0, 0x8000000a, EDX, bit);
	if (parameter)
		set_parameter(r, parameter, "0");
}

static void no_vgif(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	zen(&r, 1);
	nothing(&r);
	clear(&r, 16, "vgif");
	f = must(&r, "no-vgif");
	assert_int_equal(f->severity, SEVERITY_DEGRADED);
	assert_contains(f->evidence, "bit 16 (vGIF) is 0");
	assert_contains(f->remedy, "newer CPU");
	must_not(&r, "no-vls");
	/* In a virtual machine it is the hypervisor below, or its host. */
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	f = must(&r, "no-vgif");
	assert_null(strstr(f->remedy, "newer CPU"));
	assert_contains(f->remedy, "nestcheck compare");
	/* Nor does an emulator's CPU matter, or one on which nothing runs. */
	set_hypervisor(&r, "TCGTCGTCGTCG");
	r.facts.behaviour = tcg_behaviour;
	must_not(&r, "no-vgif");
	report_free(&r);
	zen(&r, 1);
	clear(&r, 16, "vgif");
	set_msr(&r, 0, 0xc0010114, 0x18);
	must_not(&r, "no-vgif");
	report_free(&r);
	/* The CPU has it, and KVM does not use it. */
	zen(&r, 1);
	set_parameter(&r, "vgif", "0");
	f = must(&r, "no-vgif");
	assert_contains(f->title, "switched off");
	assert_contains(f->remedy, "vgif=0");
	report_free(&r);
	/* Not recorded. */
	zen(&r, 1);
	drop_cpuid(&r, 0, 0x8000000a);
	must_not(&r, "no-vgif");
	report_free(&r);
	haswell(&r, 1);
	must_not(&r, "no-vgif");
	report_free(&r);
}

static void no_vls(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	clear(&r, 15, "vls");
	assert_contains(must(&r, "no-vls")->evidence, "bit 15");
	must_not(&r, "no-vgif");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "vls", "0");
	assert_contains(must(&r, "no-vls")->remedy, "vls=0");
	/* Zen 4 client: the kernel switched it off, and must not be told otherwise. */
	leaf_of(&r, 0, 1)->eax = 0x00a60f12;
	must_not(&r, "no-vls");
	must_not(&r, "zen4-vls");
	report_free(&r);
}

static void no_svm_assists(void **state)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {
		{ 3, "NRIPS" },
		{ 5, "VMCB clean" },
		{ 6, "flush by ASID" },
		{ 7, "decode assists" },
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		zen(&r, 1);
		clear(&r, bits[i].bit, NULL);
		f = must(&r, "no-svm-assists");
		assert_contains(f->title, bits[i].name);
		assert_contains(f->evidence, bits[i].name);
		for (size_t k = 0; k < sizeof(bits) / sizeof(bits[0]); k++)
			if (k != i)
				assert_null(strstr(f->title, bits[k].name));
		/* KVM never gives its guests decode assists. */
		set_hypervisor(&r, "KVMKVMKVM\0\0\0");
		if (bits[i].bit == 7)
			must_not(&r, "no-svm-assists");
		else
			must(&r, "no-svm-assists");
		report_free(&r);
	}
	/* One finding for all. */
	zen(&r, 1);
	leaf_of(&r, 0, 0x8000000a)->edx = 0x18001;
	f = must(&r, "no-svm-assists");
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		assert_contains(f->title, bits[i].name);
	report_free(&r);
}

/* What keeps it from the next grade is named. */
static void grade_names_what_is_missing(void **state)
{
	static const struct {
		unsigned int bit;
		const char *parameter, *line;
	} rows[] = {
		{ 16, "vgif", "for fast it lacks vgif" },
		{ 6, NULL, "for good it lacks flush_by_asid" },
		{ 0, "npt", "for functional it lacks npt" },
	};
	struct text t = { 0 };
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		zen(&r, 1);
		r.kvm.module = "kvm_amd";
		clear(&r, rows[i].bit, rows[i].parameter);
		diagnose(&r);
		render_probe(&t, &r);
		assert_contains(t.s, rows[i].line);
		text_free(&t);
		report_free(&r);
	}
	zen(&r, 1);
	r.kvm.module = "kvm_amd";
	diagnose(&r);
	render_probe(&t, &r);
	assert_contains(t.s, "fast, if the self-test passes\n");
	text_free(&t);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_vgif),
		cmocka_unit_test(no_vls),
		cmocka_unit_test(no_svm_assists),
		cmocka_unit_test(grade_names_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
