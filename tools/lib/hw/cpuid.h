/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID leaves and the feature bits that this project uses.
 *
 * Header only, no libc: used by the tools and by the freestanding L1. Sources: SDM Vol. 2
 * "CPUID"; APM Vol. 3 appendix E; the hypervisor range is a convention of VMware, KVM,
 * Xen and Hyper-V (Hyper-V TLFS section 2). Bits are written as masks of their register.
 */
#ifndef NESTCHECK_LIB_HW_CPUID_H
#define NESTCHECK_LIB_HW_CPUID_H

/* The four ranges; EAX of each one's first leaf is its highest leaf. */
#define CPUID_BASIC	 0x00000000
#define CPUID_HYPERVISOR 0x40000000
#define CPUID_EXTENDED	 0x80000000
#define CPUID_CENTAUR	 0xc0000000

#define CPUID_FEATURES	      0x00000001
#define CPUID_CACHE	      0x00000004
#define CPUID_MWAIT	      0x00000005
#define CPUID_THERMAL	      0x00000006
#define CPUID_STRUCTURED      0x00000007
#define CPUID_PERFMON	      0x0000000a
#define CPUID_TOPOLOGY	      0x0000000b
#define CPUID_XSTATE	      0x0000000d
#define CPUID_TSC	      0x00000015
#define CPUID_RDT_MONITORING  0x0000000f
#define CPUID_RDT_ALLOCATION  0x00000010
#define CPUID_SGX	      0x00000012
#define CPUID_PROCESSOR_TRACE 0x00000014
#define CPUID_SOC_VENDOR      0x00000017
#define CPUID_TLB	      0x00000018
#define CPUID_HYBRID	      0x0000001a
#define CPUID_PCONFIG	      0x0000001b
#define CPUID_LBR	      0x0000001c
#define CPUID_TILE	      0x0000001d
#define CPUID_TMUL	      0x0000001e
#define CPUID_TOPOLOGY2	      0x0000001f
#define CPUID_HRESET	      0x00000020
#define CPUID_TDX	      0x00000021
#define CPUID_PERFMON2	      0x00000023
#define CPUID_AVX10	      0x00000024

#define CPUID_HV_FEATURES	 0x40000001
#define CPUID_HV_RECOMMENDATIONS 0x40000004 /* Hyper-V: EAX[14] enlightened VMCS */
#define CPUID_HV_NESTED		 0x4000000a

#define CPUID_EXT_FEATURES  0x80000001
#define CPUID_BRAND_FIRST   0x80000002
#define CPUID_BRAND_LAST    0x80000004
#define CPUID_EXT_POWER	    0x80000007
#define CPUID_EXT_SIZES	    0x80000008
#define CPUID_SVM	    0x8000000a
#define CPUID_EXT_CACHE	    0x8000001d
#define CPUID_EXT_TOPOLOGY  0x8000001e
#define CPUID_SEV	    0x8000001f
#define CPUID_QOS	    0x80000020
#define CPUID_EXT_FEATURES2 0x80000021
#define CPUID_EXT_TOPOLOGY2 0x80000026

/* Leaf 1 */
#define CPUID_1_ECX_VMX		 (1u << 5)
#define CPUID_1_ECX_SMX		 (1u << 6)
#define CPUID_1_ECX_PDCM	 (1u << 15)
#define CPUID_1_ECX_PCID	 (1u << 17)
#define CPUID_1_ECX_X2APIC	 (1u << 21)
#define CPUID_1_ECX_TSC_DEADLINE (1u << 24)
#define CPUID_1_ECX_XSAVE	 (1u << 26)
#define CPUID_1_ECX_OSXSAVE	 (1u << 27)
#define CPUID_1_ECX_HYPERVISOR	 (1u << 31)
#define CPUID_1_EDX_FPU		 (1u << 0)
#define CPUID_1_EDX_MSR		 (1u << 5)
#define CPUID_1_EDX_MTRR	 (1u << 12)
#define CPUID_1_EDX_PAT		 (1u << 16)
#define CPUID_1_EDX_FXSR	 (1u << 24)

/* Leaf 7, subleaf 0 */
#define CPUID_7_EBX_TSC_ADJUST	      (1u << 1)
#define CPUID_7_EBX_SGX		      (1u << 2)
#define CPUID_7_EBX_INVPCID	      (1u << 10)
#define CPUID_7_ECX_LA57	      (1u << 16)
#define CPUID_7_EDX_HYBRID	      (1u << 15)
#define CPUID_7_EDX_ARCH_CAPABILITIES (1u << 29)
#define CPUID_7_EDX_CORE_CAPABILITIES (1u << 30)

/* Leaf 0x80000001 */
#define CPUID_EXT_ECX_SVM     (1u << 2)
#define CPUID_EXT_ECX_SKINIT  (1u << 12)
#define CPUID_EXT_ECX_TOPOEXT (1u << 22)
#define CPUID_EXT_EDX_NX      (1u << 20)
#define CPUID_EXT_EDX_PAGE1GB (1u << 26)
#define CPUID_EXT_EDX_RDTSCP  (1u << 27)
#define CPUID_EXT_EDX_LM      (1u << 29)

/* Leaf 0x8000000a EDX (APM Vol. 3 appendix E.4.9, "SVM Features") */
#define CPUID_SVM_EDX_NPT	      (1u << 0)
#define CPUID_SVM_EDX_LBRV	      (1u << 1)
#define CPUID_SVM_EDX_SVML	      (1u << 2)
#define CPUID_SVM_EDX_NRIPS	      (1u << 3)
#define CPUID_SVM_EDX_TSC_RATE	      (1u << 4)
#define CPUID_SVM_EDX_VMCB_CLEAN      (1u << 5)
#define CPUID_SVM_EDX_FLUSH_BY_ASID   (1u << 6)
#define CPUID_SVM_EDX_DECODE_ASSISTS  (1u << 7)
#define CPUID_SVM_EDX_PAUSE_FILTER    (1u << 10)
#define CPUID_SVM_EDX_PAUSE_THRESHOLD (1u << 12)
#define CPUID_SVM_EDX_AVIC	      (1u << 13)
#define CPUID_SVM_EDX_VLS	      (1u << 15)
#define CPUID_SVM_EDX_VGIF	      (1u << 16)
#define CPUID_SVM_EDX_X2AVIC	      (1u << 18)
#define CPUID_SVM_EDX_SPEC_CTRL	      (1u << 20)
#define CPUID_SVM_EDX_VNMI	      (1u << 25)
#define CPUID_SVM_EDX_IDLE_HLT	      (1u << 30)

/* Leaf 0x8000001f EAX */
#define CPUID_SEV_EAX_SME    (1u << 0)
#define CPUID_SEV_EAX_SEV    (1u << 1)
#define CPUID_SEV_EAX_SEV_ES (1u << 3)

#endif
