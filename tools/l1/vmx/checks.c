// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMLAUNCH and VMRESUME must refuse, check by check, and that L2 enters once the field is
 * corrected. SDM Vol. 3 27.2 (controls: error 7, host state: error 8), 27.3 (guest state: an exit).
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
	bool only_with_check;	/* if IA32_VMX_BASIC has bit 56 clear */
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

static void enter_again(struct l2 *l2)
{
	vmwrite(VMCS_GUEST_RIP, code(l2_nothing));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
	vmx_l2_run_to_end(l2);
}

/* error: of VMfailValid, or 0 if the entry is to fail with an exit. */
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
	enter_again(l2);
}

/* CHECK(name, field, SET or OR or CLEAR, value); more of the row's members may follow. */
#define CHECK(text, place, how, bits, ...)                                                  \
	{                                                                                   \
		.name = text, .field = VMCS_##place, .change = CHANGE_##how, .value = bits, \
		__VA_ARGS__                                                                 \
	}
#define WITH(place, bits) .with_field = VMCS_##place, .with_bits = bits

#define EVENT(bits) (VMX_INTERRUPTION_VALID | (bits))

static const struct check controls[] = {
	CHECK("reserved bit of the pin-based controls", PIN_CTLS, OR, 1U << 31),
	CHECK("default-1 bit of the pin-based controls", PIN_CTLS, CLEAR, 1 << 1),
	CHECK("default-1 bit of the processor-based controls", PROC_CTLS, CLEAR, 1 << 1),
	CHECK("default-1 bit of the exit controls", EXIT_CTLS, CLEAR, 1 << 0),
	CHECK("reserved bit of the entry controls", ENTRY_CTLS, OR, 1U << 31),
	CHECK("reserved bit of the secondary controls", PROC2_CTLS, OR, 1U << 29,
	      WITH(PROC_CTLS, VMX_PROC_SECONDARY)),
	CHECK("more CR3 targets than there are", CR3_TARGET_COUNT, SET, 257),
	CHECK("MSR bitmap not aligned", MSR_BITMAP, OR, 0x10,
	      WITH(PROC_CTLS, VMX_PROC_MSR_BITMAPS)),
	CHECK("MSR bitmap past the address width", MSR_BITMAP, OR, 1ULL << 62,
	      WITH(PROC_CTLS, VMX_PROC_MSR_BITMAPS)),
	CHECK("I/O bitmap A not aligned", IO_BITMAP_A, SET, 0x1001,
	      WITH(PROC_CTLS, VMX_PROC_IO_BITMAPS)),
	CHECK("I/O bitmap B not aligned", IO_BITMAP_B, SET, 0x1800,
	      WITH(PROC_CTLS, VMX_PROC_IO_BITMAPS)),
	CHECK("virtual NMIs without NMI exiting", PIN_CTLS, OR, VMX_PIN_VIRTUAL_NMIS,
	      WITH(PIN_CTLS, VMX_PIN_VIRTUAL_NMIS)),
	CHECK("NMI-window exiting without virtual NMIs", PROC_CTLS, OR, VMX_PROC_NMI_WINDOW,
	      WITH(PROC_CTLS, VMX_PROC_NMI_WINDOW)),
	CHECK("VPID 0", VPID, SET, 0, WITH(PROC2_CTLS, VMX_PROC2_VPID)),
	CHECK("EPTP with memory type 2", EPT_POINTER, CLEAR, 5, WITH(PROC2_CTLS, VMX_PROC2_EPT)),
	CHECK("EPTP with a page walk of 3", EPT_POINTER, CLEAR, 8, WITH(PROC2_CTLS, VMX_PROC2_EPT)),
	CHECK("EPTP with a reserved bit", EPT_POINTER, OR, 1 << 11,
	      WITH(PROC2_CTLS, VMX_PROC2_EPT)),
	CHECK("unrestricted guest without EPT", PROC2_CTLS, CLEAR, VMX_PROC2_EPT,
	      WITH(PROC2_CTLS, VMX_PROC2_UNRESTRICTED_GUEST)),
	CHECK("PML without EPT", PROC2_CTLS, CLEAR, VMX_PROC2_EPT, WITH(PROC2_CTLS, VMX_PROC2_PML)),
	CHECK("VMREAD bitmap not aligned", VMREAD_BITMAP, SET, 0x1008,
	      WITH(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS)),
	CHECK("VMWRITE bitmap not aligned", VMWRITE_BITMAP, SET, 0x1008,
	      WITH(PROC2_CTLS, VMX_PROC2_SHADOW_VMCS)),
	CHECK("PML address not aligned", PML_ADDRESS, SET, 0x1800, WITH(PROC2_CTLS, VMX_PROC2_PML)),
	CHECK("a VM function that there is not", VMFUNC_CTLS, SET, 1ULL << 63,
	      WITH(PROC2_CTLS, VMX_PROC2_VMFUNC)),
	CHECK("virtual-APIC page not aligned", VIRTUAL_APIC_ADDRESS, SET, 0x1010,
	      WITH(PROC_CTLS, VMX_PROC_TPR_SHADOW)),
	CHECK("saving the preemption timer without it", EXIT_CTLS, OR,
	      VMX_EXIT_SAVE_PREEMPTION_TIMER, WITH(EXIT_CTLS, VMX_EXIT_SAVE_PREEMPTION_TIMER)),
	CHECK("MSR load list not aligned", ENTRY_MSR_LOAD_ADDRESS, SET, 0x1008,
	      WITH(ENTRY_MSR_LOAD_COUNT, 1)),
	CHECK("MSR store list not aligned", EXIT_MSR_STORE_ADDRESS, SET, 0x1004,
	      WITH(EXIT_MSR_STORE_COUNT, 1)),
	CHECK("event of reserved type 1", ENTRY_INTERRUPTION_INFO, SET, EVENT(1 << 8 | 0x40)),
	CHECK("NMI with a vector that is not 2", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_NMI | 3)),
	CHECK("exception with vector 32", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXCEPTION | 32)),
	CHECK("#GP without its error code", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXCEPTION | X86_GP), .only_with_check = true),
	CHECK("interrupt with an error code", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXTERNAL | VMX_INTERRUPTION_ERROR_CODE | 0x40)),
	CHECK("event with a reserved bit", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXTERNAL | 1 << 16 | 0x40)),
	CHECK("error code of more than 16 bits", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXCEPTION | VMX_INTERRUPTION_ERROR_CODE | X86_GP),
	      WITH(ENTRY_EXCEPTION_ERROR, 1 << 16)),
	CHECK("software interrupt of 16 bytes", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_SOFT_INTERRUPT | 0x40), WITH(ENTRY_INSTRUCTION_LENGTH, 16)),
	CHECK("virtual-APIC page past the address width", VIRTUAL_APIC_ADDRESS, SET, 1ULL << 62,
	      WITH(PROC_CTLS, VMX_PROC_TPR_SHADOW)),
	CHECK("APIC-access page not aligned", APIC_ACCESS_ADDRESS, SET, 0x1008,
	      WITH(PROC2_CTLS, VMX_PROC2_APIC_ACCESSES)),
	CHECK("x2APIC mode without TPR shadow", PROC2_CTLS, OR, VMX_PROC2_X2APIC_MODE,
	      WITH(PROC2_CTLS, VMX_PROC2_X2APIC_MODE)),
	CHECK("APIC-register virtualization without TPR shadow", PROC2_CTLS, OR,
	      VMX_PROC2_APIC_REGISTERS, WITH(PROC2_CTLS, VMX_PROC2_APIC_REGISTERS)),
	CHECK("x2APIC mode with APIC accesses", PROC2_CTLS, OR,
	      VMX_PROC2_X2APIC_MODE | VMX_PROC2_APIC_ACCESSES,
	      WITH(PROC_CTLS, VMX_PROC_TPR_SHADOW)),
	CHECK("virtual-interrupt delivery without external-interrupt exiting", PROC2_CTLS, OR,
	      VMX_PROC2_VIRTUAL_INTERRUPTS, WITH(PROC_CTLS, VMX_PROC_TPR_SHADOW)),
	CHECK("posted interrupts without virtual-interrupt delivery", PIN_CTLS, OR,
	      VMX_PIN_POSTED_INTERRUPTS | VMX_PIN_EXTERNAL_INTERRUPT,
	      WITH(EXIT_CTLS, VMX_EXIT_ACK_INTERRUPT)),
	CHECK("a pending MTF exit with a vector", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_OTHER | 1)),
};

static const struct check host_state[] = {
	CHECK("host CR0 without PE", HOST_CR0, CLEAR, CR0_PE),
	CHECK("host CR4 without VMXE", HOST_CR4, CLEAR, CR4_VMXE),
	CHECK("host CR4 without PAE", HOST_CR4, CLEAR, CR4_PAE),
	CHECK("host CR3 past the address width", HOST_CR3, OR, 1ULL << 59),
	CHECK("host CS null", HOST_CS_SELECTOR, SET, 0),
	CHECK("host TR null", HOST_TR_SELECTOR, SET, 0),
	CHECK("host CS with RPL 3", HOST_CS_SELECTOR, OR, 3),
	CHECK("host DS in the LDT", HOST_DS_SELECTOR, OR, 4),
	CHECK("host ES with RPL 1", HOST_ES_SELECTOR, OR, 1),
	CHECK("host SS with RPL 2", HOST_SS_SELECTOR, OR, 2),
	CHECK("host FS in the LDT", HOST_FS_SELECTOR, OR, 4),
	CHECK("host GS with RPL 2", HOST_GS_SELECTOR, OR, 2),
	CHECK("host TR with RPL 1", HOST_TR_SELECTOR, OR, 1),
	CHECK("host FS base not canonical", HOST_FS_BASE, SET, 0x8000000000000000),
	CHECK("host GS base not canonical", HOST_GS_BASE, SET, 0x8000000000000000),
	CHECK("host GDTR base not canonical", HOST_GDTR_BASE, OR, 0x8000000000000000),
	CHECK("host IDTR base not canonical", HOST_IDTR_BASE, OR, 0x8000000000000000),
	CHECK("host TR base not canonical", HOST_TR_BASE, OR, 0x8000000000000000),
	CHECK("host RIP not canonical", HOST_RIP, OR, 0x8000000000000000),
	CHECK("host SYSENTER_ESP not canonical", HOST_SYSENTER_ESP, SET, 0x8000000000000000),
	CHECK("host SYSENTER_EIP not canonical", HOST_SYSENTER_EIP, SET, 0x8000000000000000),
	CHECK("64-bit L1 without host address-space size", EXIT_CTLS, CLEAR, VMX_EXIT_HOST_64),
	CHECK("host PAT of a reserved type", HOST_PAT, SET, 2, WITH(EXIT_CTLS, VMX_EXIT_LOAD_PAT)),
	CHECK("host EFER with a reserved bit", HOST_EFER, OR, 1 << 1,
	      WITH(EXIT_CTLS, VMX_EXIT_LOAD_EFER)),
	CHECK("host EFER without LME", HOST_EFER, CLEAR, EFER_LME,
	      WITH(EXIT_CTLS, VMX_EXIT_LOAD_EFER)),
	CHECK("host EFER without LMA", HOST_EFER, CLEAR, EFER_LMA,
	      WITH(EXIT_CTLS, VMX_EXIT_LOAD_EFER)),
};

static const struct check guest_state[] = {
	CHECK("CR0.PG without PE", GUEST_CR0, CLEAR, CR0_PE),
	CHECK("CR4 without VMXE", GUEST_CR4, CLEAR, CR4_VMXE),
	CHECK("IA-32e mode without PAE", GUEST_CR4, CLEAR, CR4_PAE),
	CHECK("CR3 past the address width", GUEST_CR3, OR, 1ULL << 59),
	CHECK("RFLAGS without bit 1", GUEST_RFLAGS, CLEAR, RFLAGS_FIXED),
	CHECK("RFLAGS with a reserved bit", GUEST_RFLAGS, OR, 1 << 15),
	CHECK("virtual-8086 in IA-32e mode", GUEST_RFLAGS, OR, 1 << 17),
	CHECK("an injected interrupt with IF clear", ENTRY_INTERRUPTION_INFO, SET,
	      EVENT(VMX_EVENT_EXTERNAL | 0x40)),
	CHECK("CS not accessed", GUEST_CS_ACCESS, CLEAR, 1),
	CHECK("CS both L and D", GUEST_CS_ACCESS, OR, VMX_ACCESS_DB),
	CHECK("CS not present", GUEST_CS_ACCESS, CLEAR, VMX_ACCESS_P),
	CHECK("CS and SS of different DPL", GUEST_CS_ACCESS, OR, 3 << 5),
	CHECK("DS limit without granularity", GUEST_DS_ACCESS, CLEAR, VMX_ACCESS_G),
	CHECK("TR unusable", GUEST_TR_ACCESS, OR, VMX_ACCESS_UNUSABLE),
	CHECK("TR not busy", GUEST_TR_ACCESS, CLEAR, 2),
	CHECK("TR in the LDT", GUEST_TR_SELECTOR, OR, 4),
	CHECK("TR base not canonical", GUEST_TR_BASE, OR, 0x8000000000000000),
	CHECK("FS base not canonical", GUEST_FS_BASE, SET, 0x8000000000000000),
	CHECK("GDTR limit past 16 bits", GUEST_GDTR_LIMIT, OR, 0x10000),
	CHECK("IDTR base not canonical", GUEST_IDTR_BASE, OR, 0x8000000000000000),
	CHECK("SYSENTER_ESP not canonical", GUEST_SYSENTER_ESP, SET, 0x8000000000000000),
	CHECK("activity state 4", GUEST_ACTIVITY, SET, 4),
	CHECK("blocking by STI with IF clear", GUEST_INTERRUPTIBILITY, SET, VMX_BLOCKING_STI),
	CHECK("a reserved bit of the interruptibility state", GUEST_INTERRUPTIBILITY, SET,
	      1U << 31),
	CHECK("a reserved bit of the pending debug exceptions", GUEST_PENDING_DEBUG, SET, 1 << 4),
	CHECK("link pointer not aligned", LINK_POINTER, SET, 0x1001,
	      .qualification = VMX_ENTRY_FAILURE_LINK_POINTER),
	CHECK("link pointer to a page of another revision", LINK_POINTER, SET, L1_BASE,
	      .qualification = VMX_ENTRY_FAILURE_LINK_POINTER),
	CHECK("DR7 past 32 bits", GUEST_DR7, OR, 1ULL << 32,
	      WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG)),
	CHECK("PAT of a reserved type", GUEST_PAT, SET, 3, WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_PAT)),
	CHECK("EFER with a reserved bit", GUEST_EFER, OR, 1 << 1,
	      WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_EFER)),
	CHECK("EFER without LME in IA-32e mode", GUEST_EFER, CLEAR, EFER_LME,
	      WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_EFER)),
	CHECK("EFER without LMA in IA-32e mode", GUEST_EFER, CLEAR, EFER_LMA,
	      WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_EFER)),
	CHECK("blocking by STI and by MOV SS", GUEST_INTERRUPTIBILITY, SET,
	      VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS, WITH(GUEST_RFLAGS, RFLAGS_IF)),
	CHECK("an injected NMI with blocking by MOV SS", GUEST_INTERRUPTIBILITY, SET,
	      VMX_BLOCKING_MOV_SS, WITH(ENTRY_INTERRUPTION_INFO, EVENT(VMX_EVENT_NMI | X86_NMI))),
};

/*
 * Apart from the others: KVM left this check to the CPU until Linux 6.17 (095686e6fcb4), and Bochs
 * does not look at the field at all (vmx.cc, VMenterLoadCheckGuestState()).
 */
static const struct check guest_debugctl[] = {
	CHECK("DEBUGCTL with a reserved bit", GUEST_DEBUGCTL, SET, 1 << 5,
	      WITH(ENTRY_CTLS, VMX_ENTRY_LOAD_DEBUG)),
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
