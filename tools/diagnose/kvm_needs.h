/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether kvm_intel or kvm_amd will load here, worked out from the registers before it is tried:
 * what Linux 6.12 asks of a CPU (arch/x86/kvm: x86.c kvm_x86_vendor_init(), vmx/vmx.c
 * setup_vmcs_config() and vmx_hardware_setup(), svm/svm.c svm_hardware_setup()). Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_KVM_NEEDS_H
#define NESTCHECK_DIAGNOSE_KVM_NEEDS_H

#include "lib/report.h"

/*
 * One thing that KVM needs. state: is it there. name: in the manual's words, "external-interrupt
 * exiting". evidence: the register with its value; NULL where it was not recorded.
 */
struct kvm_need {
	const char *name;
	enum tri state;
	const char *evidence;
};

/*
 * All of them for the first CPU of r, which has been through decode_caps(); in arena. *module is
 * what they are the needs of, NULL (and none are told) where the CPU has no virtualization, or it
 * is not known whether it has.
 */
size_t kvm_needs(struct arena *a, const struct report *r, const char **module,
		 struct kvm_need **needs);

/* Whether the CPUs have the same of what KVM configures; *index: a register that is another. */
enum tri same_vmx(const struct facts *f, uint32_t *index);
#define SAME_VMX "the same VMX on every CPU"

/* YES where all are there, NO where one is not, else unknown; unknown for none. */
enum tri kvm_will_load(const struct kvm_need *needs, size_t n);

#endif
