// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering L2 and leaving it: the launch state, VMCALL, CPUID, HLT, the triple fault.
 */
#include "l1/vmx/cases.h"

static void l2_nothing(void)
{
}

static void l2_say_two(void)
{
	l2_call(2);
}

/* One VMCALL: every field of the exit, and L1 as the host-state area says. */
void vmx_enter_leave(void)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();
	uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4();
	uint64_t stack;
	struct vm vm;

	vm_init(&vm, l2_say_two);
	stack = vmread(VMCS_GUEST_RSP);
	vm_expect(&vm, VMX_REASON_VMCALL, "SDM 26.1.2");
	EXPECT_EQ(vm.r.rax, 2, "SDM 26.1.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 3, "SDM 28.2.5");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(memcmp((void *)vmread(VMCS_GUEST_RIP), "\x0f\x01\xc1", 3), 0,
		  "SDM 28.3.3: RIP at the VMCALL");
	EXPECT(vmread(VMCS_GUEST_RSP) <= stack && vmread(VMCS_GUEST_RSP) > stack - PAGE_SIZE,
	       "SDM 28.3.3");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 28.3.4");
	vm_skip(&vm);
	vm_expect_end(&vm);

	EXPECT_EQ(read_cr0(), cr0, "SDM 28.5.1");
	EXPECT_EQ(read_cr3(), cr3, "SDM 28.5.1");
	EXPECT_EQ(read_cr4(), cr4, "SDM 28.5.1");
	EXPECT_EQ(read_gdtr().base, gdtr.base, "SDM 28.5.2");
	EXPECT_EQ(read_gdtr().limit, 0xffff, "SDM 28.5.2");
	EXPECT_EQ(read_idtr().base, idtr.base, "SDM 28.5.2");
	EXPECT_EQ(read_idtr().limit, 0xffff, "SDM 28.5.2");
}

/* Values both ways, many times over one VMCS. */
#define CALLS 20

static void l2_count(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < CALLS; i++)
		sum = sum * 3 + l2_call(sum + i);
	l2_call(sum);
}

void vmx_vmcall(void)
{
	uint64_t sum = 0;
	struct vm vm;

	vm_init(&vm, l2_count);
	for (uint64_t i = 0; i < CALLS; i++) {
		uint64_t answer = 0x9e3779b97f4a7c15ULL * (i + 1);

		vm_answer_call(&vm, sum + i, answer);
		sum = sum * 3 + answer;
	}
	vm_expect_call(&vm, sum);
	vm_expect_end(&vm);
}

/* All registers but RSP are loaded from here; CPUID; all are stored here. */
static struct gprs l2_regs;

static void l2_cpuid(void)
{
	struct gprs *at = &l2_regs;

	asm volatile("push	%%rbp\n\t"
		     "mov	%c[rax](%[r]), %%rax\n\t"
		     "mov	%c[rbx](%[r]), %%rbx\n\t"
		     "mov	%c[rcx](%[r]), %%rcx\n\t"
		     "mov	%c[rdx](%[r]), %%rdx\n\t"
		     "mov	%c[rsi](%[r]), %%rsi\n\t"
		     "mov	%c[rbp](%[r]), %%rbp\n\t"
		     "mov	%c[r8](%[r]), %%r8\n\t"
		     "mov	%c[r9](%[r]), %%r9\n\t"
		     "mov	%c[r10](%[r]), %%r10\n\t"
		     "mov	%c[r11](%[r]), %%r11\n\t"
		     "mov	%c[r12](%[r]), %%r12\n\t"
		     "mov	%c[r13](%[r]), %%r13\n\t"
		     "mov	%c[r14](%[r]), %%r14\n\t"
		     "mov	%c[r15](%[r]), %%r15\n\t"
		     "mov	%c[rdi](%[r]), %%rdi\n\t"
		     "cpuid\n\t"
		     "push	%%rdi\n\t"
		     "lea	%[regs], %%rdi\n\t"
		     "mov	%%rax, %c[rax](%%rdi)\n\t"
		     "mov	%%rbx, %c[rbx](%%rdi)\n\t"
		     "mov	%%rcx, %c[rcx](%%rdi)\n\t"
		     "mov	%%rdx, %c[rdx](%%rdi)\n\t"
		     "mov	%%rsi, %c[rsi](%%rdi)\n\t"
		     "mov	%%rbp, %c[rbp](%%rdi)\n\t"
		     "mov	%%r8, %c[r8](%%rdi)\n\t"
		     "mov	%%r9, %c[r9](%%rdi)\n\t"
		     "mov	%%r10, %c[r10](%%rdi)\n\t"
		     "mov	%%r11, %c[r11](%%rdi)\n\t"
		     "mov	%%r12, %c[r12](%%rdi)\n\t"
		     "mov	%%r13, %c[r13](%%rdi)\n\t"
		     "mov	%%r14, %c[r14](%%rdi)\n\t"
		     "mov	%%r15, %c[r15](%%rdi)\n\t"
		     "pop	%c[rdi](%%rdi)\n\t"
		     "pop	%%rbp"
		     : [r] "+D"(at)
		     : [regs] "m"(l2_regs), [rax] "i"(offsetof(struct gprs, rax)),
		       [rbx] "i"(offsetof(struct gprs, rbx)), [rcx] "i"(offsetof(struct gprs, rcx)),
		       [rdx] "i"(offsetof(struct gprs, rdx)), [rsi] "i"(offsetof(struct gprs, rsi)),
		       [rdi] "i"(offsetof(struct gprs, rdi)), [rbp] "i"(offsetof(struct gprs, rbp)),
		       [r8] "i"(offsetof(struct gprs, r8)), [r9] "i"(offsetof(struct gprs, r9)),
		       [r10] "i"(offsetof(struct gprs, r10)), [r11] "i"(offsetof(struct gprs, r11)),
		       [r12] "i"(offsetof(struct gprs, r12)), [r13] "i"(offsetof(struct gprs, r13)),
		       [r14] "i"(offsetof(struct gprs, r14)), [r15] "i"(offsetof(struct gprs, r15))
		     : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13",
		       "r14", "r15", "memory", "cc");
}

static void l2_cpuid_forever(void)
{
	for (;;)
		l2_cpuid();
}

static void fill(struct gprs *r, uint64_t seed)
{
	uint64_t *v = &r->rax;

	for (size_t i = 0; i < sizeof(*r) / sizeof(*v); i++)
		v[i] = seed * 0x9e3779b97f4a7c15ULL + i * 0x0101010101010101ULL;
}

static void expect_gprs(const struct gprs *seen, const struct gprs *expected, const char *where)
{
	static const char *const names[] = { "RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "R8",
					     "R9",  "R10", "R11", "R12", "R13", "R14", "R15" };
	const uint64_t *s = &seen->rax, *e = &expected->rax;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		expect_at("%s in %s: ", names[i], where);
		EXPECT_EQ(s[i], e[i], "SDM 28.3, 28.5");
	}
	expect_at("%s", "");
}

/* L1 sees all fifteen registers of L2 at its CPUID, and L2 all fifteen that L1 gives it. */
#define CPUIDS 50

void vmx_cpuid(void)
{
	struct gprs given;
	struct vm vm;

	fill(&given, 1);
	l2_regs = given;
	vm_init(&vm, l2_cpuid_forever);
	for (uint64_t i = 0; i < CPUIDS; i++) {
		vm_expect(&vm, VMX_REASON_CPUID, "SDM 26.1.2");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
		/* What L2 stored behind the last CPUID, and what it loaded ahead of this one. */
		expect_gprs(&l2_regs, &given, "L2 after the entry");
		expect_gprs(&vm.r, &given, "L1 after the exit");
		fill(&given, i + 2);
		vm.r = given;
		vm_skip(&vm);
	}
}

/* Each state error of VMLAUNCH and VMRESUME, and what VMCLEAR makes of the state. */
void vmx_launch_state(void)
{
	struct vm vm;

	vm_init(&vm, l2_say_two);
	EXPECT_VMX_ERROR(vmresume(), VMRESUME_NOT_LAUNCHED, "SDM 27.1");
	vm_expect_call(&vm, 2);
	EXPECT_VMX_ERROR(vmlaunch(), VMLAUNCH_NOT_CLEAR, "SDM 27.1");
	vm_expect_end(&vm);
	EXPECT_RESULT(vmclear(vm.vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(vm.vmcs);
	EXPECT_VMX_ERROR(vmresume(), VMRESUME_NOT_LAUNCHED, "SDM 25.11.3");
	vm.launched = 0;
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vm_expect_end(&vm);
}

/* The failure is of the instruction, so RFLAGS are read behind it. */
void vmx_launch_mov_ss(void)
{
	uint64_t flags;
	struct vm vm;

	vm_init(&vm, l2_nothing);
	asm volatile("mov %%ss, %%eax; mov %%eax, %%ss; vmlaunch; pushfq; popq %0"
		     : "=r"(flags)
		     :
		     : "rax", "memory", "cc");
	EXPECT_RESULT(flags & VMX_FLAGS, VMX_FAIL_VALID, "SDM 27.1");
	EXPECT_NAME(vmx_error(), VMX_ERROR_EVENTS_BLOCKED_BY_MOV_SS, vmx_error_name, "SDM 27.1");
	vm_expect_end(&vm);
}

static volatile uint64_t l2_step;

static void l2_hlt(void)
{
	l2_step = 1;
	hlt();
	l2_step = 2;
}

void vmx_hlt(void)
{
	struct vm vm;

	l2_step = 0;
	vm_init(&vm, l2_hlt);
	for (int i = 0; i < 3; i++) {
		vm_expect(&vm, VMX_REASON_HLT, "SDM 26.1.3");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
		EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 1, "SDM 28.2.5");
		EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 28.3.4");
		EXPECT_EQ(*(uint8_t *)vmread(VMCS_GUEST_RIP), 0xf4, "SDM 28.3.3");
		EXPECT_EQ(l2_step, 1, "SDM 26.1.3");
	}
	vm_skip(&vm);
	vm_expect_end(&vm);
	EXPECT_EQ(l2_step, 2, "SDM 26.1.3");
}

/* Without HLT exiting L2 sleeps for itself; an event that is injected wakes it. */
#define WAKE_VECTOR 0x61

void vmx_hlt_activity(void)
{
	struct vm vm;

	l2_step = 0;
	if (!(rdmsr(MSR_IA32_VMX_MISC) & VMX_MISC_ACTIVITY_HLT))
		skip("the activity state HLT is not offered");
	vm_init(&vm, l2_nothing);
	vmwrite(VMCS_GUEST_ACTIVITY, VMX_ACTIVITY_HLT);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED | RFLAGS_IF);
	vmwrite(VMCS_ENTRY_INTERRUPTION_INFO,
		VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | WAKE_VECTOR);
	vm_expect_end(&vm);
	EXPECT_EQ(irq_count[WAKE_VECTOR], 1, "SDM 27.7.2: an injected event makes L2 active");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_ACTIVE, "SDM 27.7.2");
}

/* Asleep in HLT, L2 leaves by an interrupt of L1's: its LAPIC timer. */
static void l2_sleep(void)
{
	sti();
	hlt();
	l2_step = 2;
}

#define X2APIC_LVT_TIMER     0x832
#define X2APIC_TIMER_INITIAL 0x838
#define X2APIC_TIMER_DIVIDE  0x83e

void vmx_hlt_wake(void)
{
	struct vm vm;

	l2_step = 0;
	vm_init(&vm, l2_sleep);
	VM_SET(PIN_CTLS, VMX_PIN_EXTERNAL_INTERRUPT);
	VM_SET(EXIT_CTLS, VMX_EXIT_ACK_INTERRUPT);
	VM_CLEAR(PROC_CTLS, VMX_PROC_HLT);
	wrmsr(X2APIC_TIMER_DIVIDE, 0xb);
	wrmsr(X2APIC_LVT_TIMER, WAKE_VECTOR);
	wrmsr(X2APIC_TIMER_INITIAL, 1000000);
	vm_expect(&vm, VMX_REASON_EXTERNAL_INTERRUPT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_INTERRUPTION_INFO),
		  VMX_INTERRUPTION_VALID | VMX_EVENT_EXTERNAL | WAKE_VECTOR, "SDM 28.2.2");
	EXPECT_EQ(l2_step, 0, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_GUEST_ACTIVITY), VMX_ACTIVITY_HLT, "SDM 28.3.4");
	lapic_eoi();
	wrmsr(X2APIC_LVT_TIMER, 1U << 16 | WAKE_VECTOR);
}

static void l2_triple_fault(void)
{
	struct descriptor_ptr none = { 0, 0 };

	asm volatile("lidt %0; ud2" : : "m"(none));
}

/* L2's own end; L1 hears of it and starts another. */
void vmx_triple_fault(void)
{
	struct vm vm;

	vm_init(&vm, l2_triple_fault);
	vm_expect(&vm, VMX_REASON_TRIPLE_FAULT, "SDM 26.2");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_IDT_VECTORING_INFO) & VMX_INTERRUPTION_VALID, 0, "SDM 28.2.4");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_LIMIT), 0, "SDM 28.3.2");
	vm_init(&vm, l2_say_two);
	vm_expect_call(&vm, 2);
}
