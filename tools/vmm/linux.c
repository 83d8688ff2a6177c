// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing a kernel file: a vmlinux (ELF) or a bzImage.
 */
#include "vmm/linux.h"

#include <asm/bootparam.h>
#include <errno.h>
#include <linux/elf.h>
#include <linux/elf-em.h>
#include <string.h>

#define ENTRY_64       0x200  /* of a bzImage, from its load address: boot.rst, xloadflags */
#define XLF_64	       0x020c /* the first version of the protocol that has xloadflags */
#define SETUP_AT       0x1f1
#define SECTOR	       512
#define HEADERS_MAX    64
#define CMDLINE_MAX    2047 /* COMMAND_LINE_SIZE, arch/x86/include/asm/setup.h, without the NUL */
#define INITRD_MAX     0x7fffffffULL /* boot.rst: initrd_addr_max of every kernel since 2.03 */
#define PHYSICAL_BITS  52
#define SETUP_MAGIC    0x53726448 /* "HdrS" */
#define BOOT_SIGNATURE 0xaa55

static int no(const char **why, const char *sentence)
{
	*why = sentence;
	return -EINVAL;
}

/* One program header; adds nothing unless it is a PT_LOAD with a size. */
static int add_segment(const struct machine_blob *file, const Elf64_Phdr *p, struct linux_kernel *k,
		       const char **why)
{
	if (p->p_type != PT_LOAD || p->p_memsz == 0)
		return 0;
	if (p->p_offset > file->size || p->p_filesz > file->size - p->p_offset)
		return no(why, "the kernel is truncated: a segment is not all in the file");
	if (p->p_filesz > p->p_memsz)
		return no(why, "a segment of the kernel is larger in the file than in memory");
	if (p->p_paddr < LINUX_HIGH_BEGIN)
		return no(why, "a segment of the kernel is below 1 MiB");
	if (p->p_paddr >> PHYSICAL_BITS || p->p_memsz >> PHYSICAL_BITS)
		return no(why, "a segment of the kernel is beyond all memory");
	for (size_t i = 0; i < k->n_segments; i++) {
		const struct linux_segment *s = &k->segments[i];

		if (p->p_paddr < s->address + s->size && s->address < p->p_paddr + p->p_memsz)
			return no(why, "segments of the kernel overlap");
	}
	if (k->n_segments == LINUX_SEGMENTS_MAX)
		return no(why, "the kernel has more segments than any Linux");
	k->segments[k->n_segments++] =
		(struct linux_segment){ p->p_offset, p->p_filesz, p->p_paddr, p->p_memsz };
	if (k->end < p->p_paddr + p->p_memsz)
		k->end = p->p_paddr + p->p_memsz;
	return 0;
}

static int parse_elf(const struct machine_blob *file, struct linux_kernel *k, const char **why)
{
	const uint8_t *bytes = file->data;
	Elf64_Ehdr head;

	if (file->size < sizeof(head))
		return no(why, "the kernel is truncated: an ELF header is longer");
	memcpy(&head, bytes, sizeof(head));
	if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
	    head.e_machine != EM_X86_64)
		return no(why, "the kernel is an ELF file for another machine than x86-64");
	if (head.e_type != ET_EXEC && head.e_type != ET_DYN)
		return no(why, "the ELF file is no kernel: a vmlinux is an executable");
	if (head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum > HEADERS_MAX)
		return no(why, "the kernel's program headers are not those of a vmlinux");
	if (head.e_phoff > file->size ||
	    head.e_phnum * sizeof(Elf64_Phdr) > file->size - head.e_phoff)
		return no(why, "the kernel is truncated: its program headers are not in the file");
	for (size_t i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr p;
		int ret;

		memcpy(&p, bytes + head.e_phoff + i * sizeof(p), sizeof(p));
		ret = add_segment(file, &p, k, why);
		if (ret < 0)
			return ret;
	}
	k->entry = head.e_entry;
	for (size_t i = 0; i < k->n_segments; i++) {
		const struct linux_segment *s = &k->segments[i];

		if (k->entry >= s->address && k->entry - s->address < s->file_size)
			return 0;
	}
	return no(why, "the kernel's entry is in none of its segments");
}

static int parse_bzimage(const struct machine_blob *file, struct linux_kernel *k, const char **why)
{
	const uint8_t *bytes = file->data;
	struct setup_header h;
	size_t setup, rest;

	memcpy(&h, bytes + SETUP_AT, sizeof(h));
	if (h.version < XLF_64 || !(h.xloadflags & XLF_KERNEL_64))
		return no(
			why,
			"the bzImage has no 64-bit entry: a 32-bit kernel, or one older than 3.8");
	setup = ((h.setup_sects ? h.setup_sects : 4) + 1U) * SECTOR;
	if (setup >= file->size || (file->size - setup + 15) / 16 < h.syssize)
		return no(why, "the bzImage is truncated");
	rest = file->size - setup;
	if (rest <= ENTRY_64 || h.init_size < rest || h.pref_address < LINUX_HIGH_BEGIN ||
	    h.pref_address >> PHYSICAL_BITS)
		return no(why, "the bzImage's sizes make no sense");
	k->header = bytes + SETUP_AT;
	/* The length is in the jump over the header: boot.rst, 64-bit boot protocol. */
	k->n_header = 0x202U + bytes[0x201] - SETUP_AT;
	if (k->n_header > sizeof(h))
		k->n_header = sizeof(h);
	k->segments[0] = (struct linux_segment){ setup, rest, h.pref_address, h.init_size };
	k->n_segments = 1;
	k->entry = h.pref_address + ENTRY_64;
	k->end = h.pref_address + h.init_size;
	k->cmdline_max = h.cmdline_size;
	k->initrd_max = h.initrd_addr_max;
	return 0;
}

int linux_parse(const struct machine_blob *file, struct linux_kernel *k, const char **why)
{
	const uint8_t *bytes = file->data;
	struct setup_header h;

	*k = (struct linux_kernel){ .file = bytes,
				    .cmdline_max = CMDLINE_MAX,
				    .initrd_max = INITRD_MAX };
	if (file->size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG))
		return parse_elf(file, k, why);
	if (file->size >= SETUP_AT + sizeof(h)) {
		memcpy(&h, bytes + SETUP_AT, sizeof(h));
		if (h.boot_flag == BOOT_SIGNATURE && h.header == SETUP_MAGIC)
			return parse_bzimage(file, k, why);
	}
	return no(why, "the file is no kernel: neither an ELF vmlinux nor a bzImage");
}
