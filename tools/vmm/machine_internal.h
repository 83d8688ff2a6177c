/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files machine*.c and ports.c share; nothing for others.
 */
#ifndef NESTCHECK_VMM_MACHINE_PARTS_H
#define NESTCHECK_VMM_MACHINE_PARTS_H

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
 * time. said_us: when console or channel last said something.
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
	atomic_bool over, stop;
	uint64_t said_us;

	/* NULL where KVM has none; see ports.c. */
	struct kvm_coalesced_mmio_ring *ring;

	struct serial serial;
	char out[512];
	size_t n_out;

	char step[80]; /* what vm.failed points to where it has a number in it */
};

/* The first end counts. With the lock held. cpu may be NULL: none in particular. */
void machine_over(struct machine *m, enum machine_end end, struct machine_cpu *cpu,
		  const char *sentence);

/* Makes them; the first is to start at entry, as Linux wants it. 0 or a negative errno. */
int machine_make_cpus(struct machine *m, uint64_t entry);

/* Starts the vCPUs, waits for the end, stops them; result is filled. 0 or a negative errno. */
int machine_run_cpus(struct machine *m);

/* A port access of a vCPU's, in its kvm_run. With the lock held. */
void machine_port(struct machine *m, struct machine_cpu *cpu);

/* Has KVM keep what is written to the channel. Once there is a vCPU. */
void machine_open_channel(struct machine *m);

/* Hands on what it has kept. With the lock held. */
void machine_drain(struct machine *m);

/* Hands on what the serial port has sent so far. With the lock held. */
void machine_flush(struct machine *m);

#endif
