// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSR permission map (APM 15.11): two bits per register, reads and writes apart.
 */
#include "l1/svm/svm.h"

/* Even bits for reads, odd ones for writes; three ranges of 0x2000 registers, 0x800 bytes each. */
static void flip_bit(uint8_t *map, uint32_t msr, bool write)
{
	uint32_t range = msr < 0x2000 ? 0 : msr < 0xc0010000 ? 0x800 : 0x1000;
	uint32_t bit = (msr & 0x1fff) * 2 + write;

	map[range + bit / 8] ^= (uint8_t)(1 << bit % 8);
}

/*
 * Registers that L2 may read, and write back, without harm, in each range; some that KVM
 * passes through to the hardware (svm.c, direct_access_msrs) and some that it emulates.
 */
static const uint32_t msrs[] = {
	MSR_IA32_SYSENTER_CS, MSR_IA32_PAT,	  MSR_LSTAR, MSR_STAR,		 MSR_SFMASK,
	MSR_FS_BASE,	      MSR_KERNEL_GS_BASE, MSR_HWCR,  MSR_IA32_APIC_BASE, MSR_IA32_DEBUGCTL,
};

static volatile uint32_t msr_index;
static volatile uint64_t value;

static void l2_reads(void)
{
	value = rdmsr(msr_index);
}

static void l2_writes(void)
{
	wrmsr(msr_index, value);
}

static void l2_port(void)
{
	inb(0x4f0);
}

#define GIVEN 0x1122334455667788

/* L2 anew, with all bits of its map alike but this one. */
static void start(struct l2 *l2, uint32_t msr, bool write, bool exits)
{
	uint64_t map = l2->vmcb->control.msrpm_base_pa;

	svm_l2_init(l2, write ? l2_writes : l2_reads);
	memset((void *)map, exits ? 0 : 0xff, SVM_MSRPM_SIZE);
	flip_bit((uint8_t *)map, msr, write);
	l2->vmcb->control.msrpm_base_pa = map;
	svm_l2_intercept(l2, SVM_EXIT_MSR);
}

/* Intercepted: the exit says which and what, and L2 sees what L1 answers. */
static void expect_exit(struct l2 *l2, uint32_t msr, bool write)
{
	start(l2, msr, write, true);
	value = write ? GIVEN : 0;
	svm_l2_run_to(l2, SVM_EXIT_MSR, "APM 15.11");
	EXPECT_EQ(l2->vmcb->control.exit_info_1, write, "APM 15.11");
	EXPECT_EQ((uint32_t)l2->gprs.rcx, msr, "APM 15.11");
	if (write) {
		EXPECT_EQ((uint32_t)l2->gprs.rax, (uint32_t)GIVEN, "APM 15.11");
		EXPECT_EQ((uint32_t)l2->gprs.rdx, GIVEN >> 32, "APM 15.11");
	}
	svm_l2_skip(l2, 2);
	l2->gprs.rax = (uint32_t)GIVEN;
	l2->gprs.rdx = GIVEN >> 32;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(value, GIVEN, "APM 15.11");
}

/* All bits set but this one: L2 reads or writes the register itself. */
static void expect_no_exit(struct l2 *l2, uint32_t msr, bool write)
{
	uint64_t own = rdmsr(msr);

	start(l2, msr, write, false);
	value = write ? own : ~own;
	svm_l2_run_to_end(l2);
	EXPECT_EQ(value, own, "APM 15.11");
	EXPECT_EQ(rdmsr(msr), own, "APM 15.11");
}

static void each(bool write)
{
	struct l2 *l2 = svm_l2_create(l2_reads);

	svm_l2_msrpm(l2);
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		msr_index = msrs[i];
		expect_at("MSR %#x %s: ", msrs[i], write ? "write" : "read");
		expect_exit(l2, msrs[i], write);
		expect_no_exit(l2, msrs[i], write);
	}
}

SVM_CASE(svm_msr_read, 0, 24, 0)
{
	each(false);
}

SVM_CASE(svm_msr_write, 0, 24, 0)
{
	each(true);
}

/* Registers that the map does not cover always exit while it is in use. */
SVM_CASE(svm_msr_outside, 0, 4, 0)
{
	static const uint32_t outside[] = { 0x00002000, 0x40000000, 0xc0002000, 0xc0012000 };

	struct l2 *l2 = svm_l2_create(l2_reads);
	uint64_t map = phys(svm_l2_msrpm(l2));

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		svm_l2_init(l2, l2_reads);
		l2->vmcb->control.msrpm_base_pa = map;
		svm_l2_intercept(l2, SVM_EXIT_MSR);
		msr_index = outside[i];
		expect_at("MSR %#x: ", outside[i]);
		svm_l2_run_to(l2, SVM_EXIT_MSR, "APM 15.11");
		EXPECT_EQ(l2->vmcb->control.exit_info_1, 0, "APM 15.11");
		EXPECT_EQ((uint32_t)l2->gprs.rcx, outside[i], "APM 15.11");
	}
}

/* The maps are pages: the low bits of their addresses do not count (APM 15.10.1, 15.11). */
SVM_CASE(svm_map_address, 0, 2, 0)
{
	struct l2 *l2 = svm_l2_create(l2_reads);

	msr_index = MSR_LSTAR;
	flip_bit(svm_l2_msrpm(l2), MSR_LSTAR, false);
	l2->vmcb->control.msrpm_base_pa |= 0xabc;
	svm_l2_run_to(l2, SVM_EXIT_MSR, "APM 15.11");
	svm_l2_iopm(l2)[0x4f0 / 8] = 1;
	l2->vmcb->control.iopm_base_pa |= 0xdef;
	svm_l2_restart(l2, l2_port);
	svm_l2_run_to(l2, SVM_EXIT_IOIO, "APM 15.10.1");
}
