// SPDX-License-Identifier: GPL-2.0-only
/*
 * A command to L1, and L1's requests until it is done.
 */
#include "selftest/pace.h"

#include <errno.h>

#include "lib/clock.h"

static void beat(struct l1_beats *b)
{
	if (b->n < BEATS_MAX)
		b->ns[b->n++] = (uint64_t)monotonic_ns();
}

/* 1: the request is done and L1 continues. 0: no request, or not allowed. Or a negative errno. */
static int serve_request(struct l1 *l1, uint32_t flags, unsigned int left_ms,
			 struct vcpu_exit *exit)
{
	int ret;

	switch (exit->value) {
	case L1_YIELD:
		if (l1_cpus_dead(l1, exit))
			return 0;
		l1_yield(&l1->yields);
		return 1;
	case L1_BEAT:
		if (!l1->beats)
			return 0;
		beat(l1->beats);
		return 1;
	case L1_SAVE:
		if (!(flags & L1_MIGRATES))
			return 0;
		ret = l1_move(l1);
		return ret < 0 ? ret : 1;
	case L1_SAVE_ASLEEP:
		if (!(flags & L1_MIGRATES))
			return 0;
		ret = l1_move_asleep(l1, left_ms);
		return ret < 0 ? ret : 1;
	case L1_START_CPUS:
		if (!(flags & L1_SMP))
			return 0;
		ret = l1_cpus_start(l1, left_ms);
		return ret < 0 ? ret : 1;
	}
	return 0;
}

static int serve(struct l1 *l1, uint32_t flags, unsigned int timeout_ms, struct vcpu_exit *exit)
{
	int64_t end = monotonic_ms() + timeout_ms;

	for (;;) {
		int64_t left = end - monotonic_ms();
		int ret;

		ret = vcpu_run(&l1->vcpus[0], L1_PORT_DOORBELL, left > 0 ? (unsigned int)left : 1,
			       exit);
		if (ret < 0)
			return ret;
		if (exit->stop == VCPU_TIMEOUT)
			l1_cpus_dead(l1, exit);
		if (exit->stop != VCPU_DOORBELL)
			return 0;
		ret = serve_request(l1, flags, left > 0 ? (unsigned int)left : 1, exit);
		if (ret <= 0)
			return ret;
	}
}

int l1_command(struct l1 *l1, enum l1_command command, uint32_t index, uint32_t flags,
	       unsigned int timeout_ms, struct vcpu_exit *exit)
{
	int ret;

	l1->page->command = command;
	l1->page->case_index = index;
	l1->page->result = L1_NO_RESULT;
	l1->page->saw.how = L1_SAW_NOTHING;
	l1->page->detail[0] = 0;
	l1->page->last_exit[0] = 0;
	l1->page->moves = 0;
	l1->yields = 0;
	ret = serve(l1, flags, timeout_ms, exit);
	l1_cpus_stop(l1);
	return ret;
}
