// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID in L2, and all fifteen general registers across it, both ways: SDM Vol. 3 28.3, 28.5.
 */
#include "l1/vmx/vmx.h"

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
		if (s[i] == e[i])
			continue;
		expect_at("%s in %s: ", names[i], where);
		EXPECT_EQ(s[i], e[i], "SDM 28.3, 28.5");
	}
}

/* L1 sees all fifteen registers of L2 at its CPUID, and L2 all fifteen that L1 gives it. */
#define CPUIDS 20

VMX_CORE_CASE(vmx_cpuid, 20, 0)
{
	struct gprs given;
	struct l2 *l2;

	fill(&given, 1);
	l2_regs = given;
	l2 = vmx_l2_create(l2_cpuid_forever);
	for (uint64_t i = 0; i < CPUIDS; i++) {
		vmx_l2_run_to(l2, VMX_REASON_CPUID, "SDM 26.1.2");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
		/* What L2 stored behind the last CPUID, and what it loaded ahead of this one. */
		expect_gprs(&l2_regs, &given, "L2 after the entry");
		expect_gprs(&l2->gprs, &given, "L1 after the exit");
		fill(&given, i + 2);
		l2->gprs = given;
		vmx_l2_skip();
	}
}
