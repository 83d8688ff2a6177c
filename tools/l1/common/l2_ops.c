// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor whose L2 it is.
 */
#include "l1/common/l2_ops.h"

static const struct l2_ops *current;

void l2_ops_use(const struct l2_ops *ops)
{
	current = ops;
}

const struct l2_ops *l2_ops(void)
{
	return current;
}

void l2_run_to_call(struct l2 *l2, uint64_t value)
{
	l2_ops()->run(l2);
	l2_ops()->expect_call(l2, value, 0);
}
