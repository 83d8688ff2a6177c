/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMX cases are written with, on top of l1/common/l1.h.
 *
 *	struct l2 *l2 = vmx_l2_create(l2_function);	a VMCS, current and clear
 *
 *	VMX_SET(PROC_CTLS, VMX_PROC_RDTSC);		or the case is a skip
 *	vmx_l2_run_to(l2, VMX_REASON_RDTSC, "SDM 26.1.3");
 *	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 0, "SDM 28.2.1");
 *	l2->gprs.rax = 1;				L2's registers, all but RSP
 *	vmx_l2_skip();
 *	vmx_l2_run_to_end(l2);				L2's function returned
 *
 * The verbs are SVM's, too (l1/README.md has both). What a new L2 is: in 64-bit mode with L1's CR0,
 * CR3, CR4 and tables (l1.h), IF clear, at fn on L2's stack. EPT (pt_shared_identity(), in l2->ept)
 * and VPID 1 are on if KVM offers them. L2 exits by CPUID, VMCALL, HLT and what always exits: its
 * MSR accesses and its I/O do not (an MSR bitmap of zeroes, no I/O exiting), its interrupts go to
 * its own IDT.
 */
#ifndef NESTCHECK_L1_VMX_VMX_H
#define NESTCHECK_L1_VMX_VMX_H

#include "l1/common/case.h"
#include "l1/common/cpu.h"
#include "l1/vmx/insn.h"

/* enter.S knows the offsets of what comes before vmcs. */
struct l2 {
	struct gprs gprs;
	uint64_t host_rsp; /* HOST_RSP: where enter.S keeps L1's own while L2 runs */
	uint64_t launched;
	uint64_t vmcs; /* physical = linear address of the region */
	struct page_table ept;
	uint8_t *msr_bitmap; /* read low, read high, write low, write high: 25.6.9 */
};

struct l2 *vmx_l2_create(void (*fn)(void));

/* The same in the memory of one that is done with; it gets a new VMCS. */
void vmx_l2_init(struct l2 *l2, void (*fn)(void));

/* From now on exits land on the other one of two stacks. */
void vmx_l2_set_exit_stack(struct l2 *l2);

/* A region with KVM's revision (and `flags` in its first word), cleared, not current. */
uint64_t vmcs_new(uint32_t flags);
void vmcs_load(uint64_t vmcs);
/* What VMPTRST stores if no VMCS is current: SDM Vol. 3 25.1. */
#define VMCS_NONE (~0ULL)

/* VMLAUNCH or VMRESUME, whichever is due. 0 if L2 exited, or the flags of a failure. */
uint64_t vmx_l2_enter(struct l2 *l2);

/* The same, for entries that must not fail: the exit reason, all 32 bits. */
uint32_t vmx_l2_run(struct l2 *l2);

/* The last exit had that reason; a different one fails with all the exit's details. */
void vmx_l2_expect(const struct l2 *l2, uint32_t reason, const char *section);

/* It was l2_call(value); L2 is ready to go on behind it, and gets `answer`. */
void vmx_l2_expect_call(struct l2 *l2, uint64_t value, uint64_t answer);

/*
 * vmx_l2_run(), then what the last exit has to be: this one; l2_call(value), answered by 0; the
 * return of L2's function.
 */
void vmx_l2_run_to(struct l2 *l2, uint32_t reason, const char *section);
void vmx_l2_run_to_call(struct l2 *l2, uint64_t value);
void vmx_l2_run_to_end(struct l2 *l2);

/*
 * L2 left at fn's beginning, which is L2_SLIDE(): an event was pending at the entry. KVM gets
 * L2 out by a preemption timer of 0, and if the CPU has none that works (Nehalem and before: vmx.c,
 * cpu_has_broken_vmx_preemption_timer()) by an interrupt to its own CPU, which may come some cycles
 * behind the entry.
 */
#define L2_SLIDE_BYTES 128
#define L2_SLIDE()     asm volatile(".rept 64; pause; .endr")
void vmx_l2_expect_start(void (*fn)(void), const char *section);

/* Past the instruction that exited; its length as the CPU reports it. */
void vmx_l2_skip(void);

/* An exit by an instruction of that many bytes at that place; then past it. */
void vmx_l2_skip_at(uint64_t rip, uint64_t length, const char *section);

/*
 * Control bits on and off in the current VMCS, checked against the capability MSRs:
 * vmx_allowed() says whether they are, VMX_SET() and VMX_CLEAR() skip the case if not.
 */
bool vmx_allowed(uint32_t field, uint32_t bits, bool on);
void vmx_l2_control(uint32_t field, uint32_t bits, bool on, const char *what);
#define VMX_SET(field, bits)   vmx_l2_control(VMCS_##field, bits, true, #bits)
#define VMX_CLEAR(field, bits) vmx_l2_control(VMCS_##field, bits, false, #bits)

/* The capability MSR of a control field, TRUE if there is one. */
uint64_t vmx_capability(uint32_t field);

/* EPT of the case's own, to change: a new L2's is shared between cases. Before the first entry. */
void vmx_l2_own_ept(struct l2 *l2);
uint64_t vmx_l2_eptp(const struct l2 *l2);  /* of l2->ept, A/D flags off */
void vmx_l2_flush_ept(const struct l2 *l2); /* INVEPT, single-context if offered */

/* Bits of l2->msr_bitmap: false if the MSR is in neither range. */
bool vmx_l2_intercept_msr(struct l2 *l2, uint32_t msr, bool write, bool on);

/*
 * Runs fn in L1's user mode until its first exception; it must have one, and needs no compiled
 * code's comfort. pt_user_identity(): PT_CR3, with user mode let in everywhere.
 */
struct trap catch_user(void (*fn)(void));
struct page_table pt_user_identity(void);

/* --- on and off (vmx.c); what they are for is in l2_ops.h --------------------------------- */

void vmx_enable(void);
void vmx_disable(void);
void vmx_off(void); /* what vmx_disable() leaves on, as SVM always is: VMX operation */
uint64_t vmx_features(void);

/* The VMXON region that vmx_enable() used. */
extern uint64_t vmxon_region;
uint64_t vmx_msr(uint32_t index);    /* a capability MSR, 0x480 to 0x491; read once */
uint64_t vmx_basic(void);	     /* IA32_VMX_BASIC */
uint64_t max_physical_address(void); /* the first address past MAXPHYADDR */

/* --- enter.S ------------------------------------------------------------------------------ */

uint64_t vmx_enter(struct l2 *l2);
void vmx_exit_landing(void); /* HOST_RIP */

#endif
