// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of CPUID's feature bits; data only. SDM Vol. 2 "CPUID", APM Vol. 3 appendix E.
 */
#include "diagnose/cpuid_names.h"

#include <stddef.h>

static const char *const leaf_1_ecx[32] = {
	[0] = "SSE3",	 [1] = "PCLMULQDQ",   [2] = "DTES64",	   [3] = "MONITOR",
	[4] = "DS-CPL",	 [5] = "VMX",	      [6] = "SMX",	   [7] = "EIST",
	[8] = "TM2",	 [9] = "SSSE3",	      [10] = "CNXT-ID",	   [11] = "SDBG",
	[12] = "FMA",	 [13] = "CMPXCHG16B", [14] = "xTPR",	   [15] = "PDCM",
	[17] = "PCID",	 [18] = "DCA",	      [19] = "SSE4.1",	   [20] = "SSE4.2",
	[21] = "x2APIC", [22] = "MOVBE",      [23] = "POPCNT",	   [24] = "TSC-deadline",
	[25] = "AES",	 [26] = "XSAVE",      [27] = "OSXSAVE",	   [28] = "AVX",
	[29] = "F16C",	 [30] = "RDRAND",     [31] = "hypervisor",
};

static const char *const leaf_1_edx[32] = {
	[0] = "FPU",   [1] = "VME",	[2] = "DE",    [3] = "PSE",	  [4] = "TSC",
	[5] = "MSR",   [6] = "PAE",	[7] = "MCE",   [8] = "CMPXCHG8B", [9] = "APIC",
	[11] = "SEP",  [12] = "MTRR",	[13] = "PGE",  [14] = "MCA",	  [15] = "CMOV",
	[16] = "PAT",  [17] = "PSE-36", [18] = "PSN",  [19] = "CLFSH",	  [21] = "DS",
	[22] = "ACPI", [23] = "MMX",	[24] = "FXSR", [25] = "SSE",	  [26] = "SSE2",
	[27] = "SS",   [28] = "HTT",	[29] = "TM",   [30] = "IA64",	  [31] = "PBE",
};

static const char *const leaf_7_ebx[32] = {
	[0] = "FSGSBASE",
	[1] = "TSC_ADJUST",
	[2] = "SGX",
	[3] = "BMI1",
	[4] = "HLE",
	[5] = "AVX2",
	[6] = "FDP_EXCPTN_ONLY",
	[7] = "SMEP",
	[8] = "BMI2",
	[9] = "ERMS",
	[10] = "INVPCID",
	[11] = "RTM",
	[12] = "RDT-M",
	[13] = "FPU-CS-DS",
	[14] = "MPX",
	[15] = "RDT-A",
	[16] = "AVX512F",
	[17] = "AVX512DQ",
	[18] = "RDSEED",
	[19] = "ADX",
	[20] = "SMAP",
	[21] = "AVX512_IFMA",
	[23] = "CLFLUSHOPT",
	[24] = "CLWB",
	[25] = "PT",
	[26] = "AVX512PF",
	[27] = "AVX512ER",
	[28] = "AVX512CD",
	[29] = "SHA",
	[30] = "AVX512BW",
	[31] = "AVX512VL",
};

static const char *const leaf_7_ecx[32] = {
	[0] = "PREFETCHWT1",
	[1] = "AVX512_VBMI",
	[2] = "UMIP",
	[3] = "PKU",
	[4] = "OSPKE",
	[5] = "WAITPKG",
	[6] = "AVX512_VBMI2",
	[7] = "CET_SS",
	[8] = "GFNI",
	[9] = "VAES",
	[10] = "VPCLMULQDQ",
	[11] = "AVX512_VNNI",
	[12] = "AVX512_BITALG",
	[13] = "TME",
	[14] = "AVX512_VPOPCNTDQ",
	[16] = "LA57",
	[22] = "RDPID",
	[23] = "KL",
	[24] = "BUS_LOCK_DETECT",
	[25] = "CLDEMOTE",
	[27] = "MOVDIRI",
	[28] = "MOVDIR64B",
	[29] = "ENQCMD",
	[30] = "SGX_LC",
	[31] = "PKS",
};

static const char *const leaf_7_edx[32] = {
	[1] = "SGX-KEYS",
	[2] = "AVX512_4VNNIW",
	[3] = "AVX512_4FMAPS",
	[4] = "FSRM",
	[5] = "UINTR",
	[8] = "AVX512_VP2INTERSECT",
	[9] = "SRBDS_CTRL",
	[10] = "MD_CLEAR",
	[11] = "RTM_ALWAYS_ABORT",
	[13] = "RTM_FORCE_ABORT",
	[14] = "SERIALIZE",
	[15] = "Hybrid",
	[16] = "TSXLDTRK",
	[18] = "PCONFIG",
	[19] = "ARCH_LBR",
	[20] = "CET_IBT",
	[22] = "AMX-BF16",
	[23] = "AVX512_FP16",
	[24] = "AMX-TILE",
	[25] = "AMX-INT8",
	[26] = "IBRS",
	[27] = "STIBP",
	[28] = "L1D_FLUSH",
	[29] = "ARCH_CAPABILITIES",
	[30] = "CORE_CAPABILITIES",
	[31] = "SSBD",
};

static const char *const ext_1_ecx[32] = {
	[0] = "LAHF/SAHF",	[1] = "CmpLegacy",    [2] = "SVM",
	[3] = "ExtApicSpace",	[4] = "AltMovCr8",    [5] = "LZCNT",
	[6] = "SSE4A",		[7] = "MisAlignSse",  [8] = "3DNowPrefetch",
	[9] = "OSVW",		[10] = "IBS",	      [11] = "XOP",
	[12] = "SKINIT",	[13] = "WDT",	      [15] = "LWP",
	[16] = "FMA4",		[17] = "TCE",	      [19] = "NodeId",
	[21] = "TBM",		[22] = "TOPOEXT",     [23] = "PerfCtrExtCore",
	[24] = "PerfCtrExtNB",	[26] = "DataBkptExt", [27] = "PerfTsc",
	[28] = "PerfCtrExtLLC", [29] = "MONITORX",    [30] = "AddrMaskExt",
};

static const char *const ext_1_edx[32] = {
	[11] = "SYSCALL",   [19] = "MP",     [20] = "NX", [22] = "MmxExt",   [25] = "FFXSR",
	[26] = "1GB-pages", [27] = "RDTSCP", [29] = "LM", [30] = "3DNowExt", [31] = "3DNow",
};

static const char *const svm_edx[32] = {
	[0] = "NPT",
	[1] = "LBRV",
	[2] = "SVML",
	[3] = "NRIPS",
	[4] = "TSC-rate",
	[5] = "VMCB-clean",
	[6] = "flush-by-ASID",
	[7] = "decode-assists",
	[8] = "PMC-virt",
	[10] = "pause-filter",
	[12] = "pause-threshold",
	[13] = "AVIC",
	[15] = "virtual-VMLOAD/VMSAVE",
	[16] = "vGIF",
	[17] = "GMET",
	[18] = "x2AVIC",
	[19] = "SSS-check",
	[20] = "v-SPEC_CTRL",
	[21] = "ROGPT",
	[23] = "host-MCE-override",
	[24] = "TLBSYNC",
	[25] = "vNMI",
	[26] = "IBS-virt",
	[27] = "ext-LVT",
	[28] = "SVME-address-check",
	[29] = "bus-lock-threshold",
	[30] = "idle-HLT",
};

static const struct {
	uint32_t leaf, subleaf;
	enum cpuid_register reg;
	const char *const *names;
} leaves[] = {
	{ 0x00000001, 0, CPUID_ECX, leaf_1_ecx }, { 0x00000001, 0, CPUID_EDX, leaf_1_edx },
	{ 0x00000007, 0, CPUID_EBX, leaf_7_ebx }, { 0x00000007, 0, CPUID_ECX, leaf_7_ecx },
	{ 0x00000007, 0, CPUID_EDX, leaf_7_edx }, { 0x80000001, 0, CPUID_ECX, ext_1_ecx },
	{ 0x80000001, 0, CPUID_EDX, ext_1_edx },  { 0x8000000a, 0, CPUID_EDX, svm_edx },
};

const char *cpuid_bit_name(uint32_t leaf, uint32_t subleaf, enum cpuid_register reg,
			   unsigned int bit)
{
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf && leaves[i].reg == reg)
			return bit < 32 ? leaves[i].names[bit] : NULL;
	return NULL;
}
