/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPUID of one vCPU of a machine, made from what KVM supports.
 */
#ifndef NESTCHECK_VMM_CPUID_H
#define NESTCHECK_VMM_CPUID_H

#include <linux/kvm.h>
#include <stdbool.h>

/*
 * A copy of `from` for vCPU `id` of `cpus`, each a core of its own in one package, to be freed:
 * APIC ids and topology; the hypervisor bit; the TSC deadline timer, which KVM leaves to user space
 * to offer. NULL if out of memory.
 */
struct kvm_cpuid2 *cpuid_of(const struct kvm_cpuid2 *from, unsigned int id, unsigned int cpus,
			    bool tsc_deadline);

#endif
