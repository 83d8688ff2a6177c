// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which MSRs a CPU has: by vendor, by CPUID, and by registers read before (design.md, "Facts").
 * Never on a guess: emulators return values for registers that their CPU does not have.
 */
#include "facts/collect.h"

#include <errno.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"

enum {
	EAX,
	EBX,
	ECX,
	EDX
};

#define INTEL	 (1 << VENDOR_INTEL)
#define VMX_SIDE (1 << VENDOR_INTEL | 1 << VENDOR_CENTAUR | 1 << VENDOR_ZHAOXIN)
#define SVM_SIDE (1 << VENDOR_AMD | 1 << VENDOR_HYGON)
#define BIT(n)	 (UINT64_C(1) << (n))
#define MAY(n)	 BIT(32 + (n)) /* "may be 1" of a VMX control register */

/* All three conditions must hold; one that is left out (a mask of 0) always does. */
struct msr_row {
	uint32_t index;
	unsigned int vendors; /* 0: any */
	struct {
		uint32_t leaf;
		uint8_t reg;
		uint32_t mask; /* any of these bits, in subleaf 0 */
	} cpuid;
	struct {
		uint32_t index;
		uint64_t mask; /* any of these bits, in a register of an earlier row */
	} msr;
};

#define IF_VMX                                       \
	{                                            \
		CPUID_FEATURES, ECX, CPUID_1_ECX_VMX \
	}
#define IF_SVM                                             \
	{                                                  \
		CPUID_EXT_FEATURES, ECX, CPUID_EXT_ECX_SVM \
	}
#define ALWAYS          \
	{               \
		0, 0, 0 \
	}
#define NO_MSR       \
	{            \
		0, 0 \
	}
#define IF_TRUE_CTLS                                             \
	{                                                        \
		MSR_IA32_VMX_BASIC, BIT(VMX_BASIC_TRUE_CTLS_BIT) \
	}
#define IF_SECONDARY                                 \
	{                                            \
		MSR_IA32_VMX_PROCBASED_CTLS, MAY(31) \
	}
#define IF_TERTIARY                                  \
	{                                            \
		MSR_IA32_VMX_PROCBASED_CTLS, MAY(17) \
	}
#define IF_EXIT2                                \
	{                                       \
		MSR_IA32_VMX_EXIT_CTLS, MAY(31) \
	}
#define IF_EPT_VPID                                           \
	{                                                     \
		MSR_IA32_VMX_PROCBASED_CTLS2, MAY(1) | MAY(5) \
	}
#define IF_VMFUNC                                     \
	{                                             \
		MSR_IA32_VMX_PROCBASED_CTLS2, MAY(13) \
	}

/* Conditions: SDM Vol. 4 table 2-2 and Vol. 3 appendix A; APM Vol. 2 appendix A. */
/* clang-format off */
static const struct msr_row msr_rows[] = {
	{ MSR_IA32_FEAT_CTL, VMX_SIDE,
	  { CPUID_FEATURES, ECX, CPUID_1_ECX_VMX | CPUID_1_ECX_SMX }, NO_MSR },
	{ MSR_IA32_BIOS_SIGN_ID, INTEL | SVM_SIDE, { CPUID_FEATURES, EDX, CPUID_1_EDX_MSR }, NO_MSR },
	{ MSR_IA32_ARCH_CAPABILITIES, 0,
	  { CPUID_STRUCTURED, EDX, CPUID_7_EDX_ARCH_CAPABILITIES }, NO_MSR },
	{ MSR_IA32_MISC_ENABLE, INTEL, ALWAYS, NO_MSR },
	{ MSR_IA32_PAT, 0, { CPUID_FEATURES, EDX, CPUID_1_EDX_PAT }, NO_MSR },
	{ MSR_IA32_VMX_BASIC, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_PINBASED_CTLS, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_PROCBASED_CTLS, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_EXIT_CTLS, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_ENTRY_CTLS, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_MISC, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_CR0_FIXED0, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_CR0_FIXED1, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_CR4_FIXED0, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_CR4_FIXED1, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_VMCS_ENUM, VMX_SIDE, IF_VMX, NO_MSR },
	{ MSR_IA32_VMX_PROCBASED_CTLS2, VMX_SIDE, IF_VMX, IF_SECONDARY },
	{ MSR_IA32_VMX_EPT_VPID_CAP, VMX_SIDE, IF_VMX, IF_EPT_VPID },
	{ MSR_IA32_VMX_TRUE_PINBASED_CTLS, VMX_SIDE, IF_VMX, IF_TRUE_CTLS },
	{ MSR_IA32_VMX_TRUE_PROCBASED_CTLS, VMX_SIDE, IF_VMX, IF_TRUE_CTLS },
	{ MSR_IA32_VMX_TRUE_EXIT_CTLS, VMX_SIDE, IF_VMX, IF_TRUE_CTLS },
	{ MSR_IA32_VMX_TRUE_ENTRY_CTLS, VMX_SIDE, IF_VMX, IF_TRUE_CTLS },
	{ MSR_IA32_VMX_VMFUNC, VMX_SIDE, IF_VMX, IF_VMFUNC },
	{ MSR_IA32_VMX_PROCBASED_CTLS3, VMX_SIDE, IF_VMX, IF_TERTIARY },
	{ MSR_IA32_VMX_EXIT_CTLS2, VMX_SIDE, IF_VMX, IF_EXIT2 },
	{ MSR_EFER, 0, { CPUID_EXT_FEATURES, EDX, CPUID_EXT_EDX_LM | CPUID_EXT_EDX_NX }, NO_MSR },
	{ MSR_TSC_RATIO, SVM_SIDE, { CPUID_SVM, EDX, CPUID_SVM_EDX_TSC_RATE }, NO_MSR },
	{ MSR_SYSCFG, SVM_SIDE, { CPUID_SEV, EAX, CPUID_SEV_EAX_SME }, NO_MSR },
	{ MSR_VM_CR, SVM_SIDE, IF_SVM, NO_MSR },
	{ MSR_VM_HSAVE_PA, SVM_SIDE, IF_SVM, NO_MSR },
	{ MSR_SEV_STATUS, SVM_SIDE, { CPUID_SEV, EAX, CPUID_SEV_EAX_SEV }, NO_MSR },
};
/* clang-format on */

static uint32_t reg_of(const struct cpuid_fact *f, uint8_t reg)
{
	const uint32_t regs[4] = { f->eax, f->ebx, f->ecx, f->edx };

	return regs[reg];
}

static bool cpu_holds(const struct msr_row *row, const struct facts *f, const struct cpu_facts *c)
{
	const struct cpuid_fact *leaf;

	if (row->vendors && !(row->vendors & 1u << cpu_vendor_of(f, c)))
		return false;
	if (!row->cpuid.mask)
		return true;
	leaf = cpu_cpuid(f, c, row->cpuid.leaf, 0);
	return leaf && reg_of(leaf, row->cpuid.reg) & row->cpuid.mask;
}

static bool msr_holds(const struct msr_row *row, const struct facts *f, const struct cpu_facts *c)
{
	const struct msr_fact *m;

	if (!row->msr.mask)
		return true;
	m = cpu_msr(f, c, row->msr.index);
	return m && !m->refused && m->value & row->msr.mask;
}

static const struct msr_row *find_row(uint32_t index)
{
	for (size_t i = 0; i < sizeof(msr_rows) / sizeof(msr_rows[0]); i++)
		if (msr_rows[i].index == index)
			return &msr_rows[i];
	return NULL;
}

bool msr_known(uint32_t index)
{
	return find_row(index);
}

bool msr_expected(const struct facts *f, const struct cpu_facts *c, uint32_t index)
{
	const struct msr_row *row = find_row(index);

	return row && cpu_holds(row, f, c);
}

void msr_walk(struct arena *a, struct cpu_facts *c, const struct msr_reader *reader)
{
	const struct facts f = { .cpus = c, .n_cpus = 1 };

	for (size_t i = 0; i < sizeof(msr_rows) / sizeof(msr_rows[0]); i++) {
		const struct msr_row *row = &msr_rows[i];
		struct msr_fact *m;
		uint64_t value = 0;
		int err;

		if (!cpu_holds(row, &f, c) || !msr_holds(row, &f, c))
			continue;
		err = reader->read(reader->ctx, row->index, &value);
		if (err && err != -EIO)
			continue;
		m = arena_push(a, &c->msr, &c->n_msr);
		m->index = row->index;
		m->refused = err == -EIO;
		m->value = value;
	}
}
