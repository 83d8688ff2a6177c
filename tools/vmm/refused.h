/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What KVM must not take as nested state.
 */
#ifndef NESTCHECK_VMM_REFUSED_H
#define NESTCHECK_VMM_REFUSED_H

#include <linux/kvm.h>

#include "vmm/vmm.h"

/*
 * Tries states that are wrong by one thing each on a vCPU that is otherwise ready for this one.
 * 0, or a negative errno and vm->failed: one was taken, or refused for another reason than EINVAL.
 */
int vcpu_refuses_nested(struct vcpu *vcpu, const struct kvm_nested_state *nested);

#endif
