// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM's other vCPUs, each run by a thread for the time of one case.
 */
#include "selftest/l1.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "l1/blob.h"

#define CPUS_MIN 2

/* A waiting vCPU yields this often before it sleeps: hardware needs no more. */
#define YIELDS	 32
#define SLEEP_US 100
#define GRACE_MS 200 /* for a vCPU that has reported to L1 that it is done, to exit */

struct l1_cpu {
	struct vcpu *vcpu;
	pthread_t thread;
	bool started;
	unsigned int timeout_ms;
	int ret;
	struct vcpu_exit exit;
	atomic_bool over;
};

unsigned int l1_cpu_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < CPUS_MIN ? CPUS_MIN : n > L1_CPUS_MAX ? L1_CPUS_MAX : (unsigned int)n;
}

/* The first vCPU may be pinned, and its threads inherit that. */
static void unpin(void)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (int i = 0; i < CPU_SETSIZE; i++)
		CPU_SET(i, &all);
	sched_setaffinity(0, sizeof(all), &all);
}

/*
 * An emulator has more CPU threads than the host has CPUs: one that spins slows the others. On a
 * single CPU a yield is enough, and with a much too slow clock (Bochs' Skylake-X) sleeping would
 * take minutes.
 */
void l1_yield(unsigned int *yields)
{
	if (++*yields < YIELDS || sysconf(_SC_NPROCESSORS_ONLN) == 1)
		sched_yield();
	else
		usleep(SLEEP_US);
}

static void *run(void *data)
{
	struct l1_cpu *c = data;
	unsigned int yields = 0;

	unpin();
	do {
		c->ret = vcpu_run(c->vcpu, L1_PORT_DOORBELL, c->timeout_ms, &c->exit);
		if (c->ret == 0 && c->exit.stop == VCPU_DOORBELL && c->exit.value == L1_YIELD)
			l1_yield(&yields);
		else
			break;
	} while (true);
	/* The next start sets another RIP: complete the port access first. */
	if (c->ret == 0 && c->exit.stop == VCPU_DOORBELL && c->exit.value == L1_DONE)
		c->ret = vcpu_complete_io(c->vcpu);
	atomic_store(&c->over, true);
	return NULL;
}

static int start_one(struct l1 *l1, unsigned int i, unsigned int timeout_ms)
{
	const struct l1_header *header = (const struct l1_header *)l1_image;
	struct l1_cpu *c = &l1->cpus[i];
	int ret;

	if (i >= l1->n_vcpus) {
		ret = vcpu_create(&l1->vm, &l1->vcpus[i], i);
		if (ret < 0)
			return ret;
		l1->n_vcpus = i + 1;
	}
	ret = vcpu_set_long_mode(&l1->vcpus[i], header->entry, i);
	if (ret < 0)
		return ret;
	*c = (struct l1_cpu){ .vcpu = &l1->vcpus[i], .timeout_ms = timeout_ms };
	ret = pthread_create(&c->thread, NULL, run, c);
	if (ret) {
		l1->vm.failed = "pthread_create";
		return -ret;
	}
	c->started = true;
	return 0;
}

int l1_cpus_start(struct l1 *l1, unsigned int timeout_ms)
{
	int ret = 0;

	if (l1->cpus) {
		l1->vm.failed = "starting vCPUs that run already";
		return -EBUSY;
	}
	l1->cpus = calloc(L1_CPUS_MAX, sizeof(*l1->cpus));
	if (!l1->cpus)
		return -ENOMEM;
	for (unsigned int i = 1; ret == 0 && i < l1->page->n_cpus && i < L1_CPUS_MAX; i++)
		ret = start_one(l1, i, timeout_ms);
	return ret;
}

unsigned int l1_cpus_dead(struct l1 *l1, struct vcpu_exit *exit)
{
	for (unsigned int i = 1; l1->cpus && i < L1_CPUS_MAX; i++) {
		struct l1_cpu *c = &l1->cpus[i];

		if (!c->started || !atomic_load(&c->over))
			continue;
		if (c->ret == 0 && c->exit.stop == VCPU_DOORBELL && c->exit.value == L1_DONE)
			continue;
		*exit = c->exit;
		if (c->ret < 0)
			*exit = (struct vcpu_exit){ .vcpu = c->vcpu,
						    .stop = VCPU_FAILED,
						    .what = c->vcpu->vm->failed,
						    .detail = (uint64_t)-c->ret };
		return i;
	}
	return 0;
}

void l1_cpus_stop(struct l1 *l1)
{
	if (!l1->cpus)
		return;
	for (unsigned int i = 1; i < L1_CPUS_MAX; i++) {
		struct l1_cpu *c = &l1->cpus[i];

		if (!c->started)
			continue;
		for (unsigned int ms = 0; !atomic_load(&c->over); ms++) {
			if (ms >= GRACE_MS)
				vcpu_kick(c->thread);
			usleep(1000);
		}
		pthread_join(c->thread, NULL);
	}
	free(l1->cpus);
	l1->cpus = NULL;
}
