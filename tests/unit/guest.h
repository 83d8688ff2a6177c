/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine whose CPU is one of the models, and the texts of `setup guest` for it. */
#ifndef NESTCHECK_TESTS_UNIT_GUEST_H
#define NESTCHECK_TESTS_UNIT_GUEST_H

#include "machine.h"

#include "facts/facts.h"
#include "setup/guest/cpu_model.h"
#include "setup/setup.h"

/* A CPU with exactly the features of this model. */
static void cpu_of(struct report *r, const struct cpu_model *m)
{
	report_init(r);
	add_cpu(r);
	set_vendor(r, 0,
		   m->vendor == VENDOR_INTEL ? "GenuineIntel" :
		   m->vendor == VENDOR_AMD   ? "AuthenticAMD" :
					       "HygonGenuine");
	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++) {
		const struct cpu_model_register *at = &cpu_model_registers[i];
		struct cpuid_fact *f = NULL;
		struct cpu_facts *c = &r->facts.cpus[0];

		for (size_t j = 0; j < c->n_cpuid; j++)
			if (c->cpuid[j].leaf == at->leaf && c->cpuid[j].subleaf == at->subleaf)
				f = &c->cpuid[j];
		if (!f) {
			f = arena_push(&r->arena, &c->cpuid, &c->n_cpuid);
			f->leaf = at->leaf;
			f->subleaf = at->subleaf;
		}
		*(uint32_t *const[]){ &f->eax, &f->ebx, &f->ecx, &f->edx }[at->reg] |=
			m->features[i];
	}
	identify_cpu(r);
}

static struct guest_options options(const char *kind, unsigned int level)
{
	struct guest_options o = { .kind = kind, .level = level };

	guest_defaults(&o);
	return o;
}

static void text_of(const struct report *r, const struct guest_options *o, const char *part)
{
	struct text t = { 0 };

	assert_true(guest_text(r, o, &t));
	assert_contains(t.s, part);
	text_free(&t);
}

static void no_text_of(const struct report *r, const struct guest_options *o, const char *why)
{
	struct text t = { 0 };

	assert_false(guest_text(r, o, &t));
	assert_contains(t.s, why);
	text_free(&t);
}

/* The text, which has to contain part; valid until the next. */
static const char *printed(const struct report *r, const struct guest_options *o, const char *part)
{
	static struct text t;

	text_free(&t);
	assert_true(guest_text(r, o, &t));
	assert_contains(t.s, part);
	return t.s;
}

#endif
