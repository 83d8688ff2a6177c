// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2 is moved to another VM with a value of its own in every register that it has.
 */
#include "l1/common/case.h"
#include "l1/common/l2_ops.h"
#include "l1/common/request.h"

void doorbell_with_registers(void);
extern struct gprs doorbell_in, doorbell_out;
extern uint64_t doorbell_flags, doorbell_flags_out;

#define N_GPRS (sizeof(struct gprs) / sizeof(uint64_t))

/* Order of struct gprs. */
static const char *const gpr_names[N_GPRS] = {
	"RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "R8",
	"R9",  "R10", "R11", "R12", "R13", "R14", "R15",
};

/* MSRs that are L2's own and have no other effect on this code; addresses are canonical. */
static const struct {
	uint32_t index;
	const char *name;
	uint64_t value;
} msrs[] = {
	{ MSR_KERNEL_GS_BASE, "KERNEL_GS_BASE", 0x00001234aaaa0001 },
	{ MSR_FS_BASE, "FS_BASE", 0x00001234aaaa0002 },
	{ MSR_GS_BASE, "GS_BASE", 0x00001234aaaa0003 },
	{ MSR_STAR, "STAR", 0x0023001012345678 },
	{ MSR_LSTAR, "LSTAR", 0x00001234aaaa0005 },
	{ MSR_CSTAR, "CSTAR", 0x00001234aaaa0006 },
	{ MSR_SFMASK, "SFMASK", 0x0000000000047700 },
	{ MSR_IA32_SYSENTER_CS, "SYSENTER_CS", 0x5678 },
	{ MSR_IA32_SYSENTER_ESP, "SYSENTER_ESP", 0x1234aa08 },
	{ MSR_IA32_SYSENTER_EIP, "SYSENTER_EIP", 0x1234aa09 },
};

static uint64_t old_msrs[ARRAY_SIZE(msrs)];

#define FX_SIZE 512
#define FX_XMM	160 /* XMM0 in FXSAVE's image: SDM Vol. 1 10.5.1 */
static uint8_t fx[3][FX_SIZE] __attribute__((aligned(16)));

static uint64_t *words(struct gprs *g)
{
	return &g->rax;
}

/* Patterns that no two registers share, and CF, PF, AF, ZF, SF, DF, OF set. */
static void ring(void)
{
	for (size_t i = 0; i < N_GPRS; i++)
		words(&doorbell_in)[i] = 0x1111111111111111 * (i + 1) ^ 0xf0f0;
	doorbell_in.rax = L1_SAVE;
	doorbell_in.rdx = L1_PORT_DOORBELL;
	doorbell_flags = RFLAGS_FIXED | 0xcd5;
	doorbell_with_registers();
	for (size_t i = 0; i < N_GPRS; i++) {
		expect_at("%s: ", gpr_names[i]);
		EXPECT_EQ(words(&doorbell_out)[i], words(&doorbell_in)[i], "KVM_SET_REGS");
	}
	expect_at("%s", "");
	EXPECT_EQ(doorbell_flags_out, doorbell_flags, "KVM_SET_REGS");
}

static void fill_fx(void)
{
	asm volatile("fxsave64 %0" : "=m"(fx[0]));
	memcpy(fx[1], fx[0], FX_SIZE);
	for (int i = 0; i < 16 * 16; i++)
		fx[1][FX_XMM + i] = (uint8_t)(i * 7 + 1);
	asm volatile("fxrstor64 %0" : : "m"(fx[1]));
}

static void check_fx(void)
{
	asm volatile("fxsave64 %0" : "=m"(fx[2]));
	asm volatile("fxrstor64 %0" : : "m"(fx[0]));
	for (int i = 0; i < 16; i++) {
		expect_at("XMM%u: ", i);
		EXPECT_EQ(memcmp(fx[1] + FX_XMM + 16 * i, fx[2] + FX_XMM + 16 * i, 16), 0,
			  "KVM_SET_XSAVE");
	}
	expect_at("%s", "");
}

static void fill_system(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		old_msrs[i] = rdmsr(msrs[i].index);
		wrmsr(msrs[i].index, msrs[i].value);
	}
	write_dr0(0xd000);
	write_dr1(0xd001);
	write_dr2(0xd002);
	write_dr3(0xd003);
	write_dr6(DR6_FIXED | 5);
	write_cr8(5);
}

static void check_system(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		expect_at("MSR %s: ", msrs[i].name);
		EXPECT_EQ(rdmsr(msrs[i].index), msrs[i].value, "KVM_SET_MSRS");
		wrmsr(msrs[i].index, old_msrs[i]);
	}
	expect_at("%s", "");
	EXPECT_EQ(read_dr0(), 0xd000, "KVM_SET_DEBUGREGS");
	EXPECT_EQ(read_dr1(), 0xd001, "KVM_SET_DEBUGREGS");
	EXPECT_EQ(read_dr2(), 0xd002, "KVM_SET_DEBUGREGS");
	EXPECT_EQ(read_dr3(), 0xd003, "KVM_SET_DEBUGREGS");
	EXPECT_EQ(read_dr6(), DR6_FIXED | 5, "KVM_SET_DEBUGREGS");
	EXPECT_EQ(read_cr8(), 5, "KVM_SET_SREGS");
	write_cr8(0);
}

static struct system {
	uint64_t cr0, cr3, cr4, efer, tr;
	struct descriptor_ptr gdtr, idtr;
} l1_system, l2_system;

static struct system read_system(void)
{
	return (struct system){ read_cr0(), read_cr3(),	 read_cr4(), rdmsr(MSR_EFER),
				read_tr(),  read_gdtr(), read_idtr() };
}

static void expect_system(struct system before)
{
	struct system now = read_system();

	EXPECT_EQ(now.cr0, before.cr0, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.cr3, before.cr3, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.cr4, before.cr4, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.efer, before.efer, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.tr, before.tr, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.gdtr.base, before.gdtr.base, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.gdtr.limit, before.gdtr.limit, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.idtr.base, before.idtr.base, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
	EXPECT_EQ(now.idtr.limit, before.idtr.limit, "KVM_SET_SREGS, KVM_SET_NESTED_STATE");
}

static void l2_moves(void)
{
	write_cr4(read_cr4() | CR4_OSFXSR);
	fill_fx();
	fill_system();
	l2_system = read_system();
	ring();
	expect_system(l2_system);
	check_system();
	check_fx();
	l2_call(1);
	/* The exit to L1 and the entry from it are the new VM's own. */
	expect_system(l2_system);
}

static void l2_nothing(void)
{
}

/*
 * L1's CR4 is not L2's: KVM keeps both, and gives L1 its own back at the exit. What that makes of
 * GDTR's and IDTR's limits (VMX: ffffh, SDM 28.5.2) has happened once before they are looked at.
 */
BOTH_LATE_CASE(state_l2, L1_MIGRATES, 2)
{
	struct l2 *l2;

	l2_run_to_call(l2_ops()->create(l2_nothing), L2_RETURNED);
	l2 = l2_ops()->create(l2_moves);
	l1_system = read_system();
	l2_run_to_call(l2, 1);
	EXPECT_EQ(l1_page->moves, 1, "the driver moves the VM");
	EXPECT_EQ(l1_page->level, L1_LEVEL_L2, "KVM_GET_NESTED_STATE");
	expect_system(l1_system);
	l2_run_to_call(l2, L2_RETURNED);
	expect_system(l1_system);
}

static volatile uint64_t cr2;

static void l2_moves_cr2(void)
{
	write_cr2(0xc2c2c2);
	ask_move(L1_LEVEL_L2);
	cr2 = read_cr2();
}

/* By itself, because Bochs' VMRUN does not load it. */
BOTH_LATE_CASE(state_l2_cr2, L1_MIGRATES, 1)
{
	cr2 = 0;
	l2_run_to_call(l2_ops()->create(l2_moves_cr2), L2_RETURNED);
	EXPECT_EQ(cr2, 0xc2c2c2, "KVM_SET_SREGS");
}
