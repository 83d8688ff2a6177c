// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fresh L2: its VMCS, with L1's own state as the host's, and what the cases turn in it.
 */
#include "l1/common/cpu.h"
#include "l1/vmx/vmx.h"

void vmx_l2_control(uint32_t field, uint32_t bits, bool on, const char *what)
{
	uint64_t value;

	if (!vmx_allowed(field, bits, on))
		skip("%s cannot be %s here", what, on ? "set" : "cleared");
	value = vmread(field);
	vmwrite(field, on ? value | bits : value & ~(uint64_t)bits);
}

static uint64_t vmcs_at(void *page, uint32_t flags)
{
	*(uint32_t *)page = ((uint32_t)vmx_basic() & VMX_BASIC_REVISION_MASK) | flags;
	EXPECT_RESULT(vmclear(phys(page)), VMX_OK, "SDM 31.3 VMCLEAR");
	return phys(page);
}

uint64_t vmcs_new(uint32_t flags)
{
	return vmcs_at(page_alloc(), flags);
}

void vmcs_load(uint64_t vmcs)
{
	EXPECT_RESULT(vmptrld(vmcs), VMX_OK, "SDM 31.3 VMPTRLD");
}

uint64_t vmx_l2_eptp(const struct l2 *l2)
{
	return l2->ept.root | VMX_EPTP_WB | VMX_EPTP_WALK(4);
}

/* The heap's pages were another case's EPT before: what the CPU remembers of that goes (29.4.3.4). */
void vmx_l2_own_ept(struct l2 *l2)
{
	l2->ept = pt_identity(PT_EPT);
	vmwrite(VMCS_EPT_POINTER, vmx_l2_eptp(l2));
	vmx_l2_flush_ept(l2);
}

void vmx_l2_flush_ept(const struct l2 *l2)
{
	bool single = vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) & VMX_CAP_INVEPT_SINGLE;

	EXPECT_RESULT(invept(single ? VMX_INVEPT_SINGLE : VMX_INVEPT_ALL,
			     (struct vmx_inv_operand){ vmx_l2_eptp(l2), 0 }),
		      VMX_OK, "SDM 31.3 INVEPT");
}

bool vmx_l2_intercept_msr(struct l2 *l2, uint32_t msr, bool write, bool on)
{
	uint32_t index = msr & 0x1fff;
	uint8_t *byte = l2->msr_bitmap + (write ? 2048 : 0) + index / 8;

	if (msr - index == 0xc0000000)
		byte += 1024;
	else if (msr != index)
		return false;
	if (on)
		*byte |= (uint8_t)(1U << index % 8);
	else
		*byte &= (uint8_t) ~(1U << index % 8);
	return true;
}

/*
 * Where exits land: the word that HOST_RSP points at, and room below it for what the landing
 * pushes and for an NMI. By CPU two, so that a case can see that HOST_RSP is loaded anew.
 */
struct landing {
	uint64_t stack[255];
	uint64_t rsp;
};

static struct landing *landings[CPU_MAX];

void vmx_l2_set_exit_stack(struct l2 *l2)
{
	struct landing **own = &landings[this_cpu_index()];

	if (!*own) {
		*own = page_alloc_permanent();
		(*own)[0].rsp = (*own)[1].rsp = ~0ULL;
	}
	l2->host_rsp = phys(&(*own)[l2->host_rsp == phys(&(*own)[0].rsp)].rsp);
	vmwrite(VMCS_HOST_RSP, l2->host_rsp);
}

static void write_controls(struct l2 *l2)
{
	uint64_t proc2 = vmx_capability(VMCS_PROC2_CTLS);
	uint32_t wanted2 = VMX_PROC2_EPT | VMX_PROC2_VPID;
	uint32_t wanted = VMX_PROC_HLT | VMX_PROC_MSR_BITMAPS | VMX_PROC_SECONDARY;

	vmwrite(VMCS_PIN_CTLS, vmx_round_ctl(0, vmx_capability(VMCS_PIN_CTLS)));
	vmwrite(VMCS_PROC_CTLS, vmx_round_ctl(wanted, vmx_capability(VMCS_PROC_CTLS)));
	vmwrite(VMCS_EXIT_CTLS, vmx_round_ctl(VMX_EXIT_HOST_64, vmx_capability(VMCS_EXIT_CTLS)));
	vmwrite(VMCS_ENTRY_CTLS,
		vmx_round_ctl(VMX_ENTRY_GUEST_64, vmx_capability(VMCS_ENTRY_CTLS)));
	l2->msr_bitmap = page_alloc_permanent();
	vmwrite(VMCS_MSR_BITMAP, phys(l2->msr_bitmap));
	if (vmread(VMCS_PROC_CTLS) & VMX_PROC_SECONDARY)
		vmwrite(VMCS_PROC2_CTLS, vmx_round_ctl(wanted2, proc2));
	if (l1_offers(L1_F_VPID))
		vmwrite(VMCS_VPID, 1);
	if (l1_offers(L1_F_EPT)) {
		l2->ept = pt_shared_identity(PT_EPT);
		vmwrite(VMCS_EPT_POINTER, vmx_l2_eptp(l2));
	}
}

static void write_host(struct l2 *l2)
{
	vmwrite(VMCS_HOST_CR0, read_cr0());
	vmwrite(VMCS_HOST_CR3, read_cr3());
	vmwrite(VMCS_HOST_CR4, read_cr4());
	vmwrite(VMCS_HOST_CS_SELECTOR, read_cs());
	vmwrite(VMCS_HOST_SS_SELECTOR, read_ss());
	vmwrite(VMCS_HOST_DS_SELECTOR, read_ds());
	vmwrite(VMCS_HOST_ES_SELECTOR, read_es());
	vmwrite(VMCS_HOST_FS_SELECTOR, read_fs());
	vmwrite(VMCS_HOST_GS_SELECTOR, read_gs());
	vmwrite(VMCS_HOST_TR_SELECTOR, read_tr());
	vmwrite(VMCS_HOST_TR_BASE, tss_base());
	vmwrite(VMCS_HOST_GDTR_BASE, read_gdtr().base);
	vmwrite(VMCS_HOST_IDTR_BASE, read_idtr().base);
	vmwrite(VMCS_HOST_SYSENTER_CS, rdmsr(MSR_IA32_SYSENTER_CS));
	vmwrite(VMCS_HOST_SYSENTER_ESP, rdmsr(MSR_IA32_SYSENTER_ESP));
	vmwrite(VMCS_HOST_SYSENTER_EIP, rdmsr(MSR_IA32_SYSENTER_EIP));
	vmwrite(VMCS_HOST_PAT, rdmsr(MSR_IA32_PAT));
	vmwrite(VMCS_HOST_EFER, rdmsr(MSR_EFER));
	vmx_l2_set_exit_stack(l2);
	vmwrite(VMCS_HOST_RIP, code(vmx_exit_landing));
}

/* A segment's four fields; in each group they are two apart, in the order ES CS SS DS FS GS. */
static void write_segment(uint32_t index, uint64_t selector, uint32_t access)
{
	vmwrite(VMCS_GUEST_ES_SELECTOR + 2 * index, selector);
	vmwrite(VMCS_GUEST_ES_LIMIT + 2 * index, 0xffffffff);
	vmwrite(VMCS_GUEST_ES_ACCESS + 2 * index, access);
}

static void write_guest(void)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();

	for (uint32_t i = 0; i < 6; i++)
		write_segment(i, SEL_DATA, VMX_ACCESS_DATA);
	write_segment(1, SEL_CODE64, VMX_ACCESS_CODE_64);
	vmwrite(VMCS_GUEST_LDTR_ACCESS, VMX_ACCESS_UNUSABLE);
	vmwrite(VMCS_GUEST_TR_SELECTOR, read_tr());
	vmwrite(VMCS_GUEST_TR_BASE, tss_base());
	vmwrite(VMCS_GUEST_TR_LIMIT, TSS_LIMIT);
	vmwrite(VMCS_GUEST_TR_ACCESS, VMX_ACCESS_TSS);
	vmwrite(VMCS_GUEST_GDTR_BASE, gdtr.base);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, gdtr.limit);
	vmwrite(VMCS_GUEST_IDTR_BASE, idtr.base);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, idtr.limit);
	vmwrite(VMCS_GUEST_CR0, read_cr0());
	vmwrite(VMCS_GUEST_CR3, read_cr3());
	vmwrite(VMCS_GUEST_CR4, read_cr4());
	vmwrite(VMCS_GUEST_DR7, DR7_FIXED);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED);
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmwrite(VMCS_GUEST_PAT, rdmsr(MSR_IA32_PAT));
	vmwrite(VMCS_GUEST_EFER, rdmsr(MSR_EFER));
	vmwrite(VMCS_LINK_POINTER, ~0ULL);
}

/*
 * The VMCS that all others start as, clear and not current, and struct l2 with it. Made once on
 * each CPU: a hundred VMWRITEs, most of which KVM emulates, are most of what a small case would
 * cost. Fields that are not written here are 0, as a region of zeroes has them under KVM; on
 * hardware VMCLEAR leaves them undefined, but L1 never runs on bare hardware.
 */
static const struct l2 *base_l2(void)
{
	static struct l2 bases[CPU_MAX];
	struct l2 *base = &bases[this_cpu_index()], made = { .launched = 0 }, *l2 = &made;

	if (base->vmcs)
		return base;
	l2->vmcs = vmcs_at(page_alloc_permanent(), 0);
	vmcs_load(l2->vmcs);
	write_controls(l2);
	write_host(l2);
	write_guest();
	EXPECT_RESULT(vmclear(l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	*base = made;
	return base;
}

/*
 * All L2s have VPID 1, and not all the same page tables. VM entries keep what the CPU remembers of
 * a VPID's, its caches of upper levels too (29.4.3.1): a new L2 would go by the last one's.
 */
static void forget_vpid(void)
{
	bool single = vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) & VMX_CAP_INVVPID_SINGLE;

	EXPECT_RESULT(invvpid(single ? VMX_INVVPID_SINGLE : VMX_INVVPID_ALL,
			      (struct vmx_inv_operand){ 1, 0 }),
		      VMX_OK, "SDM 31.3 INVVPID");
}

/*
 * A copy of the region is a copy of the VMCS if KVM is below: its vmcs12, written out whole
 * by VMCLEAR. Hardware promises nothing of the kind.
 */
void vmx_l2_init(struct l2 *l2, void (*fn)(void))
{
	*l2 = *base_l2();
	l2->vmcs = phys(memcpy(page_alloc(), (void *)l2->vmcs, PAGE_SIZE));
	EXPECT_RESULT(vmclear(l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(l2->vmcs);
	memset(l2->msr_bitmap, 0, PAGE_SIZE);
	if (l1_offers(L1_F_VPID))
		forget_vpid();
	l2_stack(); /* GUEST_RSP is in the copy; the return address is on the stack anew */
	vmwrite(VMCS_GUEST_RIP, code(fn));
}

struct l2 *vmx_l2_create(void (*fn)(void))
{
	struct l2 *l2 = page_alloc();

	vmx_l2_init(l2, fn);
	return l2;
}
