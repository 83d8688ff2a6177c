/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which virtualization extension a vendor's CPUs have, and KVM's module for it (Linux arch/x86/kvm:
 * kvm_intel by the CPUID bit on any CPU whose set-up code reads IA32_FEATURE_CONTROL, that is
 * Intel, Centaur and Zhaoxin; kvm_amd on AMD and Hygon).
 */
#ifndef NESTCHECK_LIB_VENDOR_H
#define NESTCHECK_LIB_VENDOR_H

#include "lib/report.h"

static inline bool vendor_has_vmx(enum cpu_vendor v)
{
	return v == VENDOR_INTEL || v == VENDOR_CENTAUR || v == VENDOR_ZHAOXIN;
}

static inline bool vendor_has_svm(enum cpu_vendor v)
{
	return v == VENDOR_AMD || v == VENDOR_HYGON;
}

/* NULL if there is none. */
static inline const char *vendor_module(enum cpu_vendor v)
{
	return vendor_has_vmx(v) ? "kvm_intel" : vendor_has_svm(v) ? "kvm_amd" : NULL;
}

#endif
