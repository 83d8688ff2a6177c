// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested states that KVM has to refuse: each is the given one with one error
 * (Documentation/virt/kvm/api.rst, KVM_SET_NESTED_STATE). The right one has to work afterwards.
 */
#include "vmm/refused.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define NO_ADDRESS   (~0ULL)
#define UNKNOWN_FLAG (1U << 15)
#define UNKNOWN_KIND 0x7f
#define VMRUN_AT     0x010 /* the VMCB's fifth word of intercepts; bit 0 is VMRUN's */

static bool has_vmcs(const struct kvm_nested_state *n)
{
	return n->format == KVM_STATE_NESTED_FORMAT_VMX && n->size > sizeof(*n);
}

static bool in_svm_l2(const struct kvm_nested_state *n)
{
	return n->format == KVM_STATE_NESTED_FORMAT_SVM && n->flags & KVM_STATE_NESTED_GUEST_MODE;
}

/* Each returns false if the state has nothing to spoil. */
static bool small(struct kvm_nested_state *n)
{
	n->size = sizeof(*n) - 1;
	return true;
}

static bool flag(struct kvm_nested_state *n)
{
	n->flags |= UNKNOWN_FLAG;
	return true;
}

static bool format(struct kvm_nested_state *n)
{
	n->format = UNKNOWN_KIND;
	return true;
}

static bool pending_in_l1(struct kvm_nested_state *n)
{
	n->flags &= (uint16_t)~KVM_STATE_NESTED_GUEST_MODE;
	n->flags |= KVM_STATE_NESTED_RUN_PENDING;
	return true;
}

static bool short_of_data(struct kvm_nested_state *n)
{
	if (!has_vmcs(n) && !in_svm_l2(n))
		return false;
	n->size = sizeof(*n) + 8;
	return true;
}

static bool vmxon_unaligned(struct kvm_nested_state *n)
{
	if (n->format != KVM_STATE_NESTED_FORMAT_VMX || n->hdr.vmx.vmxon_pa == NO_ADDRESS)
		return false;
	n->hdr.vmx.vmxon_pa |= 1;
	return true;
}

static bool vmcs_is_vmxon(struct kvm_nested_state *n)
{
	if (!has_vmcs(n))
		return false;
	n->hdr.vmx.vmcs12_pa = n->hdr.vmx.vmxon_pa;
	return true;
}

static bool revision(struct kvm_nested_state *n)
{
	if (!has_vmcs(n))
		return false;
	n->data.vmx[0].vmcs12[0] ^= 1;
	return true;
}

static bool vmcb_unaligned(struct kvm_nested_state *n)
{
	if (!in_svm_l2(n))
		return false;
	n->hdr.svm.vmcb_pa |= 1;
	return true;
}

static bool without_vmrun(struct kvm_nested_state *n)
{
	if (!in_svm_l2(n))
		return false;
	n->data.svm[0].vmcb12[VMRUN_AT] &= (uint8_t)~1;
	return true;
}

static const struct {
	bool (*spoil)(struct kvm_nested_state *n);
	const char *what;
} rows[] = {
	{ small, "KVM_SET_NESTED_STATE, which took a size smaller than the header's" },
	{ flag, "KVM_SET_NESTED_STATE, which took an unknown flag" },
	{ format, "KVM_SET_NESTED_STATE, which took an unknown format" },
	{ pending_in_l1, "KVM_SET_NESTED_STATE, which took an entry that is pending without L2" },
	{ short_of_data, "KVM_SET_NESTED_STATE, which took a size that has no VMCS or VMCB" },
	{ vmxon_unaligned, "KVM_SET_NESTED_STATE, which took an unaligned VMXON region" },
	{ vmcs_is_vmxon, "KVM_SET_NESTED_STATE, which took the VMXON region for a VMCS" },
	{ revision, "KVM_SET_NESTED_STATE, which took a VMCS of another revision" },
	{ vmcb_unaligned, "KVM_SET_NESTED_STATE, which took an unaligned VMCB" },
	{ without_vmrun, "KVM_SET_NESTED_STATE, which took a VMCB without VMRUN's intercept" },
};

int vcpu_refuses_nested(struct vcpu *vcpu, const struct kvm_nested_state *nested)
{
	size_t size = nested->size < sizeof(*nested) ? sizeof(*nested) : nested->size;
	struct kvm_nested_state *n = malloc(size);
	int ret = 0;

	if (!n)
		return -ENOMEM;
	for (size_t i = 0; ret == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(n, nested, size);
		if (!rows[i].spoil(n) ||
		    (ioctl(vcpu->fd, KVM_SET_NESTED_STATE, n) < 0 && errno == EINVAL))
			continue;
		vcpu->vm->failed = rows[i].what;
		ret = -EIO;
	}
	free(n);
	return ret;
}
