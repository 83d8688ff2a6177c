// SPDX-License-Identifier: GPL-2.0-only
/* Enumerates a CPU's CPUID leaves and subleaves: ranges, and each leaf's rule for subleaves. */
#include "facts/collect.h"

#include "lib/hw/cpuid.h"

enum {
	EAX,
	EBX,
	ECX,
	EDX
};

/* How the end of a leaf's subleaves is found. */
enum subleaf_rule {
	SUBLEAVES_TO_EAX,     /* EAX of subleaf 0 is the highest */
	SUBLEAVES_UNTIL_ZERO, /* the first with `mask` of `reg` all zero ends them */
	SUBLEAVES_BY_BITS,    /* bit n of `reg` of subleaf 0 announces subleaf n */
	SUBLEAVES_OF_XSTATE,  /* 0, 1, and the bits of EDX:EAX of 0 and of EDX:ECX of 1 */
	SUBLEAVES_OF_SGX,     /* 0; 1 and from 2 until EAX[3:0] is zero, if SGX is offered */
};

struct leaf_rule {
	uint32_t leaf;
	enum subleaf_rule rule;
	uint8_t reg;
	uint32_t mask;
	uint8_t limit; /* the highest subleaf that is read; 0: SUBLEAF_LIMIT */
};

#define SUBLEAF_LIMIT 31

/* Sources: SDM Vol. 2 "CPUID" table 3-17; APM Vol. 3 appendix E. */
static const struct leaf_rule leaf_rules[] = {
	{ CPUID_CACHE, SUBLEAVES_UNTIL_ZERO, EAX, 0x1f, 0 },
	{ CPUID_STRUCTURED, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_TOPOLOGY, SUBLEAVES_UNTIL_ZERO, ECX, 0xff00, 7 },
	{ CPUID_XSTATE, SUBLEAVES_OF_XSTATE, 0, 0, 62 },
	{ CPUID_RDT_MONITORING, SUBLEAVES_BY_BITS, EDX, 0xfffffffe, 0 },
	{ CPUID_RDT_ALLOCATION, SUBLEAVES_BY_BITS, EBX, 0xfffffffe, 0 },
	{ CPUID_SGX, SUBLEAVES_OF_SGX, EAX, 0xf, 15 },
	{ CPUID_PROCESSOR_TRACE, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_SOC_VENDOR, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_TLB, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_PCONFIG, SUBLEAVES_UNTIL_ZERO, EAX, 0xfff, 0 },
	{ CPUID_TILE, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_TMUL, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_TOPOLOGY2, SUBLEAVES_UNTIL_ZERO, ECX, 0xff00, 7 },
	{ CPUID_HRESET, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_PERFMON2, SUBLEAVES_BY_BITS, EAX, 0xfffffffe, 0 },
	{ CPUID_AVX10, SUBLEAVES_TO_EAX, 0, 0, 0 },
	{ CPUID_EXT_CACHE, SUBLEAVES_UNTIL_ZERO, EAX, 0x1f, 0 },
	{ CPUID_QOS, SUBLEAVES_BY_BITS, EBX, 0xfffffffe, 0 },
	{ CPUID_EXT_TOPOLOGY2, SUBLEAVES_UNTIL_ZERO, ECX, 0xff00, 7 },
};

struct walk {
	struct arena *arena;
	struct cpu_facts *cpu;
	const struct cpuid_reader *reader;
};

static void read_leaf(struct walk *w, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	w->reader->read(w->reader->ctx, leaf, subleaf, regs);
}

static void add(struct walk *w, uint32_t leaf, uint32_t subleaf, const uint32_t regs[4])
{
	struct cpuid_fact *f;

	if (w->cpu->n_cpuid >= CPUID_FACTS_MAX)
		return;
	f = arena_push(w->arena, &w->cpu->cpuid, &w->cpu->n_cpuid);
	f->leaf = leaf;
	f->subleaf = subleaf;
	f->eax = regs[EAX];
	f->ebx = regs[EBX];
	f->ecx = regs[ECX];
	f->edx = regs[EDX];
}

static const struct leaf_rule *rule_of(uint32_t leaf)
{
	for (size_t i = 0; i < sizeof(leaf_rules) / sizeof(leaf_rules[0]); i++)
		if (leaf_rules[i].leaf == leaf)
			return &leaf_rules[i];
	return NULL;
}

static void walk_bits(struct walk *w, uint32_t leaf, uint64_t bits, uint32_t limit)
{
	uint32_t regs[4];

	for (uint32_t n = 0; n <= limit; n++) {
		if (!(bits >> n & 1))
			continue;
		read_leaf(w, leaf, n, regs);
		add(w, leaf, n, regs);
	}
}

static void walk_until_zero(struct walk *w, const struct leaf_rule *rule, uint32_t first,
			    uint32_t limit)
{
	uint32_t regs[4];

	for (uint32_t n = first; n <= limit; n++) {
		read_leaf(w, rule->leaf, n, regs);
		if (!(regs[rule->reg] & rule->mask))
			break;
		add(w, rule->leaf, n, regs);
	}
}

/* SDM Vol. 1 section 13.2: XCR0's components in subleaf 0, IA32_XSS's in subleaf 1. */
static void walk_xstate(struct walk *w, const uint32_t zero[4], uint32_t limit)
{
	uint64_t bits = zero[EAX] | (uint64_t)zero[EDX] << 32;
	uint32_t regs[4];

	read_leaf(w, CPUID_XSTATE, 1, regs);
	add(w, CPUID_XSTATE, 1, regs);
	bits |= regs[ECX] | (uint64_t)regs[EDX] << 32;
	walk_bits(w, CPUID_XSTATE, bits & ~UINT64_C(3), limit);
}

/* SDM Vol. 3 section 37.7.2: leaf 0x12 means nothing if leaf 7 does not offer SGX. */
static void walk_sgx(struct walk *w, const struct leaf_rule *rule, uint32_t limit)
{
	uint32_t regs[4];

	read_leaf(w, CPUID_STRUCTURED, 0, regs);
	if (!(regs[EBX] & CPUID_7_EBX_SGX))
		return;
	read_leaf(w, CPUID_SGX, 1, regs);
	add(w, CPUID_SGX, 1, regs);
	walk_until_zero(w, rule, 2, limit);
}

static void walk_leaf(struct walk *w, uint32_t leaf)
{
	const struct leaf_rule *rule = rule_of(leaf);
	uint32_t regs[4], limit;

	read_leaf(w, leaf, 0, regs);
	add(w, leaf, 0, regs);
	if (!rule)
		return;
	limit = rule->limit ? rule->limit : SUBLEAF_LIMIT;
	switch (rule->rule) {
	case SUBLEAVES_TO_EAX:
		if (regs[EAX] < limit)
			limit = regs[EAX];
		walk_bits(w, leaf, ~UINT64_C(1), limit);
		break;
	case SUBLEAVES_UNTIL_ZERO:
		if (regs[rule->reg] & rule->mask)
			walk_until_zero(w, rule, 1, limit);
		break;
	case SUBLEAVES_BY_BITS:
		walk_bits(w, leaf, regs[rule->reg] & rule->mask, limit);
		break;
	case SUBLEAVES_OF_XSTATE:
		walk_xstate(w, regs, limit);
		break;
	case SUBLEAVES_OF_SGX:
		walk_sgx(w, rule, limit);
		break;
	}
}

/*
 * If the reported maximum is outside of the range, the range does not exist. Its first leaf is
 * recorded even so if it says that nothing follows (K5: 0), so that this is known.
 */
static void walk_range(struct walk *w, uint32_t first, uint32_t size)
{
	uint32_t regs[4], last;

	read_leaf(w, first, 0, regs);
	last = regs[EAX];
	if (last < first)
		add(w, first, 0, regs);
	if (last < first || last - first >= size)
		return;
	for (uint32_t leaf = first; leaf <= last; leaf++)
		walk_leaf(w, leaf);
}

static void walk_hypervisor(struct walk *w)
{
	uint32_t regs[4];

	read_leaf(w, CPUID_HYPERVISOR, 0, regs);
	if (regs[EAX] < CPUID_HYPERVISOR) {
		/* Old KVMs report 0 as maximum and mean 0x40000001. */
		walk_leaf(w, CPUID_HYPERVISOR);
		walk_leaf(w, CPUID_HV_FEATURES);
	} else {
		walk_range(w, CPUID_HYPERVISOR, 0x100);
	}
	/* If the first interface is Hyper-V's, KVM's and Xen's own is a second one. */
	walk_range(w, CPUID_HYPERVISOR + 0x100, 0x100);
}

void cpuid_walk(struct arena *a, struct cpu_facts *c, const struct cpuid_reader *reader)
{
	struct walk w = { a, c, reader };
	struct facts f = { .cpus = c, .n_cpus = 1 };
	const struct cpuid_fact *features;
	enum cpu_vendor vendor;

	walk_range(&w, CPUID_BASIC, 0x100);
	features = cpu_cpuid(&f, c, CPUID_FEATURES, 0);
	if (features && features->ecx & CPUID_1_ECX_HYPERVISOR)
		walk_hypervisor(&w);
	walk_range(&w, CPUID_EXTENDED, 0x100);
	vendor = cpu_vendor_of(&f, c);
	if (vendor == VENDOR_CENTAUR || vendor == VENDOR_ZHAOXIN)
		walk_range(&w, CPUID_CENTAUR, 0x100);
}
