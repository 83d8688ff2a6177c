// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the driver, from L1 and from L2 (abi.h).
 */
#include "l1/common/request.h"

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

	doorbell(L1_SAVE);
	EXPECT_EQ(l1_page->moves, before + 1, "the driver moves the VM");
	EXPECT_NAME(l1_page->level, level, level_name, "KVM_GET_NESTED_STATE");
}

void ask_leave(void)
{
	doorbell(L1_LEAVE);
}
