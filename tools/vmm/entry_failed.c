// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_EXIT_FAIL_ENTRY's hardware_entry_failure_reason. KVM puts there (arch/x86/kvm/vmx/vmx.c:
 * vmx_handle_exit(), svm/svm.c: svm_handle_exit()): VMX's whole exit reason if its bit 31 says
 * that the entry failed; the VM-instruction error if VMLAUNCH or VMRESUME itself failed; on SVM the
 * exit code -1, of which 32 bits are kept.
 */
#include "vmm/entry_failed.h"

#include <stdio.h>

#include "lib/hw/vmx.h"

#define SVM_INVALID 0xffffffffU

/* SDM Vol. 3 27.8: the three reasons of a failed entry. */
static const char *reason_text(uint32_t basic)
{
	switch (basic) {
	case VMX_REASON_INVALID_GUEST_STATE:
		return "invalid guest state";
	case VMX_REASON_MSR_LOADING:
		return "an MSR could not be loaded";
	case VMX_REASON_MACHINE_CHECK:
		return "a machine check during entry";
	}
	return "none that the manual has for a failed entry";
}

static const char *error_name(uint64_t error)
{
#define ROW(number, id) [number] = #id,
	static const char *const names[] = { VMX_INSTRUCTION_ERRORS(ROW) };
#undef ROW

	if (error < sizeof(names) / sizeof(names[0]) && names[error])
		return names[error];
	return "unknown";
}

void entry_failed_text(uint64_t reason, char *buf, size_t size)
{
	unsigned int basic = reason & VMX_REASON_BASIC;

	if ((uint32_t)reason == SVM_INVALID)
		snprintf(buf, size, "SVM: VMEXIT_INVALID (exit code -1), VMRUN refused the state");
	else if (reason & VMX_REASON_ENTRY_FAILED)
		snprintf(buf, size, "VMX: exit reason %u, %s", basic, reason_text(basic));
	else
		snprintf(buf, size, "VMX: VM-instruction error %llu, %s",
			 (unsigned long long)reason, error_name(reason));
}
