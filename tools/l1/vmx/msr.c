// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSR bitmap, bit by bit: SDM Vol. 3 25.6.9, 26.1.3.
 */
#include "l1/vmx/vmx.h"

static uint32_t l2_msr;
static bool l2_write;

static void l2_access(void)
{
	if (l2_write)
		wrmsr(l2_msr, 0x00001234deadf000ULL);
	else
		l2_call(rdmsr(l2_msr));
}

/* Low and high range, and every bit of a byte at least once between them. */
static const uint32_t msrs[] = {
	MSR_IA32_SYSENTER_CS,
	MSR_IA32_SYSENTER_ESP,
	MSR_IA32_SYSENTER_EIP,
	MSR_IA32_PAT,
	MSR_IA32_MISC_ENABLE,
	MSR_EFER,
	MSR_STAR,
	MSR_LSTAR,
	MSR_CSTAR,
	MSR_SFMASK,
	MSR_FS_BASE,
	MSR_GS_BASE,
	MSR_KERNEL_GS_BASE,
	0x00001fff,
	0xc0001fff,
};

/* L2 does one access that is to exit; L1 answers a read. */
static void expect_exit(struct l2 *l2, uint32_t msr, bool write)
{
	uint64_t answer = 0xa5a5000000000000ULL | msr;

	l2_msr = msr;
	l2_write = write;
	vmwrite(VMCS_GUEST_RIP, code(l2_access));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to(l2, write ? VMX_REASON_WRMSR : VMX_REASON_RDMSR, "SDM 26.1.3");
	EXPECT_EQ((uint32_t)l2->gprs.rcx, msr, "SDM 26.1.3");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 2, "SDM 28.2.5");
	vmx_l2_skip();
	if (write) {
		EXPECT_EQ((uint32_t)l2->gprs.rax, 0xdeadf000, "SDM 26.1.3");
		EXPECT_EQ((uint32_t)l2->gprs.rdx, 0x1234, "SDM 26.1.3");
	} else {
		l2->gprs.rax = (uint32_t)answer;
		l2->gprs.rdx = answer >> 32;
		vmx_l2_run_to_call(l2, answer);
		return; /* the next start need not wait for the end */
	}
	vmx_l2_run_to_end(l2);
}

/* Reads exit by their own bit, writes by theirs, and the other one's does nothing for them. */
static void check_exits(bool write)
{
	struct l2 *l2 = vmx_l2_create(l2_access);

	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		expect_at("MSR %#x, %s: ", msrs[i], write ? "write" : "read");
		vmx_l2_intercept_msr(l2, msrs[i], write, true);
		expect_exit(l2, msrs[i], write);
		vmx_l2_intercept_msr(l2, msrs[i], write, false);
	}
}

VMX_CASE(vmx_msr_bitmap_read, 0, 30, L1_NEEDS(MSR_BITMAP))
{
	check_exits(false);
}

VMX_CASE(vmx_msr_bitmap_write, 0, 30, L1_NEEDS(MSR_BITMAP))
{
	check_exits(true);
}

/* Every bit of the map is set but the one: the access does not exit, and is really done. */
static void check_passes(bool write)
{
	static const uint32_t low_and_high[] = { MSR_IA32_SYSENTER_EIP, MSR_LSTAR, MSR_FS_BASE,
						 MSR_KERNEL_GS_BASE };
	struct l2 *l2 = vmx_l2_create(l2_access);

	memset(l2->msr_bitmap, 0xff, PAGE_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(low_and_high); i++) {
		uint32_t msr = low_and_high[i];

		expect_at("MSR %#x, %s: ", msr, write ? "write" : "read");
		l2_msr = msr;
		l2_write = write;
		vmx_l2_intercept_msr(l2, msr, write, false);
		vmwrite(VMCS_GUEST_RIP, code(l2_access));
		vmwrite(VMCS_GUEST_RSP, l2_stack());
		vmwrite(VMCS_GUEST_SYSENTER_EIP, 0x222233334444);
		vmwrite(VMCS_GUEST_FS_BASE, 0x5555666677);
		wrmsr(MSR_LSTAR, 0x112233445566);
		wrmsr(MSR_KERNEL_GS_BASE, 0x778899aabb);
		if (!write) {
			uint64_t expected = msr == MSR_IA32_SYSENTER_EIP ? 0x222233334444 :
					    msr == MSR_LSTAR		 ? 0x112233445566 :
					    msr == MSR_FS_BASE		 ? 0x5555666677 :
									   0x778899aabb;

			vmx_l2_run_to_call(l2, expected);
		}
		vmx_l2_run_to_end(l2);
		vmx_l2_intercept_msr(l2, msr, write, true);
		if (write) {
			uint64_t seen = msr == MSR_IA32_SYSENTER_EIP ?
						vmread(VMCS_GUEST_SYSENTER_EIP) :
					msr == MSR_FS_BASE ? vmread(VMCS_GUEST_FS_BASE) :
							     rdmsr(msr);

			EXPECT_EQ(seen, 0x00001234deadf000, "SDM 26.1.3: L2's write was done");
		}
	}
}

VMX_CASE(vmx_msr_bitmap_pass_read, 0, 8, L1_NEEDS(MSR_BITMAP))
{
	check_passes(false);
}

VMX_CASE(vmx_msr_bitmap_pass_write, 0, 4, L1_NEEDS(MSR_BITMAP))
{
	check_passes(true);
}

/* Outside of both ranges, and without a bitmap, every access exits. */
VMX_CASE(vmx_msr_no_bitmap, L1_SLOW, 24, L1_NEEDS(MSR_BITMAP))
{
	struct l2 *l2 = vmx_l2_create(l2_access);

	for (int write = 0; write < 2; write++) {
		expect_at("outside of the bitmap, %s: ", write ? "write" : "read");
		expect_exit(l2, 0x00002000, write);
		expect_exit(l2, 0x40000000, write);
		expect_exit(l2, 0xc0002000, write);
		expect_exit(l2, 0xffffffff, write);
	}
	VMX_CLEAR(PROC_CTLS, VMX_PROC_MSR_BITMAPS);
	for (int write = 0; write < 2; write++) {
		expect_at("no bitmap, %s: ", write ? "write" : "read");
		expect_exit(l2, MSR_IA32_SYSENTER_CS, write);
		expect_exit(l2, MSR_FS_BASE, write);
	}
}
