/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A lock between CPUs, for what all of L1 shares. Not to be held over anything that may fail.
 */
#ifndef NESTCHECK_L1_COMMON_LOCK_H
#define NESTCHECK_L1_COMMON_LOCK_H

#include "l1/common/l1.h"

struct spinlock {
	volatile uint32_t taken;
};

static inline void spin_lock(struct spinlock *lock)
{
	while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
		spin_or_yield();
}

static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

#endif
