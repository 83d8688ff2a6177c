// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's descriptor tables, and the page tables that it runs on.
 */
#include "l1/common/cpu.h"

/* Descriptor type and attribute bits: SDM Vol. 3 3.4.5, 8.2.3. */
#define DESC_CODE64  0x00af9b000000ffffULL
#define DESC_DATA    0x00cf93000000ffffULL
#define DESC_CODE32  0x00cf9b000000ffffULL
#define DESC_CODE16  0x008f9b000000ffffULL
#define DESC_DATA16  0x008f93000000ffffULL
#define DESC_UCODE64 0x00affb000000ffffULL
#define DESC_UDATA   0x00cff3000000ffffULL
#define DESC_ABSENT  0x00cf13000000ffffULL
#define DESC_TSS64   0x0000890000000000ULL

struct idt_gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

#define IDT_INTERRUPT_GATE 0x8e

static uint64_t gdt[SEL_TSS / 8 + 2 * CPU_MAX] = {
	[SEL_CODE64 / 8] = DESC_CODE64, [SEL_DATA / 8] = DESC_DATA,
	[SEL_CODE32 / 8] = DESC_CODE32, [SEL_CODE16 / 8] = DESC_CODE16,
	[SEL_DATA16 / 8] = DESC_DATA16, [SEL_UCODE / 8] = DESC_UCODE64,
	[SEL_UDATA / 8] = DESC_UDATA,	[SEL_ABSENT / 8] = DESC_ABSENT,
};
static struct idt_gate idt[256] __attribute__((aligned(16)));
static struct tss64 tss[CPU_MAX];
static struct page_table identity;

uint64_t tss_base(void)
{
	return phys(&tss[this_cpu_index()]);
}

static void gdt_init(uint64_t cpu)
{
	struct descriptor_ptr ptr = { sizeof(gdt) - 1, phys(gdt) };
	uint64_t base = phys(&tss[cpu]);
	uint64_t *d = &gdt[SEL_TSS / 8 + 2 * cpu];

	d[0] = DESC_TSS64 | TSS_LIMIT | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	d[1] = base >> 32;
	tss[cpu].iomap = sizeof(tss[0]);
	asm volatile("lgdt %0\n\t"
		     "pushq %1\n\t"
		     "leaq 1f(%%rip), %%rax\n\t"
		     "pushq %%rax\n\t"
		     "lretq\n"
		     "1:\n\t"
		     "mov %2, %%ds\n\t"
		     "mov %2, %%es\n\t"
		     "mov %2, %%fs\n\t"
		     "mov %2, %%gs\n\t"
		     "mov %2, %%ss\n\t"
		     "ltr %w3"
		     :
		     : "m"(ptr), "i"(SEL_CODE64), "r"(SEL_DATA), "r"(SEL_TSS + 16 * (int)cpu)
		     : "rax", "memory");
}

static void idt_fill(void)
{
	for (unsigned int v = 0; v < 256; v++) {
		uint64_t stub = phys(trap_stubs + v * TRAP_STUB_SIZE);

		idt[v] = (struct idt_gate){ .offset_low = (uint16_t)stub,
					    .offset_middle = (uint16_t)(stub >> 16),
					    .offset_high = (uint32_t)(stub >> 32),
					    .selector = SEL_CODE64,
					    .ist = v == X86_DF ? 1 : 0,
					    .type = IDT_INTERRUPT_GATE };
	}
}

static void idt_load(void)
{
	struct descriptor_ptr ptr = { sizeof(idt) - 1, phys(idt) };

	asm volatile("lidt %0" : : "m"(ptr));
}

void desc_init(uint64_t cpu)
{
	gdt_init(cpu);
	/* The gates are everybody's: a CPU that runs may be taking an interrupt while another starts. */
	if (!cpu)
		idt_fill();
	idt_load();
	tss[cpu].ist[0] = phys(page_alloc()) + PAGE_SIZE;
	tss[cpu].rsp[0] = phys(page_alloc()) + PAGE_SIZE;
	if (!identity.root)
		identity = pt_identity(PT_CR3);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	write_cr3(identity.root);
}
