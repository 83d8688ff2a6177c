// SPDX-License-Identifier: GPL-2.0-only
/* The CPU models of `setup guest`: which one a CPU is, which it can give, and feature by feature. */
#include "guest.h"

#include <stdio.h>

static void a_cpu_gets_the_model_that_it_is(void **state)
{
	struct report r;

	(void)state;
	for (const struct cpu_model *m = cpu_models; m->name; m++) {
		cpu_of(&r, m);
		assert_ptr_equal(cpu_model_of(&r), m);
		report_free(&r);
	}
}

/* Without any one of its features it is another model, all of whose features it has. */
static void every_feature_counts(void **state)
{
	(void)state;
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		for (unsigned int bit = 0; bit < 32 * CPU_MODEL_REGISTERS; bit++) {
			struct cpu_model less = *m;
			const struct cpu_model *got;
			struct report r;

			if (!(m->features[bit / 32] >> bit % 32 & 1))
				continue;
			less.features[bit / 32] &= ~(1u << bit % 32);
			cpu_of(&r, &less);
			got = cpu_model_of(&r);
			assert_ptr_not_equal(got, m);
			for (size_t i = 0; got && i < CPU_MODEL_REGISTERS; i++)
				assert_int_equal(got->features[i] & ~less.features[i], 0);
			report_free(&r);
		}
}

/* Every CPU of the machine must have it; a leaf that was not recorded has no features. */
static void unknown_and_unlike_cpus(void **state)
{
	struct guest_options o = options("libvirt", 1);
	const struct cpu_model *m = cpu_models;
	struct report r;

	(void)state;
	cpu_of(&r, m);
	add_cpu(&r);
	assert_null(cpu_model_of(&r));
	r.facts.cpus[1].like = 0;
	assert_ptr_equal(cpu_model_of(&r), m);
	drop_cpuid(&r, 0, 1);
	assert_null(cpu_model_of(&r));
	o.cpu = "custom";
	no_text_of(&r, &o, "--cpu host-passthrough");
	o.kind = "vagrant";
	o.cpu = "host-passthrough";
	text_of(&r, &o, "libvirt.nested = true");
	o.part = "cpu-feature";
	no_text_of(&r, &o, "--part nested");
	report_free(&r);
}

/* What KVM is known not to give, no guest can have; nesting is not on yet, or KVM reports it elsewhere. */
static void what_kvm_gives(void **state)
{
	struct report r;

	(void)state;
	for (const struct cpu_model *m = cpu_models; m->name; m++) {
		uint32_t bits[CPU_MODEL_REGISTERS];
		struct cpuid_fact *kvm;

		cpu_of(&r, m);
		kvm = arena_push(&r.arena, &r.facts.kvm.cpuid, &r.facts.kvm.n_cpuid);
		*kvm = (struct cpuid_fact){ .leaf = 1, .ecx = ~(1u << 5 | 1u << 21 | 1u << 24) };
		kvm = arena_push(&r.arena, &r.facts.kvm.cpuid, &r.facts.kvm.n_cpuid);
		*kvm = (struct cpuid_fact){ .leaf = 0x80000001, .ecx = ~4u, .edx = ~0u };
		kvm = arena_push(&r.arena, &r.facts.kvm.cpuid, &r.facts.kvm.n_cpuid);
		*kvm = (struct cpuid_fact){ .leaf = 0x8000000a };
		assert_ptr_equal(cpu_model_of(&r), m);
		/* ssse3 */
		r.facts.kvm.cpuid[0].ecx &= ~(1u << 9);
		cpu_can_give(&r, bits);
		assert_int_equal(bits[0] & 1u << 9, 0);
		if (m->features[0] & 1u << 9)
			assert_ptr_not_equal(cpu_model_of(&r), m);
		report_free(&r);
	}
}

static void the_list_of_models(void **state)
{
	struct text out = { 0 };
	struct report r;

	(void)state;
	cpu_of(&r, &cpu_models[15]);
	assert_string_equal(cpu_models[15].name, "Haswell");
	assert_true(guest_cpu_list(&r, &out));
	assert_contains(out.s, "\nHaswell                    yes   add\n");
	assert_contains(out.s, "\nHaswell-IBRS               no    add     spec-ctrl\n");
	assert_contains(out.s, "\nBroadwell-IBRS             no    add     "
			       "rdseed, adx, smap and 2 more\n");
	assert_contains(out.s, "--cpu custom takes Haswell.\n");
	assert_null(strstr(out.s, "EPYC"));
	text_free(&out);
	report_free(&r);
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		if (!strcmp(m->name, "EPYC-IBPB"))
			cpu_of(&r, m);
	assert_true(guest_cpu_list(&r, &out));
	assert_contains(out.s, "\nEPYC                       yes   in it\n");
	assert_contains(
		out.s, "\nEPYC-Rome                  no    in it   clwb, umip, rdpid and 7 more\n");
	assert_null(strstr(out.s, "Haswell"));
	text_free(&out);
	report_free(&r);
	report_init(&r);
	assert_false(guest_cpu_list(&r, &out));
	assert_contains(out.s, "host-passthrough");
	text_free(&out);
	report_free(&r);
}

/* The howto's machine: an i5-4670T, and what virsh cpu-baseline printed for it, without osxsave. */
static void the_features_of_the_howto(void **state)
{
	static const char *const features[] = { "abm",	   "pdpe1gb", "rdrand", "f16c", "pdcm",
						"xtpr",	   "tm2",     "est",	"smx",	"ds_cpl",
						"monitor", "dtes64",  "pbe",	"tm",	"ht",
						"ss",	   "acpi",    "ds",	"vme" };
	struct guest_options o = options("libvirt", 1);
	struct cpu_model cpu = cpu_models[15];
	struct cpuid_fact *kvm;
	const char *s;
	struct report r;
	char want[80];
	size_t n = 0;

	(void)state;
	cpu.features[0] |= 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 |
			   1u << 14 | 1u << 15 | 1u << 27 | 1u << 29 | 1u << 30;
	cpu.features[1] |= 1u << 1 | 1u << 21 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29 |
			   1u << 31;
	cpu.features[8] |= 1u << 5;
	cpu.features[9] |= 1u << 26;
	cpu_of(&r, &cpu);
	o.part = "baseline";
	text_of(&r, &o,
		"<model fallback='forbid'>Haswell</model>\n  <vendor>Intel</vendor>\n"
		"  <feature policy='require' name='vmx'/>\n");
	s = printed(&r, &o, "</cpu>\n");
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		snprintf(want, sizeof(want), "  <feature policy='optional' name='%s'/>\n",
			 features[i]);
		assert_contains(s, want);
	}
	for (const char *at = s; (at = strstr(at, "<feature")); at++)
		n++;
	assert_int_equal(n, sizeof(features) / sizeof(features[0]) + 1);
	/* Once KVM's CPUID is known, what it does not give is left out, and the rest required. */
	kvm = arena_push(&r.arena, &r.facts.kvm.cpuid, &r.facts.kvm.n_cpuid);
	*kvm = (struct cpuid_fact){ .leaf = 1,
				    .ecx = cpu_models[15].features[0] | 1u << 29 | 1u << 30,
				    .edx = 1u << 27 };
	s = printed(&r, &o, "<feature policy='require' name='f16c'/>");
	assert_contains(s, "<feature policy='require' name='ss'/>");
	assert_contains(s, "<feature policy='optional' name='abm'/>");
	assert_null(strstr(s, "'ds_cpl'"));
	assert_null(strstr(s, "'ht'"));
	/* Windows with Hyper-V: no TSX, which Haswell has. */
	o.os = "windows";
	s = printed(&r, &o,
		    "<feature policy='disable' name='hle'/>\n"
		    "  <feature policy='disable' name='rtm'/>\n");
	assert_null(strstr(s, "require' name='rtm'"));
	o.os = NULL;
	assert_null(strstr(printed(&r, &o, "'f16c'"), "'rtm'"));
	o.level = 2;
	assert_null(strstr(printed(&r, &o, "'f16c'"), "vmx"));
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cpu_gets_the_model_that_it_is),
		cmocka_unit_test(every_feature_counts),
		cmocka_unit_test(unknown_and_unlike_cpus),
		cmocka_unit_test(what_kvm_gives),
		cmocka_unit_test(the_list_of_models),
		cmocka_unit_test(the_features_of_the_howto),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
