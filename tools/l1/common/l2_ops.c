// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor's own L2, and requests to the driver.
 */
#include "l1/common/l2_ops.h"

const struct l2_ops *l2_ops(void)
{
	return l1_page->vendor == L1_VMX ? &vmx_l2_ops : &svm_l2_ops;
}

void l2_run_to_call(struct l2 *l2, uint64_t value)
{
	l2_ops()->run(l2);
	l2_ops()->expect_call(l2, value, 0);
}

static const char *level_name(uint64_t level)
{
	static const char *const names[] = {
		[L1_LEVEL_OFF] = "VMX or SVM off",
		[L1_LEVEL_L1] = "in L1",
		[L1_LEVEL_L2] = "in L2",
	};

	return level < ARRAY_SIZE(names) ? names[level] : NULL;
}

void ask_move(enum l1_level level)
{
	uint32_t before = l1_page->moves;

	outl(L1_PORT_DOORBELL, L1_SAVE);
	EXPECT_EQ(l1_page->moves, before + 1, "the driver moves the VM");
	EXPECT_NAME(l1_page->level, level, level_name, "KVM_GET_NESTED_STATE");
}

void ask_yield(void)
{
	outl(L1_PORT_DOORBELL, L1_YIELD);
}

void ask_leave(void)
{
	outl(L1_PORT_DOORBELL, L1_LEAVE);
}
