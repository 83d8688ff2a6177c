// SPDX-License-Identifier: GPL-2.0-only
/* What KVM requires of a CPU: see kvm_needs.h. */
#include "diagnose/kvm_needs.h"

#include <inttypes.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/registers.h"
#include "lib/hw/vmx.h"
#include "lib/vendor.h"

/* IA32_PAT entry 0, and the type of VMCS regions: SDM Vol. 3 table 12-10. */
#define MEMTYPE_WB 6

struct checker {
	struct arena *a;
	const struct facts *f;
	const struct cpu_facts *cpu;
	struct kvm_need *needs;
	size_t n;
};

static void need(struct checker *c, const char *name, enum tri state, const char *evidence)
{
	*arena_push(c->a, &c->needs, &c->n) = (struct kvm_need){ name, state, evidence };
}

static const struct msr_fact *msr(const struct checker *c, uint32_t index)
{
	const struct msr_fact *m = cpu_msr(c->f, c->cpu, index);

	return m && !m->refused ? m : NULL;
}

static const char *msr_evidence(struct checker *c, uint32_t index)
{
	const struct register_info *info = register_by_index(index);
	const struct msr_fact *m = cpu_msr(c->f, c->cpu, index);

	if (!m)
		return NULL;
	if (m->refused)
		return arena_printf(c->a, "MSR 0x%" PRIx32 " %s is refused", index,
				    info ? info->name : "");
	return arena_printf(c->a, "MSR 0x%" PRIx32 " %s is 0x%016" PRIx64, index,
			    info ? info->name : "", m->value);
}

/* --- VMX: controls that have to be settable (vmx.h, KVM_REQUIRED_VMX_*) -------------------- */

static const struct {
	uint32_t index;
	uint32_t controls;
} required[] = {
	{ MSR_IA32_VMX_PINBASED_CTLS, VMX_PIN_EXTERNAL_INTERRUPT | VMX_PIN_NMI },
	{ MSR_IA32_VMX_PROCBASED_CTLS,
	  VMX_PROC_INTERRUPT_WINDOW | VMX_PROC_TSC_OFFSETTING | VMX_PROC_HLT | VMX_PROC_INVLPG |
		  VMX_PROC_MWAIT | VMX_PROC_RDPMC | VMX_PROC_CR3_LOAD | VMX_PROC_CR3_STORE |
		  VMX_PROC_CR8_LOAD | VMX_PROC_CR8_STORE | VMX_PROC_MOV_DR |
		  VMX_PROC_UNCONDITIONAL_IO | VMX_PROC_MONITOR },
	{ MSR_IA32_VMX_EXIT_CTLS, VMX_EXIT_SAVE_DEBUG | VMX_EXIT_HOST_64 | VMX_EXIT_ACK_INTERRUPT },
	{ MSR_IA32_VMX_ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG | VMX_ENTRY_GUEST_64 },
};

static void need_controls(struct checker *c, uint32_t index, uint32_t controls)
{
	const struct msr_fact *m = msr(c, index);

	for (unsigned int bit = 0; bit < 32; bit++)
		if (controls >> bit & 1)
			need(c, register_bit_name(index, bit),
			     m ? tri_of(m->value >> (32 + bit) & 1) : TRI_UNKNOWN,
			     msr_evidence(c, index));
}

/* Both or neither must be settable, unless kvm_intel.error_on_inconsistent_vmcs_config=0. */
static const struct {
	uint32_t entry, exit;
	const char *name;
} pairs[] = {
	{ VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL, VMX_EXIT_LOAD_PERF_GLOBAL_CTRL,
	  "IA32_PERF_GLOBAL_CTRL loaded both at entry and at exit, or at neither" },
	{ VMX_ENTRY_LOAD_PAT, VMX_EXIT_LOAD_PAT,
	  "IA32_PAT loaded both at entry and at exit, or at neither" },
	{ VMX_ENTRY_LOAD_EFER, VMX_EXIT_LOAD_EFER,
	  "IA32_EFER loaded both at entry and at exit, or at neither" },
	{ VMX_ENTRY_LOAD_BNDCFGS, VMX_EXIT_CLEAR_BNDCFGS,
	  "IA32_BNDCFGS loaded at entry and cleared at exit, or neither" },
	{ VMX_ENTRY_LOAD_RTIT_CTL, VMX_EXIT_CLEAR_RTIT_CTL,
	  "IA32_RTIT_CTL loaded at entry and cleared at exit, or neither" },
};

static void need_pairs(struct checker *c)
{
	const struct msr_fact *entry = msr(c, MSR_IA32_VMX_ENTRY_CTLS);
	const struct msr_fact *exit = msr(c, MSR_IA32_VMX_EXIT_CTLS);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (!entry || !exit) {
			need(c, pairs[i].name, TRI_UNKNOWN, NULL);
			continue;
		}
		need(c, pairs[i].name,
		     tri_of(!(entry->value >> 32 & pairs[i].entry) ==
			    !(exit->value >> 32 & pairs[i].exit)),
		     arena_printf(c->a, "%s, %s", msr_evidence(c, MSR_IA32_VMX_ENTRY_CTLS),
				  msr_evidence(c, MSR_IA32_VMX_EXIT_CTLS)));
	}
}

static void need_basic(struct checker *c)
{
	const struct msr_fact *m = msr(c, MSR_IA32_VMX_BASIC);
	const char *evidence = msr_evidence(c, MSR_IA32_VMX_BASIC);

	need(c, "VMCS region of 4096 bytes at most",
	     m ? tri_of((m->value >> VMX_BASIC_SIZE_SHIFT & VMX_BASIC_SIZE_MASK) <= 4096) :
		 TRI_UNKNOWN,
	     evidence);
	need(c, "VMCS addresses of more than 32 bits",
	     m ? tri_of(!(m->value >> VMX_BASIC_32BIT_PHYS_BIT & 1)) : TRI_UNKNOWN, evidence);
	need(c, "VMCS memory type write-back",
	     m ? tri_of((m->value >> VMX_BASIC_MEM_TYPE_SHIFT & VMX_BASIC_MEM_TYPE_MASK) ==
			MEMTYPE_WB) :
		 TRI_UNKNOWN,
	     evidence);
}

/* Capabilities of a missing feature: KVM takes that for a broken hypervisor. */
static void need_ept_caps(struct checker *c, const struct report *r)
{
	const struct msr_fact *m = cpu_msr(c->f, c->cpu, MSR_IA32_VMX_EPT_VPID_CAP);
	const char *evidence = msr_evidence(c, MSR_IA32_VMX_EPT_VPID_CAP);

	if (!m || m->refused)
		return;
	if (r->caps[CAP_EPT] != TRI_UNKNOWN)
		need(c, "EPT capabilities only with EPT",
		     tri_of(r->caps[CAP_EPT] == TRI_YES || !(uint32_t)m->value), evidence);
	if (r->caps[CAP_VPID] != TRI_UNKNOWN)
		need(c, "VPID capabilities only with VPID",
		     tri_of(r->caps[CAP_VPID] == TRI_YES || !(m->value >> 32)), evidence);
}

/*
 * If it is unlocked, the kernel sets and locks it. Bit 1 alone suffices inside a measured launch.
 */
static void need_firmware(struct checker *c)
{
	const struct msr_fact *m = cpu_msr(c->f, c->cpu, MSR_IA32_FEAT_CTL);
	enum tri state = TRI_UNKNOWN;

	if (m && m->refused)
		state = TRI_NO;
	else if (m && (!(m->value & FEAT_CTL_LOCKED) || m->value & FEAT_CTL_VMX_OUTSIDE_SMX))
		state = TRI_YES;
	else if (m && !(m->value & FEAT_CTL_VMX_INSIDE_SMX))
		state = TRI_NO;
	need(c, "VMX allowed by the firmware", state, msr_evidence(c, MSR_IA32_FEAT_CTL));
}

static void need_consistent_vmx(struct checker *c)
{
	uint32_t index = 0;
	enum tri same;

	if (c->f->n_cpus < 2)
		return;
	same = vmx_consistent(c->f, &index);
	need(c, NEED_CONSISTENT_VMX, same,
	     same == TRI_NO ? arena_printf(c->a, "MSR 0x%" PRIx32 " differs between CPUs", index) :
			      NULL);
}

static void vmx_needs(struct checker *c, const struct report *r)
{
	need_firmware(c);
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		need_controls(c, required[i].index, required[i].controls);
	need_pairs(c);
	need_basic(c);
	need_ept_caps(c, r);
	need_consistent_vmx(c);
	/* vmx_hardware_setup(): "NX (Execute Disable) not supported" */
	if (r->caps[CAP_EPT] != TRI_YES)
		need(c, "NX, required without EPT",
		     r->caps[CAP_NX] == TRI_YES ? TRI_YES :
		     r->caps[CAP_EPT] == TRI_NO ? r->caps[CAP_NX] :
						  TRI_UNKNOWN,
		     NULL);
}

/* --- SVM ----------------------------------------------------------------------------------- */

static void svm_needs(struct checker *c, const struct report *r)
{
	const struct msr_fact *vm_cr = msr(c, MSR_VM_CR), *sev = msr(c, MSR_SEV_STATUS);
	const struct cpuid_fact *leaf = cpu_cpuid(c->f, c->cpu, CPUID_SEV, 0);

	need(c, "SVM allowed by the firmware",
	     vm_cr ? tri_of(!(vm_cr->value & VM_CR_SVMDIS)) : TRI_UNKNOWN,
	     msr_evidence(c, MSR_VM_CR));
	need(c, "NX", r->caps[CAP_NX], NULL);
	/* Bit 0 of SEV_STATUS; the register exists only with SEV (APM Vol. 2 15.34.10). */
	if (leaf && leaf->eax & CPUID_SEV_EAX_SEV)
		need(c, "no SEV guest", sev ? tri_of(!(sev->value & 1)) : TRI_UNKNOWN,
		     msr_evidence(c, MSR_SEV_STATUS));
}

/* --- both ---------------------------------------------------------------------------------- */

static void common_needs(struct checker *c)
{
	const struct cpuid_fact *one = cpu_cpuid(c->f, c->cpu, CPUID_FEATURES, 0);
	const struct msr_fact *pat = msr(c, MSR_IA32_PAT);
	const uint32_t fpu = CPUID_1_EDX_FPU | CPUID_1_EDX_FXSR;

	need(c, "FPU with FXSAVE", one ? tri_of((one->edx & fpu) == fpu) : TRI_UNKNOWN,
	     one ? arena_printf(c->a, "CPUID 0x00000001 EDX is 0x%08" PRIx32, one->edx) : NULL);
	need(c, "PAT entry 0 write-back",
	     pat ? tri_of((pat->value & 7) == MEMTYPE_WB) : TRI_UNKNOWN,
	     msr_evidence(c, MSR_IA32_PAT));
}

size_t kvm_needs(struct arena *a, const struct report *r, const char **module,
		 struct kvm_need **needs)
{
	struct checker c = { .a = a, .f = &r->facts };
	enum cpu_vendor vendor;

	*module = NULL;
	*needs = NULL;
	if (!r->facts.n_cpus)
		return 0;
	c.cpu = &r->facts.cpus[0];
	vendor = cpu_vendor_of(c.f, c.cpu);
	if (vendor_has_vmx(vendor) && r->caps[CAP_VMX] == TRI_YES)
		vmx_needs(&c, r);
	else if (vendor_has_svm(vendor) && r->caps[CAP_SVM] == TRI_YES)
		svm_needs(&c, r);
	else
		return 0;
	common_needs(&c);
	*module = vendor_module(vendor);
	*needs = c.needs;
	return c.n;
}

enum tri kvm_will_load(const struct kvm_need *needs, size_t n)
{
	enum tri all = n ? TRI_YES : TRI_UNKNOWN;

	for (size_t i = 0; i < n; i++) {
		if (needs[i].state == TRI_NO)
			return TRI_NO;
		if (needs[i].state == TRI_UNKNOWN)
			all = TRI_UNKNOWN;
	}
	return all;
}
