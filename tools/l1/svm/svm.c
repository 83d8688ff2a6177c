// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVM on and off, and what KVM offers of it.
 */
#include "l1/svm/svm.h"

/* CPUID 0x8000000a EDX bits that cases ask for. */
static const struct {
	enum l1_feature feature;
	uint32_t edx;
} features[] = {
	{ L1_F_NPT, CPUID_SVM_EDX_NPT },
	{ L1_F_NRIPS, CPUID_SVM_EDX_NRIPS },
	{ L1_F_LBRV, CPUID_SVM_EDX_LBRV },
	{ L1_F_TSC_RATE, CPUID_SVM_EDX_TSC_RATE },
	{ L1_F_VMCB_CLEAN, CPUID_SVM_EDX_VMCB_CLEAN },
	{ L1_F_FLUSH_BY_ASID, CPUID_SVM_EDX_FLUSH_BY_ASID },
	{ L1_F_PAUSE_FILTER, CPUID_SVM_EDX_PAUSE_FILTER },
	{ L1_F_VLS, CPUID_SVM_EDX_VLS },
	{ L1_F_VGIF, CPUID_SVM_EDX_VGIF },
	{ L1_F_VNMI, CPUID_SVM_EDX_VNMI },
};

/* The permission maps are part of SVM from its beginning (15.10, 15.11). */
uint64_t svm_features(void)
{
	uint32_t edx = cpuid(CPUID_SVM, 0).edx;
	uint64_t all = L1_NEEDS(MSR_BITMAP) | L1_NEEDS(IO_BITMAP);

	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		if (edx & features[i].edx)
			all |= 1ULL << features[i].feature;
	}
	return all;
}

void svm_enable(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, phys(page_alloc()));
}

void svm_disable(void)
{
	if (!(rdmsr(MSR_EFER) & EFER_SVME))
		return;
	asm volatile("stgi");
	wrmsr(MSR_VM_HSAVE_PA, 0);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SVME);
}
