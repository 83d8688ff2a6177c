/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intel VMX: VMCS fields, control bits, exit reasons and qualifications, error numbers.
 *
 * Freestanding and header only: host tools and L1 share it. Section numbers, in the whole project,
 * are those of the Intel SDM Vol. 3 since December 2022, in which chapters from 7 on have numbers
 * one higher than before (8 task management, 10 initialization, 11 the APIC, 12 memory types): 24
 * to 29 describe VMX operation, the VMCS, non-root operation, entries, exits and EPT, 31 the
 * instructions, appendix A the capability MSRs, B the field encodings, C the basic exit reasons.
 * Items that need names as well as numbers are in list macros, LIST(X) with one X(number, id) per
 * row:
 *
 *	#define ROW(number, id) [number] = #id,
 *	static const char *const names[] = { VMX_EXIT_REASONS(ROW) };
 *
 * The capability MSRs, with the bits of IA32_VMX_BASIC and IA32_VMX_MISC, are in msr.h.
 */
#ifndef NESTCHECK_LIB_HW_VMX_H
#define NESTCHECK_LIB_HW_VMX_H

#include <stdint.h>

/* --- control bits; their names for users are in registers.h ------------------------------ */

/* Pin-based VM-execution controls, table 25-5; capability MSR 0x481, 0x48d. */
enum vmx_pin_ctls {
	VMX_PIN_EXTERNAL_INTERRUPT = 1U << 0, /* external-interrupt exiting */
	VMX_PIN_NMI = 1U << 3,		      /* NMI exiting */
	VMX_PIN_VIRTUAL_NMIS = 1U << 5,	      /* virtual NMIs */
	VMX_PIN_PREEMPTION_TIMER = 1U << 6,   /* activate VMX-preemption timer */
	VMX_PIN_POSTED_INTERRUPTS = 1U << 7,  /* process posted interrupts */
};

/* Primary processor-based VM-execution controls, table 25-6; MSR 0x482, 0x48e. */
enum vmx_proc_ctls {
	VMX_PROC_INTERRUPT_WINDOW = 1U << 2,   /* interrupt-window exiting */
	VMX_PROC_TSC_OFFSETTING = 1U << 3,     /* use TSC offsetting */
	VMX_PROC_HLT = 1U << 7,		       /* HLT exiting */
	VMX_PROC_INVLPG = 1U << 9,	       /* INVLPG exiting */
	VMX_PROC_MWAIT = 1U << 10,	       /* MWAIT exiting */
	VMX_PROC_RDPMC = 1U << 11,	       /* RDPMC exiting */
	VMX_PROC_RDTSC = 1U << 12,	       /* RDTSC exiting */
	VMX_PROC_CR3_LOAD = 1U << 15,	       /* CR3-load exiting */
	VMX_PROC_CR3_STORE = 1U << 16,	       /* CR3-store exiting */
	VMX_PROC_TERTIARY = 1U << 17,	       /* activate tertiary controls */
	VMX_PROC_CR8_LOAD = 1U << 19,	       /* CR8-load exiting */
	VMX_PROC_CR8_STORE = 1U << 20,	       /* CR8-store exiting */
	VMX_PROC_TPR_SHADOW = 1U << 21,	       /* use TPR shadow */
	VMX_PROC_NMI_WINDOW = 1U << 22,	       /* NMI-window exiting */
	VMX_PROC_MOV_DR = 1U << 23,	       /* MOV-DR exiting */
	VMX_PROC_UNCONDITIONAL_IO = 1U << 24,  /* unconditional I/O exiting */
	VMX_PROC_IO_BITMAPS = 1U << 25,	       /* use I/O bitmaps */
	VMX_PROC_MONITOR_TRAP_FLAG = 1U << 27, /* monitor trap flag */
	VMX_PROC_MSR_BITMAPS = 1U << 28,       /* use MSR bitmaps */
	VMX_PROC_MONITOR = 1U << 29,	       /* MONITOR exiting */
	VMX_PROC_PAUSE = 1U << 30,	       /* PAUSE exiting */
	VMX_PROC_SECONDARY = 1U << 31,	       /* activate secondary controls */
};

/* Secondary processor-based VM-execution controls, table 25-7; MSR 0x48b. */
enum vmx_proc2_ctls {
	VMX_PROC2_APIC_ACCESSES = 1U << 0,	  /* virtualize APIC accesses */
	VMX_PROC2_EPT = 1U << 1,		  /* enable EPT */
	VMX_PROC2_DESCRIPTOR_TABLE = 1U << 2,	  /* descriptor-table exiting */
	VMX_PROC2_RDTSCP = 1U << 3,		  /* enable RDTSCP */
	VMX_PROC2_X2APIC_MODE = 1U << 4,	  /* virtualize x2APIC mode */
	VMX_PROC2_VPID = 1U << 5,		  /* enable VPID */
	VMX_PROC2_WBINVD = 1U << 6,		  /* WBINVD exiting */
	VMX_PROC2_UNRESTRICTED_GUEST = 1U << 7,	  /* unrestricted guest */
	VMX_PROC2_APIC_REGISTERS = 1U << 8,	  /* APIC-register virtualization */
	VMX_PROC2_VIRTUAL_INTERRUPTS = 1U << 9,	  /* virtual-interrupt delivery */
	VMX_PROC2_PAUSE_LOOP = 1U << 10,	  /* PAUSE-loop exiting */
	VMX_PROC2_RDRAND = 1U << 11,		  /* RDRAND exiting */
	VMX_PROC2_INVPCID = 1U << 12,		  /* enable INVPCID */
	VMX_PROC2_VMFUNC = 1U << 13,		  /* enable VM functions */
	VMX_PROC2_SHADOW_VMCS = 1U << 14,	  /* VMCS shadowing */
	VMX_PROC2_ENCLS = 1U << 15,		  /* enable ENCLS exiting */
	VMX_PROC2_RDSEED = 1U << 16,		  /* RDSEED exiting */
	VMX_PROC2_PML = 1U << 17,		  /* enable PML */
	VMX_PROC2_EPT_VIOLATION_VE = 1U << 18,	  /* EPT-violation #VE */
	VMX_PROC2_CONCEAL_PT = 1U << 19,	  /* conceal VMX from PT */
	VMX_PROC2_XSAVES = 1U << 20,		  /* enable XSAVES/XRSTORS */
	VMX_PROC2_PASID = 1U << 21,		  /* PASID translation */
	VMX_PROC2_MBEC = 1U << 22,		  /* mode-based execute control for EPT */
	VMX_PROC2_SPP = 1U << 23,		  /* sub-page write permissions for EPT */
	VMX_PROC2_PT_GUEST_PHYSICAL = 1U << 24,	  /* Intel PT uses guest physical addresses */
	VMX_PROC2_TSC_SCALING = 1U << 25,	  /* use TSC scaling */
	VMX_PROC2_USER_WAIT = 1U << 26,		  /* enable user wait and pause */
	VMX_PROC2_PCONFIG = 1U << 27,		  /* enable PCONFIG */
	VMX_PROC2_ENCLV = 1U << 28,		  /* enable ENCLV exiting */
	VMX_PROC2_BUS_LOCK = 1U << 30,		  /* VMM bus-lock detection */
	VMX_PROC2_INSTRUCTION_TIMEOUT = 1U << 31, /* instruction timeout */
};

/* Primary VM-exit controls, table 25-13; MSR 0x483, 0x48f. */
enum vmx_exit_ctls {
	VMX_EXIT_SAVE_DEBUG = 1U << 2,		   /* save debug controls */
	VMX_EXIT_HOST_64 = 1U << 9,		   /* host address-space size */
	VMX_EXIT_LOAD_PERF_GLOBAL_CTRL = 1U << 12, /* load IA32_PERF_GLOBAL_CTRL */
	VMX_EXIT_ACK_INTERRUPT = 1U << 15,	   /* acknowledge interrupt on exit */
	VMX_EXIT_SAVE_PAT = 1U << 18,		   /* save IA32_PAT */
	VMX_EXIT_LOAD_PAT = 1U << 19,		   /* load IA32_PAT */
	VMX_EXIT_SAVE_EFER = 1U << 20,		   /* save IA32_EFER */
	VMX_EXIT_LOAD_EFER = 1U << 21,		   /* load IA32_EFER */
	VMX_EXIT_SAVE_PREEMPTION_TIMER = 1U << 22, /* save VMX-preemption timer value */
	VMX_EXIT_CLEAR_BNDCFGS = 1U << 23,	   /* clear IA32_BNDCFGS */
	VMX_EXIT_CONCEAL_PT = 1U << 24,		   /* conceal VMX from PT */
	VMX_EXIT_CLEAR_RTIT_CTL = 1U << 25,	   /* clear IA32_RTIT_CTL */
	VMX_EXIT_CLEAR_LBR_CTL = 1U << 26,	   /* clear IA32_LBR_CTL */
	VMX_EXIT_CLEAR_UINV = 1U << 27,		   /* clear UINV */
	VMX_EXIT_LOAD_CET = 1U << 28,		   /* load CET state */
	VMX_EXIT_LOAD_PKRS = 1U << 29,		   /* load PKRS */
	VMX_EXIT_SAVE_PERF_GLOBAL_CTRL = 1U << 30, /* save IA32_PERF_GLOBAL_CTRL */
	VMX_EXIT_SECONDARY = 1U << 31,		   /* activate secondary controls */
};

/* VM-entry controls, table 25-15; MSR 0x484, 0x490. */
enum vmx_entry_ctls {
	VMX_ENTRY_LOAD_DEBUG = 1U << 2,		      /* load debug controls */
	VMX_ENTRY_GUEST_64 = 1U << 9,		      /* IA-32e mode guest */
	VMX_ENTRY_SMM = 1U << 10,		      /* entry to SMM */
	VMX_ENTRY_DEACTIVATE_DUAL_MONITOR = 1U << 11, /* deactivate dual-monitor treatment */
	VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL = 1U << 13,   /* load IA32_PERF_GLOBAL_CTRL */
	VMX_ENTRY_LOAD_PAT = 1U << 14,		      /* load IA32_PAT */
	VMX_ENTRY_LOAD_EFER = 1U << 15,		      /* load IA32_EFER */
	VMX_ENTRY_LOAD_BNDCFGS = 1U << 16,	      /* load IA32_BNDCFGS */
	VMX_ENTRY_CONCEAL_PT = 1U << 17,	      /* conceal VMX from PT */
	VMX_ENTRY_LOAD_RTIT_CTL = 1U << 18,	      /* load IA32_RTIT_CTL */
	VMX_ENTRY_LOAD_UINV = 1U << 19,		      /* load UINV */
	VMX_ENTRY_LOAD_CET = 1U << 20,		      /* load CET state */
	VMX_ENTRY_LOAD_LBR_CTL = 1U << 21,	      /* load IA32_LBR_CTL */
	VMX_ENTRY_LOAD_PKRS = 1U << 22,		      /* load PKRS */
};

/* VM-function controls, 25.6.14; MSR 0x491. */
enum vmx_vmfunc_ctls {
	VMX_VMFUNC_EPTP_SWITCHING = 1U << 0, /* EPTP switching */
};

/* IA32_VMX_EPT_VPID_CAP (0x48c), A.10. */
enum vmx_ept_vpid_cap {
	VMX_CAP_EXECUTE_ONLY = 1ULL << 0, /* EPT execute-only pages */
	VMX_CAP_WALK_4 = 1ULL << 6,	  /* EPT page walk of 4 */
	VMX_CAP_WALK_5 = 1ULL << 7,	  /* EPT page walk of 5 */
	VMX_CAP_UNCACHEABLE = 1ULL << 8,  /* EPT structures uncacheable */
	VMX_CAP_WRITE_BACK = 1ULL << 14,  /* EPT structures write-back */
	VMX_CAP_PAGE_2M = 1ULL << 16,	  /* EPT 2 MiB pages */
	VMX_CAP_PAGE_1G = 1ULL << 17,	  /* EPT 1 GiB pages */
	VMX_CAP_INVEPT = 1ULL << 20,	  /* INVEPT */
	VMX_CAP_AD = 1ULL << 21,	  /* EPT accessed and dirty flags */
	VMX_CAP_ADVANCED_EXIT_INFORMATION = 1ULL
					    << 22,    /* advanced information for EPT violations */
	VMX_CAP_SUPERVISOR_SHADOW_STACK = 1ULL << 23, /* supervisor shadow-stack control */
	VMX_CAP_INVEPT_SINGLE = 1ULL << 25,	      /* INVEPT single-context */
	VMX_CAP_INVEPT_ALL = 1ULL << 26,	      /* INVEPT all-context */
	VMX_CAP_INVVPID = 1ULL << 32,		      /* INVVPID */
	VMX_CAP_INVVPID_ADDRESS = 1ULL << 40,	      /* INVVPID individual-address */
	VMX_CAP_INVVPID_SINGLE = 1ULL << 41,	      /* INVVPID single-context */
	VMX_CAP_INVVPID_ALL = 1ULL << 42,	      /* INVVPID all-context */
	VMX_CAP_INVVPID_SINGLE_GLOBALS = 1ULL << 43,  /* INVVPID single-context-retaining-globals */
};

/*
 * A control capability MSR (A.3): a bit set in the low half must be 1, a bit clear in the high half
 * must be 0. Rounds the wanted bits to the allowed ones.
 */
static inline uint32_t vmx_round_ctl(uint32_t wanted, uint64_t capability)
{
	return (wanted | (uint32_t)capability) & (uint32_t)(capability >> 32);
}

/* --- VMCS fields, appendix B: X(encoding, id) -------------------------------------------- */

/*
 * An encoding (table 25-21): bit 0 high half of a 64-bit field, 9:1 index, 11:10 type
 * (0 control, 1 exit information and read-only, 2 guest state, 3 host state), 14:13 width.
 * Only even encodings are listed. Fields that Linux 6.12 does not virtualize for L1
 * (arch/x86/kvm/vmx/vmcs12.c has no entry) are in VMCS_OTHER_FIELDS.
 */
#define VMCS_FIELDS(X)                         \
	X(0x0000, VPID)                        \
	X(0x0002, POSTED_INTERRUPT_VECTOR)     \
	X(0x0800, GUEST_ES_SELECTOR)           \
	X(0x0802, GUEST_CS_SELECTOR)           \
	X(0x0804, GUEST_SS_SELECTOR)           \
	X(0x0806, GUEST_DS_SELECTOR)           \
	X(0x0808, GUEST_FS_SELECTOR)           \
	X(0x080a, GUEST_GS_SELECTOR)           \
	X(0x080c, GUEST_LDTR_SELECTOR)         \
	X(0x080e, GUEST_TR_SELECTOR)           \
	X(0x0810, GUEST_INTERRUPT_STATUS)      \
	X(0x0812, PML_INDEX)                   \
	X(0x0c00, HOST_ES_SELECTOR)            \
	X(0x0c02, HOST_CS_SELECTOR)            \
	X(0x0c04, HOST_SS_SELECTOR)            \
	X(0x0c06, HOST_DS_SELECTOR)            \
	X(0x0c08, HOST_FS_SELECTOR)            \
	X(0x0c0a, HOST_GS_SELECTOR)            \
	X(0x0c0c, HOST_TR_SELECTOR)            \
	X(0x2000, IO_BITMAP_A)                 \
	X(0x2002, IO_BITMAP_B)                 \
	X(0x2004, MSR_BITMAP)                  \
	X(0x2006, EXIT_MSR_STORE_ADDRESS)      \
	X(0x2008, EXIT_MSR_LOAD_ADDRESS)       \
	X(0x200a, ENTRY_MSR_LOAD_ADDRESS)      \
	X(0x200e, PML_ADDRESS)                 \
	X(0x2010, TSC_OFFSET)                  \
	X(0x2012, VIRTUAL_APIC_ADDRESS)        \
	X(0x2014, APIC_ACCESS_ADDRESS)         \
	X(0x2016, POSTED_INTERRUPT_DESCRIPTOR) \
	X(0x2018, VMFUNC_CTLS)                 \
	X(0x201a, EPT_POINTER)                 \
	X(0x201c, EOI_EXIT_BITMAP_0)           \
	X(0x201e, EOI_EXIT_BITMAP_1)           \
	X(0x2020, EOI_EXIT_BITMAP_2)           \
	X(0x2022, EOI_EXIT_BITMAP_3)           \
	X(0x2024, EPTP_LIST_ADDRESS)           \
	X(0x2026, VMREAD_BITMAP)               \
	X(0x2028, VMWRITE_BITMAP)              \
	X(0x202c, XSS_EXITING_BITMAP)          \
	X(0x202e, ENCLS_EXITING_BITMAP)        \
	X(0x2032, TSC_MULTIPLIER)              \
	X(0x2400, GUEST_PHYSICAL_ADDRESS)      \
	X(0x2800, LINK_POINTER)                \
	X(0x2802, GUEST_DEBUGCTL)              \
	X(0x2804, GUEST_PAT)                   \
	X(0x2806, GUEST_EFER)                  \
	X(0x2808, GUEST_PERF_GLOBAL_CTRL)      \
	X(0x280a, GUEST_PDPTE0)                \
	X(0x280c, GUEST_PDPTE1)                \
	X(0x280e, GUEST_PDPTE2)                \
	X(0x2810, GUEST_PDPTE3)                \
	X(0x2812, GUEST_BNDCFGS)               \
	X(0x2c00, HOST_PAT)                    \
	X(0x2c02, HOST_EFER)                   \
	X(0x2c04, HOST_PERF_GLOBAL_CTRL)       \
	X(0x4000, PIN_CTLS)                    \
	X(0x4002, PROC_CTLS)                   \
	X(0x4004, EXCEPTION_BITMAP)            \
	X(0x4006, PF_ERROR_MASK)               \
	X(0x4008, PF_ERROR_MATCH)              \
	X(0x400a, CR3_TARGET_COUNT)            \
	X(0x400c, EXIT_CTLS)                   \
	X(0x400e, EXIT_MSR_STORE_COUNT)        \
	X(0x4010, EXIT_MSR_LOAD_COUNT)         \
	X(0x4012, ENTRY_CTLS)                  \
	X(0x4014, ENTRY_MSR_LOAD_COUNT)        \
	X(0x4016, ENTRY_INTERRUPTION_INFO)     \
	X(0x4018, ENTRY_EXCEPTION_ERROR)       \
	X(0x401a, ENTRY_INSTRUCTION_LENGTH)    \
	X(0x401c, TPR_THRESHOLD)               \
	X(0x401e, PROC2_CTLS)                  \
	X(0x4400, INSTRUCTION_ERROR)           \
	X(0x4402, EXIT_REASON)                 \
	X(0x4404, EXIT_INTERRUPTION_INFO)      \
	X(0x4406, EXIT_INTERRUPTION_ERROR)     \
	X(0x4408, IDT_VECTORING_INFO)          \
	X(0x440a, IDT_VECTORING_ERROR)         \
	X(0x440c, EXIT_INSTRUCTION_LENGTH)     \
	X(0x440e, EXIT_INSTRUCTION_INFO)       \
	X(0x4800, GUEST_ES_LIMIT)              \
	X(0x4802, GUEST_CS_LIMIT)              \
	X(0x4804, GUEST_SS_LIMIT)              \
	X(0x4806, GUEST_DS_LIMIT)              \
	X(0x4808, GUEST_FS_LIMIT)              \
	X(0x480a, GUEST_GS_LIMIT)              \
	X(0x480c, GUEST_LDTR_LIMIT)            \
	X(0x480e, GUEST_TR_LIMIT)              \
	X(0x4810, GUEST_GDTR_LIMIT)            \
	X(0x4812, GUEST_IDTR_LIMIT)            \
	X(0x4814, GUEST_ES_ACCESS)             \
	X(0x4816, GUEST_CS_ACCESS)             \
	X(0x4818, GUEST_SS_ACCESS)             \
	X(0x481a, GUEST_DS_ACCESS)             \
	X(0x481c, GUEST_FS_ACCESS)             \
	X(0x481e, GUEST_GS_ACCESS)             \
	X(0x4820, GUEST_LDTR_ACCESS)           \
	X(0x4822, GUEST_TR_ACCESS)             \
	X(0x4824, GUEST_INTERRUPTIBILITY)      \
	X(0x4826, GUEST_ACTIVITY)              \
	X(0x482a, GUEST_SYSENTER_CS)           \
	X(0x482e, PREEMPTION_TIMER_VALUE)      \
	X(0x4c00, HOST_SYSENTER_CS)            \
	X(0x6000, CR0_MASK)                    \
	X(0x6002, CR4_MASK)                    \
	X(0x6004, CR0_SHADOW)                  \
	X(0x6006, CR4_SHADOW)                  \
	X(0x6400, EXIT_QUALIFICATION)          \
	X(0x640a, GUEST_LINEAR_ADDRESS)        \
	X(0x6800, GUEST_CR0)                   \
	X(0x6802, GUEST_CR3)                   \
	X(0x6804, GUEST_CR4)                   \
	X(0x6806, GUEST_ES_BASE)               \
	X(0x6808, GUEST_CS_BASE)               \
	X(0x680a, GUEST_SS_BASE)               \
	X(0x680c, GUEST_DS_BASE)               \
	X(0x680e, GUEST_FS_BASE)               \
	X(0x6810, GUEST_GS_BASE)               \
	X(0x6812, GUEST_LDTR_BASE)             \
	X(0x6814, GUEST_TR_BASE)               \
	X(0x6816, GUEST_GDTR_BASE)             \
	X(0x6818, GUEST_IDTR_BASE)             \
	X(0x681a, GUEST_DR7)                   \
	X(0x681c, GUEST_RSP)                   \
	X(0x681e, GUEST_RIP)                   \
	X(0x6820, GUEST_RFLAGS)                \
	X(0x6822, GUEST_PENDING_DEBUG)         \
	X(0x6824, GUEST_SYSENTER_ESP)          \
	X(0x6826, GUEST_SYSENTER_EIP)          \
	X(0x6c00, HOST_CR0)                    \
	X(0x6c02, HOST_CR3)                    \
	X(0x6c04, HOST_CR4)                    \
	X(0x6c06, HOST_FS_BASE)                \
	X(0x6c08, HOST_GS_BASE)                \
	X(0x6c0a, HOST_TR_BASE)                \
	X(0x6c0c, HOST_GDTR_BASE)              \
	X(0x6c0e, HOST_IDTR_BASE)              \
	X(0x6c10, HOST_SYSENTER_ESP)           \
	X(0x6c12, HOST_SYSENTER_EIP)           \
	X(0x6c14, HOST_RSP)                    \
	X(0x6c16, HOST_RIP)

#define VMCS_OTHER_FIELDS(X)              \
	X(0x0004, EPTP_INDEX)             \
	X(0x200c, EXECUTIVE_VMCS_POINTER) \
	X(0x202a, VE_INFORMATION_ADDRESS) \
	X(0x2034, PROC3_CTLS)             \
	X(0x4020, PLE_GAP)                \
	X(0x4022, PLE_WINDOW)             \
	X(0x4828, GUEST_SMBASE)           \
	X(0x6008, CR3_TARGET_0)           \
	X(0x600a, CR3_TARGET_1)           \
	X(0x600c, CR3_TARGET_2)           \
	X(0x600e, CR3_TARGET_3)           \
	X(0x6402, IO_RCX)                 \
	X(0x6404, IO_RSI)                 \
	X(0x6406, IO_RDI)                 \
	X(0x6408, IO_RIP)

enum vmcs_field {
#define VMCS_FIELD_ENUM(encoding, id) VMCS_##id = encoding,
	VMCS_FIELDS(VMCS_FIELD_ENUM) VMCS_OTHER_FIELDS(VMCS_FIELD_ENUM)
#undef VMCS_FIELD_ENUM
};

enum vmcs_width {
	VMCS_WIDTH_16,
	VMCS_WIDTH_64,
	VMCS_WIDTH_32,
	VMCS_WIDTH_NATURAL
};
enum vmcs_type {
	VMCS_TYPE_CONTROL,
	VMCS_TYPE_EXIT_INFO,
	VMCS_TYPE_GUEST,
	VMCS_TYPE_HOST
};

static inline enum vmcs_width vmcs_field_width(uint32_t encoding)
{
	return (enum vmcs_width)(encoding >> 13 & 3);
}

static inline enum vmcs_type vmcs_field_type(uint32_t encoding)
{
	return (enum vmcs_type)(encoding >> 10 & 3);
}

/* --- basic exit reasons, appendix C: X(number, id) ---------------------------------------- */

#define VMX_EXIT_REASONS(X)         \
	X(0, EXCEPTION_NMI)         \
	X(1, EXTERNAL_INTERRUPT)    \
	X(2, TRIPLE_FAULT)          \
	X(3, INIT)                  \
	X(4, SIPI)                  \
	X(5, IO_SMI)                \
	X(6, OTHER_SMI)             \
	X(7, INTERRUPT_WINDOW)      \
	X(8, NMI_WINDOW)            \
	X(9, TASK_SWITCH)           \
	X(10, CPUID)                \
	X(11, GETSEC)               \
	X(12, HLT)                  \
	X(13, INVD)                 \
	X(14, INVLPG)               \
	X(15, RDPMC)                \
	X(16, RDTSC)                \
	X(17, RSM)                  \
	X(18, VMCALL)               \
	X(19, VMCLEAR)              \
	X(20, VMLAUNCH)             \
	X(21, VMPTRLD)              \
	X(22, VMPTRST)              \
	X(23, VMREAD)               \
	X(24, VMRESUME)             \
	X(25, VMWRITE)              \
	X(26, VMXOFF)               \
	X(27, VMXON)                \
	X(28, CR_ACCESS)            \
	X(29, MOV_DR)               \
	X(30, IO)                   \
	X(31, RDMSR)                \
	X(32, WRMSR)                \
	X(33, INVALID_GUEST_STATE)  \
	X(34, MSR_LOADING)          \
	X(36, MWAIT)                \
	X(37, MONITOR_TRAP_FLAG)    \
	X(39, MONITOR)              \
	X(40, PAUSE)                \
	X(41, MACHINE_CHECK)        \
	X(43, TPR_BELOW_THRESHOLD)  \
	X(44, APIC_ACCESS)          \
	X(45, VIRTUALIZED_EOI)      \
	X(46, GDTR_IDTR)            \
	X(47, LDTR_TR)              \
	X(48, EPT_VIOLATION)        \
	X(49, EPT_MISCONFIGURATION) \
	X(50, INVEPT)               \
	X(51, RDTSCP)               \
	X(52, PREEMPTION_TIMER)     \
	X(53, INVVPID)              \
	X(54, WBINVD)               \
	X(55, XSETBV)               \
	X(56, APIC_WRITE)           \
	X(57, RDRAND)               \
	X(58, INVPCID)              \
	X(59, VMFUNC)               \
	X(60, ENCLS)                \
	X(61, RDSEED)               \
	X(62, PML_FULL)             \
	X(63, XSAVES)               \
	X(64, XRSTORS)              \
	X(67, UMWAIT)               \
	X(68, TPAUSE)               \
	X(74, BUS_LOCK)             \
	X(75, INSTRUCTION_TIMEOUT)

enum vmx_exit_reason {
#define VMX_EXIT_REASON_ENUM(number, id) VMX_REASON_##id = number,
	VMX_EXIT_REASONS(VMX_EXIT_REASON_ENUM)
#undef VMX_EXIT_REASON_ENUM
	VMX_REASON_COUNT
};

/* The exit-reason field (25.9.1): basic reason in 15:0; bit 31, a failed VM entry. */
#define VMX_REASON_BASIC	0xffffU
#define VMX_REASON_ENTRY_FAILED (1U << 31)

/* --- VM-instruction error numbers, 31.4: X(number, id) ------------------------------------- */

#define VMX_INSTRUCTION_ERRORS(X)       \
	X(1, VMCALL_IN_ROOT)            \
	X(2, VMCLEAR_BAD_ADDRESS)       \
	X(3, VMCLEAR_VMXON_POINTER)     \
	X(4, VMLAUNCH_NOT_CLEAR)        \
	X(5, VMRESUME_NOT_LAUNCHED)     \
	X(6, VMRESUME_AFTER_VMXOFF)     \
	X(7, BAD_CONTROL_FIELD)         \
	X(8, BAD_HOST_STATE)            \
	X(9, VMPTRLD_BAD_ADDRESS)       \
	X(10, VMPTRLD_VMXON_POINTER)    \
	X(11, VMPTRLD_BAD_REVISION)     \
	X(12, UNSUPPORTED_FIELD)        \
	X(13, READ_ONLY_FIELD)          \
	X(15, VMXON_IN_ROOT)            \
	X(16, BAD_EXECUTIVE_POINTER)    \
	X(17, EXECUTIVE_NOT_LAUNCHED)   \
	X(18, EXECUTIVE_NOT_VMXON)      \
	X(19, VMCALL_NOT_CLEAR)         \
	X(20, VMCALL_BAD_EXIT_CTLS)     \
	X(22, VMCALL_BAD_MSEG)          \
	X(23, VMXOFF_DUAL_MONITOR)      \
	X(24, VMCALL_BAD_SMM_FEATURES)  \
	X(25, BAD_EXECUTIVE_CTLS)       \
	X(26, EVENTS_BLOCKED_BY_MOV_SS) \
	X(28, INVEPT_BAD_OPERAND)

enum vmx_instruction_error {
#define VMX_ERROR_ENUM(number, id) VMX_ERROR_##id = number,
	VMX_INSTRUCTION_ERRORS(VMX_ERROR_ENUM)
#undef VMX_ERROR_ENUM
};

/* --- layouts ---------------------------------------------------------------------------- */

/*
 * Interruption information (25.8.3 at entry, 25.9.2 at exit, 25.9.3 IDT vectoring): vector in
 * 7:0, type in 10:8, error code valid in 11, NMI unblocking due to IRET in 12, valid in 31.
 */
#define VMX_INTERRUPTION_VECTOR	     0xffU
#define VMX_INTERRUPTION_TYPE	     (7U << 8)
#define VMX_INTERRUPTION_ERROR_CODE  (1U << 11)
#define VMX_INTERRUPTION_NMI_UNBLOCK (1U << 12)
#define VMX_INTERRUPTION_VALID	     (1U << 31)

enum vmx_event_type {
	VMX_EVENT_EXTERNAL = 0U << 8,
	VMX_EVENT_NMI = 2U << 8,
	VMX_EVENT_EXCEPTION = 3U << 8,
	VMX_EVENT_SOFT_INTERRUPT = 4U << 8,
	VMX_EVENT_PRIVILEGED_EXCEPTION = 5U << 8, /* INT1 */
	VMX_EVENT_SOFT_EXCEPTION = 6U << 8,	  /* INT3, INTO */
	VMX_EVENT_OTHER = 7U << 8,		  /* entry only: pending MTF VM exit */
};

/* Guest interruptibility state, table 25-3. */
#define VMX_BLOCKING_STI    (1U << 0)
#define VMX_BLOCKING_MOV_SS (1U << 1)
#define VMX_BLOCKING_SMI    (1U << 2)
#define VMX_BLOCKING_NMI    (1U << 3)

/* Guest activity state, 25.4.2. */
enum vmx_activity {
	VMX_ACTIVITY_ACTIVE = 0,
	VMX_ACTIVITY_HLT = 1,
	VMX_ACTIVITY_SHUTDOWN = 2,
	VMX_ACTIVITY_WAIT_SIPI = 3,
};

/* Segment access rights, table 25-2: type 3:0, S 4, DPL 6:5, P 7, L 13, D/B 14, G 15. */
#define VMX_ACCESS_S	    (1U << 4)
#define VMX_ACCESS_P	    (1U << 7)
#define VMX_ACCESS_L	    (1U << 13)
#define VMX_ACCESS_DB	    (1U << 14)
#define VMX_ACCESS_G	    (1U << 15)
#define VMX_ACCESS_UNUSABLE (1U << 16)

#define VMX_ACCESS_CODE_64 0xa09bU /* execute/read, accessed, P, L, G */
#define VMX_ACCESS_CODE_32 0xc09bU
#define VMX_ACCESS_CODE_16 0x009bU
#define VMX_ACCESS_DATA	   0xc093U /* read/write, accessed, P, D/B, G */
#define VMX_ACCESS_DATA_16 0x0093U
#define VMX_ACCESS_TSS	   0x008bU /* busy TSS, P */

/* Exit qualification of EPT violations, table 28-7. */
#define VMX_EPT_QUAL_READ	  (1U << 0)
#define VMX_EPT_QUAL_WRITE	  (1U << 1)
#define VMX_EPT_QUAL_FETCH	  (1U << 2)
#define VMX_EPT_QUAL_READABLE	  (1U << 3) /* 5:3: permissions of the EPT entries, ANDed */
#define VMX_EPT_QUAL_WRITABLE	  (1U << 4)
#define VMX_EPT_QUAL_EXECUTABLE	  (1U << 5)
#define VMX_EPT_QUAL_LINEAR_VALID (1U << 7)
#define VMX_EPT_QUAL_TRANSLATED	  (1U << 8) /* clear: an access by the page walk itself */
#define VMX_EPT_QUAL_NMI_UNBLOCK  (1U << 12)

/* Exit qualification of APIC accesses, table 28-6: offset in 11:0, kind in 15:12. */
enum vmx_apic_access {
	VMX_APIC_READ = 0U << 12,
	VMX_APIC_WRITE = 1U << 12,
	VMX_APIC_FETCH = 2U << 12,
	VMX_APIC_DELIVERY = 3U << 12, /* delivery of an event */
};

/* Guest interrupt status, 25.4.2: RVI in 7:0, SVI in 15:8. */
#define VMX_INTERRUPT_STATUS_RVI(s) ((s)&0xffU)
#define VMX_INTERRUPT_STATUS_SVI(s) ((s) >> 8 & 0xffU)

/* Posted-interrupt descriptor, 30.6: 256 requests, then outstanding notification in bit 256. */
struct vmx_posted_interrupts {
	uint32_t pir[8];
	uint32_t control;
	uint32_t reserved[7];
};
#define VMX_POSTED_OUTSTANDING (1U << 0)

/* Exit qualification of control-register accesses, table 28-3. */
#define VMX_CR_QUAL_CR(q)   ((unsigned int)(q)&15U)
#define VMX_CR_QUAL_TYPE(q) ((unsigned int)(q) >> 4 & 3U)
#define VMX_CR_QUAL_GPR(q)  ((unsigned int)(q) >> 8 & 15U)
#define VMX_CR_QUAL_LMSW(q) ((unsigned int)(q) >> 16 & 0xffffU)

enum vmx_cr_access {
	VMX_CR_TO,
	VMX_CR_FROM,
	VMX_CR_CLTS,
	VMX_CR_LMSW,
};

/* Exit qualification of MOV DR, table 28-4: register 2:0, direction 4, GPR 11:8. */
#define VMX_DR_QUAL_FROM   (1U << 4)
#define VMX_DR_QUAL_DR(q)  ((unsigned int)(q)&7U)
#define VMX_DR_QUAL_GPR(q) ((unsigned int)(q) >> 8 & 15U)

/* Exit qualification of I/O instructions, table 28-5. */
#define VMX_IO_QUAL_SIZE      7U /* bytes - 1 */
#define VMX_IO_QUAL_IN	      (1U << 3)
#define VMX_IO_QUAL_STRING    (1U << 4)
#define VMX_IO_QUAL_REP	      (1U << 5)
#define VMX_IO_QUAL_IMMEDIATE (1U << 6)
#define VMX_IO_QUAL_PORT(q)   ((unsigned int)(q) >> 16 & 0xffffU)

/* Exit qualification of #DB and pending debug exceptions: tables 28-1, 25-4. B0 to B3 in 3:0. */
#define VMX_DEBUG_BREAKPOINT  (1U << 12) /* pending only: at least one of B0 to B3 is enabled */
#define VMX_DEBUG_SINGLE_STEP (1U << 14)

/* Exit qualification of a failed entry (27.8): the check that failed. */
enum vmx_entry_failure {
	VMX_ENTRY_FAILURE_OTHER = 0,
	VMX_ENTRY_FAILURE_PDPTE = 2,
	VMX_ENTRY_FAILURE_NMI = 3,
	VMX_ENTRY_FAILURE_LINK_POINTER = 4,
};

/* EPTP (25.6.11). EPT entries are in x86.h. */
#define VMX_EPTP_WB	 6ULL
#define VMX_EPTP_WALK(n) ((uint64_t)((n)-1) << 3)
#define VMX_EPTP_AD	 (1ULL << 6)

/* INVEPT and INVVPID types, SDM Vol. 3 31.3. */
enum vmx_invept_type {
	VMX_INVEPT_SINGLE = 1,
	VMX_INVEPT_ALL = 2
};
enum vmx_invvpid_type {
	VMX_INVVPID_ADDRESS = 0,
	VMX_INVVPID_SINGLE = 1,
	VMX_INVVPID_ALL = 2,
	VMX_INVVPID_SINGLE_GLOBALS = 3,
};

/* VMCS region (25.2): revision in 30:0 of the first word, shadow-VMCS indicator in 31. */
#define VMX_VMCS_SHADOW (1U << 31)

/* An entry of the MSR load and store areas, 25.7.2. */
struct vmx_msr_entry {
	uint32_t index;
	uint32_t reserved;
	uint64_t value;
};

#endif
