// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known defects of nested KVM, each worked out from the kernel's source and history.
 */
#include "diagnose/kvm_defects.h"

const struct kvm_defect kvm_defects[] = {
	{ .name = NULL },
};

/* Behind the last row is an empty one. */
const size_t n_kvm_defects = sizeof(kvm_defects) / sizeof(kvm_defects[0]) - 1;
