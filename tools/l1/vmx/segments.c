// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segment and descriptor-table registers: every field of each loaded, used and saved, and what an
 * exit makes of L1's. SDM Vol. 3 27.3.2.2, 28.3.2, 28.5.2.
 */
#include "l1/vmx/vmx.h"

/* In 32 bits: vmcall */
static const uint8_t code32[] = { 0x0f, 0x01, 0xc1 };

static void l2_nothing(void)
{
}

/* Bases and limits with all kinds of bits; CS is used, and goes on from its base. */
static const struct {
	const char *name;
	uint64_t selector, base, limit, access;
} given[] = {
	{ "ES", 0x0010, 0x12340, 0x34567, 0x0093 },
	{ "CS", 0x0018, 0x100, 0xffffffff, VMX_ACCESS_CODE_32 },
	{ "SS", 0x0028, 0x23450, 0xabcdefff, VMX_ACCESS_DATA },
	{ "DS", 0x0031, 0x87654320, 0x45678, 0x40b1 },
	{ "FS", 0x003b, 0xffff876543210000, 0xfffff, 0x40f7 },
	{ "GS", 0x0041, 0xffff812345670000, 0x54321, 0x00d1 },
	{ "LDTR", 0x0058, 0xffff898989890000, 0x1237, 0x0082 },
	{ "TR", 0x0060, 0xffff878787870000, 0x12067, VMX_ACCESS_TSS },
};

#define SELECTOR(i) (VMCS_GUEST_ES_SELECTOR + 2 * (i))
#define BASE(i)	    (VMCS_GUEST_ES_BASE + 2 * (i))
#define LIMIT(i)    (VMCS_GUEST_ES_LIMIT + 2 * (i))
#define ACCESS(i)   (VMCS_GUEST_ES_ACCESS + 2 * (i))

/* L2 touches none of them: what is saved is what was loaded. In compatibility mode all count. */
VMX_CASE(vmx_segments_loaded, L1_SLOW, 1, 0)
{
	uint8_t *page = page_alloc();
	struct l2 *l2;

	memcpy(page, code32, sizeof(code32));
	l2 = vmx_l2_create(l2_nothing);
	for (uint32_t i = 0; i < ARRAY_SIZE(given); i++) {
		vmwrite(SELECTOR(i), given[i].selector);
		vmwrite(BASE(i), given[i].base);
		vmwrite(LIMIT(i), given[i].limit);
		vmwrite(ACCESS(i), given[i].access);
	}
	vmwrite(VMCS_GUEST_GDTR_BASE, 0xffff800011110000);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0x4321);
	vmwrite(VMCS_GUEST_IDTR_BASE, 0xffff800022220000);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, 0x8765);
	vmwrite(VMCS_GUEST_RIP, phys(page) - given[1].base);
	vmx_l2_run_to(l2, VMX_REASON_VMCALL, "SDM 27.3.2.2");
	for (uint32_t i = 0; i < ARRAY_SIZE(given); i++) {
		expect_at("%s: ", given[i].name);
		EXPECT_EQ(vmread(SELECTOR(i)), given[i].selector, "SDM 27.3.2.2, 28.3.2");
		EXPECT_EQ(vmread(BASE(i)), given[i].base, "SDM 27.3.2.2, 28.3.2");
		EXPECT_EQ(vmread(LIMIT(i)), given[i].limit, "SDM 27.3.2.2, 28.3.2");
		EXPECT_EQ(vmread(ACCESS(i)), given[i].access, "SDM 27.3.2.2, 28.3.2");
	}
	expect_at("%s", "");
	EXPECT_EQ(vmread(VMCS_GUEST_GDTR_BASE), 0xffff800011110000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_GDTR_LIMIT), 0x4321, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_BASE), 0xffff800022220000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_LIMIT), 0x8765, "SDM 28.3.2");
}

/* Descriptors in a GDT of L2's own, past those of l1.h; SDM Vol. 3 3.4.5, 7.2.3. */
#define OWN_LDT	 0x100
#define OWN_TSS	 0x110
#define OWN_DATA 0x120 /* limit 0x12345, accessed */
#define OWN_UP	 0x128 /* DPL 3, limit 0x23456, read-only, accessed */

static uint64_t *own_gdt(uint64_t tss)
{
	uint64_t *gdt = page_alloc();

	memcpy(gdt, (void *)read_gdtr().base, 0x100);
	gdt[OWN_LDT / 8] = 0x0000820000000000 | 0x3f | 0x345600ULL << 16;
	gdt[OWN_LDT / 8 + 1] = 0xffff8888;
	gdt[OWN_TSS / 8] = 0x0000890000000000 | TSS_LIMIT | tss << 16;
	gdt[OWN_TSS / 8 + 1] = 0;
	gdt[OWN_DATA / 8] = 0x0041930000002345;
	gdt[OWN_UP / 8] = 0x0042f10000003456;
	return gdt;
}

static void l2_loads(void)
{
	asm volatile("lldt %w0; ltr %w1" : : "r"(OWN_LDT), "r"(OWN_TSS));
	asm volatile("mov %w0, %%es; mov %w0, %%fs; mov %w0, %%ss" : : "r"(OWN_DATA));
	asm volatile("mov %w0, %%ds; mov %w0, %%gs" : : "r"(OWN_UP | 3));
	asm volatile("vmcall" : : "a"(1));
}

/* L2 loads them all by itself; bases of the data segments are of no account in 64-bit mode. */
VMX_CASE(vmx_segments_saved, L1_SLOW, 1, 0)
{
	static const struct {
		const char *name;
		uint32_t index;
		uint64_t selector, limit, access;
	} loaded[] = {
		{ "ES", 0, OWN_DATA, 0x12345, 0x4093 },	  { "SS", 2, OWN_DATA, 0x12345, 0x4093 },
		{ "DS", 3, OWN_UP | 3, 0x23456, 0x40f1 }, { "FS", 4, OWN_DATA, 0x12345, 0x4093 },
		{ "GS", 5, OWN_UP | 3, 0x23456, 0x40f1 }, { "LDTR", 6, OWN_LDT, 0x3f, 0x0082 },
		{ "TR", 7, OWN_TSS, TSS_LIMIT, 0x008b },
	};
	uint64_t tss = phys(page_alloc());
	struct l2 *l2 = vmx_l2_create(l2_loads);

	vmwrite(VMCS_GUEST_GDTR_BASE, phys(own_gdt(tss)));
	vmwrite(VMCS_GUEST_GDTR_LIMIT, PAGE_SIZE - 1);
	vmx_l2_run_to_call(l2, 1);
	for (uint32_t i = 0; i < ARRAY_SIZE(loaded); i++) {
		uint32_t n = loaded[i].index;

		expect_at("%s: ", loaded[i].name);
		EXPECT_EQ(vmread(SELECTOR(n)), loaded[i].selector, "SDM 28.3.2");
		EXPECT_EQ(vmread(LIMIT(n)), loaded[i].limit, "SDM 28.3.2");
		EXPECT_EQ(vmread(ACCESS(n)), loaded[i].access, "SDM 28.3.2");
	}
	expect_at("%s", "");
	EXPECT_EQ(vmread(VMCS_GUEST_LDTR_BASE), 0xffff888800345600, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_TR_BASE), tss, "SDM 28.3.2");
}

#define VECTOR 0x54

static uint64_t frame_at;

static void note_frame(struct trap_frame *frame)
{
	frame_at = phys(frame);
}

static __attribute__((naked)) void user_in(void)
{
	asm volatile("inb $0x80, %al; ud2");
}

static uint16_t read_ldtr(void)
{
	uint16_t v;

	asm volatile("sldt %0" : "=r"(v));
	return v;
}

/*
 * L1 comes back with no LDT, and with a TSS of 67h bytes and one: with a stack of its own by IST2
 * that an interrupt finds, and no permission bitmap behind it for ports in user mode.
 */
VMX_CASE(vmx_host_tr_ldtr, L1_SLOW, 2, 0)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr(), own;
	struct tss64 *tss = page_alloc();
	uint8_t *stack = page_alloc(), *idt = page_alloc();
	struct trap t;
	struct l2 *l2;

	*tss = *(struct tss64 *)tss_base();
	tss->ist[1] = phys(stack) + PAGE_SIZE;
	memcpy(idt, (void *)idtr.base, PAGE_SIZE);
	idt[VECTOR * 16 + 4] = 2;
	irq_handler(VECTOR, note_frame);
	own = (struct descriptor_ptr){ PAGE_SIZE - 1, phys(own_gdt(phys(tss))) };
	l2 = vmx_l2_create(l2_nothing);
	vmwrite(VMCS_HOST_TR_BASE, phys(tss));
	vmwrite(VMCS_HOST_IDTR_BASE, phys(idt));
	asm volatile("lgdt %0; lldt %w1" : : "m"(own), "r"(OWN_LDT));
	vmx_l2_run_to_end(l2);
	EXPECT_EQ(read_ldtr(), 0, "SDM 28.5.2: LDTR");
	EXPECT_EQ(read_gdtr().base, gdtr.base, "SDM 28.5.2");
	EXPECT_EQ(read_idtr().base, phys(idt), "SDM 28.5.2");
	frame_at = 0;
	asm volatile("int %0" : : "i"(VECTOR) : "memory");
	EXPECT_EQ(frame_at & ~(PAGE_SIZE - 1), phys(stack), "SDM 28.5.2: TR");
	t = catch_user(user_in);
	EXPECT_NAME(t.vector, X86_GP, trap_name, "SDM 28.5.2: TR's limit");
	vmwrite(VMCS_HOST_TR_BASE, tss_base());
	vmwrite(VMCS_HOST_IDTR_BASE, idtr.base);
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
}

static uint64_t l2_seen[3];
static struct descriptor_ptr l2_gdtr, l2_idtr, new_gdtr, new_idtr;
static uint16_t l2_selectors[6];

static void l2_segments(void)
{
	l2_selectors[0] = read_es();
	l2_selectors[1] = read_ds();
	l2_selectors[2] = read_fs();
	l2_selectors[3] = read_gs();
	l2_selectors[4] = read_ss();
	l2_selectors[5] = read_tr();
	l2_seen[0] = rdmsr(MSR_FS_BASE);
	l2_seen[1] = rdmsr(MSR_GS_BASE);
	asm volatile("mov %%fs:0, %0" : "=r"(l2_seen[2]));
	l2_gdtr = read_gdtr();
	l2_idtr = read_idtr();
	l2_call(0);
	asm volatile("mov %w0, %%es" : : "r"(SEL_DATA16));
	asm volatile("mov %w0, %%fs; mov %w0, %%gs" : : "r"(SEL_UDATA));
	wrmsr(MSR_FS_BASE, 0x123456789000);
	wrmsr(MSR_GS_BASE, 0xffff800012345000);
	asm volatile("lgdt %0" : : "m"(new_gdtr));
	asm volatile("lidt %0" : : "m"(new_idtr));
	l2_call(1);
}

static uint64_t fs_word = 0xf5f5f5f5f5f5f5f5;

/* Selectors, bases, limits and rights; GDTR and IDTR: both ways. */
VMX_CASE(vmx_regs_segments, 0, 2, 0)
{
	struct descriptor_ptr gdtr = read_gdtr(), idtr = read_idtr();
	struct l2 *l2;

	new_gdtr = (struct descriptor_ptr){ 0x1ff, gdtr.base };
	new_idtr = (struct descriptor_ptr){ 0xdff, idtr.base };
	l2 = vmx_l2_create(l2_segments);
	vmwrite(VMCS_GUEST_ES_SELECTOR, SEL_DATA16);
	vmwrite(VMCS_GUEST_DS_SELECTOR, SEL_UDATA);
	vmwrite(VMCS_GUEST_DS_ACCESS, VMX_ACCESS_DATA | 3 << 5);
	vmwrite(VMCS_GUEST_FS_SELECTOR, 0x53);
	vmwrite(VMCS_GUEST_FS_BASE, phys(&fs_word));
	vmwrite(VMCS_GUEST_FS_LIMIT, 0xfff);
	vmwrite(VMCS_GUEST_FS_ACCESS, 0x40f3);
	vmwrite(VMCS_GUEST_GS_BASE, 0xffff900000001000);
	vmwrite(VMCS_GUEST_GDTR_LIMIT, 0x17f);
	vmwrite(VMCS_GUEST_IDTR_LIMIT, 0xeff);
	vmx_l2_run_to_call(l2, 0);
	EXPECT_EQ(l2_selectors[0], SEL_DATA16, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[1], SEL_UDATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[2], 0x53, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[3], SEL_DATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[4], SEL_DATA, "SDM 27.3.2.2");
	EXPECT_EQ(l2_selectors[5], SEL_TSS, "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[0], phys(&fs_word), "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[1], 0xffff900000001000, "SDM 27.3.2.2");
	EXPECT_EQ(l2_seen[2], fs_word, "SDM 27.3.2.2: FS base in use");
	EXPECT_EQ(l2_gdtr.base, gdtr.base, "SDM 27.3.2.2");
	EXPECT_EQ(l2_gdtr.limit, 0x17f, "SDM 27.3.2.2");
	EXPECT_EQ(l2_idtr.base, idtr.base, "SDM 27.3.2.2");
	EXPECT_EQ(l2_idtr.limit, 0xeff, "SDM 27.3.2.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_LIMIT), 0xfff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_ACCESS), 0x40f3, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_TR_ACCESS), VMX_ACCESS_TSS, "SDM 28.3.2");
	EXPECT_EQ(read_ds(), SEL_DATA, "SDM 28.5.2");
	EXPECT_EQ(read_fs(), SEL_DATA, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_FS_BASE), 0, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_GS_BASE), 0, "SDM 28.5.2");

	vmwrite(VMCS_HOST_FS_BASE, 0x7000);
	vmwrite(VMCS_HOST_GS_BASE, 0xffffa00000002000);
	vmx_l2_run_to_call(l2, 1);
	EXPECT_EQ(vmread(VMCS_GUEST_ES_SELECTOR), SEL_DATA16, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_SELECTOR), SEL_UDATA, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_BASE), 0x123456789000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_GS_BASE), 0xffff800012345000, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_FS_LIMIT), 0xffffffff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_GDTR_LIMIT), 0x1ff, "SDM 28.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_IDTR_LIMIT), 0xdff, "SDM 28.3.2");
	EXPECT_EQ(rdmsr(MSR_FS_BASE), 0x7000, "SDM 28.5.2");
	EXPECT_EQ(rdmsr(MSR_GS_BASE), 0xffffa00000002000, "SDM 28.5.2");
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
}
