/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMX instructions (SDM Vol. 3 31), each with the six flags that say how it ended.
 *
 * A result is RFLAGS & (CF|PF|AF|ZF|SF|OF): 31.2 defines all six for each of the outcomes, so
 * comparing the whole result checks them all. They may be used from L1 and from L2.
 */
#ifndef NESTCHECK_L1_VMX_INSN_H
#define NESTCHECK_L1_VMX_INSN_H

#include "l1/common/l1.h"
#include "lib/hw/vmx.h"

#define VMX_FLAGS (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

enum vmx_result {
	VMX_OK = 0,
	VMX_FAIL_INVALID = RFLAGS_CF,
	VMX_FAIL_VALID = RFLAGS_ZF, /* and a number in VMCS_INSTRUCTION_ERROR */
};

#define VMX_POINTER_INSN(name)                            \
	static inline uint64_t name(uint64_t address)     \
	{                                                 \
		uint64_t flags;                           \
                                                          \
		asm volatile(#name " %1; pushfq; popq %0" \
			     : "=r"(flags)                \
			     : "m"(address)               \
			     : "memory", "cc");           \
		return flags & VMX_FLAGS;                 \
	}

VMX_POINTER_INSN(vmxon)
VMX_POINTER_INSN(vmclear)
VMX_POINTER_INSN(vmptrld)

static inline uint64_t vmptrst(uint64_t *address)
{
	uint64_t flags;

	asm volatile("vmptrst %1; pushfq; popq %0"
		     : "=r"(flags), "=m"(*address)
		     :
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

#define VMX_PLAIN_INSN(name)                                                              \
	static inline uint64_t name(void)                                                 \
	{                                                                                 \
		uint64_t flags;                                                           \
                                                                                          \
		asm volatile(#name "; pushfq; popq %0" : "=r"(flags) : : "memory", "cc"); \
		return flags & VMX_FLAGS;                                                 \
	}

VMX_PLAIN_INSN(vmxoff)

/* For entries that are to fail: should one succeed, HOST_RIP is where L1 goes on. */
VMX_PLAIN_INSN(vmlaunch)
VMX_PLAIN_INSN(vmresume)

static inline uint64_t vmread_flags(uint64_t field, uint64_t *value)
{
	uint64_t flags;

	asm volatile("vmread %2, %1; pushfq; popq %0"
		     : "=r"(flags), "+r"(*value)
		     : "r"(field)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

static inline uint64_t vmwrite_flags(uint64_t field, uint64_t value)
{
	uint64_t flags;

	asm volatile("vmwrite %1, %2; pushfq; popq %0"
		     : "=r"(flags)
		     : "r"(value), "r"(field)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

/* The forms with a memory operand, which KVM decodes by another path. */
static inline uint64_t vmread_memory(uint64_t field, uint64_t *value)
{
	uint64_t flags;

	asm volatile("vmread %2, %1; pushfq; popq %0"
		     : "=r"(flags), "=m"(*value)
		     : "r"(field)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

static inline uint64_t vmwrite_memory(uint64_t field, const uint64_t *value)
{
	uint64_t flags;

	asm volatile("vmwrite %1, %2; pushfq; popq %0"
		     : "=r"(flags)
		     : "m"(*value), "r"(field)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

struct vmx_inv_operand {
	uint64_t first, second; /* INVEPT: EPTP, 0. INVVPID: VPID, linear address */
};

static inline uint64_t invept(uint64_t type, struct vmx_inv_operand operand)
{
	uint64_t flags;

	asm volatile("invept %1, %2; pushfq; popq %0"
		     : "=r"(flags)
		     : "m"(operand), "r"(type)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

static inline uint64_t invvpid(uint64_t type, struct vmx_inv_operand operand)
{
	uint64_t flags;

	asm volatile("invvpid %1, %2; pushfq; popq %0"
		     : "=r"(flags)
		     : "m"(operand), "r"(type)
		     : "memory", "cc");
	return flags & VMX_FLAGS;
}

/* --- with the expectation that they work: a failure ends the case with the field's name -- */

uint64_t vmread(uint32_t field);
void vmwrite(uint32_t field, uint64_t value);

/* The number of the last VMfailValid; EXPECT_NAME with vmx_error_name. */
static inline uint64_t vmx_error(void)
{
	return vmread(VMCS_INSTRUCTION_ERROR);
}

/* Names for EXPECT_NAME and messages; NULL for what is not known. */
const char *vmx_result_name(uint64_t result);
const char *vmx_error_name(uint64_t number);
const char *vmx_reason_name(uint64_t reason);
const char *vmcs_field_name(uint64_t encoding);

#define EXPECT_RESULT(seen, expected, section) EXPECT_NAME(seen, expected, vmx_result_name, section)

/* VMfailValid with that number. */
#define EXPECT_VMX_ERROR(insn, number, section)                                        \
	do {                                                                           \
		EXPECT_RESULT(insn, VMX_FAIL_VALID, section);                          \
		EXPECT_NAME(vmx_error(), VMX_ERROR_##number, vmx_error_name, section); \
	} while (0)

#endif
