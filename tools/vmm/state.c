// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saving and restoring all that KVM holds of a vCPU, as live migration does.
 *
 * The order matters, as KVM checks some state against other state: CR4, EFER and the MSRs before
 * the nested state, which is refused without them and which, in L2, starts from them
 * (svm.c: svm_set_nested_state()); the VMX capability MSRs are refused once VMX is on; events
 * after the general registers, which forget pending exceptions (x86.c: __set_regs()), and after
 * the nested state, since they are L2's.
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/hw/msr.h"
#include "vmm/one_msr.h"
#include "vmm/refused.h"

/* More than any kernel lists; the list says how many there are. */
#define MSRS_MAX 1024

struct vcpu_state {
	struct kvm_regs regs;
	struct kvm_sregs2 sregs2;
	struct kvm_sregs sregs; /* if KVM has no sregs2 */
	struct kvm_lapic_state lapic;
	struct kvm_xcrs xcrs;
	struct kvm_debugregs debugregs;
	struct kvm_vcpu_events events;
	struct kvm_mp_state mp_state;
	bool has_sregs2, has_xcrs;
	struct kvm_xsave *xsave;
	struct kvm_nested_state *nested;
	uint32_t n_msrs;
	struct kvm_msr_entry msrs[MSRS_MAX];
};

static int step(struct vcpu *vcpu, const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	vcpu->vm->failed = what;
	return -errno;
}

#define DO(vcpu, request, argument) step(vcpu, #request, ioctl((vcpu)->fd, request, argument))

int vcpu_complete_io(struct vcpu *vcpu)
{
	int ret;

	vcpu->run->immediate_exit = 1;
	ret = ioctl(vcpu->fd, KVM_RUN, 0UL);
	vcpu->run->immediate_exit = 0;
	if (ret < 0 && errno == EINTR)
		return 0;
	vcpu->vm->failed = "KVM_RUN with immediate_exit";
	return ret < 0 ? -errno : -EIO;
}

static int has(const struct vm *vm, unsigned long capability)
{
	return ioctl(vm->fd, KVM_CHECK_EXTENSION, capability);
}

/* One MSR at a time: KVM stops at the first that this vCPU does not have, without saying why. */
static bool msr_access(struct vcpu *vcpu, unsigned long request, struct kvm_msr_entry *entry)
{
	union one_msr one = { .list = { .nmsrs = 1 } };

	one.list.entries[0] = *entry;
	if (ioctl(vcpu->fd, request, &one) != 1)
		return false;
	entry->data = one.list.entries[0].data;
	return true;
}

bool vm_saves_nested(const struct vm *vm)
{
	return has(vm, KVM_CAP_NESTED_STATE) > 0;
}

static int save_msrs(struct vcpu *vcpu, struct vcpu_state *s)
{
	struct kvm_msr_list *list = malloc(sizeof(*list) + MSRS_MAX * sizeof(list->indices[0]));
	int ret;

	if (!list)
		return -ENOMEM;
	list->nmsrs = MSRS_MAX;
	ret = step(vcpu, "KVM_GET_MSR_INDEX_LIST",
		   ioctl(vcpu->vm->kvm_fd, KVM_GET_MSR_INDEX_LIST, list));
	for (uint32_t i = 0; ret == 0 && i < list->nmsrs; i++) {
		struct kvm_msr_entry *entry = &s->msrs[s->n_msrs];

		*entry = (struct kvm_msr_entry){ .index = list->indices[i] };
		if (msr_access(vcpu, KVM_GET_MSRS, entry))
			s->n_msrs++;
	}
	free(list);
	return ret;
}

/*
 * Before Linux 6.7 KVM takes a TSC within a second of the expected one for an attempt to set the
 * same TSC on all vCPUs, and sets its own. A fresh VM's TSC counts from 0, so one that had run for
 * less than a second would go back (x86.c, kvm_synchronize_tsc(); fixed by bf328e22e472). So set a
 * distant value first: after it, KVM takes the wanted one as it is.
 */
#define TSC_FAR (1ULL << 62)

static void set_distant_tsc(struct vcpu *vcpu, uint64_t tsc)
{
	struct kvm_msr_entry entry = { .index = MSR_IA32_TSC, .data = tsc ^ TSC_FAR };

	msr_access(vcpu, KVM_SET_MSRS, &entry);
}

/* A refused value that the fresh vCPU has already is no loss. */
static int restore_msrs(struct vcpu *vcpu, const struct vcpu_state *s)
{
	for (uint32_t i = 0; i < s->n_msrs; i++) {
		struct kvm_msr_entry entry = s->msrs[i];

		if (entry.index == MSR_IA32_TSC)
			set_distant_tsc(vcpu, entry.data);
		if (msr_access(vcpu, KVM_SET_MSRS, &entry))
			continue;
		if (!msr_access(vcpu, KVM_GET_MSRS, &entry) || entry.data != s->msrs[i].data) {
			vcpu->vm->failed = "KVM_SET_MSRS of a saved value";
			return -EIO;
		}
	}
	return 0;
}

static int save_nested(struct vcpu *vcpu, struct vcpu_state *s)
{
	int size = has(vcpu->vm, KVM_CAP_NESTED_STATE);

	if (size < (int)sizeof(*s->nested)) {
		vcpu->vm->failed = "KVM_CAP_NESTED_STATE";
		return -EOPNOTSUPP;
	}
	s->nested = calloc(1, (size_t)size);
	if (!s->nested)
		return -ENOMEM;
	s->nested->size = (uint32_t)size;
	return DO(vcpu, KVM_GET_NESTED_STATE, s->nested);
}

static int save_xsave(struct vcpu *vcpu, struct vcpu_state *s)
{
	int size = has(vcpu->vm, KVM_CAP_XSAVE2);
	bool big = size > (int)sizeof(*s->xsave);

	s->xsave = calloc(1, big ? (size_t)size : sizeof(*s->xsave));
	if (!s->xsave)
		return -ENOMEM;
	return big ? DO(vcpu, KVM_GET_XSAVE2, s->xsave) : DO(vcpu, KVM_GET_XSAVE, s->xsave);
}

static int save_all(struct vcpu *vcpu, struct vcpu_state *s)
{
	int ret;

	s->has_sregs2 = has(vcpu->vm, KVM_CAP_SREGS2) > 0;
	s->has_xcrs = has(vcpu->vm, KVM_CAP_XCRS) > 0;
	if ((ret = DO(vcpu, KVM_GET_VCPU_EVENTS, &s->events)) < 0 ||
	    (ret = DO(vcpu, KVM_GET_MP_STATE, &s->mp_state)) < 0 ||
	    (ret = DO(vcpu, KVM_GET_REGS, &s->regs)) < 0 ||
	    (ret = s->has_sregs2 ? DO(vcpu, KVM_GET_SREGS2, &s->sregs2) :
				   DO(vcpu, KVM_GET_SREGS, &s->sregs)) < 0 ||
	    (ret = DO(vcpu, KVM_GET_LAPIC, &s->lapic)) < 0 || (ret = save_xsave(vcpu, s)) < 0 ||
	    (s->has_xcrs && (ret = DO(vcpu, KVM_GET_XCRS, &s->xcrs)) < 0) ||
	    (ret = save_msrs(vcpu, s)) < 0 ||
	    (ret = DO(vcpu, KVM_GET_DEBUGREGS, &s->debugregs)) < 0 ||
	    (ret = save_nested(vcpu, s)) < 0)
		return ret;
	return 0;
}

int vcpu_save(struct vcpu *vcpu, struct vcpu_state **state)
{
	struct vcpu_state *s = calloc(1, sizeof(*s));
	int ret;

	*state = NULL;
	if (!s)
		return -ENOMEM;
	ret = save_all(vcpu, s);
	if (ret < 0)
		vcpu_state_free(s);
	else
		*state = s;
	return ret;
}

int vcpu_restore(struct vcpu *vcpu, const struct vcpu_state *s)
{
	int ret;

	if ((ret = DO(vcpu, KVM_SET_REGS, &s->regs)) < 0 ||
	    (ret = s->has_sregs2 ? DO(vcpu, KVM_SET_SREGS2, &s->sregs2) :
				   DO(vcpu, KVM_SET_SREGS, &s->sregs)) < 0 ||
	    (ret = restore_msrs(vcpu, s)) < 0 ||
	    (s->has_xcrs && (ret = DO(vcpu, KVM_SET_XCRS, &s->xcrs)) < 0) ||
	    (ret = DO(vcpu, KVM_SET_XSAVE, s->xsave)) < 0 ||
	    (ret = DO(vcpu, KVM_SET_DEBUGREGS, &s->debugregs)) < 0 ||
	    (ret = DO(vcpu, KVM_SET_LAPIC, &s->lapic)) < 0 ||
	    (ret = vcpu_refuses_nested(vcpu, s->nested)) < 0 ||
	    (ret = DO(vcpu, KVM_SET_NESTED_STATE, s->nested)) < 0 ||
	    (ret = DO(vcpu, KVM_SET_VCPU_EVENTS, &s->events)) < 0 ||
	    (ret = DO(vcpu, KVM_SET_MP_STATE, &s->mp_state)) < 0)
		return ret;
	return 0;
}

enum nested_mode vcpu_state_mode(const struct vcpu_state *s)
{
	uint64_t efer = s->has_sregs2 ? s->sregs2.efer : s->sregs.efer;

	if (s->nested->flags & KVM_STATE_NESTED_GUEST_MODE)
		return NESTED_IN_L2;
	if (s->nested->format == KVM_STATE_NESTED_FORMAT_VMX)
		return s->nested->hdr.vmx.vmxon_pa == ~0ULL ? NESTED_OFF : NESTED_IN_L1;
	return efer & EFER_SVME ? NESTED_IN_L1 : NESTED_OFF;
}

void vcpu_state_free(struct vcpu_state *s)
{
	if (!s)
		return;
	free(s->xsave);
	free(s->nested);
	free(s);
}
