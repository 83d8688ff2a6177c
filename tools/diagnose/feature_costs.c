// SPDX-License-Identifier: GPL-2.0-only
/* Missing features and their cost: see feature_costs.h. */
#include "diagnose/feature_costs.h"

#include "lib/hw/msr.h"
#include "lib/hw/registers.h"
#include "lib/hw/vmx.h"
#include "lib/vendor.h"

/*
 * By capability or, if msr is set, by a control's bit in the high half of that register. The cost
 * follows from what KVM does instead, Linux 6.12 arch/x86/kvm/{vmx,svm}.
 */
static const struct {
	bool vmx;
	enum cap cap;
	uint32_t msr, control;
	const char *cost;
} rows[] = {
	/* clang-format off */
	{ .vmx = true, .cap = CAP_EPT,
	  .cost = "shadow paging: each change of an L2's page tables exits, through two levels" },
	{ .vmx = true, .cap = CAP_VPID,
	  .cost = "the TLB is flushed at each VM entry and exit" },
	{ .vmx = true, .cap = CAP_UNRESTRICTED_GUEST,
	  .cost = "real mode is emulated instruction by instruction; a BIOS in L2 may fail" },
	{ .vmx = true, .cap = CAP_SHADOW_VMCS,
	  .cost = "each VMREAD and VMWRITE in L1 exits: one L2 exit costs several exits to L0" },
	{ .vmx = true, .cap = CAP_EPT_AD,
	  .cost = "dirty pages are found by write protection: slow migration" },
	{ .vmx = true, .cap = CAP_PML,
	  .cost = "the dirty log takes a pass over the page tables: slow migration" },
	{ .vmx = true, .cap = CAP_EPT_2M,
	  .cost = "guests are mapped with 4 KiB pages only: more TLB misses" },
	{ .vmx = true, .cap = CAP_EPT_1G,
	  .cost = "large guests are mapped with 2 MiB pages at most" },
	{ .vmx = true, .cap = CAP_EPT_5LEVEL,
	  .cost = "guests are limited to 256 TiB; few need more" },
	{ .vmx = true, .cap = CAP_PREEMPTION_TIMER,
	  .cost = "each guest timer uses a host timer, with one more interrupt" },
	{ .vmx = true, .cap = CAP_VIRTUAL_NMIS,
	  .cost = "the end of an NMI is guessed; NMIs can be late" },
	{ .vmx = true, .cap = CAP_APICV,
	  .cost = "each interrupt and each EOI exits" },
	{ .vmx = true, .cap = CAP_POSTED_INTERRUPTS,
	  .cost = "an interrupt for a running guest makes it exit" },
	{ .vmx = true, .cap = CAP_X2APIC_VIRT,
	  .cost = "accesses to the x2APIC exit" },
	{ .vmx = true, .cap = CAP_VMFUNC,
	  .cost = "KVM emulates EPTP switching for L1 by an exit" },
	{ .vmx = true, .cap = CAP_MBEC,
	  .cost = "Windows guests with memory integrity (HVCI) exit more; KVM 6.12 does not use it" },
	{ .vmx = true, .cap = CAP_TSC_SCALING,
	  .cost = "a guest that comes from a host with another TSC rate has its TSC trapped" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS, .control = VMX_PROC_MSR_BITMAPS,
	  .cost = "each RDMSR and WRMSR exits" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS, .control = VMX_PROC_IO_BITMAPS,
	  .cost = "each port access exits" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS, .control = VMX_PROC_TPR_SHADOW,
	  .cost = "each access to CR8 exits: slow Windows guests" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS, .control = VMX_PROC_MONITOR_TRAP_FLAG,
	  .cost = "L1 cannot single-step an L2 with it" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_APIC_ACCESSES,
	  .cost = "each access to the APIC's page is decoded and emulated" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_PAUSE_LOOP,
	  .cost = "a vCPU that spins on a lock uses up its time slice" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_RDTSCP,
	  .cost = "guests do not get RDTSCP" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_INVPCID,
	  .cost = "guests do not get INVPCID" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_XSAVES,
	  .cost = "guests do not get XSAVES" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_WBINVD,
	  .cost = "a guest's WBINVD flushes the host's caches" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_BUS_LOCK,
	  .cost = "a guest can slow the host down with bus locks, unnoticed" },
	{ .vmx = true, .msr = MSR_IA32_VMX_PROCBASED_CTLS2, .control = VMX_PROC2_INSTRUCTION_TIMEOUT,
	  .cost = "a guest that never reaches an instruction boundary blocks its CPU" },
	{ .cap = CAP_NPT,
	  .cost = "shadow paging: each change of an L2's page tables exits, through two levels" },
	{ .cap = CAP_NRIPS,
	  .cost = "KVM decodes instructions to skip them; no exact injection of INT n" },
	{ .cap = CAP_VMCB_CLEAN,
	  .cost = "the whole VMCB is read at each VMRUN" },
	{ .cap = CAP_FLUSH_BY_ASID,
	  .cost = "a flush of one guest's TLB needs a new ASID or flushes everything" },
	{ .cap = CAP_DECODE_ASSISTS,
	  .cost = "KVM reads and decodes the instruction of an intercept itself" },
	{ .cap = CAP_PAUSE_FILTER,
	  .cost = "a vCPU that spins on a lock uses up its time slice" },
	{ .cap = CAP_LBRV,
	  .cost = "guests share the last-branch registers with the host, or do without" },
	{ .cap = CAP_TSC_RATE,
	  .cost = "a guest that comes from a host with another TSC rate has its TSC trapped" },
	{ .cap = CAP_AVIC,
	  .cost = "each interrupt and each EOI exits" },
	{ .cap = CAP_X2AVIC,
	  .cost = "accesses to the x2APIC exit; with AVIC, guests use the older xAPIC" },
	{ .cap = CAP_VLS,
	  .cost = "each VMLOAD and VMSAVE in L1 exits" },
	{ .cap = CAP_VGIF,
	  .cost = "each STGI and CLGI in L1 exits" },
	{ .cap = CAP_VNMI,
	  .cost = "the end of an NMI is found by single-stepping over IRET" },
	/* clang-format on */
};

static unsigned int bit_of(uint32_t control)
{
	return (unsigned int)__builtin_ctz(control);
}

static bool is_missing(const struct report *r, size_t i)
{
	const struct msr_fact *m;

	if (!rows[i].msr)
		return r->caps[rows[i].cap] == TRI_NO;
	m = cpu_msr(&r->facts, &r->facts.cpus[0], rows[i].msr);
	/*
	 * Without secondary controls their register does not exist; the capabilities cover what
	 * matters.
	 */
	return m && !m->refused && !(m->value >> 32 & rows[i].control);
}

size_t missing_features(struct arena *a, const struct report *r, struct missing_feature **missing)
{
	enum cpu_vendor vendor;
	bool vmx, svm;
	size_t n = 0;

	*missing = NULL;
	if (!r->facts.n_cpus)
		return 0;
	vendor = cpu_vendor_of(&r->facts, &r->facts.cpus[0]);
	vmx = vendor_has_vmx(vendor) && r->caps[CAP_VMX] == TRI_YES;
	svm = vendor_has_svm(vendor) && r->caps[CAP_SVM] == TRI_YES;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!(rows[i].vmx ? vmx : svm) || !is_missing(r, i))
			continue;
		*arena_push(a, missing, &n) = (struct missing_feature){
			rows[i].msr ? register_bit_name(rows[i].msr, bit_of(rows[i].control)) :
				      cap_name(rows[i].cap),
			rows[i].cost,
		};
	}
	return n;
}
