// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making a vCPU, and its first state.
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/x86.h"
#include "vmm/one_msr.h"

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
	union one_msr one = { .list = { .nmsrs = 1 } };
	int ret;

	one.list.entries[0] = (struct kvm_msr_entry){ .index = index, .data = value };
	ret = step(vcpu, "KVM_SET_MSRS", ioctl(vcpu->fd, KVM_SET_MSRS, &one));
	if (ret == 0) {
		vcpu->vm->failed = "KVM_SET_MSRS";
		return -EIO;
	}
	return ret < 0 ? ret : 0;
}

/*
 * KVM uses the TSC frequency of when it was loaded or the VM made. If the kernel has since measured
 * one more than 250 ppm off, on a CPU without a constant TSC and without TSC scaling, KVM would read
 * a new vCPU's TSC as 0, and its timers would hardly ever fire (x86.c: set_tsc_khz() returns without
 * a ratio). 0 sets the kernel's current frequency; set again on the vCPU, in case it has changed in
 * between. Before Linux 5.16 a VM has no such ioctl.
 */
static int create(struct vm *vm, unsigned int id)
{
	int fd;

	ioctl(vm->fd, KVM_SET_TSC_KHZ, 0UL);
	fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)id);
	if (fd >= 0)
		ioctl(fd, KVM_SET_TSC_KHZ, 0UL);
	return fd;
}

static int set_up(struct vm *vm, struct vcpu *vcpu, unsigned int id, const struct kvm_cpuid2 *cpuid)
{
	void *run;
	int ret;

	ret = step(vcpu, "KVM_CREATE_VCPU", create(vm, id));
	if (ret < 0)
		return ret;
	vcpu->fd = ret;
	run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (run == MAP_FAILED)
		return step(vcpu, "mmap of the vCPU", -1);
	vcpu->run = run;
	vcpu->stats_fd = ioctl(vcpu->fd, KVM_GET_STATS_FD, NULL);
	ret = step(vcpu, "KVM_SET_CPUID2", ioctl(vcpu->fd, KVM_SET_CPUID2, cpuid));
	if (ret < 0)
		return ret;
	if (!vmx_offered(cpuid))
		return 0;
	return vcpu_set_msr(vcpu, MSR_IA32_FEAT_CTL, FEAT_CTL_LOCKED | FEAT_CTL_VMX_OUTSIDE_SMX);
}

int vcpu_create_as(struct vm *vm, struct vcpu *vcpu, unsigned int id,
		   const struct kvm_cpuid2 *cpuid)
{
	int ret;

	*vcpu = (struct vcpu){ .vm = vm, .id = id, .fd = -1, .stats_fd = -1 };
	ret = set_up(vm, vcpu, id, cpuid);
	if (ret < 0)
		vcpu_destroy(vcpu);
	return ret;
}

int vcpu_create(struct vm *vm, struct vcpu *vcpu, unsigned int id)
{
	return vcpu_create_as(vm, vcpu, id, vm->cpuid);
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
	struct kvm_segment code = { .limit = 0xffffffff,
				    .selector = 0x08,
				    .type = 0xb,
				    .present = 1,
				    .s = 1,
				    .l = 1,
				    .g = 1 };
	struct kvm_segment data = { .limit = 0xffffffff,
				    .selector = 0x10,
				    .type = 0x3,
				    .present = 1,
				    .s = 1,
				    .db = 1,
				    .g = 1 };
	struct kvm_regs regs = {
		.rip = rip, .rdi = argument, .rsi = argument, .rflags = RFLAGS_FIXED
	};
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct kvm_sregs sregs;
	int ret;

	ret = step(vcpu, "KVM_SET_MP_STATE", ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable));
	if (ret < 0)
		return ret;
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
