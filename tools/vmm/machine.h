/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PC just big enough for Linux, on the small VMM: vCPUs in a thread each, ACPI tables, a
 * 16550 at 0x3f8 as the console, and a channel, which is a port that takes whole strings.
 *
 * The kernel is a vmlinux, entered at its 64-bit entry without decompression, or a bzImage,
 * which unpacks itself. Memory starts at 0 and leaves out the hole below 4 GiB.
 */
#ifndef NESTCHECK_VMM_MACHINE_H
#define NESTCHECK_VMM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

#define MACHINE_CPUS_MAX   64
#define MACHINE_MEMORY_MIN (64ULL << 20)

/*
 * OUT and REP OUTS to it, of any width, reach machine_options.channel, at the latest with an OUT to
 * MACHINE_CHANNEL_BELL; a 32-bit IN reads MACHINE_CHANNEL_MAGIC. KVM buffers the writes until then
 * (coalesced PIO): a line costs a few exits, however long it is. No PC has a device there.
 */
#define MACHINE_CHANNEL_PORT  0x0ad0
#define MACHINE_CHANNEL_BELL  0x0ad4
#define MACHINE_CHANNEL_MAGIC 0x4b43534e /* "NSCK" */

/*
 * Words for the guest kernel's command line: the console, and no search for absent devices. A
 * caller that needs the other CPUs only later adds maxcpus=1, and the guest brings them online in
 * /sys/devices/system/cpu: until then no patching of kernel code interrupts them. README.md has
 * what each word saves.
 */
#define MACHINE_CMDLINE "console=ttyS0 quiet panic=-1 pci=off 8250.nr_uarts=1"

struct machine_blob {
	const void *data;
	size_t size;
};

struct machine_msr {
	uint32_t index;
	uint64_t value;
};

/*
 * initrd: sections that the guest gets as one, each aligned to 4. msrs: preset on every vCPU, as
 * firmware would have done. silence_ms: the longest time without output on console or channel,
 * limit_ms: the longest run; 0 for no limit. clock_divisor: how many times slower the guest's
 * clock runs, at most machine_max_clock_divisor(); 0 is 1.
 *
 * skip_teardown: leave the machine as it is, with its threads stopped. For a process that is about
 * to power off: the teardown takes long in a guest of an emulator.
 *
 * console, channel: the guest's output, as it comes (not by lines); called from the vCPUs'
 * threads, one at a time. They may call machine_us() and machine_nested_run().
 */
struct machine_options {
	struct machine_blob kernel;
	const struct machine_blob *initrd;
	size_t n_initrd;
	const char *cmdline;
	size_t memory; /* bytes, a multiple of 2 MiB */
	unsigned int cpus;
	const struct machine_msr *msrs;
	size_t n_msrs;
	unsigned int silence_ms, limit_ms;
	unsigned int clock_divisor;
	bool skip_teardown;
	void (*console)(struct machine *m, const char *bytes, size_t n, void *data);
	void (*channel)(struct machine *m, const char *bytes, size_t n, void *data);
	void *data;
};

enum machine_end {
	MACHINE_POWERED_OFF,  /* ACPI S5 */
	MACHINE_RESET,	      /* ACPI's reset register, port 0x64 or 0xcf9 */
	MACHINE_TRIPLE_FAULT, /* KVM_EXIT_SHUTDOWN */
	MACHINE_ENTRY_FAILED, /* KVM_EXIT_FAIL_ENTRY; what decodes the hardware's reason */
	MACHINE_KVM_ERROR,    /* KVM_EXIT_INTERNAL_ERROR, or KVM_RUN refused */
	MACHINE_SILENT,	      /* silence_ms */
	MACHINE_TIMEOUT,      /* limit_ms */
};

const char *machine_end_name(enum machine_end end); /* "powered off" */

/*
 * what: a sentence about the end: "triple fault on vCPU 1; rip 0xffffffff81000123, ...".
 * us: from the first KVM_RUN to the end. exits, nested_run: KVM's counters, over all vCPUs;
 * 0, with counted false, if KVM has none.
 */
struct machine_result {
	enum machine_end end;
	unsigned int vcpu;
	uint64_t rip;
	char what[240];
	uint64_t us;
	bool counted;
	uint64_t exits, nested_run;
};

/*
 * Makes the VM, runs it to its end and, unless skip_teardown is set, frees everything. 0, or a
 * negative errno with a sentence in result->what if the machine could not be started: -EINVAL for
 * a file that is no kernel or for impossible options, -ENOMEM if the memory is too small for kernel
 * and initrd.
 */
int machine_run(const struct machine_options *o, struct machine_result *result);

/*
 * The largest divisor of a guest's clock that KVM supports here, at most `wanted`; 1 if it supports
 * none, as it does not report the TSC's frequency (before Linux 5.16). The guest is given a TSC
 * frequency so many times higher, and told to use the TSC. Its timers then fire so much more
 * rarely: when an exit costs as much as a tick lasts, the guest would do nothing but ticks. Its own
 * guests inherit the clock by kvmclock.
 */
unsigned int machine_max_clock_divisor(unsigned int wanted);

/* In a callback: microseconds since the first KVM_RUN; KVM's nested_run so far. */
uint64_t machine_us(const struct machine *m);
bool machine_nested_run(const struct machine *m, uint64_t *value);

#endif
