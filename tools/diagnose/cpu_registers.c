// SPDX-License-Identifier: GPL-2.0-only
/* The registers that are compared between CPUs: see cpu_registers.h. */
#include "diagnose/cpu_registers.h"

#include <inttypes.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/registers.h"
#include "lib/vendor.h"

#define MAX_BITS 6 /* named per register at most */

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
/*
 * Family 0x15: a microcode update removed it, on only one core of each module. KVM never used it.
 */
#define CPUID_EXT_ECX_LWP (1u << 15)

const struct cpu_register cpu_registers[] = {
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
	LEAF(CPUID_EXT_FEATURES, 0, ECX, ~CPUID_EXT_ECX_LWP),
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

const size_t n_cpu_registers = sizeof(cpu_registers) / sizeof(cpu_registers[0]);

uint64_t microcode_revision(enum cpu_vendor vendor, uint64_t value)
{
	return vendor_has_svm(vendor) ? value & UINT32_MAX : value >> 32;
}

bool cpu_register_is_microcode(const struct cpu_register *c)
{
	return c->msr && c->leaf == MSR_IA32_BIOS_SIGN_ID;
}

bool cpu_register_applies(enum cpu_vendor vendor, const struct cpu_register *c)
{
	return c->which == ANY_VENDOR || (c->which == VMX_ONLY && vendor_has_vmx(vendor)) ||
	       (c->which == SVM_ONLY && vendor_has_svm(vendor));
}

struct reading cpu_register_read(const struct facts *f, enum cpu_vendor vendor,
				 const struct cpu_register *c, size_t index)
{
	const struct cpu_facts *cpu = &f->cpus[index];
	struct reading r = { .state = MISSING, .index = index };
	const struct cpuid_fact *leaf;
	const struct msr_fact *m;

	if (c->msr) {
		m = cpu_msr(f, cpu, c->leaf);
		if (m) {
			r.state = m->refused ? REFUSED : READ;
			r.value = m->refused ? 0 :
				  cpu_register_is_microcode(c) ?
					       microcode_revision(vendor, m->value) :
					       m->value & c->mask;
		}
		return r;
	}
	leaf = cpu_cpuid(f, cpu, c->leaf, c->subleaf);
	if (leaf) {
		const uint32_t regs[] = { leaf->eax, leaf->ebx, leaf->ecx, leaf->edx };

		r.state = READ;
		r.value = regs[c->reg] & c->mask;
	}
	return r;
}

static const char *bit_name(const struct cpu_register *c, unsigned int bit)
{
	return c->msr ? register_bit_name(c->leaf, bit) :
			cpuid_bit_name(c->leaf, c->subleaf, c->reg, bit);
}

/* " [bit 5 (VMX) is 0, bit 46 (VMCS shadowing may be 1) is 0]" */
void cpu_register_add_bits(struct text *t, const struct cpu_register *c, uint64_t odd,
			   uint64_t usual)
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

void cpu_register_add_name(struct text *t, const struct cpu_register *c)
{
	static const char *const regs[] = { "EAX", "EBX", "ECX", "EDX" };
	const struct register_info *info = c->msr ? register_by_index(c->leaf) : NULL;

	if (cpu_register_is_microcode(c))
		text_add(t, "microcode (MSR 0x8b)");
	else if (c->msr)
		text_addf(t, "MSR 0x%" PRIx32 "%s%s", c->leaf, info ? " " : "",
			  info ? info->name : "");
	else
		text_addf(t, "CPUID 0x%08" PRIx32 ":%" PRIu32 " %s", c->leaf, c->subleaf,
			  regs[c->reg]);
}

void cpu_register_add_value(struct text *t, const struct cpu_register *c, const struct reading *r)
{
	if (r->state == REFUSED)
		text_add(t, "refused");
	else if (cpu_register_is_microcode(c))
		text_addf(t, "0x%" PRIx64, r->value);
	else
		text_addf(t, "0x%0*" PRIx64, c->msr ? 16 : 8, r->value);
}
