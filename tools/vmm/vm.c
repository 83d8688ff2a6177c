// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM: file descriptors, memory, KVM's interrupt controllers.
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Intel without unrestricted guest keeps three pages for real mode and one page table in
 * the guest's address space; these addresses are QEMU's, below the BIOS and above our memory.
 */
#define IDENTITY_MAP_ADDRESS 0xfeffc000ULL
#define TSS_ADDRESS	     0xfeffd000UL

#define HUGE_PAGE     (2UL << 20)
#define CPUID_ENTRIES 256

static int step(struct vm *vm, const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	vm->failed = what;
	return -errno;
}

static int read_cpuid(struct vm *vm)
{
	vm->cpuid = calloc(1, sizeof(*vm->cpuid) + CPUID_ENTRIES * sizeof(vm->cpuid->entries[0]));
	if (!vm->cpuid) {
		vm->failed = "memory for CPUID";
		return -ENOMEM;
	}
	vm->cpuid->nent = CPUID_ENTRIES;
	return step(vm, "KVM_GET_SUPPORTED_CPUID",
		    ioctl(vm->kvm_fd, KVM_GET_SUPPORTED_CPUID, vm->cpuid));
}

/* Aligned to 2 MiB, so that KVM can map the host's huge pages into the guest. */
static int reserve_memory(struct vm *vm)
{
	uint8_t *memory = mmap(NULL, vm->size + HUGE_PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before;

	if (memory == MAP_FAILED)
		return step(vm, "mmap of the guest's memory", -1);
	before = -(uintptr_t)memory % HUGE_PAGE;
	if (before)
		munmap(memory, before);
	munmap(memory + before + vm->size, HUGE_PAGE - before);
	vm->memory = memory + before;
	return 0;
}

static int map_region(struct vm *vm, uint32_t slot, uint64_t address, size_t offset, size_t size)
{
	struct kvm_userspace_memory_region region = { .slot = slot,
						      .guest_phys_addr = address,
						      .memory_size = size,
						      .userspace_addr =
							      (uintptr_t)vm->memory + offset };

	return step(vm, "KVM_SET_USER_MEMORY_REGION",
		    ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region));
}

/* Address space 1 is SMM's: the same memory. */
static int map_memory(struct vm *vm)
{
	int spaces = ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_MULTI_ADDRESS_SPACE), ret = 0;

	for (uint32_t i = 0; ret == 0 && i < (spaces > 1 ? 2 : 1); i++) {
		ret = map_region(vm, i << 16, 0, 0, vm->low);
		if (ret == 0 && vm->size > vm->low)
			ret = map_region(vm, i << 16 | 1, VM_HIGH_MEMORY, vm->low,
					 vm->size - vm->low);
	}
	return ret;
}

static int set_up(struct vm *vm)
{
	uint64_t identity_map = IDENTITY_MAP_ADDRESS;
	int ret;

	ret = step(vm, "/dev/kvm", open("/dev/kvm", O_RDWR | O_CLOEXEC));
	if (ret < 0)
		return ret;
	vm->kvm_fd = ret;
	ret = step(vm, "KVM_CREATE_VM", ioctl(vm->kvm_fd, KVM_CREATE_VM, 0UL));
	if (ret < 0)
		return ret;
	vm->fd = ret;
	ret = step(vm, "KVM_GET_VCPU_MMAP_SIZE", ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0UL));
	if (ret < 0)
		return ret;
	vm->run_size = (size_t)ret;
	ret = read_cpuid(vm);
	if (ret < 0)
		return ret;
	ret = step(vm, "KVM_SET_IDENTITY_MAP_ADDR",
		   ioctl(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &identity_map));
	if (ret < 0)
		return ret;
	ret = step(vm, "KVM_SET_TSS_ADDR", ioctl(vm->fd, KVM_SET_TSS_ADDR, TSS_ADDRESS));
	if (ret < 0)
		return ret;
	ret = step(vm, "KVM_CREATE_IRQCHIP", ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0UL));
	if (ret < 0)
		return ret;
	return map_memory(vm);
}

int vm_create(struct vm *vm, size_t size)
{
	int ret;

	*vm = (struct vm){ .kvm_fd = -1, .fd = -1, .size = size };
	vm->low = size < VM_LOW_MEMORY_MAX ? size : VM_LOW_MEMORY_MAX;
	ret = reserve_memory(vm);
	if (ret == 0)
		ret = set_up(vm);
	if (ret < 0)
		vm_destroy(vm);
	return ret;
}

static void close_all(struct vm *vm)
{
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->kvm_fd >= 0)
		close(vm->kvm_fd);
	free(vm->cpuid);
	vm->fd = vm->kvm_fd = -1;
	vm->cpuid = NULL;
}

int vm_renew(struct vm *vm)
{
	close_all(vm);
	return set_up(vm);
}

/* vm->failed outlives this: the caller prints it. */
void vm_destroy(struct vm *vm)
{
	close_all(vm);
	if (vm->memory)
		munmap(vm->memory, vm->size);
	vm->memory = NULL;
}
