// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rounds through the cases: once, N times, or for a time on each CPU in turn.
 */
#include "selftest/rounds.h"

#include <errno.h>

#include "selftest/selftest.h"

unsigned int rounds_cpu_after(const cpu_set_t *set, unsigned int cpu)
{
	for (unsigned int i = 1; i <= CPU_SETSIZE; i++) {
		unsigned int next = (cpu + i) % CPU_SETSIZE;

		if (CPU_ISSET(next, set))
			return next;
	}
	return cpu;
}

void rounds_start(struct rounds *p, const struct selftest_options *o, uint64_t now)
{
	int here = sched_getcpu();

	*p = (struct rounds){ .repeat = o->repeat ? o->repeat : 1,
			      .end = o->soak_s ? now + o->soak_s : 0,
			      .pin = o->pin || o->soak_s,
			      .each_cpu = o->soak_s && !o->pin,
			      .cpu = o->pin   ? o->cpu :
				     here < 0 ? 0 :
						(unsigned int)here };
	if (sched_getaffinity(0, sizeof(p->allowed), &p->allowed) < 0)
		CPU_ZERO(&p->allowed);
	/* So that the first round is on the first CPU. */
	if (p->each_cpu)
		p->cpu = CPU_SETSIZE - 1;
}

bool rounds_next(struct rounds *p, uint64_t now)
{
	if (p->end ? p->done && now >= p->end : p->done >= p->repeat)
		return false;
	if (p->each_cpu)
		p->cpu = rounds_cpu_after(&p->allowed, p->cpu);
	return true;
}

int rounds_pin(const struct rounds *p)
{
	cpu_set_t one;

	if (!p->pin)
		return 0;
	if (p->cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&one);
	CPU_SET(p->cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) < 0 ? -errno : 0;
}

void rounds_unpin(const struct rounds *p)
{
	if (p->pin)
		sched_setaffinity(0, sizeof(p->allowed), &p->allowed);
}

bool rounds_keep_worst(struct case_outcome *out, const struct case_outcome *before)
{
	static const unsigned int ranks[] = {
		[CASE_NOT_RUN] = 0, [CASE_SKIP] = 1, [CASE_PASS] = 2,
		[CASE_XFAIL] = 3,   [CASE_FAIL] = 4,
	};

	if (ranks[before->result] < ranks[out->result] ||
	    (ranks[before->result] == ranks[out->result] && ranks[out->result] < ranks[CASE_XFAIL]))
		return false;
	*out = *before;
	return true;
}
