// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of KVM's exit reasons (include/uapi/linux/kvm.h).
 */
#include "vmm/vmm.h"

#include <linux/kvm.h>

#define NAME(reason) [KVM_EXIT_##reason] = "KVM_EXIT_" #reason

static const char *const names[] = {
	NAME(UNKNOWN),	    NAME(EXCEPTION),	   NAME(IO),
	NAME(HYPERCALL),    NAME(DEBUG),	   NAME(HLT),
	NAME(MMIO),	    NAME(SHUTDOWN),	   NAME(FAIL_ENTRY),
	NAME(INTR),	    NAME(SET_TPR),	   NAME(TPR_ACCESS),
	NAME(NMI),	    NAME(IRQ_WINDOW_OPEN), NAME(INTERNAL_ERROR),
	NAME(SYSTEM_EVENT), NAME(IOAPIC_EOI),	   NAME(HYPERV),
	NAME(X86_RDMSR),    NAME(X86_WRMSR),	   NAME(DIRTY_RING_FULL),
	NAME(X86_BUS_LOCK),
};

const char *kvm_exit_name(uint32_t reason)
{
	if (reason < sizeof(names) / sizeof(names[0]) && names[reason])
		return names[reason];
	return "unknown";
}
