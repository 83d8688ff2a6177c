/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's TCG loses a CPU an interrupt now and then; here every CPU gets one more, all the time.
 *
 * VMRUN with V_IRQ, by which KVM waits for a window, sets CPU_INTERRUPT_VIRQ in the CPU's
 * interrupt_request without the lock under which another thread sets CPU_INTERRUPT_POLL there, for an
 * interrupt that has come to its APIC (QEMU 7.2 svm_helper.c, helper_vmrun(); apic.c,
 * apic_update_irq()). Where the two come together one is gone. The interrupt then waits in the IRR
 * for the next one, at which the APIC is looked at again; where it was the timer's no other comes,
 * and nothing that sleeps on that CPU, or waits for it, goes on. Both QEMU 7.2 and 10.0; atomic
 * since 10.2.
 */
#ifndef NESTCHECK_SELFTEST_NUDGE_H
#define NESTCHECK_SELFTEST_NUDGE_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "lib/emulator.h"

/* Two, each at home on another CPU: one that sleeps on a CPU without a timer is woken by the other. */
#define NUDGERS 2

struct nudge {
	cpu_set_t cpus;
	struct nudger {
		struct nudge *nudge;
		pthread_t thread;
		unsigned int home;
		bool started;
	} nudgers[NUDGERS];
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool over;
};

/* From VMs' start to their end. Nothing but under TCG, and nothing on a single CPU: who would wake it? */
void nudge_start(struct nudge *n, enum emulator e);
void nudge_stop(struct nudge *n);

#endif
