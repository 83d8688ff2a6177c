// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's vCPUs, a thread each, from their start to the first end that one of them or a
 * time limit brings.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "vmm/entry_failed.h"
#include "vmm/machine_internal.h"

/* How often limits are looked at, and half a line that waits in the console's buffer goes on. */
#define TICK_MS 250
#define KICK_US 1000

uint64_t machine_us(const struct machine *m)
{
	return (uint64_t)monotonic_us() - m->started_us;
}

void machine_stop(struct machine *m)
{
	atomic_store(&m->stop, true);
}

void machine_over(struct machine *m, enum machine_end end, struct machine_cpu *cpu,
		  const char *sentence)
{
	struct machine_result *r = m->result;

	if (atomic_load(&m->over))
		return;
	r->end = end;
	r->us = machine_us(m);
	r->vcpu = cpu ? cpu->vcpu.id : 0;
	snprintf(r->what, sizeof(r->what), "%s", sentence);
	atomic_store(&m->over, true);
	pthread_cond_signal(&m->ended);
}

/* KVM_INTERNAL_ERROR_*, include/uapi/linux/kvm.h */
static const char *suberror_name(uint32_t suberror)
{
	static const char *const names[] = { NULL, "emulation", "exceptions at the same time",
					     "event delivery", "unexpected exit reason" };

	if (suberror < sizeof(names) / sizeof(names[0]) && names[suberror])
		return names[suberror];
	return "unknown";
}

/* With the lock held. */
static void handle_exit(struct machine *m, struct machine_cpu *c)
{
	struct kvm_run *run = c->vcpu.run;
	char text[128], sentence[160];

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		machine_port(m, c);
		return;
	case KVM_EXIT_MMIO:
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		return;
	case KVM_EXIT_INTR:
		return;
	case KVM_EXIT_SHUTDOWN:
		snprintf(sentence, sizeof(sentence), "triple fault on vCPU %u", c->vcpu.id);
		machine_over(m, MACHINE_TRIPLE_FAULT, c, sentence);
		return;
	case KVM_EXIT_FAIL_ENTRY:
		entry_failed_text(run->fail_entry.hardware_entry_failure_reason, text,
				  sizeof(text));
		snprintf(sentence, sizeof(sentence), "vCPU %u was not entered: %s", c->vcpu.id,
			 text);
		machine_over(m, MACHINE_ENTRY_FAILED, c, sentence);
		return;
	case KVM_EXIT_INTERNAL_ERROR:
		snprintf(sentence, sizeof(sentence), "KVM gave up on vCPU %u: suberror %u, %s",
			 c->vcpu.id, run->internal.suberror, suberror_name(run->internal.suberror));
		break;
	default:
		snprintf(sentence, sizeof(sentence), "vCPU %u left with exit reason %u, %s",
			 c->vcpu.id, run->exit_reason, kvm_exit_name(run->exit_reason));
	}
	machine_over(m, MACHINE_KVM_ERROR, c, sentence);
}

static void run_refused(struct machine *m, struct machine_cpu *c, int error)
{
	char sentence[160];

	snprintf(sentence, sizeof(sentence), "KVM_RUN of vCPU %u: %s", c->vcpu.id, strerror(error));
	machine_over(m, MACHINE_KVM_ERROR, c, sentence);
}

static void *run(void *data)
{
	struct machine_cpu *c = data;
	struct machine *m = c->machine;

	vcpu_kickable(&c->vcpu);
	while (!atomic_load(&m->over)) {
		int error = ioctl(c->vcpu.fd, KVM_RUN, 0UL) < 0 ? errno : 0;

		/* EAGAIN: a vCPU that waited for its start-up interrupt has got it. */
		if (error == EINTR || error == EAGAIN) {
			c->vcpu.run->immediate_exit = 0;
			continue;
		}
		pthread_mutex_lock(&m->lock);
		if (atomic_load(&m->over))
			;
		else if (error)
			run_refused(m, c, error);
		else
			handle_exit(m, c);
		if (atomic_load(&m->stop))
			machine_over(m, MACHINE_STOPPED, c, "stopped");
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
		machine_over(m, MACHINE_TIMEOUT, NULL, sentence);
	} else if (m->o->silence_ms && us - m->said_us >= m->o->silence_ms * 1000ULL) {
		snprintf(sentence, sizeof(sentence), "not a word for %u ms", m->o->silence_ms);
		machine_over(m, MACHINE_SILENT, NULL, sentence);
	} else if (atomic_load(&m->stop)) {
		machine_over(m, MACHINE_STOPPED, NULL, "stopped");
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
