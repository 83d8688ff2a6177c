/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts: raw values read from the machine, nothing decoded (design.md, "Facts").
 *
 * collect_hardware() must run before our KVM is loaded: EFER.SVME and CR4.VMXE have to be
 * seen as they were. collect_system() runs after load: "module refused", "nested off" and
 * the l1tf line exist only then. Both fill r->facts and r->cpu and never fail as a whole:
 * what could not be read stays unknown.
 */
#ifndef NESTCHECK_FACTS_FACTS_H
#define NESTCHECK_FACTS_FACTS_H

#include "lib/report.h"

/* CPUID and MSRs on every online CPU, bound to it; firmware, memory; the kernel's name and taint. */
void collect_hardware(struct report *r);

/* KVM's system-scoped view, module parameters, vulnerabilities, clocksource, log. */
void collect_system(struct report *r);

/*
 * r->selftest.taint_*: the kernel's taint now, after all that ran on KVM, beside the one that collect_hardware() saw.
 * Unknown if either could not be read.
 */
void collect_taint_after(struct report *r);

/*
 * r->cpu from r->facts alone: vendor, brand string, codename, count, microcode.
 * Pure; also called for a replay.
 */
void identify_cpu(struct report *r);

/* One register on one CPU: 0, -EIO where the machine refuses, -EPERM, -ENODEV, -ENXIO. */
int msr_read(int cpu, uint32_t index, uint64_t *value);

/*
 * Whether the CPU that this runs on should have a register, by its vendor and CPUID: NO means
 * that whatever it answers may mean nothing. Unknown for a register we have no rule for.
 */
enum tri msr_announced(uint32_t index);

/* The ids of the online CPUs, or of those that we may run on; in arena a. Returns how many. */
size_t online_cpus(struct arena *a, int **ids);

/* r->facts.kernel.log anew: what the kernel said since boot about what we look at. */
void collect_kernel_log(struct report *r);

#endif
