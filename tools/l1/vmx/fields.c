// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMREAD and VMWRITE over every field that KVM has: SDM Vol. 3 25.11.2, 31.3, appendix B.
 */
#include "l1/vmx/vmx.h"

#include "l1/common/request.h"

#define ROW(encoding, id) encoding,
static const uint32_t fields[] = { VMCS_FIELDS(ROW) };

/* A value that no other field gets, cut to the width; access rights keep their 13 bits. */
static uint64_t pattern(uint32_t field, uint64_t seed)
{
	uint64_t v = (field + 1) * 0x9e3779b97f4a7c15ULL ^ seed * 0x0101010101010101ULL;

	if (field >= VMCS_GUEST_ES_ACCESS && field <= VMCS_GUEST_TR_ACCESS)
		return v & 0x1f0ff;
	switch (vmcs_field_width(field)) {
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

/*
 * Fields that exist only if one of these bits may be set (notes to appendix B's tables). KVM
 * has had all that it knows of whatever the CPU offers, but older kernels do not know all of
 * these, and newer ones may hide what they do not offer. As vmx_allowed() takes them.
 */
#define PROC2(id, bit)                                      \
	{                                                   \
		VMCS_##id, VMCS_PROC2_CTLS, VMX_PROC2_##bit \
	}

static const struct {
	uint32_t field, control, bit;
} optional[] = {
	{ VMCS_POSTED_INTERRUPT_VECTOR, VMCS_PIN_CTLS, VMX_PIN_POSTED_INTERRUPTS },
	{ VMCS_POSTED_INTERRUPT_DESCRIPTOR, VMCS_PIN_CTLS, VMX_PIN_POSTED_INTERRUPTS },
	{ VMCS_PREEMPTION_TIMER_VALUE, VMCS_PIN_CTLS, VMX_PIN_PREEMPTION_TIMER },
	{ VMCS_MSR_BITMAP, VMCS_PROC_CTLS, VMX_PROC_MSR_BITMAPS },
	{ VMCS_VIRTUAL_APIC_ADDRESS, VMCS_PROC_CTLS, VMX_PROC_TPR_SHADOW },
	{ VMCS_TPR_THRESHOLD, VMCS_PROC_CTLS, VMX_PROC_TPR_SHADOW },
	{ VMCS_PROC2_CTLS, VMCS_PROC_CTLS, VMX_PROC_SECONDARY },
	PROC2(VPID, VPID),
	PROC2(APIC_ACCESS_ADDRESS, APIC_ACCESSES),
	PROC2(EPT_POINTER, EPT),
	PROC2(GUEST_PHYSICAL_ADDRESS, EPT),
	PROC2(GUEST_PDPTE0, EPT),
	PROC2(GUEST_PDPTE1, EPT),
	PROC2(GUEST_PDPTE2, EPT),
	PROC2(GUEST_PDPTE3, EPT),
	PROC2(GUEST_INTERRUPT_STATUS, VIRTUAL_INTERRUPTS),
	PROC2(EOI_EXIT_BITMAP_0, VIRTUAL_INTERRUPTS),
	PROC2(EOI_EXIT_BITMAP_1, VIRTUAL_INTERRUPTS),
	PROC2(EOI_EXIT_BITMAP_2, VIRTUAL_INTERRUPTS),
	PROC2(EOI_EXIT_BITMAP_3, VIRTUAL_INTERRUPTS),
	PROC2(VMFUNC_CTLS, VMFUNC),
	PROC2(EPTP_LIST_ADDRESS, VMFUNC),
	PROC2(VMREAD_BITMAP, SHADOW_VMCS),
	PROC2(VMWRITE_BITMAP, SHADOW_VMCS),
	PROC2(ENCLS_EXITING_BITMAP, ENCLS),
	PROC2(PML_INDEX, PML),
	PROC2(PML_ADDRESS, PML),
	PROC2(XSS_EXITING_BITMAP, XSAVES),
	PROC2(TSC_MULTIPLIER, TSC_SCALING),
	{ VMCS_GUEST_PAT, VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_PAT },
	{ VMCS_GUEST_EFER, VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_EFER },
	{ VMCS_GUEST_PERF_GLOBAL_CTRL, VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL },
	{ VMCS_GUEST_BNDCFGS, VMCS_ENTRY_CTLS, VMX_ENTRY_LOAD_BNDCFGS },
	{ VMCS_HOST_PAT, VMCS_EXIT_CTLS, VMX_EXIT_LOAD_PAT },
	{ VMCS_HOST_EFER, VMCS_EXIT_CTLS, VMX_EXIT_LOAD_EFER },
	{ VMCS_HOST_PERF_GLOBAL_CTRL, VMCS_EXIT_CTLS, VMX_EXIT_LOAD_PERF_GLOBAL_CTRL },
};

/* Of fields[]: not offered, and not there. */
static bool missing[ARRAY_SIZE(fields)];

static bool all_writable;

static bool offered(uint32_t field)
{
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++) {
		if (optional[i].field == field)
			return vmx_allowed(optional[i].control, optional[i].bit, true);
	}
	return true;
}

static void init(uint64_t vmcs)
{
	uint64_t v = 0;

	all_writable = vmx_msr(MSR_IA32_VMX_MISC) & VMX_MISC_VMWRITE_ANY_FIELD;
	vmcs_load(vmcs);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		missing[i] = !offered(fields[i]) && vmread_flags(fields[i], &v) != VMX_OK;
}

static bool left_out(size_t i)
{
	return missing[i] || (vmcs_field_type(fields[i]) == VMCS_TYPE_EXIT_INFO && !all_writable);
}

static void write_fields(uint64_t seed, size_t step)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i += step) {
		uint64_t result, v = pattern(fields[i], seed);

		if (left_out(i))
			continue;
		result = i & 1 ? vmwrite_memory(fields[i], &v) : vmwrite_flags(fields[i], v);
		if (result == VMX_OK)
			continue;
		expect_at("VMWRITE of %s: ", vmcs_field_name(fields[i]));
		EXPECT_RESULT(result, VMX_OK, "SDM 31.3 VMWRITE");
	}
}

static void write_all(uint64_t seed)
{
	write_fields(seed, 1);
}

/* Enough to see that another VMCS keeps its own. */
static void write_some(uint64_t seed)
{
	write_fields(seed, 5);
}

/*
 * The VM-instruction error is checked too: nothing fails between. Each is read by the register
 * or by the memory form, the other way round from how it was written. The name is looked for
 * when it is needed: two hundred of them cost as much as the fields.
 */
static void expect_all(uint64_t seed)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint64_t result, v = 0;

		if (left_out(i))
			continue;
		result = i & 1 ? vmread_flags(fields[i], &v) : vmread_memory(fields[i], &v);
		if (result == VMX_OK && v == pattern(fields[i], seed))
			continue;
		expect_at("VMREAD of %s: ", vmcs_field_name(fields[i]));
		EXPECT_RESULT(result, VMX_OK, "SDM 31.3 VMREAD");
		EXPECT_EQ(v, pattern(fields[i], seed), "SDM 25.11.2");
	}
}

/* All at once, so that two fields in one place show; then through memory and back. */
VMX_CASE(vmx_fields_all, 0, 0, 0)
{
	uint64_t vmcs = vmcs_new(0), other = vmcs_new(0);

	init(vmcs);
	write_all(0x5a);
	expect_all(0x5a);
	vmcs_load(other);
	write_some(0xa3);
	EXPECT_RESULT(vmclear(vmcs), VMX_OK, "SDM 31.3 VMCLEAR");
	vmcs_load(vmcs);
	expect_all(0x5a);
}

/* What KVM holds of the current VMCS, in its cache or the CPU's shadow VMCS, moves along. */
VMX_LATE_CASE(vmx_state_fields, L1_MIGRATES, 0, 0)
{
	init(vmcs_new(0));
	write_all(0x77);
	ask_move(L1_LEVEL_L1);
	expect_all(0x77);
}

/* The high half of a 64-bit field has an encoding of its own. */
VMX_CASE(vmx_fields_high, 0, 0, 0)
{
	init(vmcs_new(0));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint64_t v = pattern(fields[i], 0x11);

		if (vmcs_field_width(fields[i]) != VMCS_WIDTH_64 || left_out(i))
			continue;
		expect_at("%s: ", vmcs_field_name(fields[i]));
		vmwrite(fields[i], v);
		EXPECT_EQ(vmread(fields[i] + 1), v >> 32, "SDM 25.11.2");
		vmwrite(fields[i] + 1, ~v >> 32);
		EXPECT_EQ(vmread(fields[i]), (~v & 0xffffffff00000000) | (v & 0xffffffff),
			  "SDM 25.11.2");
	}
}

/* Encodings that name no field; and those that VMWRITE may not change. */
VMX_CASE(vmx_fields_errors, 0, 0, 0)
{
	static const uint64_t none[] = { 0x0a00, 0x21fe, 0x41fe, 0x69fe, 0x8000, 0xfffffffe };
	uint64_t v = 0;

	init(vmcs_new(0));
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		expect_at("field %#lx: ", none[i]);
		EXPECT_VMX_ERROR(vmread_flags(none[i], &v), UNSUPPORTED_FIELD, "SDM 31.3 VMREAD");
		vmwrite_flags(VMCS_INSTRUCTION_ERROR, 0);
		EXPECT_VMX_ERROR(vmwrite_flags(none[i], 0), UNSUPPORTED_FIELD, "SDM 31.3 VMWRITE");
	}
	expect_at("read-only field: ");
	if (!all_writable)
		EXPECT_VMX_ERROR(vmwrite_flags(VMCS_EXIT_REASON, 1), READ_ONLY_FIELD,
				 "SDM 31.3 VMWRITE");
}

/* IA32_VMX_VMCS_ENUM: the highest index of any encoding that is there, A.9. */
VMX_CASE(vmx_fields_enum, 0, 0, 0)
{
	uint64_t highest = 0;

	init(vmcs_new(0));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint64_t index = fields[i] >> 1 & 0x1ff;

		if (missing[i])
			continue;
		highest = index > highest ? index : highest;
	}
	EXPECT(rdmsr(MSR_IA32_VMX_VMCS_ENUM) >> 1 >= highest, "SDM A.9");
}
