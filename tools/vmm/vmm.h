/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The small VMM: one VM on /dev/kvm, memory at guest-physical 0, vCPUs started in 64-bit mode.
 * machine.h makes a PC of it.
 *
 *	vm_create -> vcpu_create -> vcpu_set_long_mode -> vcpu_run ... -> vm_destroy
 *
 * or, with all that KVM holds of it carried over into a fresh VM on the same memory,
 *
 *	vcpu_save -> vcpu_destroy -> vm_renew -> vcpu_create -> vcpu_restore -> vcpu_run
 *
 * There are no devices but KVM's own interrupt controllers. Other ports and addresses read as all
 * ones and drop writes, as on a PC's bus. The one port that the caller names ends vcpu_run() with
 * VCPU_DOORBELL.
 *
 * Functions that fail return a negative errno and leave the name of the step in vm->failed
 * ("KVM_CREATE_VM"), for the message. KVM's interface is Documentation/virt/kvm/api.rst.
 */
#ifndef NESTCHECK_VMM_VMM_H
#define NESTCHECK_VMM_VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvm_run;

struct vm {
	int kvm_fd, fd;
	uint8_t *memory;  /* host address of guest-physical 0 */
	size_t size, low; /* total; below the hole: the rest is at VM_HIGH_MEMORY */
	size_t run_size;
	struct kvm_cpuid2 *cpuid; /* what KVM supports; each vCPU gets it */
	const char *failed;
};

struct vcpu {
	struct vm *vm;
	unsigned int id; /* and its LAPIC's */
	int fd;
	int stats_fd;	  /* -1 if KVM has no binary statistics */
	const char *stat; /* the statistic last asked for, and its offset */
	uint32_t stat_offset;
	struct kvm_run *run;
};

/*
 * size: bytes of memory, a multiple of 2 MiB; reserved, not allocated: pages that the guest
 * does not touch cost nothing. Memory beyond VM_LOW_MEMORY_MAX starts at 4 GiB: the interrupt
 * controllers are in between, as on a PC.
 */
#define VM_LOW_MEMORY_MAX 0xc0000000ULL
#define VM_HIGH_MEMORY	  0x100000000ULL
int vm_create(struct vm *vm, size_t size);
void vm_destroy(struct vm *vm);

/*
 * Replaces this VM by a new one on the same memory; its vCPUs must be destroyed. The old VM is
 * closed before the new one is made. After a failure only vm_destroy() may be called.
 */
int vm_renew(struct vm *vm);

/*
 * With KVM_GET_SUPPORTED_CPUID, and IA32_FEATURE_CONTROL locked with VMX on if VMX is
 * offered, as firmware would have done. vCPU 0 is the boot CPU.
 */
int vcpu_create(struct vm *vm, struct vcpu *vcpu, unsigned int id);

/* The same with another CPUID than vm->cpuid. */
int vcpu_create_as(struct vm *vm, struct vcpu *vcpu, unsigned int id,
		   const struct kvm_cpuid2 *cpuid);
void vcpu_destroy(struct vcpu *vcpu);

/*
 * Ready to run at rip in 64-bit mode, CPL 0, interrupts off, RDI = RSI = argument, all memory
 * below 1 GiB identity-mapped by page tables that are written to VM_PAGE_TABLES (3 pages). No
 * stack. A vCPU that waits for INIT and SIPI, as all but the first do, is made to run without them.
 */
#define VM_PAGE_TABLES 0x1000ULL
int vcpu_set_long_mode(struct vcpu *vcpu, uint64_t rip, uint64_t argument);

/* A register as firmware would have preset it. -EIO if KVM refuses the value. */
int vcpu_set_msr(struct vcpu *vcpu, uint32_t index, uint64_t value);

/*
 * Everything of a vCPU that KVM holds, nested state included; made by vcpu_save(), freed by
 * vcpu_state_free(). Call vcpu_complete_io() first: after a port access KVM completes the
 * instruction only when the vCPU is entered again (api.rst, 5. "The kvm_run structure").
 */
struct vcpu_state;

enum nested_mode {
	NESTED_OFF,   /* VMX or SVM is off */
	NESTED_IN_L1, /* on, and L2 is not running */
	NESTED_IN_L2,
};

/* Whether KVM can save nested state at all: VMX since Linux 4.19, SVM since 5.8. */
bool vm_saves_nested(const struct vm *vm);

int vcpu_complete_io(struct vcpu *vcpu);
int vcpu_save(struct vcpu *vcpu, struct vcpu_state **state);
int vcpu_restore(struct vcpu *vcpu, const struct vcpu_state *state);
enum nested_mode vcpu_state_mode(const struct vcpu_state *state);
void vcpu_state_free(struct vcpu_state *state);

enum vcpu_stop {
	VCPU_DOORBELL, /* a 32-bit OUT to the caller's port; value is what was written */
	VCPU_TIMEOUT,  /* timeout_ms have passed */
	VCPU_SHUTDOWN, /* triple fault */
	VCPU_FAILED,   /* any other exit: reason and what name it */
};

/*
 * rip: where the guest was at the end, with in_l2 if the vCPU was in its own guest then; filled
 * by vcpu_run() only. reason: KVM_EXIT_*; what: its name, static, or "timeout". detail: the
 * hardware's failure reason of KVM_EXIT_FAIL_ENTRY, the suberror of KVM_EXIT_INTERNAL_ERROR.
 */
struct vcpu_exit {
	struct vcpu *vcpu;
	enum vcpu_stop stop;
	uint32_t value;
	uint64_t rip;
	bool in_l2;
	uint32_t reason;
	const char *what;
	uint64_t detail;
};

enum vcpu_event {
	VCPU_RESUME, /* enter the guest again: a signal, a start-up interrupt, an MMIO access */
	VCPU_PORT,   /* a port access, in vcpu->run->io; answer it there and enter again */
	VCPU_ENDED,  /* exit->stop is VCPU_SHUTDOWN or VCPU_FAILED */
};

/*
 * One KVM_RUN. An enum vcpu_event, or a negative errno if KVM refuses; vm->failed is left alone, as
 * several threads may run vCPUs. MMIO reads as ones. Only VCPU_ENDED fills exit.
 */
int vcpu_run_once(struct vcpu *vcpu, struct vcpu_exit *exit);

/*
 * Runs the vCPU until it rings at the port `doorbell`, dies, or timeout_ms have passed. The
 * time-out is a signal (SIGALRM) to this thread, whose handler also sets immediate_exit: one
 * that arrives just ahead of KVM_RUN is not lost. 0, or a negative errno.
 */
int vcpu_run(struct vcpu *vcpu, uint16_t doorbell, unsigned int timeout_ms, struct vcpu_exit *exit);

/*
 * Makes a vcpu_run() that is under way in that thread, or about to start, return VCPU_TIMEOUT
 * soon; repeat it until it has. A thread that calls vcpu_run_once() can be kicked, too, after
 * vcpu_kickable(); it then gets VCPU_RESUME, and clears immediate_exit itself. Before the first
 * kick the process has to call vcpu_kick_init(), or have been in vcpu_run().
 */
int vcpu_kick_init(void);
void vcpu_kickable(struct vcpu *vcpu);
void vcpu_kick(pthread_t thread);

/* True if the vCPU sleeps in HLT. */
bool vcpu_asleep(struct vcpu *vcpu);

/* "rip 0x2012ab in L2, rsp 0x..., rax 0x..., cr3 0x...": for a failure's detail. */
void vcpu_describe(struct vcpu *vcpu, char *buf, size_t size);

/* KVM_EXIT_* by name; "unknown" for one that this program does not know. */
const char *kvm_exit_name(uint32_t reason);

/*
 * KVM's own counter of this vCPU, by its name in KVM_GET_STATS_FD ("nested_run"). 0, or
 * -ENOENT if KVM has no such counter.
 */
int vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value);

#endif
