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
 * MACHINE_CHANNEL_BELL; a 32-bit IN reads MACHINE_CHANNEL_MAGIC. KVM keeps what is written until
 * then (coalesced PIO): a line is a few exits, however long. No PC has anything there.
 */
#define MACHINE_CHANNEL_PORT  0x0ad0
#define MACHINE_CHANNEL_BELL  0x0ad4
#define MACHINE_CHANNEL_MAGIC 0x4b43534e /* "NSCK" */

/*
 * Words for the guest kernel's command line: the console, and no search for what is not there.
 * Whoever needs its second CPU only later adds maxcpus=1 and puts the others online by
 * /sys/devices/system/cpu: until then no patch of the kernel's code interrupts them. README.md has
 * what each saves.
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
 * initrd: parts that the guest gets as one, each at a multiple of 4. msrs: preset on every
 * vCPU, as firmware would have done. silence_ms: how long neither console nor channel may say
 * anything, limit_ms: how long the whole may take; 0 for no limit. slow: by how much the guest's
 * clock goes slower than time, as far as machine_slow() has it; 0 is 1.
 *
 * leave: the process is about to end the system: the machine is left as it is, with its threads
 * stopped, for tearing it down takes long in a guest of an emulator.
 *
 * console, channel: what the guest said, as it comes (not by lines); called from the vCPUs'
 * threads, one at a time. They may call machine_nested_run() and machine_stop().
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
	unsigned int slow;
	bool leave;
	void (*console)(struct machine *m, const char *bytes, size_t n, void *data);
	void (*channel)(struct machine *m, const char *bytes, size_t n, void *data);
	void *data;
};

enum machine_end {
	MACHINE_POWERED_OFF,  /* ACPI S5 */
	MACHINE_RESET,	      /* ACPI's reset register, port 0x64 or 0xcf9 */
	MACHINE_TRIPLE_FAULT, /* KVM_EXIT_SHUTDOWN */
	MACHINE_ENTRY_FAILED, /* KVM_EXIT_FAIL_ENTRY: what decodes the hardware's reason */
	MACHINE_KVM_ERROR,    /* KVM_EXIT_INTERNAL_ERROR, or KVM_RUN refused */
	MACHINE_SILENT,	      /* silence_ms */
	MACHINE_TIMEOUT,      /* limit_ms */
	MACHINE_STOPPED,      /* machine_stop() */
};

const char *machine_end_name(enum machine_end end); /* "powered off" */

/*
 * what: a sentence about the end: "triple fault on vCPU 1; rip 0xffffffff81000123, ...".
 * us: from the first KVM_RUN to the end. exits, nested_run: KVM's counters, over all vCPUs;
 * 0 with counted false where KVM has none.
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
 * From making the VM to its end; everything that it made is gone when it returns (but with
 * `leave`). 0, or a
 * negative errno with a sentence in result->what where the machine could not be started:
 * -EINVAL for a kernel that is none or options that make no machine, -ENOMEM where the memory
 * is too small for kernel and initrd.
 */
int machine_run(const struct machine_options *o, struct machine_result *result);

/*
 * By how much a guest's clock can go slower here, at most `wanted`; 1: it cannot, as KVM does not
 * tell the TSC's frequency (before Linux 5.16). The guest is told that its TSC is so many times
 * faster, and to use that. Its timers then come so much more rarely: where an exit costs as much as
 * is between two ticks, it gets to nothing else. It inherits kvmclock to its own guests.
 */
unsigned int machine_slow(unsigned int wanted);

/* In a callback: microseconds since the first KVM_RUN; KVM's nested_run so far; the end, soon. */
uint64_t machine_us(const struct machine *m);
bool machine_nested_run(const struct machine *m, uint64_t *value);
void machine_stop(struct machine *m);

#endif
