// SPDX-License-Identifier: GPL-2.0-only
/*
 * The case tables, read out of the L1 binary.
 */
#include "selftest/cases.h"

#include <string.h>

#include "l1/blob.h"
#include "lib/vendor.h"

/* A guest-physical address inside the image. */
static const void *in_image(uint64_t address)
{
	return l1_image + (address - L1_BASE);
}

/* Which of L1's tables a CPU's vendor uses; 0 for none. */
static enum l1_vendor l1_vendor_of(enum cpu_vendor vendor)
{
	if (vendor_has_vmx(vendor))
		return L1_VMX;
	return vendor_has_svm(vendor) ? L1_SVM : 0;
}

size_t l1_cases(struct arena *a, enum l1_vendor vendor, struct selftest_case **cases)
{
	const struct l1_header *h = in_image(L1_BASE);
	const struct l1_case *table = in_image(vendor == L1_VMX ? h->vmx_cases : h->svm_cases);
	uint64_t n, at = vendor == L1_VMX ? h->vmx_count_at : h->svm_count_at;

	*cases = NULL;
	if (vendor != L1_VMX && vendor != L1_SVM)
		return 0;
	memcpy(&n, in_image(at), sizeof(n));
	*cases = arena_alloc(a, n * sizeof(**cases));
	for (uint64_t i = 0; i < n; i++) {
		(*cases)[i] = (struct selftest_case){
			.name = in_image((uintptr_t)table[i].name),
			.core = table[i].flags & L1_CORE,
			.unproven = table[i].flags & L1_UNPROVEN,
			.needs_fresh_vm = table[i].flags & L1_NEEDS_FRESH_VM,
			.flags = table[i].flags,
			.entries = table[i].entries,
			.requires = table[i].requires,
		};
	}
	return n;
}

size_t selftest_list(struct arena *a, enum cpu_vendor vendor, struct selftest_case **cases)
{
	return l1_cases(a, l1_vendor_of(vendor), cases);
}
