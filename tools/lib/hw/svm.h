/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD SVM: the VMCB, intercepts, exit codes and their information words.
 *
 * Freestanding and header only: host tools and L1 share it. Sections are those of the AMD APM Vol.
 * 2 (24593): 15 is SVM, Appendix B the VMCB's layout (B-1 control area, B-2 state save area),
 * Appendix C the intercept exit codes. SVM_EXITS(X) is a list macro of X(code, id), which decoders
 * expand. MSRs are in lib/hw/msr.h, CPUID 0x8000000a in lib/hw/cpuid.h.
 */
#ifndef NESTCHECK_LIB_HW_SVM_H
#define NESTCHECK_LIB_HW_SVM_H

#include <stddef.h>
#include <stdint.h>

/* --- exit codes, Appendix C ------------------------------------------------------------ */

#define SVM_EXITS(X)                  \
	X(0x000, CR0_READ)            \
	X(0x002, CR2_READ)            \
	X(0x003, CR3_READ)            \
	X(0x004, CR4_READ)            \
	X(0x008, CR8_READ)            \
	X(0x010, CR0_WRITE)           \
	X(0x012, CR2_WRITE)           \
	X(0x013, CR3_WRITE)           \
	X(0x014, CR4_WRITE)           \
	X(0x018, CR8_WRITE)           \
	X(0x020, DR0_READ)            \
	X(0x021, DR1_READ)            \
	X(0x022, DR2_READ)            \
	X(0x023, DR3_READ)            \
	X(0x026, DR6_READ)            \
	X(0x027, DR7_READ)            \
	X(0x030, DR0_WRITE)           \
	X(0x031, DR1_WRITE)           \
	X(0x032, DR2_WRITE)           \
	X(0x033, DR3_WRITE)           \
	X(0x036, DR6_WRITE)           \
	X(0x037, DR7_WRITE)           \
	X(0x040, EXCP_DE)             \
	X(0x041, EXCP_DB)             \
	X(0x043, EXCP_BP)             \
	X(0x044, EXCP_OF)             \
	X(0x045, EXCP_BR)             \
	X(0x046, EXCP_UD)             \
	X(0x047, EXCP_NM)             \
	X(0x048, EXCP_DF)             \
	X(0x04a, EXCP_TS)             \
	X(0x04b, EXCP_NP)             \
	X(0x04c, EXCP_SS)             \
	X(0x04d, EXCP_GP)             \
	X(0x04e, EXCP_PF)             \
	X(0x050, EXCP_MF)             \
	X(0x051, EXCP_AC)             \
	X(0x052, EXCP_MC)             \
	X(0x053, EXCP_XF)             \
	X(0x060, INTR)                \
	X(0x061, NMI)                 \
	X(0x062, SMI)                 \
	X(0x063, INIT)                \
	X(0x064, VINTR)               \
	X(0x065, CR0_SEL_WRITE)       \
	X(0x066, IDTR_READ)           \
	X(0x067, GDTR_READ)           \
	X(0x068, LDTR_READ)           \
	X(0x069, TR_READ)             \
	X(0x06a, IDTR_WRITE)          \
	X(0x06b, GDTR_WRITE)          \
	X(0x06c, LDTR_WRITE)          \
	X(0x06d, TR_WRITE)            \
	X(0x06e, RDTSC)               \
	X(0x06f, RDPMC)               \
	X(0x070, PUSHF)               \
	X(0x071, POPF)                \
	X(0x072, CPUID)               \
	X(0x073, RSM)                 \
	X(0x074, IRET)                \
	X(0x075, SWINT)               \
	X(0x076, INVD)                \
	X(0x077, PAUSE)               \
	X(0x078, HLT)                 \
	X(0x079, INVLPG)              \
	X(0x07a, INVLPGA)             \
	X(0x07b, IOIO)                \
	X(0x07c, MSR)                 \
	X(0x07d, TASK_SWITCH)         \
	X(0x07e, FERR_FREEZE)         \
	X(0x07f, SHUTDOWN)            \
	X(0x080, VMRUN)               \
	X(0x081, VMMCALL)             \
	X(0x082, VMLOAD)              \
	X(0x083, VMSAVE)              \
	X(0x084, STGI)                \
	X(0x085, CLGI)                \
	X(0x086, SKINIT)              \
	X(0x087, RDTSCP)              \
	X(0x088, ICEBP)               \
	X(0x089, WBINVD)              \
	X(0x08a, MONITOR)             \
	X(0x08b, MWAIT)               \
	X(0x08c, MWAIT_CONDITIONAL)   \
	X(0x08d, XSETBV)              \
	X(0x08e, RDPRU)               \
	X(0x08f, EFER_WRITE_TRAP)     \
	X(0x0a0, INVLPGB)             \
	X(0x0a1, INVLPGB_ILLEGAL)     \
	X(0x0a2, INVPCID)             \
	X(0x0a3, MCOMMIT)             \
	X(0x0a4, TLBSYNC)             \
	X(0x400, NPF)                 \
	X(0x401, AVIC_INCOMPLETE_IPI) \
	X(0x402, AVIC_NOACCEL)        \
	X(0x403, VMGEXIT)             \
	X(-1, INVALID)

/* SVM_EXIT_CPUID ...; INVALID is -1 in 64 bits: illegal guest state, 15.5.1. */
enum svm_exit {
#define SVM_EXIT_ENUM(code, id) SVM_EXIT_##id = code,
	SVM_EXITS(SVM_EXIT_ENUM)
#undef SVM_EXIT_ENUM
};

#define SVM_EXIT_CR_READ(n)  (0x000 + (n))
#define SVM_EXIT_CR_WRITE(n) (0x010 + (n))
#define SVM_EXIT_DR_READ(n)  (0x020 + (n))
#define SVM_EXIT_DR_WRITE(n) (0x030 + (n))
#define SVM_EXIT_EXCP(n)     (0x040 + (n))

/*
 * The intercept vectors (B-1, 000h to 017h) are one bit string in which an intercept's bit number
 * is its exit code: CR reads are bits 0 to 15 and codes 00h to 0Fh, VMRUN is bit 128 and code 80h.
 * So intercepts use the exits' names.
 */
#define SVM_INTERCEPT_WORD(exit) ((unsigned int)(exit) / 32)
#define SVM_INTERCEPT_BIT(exit)	 (1U << (unsigned int)(exit) % 32)

/* --- the VMCB -------------------------------------------------------------------------- */

struct vmcb_control {
	uint32_t intercepts[6];
	uint8_t reserved_018[0x3c - 0x18];
	uint16_t pause_filter_threshold;
	uint16_t pause_filter_count;
	uint64_t iopm_base_pa;
	uint64_t msrpm_base_pa;
	uint64_t tsc_offset;
	uint32_t guest_asid;
	uint8_t tlb_control;
	uint8_t reserved_05d[3];
	uint64_t vintr;		   /* VMCB_V_* */
	uint64_t interrupt_shadow; /* VMCB_INTERRUPT_SHADOW */
	uint64_t exit_code;
	uint64_t exit_info_1;
	uint64_t exit_info_2;
	uint64_t exit_int_info; /* SVM_EVENT_* */
	uint64_t np_enable;	/* bit 0; SEV above */
	uint64_t avic_apic_bar;
	uint64_t ghcb_pa;
	uint64_t event_inj; /* SVM_EVENT_*; error code in bits 63:32 */
	uint64_t n_cr3;
	uint64_t virt_ext; /* VMCB_LBR_*, VMCB_VLS_ENABLE */
	uint64_t clean;
	uint64_t nrip;
	uint8_t guest_instruction[16];
	uint64_t avic_backing_page;
	uint64_t reserved_0e8;
	uint64_t avic_logical_table;
	uint64_t avic_physical_table;
	uint64_t reserved_100;
	uint64_t vmsa_pa;
	uint8_t reserved_110[0x400 - 0x110];
};

/* attrib: descriptor bits 55:52 and 47:40, packed into 12 bits (15.5.1). */
struct vmcb_segment {
	uint16_t selector;
	uint16_t attrib;
	uint32_t limit;
	uint64_t base;
};

struct vmcb_save {
	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved_0a0[0xcb - 0xa0];
	uint8_t cpl;
	uint8_t reserved_0cc[4];
	uint64_t efer;
	uint8_t reserved_0d8[0x148 - 0xd8];
	uint64_t cr4;
	uint64_t cr3;
	uint64_t cr0;
	uint64_t dr7;
	uint64_t dr6;
	uint64_t rflags;
	uint64_t rip;
	uint8_t reserved_180[0x1d8 - 0x180];
	uint64_t rsp;
	uint64_t s_cet, ssp, isst_addr;
	uint64_t rax;
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t cr2;
	uint8_t reserved_248[0x268 - 0x248];
	uint64_t g_pat;
	uint64_t dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	uint8_t reserved_298[0x2e0 - 0x298];
	uint64_t spec_ctrl;
	uint8_t reserved_2e8[0xc00 - 0x2e8];
};

struct vmcb {
	struct vmcb_control control;
	struct vmcb_save save;
};

#define VMCB_AT(field, offset) \
	_Static_assert(offsetof(struct vmcb, field) == (offset), #field " is misplaced")
VMCB_AT(control.pause_filter_threshold, 0x03c);
VMCB_AT(control.pause_filter_count, 0x03e);
VMCB_AT(control.iopm_base_pa, 0x040);
VMCB_AT(control.msrpm_base_pa, 0x048);
VMCB_AT(control.tsc_offset, 0x050);
VMCB_AT(control.guest_asid, 0x058);
VMCB_AT(control.tlb_control, 0x05c);
VMCB_AT(control.vintr, 0x060);
VMCB_AT(control.interrupt_shadow, 0x068);
VMCB_AT(control.exit_code, 0x070);
VMCB_AT(control.exit_info_1, 0x078);
VMCB_AT(control.exit_info_2, 0x080);
VMCB_AT(control.exit_int_info, 0x088);
VMCB_AT(control.np_enable, 0x090);
VMCB_AT(control.avic_apic_bar, 0x098);
VMCB_AT(control.ghcb_pa, 0x0a0);
VMCB_AT(control.event_inj, 0x0a8);
VMCB_AT(control.n_cr3, 0x0b0);
VMCB_AT(control.virt_ext, 0x0b8);
VMCB_AT(control.clean, 0x0c0);
VMCB_AT(control.nrip, 0x0c8);
VMCB_AT(control.guest_instruction, 0x0d0);
VMCB_AT(control.avic_backing_page, 0x0e0);
VMCB_AT(control.avic_physical_table, 0x0f8);
VMCB_AT(control.vmsa_pa, 0x108);
VMCB_AT(save.es, 0x400 + 0x000);
VMCB_AT(save.tr, 0x400 + 0x090);
VMCB_AT(save.cpl, 0x400 + 0x0cb);
VMCB_AT(save.efer, 0x400 + 0x0d0);
VMCB_AT(save.cr4, 0x400 + 0x148);
VMCB_AT(save.rflags, 0x400 + 0x170);
VMCB_AT(save.rip, 0x400 + 0x178);
VMCB_AT(save.rsp, 0x400 + 0x1d8);
VMCB_AT(save.rax, 0x400 + 0x1f8);
VMCB_AT(save.sysenter_eip, 0x400 + 0x238);
VMCB_AT(save.cr2, 0x400 + 0x240);
VMCB_AT(save.g_pat, 0x400 + 0x268);
VMCB_AT(save.dbgctl, 0x400 + 0x270);
VMCB_AT(save.spec_ctrl, 0x400 + 0x2e0);
_Static_assert(sizeof(struct vmcb) == 0x1000, "the VMCB is a page");

/* TLB_CONTROL, 15.16.1 */
#define VMCB_TLB_NOTHING	  0
#define VMCB_TLB_FLUSH_ALL	  1
#define VMCB_TLB_FLUSH_ASID	  3 /* with FlushByAsid */
#define VMCB_TLB_FLUSH_ASID_LOCAL 7

/* vintr, B-1 060h; 15.21.1, 15.21.4 */
#define VMCB_V_TPR_MASK	    0xffULL
#define VMCB_V_IRQ	    (1ULL << 8)
#define VMCB_V_GIF	    (1ULL << 9)
#define VMCB_V_NMI	    (1ULL << 11)
#define VMCB_V_NMI_MASK	    (1ULL << 12)
#define VMCB_V_PRIO(n)	    ((uint64_t)(n) << 16)
#define VMCB_V_IGN_TPR	    (1ULL << 20)
#define VMCB_V_INTR_MASKING (1ULL << 24)
#define VMCB_V_GIF_ENABLE   (1ULL << 25)
#define VMCB_V_NMI_ENABLE   (1ULL << 26)
#define VMCB_V_VECTOR(n)    ((uint64_t)(n) << 32)

/* 068h */
#define VMCB_INTERRUPT_SHADOW (1ULL << 0)

#define VMCB_NP_ENABLE	(1ULL << 0)
#define VMCB_LBR_ENABLE (1ULL << 0)
#define VMCB_VLS_ENABLE (1ULL << 1)

/* Clean bits, 15.15.3 */
#define VMCB_CLEAN_CR  (1ULL << 5)
#define VMCB_CLEAN_DR  (1ULL << 6)
#define VMCB_CLEAN_DT  (1ULL << 7)
#define VMCB_CLEAN_SEG (1ULL << 8)
#define VMCB_CLEAN_ALL 0x7ffULL /* I to LBR: bits 0 to 10 */

/* EVENTINJ and EXITINTINFO, 15.20 */
#define SVM_EVENT_VECTOR_MASK 0xffULL
#define SVM_EVENT_TYPE_MASK   (7ULL << 8)
#define SVM_EVENT_INTR	      (0ULL << 8)
#define SVM_EVENT_NMI	      (2ULL << 8)
#define SVM_EVENT_EXCEPTION   (3ULL << 8)
#define SVM_EVENT_SOFT	      (4ULL << 8)
#define SVM_EVENT_ERROR_VALID (1ULL << 11)
#define SVM_EVENT_VALID	      (1ULL << 31)
#define SVM_EVENT_ERROR(code) ((uint64_t)(code) << 32)

/* EXITINFO1 of an IOIO exit, 15.10.2; the port is in bits 31:16 */
#define SVM_IOIO_IN	 (1ULL << 0)
#define SVM_IOIO_STR	 (1ULL << 2)
#define SVM_IOIO_REP	 (1ULL << 3)
#define SVM_IOIO_SZ8	 (1ULL << 4)
#define SVM_IOIO_SZ16	 (1ULL << 5)
#define SVM_IOIO_SZ32	 (1ULL << 6)
#define SVM_IOIO_A64	 (1ULL << 9)
#define SVM_IOIO_PORT(p) ((uint64_t)(p) << 16)

/* EXITINFO1 of an NPF exit, 15.25.6: a page-fault error code (PF_*, x86.h) and these. */
#define SVM_NPF_FINAL	   (1ULL << 32) /* the guest's final physical address */
#define SVM_NPF_GUEST_WALK (1ULL << 33) /* the guest's page tables */

/* Permission maps, 15.10.1 and 15.11 */
#define SVM_IOPM_SIZE  0x3000
#define SVM_MSRPM_SIZE 0x2000

#endif
