/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether kvm_intel or kvm_amd will load here, decided from the registers before it is tried: what
 * Linux 6.12 requires of a CPU (arch/x86/kvm: x86.c kvm_x86_vendor_init(), vmx/vmx.c
 * setup_vmcs_config() and vmx_hardware_setup(), svm/svm.c svm_hardware_setup()). Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_KVM_NEEDS_H
#define NESTCHECK_DIAGNOSE_KVM_NEEDS_H

#include "lib/report.h"

/*
 * One requirement of KVM. state: whether it is met. name: the manual's term, "external-interrupt
 * exiting". evidence: the register with its value; NULL if it was not recorded.
 */
struct kvm_need {
	const char *name;
	enum tri state;
	const char *evidence;
};

/*
 * Stores all requirements for the first CPU of r in arena; call decode_caps() first. *module: the
 * module that has them. It is NULL, and there are none, if the CPU has no virtualization or that is
 * not known.
 */
size_t kvm_needs(struct arena *a, const struct report *r, const char **module,
		 struct kvm_need **needs);

/*
 * Whether all CPUs agree on the VMX that KVM configures. *index: a register that differs, if
 * TRI_NO.
 */
enum tri vmx_consistent(const struct facts *f, uint32_t *index);
#define NEED_CONSISTENT_VMX "the same VMX on every CPU"

/* YES if all are met, NO if one is not, else unknown; unknown if there are none. */
enum tri kvm_will_load(const struct kvm_need *needs, size_t n);

#endif
