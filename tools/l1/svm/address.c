// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where SVM's instructions point to, and what L1 has to have set up: a bad address is a #GP
 * and does nothing else (APM 15.5.1, 15.5.2, 15.30.4). Then EFER.SVME as L2 sees it.
 */
#include "l1/svm/svm.h"

/* Beyond every processor's physical address space (APM 1.6). */
#define BEYOND (1ULL << 52)

static void vmrun(void *address)
{
	asm volatile("vmrun %%rax" : : "a"(address) : "memory");
}

static void vmload(void *address)
{
	asm volatile("vmload %%rax" : : "a"(address) : "memory");
}

static void vmsave(void *address)
{
	asm volatile("vmsave %%rax" : : "a"(address) : "memory");
}

static void wrmsr_hsave(void *address)
{
	wrmsr(MSR_VM_HSAVE_PA, phys(address));
}

/*
 * Addresses that are legal and have no memory are not tried: nothing is defined about them, and
 * KVMs differ.
 */
static const struct row {
	const char *name;
	void (*insn)(void *address);
	uint64_t address;
} far_rows[] = {
	{ "VMRUN beyond physical memory", vmrun, BEYOND },
	{ "VMLOAD beyond physical memory", vmload, BEYOND },
	{ "VMSAVE beyond physical memory", vmsave, BEYOND },
	{ "VM_HSAVE_PA beyond physical memory", wrmsr_hsave, BEYOND },
};

static void expect_gp(const char *name, void (*insn)(void *address), uint64_t address,
		      const char *section)
{
	expect_at("%s: ", name);
	EXPECT_NAME(catch_trap(insn, (void *)address).vector, X86_GP, trap_name, section);
}

static void expect_works(void)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);

	expect_at("%s", "afterwards: ");
	svm_l2_run_to_call(l2, 1);
}

SVM_CASE(svm_address_far, 0, 1, 0)
{
	for (size_t i = 0; i < ARRAY_SIZE(far_rows); i++)
		expect_gp(far_rows[i].name, far_rows[i].insn, far_rows[i].address, "APM 15.5.1");
	expect_works();
}

/*
 * A page and a half: the VMCB's address must be that of a page. Not settled: KVM drops the low bits,
 * so the #GP has to be the processor's, ahead of L0's intercept. APM Vol. 3, VMRUN, has that order
 * for an address that is not supported, and does not say it for one that is not aligned. The page
 * holds L1's own state, for a VMLOAD that goes through.
 * L1_UNPROVEN: Bochs, to 3.1, looks for L0's intercept of VMLOAD first (svm.cc).
 */
SVM_CASE(svm_address_unaligned, L1_UNPROVEN, 1, 0)
{
	uint64_t page = phys(pages_alloc(2));

	vmsave((void *)page);
	page += 0x800;
	expect_gp("VMLOAD unaligned", vmload, page, "APM 15.5.2");
	expect_gp("VMSAVE unaligned", vmsave, page, "APM 15.5.2");
	expect_gp("VMRUN unaligned", vmrun, page, "APM 15.5.1");
	expect_works();
}

/* Zero is not a place to save the host's state in. */
SVM_CASE(svm_hsave_zero, 0, 1, 0)
{
	struct l2 *l2 = svm_l2_create(l2_call_once);
	uint64_t hsave = rdmsr(MSR_VM_HSAVE_PA);

	wrmsr(MSR_VM_HSAVE_PA, 0);
	expect_gp("VMRUN with VM_HSAVE_PA = 0", vmrun, phys(l2->vmcb), "APM 15.30.4");
	wrmsr(MSR_VM_HSAVE_PA, hsave);
	EXPECT_EQ(rdmsr(MSR_VM_HSAVE_PA), hsave, "APM 15.30.4");
	expect_works();
}

static void l2_clears_svme(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SVME);
}

/*
 * A hypervisor has to intercept it: L2's write does not get through. Without the intercept it is
 * undefined what follows (APM 15.4), so that is not tried.
 */
SVM_CASE(svm_svme_guarded, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_clears_svme);

	/* The second range of the map: 0xc0000000 and up, two bits each, the odd one for writes. */
	svm_l2_msrpm(l2)[0x800 + 0x80 / 4] = 2;
	svm_l2_run_to(l2, SVM_EXIT_MSR, "APM 15.11");
	EXPECT_EQ(l2->vmcb->control.exit_info_1, 1, "APM 15.11");
	EXPECT_BITS(l2->gprs.rax, EFER_SVME, 0, "APM 15.11");
	EXPECT_BITS(l2->vmcb->save.efer, EFER_SVME, EFER_SVME, "APM 15.4");
	EXPECT_BITS(rdmsr(MSR_EFER), EFER_SVME, EFER_SVME, "APM 15.4");
	svm_l2_skip(l2, 2);
	svm_l2_run_to_end(l2);
}
