/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Architectural bits that both vendors share: control registers, RFLAGS, exceptions, page
 * table entries, the x2APIC's registers. SDM Vol. 3 2.5, 4.5, 6.3, 11.12; APM Vol. 2 3.1, 5.3,
 * 8.2, 16.11. MSRs are in msr.h, CPUID in cpuid.h.
 */
#ifndef NESTCHECK_LIB_HW_X86_H
#define NESTCHECK_LIB_HW_X86_H

#define CR0_PE (1ULL << 0)
#define CR0_MP (1ULL << 1)
#define CR0_EM (1ULL << 2)
#define CR0_TS (1ULL << 3)
#define CR0_ET (1ULL << 4)
#define CR0_NE (1ULL << 5)
#define CR0_WP (1ULL << 16)
#define CR0_AM (1ULL << 18)
#define CR0_NW (1ULL << 29)
#define CR0_CD (1ULL << 30)
#define CR0_PG (1ULL << 31)

#define CR4_DE	       (1ULL << 3)
#define CR4_PSE	       (1ULL << 4)
#define CR4_PAE	       (1ULL << 5)
#define CR4_PGE	       (1ULL << 7)
#define CR4_OSFXSR     (1ULL << 9)
#define CR4_OSXMMEXCPT (1ULL << 10)
#define CR4_LA57       (1ULL << 12)
#define CR4_VMXE       (1ULL << 13)
#define CR4_PCIDE      (1ULL << 17)
#define CR4_OSXSAVE    (1ULL << 18)

#define RFLAGS_CF    (1ULL << 0)
#define RFLAGS_FIXED (1ULL << 1) /* always set */
#define RFLAGS_PF    (1ULL << 2)
#define RFLAGS_AF    (1ULL << 4)
#define RFLAGS_ZF    (1ULL << 6)
#define RFLAGS_SF    (1ULL << 7)
#define RFLAGS_TF    (1ULL << 8)
#define RFLAGS_IF    (1ULL << 9)
#define RFLAGS_DF    (1ULL << 10)
#define RFLAGS_OF    (1ULL << 11)
#define RFLAGS_NT    (1ULL << 14)
#define RFLAGS_RF    (1ULL << 16)
#define RFLAGS_AC    (1ULL << 18)

/* After reset; SDM Vol. 3 10.1.1 table 10-1, APM Vol. 2 14.1.3. */
#define DR6_FIXED 0xffff0ff0ULL
#define DR7_FIXED 0x00000400ULL
#define DR6_B0	  (1ULL << 0) /* breakpoint condition 0 */
#define DR6_B3	  (1ULL << 3)
#define DR6_BD	  (1ULL << 13)
#define DR6_BS	  (1ULL << 14)

/* Exception vectors. */
enum x86_vector {
	X86_DE = 0,
	X86_DB = 1,
	X86_NMI = 2,
	X86_BP = 3,
	X86_OF = 4,
	X86_BR = 5,
	X86_UD = 6,
	X86_NM = 7,
	X86_DF = 8,
	X86_TS = 10,
	X86_NP = 11,
	X86_SS = 12,
	X86_GP = 13,
	X86_PF = 14,
	X86_MF = 16,
	X86_AC = 17,
	X86_MC = 18,
	X86_XM = 19,
	X86_FIRST_IRQ = 32,
};

/* Page-fault error code. */
#define PF_P	(1U << 0)
#define PF_W	(1U << 1)
#define PF_U	(1U << 2)
#define PF_RSVD (1U << 3)
#define PF_I	(1U << 4)

/* Page table entries, 4-level; NPT uses the same format (APM Vol. 2 15.25.5). */
#define PTE_P	 (1ULL << 0)
#define PTE_W	 (1ULL << 1)
#define PTE_U	 (1ULL << 2)
#define PTE_PWT	 (1ULL << 3)
#define PTE_PCD	 (1ULL << 4)
#define PTE_A	 (1ULL << 5)
#define PTE_D	 (1ULL << 6)
#define PTE_PS	 (1ULL << 7)
#define PTE_NX	 (1ULL << 63)
#define PTE_ADDR 0x000ffffffffff000ULL

/* EPT entries (SDM Vol. 3 29.3.2, tables 29-1 to 29-7). */
#define EPT_R	       (1ULL << 0)
#define EPT_W	       (1ULL << 1)
#define EPT_X	       (1ULL << 2)
#define EPT_MEMTYPE_UC (0ULL << 3)
#define EPT_MEMTYPE_WB (6ULL << 3)
#define EPT_PS	       (1ULL << 7)
#define EPT_A	       (1ULL << 8)
#define EPT_D	       (1ULL << 9)

#define MSR_IA32_X2APIC_APICID	   0x00000802
#define MSR_IA32_X2APIC_TPR	   0x00000808
#define MSR_IA32_X2APIC_SIVR	   0x0000080f
#define MSR_IA32_X2APIC_ISR0	   0x00000810
#define MSR_IA32_X2APIC_IRR0	   0x00000820
#define MSR_IA32_X2APIC_LVT_TIMER  0x00000832
#define MSR_IA32_X2APIC_INIT_COUNT 0x00000838
#define MSR_IA32_X2APIC_DIV_CONF   0x0000083e
#define MSR_IA32_X2APIC_SELF_IPI   0x0000083f

#define APIC_SIVR_ENABLE (1ULL << 8)

#endif
