// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine from its options to its result: making the VM, loading the kernel, reading KVM's
 * counters.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "lib/error_text.h"
#include "vmm/acpi.h"
#include "vmm/linux.h"
#include "vmm/machine_memory.h"
#include "vmm/machine_internal.h"

#define MEMORY_UNIT  (2ULL << 20)
/* The kernel's local APIC timer counts 125 times that in 32 bits: apic.c, setup_APIC_timer(). */
#define TSC_KHZ_MAX  (UINT32_MAX / 125)
#define AFTER_RESET  0xfff0  /* RIP, SDM Vol. 3 table 10-1 */
#define RESET_VECTOR 0xffff0 /* f000:fff0 */

static int refuse(struct machine_result *r, int error, const char *sentence)
{
	snprintf(r->what, sizeof(r->what), "%s", sentence);
	return error;
}

static int check_options(const struct machine_options *o, struct machine_result *r)
{
	if (o->cpus < 1 || o->cpus > MACHINE_CPUS_MAX)
		return refuse(r, -EINVAL, "a machine has 1 to 64 CPUs");
	if (o->memory < MACHINE_MEMORY_MIN || o->memory % MEMORY_UNIT)
		return refuse(r, -EINVAL,
			      "a machine's memory is at least 64 MiB, in steps of 2 MiB");
	if (!o->cmdline || !o->kernel.data)
		return refuse(r, -EINVAL, "a machine needs a kernel and a command line");
	return 0;
}

/* The step that KVM refused, with its reason. */
static int failed(struct machine *m, int error)
{
	snprintf(m->result->what, sizeof(m->result->what), "%s: %s", m->vm.failed,
		 error_text(-error));
	return error;
}

static bool sum(const struct machine *m, const char *name, uint64_t *value)
{
	*value = 0;
	for (unsigned int i = 0; i < m->n_cpus; i++) {
		uint64_t one;

		if (vcpu_stat(&m->cpus[i].vcpu, name, &one) < 0)
			return false;
		*value += one;
	}
	return true;
}

bool machine_nested_run(const struct machine *m, uint64_t *value)
{
	return sum(m, "nested_run", value);
}

/* The registers of the vCPU that ended it, or of the first one. */
static void add_registers(struct machine *m)
{
	struct machine_result *r = m->result;
	struct vcpu *vcpu = &m->cpus[r->vcpu].vcpu;
	size_t n = strlen(r->what);
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs) == 0)
		r->rip = regs.rip;
	if (r->end == MACHINE_POWERED_OFF || r->end == MACHINE_RESET || n + 3 > sizeof(r->what))
		return;
	/* SVM has no state to show after a shutdown (svm.c: shutdown_interception()). */
	if (r->end == MACHINE_TRIPLE_FAULT && r->rip == AFTER_RESET) {
		snprintf(r->what + n, sizeof(r->what) - n, "; KVM has reset its registers");
		return;
	}
	memcpy(r->what + n, "; ", 3);
	vcpu_describe(vcpu, r->what + n + 2, sizeof(r->what) - n - 2);
}

/*
 * A PC's reset vector. Linux jumps there in real mode when it reboots with hardware-reduced ACPI
 * and no EFI (arch/x86/kernel/reboot.c: reboot_init(), BOOT_BIOS):
 * mov $0xfe, %al; out %al, $0x64; hlt; jmp to the hlt.
 */
static void write_reset_vector(uint8_t *memory)
{
	static const uint8_t code[] = { 0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd };

	memcpy(memory + RESET_VECTOR, code, sizeof(code));
}

/* The TSC frequency that KVM gives each vCPU by default; 0 if it does not say. */
static unsigned int tsc_khz(const struct vm *vm)
{
	int khz = ioctl(vm->fd, KVM_GET_TSC_KHZ, 0UL);

	return khz > 0 ? (unsigned int)khz : 0;
}

unsigned int machine_max_clock_divisor(unsigned int wanted)
{
	unsigned int khz = 0, most;
	struct vm vm;

	if (wanted < 2)
		return 1;
	if (vm_create(&vm, MEMORY_UNIT) == 0) {
		khz = tsc_khz(&vm);
		vm_destroy(&vm);
	}
	most = khz ? TSC_KHZ_MAX / khz : 1;
	return most < 1 ? 1 : most < wanted ? most : wanted;
}

/* The caller's command line, and what slows the clock down; false if it is too long. */
static bool add_clock(const struct machine *m, char *cmdline, size_t size)
{
	unsigned int khz = m->o->clock_divisor > 1 ? tsc_khz(&m->vm) * m->o->clock_divisor : 0;
	int n = snprintf(cmdline, size, "%s", m->o->cmdline);

	if (khz && n >= 0 && (size_t)n < size)
		n += snprintf(cmdline + n, size - (size_t)n,
			      " no-kvmclock tsc=reliable tsc_early_khz=%u", khz);
	return n >= 0 && (size_t)n < size;
}

static int run(struct machine *m, const struct linux_kernel *kernel, struct linux_guest *guest,
	       uint64_t initrd)
{
	struct machine_ahead ahead;
	int ret;

	guest->memory = m->vm.memory;
	ahead = machine_populate(m, kernel, initrd, linux_initrd_size(guest));
	linux_load(kernel, guest, initrd);
	acpi_write(m->vm.memory + LINUX_ACPI_TABLES, LINUX_ACPI_TABLES, m->o->cpus);
	write_reset_vector(m->vm.memory);
	ret = machine_make_cpus(m, kernel->entry);
	if (ret == 0) {
		machine_open_channel(m);
		machine_map(m, &ahead);
	}
	if (ret == 0)
		ret = machine_run_cpus(m);
	if (ret < 0)
		return failed(m, ret);
	add_registers(m);
	m->result->counted = sum(m, "exits", &m->result->exits) &&
			     sum(m, "nested_run", &m->result->nested_run);
	return 0;
}

static void destroy(struct machine *m)
{
	for (unsigned int i = 0; i < m->n_cpus; i++) {
		if (m->cpus[i].made)
			vcpu_destroy(&m->cpus[i].vcpu);
	}
	free(m->cpus);
	vm_destroy(&m->vm);
}

int machine_run(const struct machine_options *o, struct machine_result *result)
{
	struct machine m = { .o = o, .result = result, .lock = PTHREAD_MUTEX_INITIALIZER };
	char cmdline[LINUX_CMDLINE_SIZE];
	struct linux_guest guest = { .size = o->memory,
				     .low = o->memory < VM_LOW_MEMORY_MAX ? o->memory :
									    VM_LOW_MEMORY_MAX,
				     .cmdline = cmdline,
				     .initrd = o->initrd,
				     .n_initrd = o->n_initrd };
	struct linux_kernel kernel;
	pthread_condattr_t monotonic;
	const char *why = NULL;
	uint64_t initrd;
	int ret;

	*result = (struct machine_result){ .end = MACHINE_KVM_ERROR };
	ret = check_options(o, result);
	if (ret < 0)
		return ret;
	ret = linux_parse(&o->kernel, &kernel, &why);
	if (ret < 0)
		return refuse(result, ret, why);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&m.ended, &monotonic);
	ret = vm_create(&m.vm, o->memory);
	if (ret < 0)
		return failed(&m, ret);
	if (!add_clock(&m, cmdline, sizeof(cmdline)))
		ret = refuse(result, -EINVAL, "the kernel's command line is too long");
	if (ret == 0)
		ret = linux_place(&kernel, &guest, &initrd, &why);
	if (ret < 0 && why)
		refuse(result, ret, why);
	if (ret == 0)
		ret = run(&m, &kernel, &guest, initrd);
	if (!o->skip_teardown)
		destroy(&m);
	return ret;
}
