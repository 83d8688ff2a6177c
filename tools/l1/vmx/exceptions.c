// SPDX-License-Identifier: GPL-2.0-only
/*
 * L2's exceptions. By the exception bitmap, and #PF by its error code: SDM Vol. 3 26.2, 28.2.2.
 *
 * Those that L0 finds while it executes an instruction for L2: L1's exit has all that the CPU's own
 * would have, error code, address and what there is to DR6 (28.1, 28.2.1).
 *
 * Those whose delivery faults in turn: the second one's exit with the first one in the
 * IDT-vectoring information, the double fault, the triple fault (7.15, 28.2.4). By an IDT that ends
 * too early, and by one that L2's page tables do not map: without EPT, L0 has to combine page
 * faults itself.
 */
#include "l1/vmx/vmx.h"

/* Past L1_MEMORY: no page table of L1's maps it. */
#define HOLE 0x40000000ULL

extern uint8_t fault_ud_at[], fault_bp_at[], fault_de_at[], fault_gp_at[], fault_read_at[],
	fault_write_at[], fault_ss_at[];

static void do_ud(void *unused)
{
	(void)unused;
	asm volatile("fault_ud_at: ud2");
}

static void do_bp(void *unused)
{
	(void)unused;
	asm volatile("fault_bp_at: int3");
}

static void do_de(void *unused)
{
	(void)unused;
	asm volatile("fault_de_at: div %%cl" : : "a"(1), "c"(0) : "cc");
}

/* A data selector past the GDT's end: the error code is the selector. */
static void do_gp(void *unused)
{
	(void)unused;
	asm volatile("fault_gp_at: mov %0, %%ds" : : "r"(0xfff0));
}

/* A non-canonical address by way of RBP, which means the stack segment. */
static void do_ss(void *unused)
{
	(void)unused;
	asm volatile("push	%%rbp\n\t"
		     "mov	%0, %%rbp\n"
		     "fault_ss_at: mov (%%rbp), %%rax\n\t"
		     "pop	%%rbp"
		     :
		     : "r"(0x8000000000000000ULL)
		     : "rax", "memory");
}

static void do_read(void *unused)
{
	uint64_t v;

	(void)unused;
	asm volatile("fault_read_at: mov (%1), %0" : "=r"(v) : "r"(HOLE + 8) : "memory");
}

static void do_write(void *unused)
{
	(void)unused;
	asm volatile("fault_write_at: mov %0, (%1)" : : "r"(1ULL), "r"(HOLE + 16) : "memory");
}

struct fault {
	const char *name;
	void (*run)(void *);
	const uint8_t *at;
	uint32_t vector;
	uint32_t type;
	bool has_error;
	uint32_t error;
	uint64_t qualification;
};

static const struct fault faults[] = {
	{ "#UD", do_ud, fault_ud_at, X86_UD, VMX_EVENT_EXCEPTION, false, 0, 0 },
	{ "#BP", do_bp, fault_bp_at, X86_BP, VMX_EVENT_SOFT_EXCEPTION, false, 0, 0 },
	{ "#DE", do_de, fault_de_at, X86_DE, VMX_EVENT_EXCEPTION, false, 0, 0 },
	{ "#GP", do_gp, fault_gp_at, X86_GP, VMX_EVENT_EXCEPTION, true, 0xfff0, 0 },
	{ "#SS", do_ss, fault_ss_at, X86_SS, VMX_EVENT_EXCEPTION, true, 0, 0 },
	{ "#PF, read", do_read, fault_read_at, X86_PF, VMX_EVENT_EXCEPTION, true, 0, HOLE + 8 },
	{ "#PF, write", do_write, fault_write_at, X86_PF, VMX_EVENT_EXCEPTION, true, PF_W,
	  HOLE + 16 },
};

static const struct fault *l2_fault;
static struct trap caught;

static void l2_faults(void)
{
	caught = catch_trap(l2_fault->run, NULL);
}

static void start(const struct fault *f)
{
	l2_fault = f;
	caught.vector = 0x100;
	expect_at("%s: ", f->name);
	vmwrite(VMCS_GUEST_RIP, code(l2_faults));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	/* An exit leaves L1 with a limit of 0xffff, which a new L2 copies: no #GP by selector. */
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0xff);
}

/* The exit describes it fully. L1 injects it, and L2 gets what it would have got. */
static void expect_exit(struct l2 *l2, const struct fault *f)
{
	uint64_t info = VMX_INTERRUPTION_VALID | f->type | f->vector |
			(f->has_error ? VMX_INTERRUPTION_ERROR_CODE : 0);

	start(f);
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  info, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), f->qualification, "SDM 28.2.1");
	if (f->has_error)
		EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), f->error, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(f->at), "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	if (f->type == VMX_EVENT_SOFT_EXCEPTION)
		EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 1, "SDM 28.2.5");
	vmwrite(VMCS_ENTRY_INTERRUPTION_INFO, info);
	vmwrite(VMCS_ENTRY_EXCEPTION_ERROR, f->error);
	vmwrite(VMCS_ENTRY_INSTRUCTION_LENGTH, 1);
	write_cr2(f->qualification);
	vmx_l2_run_to_end(l2);
}

static void expect_in_l2(struct l2 *l2, const struct fault *f)
{
	start(f);
	vmx_l2_run_to_end(l2);
	EXPECT_NAME(caught.vector, f->vector, trap_name, "SDM 26.2");
	EXPECT_EQ(caught.error, f->error, "SDM 26.2");
	EXPECT_EQ(caught.rip, phys(f->at) + (f->vector == X86_BP), "SDM 26.2");
	if (f->vector == X86_PF)
		EXPECT_EQ(caught.cr2, f->qualification, "SDM 26.2");
}

VMX_CASE(vmx_exception_bitmap, 0, 14, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_faults);

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		vmwrite(VMCS_EXCEPTION_BITMAP, 1U << faults[i].vector);
		expect_exit(l2, &faults[i]);
		EXPECT_NAME(caught.vector, faults[i].vector, trap_name, "SDM 27.6.1");
		EXPECT_EQ(caught.error, faults[i].error, "SDM 27.6.1");
	}
}

/* Every bit but the one: L2 keeps its exception to itself. */
VMX_CASE(vmx_exception_pass, 0, 7, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_faults);

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		vmwrite(VMCS_EXCEPTION_BITMAP, ~(1U << faults[i].vector) & ~(1U << X86_MC));
		expect_in_l2(l2, &faults[i]);
	}
}

/* #PF exits if (error & mask == match) is what bit 14 of the bitmap is. */
VMX_CASE(vmx_page_fault_mask, L1_SLOW, 24, 0)
{
	static const struct {
		bool bit;
		uint32_t mask, match;
		bool read_exits, write_exits;
	} rows[] = {
		{ true, 0, 0, true, true },	    { false, 0, 0, false, false },
		{ true, PF_W, PF_W, false, true },  { true, PF_W, 0, true, false },
		{ false, PF_W, PF_W, true, false }, { false, PF_W, 0, false, true },
		{ false, 0, 1, true, true },	    { true, 0, 1, false, false },
	};
	struct l2 *l2 = vmx_l2_create(l2_faults);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		vmwrite(VMCS_EXCEPTION_BITMAP, rows[i].bit ? 1U << X86_PF : 0);
		vmwrite(VMCS_PF_ERROR_MASK, rows[i].mask);
		vmwrite(VMCS_PF_ERROR_MATCH, rows[i].match);
		for (unsigned int write = 0; write < 2; write++) {
			const struct fault *f = &faults[ARRAY_SIZE(faults) - 2 + write];

			if (write ? rows[i].write_exits : rows[i].read_exits)
				expect_exit(l2, f);
			else
				expect_in_l2(l2, f);
		}
	}
}

#define NON_CANONICAL 0x8000000000000000ULL
#define PORT	      0x4f0

extern uint8_t raised_ins_at[], raised_outs_at[], raised_step_at[];

static uint64_t address;

static __attribute__((naked)) void l2_ins(void)
{
	asm volatile("raised_ins_at: insb; ret");
}

static __attribute__((naked)) void l2_outs(void)
{
	asm volatile("raised_outs_at: outsb; ret");
}

static __attribute__((naked)) void l2_rdmsr(void)
{
	asm volatile("raised_step_at: rdmsr; ret");
}

/* L2 has port and address in its registers; #PF and #GP exit. */
static void expect_fault(void (*fn)(void), uint8_t vector, uint32_t error, uint64_t qualification,
			 const uint8_t *at)
{
	struct l2 *l2 = vmx_l2_create(fn);

	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_PF | 1U << X86_GP);
	l2->gprs.rdx = PORT;
	l2->gprs.rsi = l2->gprs.rdi = address;
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_INTERRUPTION_ERROR_CODE | VMX_EVENT_EXCEPTION |
			  vector,
		  "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), error, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), qualification, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(at), "SDM 28.3.3");
	EXPECT(read_cr2() != HOLE, "SDM 28.1: CR2 is not written");
}

VMX_CASE(vmx_raised_fault, L1_SLOW, 3, 0)
{
	address = HOLE;
	expect_at("%s", "INS to an address that is not mapped: ");
	expect_fault(l2_ins, X86_PF, PF_W, HOLE, raised_ins_at);
	expect_at("%s", "OUTS from an address that is not mapped: ");
	expect_fault(l2_outs, X86_PF, 0, HOLE, raised_outs_at);
	address = NON_CANONICAL;
	expect_at("%s", "INS to an address that is not canonical: ");
	expect_fault(l2_ins, X86_GP, 0, 0, raised_ins_at);
}

/*
 * RFLAGS.TF, and an instruction that L0 executes: the trap behind it is L0's to make. It runs once
 * without the trap: Bochs makes one of a page that EPT does not have yet.
 */
VMX_CASE(vmx_raised_step, 0, 1, L1_NEEDS(MSR_BITMAP))
{
	struct l2 *l2;

	l2 = vmx_l2_create(l2_rdmsr);
	l2->gprs.rcx = MSR_IA32_APIC_BASE;
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 26.1.2");
	l2 = vmx_l2_create(l2_rdmsr);
	vmwrite(VMCS_EXCEPTION_BITMAP, 1U << X86_DB);
	vmwrite(VMCS_GUEST_RFLAGS, vmread(VMCS_GUEST_RFLAGS) | RFLAGS_TF);
	l2->gprs.rcx = MSR_IA32_APIC_BASE;
	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | X86_DB, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), DR6_BS, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(raised_step_at) + 2, "SDM 28.3.3");
	EXPECT_EQ(read_dr6() & DR6_BS, 0, "SDM 28.1: DR6 is not written");
}

#define BAD	   0xfff0 /* a selector past the GDT's end */
#define GATE(n)	   (16 * (n))
#define ERROR_IDT  2U /* the error code is of a gate, SDM Vol. 3 7.13 */
#define ERROR_EXT  1U
#define ERROR(n)   ((n) << 3 | ERROR_IDT | ERROR_EXT)
#define WITH_ERROR VMX_INTERRUPTION_ERROR_CODE

extern uint8_t delivery_ud_at[], delivery_gp_at[], delivery_pf_at[];

static __attribute__((naked)) void l2_ud(void)
{
	asm volatile("delivery_ud_at: ud2");
}

static __attribute__((naked)) void l2_gp(void)
{
	asm volatile("delivery_gp_at: mov %eax, %ds; ret");
}

static __attribute__((naked)) void l2_pf(void)
{
	asm volatile("delivery_pf_at: mov %al, (%rdx); ret");
}

static struct l2 *start_delivery(void (*fn)(void), uint32_t exiting)
{
	struct l2 *l2 = vmx_l2_create(fn);

	vmwrite(VMCS_EXCEPTION_BITMAP, exiting);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0xff);
	l2->gprs.rax = BAD;
	l2->gprs.rdx = HOLE + 8;
	return l2;
}

/* info and error of the exit's exception, and of the one that was being delivered. */
static void expect_second(struct l2 *l2, uint32_t info, uint32_t error, const uint8_t *at,
			  uint32_t first, uint32_t first_error)
{
	uint64_t vectoring;

	vmx_l2_run_to(l2, VMX_REASON_EXCEPTION_NMI, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO) & ~(uint64_t)VMX_INTERRUPTION_NMI_UNBLOCK,
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | info, "SDM 28.2.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_ERROR), error, "SDM 28.2.2");
	vectoring = vmread(VMCS_IDT_VECTORING_INFO);
	if (!first) {
		EXPECT_EQ(vectoring & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
		return;
	}
	EXPECT_EQ(vectoring, VMX_INTERRUPTION_VALID | VMX_EVENT_EXCEPTION | first, "SDM 28.2.4");
	if (first & WITH_ERROR)
		EXPECT_EQ(vmread(VMCS_IDT_VECTORING_ERROR), first_error, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(at), "SDM 28.3.3");
}

/* L1 wants the second of the two, and has the first in hand. */
VMX_CASE(vmx_exception_in_delivery, L1_SLOW, 2, 0)
{
	struct l2 *l2;

	expect_at("%s", "#GP by #UD: ");
	l2 = start_delivery(l2_ud, 1U << X86_GP);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, GATE(X86_UD) - 1);
	expect_second(l2, WITH_ERROR | X86_GP, ERROR(X86_UD), delivery_ud_at, X86_UD, 0);
	expect_at("%s", "#PF by #GP: ");
	l2 = start_delivery(l2_gp, 1U << X86_PF);
	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	expect_second(l2, WITH_ERROR | X86_PF, 0, delivery_gp_at, WITH_ERROR | X86_GP, BAD);
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), HOLE + GATE(X86_GP), "SDM 28.2.1");
}

/* L1 wants only the double fault. RIP behind it is not defined. */
VMX_CASE(vmx_double_fault, L1_SLOW, 2, 0)
{
	struct l2 *l2;

	expect_at("%s", "#GP by #GP: ");
	l2 = start_delivery(l2_gp, 1U << X86_DF);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, GATE(X86_DF + 1) - 1);
	expect_second(l2, WITH_ERROR | X86_DF, 0, NULL, 0, 0);
	expect_at("%s", "#PF by #PF: ");
	l2 = start_delivery(l2_pf, 1U << X86_DF);
	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	expect_second(l2, WITH_ERROR | X86_DF, 0, NULL, 0, 0);
}

static void l2_says(void)
{
	l2_call(1);
}

VMX_CASE(vmx_triple_fault_paging, L1_SLOW, 2, 0)
{
	struct l2 *l2 = start_delivery(l2_ud, 0);

	vmwrite(VMCS_GUEST_IDTR_BASE, HOLE);
	vmx_l2_run_to(l2, VMX_REASON_TRIPLE_FAULT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	l2 = vmx_l2_create(l2_says);
	vmx_l2_run_to_call(l2, 1);
}
