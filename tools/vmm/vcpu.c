// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU: its first state, and running it.
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/x86.h"

#ifndef KVM_RUN_X86_GUEST_MODE
#define KVM_RUN_X86_GUEST_MODE (1 << 2) /* since 6.11; arch/x86/include/uapi/asm/kvm.h */
#endif

/* --- making one -------------------------------------------------------------------------- */

static int step(struct vcpu *vcpu, const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	vcpu->vm->failed = what;
	return -errno;
}

static bool vmx_offered(const struct kvm_cpuid2 *cpuid)
{
	for (uint32_t i = 0; i < cpuid->nent; i++) {
		if (cpuid->entries[i].function == CPUID_FEATURES)
			return cpuid->entries[i].ecx & CPUID_1_ECX_VMX;
	}
	return false;
}

int vcpu_set_msr(struct vcpu *vcpu, uint32_t index, uint64_t value)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = { { .nmsrs = 1 }, { .index = index, .data = value } };
	int ret = step(vcpu, "KVM_SET_MSRS", ioctl(vcpu->fd, KVM_SET_MSRS, &msrs));

	if (ret == 0) {
		vcpu->vm->failed = "KVM_SET_MSRS";
		return -EIO;
	}
	return ret < 0 ? ret : 0;
}

static int set_up(struct vm *vm, struct vcpu *vcpu, unsigned int id)
{
	void *run;
	int ret;

	ret = step(vcpu, "KVM_CREATE_VCPU", ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)id));
	if (ret < 0)
		return ret;
	vcpu->fd = ret;
	run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (run == MAP_FAILED)
		return step(vcpu, "mmap of the vCPU", -1);
	vcpu->run = run;
	vcpu->stats_fd = ioctl(vcpu->fd, KVM_GET_STATS_FD, NULL);
	ret = step(vcpu, "KVM_SET_CPUID2", ioctl(vcpu->fd, KVM_SET_CPUID2, vm->cpuid));
	if (ret < 0)
		return ret;
	if (!vmx_offered(vm->cpuid))
		return 0;
	return vcpu_set_msr(vcpu, MSR_IA32_FEAT_CTL, FEAT_CTL_LOCKED | FEAT_CTL_VMX_OUTSIDE_SMX);
}

int vcpu_create(struct vm *vm, struct vcpu *vcpu, unsigned int id)
{
	int ret;

	*vcpu = (struct vcpu){ .vm = vm, .fd = -1, .stats_fd = -1 };
	ret = set_up(vm, vcpu, id);
	if (ret < 0)
		vcpu_destroy(vcpu);
	return ret;
}

void vcpu_destroy(struct vcpu *vcpu)
{
	if (vcpu->run)
		munmap(vcpu->run, vcpu->vm->run_size);
	if (vcpu->stats_fd >= 0)
		close(vcpu->stats_fd);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	vcpu->run = NULL;
	vcpu->fd = vcpu->stats_fd = -1;
}

/* PML4, PDPT and one page directory of 2 MiB pages: memory below 1 GiB. */
static void write_page_tables(struct vm *vm)
{
	uint64_t *pml4 = (uint64_t *)(vm->memory + VM_PAGE_TABLES);
	uint64_t *pdpt = pml4 + 512, *pd = pdpt + 512;

	pml4[0] = (VM_PAGE_TABLES + 0x1000) | PTE_P | PTE_W;
	pdpt[0] = (VM_PAGE_TABLES + 0x2000) | PTE_P | PTE_W;
	for (uint64_t i = 0; i < 512 && i << 21 < vm->size; i++)
		pd[i] = i << 21 | PTE_P | PTE_W | PTE_PS;
}

int vcpu_set_long_mode(struct vcpu *vcpu, uint64_t rip, uint64_t argument)
{
	/* Code and data as 64-bit mode takes them; SDM Vol. 3 3.4.5.1 for the types. */
	struct kvm_segment code = { .limit = 0xffffffff, .selector = 0x08, .type = 0xb,
				    .present = 1, .s = 1, .l = 1, .g = 1 };
	struct kvm_segment data = { .limit = 0xffffffff, .selector = 0x10, .type = 0x3,
				    .present = 1, .s = 1, .db = 1, .g = 1 };
	struct kvm_regs regs = { .rip = rip, .rdi = argument, .rflags = RFLAGS_FIXED };
	struct kvm_sregs sregs;
	int ret;

	ret = step(vcpu, "KVM_GET_SREGS", ioctl(vcpu->fd, KVM_GET_SREGS, &sregs));
	if (ret < 0)
		return ret;
	write_page_tables(vcpu->vm);
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	sregs.cr3 = VM_PAGE_TABLES;
	sregs.cr4 = CR4_PAE;
	sregs.cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
	sregs.efer = EFER_LME | EFER_LMA;
	ret = step(vcpu, "KVM_SET_SREGS", ioctl(vcpu->fd, KVM_SET_SREGS, &sregs));
	if (ret < 0)
		return ret;
	return step(vcpu, "KVM_SET_REGS", ioctl(vcpu->fd, KVM_SET_REGS, &regs));
}

/* --- running it ---------------------------------------------------------------------------- */

static _Thread_local struct kvm_run *volatile running;
static _Thread_local volatile sig_atomic_t expired;

static void on_alarm(int signal)
{
	(void)signal;
	expired = 1;
	if (running)
		running->immediate_exit = 1;
}

static int timer_start(timer_t *timer, unsigned int ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct itimerspec when = { .it_value = { ms / 1000, ms % 1000 * 1000000L },
				   /* again, should the first one be lost to a system call */
				   .it_interval = { 0, 100000000L } };

	event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
	if (sigaction(SIGALRM, &action, NULL) < 0 || timer_create(CLOCK_MONOTONIC, &event, timer) < 0)
		return -errno;
	if (timer_settime(*timer, 0, &when, NULL) < 0) {
		timer_delete(*timer);
		return -errno;
	}
	return 0;
}

/* A port access of the guest's. True where it is the caller's doorbell. */
static bool handle_io(struct kvm_run *run, uint16_t doorbell, uint32_t *value)
{
	uint8_t *data = (uint8_t *)run + run->io.data_offset;

	if (run->io.direction == KVM_EXIT_IO_IN) {
		memset(data, 0xff, (size_t)run->io.size * run->io.count);
		return false;
	}
	if (run->io.port != doorbell || run->io.size != sizeof(*value))
		return false;
	memcpy(value, data, sizeof(*value));
	return true;
}

static void read_place(struct vcpu *vcpu, struct vcpu_exit *exit)
{
	struct kvm_regs regs;

	exit->rip = ioctl(vcpu->fd, KVM_GET_REGS, &regs) < 0 ? 0 : regs.rip;
	exit->in_l2 = vcpu->run->flags & KVM_RUN_X86_GUEST_MODE;
}

/* True where exit is filled and running is over; false to enter the guest again. */
static bool handle_exit(struct vcpu *vcpu, uint16_t doorbell, struct vcpu_exit *exit)
{
	struct kvm_run *run = vcpu->run;

	exit->what = kvm_exit_name(run->exit_reason);
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		if (!handle_io(run, doorbell, &exit->value))
			return false;
		exit->stop = VCPU_DOORBELL;
		return true;
	case KVM_EXIT_MMIO:
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		return false;
	case KVM_EXIT_INTR:
		return false;
	case KVM_EXIT_SHUTDOWN:
		exit->stop = VCPU_SHUTDOWN;
		return true;
	case KVM_EXIT_FAIL_ENTRY:
		exit->detail = run->fail_entry.hardware_entry_failure_reason;
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		exit->detail = run->internal.suberror;
		break;
	}
	exit->stop = VCPU_FAILED;
	return true;
}

static int run_loop(struct vcpu *vcpu, uint16_t doorbell, struct vcpu_exit *exit)
{
	for (;;) {
		if (expired) {
			exit->stop = VCPU_TIMEOUT;
			exit->what = "timeout";
			return 0;
		}
		if (ioctl(vcpu->fd, KVM_RUN, 0UL) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return step(vcpu, "KVM_RUN", -1);
		}
		if (handle_exit(vcpu, doorbell, exit))
			return 0;
	}
}

int vcpu_run(struct vcpu *vcpu, uint16_t doorbell, unsigned int timeout_ms, struct vcpu_exit *exit)
{
	timer_t timer;
	int ret;

	*exit = (struct vcpu_exit){ .stop = VCPU_FAILED };
	vcpu->run->immediate_exit = 0;
	expired = 0;
	running = vcpu->run;
	ret = timer_start(&timer, timeout_ms);
	if (ret < 0) {
		vcpu->vm->failed = "timer_create";
		running = NULL;
		return ret;
	}
	ret = run_loop(vcpu, doorbell, exit);
	timer_delete(timer);
	running = NULL;
	if (ret == 0)
		read_place(vcpu, exit);
	return ret;
}

void vcpu_describe(struct vcpu *vcpu, char *buf, size_t size)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs) < 0 || ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0) {
		snprintf(buf, size, "registers cannot be read: %s", strerror(errno));
		return;
	}
	snprintf(buf, size,
		 "rip 0x%llx%s, rsp 0x%llx, rax 0x%llx, rflags 0x%llx, cr0 0x%llx, cr2 0x%llx, "
		 "cr3 0x%llx, cr4 0x%llx, efer 0x%llx",
		 regs.rip, vcpu->run->flags & KVM_RUN_X86_GUEST_MODE ? " in L2" : "", regs.rsp,
		 regs.rax, regs.rflags, sregs.cr0, sregs.cr2, sregs.cr3, sregs.cr4, sregs.efer);
}
