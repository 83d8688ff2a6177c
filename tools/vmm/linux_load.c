// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel, initrd, command line and boot parameters in the guest's memory.
 */
#include "vmm/linux.h"

#include <asm/bootparam.h>
#include <errno.h>
#include <string.h>

#define PAGE	     4096ULL
#define FOUR_GIB     (1ULL << 32)
#define LOADER_OTHER 0xff	/* type_of_loader without a number of its own */
#define SETUP_MAGIC  0x53726448 /* "HdrS" */
#define VERSION	     0x020f	/* of the protocol, for a vmlinux, which brings no header */

enum {
	E820_MEMORY = 1,
	E820_HOLE = 2
};

uint64_t linux_initrd_size(const struct linux_guest *g)
{
	uint64_t size = 0;

	for (size_t i = 0; i < g->n_initrd; i++)
		size = ((size + 3) & ~3ULL) + g->initrd[i].size;
	return size;
}

int linux_place(const struct linux_kernel *k, const struct linux_guest *g, uint64_t *initrd,
		const char **why)
{
	uint64_t size = linux_initrd_size(g);
	uint64_t top = g->low < k->initrd_max ? g->low : k->initrd_max + 1;
	uint64_t end = (k->end + PAGE - 1) & ~(PAGE - 1);

	*initrd = 0;
	if (strlen(g->cmdline) > k->cmdline_max || strlen(g->cmdline) >= LINUX_CMDLINE_SIZE) {
		*why = "the kernel's command line is too long";
		return -EINVAL;
	}
	if (k->end > g->low) {
		*why = "the memory is too small for the kernel";
		return -ENOMEM;
	}
	if (size == 0)
		return 0;
	if (size > top || ((top - size) & ~(PAGE - 1)) < end) {
		*why = "the memory is too small for the kernel and its initrd";
		return -ENOMEM;
	}
	*initrd = (top - size) & ~(PAGE - 1);
	return 0;
}

static void add_range(struct boot_params *p, uint64_t begin, uint64_t end, uint32_t type)
{
	if (begin < end)
		p->e820_table[p->e820_entries++] =
			(struct boot_e820_entry){ begin, end - begin, type };
}

static void write_params(const struct linux_kernel *k, const struct linux_guest *g, uint64_t initrd)
{
	struct boot_params *p = (struct boot_params *)(g->memory + LINUX_BOOT_PARAMS);

	memset(p, 0, sizeof(*p));
	if (k->header)
		memcpy(&p->hdr, k->header, k->n_header);
	p->hdr.boot_flag = 0xaa55;
	p->hdr.header = SETUP_MAGIC;
	if (!k->header)
		p->hdr.version = VERSION;
	p->hdr.type_of_loader = LOADER_OTHER;
	p->hdr.cmd_line_ptr = (uint32_t)LINUX_CMDLINE;
	if (initrd) {
		p->hdr.ramdisk_image = (uint32_t)initrd;
		p->hdr.ramdisk_size = (uint32_t)linux_initrd_size(g);
	}
	p->acpi_rsdp_addr = LINUX_ACPI_TABLES;
	add_range(p, 0, LINUX_LOW_END, E820_MEMORY);
	add_range(p, LINUX_LOW_END, LINUX_HIGH_BEGIN, E820_HOLE);
	add_range(p, LINUX_HIGH_BEGIN, g->low, E820_MEMORY);
	add_range(p, FOUR_GIB, FOUR_GIB + g->size - g->low, E820_MEMORY);
}

void linux_load(const struct linux_kernel *k, const struct linux_guest *g, uint64_t initrd)
{
	uint64_t at = initrd;

	for (size_t i = 0; i < k->n_segments; i++) {
		const struct linux_segment *s = &k->segments[i];

		memcpy(g->memory + s->address, k->file + s->offset, s->file_size);
	}
	for (size_t i = 0; i < g->n_initrd; i++) {
		at = (at + 3) & ~3ULL;
		memcpy(g->memory + at, g->initrd[i].data, g->initrd[i].size);
		at += g->initrd[i].size;
	}
	memcpy(g->memory + LINUX_CMDLINE, g->cmdline, strlen(g->cmdline) + 1);
	write_params(k, g, initrd);
}
