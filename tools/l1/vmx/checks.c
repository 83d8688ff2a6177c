// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMLAUNCH and VMRESUME must refuse, check by check, and that L2 enters once the field is
 * mended. SDM Vol. 3 27.2 (controls: error 7, host state: error 8), 27.3 (guest state: an exit).
 */
#include "l1/vmx/vmx.h"

static void l2_nothing(void)
{
}

enum change {
	CHANGE_SET,   /* field = value */
	CHANGE_OR,    /* field |= value */
	CHANGE_CLEAR, /* field &= ~value */
};

/*
 * with_bits of with_field (0 for none): set beforehand, because the check hangs on them. Where
 * with_field is a control and they are not offered the row is left out.
 */
struct check {
	const char *name;
	uint32_t field;
	enum change change;
	uint64_t value;
	uint32_t with_field;
	uint32_t with_bits;
	uint64_t qualification; /* guest state: which check, 27.8 */
	bool only_with_check;	/* where IA32_VMX_BASIC has bit 56 clear */
};

static uint64_t changed(const struct check *c, uint64_t old)
{
	switch (c->change) {
	case CHANGE_SET:
		return c->value;
	case CHANGE_OR:
		return old | c->value;
	case CHANGE_CLEAR:
		return old & ~c->value;
	}
	return old;
}

static bool applies(const struct check *c)
{
	if (c->only_with_check && vmx_basic() >> VMX_BASIC_ANY_ERROR_CODE_BIT & 1)
		return false;
	switch (c->with_field) {
	case VMCS_PIN_CTLS:
	case VMCS_PROC_CTLS:
	case VMCS_PROC2_CTLS:
	case VMCS_EXIT_CTLS:
	case VMCS_ENTRY_CTLS:
		return vmx_allowed(c->with_field, c->with_bits, true);
	}
	return true;
}

static void mend(struct l2 *l2)
{
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
}

/* error: of VMfailValid, or 0 where the entry is to fail with an exit. */
static void try(struct l2 *l2, const struct check *c, uint64_t error)
{
	uint64_t old, with = 0;

	if (!applies(c))
		return;
	expect_at("%s: ", c->name);
	if (c->with_field) {
		with = vmread(c->with_field);
		vmwrite(c->with_field, with | c->with_bits);
	}
	old = vmread(c->field);
	vmwrite(c->field, changed(c, old));
	if (error) {
		EXPECT_RESULT(vmx_l2_enter(l2), VMX_FAIL_VALID, "SDM 27.2");
		EXPECT_NAME(vmx_error(), error, vmx_error_name, "SDM 27.2, 31.4");
	} else {
		vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE,
			      "SDM 27.3");
		EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), c->qualification, "SDM 27.8");
	}
	vmwrite(c->field, old);
	if (c->with_field)
		vmwrite(c->with_field, with);
}

static void run(const struct check *checks, size_t n, uint64_t error)
{
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	for (size_t i = 0; i < n; i++)
		try(l2, &checks[i], error);
	expect_at("after the last: ");
	mend(l2);
}

#define EVENT(bits) (VMX_INTERRUPTION_VALID | (bits))

static const struct check controls[] = {
	{ .name = "reserved bit of the pin-based controls",
	  .field = VMCS_PIN_CTLS,
	  .change = CHANGE_OR,
	  .value = 1U << 31 },
	{ .name = "default-1 bit of the pin-based controls",
	  .field = VMCS_PIN_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = 1 << 1 },
	{ .name = "default-1 bit of the processor-based controls",
	  .field = VMCS_PROC_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = 1 << 1 },
	{ .name = "default-1 bit of the exit controls",
	  .field = VMCS_EXIT_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = 1 << 0 },
	{ .name = "reserved bit of the entry controls",
	  .field = VMCS_ENTRY_CTLS,
	  .change = CHANGE_OR,
	  .value = 1U << 31 },
	{ .name = "reserved bit of the secondary controls",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_OR,
	  .value = 1U << 29,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_SECONDARY },
	{ .name = "more CR3 targets than there are",
	  .field = VMCS_CR3_TARGET_COUNT,
	  .change = CHANGE_SET,
	  .value = 257 },
	{ .name = "MSR bitmap not aligned",
	  .field = VMCS_MSR_BITMAP,
	  .change = CHANGE_OR,
	  .value = 0x10,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_MSR_BITMAPS },
	{ .name = "MSR bitmap past the address width",
	  .field = VMCS_MSR_BITMAP,
	  .change = CHANGE_OR,
	  .value = 1ULL << 62,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_MSR_BITMAPS },
	{ .name = "I/O bitmap A not aligned",
	  .field = VMCS_IO_BITMAP_A,
	  .change = CHANGE_SET,
	  .value = 0x1001,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_IO_BITMAPS },
	{ .name = "I/O bitmap B not aligned",
	  .field = VMCS_IO_BITMAP_B,
	  .change = CHANGE_SET,
	  .value = 0x1800,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_IO_BITMAPS },
	{ .name = "virtual NMIs without NMI exiting",
	  .field = VMCS_PIN_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PIN_VIRTUAL_NMIS,
	  .with_field = VMCS_PIN_CTLS,
	  .with_bits = VMX_PIN_VIRTUAL_NMIS },
	{ .name = "NMI-window exiting without virtual NMIs",
	  .field = VMCS_PROC_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PROC_NMI_WINDOW,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_NMI_WINDOW },
	{ .name = "VPID 0",
	  .field = VMCS_VPID,
	  .change = CHANGE_SET,
	  .value = 0,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_VPID },
	{ .name = "EPTP with memory type 2",
	  .field = VMCS_EPT_POINTER,
	  .change = CHANGE_CLEAR,
	  .value = 5,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_EPT },
	{ .name = "EPTP with a page walk of 3",
	  .field = VMCS_EPT_POINTER,
	  .change = CHANGE_CLEAR,
	  .value = 8,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_EPT },
	{ .name = "EPTP with a reserved bit",
	  .field = VMCS_EPT_POINTER,
	  .change = CHANGE_OR,
	  .value = 1 << 11,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_EPT },
	{ .name = "unrestricted guest without EPT",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = VMX_PROC2_EPT,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_UNRESTRICTED_GUEST },
	{ .name = "PML without EPT",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = VMX_PROC2_EPT,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_PML },
	{ .name = "VMREAD bitmap not aligned",
	  .field = VMCS_VMREAD_BITMAP,
	  .change = CHANGE_SET,
	  .value = 0x1008,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_SHADOW_VMCS },
	{ .name = "VMWRITE bitmap not aligned",
	  .field = VMCS_VMWRITE_BITMAP,
	  .change = CHANGE_SET,
	  .value = 0x1008,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_SHADOW_VMCS },
	{ .name = "PML address not aligned",
	  .field = VMCS_PML_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 0x1800,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_PML },
	{ .name = "a VM function that there is not",
	  .field = VMCS_VMFUNC_CTLS,
	  .change = CHANGE_SET,
	  .value = 1ULL << 63,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_VMFUNC },
	{ .name = "virtual-APIC page not aligned",
	  .field = VMCS_VIRTUAL_APIC_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 0x1010,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_TPR_SHADOW },
	{ .name = "saving the preemption timer without it",
	  .field = VMCS_EXIT_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_EXIT_SAVE_PREEMPTION_TIMER,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_SAVE_PREEMPTION_TIMER },
	{ .name = "MSR load list not aligned",
	  .field = VMCS_ENTRY_MSR_LOAD_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 0x1008,
	  .with_field = VMCS_ENTRY_MSR_LOAD_COUNT,
	  .with_bits = 1 },
	{ .name = "MSR store list not aligned",
	  .field = VMCS_EXIT_MSR_STORE_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 0x1004,
	  .with_field = VMCS_EXIT_MSR_STORE_COUNT,
	  .with_bits = 1 },
	{ .name = "event of reserved type 1",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(1 << 8 | 0x40) },
	{ .name = "NMI with a vector that is not 2",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_NMI | 3) },
	{ .name = "exception with vector 32",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXCEPTION | 32) },
	{ .name = "#GP without its error code",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXCEPTION | X86_GP),
	  .only_with_check = true },
	{ .name = "interrupt with an error code",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXTERNAL | VMX_INTERRUPTION_ERROR_CODE | 0x40) },
	{ .name = "event with a reserved bit",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXTERNAL | 1 << 16 | 0x40) },
	{ .name = "error code of more than 16 bits",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXCEPTION | VMX_INTERRUPTION_ERROR_CODE | X86_GP),
	  .with_field = VMCS_ENTRY_EXCEPTION_ERROR,
	  .with_bits = 1 << 16 },
	{ .name = "software interrupt of 16 bytes",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_SOFT_INTERRUPT | 0x40),
	  .with_field = VMCS_ENTRY_INSTRUCTION_LENGTH,
	  .with_bits = 16 },
	{ .name = "virtual-APIC page past the address width",
	  .field = VMCS_VIRTUAL_APIC_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 1ULL << 62,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_TPR_SHADOW },
	{ .name = "APIC-access page not aligned",
	  .field = VMCS_APIC_ACCESS_ADDRESS,
	  .change = CHANGE_SET,
	  .value = 0x1008,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_APIC_ACCESSES },
	{ .name = "x2APIC mode without TPR shadow",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PROC2_X2APIC_MODE,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_X2APIC_MODE },
	{ .name = "APIC-register virtualization without TPR shadow",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PROC2_APIC_REGISTERS,
	  .with_field = VMCS_PROC2_CTLS,
	  .with_bits = VMX_PROC2_APIC_REGISTERS },
	{ .name = "x2APIC mode with APIC accesses",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PROC2_X2APIC_MODE | VMX_PROC2_APIC_ACCESSES,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_TPR_SHADOW },
	{ .name = "virtual-interrupt delivery without external-interrupt exiting",
	  .field = VMCS_PROC2_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PROC2_VIRTUAL_INTERRUPTS,
	  .with_field = VMCS_PROC_CTLS,
	  .with_bits = VMX_PROC_TPR_SHADOW },
	{ .name = "posted interrupts without virtual-interrupt delivery",
	  .field = VMCS_PIN_CTLS,
	  .change = CHANGE_OR,
	  .value = VMX_PIN_POSTED_INTERRUPTS | VMX_PIN_EXTERNAL_INTERRUPT,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_ACK_INTERRUPT },
	{ .name = "a pending MTF exit with a vector",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_OTHER | 1) },
};

static const struct check host_state[] = {
	{ .name = "host CR0 without PE",
	  .field = VMCS_HOST_CR0,
	  .change = CHANGE_CLEAR,
	  .value = CR0_PE },
	{ .name = "host CR4 without VMXE",
	  .field = VMCS_HOST_CR4,
	  .change = CHANGE_CLEAR,
	  .value = CR4_VMXE },
	{ .name = "host CR4 without PAE",
	  .field = VMCS_HOST_CR4,
	  .change = CHANGE_CLEAR,
	  .value = CR4_PAE },
	{ .name = "host CR3 past the address width",
	  .field = VMCS_HOST_CR3,
	  .change = CHANGE_OR,
	  .value = 1ULL << 59 },
	{ .name = "host CS null", .field = VMCS_HOST_CS_SELECTOR, .change = CHANGE_SET },
	{ .name = "host TR null", .field = VMCS_HOST_TR_SELECTOR, .change = CHANGE_SET },
	{ .name = "host CS with RPL 3",
	  .field = VMCS_HOST_CS_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 3 },
	{ .name = "host DS in the LDT",
	  .field = VMCS_HOST_DS_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 4 },
	{ .name = "host ES with RPL 1",
	  .field = VMCS_HOST_ES_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 1 },
	{ .name = "host SS with RPL 2",
	  .field = VMCS_HOST_SS_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 2 },
	{ .name = "host FS in the LDT",
	  .field = VMCS_HOST_FS_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 4 },
	{ .name = "host GS with RPL 2",
	  .field = VMCS_HOST_GS_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 2 },
	{ .name = "host TR with RPL 1",
	  .field = VMCS_HOST_TR_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 1 },
	{ .name = "host FS base not canonical",
	  .field = VMCS_HOST_FS_BASE,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "host GS base not canonical",
	  .field = VMCS_HOST_GS_BASE,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "host GDTR base not canonical",
	  .field = VMCS_HOST_GDTR_BASE,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "host IDTR base not canonical",
	  .field = VMCS_HOST_IDTR_BASE,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "host TR base not canonical",
	  .field = VMCS_HOST_TR_BASE,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "host RIP not canonical",
	  .field = VMCS_HOST_RIP,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "host SYSENTER_ESP not canonical",
	  .field = VMCS_HOST_SYSENTER_ESP,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "host SYSENTER_EIP not canonical",
	  .field = VMCS_HOST_SYSENTER_EIP,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "64-bit L1 without host address-space size",
	  .field = VMCS_EXIT_CTLS,
	  .change = CHANGE_CLEAR,
	  .value = VMX_EXIT_HOST_64 },
	{ .name = "host PAT of a reserved type",
	  .field = VMCS_HOST_PAT,
	  .change = CHANGE_SET,
	  .value = 2,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_LOAD_PAT },
	{ .name = "host EFER with a reserved bit",
	  .field = VMCS_HOST_EFER,
	  .change = CHANGE_OR,
	  .value = 1 << 1,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_LOAD_EFER },
	{ .name = "host EFER without LME",
	  .field = VMCS_HOST_EFER,
	  .change = CHANGE_CLEAR,
	  .value = EFER_LME,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_LOAD_EFER },
	{ .name = "host EFER without LMA",
	  .field = VMCS_HOST_EFER,
	  .change = CHANGE_CLEAR,
	  .value = EFER_LMA,
	  .with_field = VMCS_EXIT_CTLS,
	  .with_bits = VMX_EXIT_LOAD_EFER },
};

static const struct check guest_state[] = {
	{ .name = "CR0.PG without PE",
	  .field = VMCS_GUEST_CR0,
	  .change = CHANGE_CLEAR,
	  .value = CR0_PE },
	{ .name = "CR4 without VMXE",
	  .field = VMCS_GUEST_CR4,
	  .change = CHANGE_CLEAR,
	  .value = CR4_VMXE },
	{ .name = "IA-32e mode without PAE",
	  .field = VMCS_GUEST_CR4,
	  .change = CHANGE_CLEAR,
	  .value = CR4_PAE },
	{ .name = "CR3 past the address width",
	  .field = VMCS_GUEST_CR3,
	  .change = CHANGE_OR,
	  .value = 1ULL << 59 },
	{ .name = "RFLAGS without bit 1",
	  .field = VMCS_GUEST_RFLAGS,
	  .change = CHANGE_CLEAR,
	  .value = RFLAGS_FIXED },
	{ .name = "RFLAGS with a reserved bit",
	  .field = VMCS_GUEST_RFLAGS,
	  .change = CHANGE_OR,
	  .value = 1 << 15 },
	{ .name = "virtual-8086 in IA-32e mode",
	  .field = VMCS_GUEST_RFLAGS,
	  .change = CHANGE_OR,
	  .value = 1 << 17 },
	{ .name = "an injected interrupt with IF clear",
	  .field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .change = CHANGE_SET,
	  .value = EVENT(VMX_EVENT_EXTERNAL | 0x40) },
	{ .name = "CS not accessed",
	  .field = VMCS_GUEST_CS_ACCESS,
	  .change = CHANGE_CLEAR,
	  .value = 1 },
	{ .name = "CS both L and D",
	  .field = VMCS_GUEST_CS_ACCESS,
	  .change = CHANGE_OR,
	  .value = VMX_ACCESS_DB },
	{ .name = "CS not present",
	  .field = VMCS_GUEST_CS_ACCESS,
	  .change = CHANGE_CLEAR,
	  .value = VMX_ACCESS_P },
	{ .name = "CS and SS of different DPL",
	  .field = VMCS_GUEST_CS_ACCESS,
	  .change = CHANGE_OR,
	  .value = 3 << 5 },
	{ .name = "DS limit without granularity",
	  .field = VMCS_GUEST_DS_ACCESS,
	  .change = CHANGE_CLEAR,
	  .value = VMX_ACCESS_G },
	{ .name = "TR unusable",
	  .field = VMCS_GUEST_TR_ACCESS,
	  .change = CHANGE_OR,
	  .value = VMX_ACCESS_UNUSABLE },
	{ .name = "TR not busy", .field = VMCS_GUEST_TR_ACCESS, .change = CHANGE_CLEAR, .value = 2 },
	{ .name = "TR in the LDT",
	  .field = VMCS_GUEST_TR_SELECTOR,
	  .change = CHANGE_OR,
	  .value = 4 },
	{ .name = "TR base not canonical",
	  .field = VMCS_GUEST_TR_BASE,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "FS base not canonical",
	  .field = VMCS_GUEST_FS_BASE,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "GDTR limit past 16 bits",
	  .field = VMCS_GUEST_GDTR_LIMIT,
	  .change = CHANGE_OR,
	  .value = 0x10000 },
	{ .name = "IDTR base not canonical",
	  .field = VMCS_GUEST_IDTR_BASE,
	  .change = CHANGE_OR,
	  .value = 0x8000000000000000 },
	{ .name = "SYSENTER_ESP not canonical",
	  .field = VMCS_GUEST_SYSENTER_ESP,
	  .change = CHANGE_SET,
	  .value = 0x8000000000000000 },
	{ .name = "activity state 4",
	  .field = VMCS_GUEST_ACTIVITY,
	  .change = CHANGE_SET,
	  .value = 4 },
	{ .name = "blocking by STI with IF clear",
	  .field = VMCS_GUEST_INTERRUPTIBILITY,
	  .change = CHANGE_SET,
	  .value = VMX_BLOCKING_STI },
	{ .name = "a reserved bit of the interruptibility state",
	  .field = VMCS_GUEST_INTERRUPTIBILITY,
	  .change = CHANGE_SET,
	  .value = 1U << 31 },
	{ .name = "a reserved bit of the pending debug exceptions",
	  .field = VMCS_GUEST_PENDING_DEBUG,
	  .change = CHANGE_SET,
	  .value = 1 << 4 },
	{ .name = "link pointer not aligned",
	  .field = VMCS_LINK_POINTER,
	  .change = CHANGE_SET,
	  .value = 0x1001,
	  .qualification = VMX_ENTRY_FAILURE_LINK_POINTER },
	{ .name = "link pointer to a page of another revision",
	  .field = VMCS_LINK_POINTER,
	  .change = CHANGE_SET,
	  .value = L1_BASE,
	  .qualification = VMX_ENTRY_FAILURE_LINK_POINTER },
	{ .name = "DR7 past 32 bits",
	  .field = VMCS_GUEST_DR7,
	  .change = CHANGE_OR,
	  .value = 1ULL << 32,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_DEBUG },
	{ .name = "PAT of a reserved type",
	  .field = VMCS_GUEST_PAT,
	  .change = CHANGE_SET,
	  .value = 3,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_PAT },
	{ .name = "EFER with a reserved bit",
	  .field = VMCS_GUEST_EFER,
	  .change = CHANGE_OR,
	  .value = 1 << 1,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_EFER },
	{ .name = "EFER without LME in IA-32e mode",
	  .field = VMCS_GUEST_EFER,
	  .change = CHANGE_CLEAR,
	  .value = EFER_LME,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_EFER },
	{ .name = "EFER without LMA in IA-32e mode",
	  .field = VMCS_GUEST_EFER,
	  .change = CHANGE_CLEAR,
	  .value = EFER_LMA,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_EFER },
	{ .name = "blocking by STI and by MOV SS",
	  .field = VMCS_GUEST_INTERRUPTIBILITY,
	  .change = CHANGE_SET,
	  .value = VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS,
	  .with_field = VMCS_GUEST_RFLAGS,
	  .with_bits = RFLAGS_IF },
	{ .name = "an injected NMI with blocking by MOV SS",
	  .field = VMCS_GUEST_INTERRUPTIBILITY,
	  .change = CHANGE_SET,
	  .value = VMX_BLOCKING_MOV_SS,
	  .with_field = VMCS_ENTRY_INTERRUPTION_INFO,
	  .with_bits = EVENT(VMX_EVENT_NMI | X86_NMI) },
};

/*
 * Apart from the others: KVM left this check to the CPU until Linux 6.17 (095686e6fcb4), and Bochs
 * does not look at the field at all (vmx.cc, VMenterLoadCheckGuestState()).
 */
static const struct check guest_debugctl[] = {
	{ .name = "DEBUGCTL with a reserved bit",
	  .field = VMCS_GUEST_DEBUGCTL,
	  .change = CHANGE_SET,
	  .value = 1 << 5,
	  .with_field = VMCS_ENTRY_CTLS,
	  .with_bits = VMX_ENTRY_LOAD_DEBUG },
};

VMX_CASE(vmx_bad_controls, 0, 1, 0)
{
	run(controls, ARRAY_SIZE(controls), VMX_ERROR_BAD_CONTROL_FIELD);
}

VMX_CASE(vmx_bad_host_state, 0, 1, 0)
{
	run(host_state, ARRAY_SIZE(host_state), VMX_ERROR_BAD_HOST_STATE);
}

VMX_CASE(vmx_bad_guest_state, 0, 1, 0)
{
	run(guest_state, ARRAY_SIZE(guest_state), 0);
}

VMX_CASE(vmx_bad_guest_debugctl, 0, 1, 0)
{
	run(guest_debugctl, ARRAY_SIZE(guest_debugctl), 0);
}

/* A failed entry loads the host state, leaves the VMCS clear, and saves nothing of L2. */
VMX_CASE(vmx_failed_entry, 0, 1, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_nothing);

	vmwrite(VMCS_GUEST_RFLAGS, 0);
	vmwrite(VMCS_HOST_FS_BASE, 0x1234567000);
	vmx_l2_run_to(l2, VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE, "SDM 27.8");
	EXPECT_EQ(rdmsr(MSR_FS_BASE), 0x1234567000, "SDM 27.8: the host state is loaded");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), code(l2_nothing), "SDM 27.8: no state is saved");
	EXPECT_EQ(vmread(VMCS_GUEST_RFLAGS), 0, "SDM 27.8: no state is saved");
	vmwrite(VMCS_HOST_FS_BASE, 0);
	vmwrite(VMCS_GUEST_RFLAGS, RFLAGS_FIXED);
	EXPECT_VMX_ERROR(vmresume(), VMRESUME_NOT_LAUNCHED, "SDM 27.8: the launch state is clear");
	vmx_l2_run_to_end(l2);
}
