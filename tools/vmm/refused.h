/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested states that KVM must not accept.
 */
#ifndef NESTCHECK_VMM_REFUSED_H
#define NESTCHECK_VMM_REFUSED_H

#include <linux/kvm.h>

#include "vmm/vmm.h"

/*
 * Offers states with one error each to a vCPU that is otherwise ready for this one. 0, or a negative
 * errno and vm->failed if one was accepted, or refused with another error than EINVAL.
 */
int vcpu_refuses_nested(struct vcpu *vcpu, const struct kvm_nested_state *nested);

#endif
