/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Made-up machines for the tests of diagnose and report: a healthy Haswell and a healthy
 * Zen with everything recorded, in which a test removes or changes one thing.
 *
 * Register values: the processors' own (SDM Vol. 3 appendix A, APM Vol. 3 appendix E).
 */
#ifndef NESTCHECK_TESTS_UNIT_MACHINE_H
#define NESTCHECK_TESTS_UNIT_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/report.h"

#define HELPER static inline __attribute__((unused))

enum {
	EAX,
	EBX,
	ECX,
	EDX
};

HELPER struct cpu_facts *add_cpu(struct report *r)
{
	struct cpu_facts *c = arena_push(&r->arena, &r->facts.cpus, &r->facts.n_cpus);

	c->id = (int)r->facts.n_cpus - 1;
	c->like = -1;
	return c;
}

HELPER struct cpuid_fact *leaf_of(struct report *r, size_t cpu, uint32_t leaf)
{
	struct cpu_facts *c = &r->facts.cpus[cpu];

	for (size_t i = 0; i < c->n_cpuid; i++)
		if (c->cpuid[i].leaf == leaf && c->cpuid[i].subleaf == 0)
			return &c->cpuid[i];
	return NULL;
}

HELPER void set_cpuid(struct report *r, size_t cpu, uint32_t leaf, uint32_t eax, uint32_t ebx,
		      uint32_t ecx, uint32_t edx)
{
	struct cpuid_fact *f = leaf_of(r, cpu, leaf);

	if (!f)
		f = arena_push(&r->arena, &r->facts.cpus[cpu].cpuid, &r->facts.cpus[cpu].n_cpuid);
	*f = (struct cpuid_fact){ leaf, 0, eax, ebx, ecx, edx };
}

HELPER void flip_cpuid(struct report *r, size_t cpu, uint32_t leaf, int reg, unsigned int bit)
{
	struct cpuid_fact *f = leaf_of(r, cpu, leaf);
	uint32_t *const regs[] = { &f->eax, &f->ebx, &f->ecx, &f->edx };

	assert_non_null(f);
	*regs[reg] ^= 1u << bit;
}

/* Removes a leaf: the last one takes its place. */
HELPER void drop_cpuid(struct report *r, size_t cpu, uint32_t leaf)
{
	struct cpu_facts *c = &r->facts.cpus[cpu];

	*leaf_of(r, cpu, leaf) = c->cpuid[c->n_cpuid - 1];
	c->n_cpuid--;
}

HELPER struct msr_fact *msr_of(struct report *r, size_t cpu, uint32_t index)
{
	struct cpu_facts *c = &r->facts.cpus[cpu];

	for (size_t i = 0; i < c->n_msr; i++)
		if (c->msr[i].index == index)
			return &c->msr[i];
	return NULL;
}

HELPER void set_msr(struct report *r, size_t cpu, uint32_t index, uint64_t value)
{
	struct msr_fact *m = msr_of(r, cpu, index);

	if (!m)
		m = arena_push(&r->arena, &r->facts.cpus[cpu].msr, &r->facts.cpus[cpu].n_msr);
	*m = (struct msr_fact){ .index = index, .value = value };
}

HELPER void refuse_msr(struct report *r, size_t cpu, uint32_t index)
{
	set_msr(r, cpu, index, 0);
	msr_of(r, cpu, index)->refused = true;
}

HELPER void drop_msr(struct report *r, size_t cpu, uint32_t index)
{
	struct cpu_facts *c = &r->facts.cpus[cpu];

	*msr_of(r, cpu, index) = c->msr[c->n_msr - 1];
	c->n_msr--;
}

/* Leaf 0 or 0x40000000 with 12 characters; order: the registers that hold them, in turn. */
HELPER void set_name(struct report *r, size_t cpu, uint32_t leaf, uint32_t max, const char *name,
		     const int order[3])
{
	uint32_t regs[4] = { max };

	for (int i = 0; i < 3; i++)
		memcpy(&regs[order[i]], name + 4 * i, 4);
	set_cpuid(r, cpu, leaf, regs[0], regs[1], regs[2], regs[3]);
}

HELPER void set_vendor(struct report *r, size_t cpu, const char *name)
{
	set_name(r, cpu, 0, 0xd, name, (const int[3]){ EBX, EDX, ECX });
}

/* We are a guest of this one. */
HELPER void set_hypervisor(struct report *r, const char *signature)
{
	leaf_of(r, 0, 1)->ecx |= 1u << 31;
	if (signature)
		set_name(r, 0, 0x40000000, 0x40000001, signature, (const int[3]){ EBX, ECX, EDX });
}

HELPER struct module_facts *set_module(struct report *r, const char *name)
{
	struct kernel_facts *k = &r->facts.kernel;
	struct module_facts *m = arena_push(&r->arena, &k->modules, &k->n_modules);

	k->modules_known = TRI_YES;
	m->name = name;
	return m;
}

HELPER void set_parameter(struct report *r, const char *name, const char *value)
{
	struct key_values *p = &r->facts.kernel.modules[0].parameters;

	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->kv[i].key, name))
			p->kv[i].value = value;
	if (!kv_get(p, name))
		kv_add(&r->arena, p, name, value);
}

HELPER void set_log(struct report *r, const char *line)
{
	strings_add(&r->arena, &r->facts.kernel.log, line);
}

/* sin(1) = 0xd76aa47848677021 * 2^-64; pi with 66 bits (SDM Vol. 1, 8.3.8); RCPSS with 12. */
static const struct behaviour_facts hardware_behaviour = { .known = TRI_YES,
							   .fsin_one = 0xd76aa47848677021,
							   .fsin_pi = 0xbbf0000000000000,
							   .rcpss_three = 0x3eaaa000,
							   .ticks_nop = 160,
							   .ticks_fsin = 80000 };
/* Where it differs: lib/emulator.c, behaves_like_tcg(), behaves_like_bochs(). */
static const struct behaviour_facts tcg_behaviour = { .known = TRI_YES,
						      .fsin_one = 0xd76aa47848677000,
						      .fsin_pi = 0x3ca1a62633145c07,
						      .rcpss_three = 0x3eaaaaab,
						      .ticks_nop = 100,
						      .ticks_fsin = 400000 };
static const struct behaviour_facts bochs_behaviour = { .known = TRI_YES,
							.fsin_one = 0xd76aa47848677021,
							.fsin_pi = 0xbc08000000000000,
							.rcpss_three = 0x3eaaa000,
							.ticks_nop = 1029,
							.ticks_fsin = 1007 };

HELPER void set_dmi(struct report *r, const char *key, const char *value)
{
	kv_add(&r->arena, &r->facts.firmware.dmi, key, value);
}

HELPER void loaded(struct report *r, const char *module, const char *const *parameters,
		   const char *yes)
{
	set_module(r, module);
	for (; *parameters; parameters++)
		set_parameter(r, *parameters, yes);
	r->facts.kvm.device = KVM_DEVICE_PRESENT;
	r->facts.kvm.nested_cpuid = TRI_YES;
}

/* An i7-4770 with KVM loaded and nesting on. */
HELPER void haswell(struct report *r, size_t cpus)
{
	static const char *const parameters[] = {
		"nested", "ept",
		"vpid",	  "unrestricted_guest",
		"eptad",  "preemption_timer",
		"vnmi",	  "enable_shadow_vmcs",
		NULL,
	};

	report_init(r);
	for (size_t i = 0; i < cpus; i++) {
		add_cpu(r);
		set_vendor(r, i, "GenuineIntel");
		set_cpuid(r, i, 1, 0x306c3, 0x00100800 | (uint32_t)i << 25, 0x7ffafbff, 0xbfebfbff);
		set_cpuid(r, i, 7, 0, 0x27ab, 0, 0);
		set_cpuid(r, i, 0x80000000, 0x80000008, 0, 0, 0);
		set_cpuid(r, i, 0x80000001, 0, 0, 0x21, 0x2c100800);
		set_msr(r, i, 0x3a, 5);
		set_msr(r, i, 0x8b, 0x2800000000);
		set_msr(r, i, 0x480, 0x00da040000000012);
		set_msr(r, i, 0x481, 0x0000007f00000016);
		set_msr(r, i, 0x482, 0xfff9fffe0401e172);
		set_msr(r, i, 0x485, 0x300481e5);
		set_msr(r, i, 0x48b, 0x00007cff00000000);
		set_msr(r, i, 0x48c, 0x00000f0106334141);
	}
	loaded(r, "kvm_intel", parameters, "Y");
}

/* A first-generation Ryzen with KVM loaded and nesting on. */
HELPER void zen(struct report *r, size_t cpus)
{
	static const char *const parameters[] = { "nested", "npt", "nrips", "vgif", "vls", NULL };

	report_init(r);
	for (size_t i = 0; i < cpus; i++) {
		add_cpu(r);
		set_vendor(r, i, "AuthenticAMD");
		set_cpuid(r, i, 1, 0x00800f11, 0x00100800 | (uint32_t)i << 25, 0x7ed8320b,
			  0x178bfbff);
		set_cpuid(r, i, 0x80000000, 0x8000001f, 0, 0, 0);
		set_cpuid(r, i, 0x80000001, 0x00800f11, 0x20000000, 0x35c233ff, 0x2fd3fbff);
		set_cpuid(r, i, 0x8000000a, 1, 0x8000, 0, 0x1bcff);
		set_msr(r, i, 0x8b, 0x08001138);
		set_msr(r, i, 0xc0010114, 8);
	}
	loaded(r, "kvm_amd", parameters, "1");
}

HELPER const struct finding *finding_of(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (!strcmp(r->findings[i].id, id))
			return &r->findings[i];
	return NULL;
}

/* The text must contain this, else the message shows the text. */
#define assert_contains(text, part) assert_contains_((text), (part), __FILE__, __LINE__)
HELPER void assert_contains_(const char *text, const char *part, const char *file, int line)
{
	if (text && strstr(text, part))
		return;
	print_error("\"%s\"\nhas no \"%s\"\n", text ? text : "(null)", part);
	_fail(file, line);
}

#endif
