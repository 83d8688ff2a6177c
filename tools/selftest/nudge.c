// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt for every CPU, four times a second, as TCG may have lost one.
 */
#include "selftest/nudge.h"

#include <errno.h>
#include <time.h>

#include "selftest/rounds.h"

#define PERIOD_NS 250000000L
#define SECOND_NS 1000000000L

static void move_to_cpu(unsigned int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* The kernel sends an interrupt to a CPU that a thread migrates to. Ends on the home CPU. */
static void visit_all_cpus(const struct nudger *me)
{
	unsigned int cpu = me->home;

	do {
		cpu = rounds_cpu_after(&me->nudge->cpus, cpu);
		move_to_cpu(cpu);
	} while (cpu != me->home);
}

static bool sleep_on(struct nudge *n)
{
	struct timespec until;
	bool over;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += PERIOD_NS;
	until.tv_sec += until.tv_nsec / SECOND_NS;
	until.tv_nsec %= SECOND_NS;
	pthread_mutex_lock(&n->lock);
	while (!n->over && pthread_cond_timedwait(&n->ended, &n->lock, &until) != ETIMEDOUT)
		;
	over = n->over;
	pthread_mutex_unlock(&n->lock);
	return !over;
}

static void *run(void *data)
{
	struct nudger *me = data;

	do {
		visit_all_cpus(me);
	} while (sleep_on(me->nudge));
	/* For interrupts that were lost since the last round. */
	visit_all_cpus(me);
	return NULL;
}

void nudge_start(struct nudge *n, enum emulator e)
{
	unsigned int cpu = CPU_SETSIZE - 1;
	pthread_condattr_t attr;

	*n = (struct nudge){ .over = false };
	if (e != EMULATOR_TCG || sched_getaffinity(0, sizeof(n->cpus), &n->cpus) < 0 ||
	    CPU_COUNT(&n->cpus) < NUDGERS)
		return;
	pthread_mutex_init(&n->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&n->ended, &attr);
	for (int i = 0; i < NUDGERS; i++) {
		struct nudger *me = &n->nudgers[i];

		cpu = rounds_cpu_after(&n->cpus, cpu);
		*me = (struct nudger){ .nudge = n, .home = cpu };
		me->started = pthread_create(&me->thread, NULL, run, me) == 0;
	}
}

void nudge_stop(struct nudge *n)
{
	if (!n->nudgers[0].started && !n->nudgers[1].started)
		return;
	pthread_mutex_lock(&n->lock);
	n->over = true;
	pthread_cond_broadcast(&n->ended);
	pthread_mutex_unlock(&n->lock);
	for (int i = 0; i < NUDGERS; i++)
		if (n->nudgers[i].started)
			pthread_join(n->nudgers[i].thread, NULL);
}
