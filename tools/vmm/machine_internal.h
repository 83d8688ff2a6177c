/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What machine*.c and ports.c share; for no other file.
 */
#ifndef NESTCHECK_VMM_MACHINE_INTERNAL_H
#define NESTCHECK_VMM_MACHINE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "vmm/machine.h"
#include "vmm/serial.h"
#include "vmm/vmm.h"

struct machine_cpu {
	struct machine *machine;
	struct vcpu vcpu;
	pthread_t thread;
	bool made, started;
	atomic_bool done;
};

/*
 * lock: held for everything but KVM_RUN, so that the ports and the callbacks see one vCPU at a
 * time. said_us: time of the last output on console or channel.
 */
struct machine {
	const struct machine_options *o;
	struct machine_result *result;
	struct vm vm;
	struct machine_cpu *cpus;
	unsigned int n_cpus;
	uint64_t started_us; /* CLOCK_MONOTONIC */

	pthread_mutex_t lock;
	pthread_cond_t ended;
	atomic_bool over;
	uint64_t said_us;

	/* NULL if KVM has none; see ports.c. */
	struct kvm_coalesced_mmio_ring *ring;

	struct serial serial;
	char out[512];
	size_t n_out;

	char step[80]; /* vm.failed points here if the step has a number in it */
};

/* machine_end.c: the first end counts. With the lock held. cpu: NULL if no vCPU brought it. */
void machine_set_end(struct machine *m, enum machine_end end, struct machine_cpu *cpu,
		     const char *sentence);

/* Makes them; the first is to start at entry, as Linux wants it. 0 or a negative errno. */
int machine_make_cpus(struct machine *m, uint64_t entry);

/* Starts the vCPUs, waits for the end, stops them; result is filled. 0 or a negative errno. */
int machine_run_cpus(struct machine *m);

/* Answers a vCPU's port access, in its kvm_run. With the lock held. */
void machine_port(struct machine *m, struct machine_cpu *cpu);

/* Has KVM buffer writes to the channel. After the vCPUs are made. */
void machine_open_channel(struct machine *m);

/* Passes on what KVM has buffered. With the lock held. */
void machine_drain(struct machine *m);

/* Passes on what the serial port has sent so far. With the lock held. */
void machine_flush(struct machine *m);

#endif
