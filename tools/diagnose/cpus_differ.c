// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the CPUs of one machine agree. Each register of the table in cpu_registers.c is compared
 * with the value that most CPUs have. On a hybrid CPU, cores are compared within their kind first,
 * microcode included, and then one core of each kind with the others.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/cpu_registers.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/output.h"
#include "lib/vendor.h"

#define MAX_GROUPS 4 /* differing values that are listed per register */

/* Groups equal values; within a group, orders by CPU. */
static int by_value(const void *pa, const void *pb)
{
	const struct reading *a = pa, *b = pb;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool equal(const struct reading *a, const struct reading *b)
{
	return a->state == b->state && a->value == b->value;
}

static size_t group_end(const struct reading *r, size_t n, size_t first)
{
	size_t end = first + 1;

	while (end < n && equal(&r[first], &r[end]))
		end++;
	return end;
}

/* The largest group. On a tie, the group with the lowest CPU. */
static size_t largest_group(const struct reading *r, size_t n)
{
	size_t best = 0, best_size = 0;

	for (size_t i = 0; i < n; i = group_end(r, n, i)) {
		size_t size = group_end(r, n, i) - i;

		if (size > best_size || (size == best_size && r[i].index < r[best].index)) {
			best = i;
			best_size = size;
		}
	}
	return best;
}

static void add_group(struct situation *s, struct text *t, const struct reading *r, size_t n)
{
	int *ids = arena_alloc(&s->r->arena, n * sizeof(*ids));

	for (size_t i = 0; i < n; i++)
		ids[i] = s->f->cpus[r[i].index].id;
	text_cpus(t, ids, n);
}

/* Marks the odd CPUs and appends the differences of one register to t. */
static bool compare(struct situation *s, const struct cpu_register *c, struct reading *r, size_t n,
		    bool *odd, struct text *t)
{
	size_t usual, groups = 0;

	qsort(r, n, sizeof(*r), by_value);
	usual = largest_group(r, n);
	if (n < 2 || group_end(r, n, usual) - usual == n)
		return false;
	if (t->len)
		text_add(t, "; ");
	cpu_register_add_name(t, c);
	text_add(t, " is ");
	for (size_t i = 0, end; i < n; i = end) {
		end = group_end(r, n, i);
		if (i == usual)
			continue;
		for (size_t k = i; k < end; k++)
			odd[r[k].index] = true;
		if (groups++ >= MAX_GROUPS)
			continue;
		cpu_register_add_value(t, c, &r[i]);
		text_add(t, " on ");
		add_group(s, t, &r[i], end - i);
		if (r[i].state == READ && r[usual].state == READ && !cpu_register_is_microcode(c))
			cpu_register_add_bits(t, c, r[i].value, r[usual].value);
		text_add(t, ", ");
	}
	if (groups > MAX_GROUPS)
		text_addf(t, "%zu more values, ", groups - MAX_GROUPS);
	cpu_register_add_value(t, c, &r[usual]);
	text_add(t, " elsewhere");
	return true;
}

static bool is_hybrid(const struct situation *s)
{
	for (size_t i = 0; i < s->f->n_cpus; i++) {
		const struct cpuid_fact *leaf =
			cpu_cpuid(s->f, &s->f->cpus[i], CPUID_STRUCTURED, 0);

		if (leaf && leaf->edx & CPUID_7_EDX_HYBRID)
			return true;
	}
	return false;
}

static bool is_virtualization_bit(const struct situation *s, const struct cpu_register *c,
				  const struct reading *r, size_t n)
{
	uint64_t bit = 0;

	if (!c->msr && c->reg == CPUID_ECX && c->leaf == CPUID_FEATURES &&
	    vendor_has_vmx(s->vendor))
		bit = CPUID_1_ECX_VMX;
	if (!c->msr && c->reg == CPUID_ECX && c->leaf == CPUID_EXT_FEATURES &&
	    vendor_has_svm(s->vendor))
		bit = CPUID_EXT_ECX_SVM;
	for (size_t i = 1; i < n; i++)
		if ((r[i].value ^ r[0].value) & bit)
			return true;
	return false;
}

/* "; microcode 0xf4 on all of them": worth knowing if something else differs. */
static void add_microcode(struct situation *s, struct text *t)
{
	const struct msr_fact *m = NULL;

	for (size_t i = 0; i < s->f->n_cpus; i++) {
		m = cpu_msr(s->f, &s->f->cpus[i], MSR_IA32_BIOS_SIGN_ID);
		if (!m || m->refused)
			return;
	}
	text_addf(t, "; microcode 0x%" PRIx64 " on all of them",
		  microcode_revision(s->vendor, m->value));
}

/* State of a comparison: which CPUs are odd, and the evidence so far. */
struct differences {
	struct reading *r;
	bool *odd;
	struct text t;
	bool blocker, microcode, msr;
};

static struct differences differences_new(struct situation *s)
{
	size_t n = s->f->n_cpus;

	return (struct differences){
		.r = arena_alloc(&s->r->arena, n * sizeof(struct reading)),
		.odd = arena_alloc(&s->r->arena, n * sizeof(bool)),
		.t = { .raw = true },
	};
}

/* Those n CPUs, or all if cpus is NULL. */
static void compare_cpus(struct situation *s, struct differences *d, const size_t *cpus, size_t n,
			 bool microcode)
{
	for (size_t i = 0; i < n_cpu_registers; i++) {
		const struct cpu_register *c = &cpu_registers[i];
		size_t have = 0;

		if (!cpu_register_applies(s->vendor, c) ||
		    (cpu_register_is_microcode(c) && !microcode))
			continue;
		for (size_t k = 0; k < n; k++) {
			d->r[have] = cpu_register_read(s->f, s->vendor, c, cpus ? cpus[k] : k);
			have += d->r[have].state != MISSING;
		}
		if (!have || !compare(s, c, d->r, have, d->odd, &d->t))
			continue;
		d->blocker |= is_virtualization_bit(s, c, d->r, have);
		d->microcode |= cpu_register_is_microcode(c);
		d->msr |= c->msr;
	}
}

/* "Inconsistent VMCS config on CPU n". A module that has loaded did not refuse. */
static bool kvm_refuses(const struct situation *s)
{
	for (size_t i = 0; i < s->n_needs; i++)
		if (s->needs[i].state == TRI_NO && !strcmp(s->needs[i].name, NEED_CONSISTENT_VMX))
			return !kvm_runs(s);
	return false;
}

static struct finding *add_differences(struct situation *s, const struct rule *rule,
				       struct differences *d)
{
	struct finding *f = finding_add(s, rule);

	f->evidence = arena_strdup(&s->r->arena, d->t.s);
	if (d->blocker || (d->msr && kvm_refuses(s)))
		f->severity = SEVERITY_BLOCKER;
	for (size_t i = 0; i < s->f->n_cpus; i++)
		if (d->odd[i])
			finding_cpu(s, f, s->f->cpus[i].id);
	return f;
}

/* A CPU, by its index in the facts, and its kind of core. */
struct core {
	uint32_t kind;
	size_t cpu;
};

/* The CPUs of one kind, in ascending order. */
struct core_kind {
	const size_t *cpus;
	size_t n;
};

static int by_kind(const void *pa, const void *pb)
{
	const struct core *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->cpu < b->cpu ? -1 : a->cpu > b->cpu;
}

static int by_first_cpu(const void *pa, const void *pb)
{
	const struct core_kind *a = pa, *b = pb;

	return a->cpus[0] < b->cpus[0] ? -1 : a->cpus[0] > b->cpus[0];
}

/*
 * The CPUs by kind of core: SDM Vol. 2A, CPUID leaf 0x1a EAX bits 31:24 (0x20 Atom, 0x40 Core), and
 * 23:0, the design, which can be an older one on low-power cores. Returns the number of kinds; 0 if
 * this is no hybrid CPU, or the kind of some CPU is not known.
 */
static size_t core_kinds(struct situation *s, struct core_kind **kinds)
{
	size_t n = s->f->n_cpus, n_kinds = 0, *cpus;
	struct core *cores;

	*kinds = NULL;
	if (!s->cpu || !is_hybrid(s))
		return 0;
	cores = arena_alloc(&s->r->arena, n * sizeof(*cores));
	cpus = arena_alloc(&s->r->arena, n * sizeof(*cpus));
	for (size_t i = 0; i < n; i++) {
		const struct cpuid_fact *leaf = cpu_cpuid(s->f, &s->f->cpus[i], CPUID_HYBRID, 0);

		if (!leaf)
			return 0;
		cores[i] = (struct core){ leaf->eax, i };
	}
	qsort(cores, n, sizeof(*cores), by_kind);
	for (size_t i = 0; i < n; i++) {
		cpus[i] = cores[i].cpu;
		if (!i || cores[i].kind != cores[i - 1].kind)
			arena_push(&s->r->arena, kinds, &n_kinds)->cpus = &cpus[i];
		(*kinds)[n_kinds - 1].n++;
	}
	qsort(*kinds, n_kinds, sizeof(**kinds), by_first_cpu);
	return n_kinds;
}

void check_cpus_differ(struct situation *s, const struct rule *rule)
{
	struct core_kind *kinds;
	size_t n_kinds = core_kinds(s, &kinds);
	struct differences d;

	if (s->f->n_cpus < 2)
		return;
	d = differences_new(s);
	if (!n_kinds)
		compare_cpus(s, &d, NULL, s->f->n_cpus, !is_hybrid(s));
	for (size_t i = 0; i < n_kinds; i++)
		compare_cpus(s, &d, kinds[i].cpus, kinds[i].n, true);
	/* Kinds of cores may differ. If the kinds are unknown, a difference alone is no fault. */
	if (d.t.len && (n_kinds || d.blocker || !is_hybrid(s))) {
		if (!d.microcode && !is_hybrid(s))
			add_microcode(s, &d.t);
		add_differences(s, rule, &d);
	}
	text_free(&d.t);
}

/* Compares one CPU of each kind. Differences within a kind belong to check_cpus_differ(). */
void check_hybrid(struct situation *s, const struct rule *rule)
{
	struct core_kind *kinds;
	size_t n_kinds = core_kinds(s, &kinds), *firsts;
	struct differences d;
	struct finding *f;

	if (!n_kinds)
		return;
	d = differences_new(s);
	firsts = arena_alloc(&s->r->arena, n_kinds * sizeof(*firsts));
	for (size_t i = 0; i < n_kinds; i++)
		firsts[i] = kinds[i].cpus[0];
	compare_cpus(s, &d, firsts, n_kinds, false);
	if (d.t.len) {
		f = add_differences(s, rule, &d);
		f->evidence = format(s, "%s (one CPU of each kind compared)", f->evidence);
		if (!d.msr && !d.blocker)
			f->severity = SEVERITY_ADVICE;
	}
	text_free(&d.t);
}
