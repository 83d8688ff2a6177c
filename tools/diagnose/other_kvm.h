/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM by another module than kvm_intel and kvm_amd: kvm_pvm runs guests without VMX or SVM. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_OTHER_KVM_H
#define NESTCHECK_DIAGNOSE_OTHER_KVM_H

#include <string.h>

#include "lib/report.h"

/*
 * "kvm_pvm", if /dev/kvm is there and neither kvm_intel nor kvm_amd can have made it; NULL: no.
 */
static inline const char *other_kvm(const struct facts *f)
{
	const struct kernel_facts *k = &f->kernel;

	if (f->kvm.device != KVM_DEVICE_PRESENT && f->kvm.device != KVM_DEVICE_DENIED)
		return NULL;
	if (kernel_module(k, "kvm_intel") || kernel_module(k, "kvm_amd"))
		return NULL;
	for (size_t i = 0; i < k->n_modules; i++)
		if (!strncmp(k->modules[i].name, "kvm_", 4))
			return k->modules[i].name;
	return NULL;
}

#endif
