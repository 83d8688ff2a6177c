/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's TCG occasionally loses an interrupt; so this sends every CPU an extra one periodically.
 *
 * VMRUN with V_IRQ, by which KVM waits for an interrupt window, sets CPU_INTERRUPT_VIRQ in the CPU's
 * interrupt_request without the lock under which another thread sets CPU_INTERRUPT_POLL there for an
 * interrupt that its APIC has received (QEMU 7.2 svm_helper.c, helper_vmrun(); apic.c,
 * apic_update_irq()). If both happen at once one bit is lost. The interrupt then stays in the IRR
 * until the next one makes QEMU poll the APIC. If it was the timer's there is no next one, and
 * everything that sleeps on that CPU, or waits for it, hangs. In QEMU 7.2 and 10.0; atomic since
 * 10.2.
 */
#ifndef NESTCHECK_SELFTEST_NUDGE_H
#define NESTCHECK_SELFTEST_NUDGE_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "lib/emulator.h"

/* Two, with different home CPUs: one that sleeps on a CPU with a dead timer is woken by the other. */
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

/* While VMs exist. Only under TCG, and only with two or more CPUs, as nothing else would wake it. */
void nudge_start(struct nudge *n, enum emulator e);
void nudge_stop(struct nudge *n);

#endif
