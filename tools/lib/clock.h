/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CLOCK_MONOTONIC, which cannot be set, in several units.
 */
#ifndef NESTCHECK_LIB_CLOCK_H
#define NESTCHECK_LIB_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t monotonic_us(void)
{
	return monotonic_ns() / 1000;
}

static inline int64_t monotonic_ms(void)
{
	return monotonic_ns() / 1000000;
}

#endif
