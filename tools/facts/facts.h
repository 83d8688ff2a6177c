/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts: raw values read from the machine, nothing decoded (design.md, "Facts").
 *
 * collect_hardware() must run before our KVM is loaded: EFER.SVME and CR4.VMXE must be read before
 * KVM sets them. collect_system() runs after load: "module refused", "nested off" and the l1tf line
 * exist only then. Both fill r->facts and r->cpu and never fail as a whole: what could not be read
 * stays unknown.
 */
#ifndef NESTCHECK_FACTS_FACTS_H
#define NESTCHECK_FACTS_FACTS_H

#include "lib/report.h"

/* CPUID and MSRs, read on every online CPU; firmware, memory; the kernel's release and taint. */
void collect_hardware(struct report *r);

/* KVM's system-scoped view, module parameters, vulnerabilities, clocksource, log. */
void collect_system(struct report *r);

/*
 * Sets r->facts.software: the versions of QEMU and libvirt, as the programs print them for --version,
 * which starts nothing. A program is run from a fixed path, if only root or we could have put it there,
 * without our environment and, if we are root, as nobody. After SOFTWARE_SECONDS it is killed, and
 * when it has ended, all that it left running, whatever session that is in.
 */
#define SOFTWARE_SECONDS 5
void collect_software(struct report *r);

/* The first line that a program prints for --version; NULL: it may not run, or none in time. Public for tests. */
const char *software_version(struct arena *a, const char *path, unsigned int seconds);

/*
 * Sets r->selftest.taint_*: the kernel's taint now, after everything that ran on KVM, and the one
 * that collect_hardware() read. Unknown if either could not be read.
 */
void collect_taint_after(struct report *r);

/*
 * Sets r->cpu from r->facts only: vendor, brand string, codename, count, microcode. Pure; also
 * called for a replay.
 */
void identify_cpu(struct report *r);

/* Reads one register on one CPU: 0, -EIO if the machine refuses it, -EPERM, -ENODEV, -ENXIO. */
int msr_read(int cpu, uint32_t index, uint64_t *value);

/*
 * Whether the current CPU should have a register, by its vendor and CPUID. If NO, its value may
 * mean nothing. Unknown for a register without a rule.
 */
enum tri msr_announced(uint32_t index);

/*
 * The ids of the online CPUs or, if unknown, of those that we may run on; in arena a. Returns their
 * number.
 */
size_t online_cpus(struct arena *a, int **ids);

/* Sets r->facts.kernel.log again: the wanted messages of the kernel since boot. */
void collect_kernel_log(struct report *r);

#endif
