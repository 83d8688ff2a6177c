/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux as a boot loader sees it: parsing a kernel file, and placing kernel, initrd and boot
 * parameters in the guest's memory. Pure: bytes in, bytes out.
 *
 * Sources: Documentation/arch/x86/boot.rst and zero-page.rst ("64-bit Boot Protocol"), System V
 * ABI "Object Files" (ELF). Both kinds of kernel are entered at their 64-bit entry with RSI = the
 * boot parameters, interrupts off and memory identity-mapped.
 */
#ifndef NESTCHECK_VMM_LINUX_H
#define NESTCHECK_VMM_LINUX_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/machine.h"

/*
 * Guest-physical addresses below 1 MiB. VM_PAGE_TABLES (vmm.h) is at 0x1000; the kernel wants
 * free memory below LINUX_LOW_END for its real-mode trampoline.
 */
#define LINUX_BOOT_PARAMS  0x7000ULL
#define LINUX_CMDLINE	   0x8000ULL
#define LINUX_CMDLINE_SIZE 0x1000ULL
#define LINUX_LOW_END	   0x9fc00ULL  /* where a PC's extended BIOS data area begins */
#define LINUX_ACPI_TABLES  0xe0000ULL  /* a kernel searches here for an RSDP */
#define LINUX_HIGH_BEGIN   0x100000ULL /* from here on: the kernel and its initrd */

#define LINUX_SEGMENTS_MAX 16

/* offset, file_size: in the file; address, size: in the guest, zero after file_size. */
struct linux_segment {
	size_t offset, file_size;
	uint64_t address, size;
};

/*
 * header: the bzImage's setup header, NULL for a vmlinux; n_header its bytes. end: the first byte
 * after what the kernel needs to start. cmdline_max: the longest command line, without the NUL.
 * initrd_max: the highest address of the initrd.
 */
struct linux_kernel {
	const uint8_t *file;
	uint64_t entry, end;
	const uint8_t *header;
	size_t n_header;
	size_t cmdline_max;
	uint64_t initrd_max;
	struct linux_segment segments[LINUX_SEGMENTS_MAX];
	size_t n_segments;
};

/* 0, or -EINVAL with a sentence in *why for a file that is neither kind of kernel. */
int linux_parse(const struct machine_blob *file, struct linux_kernel *k, const char **why);

/*
 * The guest's memory: size bytes at memory, of which the first `low` are at guest-physical 0 and
 * the rest at 4 GiB.
 */
struct linux_guest {
	uint8_t *memory;
	uint64_t size, low;
	const char *cmdline;
	const struct machine_blob *initrd;
	size_t n_initrd;
};

/*
 * Places the initrd: as high as allowed, at a page; 0 for none. -ENOMEM if kernel and initrd do not
 * fit, -EINVAL if the command line is too long, both with a sentence.
 */
int linux_place(const struct linux_kernel *k, const struct linux_guest *g, uint64_t *initrd,
		const char **why);

/* Writes all of it, after linux_place() returned 0. The memory must be zero. */
void linux_load(const struct linux_kernel *k, const struct linux_guest *g, uint64_t initrd);

/* The initrd's size, each section aligned to 4. */
uint64_t linux_initrd_size(const struct linux_guest *g);

#endif
