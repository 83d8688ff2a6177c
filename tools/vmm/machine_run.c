// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the machine's vCPUs, a thread each, until one of them or a time limit ends the machine.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_text.h"
#include "vmm/entry_failed.h"
#include "vmm/machine_internal.h"

/* The interval at which limits are checked and an unfinished console line is flushed. */
#define TICK_MS 250
#define KICK_US 1000

/* KVM_INTERNAL_ERROR_*, include/uapi/linux/kvm.h */
static const char *suberror_name(uint32_t suberror)
{
	static const char *const names[] = { NULL, "emulation", "exceptions at the same time",
					     "event delivery", "unexpected exit reason" };

	if (suberror < sizeof(names) / sizeof(names[0]) && names[suberror])
		return names[suberror];
	return "unknown";
}

static void describe_failure(const struct vcpu_exit *exit, char *sentence, size_t size)
{
	unsigned int id = exit->vcpu->id;
	char text[128];

	if (exit->reason == KVM_EXIT_FAIL_ENTRY) {
		entry_failed_text(exit->detail, text, sizeof(text));
		snprintf(sentence, size, "vCPU %u was not entered: %s", id, text);
	} else if (exit->reason == KVM_EXIT_INTERNAL_ERROR) {
		snprintf(sentence, size, "KVM gave up on vCPU %u: suberror %u, %s", id,
			 (uint32_t)exit->detail, suberror_name((uint32_t)exit->detail));
	} else {
		snprintf(sentence, size, "vCPU %u left with exit reason %u, %s", id, exit->reason,
			 exit->what);
	}
}

/* With the lock held. */
static void end_by_exit(struct machine *m, struct machine_cpu *c, const struct vcpu_exit *exit)
{
	char sentence[160];

	if (exit->stop == VCPU_SHUTDOWN) {
		snprintf(sentence, sizeof(sentence), "triple fault on vCPU %u", c->vcpu.id);
		machine_set_end(m, MACHINE_TRIPLE_FAULT, c, sentence);
		return;
	}
	describe_failure(exit, sentence, sizeof(sentence));
	machine_set_end(
		m, exit->reason == KVM_EXIT_FAIL_ENTRY ? MACHINE_ENTRY_FAILED : MACHINE_KVM_ERROR,
		c, sentence);
}

static void end_by_error(struct machine *m, struct machine_cpu *c, int error)
{
	char sentence[160];

	snprintf(sentence, sizeof(sentence), "KVM_RUN of vCPU %u: %s", c->vcpu.id,
		 error_text(error));
	machine_set_end(m, MACHINE_KVM_ERROR, c, sentence);
}

static void *run(void *data)
{
	struct machine_cpu *c = data;
	struct machine *m = c->machine;
	struct vcpu_exit exit;

	vcpu_kickable(&c->vcpu);
	while (!atomic_load(&m->over)) {
		int event = vcpu_run_once(&c->vcpu, &exit);

		if (event == VCPU_RESUME) {
			c->vcpu.run->immediate_exit = 0;
			continue;
		}
		pthread_mutex_lock(&m->lock);
		if (atomic_load(&m->over))
			;
		else if (event < 0)
			end_by_error(m, c, -event);
		else if (event == VCPU_PORT)
			machine_port(m, c);
		else
			end_by_exit(m, c, &exit);
		pthread_mutex_unlock(&m->lock);
	}
	atomic_store(&c->done, true);
	return NULL;
}

static void check_limits(struct machine *m)
{
	uint64_t us;
	char sentence[80];

	machine_drain(m);
	machine_flush(m);
	us = machine_us(m);
	if (m->o->limit_ms && us >= m->o->limit_ms * 1000ULL) {
		snprintf(sentence, sizeof(sentence), "not over after %u ms", m->o->limit_ms);
		machine_set_end(m, MACHINE_TIMEOUT, NULL, sentence);
	} else if (m->o->silence_ms && us - m->said_us >= m->o->silence_ms * 1000ULL) {
		snprintf(sentence, sizeof(sentence), "not a word for %u ms", m->o->silence_ms);
		machine_set_end(m, MACHINE_SILENT, NULL, sentence);
	}
}

static void wait_for_end(struct machine *m)
{
	struct timespec at;

	pthread_mutex_lock(&m->lock);
	while (!atomic_load(&m->over)) {
		uint64_t next = (uint64_t)monotonic_us() + TICK_MS * 1000ULL;

		at = (struct timespec){ (time_t)(next / 1000000), (long)(next % 1000000) * 1000 };
		if (pthread_cond_timedwait(&m->ended, &m->lock, &at) != ETIMEDOUT)
			continue;
		check_limits(m);
	}
	machine_drain(m);
	machine_flush(m);
	pthread_mutex_unlock(&m->lock);
}

static void stop(struct machine *m)
{
	for (unsigned int i = 0; i < m->n_cpus; i++) {
		struct machine_cpu *c = &m->cpus[i];

		if (!c->started)
			continue;
		while (!atomic_load(&c->done)) {
			vcpu_kick(c->thread);
			usleep(KICK_US);
		}
		pthread_join(c->thread, NULL);
	}
}

int machine_run_cpus(struct machine *m)
{
	int ret = vcpu_kick_init();

	m->started_us = (uint64_t)monotonic_us();
	for (unsigned int i = 0; ret == 0 && i < m->n_cpus; i++) {
		struct machine_cpu *c = &m->cpus[i];

		ret = -pthread_create(&c->thread, NULL, run, c);
		c->started = ret == 0;
	}
	if (ret == 0)
		wait_for_end(m);
	else
		m->vm.failed = "a vCPU's thread";
	atomic_store(&m->over, true);
	stop(m);
	return ret;
}
