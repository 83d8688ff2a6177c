// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's first bytes, which the driver reads (abi.h). The tables are collected by l1.lds.
 */
#include "l1/common/case.h"

void l1_start(void);
extern uint8_t l1_image_end[];

const struct l1_header l1_header __attribute__((section(".l1_header"), used)) = {
	.magic = L1_MAGIC,
	.entry = (uint64_t)(uintptr_t)l1_start,
	.image_end = (uint64_t)(uintptr_t)l1_image_end,
	.vmx_cases = (uint64_t)(uintptr_t)vmx_cases,
	.vmx_count_at = (uint64_t)(uintptr_t)&n_vmx_cases,
	.svm_cases = (uint64_t)(uintptr_t)svm_cases,
	.svm_count_at = (uint64_t)(uintptr_t)&n_svm_cases,
};
