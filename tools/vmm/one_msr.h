/* SPDX-License-Identifier: GPL-2.0-only */
/* The argument of KVM_GET_MSRS and KVM_SET_MSRS, with room for one register. */
#ifndef NESTCHECK_VMM_ONE_MSR_H
#define NESTCHECK_VMM_ONE_MSR_H

#include <linux/kvm.h>

union one_msr {
	struct kvm_msrs list; /* ends with entries[] */
	char room[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
};

#endif
