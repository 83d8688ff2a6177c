// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities out of raw registers: the table in (design.md, "Capabilities").
 *
 * A capability is the AND of bits. A bit is unknown if its register was not recorded. It is known
 * to be clear if its register is known not to exist: the VMX registers of a CPU without VMX (or of
 * another vendor: emulators return values for those on any CPU), or a CPUID leaf past its range's
 * maximum. One clear bit makes the AND false, even if other bits are unknown.
 */
#include "diagnose/diagnose.h"

#include <string.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/vmx.h"
#include "lib/vendor.h"

enum source {
	SOURCE_NONE = 0,
	LEAF_1_ECX,
	EXT_1_ECX,
	EXT_1_EDX,
	SVM_EDX,
	PIN_MAY,
	PROC_MAY,
	PROC2_MAY,
	MISC,
	EPT_CAP,
	SOURCES
};

/* state: NO means that the register is known not to exist, so all of its bits are clear. */
struct value {
	enum tri state;
	uint64_t bits;
};

#define BITS_MAX 3

static const struct {
	struct {
		enum source source;
		uint32_t mask;
	} all[BITS_MAX];
} rows[CAP_COUNT] = {
	/* clang-format off */
	[CAP_VMX]		 = { { { LEAF_1_ECX, CPUID_1_ECX_VMX } } },
	[CAP_EPT]		 = { { { PROC2_MAY, VMX_PROC2_EPT } } },
	[CAP_VPID]		 = { { { PROC2_MAY, VMX_PROC2_VPID } } },
	[CAP_UNRESTRICTED_GUEST] = { { { PROC2_MAY, VMX_PROC2_UNRESTRICTED_GUEST } } },
	[CAP_X2APIC_VIRT]	 = { { { PROC2_MAY, VMX_PROC2_X2APIC_MODE } } },
	[CAP_VMFUNC]		 = { { { PROC2_MAY, VMX_PROC2_VMFUNC } } },
	[CAP_PML]		 = { { { PROC2_MAY, VMX_PROC2_PML } } },
	[CAP_MBEC]		 = { { { PROC2_MAY, VMX_PROC2_MBEC } } },
	[CAP_TSC_SCALING]	 = { { { PROC2_MAY, VMX_PROC2_TSC_SCALING } } },
	[CAP_SHADOW_VMCS]	 = { { { PROC2_MAY, VMX_PROC2_SHADOW_VMCS },
				       { MISC, VMX_MISC_VMWRITE_ANY_FIELD } } },
	[CAP_EPT_AD]		 = { { { PROC2_MAY, VMX_PROC2_EPT }, { EPT_CAP, VMX_CAP_AD } } },
	[CAP_EPT_2M]		 = { { { PROC2_MAY, VMX_PROC2_EPT }, { EPT_CAP, VMX_CAP_PAGE_2M } } },
	[CAP_EPT_1G]		 = { { { PROC2_MAY, VMX_PROC2_EPT }, { EPT_CAP, VMX_CAP_PAGE_1G } } },
	[CAP_EPT_5LEVEL]	 = { { { PROC2_MAY, VMX_PROC2_EPT }, { EPT_CAP, VMX_CAP_WALK_5 } } },
	[CAP_PREEMPTION_TIMER]	 = { { { PIN_MAY, VMX_PIN_PREEMPTION_TIMER } } },
	[CAP_VIRTUAL_NMIS]	 = { { { PIN_MAY, VMX_PIN_VIRTUAL_NMIS } } },
	[CAP_POSTED_INTERRUPTS]	 = { { { PIN_MAY, VMX_PIN_POSTED_INTERRUPTS } } },
	[CAP_APICV]		 = { { { PROC2_MAY, VMX_PROC2_APIC_REGISTERS },
				       { PROC2_MAY, VMX_PROC2_VIRTUAL_INTERRUPTS },
				       { PIN_MAY, VMX_PIN_POSTED_INTERRUPTS } } },
	[CAP_SVM]		 = { { { EXT_1_ECX, CPUID_EXT_ECX_SVM } } },
	[CAP_NPT]		 = { { { SVM_EDX, CPUID_SVM_EDX_NPT } } },
	[CAP_LBRV]		 = { { { SVM_EDX, CPUID_SVM_EDX_LBRV } } },
	[CAP_NRIPS]		 = { { { SVM_EDX, CPUID_SVM_EDX_NRIPS } } },
	[CAP_TSC_RATE]		 = { { { SVM_EDX, CPUID_SVM_EDX_TSC_RATE } } },
	[CAP_VMCB_CLEAN]	 = { { { SVM_EDX, CPUID_SVM_EDX_VMCB_CLEAN } } },
	[CAP_FLUSH_BY_ASID]	 = { { { SVM_EDX, CPUID_SVM_EDX_FLUSH_BY_ASID } } },
	[CAP_DECODE_ASSISTS]	 = { { { SVM_EDX, CPUID_SVM_EDX_DECODE_ASSISTS } } },
	[CAP_PAUSE_FILTER]	 = { { { SVM_EDX, CPUID_SVM_EDX_PAUSE_FILTER } } },
	[CAP_AVIC]		 = { { { SVM_EDX, CPUID_SVM_EDX_AVIC } } },
	[CAP_VLS]		 = { { { SVM_EDX, CPUID_SVM_EDX_VLS } } },
	[CAP_VGIF]		 = { { { SVM_EDX, CPUID_SVM_EDX_VGIF } } },
	[CAP_X2AVIC]		 = { { { SVM_EDX, CPUID_SVM_EDX_X2AVIC } } },
	[CAP_VNMI]		 = { { { SVM_EDX, CPUID_SVM_EDX_VNMI } } },
	[CAP_NX]		 = { { { EXT_1_EDX, CPUID_EXT_EDX_NX } } },
	/* clang-format on */
};

/*
 * A leaf. It is known not to exist if the first leaf of its range reports a smaller maximum: some
 * CPUs then return another leaf's values.
 */
static const struct cpuid_fact *leaf_of(const struct facts *f, const struct cpu_facts *c,
					uint32_t leaf, enum tri *state)
{
	const struct cpuid_fact *found = cpu_cpuid(f, c, leaf, 0);
	const struct cpuid_fact *first = cpu_cpuid(f, c, leaf & 0xf0000000, 0);
	bool past = first && first->eax < leaf;

	*state = past ? TRI_NO : found ? TRI_YES : TRI_UNKNOWN;
	return past ? NULL : found;
}

/*
 * AMD's families 4 to 6 (Am5x86, K5, K6, K7) have neither SVM nor NX, which came with family 0xf
 * (APM Vol. 2 15.1 and 5.6). The first K5 has no extended leaves, so that a dump of it has none.
 */
static bool is_before_svm(const struct facts *f, const struct cpu_facts *c)
{
	const struct cpuid_fact *one = cpu_cpuid(f, c, CPUID_FEATURES, 0);

	unsigned int family = one ? one->eax >> 8 & 0xf : 0;

	return cpu_vendor_of(f, c) == VENDOR_AMD && family >= 4 && family <= 6;
}

static void read_cpuid(const struct facts *f, const struct cpu_facts *c, struct value v[SOURCES])
{
	const struct cpuid_fact *leaf;
	bool no_svm;

	leaf = leaf_of(f, c, CPUID_FEATURES, &v[LEAF_1_ECX].state);
	if (leaf)
		v[LEAF_1_ECX].bits = leaf->ecx;
	leaf = leaf_of(f, c, CPUID_EXT_FEATURES, &v[EXT_1_ECX].state);
	if (!leaf && is_before_svm(f, c))
		v[EXT_1_ECX].state = TRI_NO;
	v[EXT_1_EDX].state = v[EXT_1_ECX].state;
	if (leaf) {
		v[EXT_1_ECX].bits = leaf->ecx;
		v[EXT_1_EDX].bits = leaf->edx;
	}
	/* Without SVM the leaf is reserved: APM Vol. 3 appendix E.4.9. */
	no_svm = v[EXT_1_ECX].state == TRI_NO || (leaf && !(leaf->ecx & CPUID_EXT_ECX_SVM));
	leaf = leaf_of(f, c, CPUID_SVM, &v[SVM_EDX].state);
	if (leaf)
		v[SVM_EDX].bits = leaf->edx;
	if (no_svm)
		v[SVM_EDX].state = TRI_NO;
}

static void read_msr(const struct facts *f, const struct cpu_facts *c, uint32_t index, bool high,
		     struct value *v)
{
	const struct msr_fact *m = cpu_msr(f, c, index);

	v->state = tri_of(true);
	if (!m || m->refused)
		v->state = TRI_UNKNOWN;
	else
		v->bits = high ? m->value >> 32 : m->value;
}

static void read_vmx(const struct facts *f, const struct cpu_facts *c, enum cpu_vendor vendor,
		     struct value v[SOURCES])
{
	static const enum source vmx_sources[] = { PIN_MAY, PROC_MAY, PROC2_MAY, MISC, EPT_CAP };
	bool has_leaf = v[LEAF_1_ECX].state == TRI_YES;
	bool no_vmx = v[LEAF_1_ECX].state == TRI_NO ||
		      (has_leaf && !(v[LEAF_1_ECX].bits & CPUID_1_ECX_VMX));

	if (no_vmx || vendor_has_svm(vendor)) {
		for (size_t i = 0; i < sizeof(vmx_sources) / sizeof(vmx_sources[0]); i++)
			v[vmx_sources[i]].state = TRI_NO;
		return;
	}
	read_msr(f, c, MSR_IA32_VMX_PINBASED_CTLS, true, &v[PIN_MAY]);
	read_msr(f, c, MSR_IA32_VMX_PROCBASED_CTLS, true, &v[PROC_MAY]);
	read_msr(f, c, MSR_IA32_VMX_PROCBASED_CTLS2, true, &v[PROC2_MAY]);
	read_msr(f, c, MSR_IA32_VMX_MISC, false, &v[MISC]);
	read_msr(f, c, MSR_IA32_VMX_EPT_VPID_CAP, false, &v[EPT_CAP]);
	/* SDM Vol. 3 A.3.3: the register exists only if bit 63 of 0x482 is 1. */
	if (v[PROC_MAY].state == TRI_YES && !(v[PROC_MAY].bits & VMX_PROC_SECONDARY))
		v[PROC2_MAY].state = TRI_NO;
}

static enum tri bits_hold(const struct value *v, uint32_t mask)
{
	return v->state == TRI_YES ? tri_of((v->bits & mask) == mask) : v->state;
}

static enum tri enabled_by_firmware(const struct facts *f, const struct cpu_facts *c,
				    enum cpu_vendor vendor)
{
	struct value v = { TRI_UNKNOWN, 0 };

	if (vendor_has_svm(vendor)) {
		read_msr(f, c, MSR_VM_CR, false, &v);
		return v.state == TRI_YES ? tri_of(!(v.bits & VM_CR_SVMDIS)) : TRI_UNKNOWN;
	}
	if (!vendor_has_vmx(vendor))
		return TRI_UNKNOWN;
	read_msr(f, c, MSR_IA32_FEAT_CTL, false, &v);
	/* If it is unlocked, the kernel can still set it either way. */
	if (v.state != TRI_YES || !(v.bits & FEAT_CTL_LOCKED))
		return TRI_UNKNOWN;
	return tri_of(v.bits & FEAT_CTL_VMX_OUTSIDE_SMX);
}

static void decode(const struct facts *f, const struct cpu_facts *c, enum cpu_vendor vendor,
		   enum tri caps[CAP_COUNT])
{
	struct value v[SOURCES] = { { TRI_UNKNOWN, 0 } };

	read_cpuid(f, c, v);
	read_vmx(f, c, vendor, v);
	for (int cap = 0; cap < CAP_COUNT; cap++) {
		enum tri all = TRI_YES;

		for (int i = 0; i < BITS_MAX && rows[cap].all[i].source; i++) {
			enum tri one =
				bits_hold(&v[rows[cap].all[i].source], rows[cap].all[i].mask);

			if (one == TRI_NO || (one == TRI_UNKNOWN && all == TRI_YES))
				all = one;
			if (all == TRI_NO)
				break;
		}
		caps[cap] = all;
	}
	caps[CAP_ENABLED_BY_FIRMWARE] = enabled_by_firmware(f, c, vendor);
}

void decode_caps_from(const struct facts *f, const struct cpu_facts *c, enum tri caps[CAP_COUNT])
{
	decode(f, c, cpu_vendor_of(f, c), caps);
}

void decode_caps(struct report *r)
{
	memset(r->caps, 0, sizeof(r->caps));
	if (r->facts.n_cpus)
		decode_caps_from(&r->facts, &r->facts.cpus[0], r->caps);
}

/*
 * KVM's lists have the form of a CPU's. Without nesting KVM lists neither the CPUID bit nor the VMX
 * registers. Nothing is offered then, whatever else it lists.
 */
void decode_offered(struct report *r)
{
	const struct kvm_facts *k = &r->facts.kvm;
	struct cpu_facts c = { .like = -1,
			       .cpuid = k->cpuid,
			       .n_cpuid = k->n_cpuid,
			       .msr = k->msr,
			       .n_msr = k->n_msr };
	struct facts f = { .cpus = &c, .n_cpus = 1 };
	enum cpu_vendor vendor = cpu_vendor_of(&f, &c);
	struct cpuid_fact leaves[2] = { { .leaf = CPUID_FEATURES },
					{ .leaf = CPUID_EXT_FEATURES } };

	memset(r->kvm.offered, 0, sizeof(r->kvm.offered));
	if (vendor == VENDOR_UNKNOWN && r->facts.n_cpus)
		vendor = cpu_vendor_of(&r->facts, &r->facts.cpus[0]);
	if (k->nested_cpuid == TRI_NO) {
		c.cpuid = leaves;
		c.n_cpuid = 2;
		decode(&f, &c, vendor, r->kvm.offered);
		r->kvm.offered[CAP_NX] = TRI_UNKNOWN;
	} else if (k->n_cpuid || k->n_msr) {
		decode(&f, &c, vendor, r->kvm.offered);
	}
	/* A firmware setting is not something that KVM offers. */
	r->kvm.offered[CAP_ENABLED_BY_FIRMWARE] = TRI_UNKNOWN;
	if (k->nested_cpuid == TRI_YES && vendor_has_vmx(vendor))
		r->kvm.offered[CAP_VMX] = TRI_YES;
	if (k->nested_cpuid == TRI_YES && vendor_has_svm(vendor))
		r->kvm.offered[CAP_SVM] = TRI_YES;
}
