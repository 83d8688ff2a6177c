// SPDX-License-Identifier: GPL-2.0-only
/* The table of registers and their bits; registers_find.c has the look-ups. */
#include "lib/hw/registers.h"

#include "lib/hw/msr.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define FLAG(b, n)                      \
	{                               \
		.bit = (b), .name = (n) \
	}
#define NUMBER(b, w, n)                               \
	{                                             \
		.bit = (b), .width = (w), .name = (n) \
	}
#define CODE(b, w, n, v)                                                               \
	{                                                                              \
		.bit = (b), .width = (w), .name = (n), .values = (v), .n_values = N(v) \
	}
#define REGISTER(i, n, a, w, k, f)                                                                \
	{                                                                                         \
		.index = (i), .name = (n), .alias = (a), .what = (w), .kind = (k), .fields = (f), \
		.n_fields = N(f)                                                                  \
	}

/* SDM Vol. 3 table 12-10, "Memory Types That Can Be Encoded With PAT" */
static const char *const memory_types[] = {
	"UC", "WC", "reserved", "reserved", "WT", "WP", "WB", "UC-",
};

/* --- architectural ----------------------------------------------------------------------- */

static const struct register_field apic_base[] = {
	FLAG(8, "BSP: this is the bootstrap processor"),
	FLAG(10, "EXTD: x2APIC mode"),
	FLAG(11, "EN: APIC global enable"),
	NUMBER(12, 40, "APIC base (page number)"),
};

static const struct register_field feat_ctl[] = {
	FLAG(0, "lock"),
	FLAG(1, "enable VMX inside SMX operation"),
	FLAG(2, "enable VMX outside SMX operation"),
	NUMBER(8, 7, "SENTER local function enables"),
	FLAG(15, "SENTER global enable"),
	FLAG(17, "SGX launch control enable"),
	FLAG(18, "SGX global enable"),
	FLAG(20, "LMCE on"),
};

static const struct register_field bios_sign_id[] = {
	NUMBER(0, 32, "patch level (AMD)"),
	NUMBER(32, 32, "microcode update signature (Intel)"),
};

/* SDM Vol. 4 table 2-2 */
static const struct register_field arch_capabilities[] = {
	FLAG(0, "RDCL_NO: no Meltdown, no L1TF"),
	FLAG(1, "IBRS_ALL: enhanced IBRS"),
	FLAG(2, "RSBA: RET may use other predictors"),
	FLAG(3, "SKIP_L1DFL_VMENTRY: no L1D flush at VM entry"),
	FLAG(4, "SSB_NO"),
	FLAG(5, "MDS_NO"),
	FLAG(6, "IF_PSCHANGE_MC_NO: no iTLB multihit"),
	FLAG(7, "TSX_CTRL"),
	FLAG(8, "TAA_NO"),
	FLAG(9, "MCU_CONTROL"),
	FLAG(10, "MISC_PACKAGE_CTLS"),
	FLAG(11, "ENERGY_FILTERING_CTL"),
	FLAG(12, "DOITM"),
	FLAG(13, "SBDR_SSDP_NO"),
	FLAG(14, "FBSDP_NO"),
	FLAG(15, "PSDP_NO"),
	FLAG(17, "FB_CLEAR: VERW clears fill buffers"),
	FLAG(18, "FB_CLEAR_CTRL"),
	FLAG(19, "RRSBA"),
	FLAG(20, "BHI_NO"),
	FLAG(21, "XAPIC_DISABLE_STATUS"),
	FLAG(23, "OVERCLOCKING_STATUS"),
	FLAG(24, "PBRSB_NO"),
	FLAG(25, "GDS_CTRL"),
	FLAG(26, "GDS_NO"),
	FLAG(27, "RFDS_NO"),
	FLAG(28, "RFDS_CLEAR"),
	FLAG(62, "ITS_NO"),
};

static const struct register_field misc_enable[] = {
	FLAG(0, "fast-strings enable"),
	FLAG(3, "automatic thermal control circuit enable"),
	FLAG(7, "performance monitoring available"),
	FLAG(11, "BTS unavailable"),
	FLAG(12, "PEBS unavailable"),
	FLAG(16, "enhanced SpeedStep enable"),
	FLAG(18, "MONITOR FSM enable"),
	FLAG(22, "limit CPUID maxval"),
	FLAG(23, "xTPR message disable"),
	FLAG(34, "XD bit disable"),
	FLAG(38, "turbo mode disable"),
};

static const struct register_field pat[] = {
	CODE(0, 3, "PA0", memory_types),  CODE(8, 3, "PA1", memory_types),
	CODE(16, 3, "PA2", memory_types), CODE(24, 3, "PA3", memory_types),
	CODE(32, 3, "PA4", memory_types), CODE(40, 3, "PA5", memory_types),
	CODE(48, 3, "PA6", memory_types), CODE(56, 3, "PA7", memory_types),
};

/* --- VMX capabilities (SDM Vol. 3 appendix A) -------------------------------------------- */

static const struct register_field vmx_basic[] = {
	NUMBER(0, 31, "VMCS revision identifier"),
	NUMBER(32, 13, "VMXON and VMCS region size, bytes"),
	FLAG(48, "physical addresses limited to 32 bits"),
	FLAG(49, "dual-monitor treatment of SMI and SMM"),
	CODE(50, 4, "VMCS memory type", memory_types),
	FLAG(54, "INS and OUTS information in VM exits"),
	FLAG(55, "TRUE control registers (0x48d to 0x490)"),
	FLAG(56, "exceptions may be injected with or without error code"),
	FLAG(58, "nested exceptions (FRED)"),
};

/* SDM Vol. 3 table "Definitions of Pin-Based VM-Execution Controls" */
static const struct register_field pin_based[] = {
	FLAG(0, "external-interrupt exiting"),
	FLAG(3, "NMI exiting"),
	FLAG(5, "virtual NMIs"),
	FLAG(6, "activate VMX-preemption timer"),
	FLAG(7, "process posted interrupts"),
};

static const struct register_field primary_processor_based[] = {
	FLAG(2, "interrupt-window exiting"),
	FLAG(3, "use TSC offsetting"),
	FLAG(7, "HLT exiting"),
	FLAG(9, "INVLPG exiting"),
	FLAG(10, "MWAIT exiting"),
	FLAG(11, "RDPMC exiting"),
	FLAG(12, "RDTSC exiting"),
	FLAG(15, "CR3-load exiting"),
	FLAG(16, "CR3-store exiting"),
	FLAG(17, "activate tertiary controls"),
	FLAG(19, "CR8-load exiting"),
	FLAG(20, "CR8-store exiting"),
	FLAG(21, "use TPR shadow"),
	FLAG(22, "NMI-window exiting"),
	FLAG(23, "MOV-DR exiting"),
	FLAG(24, "unconditional I/O exiting"),
	FLAG(25, "use I/O bitmaps"),
	FLAG(27, "monitor trap flag"),
	FLAG(28, "use MSR bitmaps"),
	FLAG(29, "MONITOR exiting"),
	FLAG(30, "PAUSE exiting"),
	FLAG(31, "activate secondary controls"),
};

static const struct register_field secondary_processor_based[] = {
	FLAG(0, "virtualize APIC accesses"),
	FLAG(1, "enable EPT"),
	FLAG(2, "descriptor-table exiting"),
	FLAG(3, "enable RDTSCP"),
	FLAG(4, "virtualize x2APIC mode"),
	FLAG(5, "enable VPID"),
	FLAG(6, "WBINVD exiting"),
	FLAG(7, "unrestricted guest"),
	FLAG(8, "APIC-register virtualization"),
	FLAG(9, "virtual-interrupt delivery"),
	FLAG(10, "PAUSE-loop exiting"),
	FLAG(11, "RDRAND exiting"),
	FLAG(12, "enable INVPCID"),
	FLAG(13, "enable VM functions"),
	FLAG(14, "VMCS shadowing"),
	FLAG(15, "enable ENCLS exiting"),
	FLAG(16, "RDSEED exiting"),
	FLAG(17, "enable PML"),
	FLAG(18, "EPT-violation #VE"),
	FLAG(19, "conceal VMX from PT"),
	FLAG(20, "enable XSAVES/XRSTORS"),
	FLAG(21, "PASID translation"),
	FLAG(22, "mode-based execute control for EPT"),
	FLAG(23, "sub-page write permissions for EPT"),
	FLAG(24, "Intel PT uses guest physical addresses"),
	FLAG(25, "use TSC scaling"),
	FLAG(26, "enable user wait and pause"),
	FLAG(27, "enable PCONFIG"),
	FLAG(28, "enable ENCLV exiting"),
	FLAG(30, "VMM bus-lock detection"),
	FLAG(31, "instruction timeout (notify VM exit)"),
};

static const struct register_field tertiary_processor_based[] = {
	FLAG(0, "LOADIWKEY exiting"),	      FLAG(1, "enable HLAT"),
	FLAG(2, "EPT paging-write control"),  FLAG(3, "guest-paging verification"),
	FLAG(4, "IPI virtualization"),	      FLAG(6, "enable MSR-list instructions"),
	FLAG(7, "virtualize IA32_SPEC_CTRL"),
};

static const struct register_field primary_exit[] = {
	FLAG(2, "save debug controls"),
	FLAG(9, "host address-space size"),
	FLAG(12, "load IA32_PERF_GLOBAL_CTRL"),
	FLAG(15, "acknowledge interrupt on exit"),
	FLAG(18, "save IA32_PAT"),
	FLAG(19, "load IA32_PAT"),
	FLAG(20, "save IA32_EFER"),
	FLAG(21, "load IA32_EFER"),
	FLAG(22, "save VMX-preemption timer value"),
	FLAG(23, "clear IA32_BNDCFGS"),
	FLAG(24, "conceal VMX from PT"),
	FLAG(25, "clear IA32_RTIT_CTL"),
	FLAG(26, "clear IA32_LBR_CTL"),
	FLAG(27, "clear UINV"),
	FLAG(28, "load CET state"),
	FLAG(29, "load PKRS"),
	FLAG(30, "save IA32_PERF_GLOBAL_CTRL"),
	FLAG(31, "activate secondary controls"),
};

static const struct register_field secondary_exit[] = {
	FLAG(0, "save FRED"),
	FLAG(1, "load FRED"),
	FLAG(3, "prematurely busy shadow stack"),
};

static const struct register_field entry[] = {
	FLAG(2, "load debug controls"),
	FLAG(9, "IA-32e mode guest"),
	FLAG(10, "entry to SMM"),
	FLAG(11, "deactivate dual-monitor treatment"),
	FLAG(13, "load IA32_PERF_GLOBAL_CTRL"),
	FLAG(14, "load IA32_PAT"),
	FLAG(15, "load IA32_EFER"),
	FLAG(16, "load IA32_BNDCFGS"),
	FLAG(17, "conceal VMX from PT"),
	FLAG(18, "load IA32_RTIT_CTL"),
	FLAG(19, "load UINV"),
	FLAG(20, "load CET state"),
	FLAG(21, "load guest IA32_LBR_CTL"),
	FLAG(22, "load PKRS"),
	FLAG(23, "load FRED"),
};

static const struct register_field vmx_misc[] = {
	NUMBER(0, 5, "preemption timer counts at TSC bit"),
	FLAG(5, "VM exits store EFER.LMA into IA-32e mode guest"),
	FLAG(6, "activity state HLT"),
	FLAG(7, "activity state shutdown"),
	FLAG(8, "activity state wait-for-SIPI"),
	FLAG(14, "Intel PT can be used in VMX operation"),
	FLAG(15, "RDMSR of IA32_SMBASE in SMM"),
	NUMBER(16, 9, "CR3-target values"),
	NUMBER(25, 3, "recommended MSR-list maximum, 512 * (N + 1), N"),
	FLAG(28, "IA32_SMM_MONITOR_CTL bit 2 can be set"),
	FLAG(29, "VMWRITE to any supported VMCS field"),
	FLAG(30, "injection with instruction length 0"),
	NUMBER(32, 32, "MSEG revision identifier"),
};

static const struct register_field cr0[] = {
	FLAG(0, "PE"),	FLAG(1, "MP"),	FLAG(2, "EM"),	FLAG(3, "TS"),
	FLAG(4, "ET"),	FLAG(5, "NE"),	FLAG(16, "WP"), FLAG(18, "AM"),
	FLAG(29, "NW"), FLAG(30, "CD"), FLAG(31, "PG"),
};

static const struct register_field cr4[] = {
	FLAG(0, "VME"),	   FLAG(1, "PVI"),	FLAG(2, "TSD"),		FLAG(3, "DE"),
	FLAG(4, "PSE"),	   FLAG(5, "PAE"),	FLAG(6, "MCE"),		FLAG(7, "PGE"),
	FLAG(8, "PCE"),	   FLAG(9, "OSFXSR"),	FLAG(10, "OSXMMEXCPT"), FLAG(11, "UMIP"),
	FLAG(12, "LA57"),  FLAG(13, "VMXE"),	FLAG(14, "SMXE"),	FLAG(16, "FSGSBASE"),
	FLAG(17, "PCIDE"), FLAG(18, "OSXSAVE"), FLAG(19, "KL"),		FLAG(20, "SMEP"),
	FLAG(21, "SMAP"),  FLAG(22, "PKE"),	FLAG(23, "CET"),	FLAG(24, "PKS"),
	FLAG(25, "UINTR"), FLAG(27, "LASS"),	FLAG(28, "LAM_SUP"),	FLAG(32, "FRED"),
};

static const struct register_field vmcs_enum[] = {
	NUMBER(1, 9, "highest index of any VMCS field"),
};

static const struct register_field ept_vpid_cap[] = {
	FLAG(0, "execute-only translations"),
	FLAG(6, "page-walk length 4"),
	FLAG(7, "page-walk length 5"),
	FLAG(8, "EPT paging structures may be UC"),
	FLAG(14, "EPT paging structures may be WB"),
	FLAG(16, "2-MByte pages"),
	FLAG(17, "1-GByte pages"),
	FLAG(20, "INVEPT"),
	FLAG(21, "accessed and dirty flags for EPT"),
	FLAG(22, "advanced VM-exit information for EPT violations"),
	FLAG(23, "supervisor shadow-stack control"),
	FLAG(25, "single-context INVEPT"),
	FLAG(26, "all-context INVEPT"),
	FLAG(32, "INVVPID"),
	FLAG(40, "individual-address INVVPID"),
	FLAG(41, "single-context INVVPID"),
	FLAG(42, "all-context INVVPID"),
	FLAG(43, "single-context-retaining-globals INVVPID"),
	NUMBER(48, 6, "HLAT prefix size"),
};

static const struct register_field vmfunc[] = {
	FLAG(0, "EPTP switching"),
};

/* --- AMD64 -------------------------------------------------------------------------------- */

static const struct register_field efer[] = {
	FLAG(0, "SCE: system call extensions"),
	FLAG(8, "LME: long mode enable"),
	FLAG(10, "LMA: long mode active"),
	FLAG(11, "NXE: no-execute enable"),
	FLAG(12, "SVME: secure virtual machine enable"),
	FLAG(13, "LMSLE: long mode segment limit enable"),
	FLAG(14, "FFXSR: fast FXSAVE/FXRSTOR"),
	FLAG(15, "TCE: translation cache extension"),
	FLAG(17, "MCOMMIT"),
	FLAG(18, "INTWB: interruptible WBINVD"),
	FLAG(20, "UAIE: upper address ignore"),
	FLAG(21, "AIBRSE: automatic IBRS"),
};

static const struct register_field tsc_ratio[] = {
	NUMBER(0, 32, "fraction, of 2^32"),
	NUMBER(32, 8, "integer part"),
};

static const struct register_field syscfg[] = {
	FLAG(18, "MtrrFixDramEn"),	  FLAG(19, "MtrrFixDramModEn"),
	FLAG(20, "MtrrVarDramEn"),	  FLAG(21, "MtrrTom2En"),
	FLAG(22, "Tom2ForceMemTypeWB"),	  FLAG(23, "MemEncryptionModEn"),
	FLAG(24, "SecureNestedPagingEn"), FLAG(25, "VMPLEn"),
};

static const struct register_field vm_cr[] = {
	FLAG(0, "DPD: debug port disable"),	  FLAG(1, "R_INIT: INIT is redirected"),
	FLAG(2, "DIS_A20M: A20 masking disable"), FLAG(3, "LOCK: SVMDIS cannot be written"),
	FLAG(4, "SVMDIS: SVM disabled"),
};

static const struct register_field vm_hsave_pa[] = {
	NUMBER(12, 40, "host save area (page number)"),
};

static const struct register_field sev_status[] = {
	FLAG(0, "SEV enabled: this is an encrypted guest"),
	FLAG(1, "SEV-ES enabled"),
	FLAG(2, "SEV-SNP enabled"),
	FLAG(3, "virtual top of memory"),
	FLAG(4, "reflect #VC"),
	FLAG(5, "restricted injection"),
	FLAG(6, "alternate injection"),
	FLAG(7, "debug virtualization"),
};

const struct register_info registers[] = {
	REGISTER(MSR_IA32_APIC_BASE, "IA32_APIC_BASE", "APIC_BAR", "local APIC location and mode",
		 REGISTER_FIELDS, apic_base),
	REGISTER(MSR_IA32_FEAT_CTL, "IA32_FEATURE_CONTROL", "IA32_FEAT_CTL",
		 "firmware's lock and enable bits for VMX", REGISTER_FIELDS, feat_ctl),
	REGISTER(MSR_IA32_BIOS_SIGN_ID, "IA32_BIOS_SIGN_ID", "PATCH_LEVEL", "microcode revision",
		 REGISTER_FIELDS, bios_sign_id),
	REGISTER(MSR_IA32_ARCH_CAPABILITIES, "IA32_ARCH_CAPABILITIES", "ARCH_CAP",
		 "vulnerabilities that the CPU does not have", REGISTER_FIELDS, arch_capabilities),
	REGISTER(MSR_IA32_MISC_ENABLE, "IA32_MISC_ENABLE", NULL, "miscellaneous processor features",
		 REGISTER_FIELDS, misc_enable),
	REGISTER(MSR_IA32_PAT, "IA32_PAT", "IA32_CR_PAT", "page attribute table", REGISTER_FIELDS,
		 pat),
	REGISTER(MSR_IA32_VMX_BASIC, "IA32_VMX_BASIC", NULL, "basic VMX information",
		 REGISTER_FIELDS, vmx_basic),
	REGISTER(MSR_IA32_VMX_PINBASED_CTLS, "IA32_VMX_PINBASED_CTLS", NULL,
		 "pin-based VM-execution controls", REGISTER_CONTROLS, pin_based),
	REGISTER(MSR_IA32_VMX_PROCBASED_CTLS, "IA32_VMX_PROCBASED_CTLS", NULL,
		 "primary processor-based controls", REGISTER_CONTROLS, primary_processor_based),
	REGISTER(MSR_IA32_VMX_EXIT_CTLS, "IA32_VMX_EXIT_CTLS", NULL, "primary VM-exit controls",
		 REGISTER_CONTROLS, primary_exit),
	REGISTER(MSR_IA32_VMX_ENTRY_CTLS, "IA32_VMX_ENTRY_CTLS", NULL, "VM-entry controls",
		 REGISTER_CONTROLS, entry),
	REGISTER(MSR_IA32_VMX_MISC, "IA32_VMX_MISC", NULL, "miscellaneous VMX data",
		 REGISTER_FIELDS, vmx_misc),
	REGISTER(MSR_IA32_VMX_CR0_FIXED0, "IA32_VMX_CR0_FIXED0", NULL,
		 "CR0 bits that must be 1 in VMX operation", REGISTER_FIXED0, cr0),
	REGISTER(MSR_IA32_VMX_CR0_FIXED1, "IA32_VMX_CR0_FIXED1", NULL,
		 "CR0 bits that may be 1 in VMX operation", REGISTER_FIXED1, cr0),
	REGISTER(MSR_IA32_VMX_CR4_FIXED0, "IA32_VMX_CR4_FIXED0", NULL,
		 "CR4 bits that must be 1 in VMX operation", REGISTER_FIXED0, cr4),
	REGISTER(MSR_IA32_VMX_CR4_FIXED1, "IA32_VMX_CR4_FIXED1", NULL,
		 "CR4 bits that may be 1 in VMX operation", REGISTER_FIXED1, cr4),
	REGISTER(MSR_IA32_VMX_VMCS_ENUM, "IA32_VMX_VMCS_ENUM", NULL, "VMCS enumeration",
		 REGISTER_FIELDS, vmcs_enum),
	REGISTER(MSR_IA32_VMX_PROCBASED_CTLS2, "IA32_VMX_PROCBASED_CTLS2", NULL,
		 "secondary processor-based controls", REGISTER_CONTROLS,
		 secondary_processor_based),
	REGISTER(MSR_IA32_VMX_EPT_VPID_CAP, "IA32_VMX_EPT_VPID_CAP", NULL,
		 "EPT and VPID capabilities", REGISTER_FIELDS, ept_vpid_cap),
	REGISTER(MSR_IA32_VMX_TRUE_PINBASED_CTLS, "IA32_VMX_TRUE_PINBASED_CTLS", NULL,
		 "pin-based controls, exact", REGISTER_CONTROLS, pin_based),
	REGISTER(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, "IA32_VMX_TRUE_PROCBASED_CTLS", NULL,
		 "primary processor-based controls, exact", REGISTER_CONTROLS,
		 primary_processor_based),
	REGISTER(MSR_IA32_VMX_TRUE_EXIT_CTLS, "IA32_VMX_TRUE_EXIT_CTLS", NULL,
		 "primary VM-exit controls, exact", REGISTER_CONTROLS, primary_exit),
	REGISTER(MSR_IA32_VMX_TRUE_ENTRY_CTLS, "IA32_VMX_TRUE_ENTRY_CTLS", NULL,
		 "VM-entry controls, exact", REGISTER_CONTROLS, entry),
	REGISTER(MSR_IA32_VMX_VMFUNC, "IA32_VMX_VMFUNC", NULL, "VM functions", REGISTER_ALLOWED1,
		 vmfunc),
	REGISTER(MSR_IA32_VMX_PROCBASED_CTLS3, "IA32_VMX_PROCBASED_CTLS3", NULL,
		 "tertiary processor-based controls", REGISTER_ALLOWED1, tertiary_processor_based),
	REGISTER(MSR_IA32_VMX_EXIT_CTLS2, "IA32_VMX_EXIT_CTLS2", NULL, "secondary VM-exit controls",
		 REGISTER_ALLOWED1, secondary_exit),
	REGISTER(MSR_EFER, "EFER", "IA32_EFER", "extended feature enables", REGISTER_FIELDS, efer),
	REGISTER(MSR_TSC_RATIO, "TSC_RATIO", "AMD64_TSC_RATIO", "guest TSC frequency ratio",
		 REGISTER_FIELDS, tsc_ratio),
	REGISTER(MSR_SYSCFG, "SYSCFG", "AMD64_SYSCFG", "system configuration", REGISTER_FIELDS,
		 syscfg),
	REGISTER(MSR_VM_CR, "VM_CR", NULL, "firmware's lock and disable bits for SVM",
		 REGISTER_FIELDS, vm_cr),
	REGISTER(MSR_VM_HSAVE_PA, "VM_HSAVE_PA", NULL, "address of SVM's host save area",
		 REGISTER_FIELDS, vm_hsave_pa),
	REGISTER(MSR_SEV_STATUS, "SEV_STATUS", "AMD64_SEV", "memory encryption of this guest",
		 REGISTER_FIELDS, sev_status),
};

const size_t n_registers = N(registers);
