/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux as a boot loader sees it: what a kernel file says about itself, and where kernel, initrd
 * and boot parameters go in the guest's memory. Pure: bytes in, bytes out.
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
#define LINUX_ACPI_TABLES  0xe0000ULL  /* and a kernel looks for an RSDP without being told */
#define LINUX_HIGH_BEGIN   0x100000ULL /* what a kernel and its initrd may use */

#define LINUX_SEGMENTS_MAX 16

/*
 * offset, file_size: where in the file; address, size: where in the guest, zero behind file_size.
 */
struct linux_segment {
	size_t offset, file_size;
	uint64_t address, size;
};

/*
 * header: the bzImage's setup header, NULL for a vmlinux; n_header its bytes. end: the first byte
 * behind all that the kernel needs to start. cmdline_max: how long a command line it takes,
 * without the NUL. initrd_max: the highest address that the initrd may have.
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

/* -EINVAL with a sentence in *why for a file that is no kernel of these two kinds. */
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
 * Where the initrd goes: as high as it may, at a page. 0 for none. -ENOMEM where kernel and
 * initrd do not fit, -EINVAL for a command line that is too long, both with a sentence.
 */
int linux_place(const struct linux_kernel *k, const struct linux_guest *g, uint64_t *initrd,
		const char **why);

/* Writes all of it; linux_place() has agreed. The memory was zero. */
void linux_load(const struct linux_kernel *k, const struct linux_guest *g, uint64_t initrd);

/* The initrd's bytes, each part at a multiple of 4. */
uint64_t linux_initrd_size(const struct linux_guest *g);

#endif
