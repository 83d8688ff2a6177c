/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why the hardware did not enter a guest: KVM_EXIT_FAIL_ENTRY's reason in words.
 */
#ifndef NESTCHECK_VMM_ENTRY_FAILED_H
#define NESTCHECK_VMM_ENTRY_FAILED_H

#include <stddef.h>
#include <stdint.h>

/*
 * "VMX: exit reason 33, invalid guest state", "VMX: VM-instruction error 7, ...", "SVM:
 * VMEXIT_INVALID, ...". The value tells the vendor.
 */
void entry_failed_text(uint64_t reason, char *buf, size_t size);

#endif
