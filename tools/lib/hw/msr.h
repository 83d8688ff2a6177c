/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model-specific registers: numbers and fields, in the manuals' spelling.
 *
 * Header only, no libc, plain hexadecimal: used by the tools, by the freestanding L1 and
 * from assembly. Sources: Intel SDM Vol. 4 ("MSRs"), Vol. 3 appendix A (VMX capability
 * registers); AMD APM Vol. 2 appendix A ("MSR Cross-Reference") and section 15.30 ("SVM
 * Related MSRs"). Names of bits for users are in registers.h.
 */
#ifndef NESTCHECK_LIB_HW_MSR_H
#define NESTCHECK_LIB_HW_MSR_H

/* --- architectural (SDM Vol. 4 table 2-2) ---------------------------------------------- */

#define MSR_IA32_TSC		   0x00000010
#define MSR_IA32_PLATFORM_ID	   0x00000017
#define MSR_IA32_APIC_BASE	   0x0000001b
#define MSR_IA32_FEAT_CTL	   0x0000003a /* SDM: IA32_FEATURE_CONTROL */
#define MSR_IA32_TSC_ADJUST	   0x0000003b
#define MSR_IA32_SPEC_CTRL	   0x00000048
#define MSR_IA32_PRED_CMD	   0x00000049
#define MSR_IA32_BIOS_SIGN_ID	   0x0000008b /* AMD: PATCH_LEVEL */
#define MSR_IA32_SMM_MONITOR_CTL   0x0000009b
#define MSR_IA32_SMBASE		   0x0000009e
#define MSR_IA32_CORE_CAPABILITIES 0x000000cf
#define MSR_IA32_MTRRCAP	   0x000000fe
#define MSR_IA32_ARCH_CAPABILITIES 0x0000010a
#define MSR_IA32_FLUSH_CMD	   0x0000010b
#define MSR_IA32_SYSENTER_CS	   0x00000174
#define MSR_IA32_SYSENTER_ESP	   0x00000175
#define MSR_IA32_SYSENTER_EIP	   0x00000176
#define MSR_IA32_MISC_ENABLE	   0x000001a0
#define MSR_IA32_DEBUGCTL	   0x000001d9
#define MSR_IA32_LASTBRANCHFROMIP  0x000001db /* AMD and P6: BR_FROM and so on, APM 13.1.1.6 */
#define MSR_IA32_LASTBRANCHTOIP	   0x000001dc
#define MSR_IA32_LASTINTFROMIP	   0x000001dd
#define MSR_IA32_LASTINTTOIP	   0x000001de
#define MSR_IA32_PAT		   0x00000277
#define MSR_IA32_MTRR_DEF_TYPE	   0x000002ff
#define MSR_IA32_PERF_CAPABILITIES 0x00000345
#define MSR_IA32_PERF_GLOBAL_CTRL  0x0000038f
#define MSR_IA32_RTIT_CTL	   0x00000570
#define MSR_IA32_U_CET		   0x000006a0
#define MSR_IA32_S_CET		   0x000006a2
#define MSR_IA32_TSC_DEADLINE	   0x000006e0
#define MSR_IA32_PKRS		   0x000006e1
#define MSR_IA32_BNDCFGS	   0x00000d90
#define MSR_IA32_XSS		   0x00000da0
#define MSR_IA32_X2APIC_FIRST	   0x00000800
#define MSR_IA32_X2APIC_EOI	   0x0000080b
#define MSR_IA32_X2APIC_ICR	   0x00000830
#define MSR_IA32_X2APIC_LAST	   0x000008ff

/* IA32_APIC_BASE */
#define APIC_BASE_BSP	 (1 << 8)
#define APIC_BASE_EXTD	 (1 << 10) /* x2APIC mode */
#define APIC_BASE_ENABLE (1 << 11)

/* IA32_FEATURE_CONTROL (SDM Vol. 3 section 24.7, "Enabling and Entering VMX Operation") */
#define FEAT_CTL_LOCKED		 (1 << 0)
#define FEAT_CTL_VMX_INSIDE_SMX	 (1 << 1)
#define FEAT_CTL_VMX_OUTSIDE_SMX (1 << 2)

/* IA32_MISC_ENABLE: bit numbers, because XD disable, which removes NX, is in the high half */
#define MISC_ENABLE_XD_DISABLE_BIT  34
#define MISC_ENABLE_LIMIT_CPUID_BIT 22

/* IA32_ARCH_CAPABILITIES: the bits that KVM checks */
#define ARCH_CAP_RDCL_NO	    (1 << 0)
#define ARCH_CAP_SKIP_L1DFL_VMENTRY (1 << 3)
#define ARCH_CAP_MDS_NO		    (1 << 5)
#define ARCH_CAP_IF_PSCHANGE_MC_NO  (1 << 6)

/* --- VMX capability reporting (SDM Vol. 3 appendix A) ---------------------------------- */

#define MSR_IA32_VMX_BASIC		 0x00000480 /* A.1 */
#define MSR_IA32_VMX_PINBASED_CTLS	 0x00000481 /* A.3.1 */
#define MSR_IA32_VMX_PROCBASED_CTLS	 0x00000482 /* A.3.2 */
#define MSR_IA32_VMX_EXIT_CTLS		 0x00000483 /* A.4 */
#define MSR_IA32_VMX_ENTRY_CTLS		 0x00000484 /* A.5 */
#define MSR_IA32_VMX_MISC		 0x00000485 /* A.6 */
#define MSR_IA32_VMX_CR0_FIXED0		 0x00000486 /* A.7 */
#define MSR_IA32_VMX_CR0_FIXED1		 0x00000487
#define MSR_IA32_VMX_CR4_FIXED0		 0x00000488 /* A.8 */
#define MSR_IA32_VMX_CR4_FIXED1		 0x00000489
#define MSR_IA32_VMX_VMCS_ENUM		 0x0000048a /* A.9 */
#define MSR_IA32_VMX_PROCBASED_CTLS2	 0x0000048b /* A.3.3 */
#define MSR_IA32_VMX_EPT_VPID_CAP	 0x0000048c /* A.10 */
#define MSR_IA32_VMX_TRUE_PINBASED_CTLS	 0x0000048d
#define MSR_IA32_VMX_TRUE_PROCBASED_CTLS 0x0000048e
#define MSR_IA32_VMX_TRUE_EXIT_CTLS	 0x0000048f
#define MSR_IA32_VMX_TRUE_ENTRY_CTLS	 0x00000490
#define MSR_IA32_VMX_VMFUNC		 0x00000491 /* A.11 */
#define MSR_IA32_VMX_PROCBASED_CTLS3	 0x00000492 /* A.3.4, 64 bits of allowed-1 */
#define MSR_IA32_VMX_EXIT_CTLS2		 0x00000493 /* A.4.2, 64 bits of allowed-1 */

/*
 * IA32_VMX_BASIC: bits 30:0 the VMCS revision, 44:32 the region's size, 53:50 its memory type (6 =
 * write-back), and these flags, which are bit numbers because they are in the high half.
 */
#define VMX_BASIC_REVISION_MASK	     0x7fffffff
#define VMX_BASIC_SIZE_SHIFT	     32
#define VMX_BASIC_SIZE_MASK	     0x1fff
#define VMX_BASIC_32BIT_PHYS_BIT     48
#define VMX_BASIC_DUAL_MONITOR_BIT   49
#define VMX_BASIC_MEM_TYPE_SHIFT     50
#define VMX_BASIC_MEM_TYPE_MASK	     0xf
#define VMX_BASIC_INOUT_BIT	     54
#define VMX_BASIC_TRUE_CTLS_BIT	     55
/* Any exception may be injected with or without an error code. */
#define VMX_BASIC_ANY_ERROR_CODE_BIT 56

/* IA32_VMX_MISC */
#define VMX_MISC_PREEMPTION_RATE_MASK  0x1f
#define VMX_MISC_ACTIVITY_HLT	       (1 << 6)
#define VMX_MISC_ACTIVITY_SHUTDOWN     (1 << 7)
#define VMX_MISC_ACTIVITY_WAIT_SIPI    (1 << 8)
#define VMX_MISC_VMWRITE_ANY_FIELD     (1 << 29)
#define VMX_MISC_ZERO_LENGTH_INJECTION (1 << 30)

/* --- AMD64 (APM Vol. 2 appendix A) ------------------------------------------------------ */

#define MSR_EFER	     0xc0000080
#define MSR_STAR	     0xc0000081
#define MSR_LSTAR	     0xc0000082
#define MSR_CSTAR	     0xc0000083
#define MSR_SFMASK	     0xc0000084 /* SDM: IA32_FMASK */
#define MSR_FS_BASE	     0xc0000100
#define MSR_GS_BASE	     0xc0000101
#define MSR_KERNEL_GS_BASE   0xc0000102
#define MSR_TSC_AUX	     0xc0000103
#define MSR_TSC_RATIO	     0xc0000104
#define MSR_SYSCFG	     0xc0010010
#define MSR_HWCR	     0xc0010015
#define MSR_VM_CR	     0xc0010114 /* APM Vol. 2 section 15.30.1 */
#define MSR_IGNNE	     0xc0010115
#define MSR_SMM_CTL	     0xc0010116
#define MSR_VM_HSAVE_PA	     0xc0010117 /* 15.30.4 */
#define MSR_SVM_KEY	     0xc0010118
#define MSR_SMM_KEY	     0xc0010119
#define MSR_LOCAL_SMI_STATUS 0xc001011a
#define MSR_DOORBELL	     0xc001011b
#define MSR_GHCB	     0xc0010130
#define MSR_SEV_STATUS	     0xc0010131 /* 15.34.10 */
#define MSR_OSVW_ID_LENGTH   0xc0010140
#define MSR_OSVW_STATUS	     0xc0010141
#define MSR_DE_CFG	     0xc0011029

/* EFER (APM Vol. 2 section 3.1.7; SDM Vol. 3 section 2.2.1) */
#define EFER_SCE   (1 << 0)
#define EFER_LME   (1 << 8)
#define EFER_LMA   (1 << 10)
#define EFER_NXE   (1 << 11)
#define EFER_SVME  (1 << 12)
#define EFER_LMSLE (1 << 13)
#define EFER_FFXSR (1 << 14)

/* VM_CR */
#define VM_CR_DPD      (1 << 0)
#define VM_CR_R_INIT   (1 << 1)
#define VM_CR_DIS_A20M (1 << 2)
#define VM_CR_LOCK     (1 << 3)
#define VM_CR_SVMDIS   (1 << 4)

/* SEV_STATUS */
#define SEV_STATUS_SEV	   (1 << 0)
#define SEV_STATUS_SEV_ES  (1 << 1)
#define SEV_STATUS_SEV_SNP (1 << 2)

#endif
