// SPDX-License-Identifier: GPL-2.0-only
/*
 * The central record: names of its enums, and look-ups in it.
 */
#include "lib/report.h"

#include <stdlib.h>
#include <string.h>

const char *kv_get(const struct key_values *kvs, const char *key)
{
	for (size_t i = 0; i < kvs->n; i++)
		if (!strcmp(kvs->kv[i].key, key))
			return kvs->kv[i].value;
	return NULL;
}

void kv_add(struct arena *a, struct key_values *kvs, const char *key, const char *value)
{
	struct key_value *kv = arena_push(a, &kvs->kv, &kvs->n);

	kv->key = arena_strdup(a, key);
	kv->value = arena_strdup(a, value);
}

void strings_add(struct arena *a, struct strings *l, const char *s)
{
	const char **slot = arena_push(a, &l->s, &l->n);

	*slot = arena_strdup(a, s);
}

const struct module_facts *kernel_module(const struct kernel_facts *k, const char *name)
{
	for (size_t i = 0; i < k->n_modules; i++)
		if (!strcmp(k->modules[i].name, name))
			return &k->modules[i];
	return NULL;
}

/* The CPU that c->like refers to; NULL if there is none. */
static const struct cpu_facts *like_of(const struct facts *f, const struct cpu_facts *c)
{
	if (c->like < 0 || (size_t)c->like >= f->n_cpus || &f->cpus[c->like] == c)
		return NULL;
	return &f->cpus[c->like];
}

static int compare_leaves(const struct cpuid_fact *a, const struct cpuid_fact *b)
{
	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	return a->subleaf < b->subleaf ? -1 : a->subleaf > b->subleaf;
}

static int by_leaf(const void *a, const void *b)
{
	return compare_leaves(*(const struct cpuid_fact *const *)a,
			      *(const struct cpuid_fact *const *)b);
}

static int by_index(const void *pa, const void *pb)
{
	const struct msr_fact *a = *(const struct msr_fact *const *)pa;
	const struct msr_fact *b = *(const struct msr_fact *const *)pb;

	return a->index < b->index ? -1 : a->index > b->index;
}

void cpu_sort(struct arena *a, struct cpu_facts *c)
{
	c->sorted_cpuid = arena_alloc(a, c->n_cpuid * sizeof(c->sorted_cpuid[0]));
	c->sorted_msr = arena_alloc(a, c->n_msr * sizeof(c->sorted_msr[0]));
	for (size_t i = 0; i < c->n_cpuid; i++)
		c->sorted_cpuid[i] = &c->cpuid[i];
	for (size_t i = 0; i < c->n_msr; i++)
		c->sorted_msr[i] = &c->msr[i];
	qsort(c->sorted_cpuid, c->n_cpuid, sizeof(c->sorted_cpuid[0]), by_leaf);
	qsort(c->sorted_msr, c->n_msr, sizeof(c->sorted_msr[0]), by_index);
}

static const struct cpuid_fact *own_cpuid(const struct cpu_facts *c, uint32_t leaf,
					  uint32_t subleaf)
{
	const struct cpuid_fact key = { .leaf = leaf, .subleaf = subleaf }, *at = &key;
	const struct cpuid_fact *const *found;

	if (c->sorted_cpuid) {
		found = bsearch(&at, c->sorted_cpuid, c->n_cpuid, sizeof(at), by_leaf);
		return found ? *found : NULL;
	}
	for (size_t i = 0; i < c->n_cpuid; i++)
		if (c->cpuid[i].leaf == leaf && c->cpuid[i].subleaf == subleaf)
			return &c->cpuid[i];
	return NULL;
}

static const struct msr_fact *own_msr(const struct cpu_facts *c, uint32_t index)
{
	const struct msr_fact key = { .index = index }, *at = &key;
	const struct msr_fact *const *found;

	if (c->sorted_msr) {
		found = bsearch(&at, c->sorted_msr, c->n_msr, sizeof(at), by_index);
		return found ? *found : NULL;
	}
	for (size_t i = 0; i < c->n_msr; i++)
		if (c->msr[i].index == index)
			return &c->msr[i];
	return NULL;
}

const struct cpuid_fact *cpu_cpuid(const struct facts *f, const struct cpu_facts *c, uint32_t leaf,
				   uint32_t subleaf)
{
	const struct cpu_facts *like = like_of(f, c);
	const struct cpuid_fact *own = own_cpuid(c, leaf, subleaf);

	if (own || !like)
		return own;
	return own_cpuid(like, leaf, subleaf);
}

const struct msr_fact *cpu_msr(const struct facts *f, const struct cpu_facts *c, uint32_t index)
{
	const struct cpu_facts *like = like_of(f, c);
	const struct msr_fact *own = own_msr(c, index);

	if (own || !like)
		return own;
	return own_msr(like, index);
}

static const char *const cap_names[CAP_COUNT] = {
	[CAP_VMX] = "vmx",
	[CAP_EPT] = "ept",
	[CAP_VPID] = "vpid",
	[CAP_UNRESTRICTED_GUEST] = "unrestricted_guest",
	[CAP_X2APIC_VIRT] = "x2apic_virt",
	[CAP_VMFUNC] = "vmfunc",
	[CAP_PML] = "pml",
	[CAP_MBEC] = "mbec",
	[CAP_TSC_SCALING] = "tsc_scaling",
	[CAP_SHADOW_VMCS] = "shadow_vmcs",
	[CAP_EPT_AD] = "ept_ad",
	[CAP_EPT_2M] = "ept_2m",
	[CAP_EPT_1G] = "ept_1g",
	[CAP_EPT_5LEVEL] = "ept_5level",
	[CAP_PREEMPTION_TIMER] = "preemption_timer",
	[CAP_VIRTUAL_NMIS] = "virtual_nmis",
	[CAP_POSTED_INTERRUPTS] = "posted_interrupts",
	[CAP_APICV] = "apicv",
	[CAP_SVM] = "svm",
	[CAP_NPT] = "npt",
	[CAP_LBRV] = "lbrv",
	[CAP_NRIPS] = "nrips",
	[CAP_TSC_RATE] = "tsc_rate",
	[CAP_VMCB_CLEAN] = "vmcb_clean",
	[CAP_FLUSH_BY_ASID] = "flush_by_asid",
	[CAP_DECODE_ASSISTS] = "decode_assists",
	[CAP_PAUSE_FILTER] = "pause_filter",
	[CAP_AVIC] = "avic",
	[CAP_VLS] = "vls",
	[CAP_VGIF] = "vgif",
	[CAP_X2AVIC] = "x2avic",
	[CAP_VNMI] = "vnmi",
	[CAP_NX] = "nx",
	[CAP_ENABLED_BY_FIRMWARE] = "enabled_by_firmware",
};

const char *cap_name(enum cap cap)
{
	return (unsigned int)cap < CAP_COUNT ? cap_names[cap] : NULL;
}

const char *vendor_name(enum cpu_vendor v)
{
	static const char *const names[] = {
		[VENDOR_INTEL] = "intel",     [VENDOR_AMD] = "amd",
		[VENDOR_HYGON] = "hygon",     [VENDOR_CENTAUR] = "centaur",
		[VENDOR_ZHAOXIN] = "zhaoxin", [VENDOR_OTHER] = "other",
	};

	return (unsigned int)v < sizeof(names) / sizeof(names[0]) ? names[v] : NULL;
}

enum cpu_vendor cpu_vendor_of(const struct facts *f, const struct cpu_facts *c)
{
	static const struct {
		char name[13]; /* EBX, EDX, ECX: SDM and APM, CPUID leaf 0 */
		enum cpu_vendor vendor;
	} vendors[] = {
		{ "GenuineIntel", VENDOR_INTEL },   { "AuthenticAMD", VENDOR_AMD },
		{ "HygonGenuine", VENDOR_HYGON },   { "CentaurHauls", VENDOR_CENTAUR },
		{ "  Shanghai  ", VENDOR_ZHAOXIN },
	};
	const struct cpuid_fact *leaf = cpu_cpuid(f, c, 0, 0);
	char name[12];

	if (!leaf)
		return VENDOR_UNKNOWN;
	memcpy(name, &leaf->ebx, 4);
	memcpy(name + 4, &leaf->edx, 4);
	memcpy(name + 8, &leaf->ecx, 4);
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (!memcmp(vendors[i].name, name, sizeof(name)))
			return vendors[i].vendor;
	return VENDOR_OTHER;
}

const char *verdict_name(enum verdict_result r)
{
	static const char *const names[] = {
		[VERDICT_PASS] = "PASS",
		[VERDICT_FAIL] = "FAIL",
		[VERDICT_UNSUPPORTED] = "UNSUPPORTED",
		[VERDICT_ERROR] = "ERROR",
	};

	return (unsigned int)r < sizeof(names) / sizeof(names[0]) ? names[r] : NULL;
}

const char *grade_name(enum grade g)
{
	static const char *const names[] = {
		[GRADE_FUNCTIONAL] = "functional",
		[GRADE_GOOD] = "good",
		[GRADE_FAST] = "fast",
	};

	return (unsigned int)g < sizeof(names) / sizeof(names[0]) ? names[g] : NULL;
}

int verdict_exit_status(enum verdict_result r)
{
	static const int status[] = {
		[VERDICT_NONE] = 0,	   [VERDICT_PASS] = 0,	[VERDICT_FAIL] = 1,
		[VERDICT_UNSUPPORTED] = 3, [VERDICT_ERROR] = 4,
	};

	/* A value outside the enum is a defect of nestcheck: never a pass. */
	return (unsigned int)r < sizeof(status) / sizeof(status[0]) ? status[r] : 4;
}

void report_init(struct report *r)
{
	memset(r, 0, sizeof(*r));
}

void report_free(struct report *r)
{
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = {
		[SEVERITY_BLOCKER] = "blocker",
		[SEVERITY_DEGRADED] = "degraded",
		[SEVERITY_ADVICE] = "advice",
	};

	return names[s];
}

const char *case_result_name(enum case_result r)
{
	static const char *const names[] = {
		[CASE_PASS] = "pass",
		[CASE_FAIL] = "fail",
		[CASE_SKIP] = "skip",
		[CASE_XFAIL] = "xfail",
	};

	return names[r];
}

void chain_fail_by_host(struct chain_state *c, const char *reason)
{
	c->result = CASE_FAIL;
	c->level = 0;
	c->stage = NULL;
	c->cause = CHAIN_CAUSE_OTHER;
	c->reason = reason;
}
