// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do the CPUs of one machine agree? Register by register, each against what most CPUs have.
 *
 * Only what has to be the same is compared: feature leaves and the virtualization MSRs.
 * APIC ids, topology, caches, and what the kernel sets per CPU (OSXSAVE, OSPKE, EFER) are
 * not in the table or masked out. The two kinds of cores of a hybrid CPU may carry different
 * microcode.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "diagnose/cpuid_names.h"
#include "diagnose/rules.h"
#include "diagnose/vendor.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/registers.h"
#include "lib/output.h"

#define MAX_BITS   6 /* that are named of one register */
#define MAX_GROUPS 4 /* of CPUs with another value */

enum which {
	ANY_VENDOR,
	VMX_ONLY,
	SVM_ONLY,
};

/* leaf, subleaf, reg for CPUID; leaf is the index for an MSR. mask: what is compared. */
struct compared {
	bool msr;
	enum which which;
	uint32_t leaf, subleaf;
	enum cpuid_register reg;
	uint64_t mask;
};

#define LEAF(l, s, r, m)                                                             \
	{                                                                            \
		.leaf = (l), .subleaf = (s), .reg = CPUID_##r, .mask = (uint32_t)(m) \
	}
#define MSR(i, w, m)                                                \
	{                                                           \
		.msr = true, .leaf = (i), .which = (w), .mask = (m) \
	}
#define ALL UINT64_MAX

#define CPUID_7_ECX_OSPKE (1u << 4)

static const struct compared table[] = {
	LEAF(CPUID_BASIC, 0, EAX, ALL),
	LEAF(CPUID_FEATURES, 0, EAX, ALL),
	LEAF(CPUID_FEATURES, 0, ECX, ~CPUID_1_ECX_OSXSAVE),
	LEAF(CPUID_FEATURES, 0, EDX, ALL),
	LEAF(CPUID_STRUCTURED, 0, EBX, ALL),
	LEAF(CPUID_STRUCTURED, 0, ECX, ~CPUID_7_ECX_OSPKE),
	LEAF(CPUID_STRUCTURED, 0, EDX, ALL),
	LEAF(CPUID_STRUCTURED, 1, EAX, ALL),
	LEAF(CPUID_STRUCTURED, 1, EDX, ALL),
	LEAF(CPUID_STRUCTURED, 2, EDX, ALL),
	LEAF(CPUID_XSTATE, 0, EAX, ALL),
	LEAF(CPUID_XSTATE, 0, EDX, ALL),
	LEAF(CPUID_XSTATE, 1, EAX, ALL),
	LEAF(CPUID_EXT_FEATURES, 0, EAX, ALL),
	LEAF(CPUID_EXT_FEATURES, 0, ECX, ALL),
	LEAF(CPUID_EXT_FEATURES, 0, EDX, ALL),
	LEAF(CPUID_EXT_POWER, 0, EDX, ALL),
	LEAF(CPUID_EXT_SIZES, 0, EAX, ALL),
	LEAF(CPUID_EXT_SIZES, 0, EBX, ALL),
	LEAF(CPUID_SVM, 0, EAX, ALL),
	LEAF(CPUID_SVM, 0, EBX, ALL),
	LEAF(CPUID_SVM, 0, EDX, ALL),
	LEAF(CPUID_SEV, 0, EAX, ALL),
	LEAF(CPUID_EXT_FEATURES2, 0, EAX, ALL),
	MSR(MSR_IA32_FEAT_CTL, VMX_ONLY, ALL),
	MSR(MSR_IA32_BIOS_SIGN_ID, ANY_VENDOR, ALL),
	MSR(MSR_IA32_VMX_BASIC, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_PINBASED_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_EXIT_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_ENTRY_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_MISC, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_CR0_FIXED0, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_CR0_FIXED1, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_CR4_FIXED0, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_CR4_FIXED1, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_VMCS_ENUM, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS2, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_EPT_VPID_CAP, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_TRUE_PINBASED_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_TRUE_EXIT_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_TRUE_ENTRY_CTLS, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_VMFUNC, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_PROCBASED_CTLS3, VMX_ONLY, ALL),
	MSR(MSR_IA32_VMX_EXIT_CTLS2, VMX_ONLY, ALL),
	MSR(MSR_VM_CR, SVM_ONLY,
	    VM_CR_DPD | VM_CR_R_INIT | VM_CR_DIS_A20M | VM_CR_LOCK | VM_CR_SVMDIS),
};

/* One register on one CPU. index: into facts.cpus. */
struct reading {
	enum {
		MISSING,
		REFUSED,
		READ
	} state;
	uint64_t value;
	size_t index;
};

/* The revision: bits 63:32 on Intel (SDM Vol. 3 10.11.7), 31:0 on AMD (PATCH_LEVEL). */
static uint64_t microcode(const struct situation *s, uint64_t value)
{
	return vendor_has_svm(s->vendor) ? value & UINT32_MAX : value >> 32;
}

static struct reading read_one(const struct situation *s, const struct compared *c, size_t index)
{
	const struct cpu_facts *cpu = &s->f->cpus[index];
	struct reading r = { .state = MISSING, .index = index };
	const struct cpuid_fact *leaf;
	const struct msr_fact *m;

	if (c->msr) {
		m = cpu_msr(s->f, cpu, c->leaf);
		if (m) {
			r.state = m->refused ? REFUSED : READ;
			r.value = m->refused			   ? 0 :
				  c->leaf == MSR_IA32_BIOS_SIGN_ID ? microcode(s, m->value) :
								     m->value & c->mask;
		}
		return r;
	}
	leaf = cpu_cpuid(s->f, cpu, c->leaf, c->subleaf);
	if (leaf) {
		const uint32_t regs[] = { leaf->eax, leaf->ebx, leaf->ecx, leaf->edx };

		r.state = READ;
		r.value = regs[c->reg] & c->mask;
	}
	return r;
}

/* Equal values side by side, within them the CPUs in order. */
static int by_value(const void *pa, const void *pb)
{
	const struct reading *a = pa, *b = pb;

	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool alike(const struct reading *a, const struct reading *b)
{
	return a->state == b->state && a->value == b->value;
}

static size_t group_end(const struct reading *r, size_t n, size_t first)
{
	size_t end = first + 1;

	while (end < n && alike(&r[first], &r[end]))
		end++;
	return end;
}

/* The largest group; of two that are equally large, the one with the first CPU. */
static size_t most(const struct reading *r, size_t n)
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

static const char *bit_name(const struct compared *c, unsigned int bit)
{
	return c->msr ? register_bit_name(c->leaf, bit) :
			cpuid_bit_name(c->leaf, c->subleaf, c->reg, bit);
}

/* " [bit 5 (VMX) is 0, bit 46 (VMCS shadowing may be 1) is 0]" */
static void add_bits(struct text *t, const struct compared *c, uint64_t odd, uint64_t usual)
{
	uint64_t different = odd ^ usual;
	const struct register_info *info = c->msr ? register_by_index(c->leaf) : NULL;
	bool controls = info && info->kind == REGISTER_CONTROLS;
	unsigned int named = 0, left = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name;

		if (!(different >> bit & 1))
			continue;
		if (named == MAX_BITS) {
			left++;
			continue;
		}
		name = bit_name(c, controls ? bit % 32 : bit);
		text_addf(t, "%sbit %u", named++ ? ", " : " [", bit);
		if (name)
			text_addf(t, " (%s%s)", name,
				  !controls ? "" :
				  bit < 32  ? " must be 1" :
					      " may be 1");
		text_addf(t, " is %u", (unsigned int)(odd >> bit & 1));
	}
	if (left)
		text_addf(t, ", and %u more bits", left);
	if (named)
		text_add(t, "]");
}

static void add_register(struct text *t, const struct compared *c)
{
	static const char *const regs[] = { "EAX", "EBX", "ECX", "EDX" };
	const struct register_info *info = c->msr ? register_by_index(c->leaf) : NULL;

	if (c->leaf == MSR_IA32_BIOS_SIGN_ID)
		text_add(t, "microcode (MSR 0x8b)");
	else if (c->msr)
		text_addf(t, "MSR 0x%" PRIx32 "%s%s", c->leaf, info ? " " : "",
			  info ? info->name : "");
	else
		text_addf(t, "CPUID 0x%08" PRIx32 ":%" PRIu32 " %s", c->leaf, c->subleaf,
			  regs[c->reg]);
}

static void add_value(struct text *t, const struct compared *c, const struct reading *r)
{
	if (r->state == REFUSED)
		text_add(t, "refused");
	else if (c->leaf == MSR_IA32_BIOS_SIGN_ID)
		text_addf(t, "0x%" PRIx64, r->value);
	else
		text_addf(t, c->msr ? "0x%016" PRIx64 : "0x%08" PRIx64, r->value);
}

static void add_group(struct situation *s, struct text *t, const struct reading *r, size_t n)
{
	int *ids = arena_alloc(&s->r->arena, n * sizeof(*ids));

	for (size_t i = 0; i < n; i++)
		ids[i] = s->f->cpus[r[i].index].id;
	text_cpus(t, ids, n);
}

/* Marks the odd CPUs; the differences of one register as text. */
static bool compare(struct situation *s, const struct compared *c, struct reading *r, size_t n,
		    bool *odd, struct text *t)
{
	size_t usual, groups = 0;

	qsort(r, n, sizeof(*r), by_value);
	usual = most(r, n);
	if (n < 2 || group_end(r, n, usual) - usual == n)
		return false;
	if (t->len)
		text_add(t, "; ");
	add_register(t, c);
	text_add(t, " is ");
	for (size_t i = 0, end; i < n; i = end) {
		end = group_end(r, n, i);
		if (i == usual)
			continue;
		for (size_t k = i; k < end; k++)
			odd[r[k].index] = true;
		if (groups++ >= MAX_GROUPS)
			continue;
		add_value(t, c, &r[i]);
		text_add(t, " on ");
		add_group(s, t, &r[i], end - i);
		if (r[i].state == READ && r[usual].state == READ &&
		    c->leaf != MSR_IA32_BIOS_SIGN_ID)
			add_bits(t, c, r[i].value, r[usual].value);
		text_add(t, ", ");
	}
	if (groups > MAX_GROUPS)
		text_addf(t, "%zu more values, ", groups - MAX_GROUPS);
	add_value(t, c, &r[usual]);
	text_add(t, " elsewhere");
	return true;
}

static bool is_hybrid(const struct situation *s)
{
	const struct cpuid_fact *leaf = cpu_cpuid(s->f, s->cpu, CPUID_STRUCTURED, 0);

	return leaf && leaf->edx & CPUID_7_EDX_HYBRID;
}

static bool applies(const struct situation *s, const struct compared *c)
{
	if (c->msr && c->leaf == MSR_IA32_BIOS_SIGN_ID && is_hybrid(s))
		return false;
	return c->which == ANY_VENDOR || (c->which == VMX_ONLY && vendor_has_vmx(s->vendor)) ||
	       (c->which == SVM_ONLY && vendor_has_svm(s->vendor));
}

static bool is_virtualization_bit(const struct situation *s, const struct compared *c,
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

/* "; microcode 0xf4 on all of them": worth knowing where something else differs. */
static void add_microcode(struct situation *s, struct text *t)
{
	const struct msr_fact *m = NULL;

	for (size_t i = 0; i < s->f->n_cpus; i++) {
		m = cpu_msr(s->f, &s->f->cpus[i], MSR_IA32_BIOS_SIGN_ID);
		if (!m || m->refused)
			return;
	}
	text_addf(t, "; microcode 0x%" PRIx64 " on all of them", microcode(s, m->value));
}

void check_cpus_differ(struct situation *s, const struct rule *rule)
{
	size_t n = s->f->n_cpus;
	struct reading *r;
	struct text t = { 0 };
	struct finding *f;
	bool *odd, blocker = false, microcode_differs = false;

	if (n < 2)
		return;
	r = arena_alloc(&s->r->arena, n * sizeof(*r));
	odd = arena_alloc(&s->r->arena, n * sizeof(*odd));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct compared *c = &table[i];
		size_t have = 0;

		for (size_t k = 0; k < n && applies(s, c); k++) {
			r[have] = read_one(s, c, k);
			have += r[have].state != MISSING;
		}
		if (!have || !compare(s, c, r, have, odd, &t))
			continue;
		blocker |= is_virtualization_bit(s, c, r, have);
		microcode_differs |= c->msr && c->leaf == MSR_IA32_BIOS_SIGN_ID;
	}
	if (t.len) {
		if (!microcode_differs && !is_hybrid(s))
			add_microcode(s, &t);
		f = finding_add(s, rule);
		f->evidence = arena_strdup(&s->r->arena, t.s);
		if (blocker)
			f->severity = SEVERITY_BLOCKER;
		for (size_t i = 0; i < n; i++)
			if (odd[i])
				finding_cpu(s, f, s->f->cpus[i].id);
	}
	text_free(&t);
}
