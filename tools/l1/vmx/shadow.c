// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMREAD and VMWRITE by L2 on a shadow VMCS, by the bitmaps: SDM Vol. 3 25.10, 25.6.15, 31.3.
 *
 * KVM emulates VMCS shadowing for L1 on every CPU. Where the CPU has it, KVM also uses it for
 * L1's own accesses: those are what vmx_fields_all and vmx_vmcs_switch go through.
 */
#include "l1/vmx/vmx.h"

/* Of each width and type; none that the flags of the result depend on. */
static const uint32_t shadowed[] = {
	VMCS_GUEST_ES_SELECTOR, VMCS_TSC_OFFSET,   VMCS_GUEST_SYSENTER_CS,
	VMCS_EXIT_REASON,	VMCS_GUEST_RIP,	   VMCS_HOST_GS_BASE,
	VMCS_EXCEPTION_BITMAP,	VMCS_LINK_POINTER, VMCS_GUEST_RSP,
};
#define N ARRAY_SIZE(shadowed)

static uint64_t l2_field, l2_value, l2_flags;

static void l2_vmread(void)
{
	l2_value = 0;
	asm volatile("shadow_read_at: vmread %2, %1; pushfq; popq %0"
		     : "=r"(l2_flags), "+b"(l2_value)
		     : "S"(l2_field)
		     : "memory", "cc");
	l2_flags &= VMX_FLAGS;
}

static void l2_vmwrite(void)
{
	asm volatile("shadow_write_at: vmwrite %1, %2; pushfq; popq %0"
		     : "=r"(l2_flags)
		     : "b"(l2_value), "S"(l2_field)
		     : "memory", "cc");
	l2_flags &= VMX_FLAGS;
}

extern uint8_t shadow_read_at[], shadow_write_at[];

struct shadow {
	struct l2 *l2;
	uint64_t vmcs;
	uint8_t *read_bitmap, *write_bitmap;
};

static uint64_t pattern(size_t i)
{
	uint64_t v = (i + 3) * 0x0123456789abcdefULL;

	switch (vmcs_field_width(shadowed[i])) {
	case VMCS_WIDTH_16:
		return v & 0xffff;
	case VMCS_WIDTH_32:
		return v & 0xffffffff;
	case VMCS_WIDTH_64:
	case VMCS_WIDTH_NATURAL:
		break;
	}
	return v;
}

static void init(struct shadow *s)
{
	s->vmcs = vmcs_new(VMX_VMCS_SHADOW);
	vmcs_load(s->vmcs);
	for (size_t i = 0; i < N; i++)
		vmwrite(shadowed[i], pattern(i));
	EXPECT_RESULT(vmlaunch(), VMX_FAIL_INVALID, "SDM 27.1: a shadow VMCS runs nothing");
	EXPECT_RESULT(vmclear(s->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	s->l2 = vmx_l2_create(l2_vmread);
	s->read_bitmap = page_alloc();
	s->write_bitmap = page_alloc();
	VMX_SET(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS);
	vmwrite(VMCS_LINK_POINTER, s->vmcs);
	vmwrite(VMCS_VMREAD_BITMAP, phys(s->read_bitmap));
	vmwrite(VMCS_VMWRITE_BITMAP, phys(s->write_bitmap));
}

static void start(void (*fn)(void), uint64_t field, uint64_t value)
{
	expect_at("%s of %s (%#lx): ", fn == l2_vmread ? "VMREAD" : "VMWRITE",
		  vmcs_field_name(field), field);
	l2_field = field;
	l2_value = value;
	l2_flags = ~0ULL;
	vmwrite(VMCS_GUEST_RIP, code(fn));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

static void expect_exit(struct l2 *l2, void (*fn)(void), uint64_t field)
{
	bool read = fn == l2_vmread;

	start(fn, field, 0x1111);
	vmx_l2_run_to(l2, read ? VMX_REASON_VMREAD : VMX_REASON_VMWRITE, "SDM 26.1.3");
	EXPECT_EQ(l2->gprs.rsi, field, "SDM 26.1.3");
	/* A register operand (bit 10), RBX (3) in 6:3, RSI (6) in 31:28: table 28-14. */
	EXPECT_BITS(vmread(VMCS_EXIT_INSTRUCTION_INFO), 0xf0000478, 6U << 28 | 1 << 10 | 3 << 3,
		    "SDM 28.2.5");
	vmx_l2_skip_at(phys(read ? shadow_read_at : shadow_write_at), 3, "SDM 28.2.5");
	if (read)
		l2->gprs.rbx = 0xabcd;
	vmx_l2_run_to_end(l2);
	if (read)
		EXPECT_EQ(l2_value, 0xabcd, "SDM 26.1.3: L1 answered");
}

/* Bits clear: L2 reads and writes the shadow VMCS with no exit, and L1 finds what it wrote. */
VMX_CASE(vmx_shadow_vmcs, 0, 18, L1_NEEDS(SHADOW_VMCS))
{
	struct shadow s;

	init(&s);
	for (size_t i = 0; i < N; i++) {
		start(l2_vmread, shadowed[i], 0);
		vmx_l2_run_to_end(s.l2);
		EXPECT_RESULT(l2_flags, VMX_OK, "SDM 31.3 VMREAD");
		EXPECT_EQ(l2_value, pattern(i), "SDM 31.3 VMREAD");
		start(l2_vmwrite, shadowed[i], ~pattern(i));
		vmx_l2_run_to_end(s.l2);
		EXPECT_RESULT(l2_flags, VMX_OK, "SDM 31.3 VMWRITE");
	}
	EXPECT_RESULT(vmclear(s.l2->vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(s.vmcs);
	for (size_t i = 0; i < N; i++) {
		uint64_t width = vmcs_field_width(shadowed[i]);
		uint64_t mask = width == VMCS_WIDTH_16 ? 0xffff :
				width == VMCS_WIDTH_32 ? 0xffffffff :
							 ~0ULL;

		expect_at("%s in the shadow VMCS: ", vmcs_field_name(shadowed[i]));
		EXPECT_EQ(vmread(shadowed[i]), ~pattern(i) & mask, "SDM 25.10");
	}
}

/* One bit set: that field exits, only by that instruction. Encodings past 0x7fff always do. */
VMX_CASE(vmx_shadow_bitmaps, 0, 34, L1_NEEDS(SHADOW_VMCS))
{
	struct shadow s;

	init(&s);
	/* The first five have every width and three bits of a byte. */
	for (size_t i = 0; i < 5; i++) {
		uint32_t field = shadowed[i];
		uint8_t bit = (uint8_t)(1U << field % 8);

		s.read_bitmap[field / 8] |= bit;
		expect_exit(s.l2, l2_vmread, field);
		start(l2_vmwrite, field, pattern(i));
		vmx_l2_run_to_end(s.l2);
		EXPECT_RESULT(l2_flags, VMX_OK, "SDM 31.3 VMWRITE");
		s.read_bitmap[field / 8] &= (uint8_t)~bit;

		s.write_bitmap[field / 8] |= bit;
		expect_exit(s.l2, l2_vmwrite, field);
		start(l2_vmread, field, 0);
		vmx_l2_run_to_end(s.l2);
		EXPECT_RESULT(l2_flags, VMX_OK, "SDM 31.3 VMREAD");
		EXPECT_EQ(l2_value, pattern(i), "SDM 31.3 VMREAD");
		s.write_bitmap[field / 8] &= (uint8_t)~bit;
	}
	expect_exit(s.l2, l2_vmread, 0x8000);
	expect_exit(s.l2, l2_vmwrite, 0x10000 | VMCS_GUEST_RIP);
}

/* Without a shadow VMCS behind the link pointer: VMfailInvalid, for either. */
VMX_CASE(vmx_shadow_no_link, 0, 2, L1_NEEDS(SHADOW_VMCS))
{
	struct shadow s;

	init(&s);
	vmwrite(VMCS_LINK_POINTER, ~0ULL);
	start(l2_vmread, VMCS_GUEST_RIP, 0);
	vmx_l2_run_to_end(s.l2);
	EXPECT_RESULT(l2_flags, VMX_FAIL_INVALID, "SDM 31.3 VMREAD");
	start(l2_vmwrite, VMCS_GUEST_RIP, 0);
	vmx_l2_run_to_end(s.l2);
	EXPECT_RESULT(l2_flags, VMX_FAIL_INVALID, "SDM 31.3 VMWRITE");
}

/* The link pointer must be to a shadow VMCS with the control, and to another without. */
VMX_CASE(vmx_shadow_link_checks, 0, 1, L1_NEEDS(SHADOW_VMCS))
{
	uint64_t ordinary = vmcs_new(0);
	struct shadow s;

	init(&s);
	vmwrite(VMCS_LINK_POINTER, ordinary);
	expect_at("an ordinary VMCS: ");
	vmx_l2_run_to(s.l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE,
		      "SDM 27.3.1.5");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), VMX_ENTRY_FAILURE_LINK_POINTER, "SDM 27.8");
	VMX_CLEAR(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS);
	vmwrite(VMCS_LINK_POINTER, s.vmcs);
	expect_at("a shadow VMCS without the control: ");
	vmx_l2_run_to(s.l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE,
		      "SDM 27.3.1.5");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), VMX_ENTRY_FAILURE_LINK_POINTER, "SDM 27.8");
	VMX_SET(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS);
	start(l2_vmread, VMCS_GUEST_RIP, 0);
	vmx_l2_run_to_end(s.l2);
	EXPECT_RESULT(l2_flags, VMX_OK, "SDM 31.3 VMREAD");
}
