// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMREAD and VMWRITE that must work, and names for what VMX numbers.
 */
#include "l1/vmx/insn.h"

struct named {
	uint32_t number;
	const char *name;
};

#define ROW(n, id) { n, #id },
static const struct named fields[] = { VMCS_FIELDS(ROW) VMCS_OTHER_FIELDS(ROW) };
static const struct named errors[] = { VMX_INSTRUCTION_ERRORS(ROW) };
static const struct named reasons[] = { VMX_EXIT_REASONS(ROW) };

static const char *find(const struct named *table, size_t n, uint64_t number)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].number == number)
			return table[i].name;
	}
	return NULL;
}

const char *vmcs_field_name(uint64_t encoding)
{
	return find(fields, ARRAY_SIZE(fields), encoding);
}

const char *vmx_error_name(uint64_t number)
{
	return find(errors, ARRAY_SIZE(errors), number);
}

const char *vmx_reason_name(uint64_t reason)
{
	if (reason == (VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE))
		return "entry failed: INVALID_GUEST_STATE";
	if (reason == (VMX_REASON_ENTRY_FAILED | VMX_REASON_MSR_LOADING))
		return "entry failed: MSR_LOADING";
	return find(reasons, ARRAY_SIZE(reasons), reason);
}

const char *vmx_result_name(uint64_t result)
{
	switch (result) {
	case VMX_OK:
		return "success";
	case VMX_FAIL_INVALID:
		return "VMfailInvalid";
	case VMX_FAIL_VALID:
		return "VMfailValid";
	}
	return NULL;
}

uint64_t vmread(uint32_t field)
{
	uint64_t value = 0, result = vmread_flags(field, &value);

	if (result != VMX_OK)
		expect_differs("VMREAD", VMX_OK, result,
			       "VMREAD of %s (%#x) failed with flags %#lx (SDM 31.3)",
			       vmcs_field_name(field), field, result);
	return value;
}

void vmwrite(uint32_t field, uint64_t value)
{
	uint64_t result = vmwrite_flags(field, value);

	if (result != VMX_OK)
		expect_differs("VMWRITE", VMX_OK, result,
			       "VMWRITE of %s (%#x) failed with flags %#lx (SDM 31.3)",
			       vmcs_field_name(field), field, result);
}
