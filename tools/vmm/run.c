// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running a vCPU, once or for a limited time.
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/error_text.h"

#ifndef KVM_RUN_X86_GUEST_MODE
#define KVM_RUN_X86_GUEST_MODE (1 << 2) /* since 6.11; arch/x86/include/uapi/asm/kvm.h */
#endif

static _Thread_local struct kvm_run *volatile running;
static _Thread_local volatile sig_atomic_t expired;

static void on_alarm(int signal)
{
	(void)signal;
	expired = 1;
	if (running)
		running->immediate_exit = 1;
}

int vcpu_kick_init(void)
{
	struct sigaction action = { .sa_handler = on_alarm };

	return sigaction(SIGALRM, &action, NULL) < 0 ? -errno : 0;
}

void vcpu_kickable(struct vcpu *vcpu)
{
	running = vcpu->run;
}

static int timer_start(timer_t *timer, unsigned int ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct itimerspec when = { .it_value = { ms / 1000, ms % 1000 * 1000000L },
				   /* again, should the first one be lost to a system call */
				   .it_interval = { 0, 100000000L } };

	event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
	if (sigaction(SIGALRM, &action, NULL) < 0 ||
	    timer_create(CLOCK_MONOTONIC, &event, timer) < 0)
		return -errno;
	if (timer_settime(*timer, 0, &when, NULL) < 0) {
		timer_delete(*timer);
		return -errno;
	}
	return 0;
}

/* A port access for which there is no device. True if it rang the doorbell. */
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

static enum vcpu_event handle_exit(struct vcpu *vcpu, struct vcpu_exit *exit)
{
	struct kvm_run *run = vcpu->run;
	enum vcpu_stop stop = VCPU_FAILED;
	uint64_t detail = 0;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		return VCPU_PORT;
	case KVM_EXIT_MMIO:
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		return VCPU_RESUME;
	case KVM_EXIT_INTR:
		return VCPU_RESUME;
	case KVM_EXIT_SHUTDOWN:
		stop = VCPU_SHUTDOWN;
		break;
	case KVM_EXIT_FAIL_ENTRY:
		detail = run->fail_entry.hardware_entry_failure_reason;
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		detail = run->internal.suberror;
		break;
	}
	*exit = (struct vcpu_exit){ .vcpu = vcpu,
				    .stop = stop,
				    .reason = run->exit_reason,
				    .what = kvm_exit_name(run->exit_reason),
				    .detail = detail };
	return VCPU_ENDED;
}

int vcpu_run_once(struct vcpu *vcpu, struct vcpu_exit *exit)
{
	if (ioctl(vcpu->fd, KVM_RUN, 0UL) == 0)
		return handle_exit(vcpu, exit);
	/* EAGAIN: a vCPU that waited for its start-up interrupt has got it. */
	if (errno == EINTR || errno == EAGAIN)
		return VCPU_RESUME;
	return -errno;
}

static int run_loop(struct vcpu *vcpu, uint16_t doorbell, struct vcpu_exit *exit)
{
	while (!expired) {
		int event = vcpu_run_once(vcpu, exit);

		if (event < 0) {
			vcpu->vm->failed = "KVM_RUN";
			return event;
		}
		if (event == VCPU_ENDED)
			return 0;
		if (event == VCPU_PORT && handle_io(vcpu->run, doorbell, &exit->value)) {
			exit->stop = VCPU_DOORBELL;
			exit->what = kvm_exit_name(KVM_EXIT_IO);
			return 0;
		}
	}
	exit->stop = VCPU_TIMEOUT;
	exit->what = "timeout";
	return 0;
}

int vcpu_run(struct vcpu *vcpu, uint16_t doorbell, unsigned int timeout_ms, struct vcpu_exit *exit)
{
	timer_t timer;
	int ret;

	*exit = (struct vcpu_exit){ .vcpu = vcpu, .stop = VCPU_FAILED };
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

void vcpu_kick(pthread_t thread)
{
	pthread_kill(thread, SIGALRM);
}

bool vcpu_asleep(struct vcpu *vcpu)
{
	struct kvm_mp_state state;

	return ioctl(vcpu->fd, KVM_GET_MP_STATE, &state) == 0 &&
	       state.mp_state == KVM_MP_STATE_HALTED;
}

void vcpu_describe(struct vcpu *vcpu, char *buf, size_t size)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs) < 0 ||
	    ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0) {
		snprintf(buf, size, "registers cannot be read: %s", error_text(errno));
		return;
	}
	snprintf(buf, size,
		 "rip 0x%llx%s, rsp 0x%llx, rax 0x%llx, rflags 0x%llx, cr0 0x%llx, cr2 0x%llx, "
		 "cr3 0x%llx, cr4 0x%llx, efer 0x%llx",
		 regs.rip, vcpu->run->flags & KVM_RUN_X86_GUEST_MODE ? " in L2" : "", regs.rsp,
		 regs.rax, regs.rflags, sregs.cr0, sregs.cr2, sregs.cr3, sregs.cr4, sregs.efer);
}
