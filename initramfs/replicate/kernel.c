// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the kernel's ELF file.
 */
#include "kernel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const struct file *f, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "replicate: %s: ", f->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

struct file load(const char *name)
{
	struct file f = { .name = name };
	FILE *in = fopen(name, "rb");
	long size;

	if (!in || fseek(in, 0, SEEK_END) < 0 || (size = ftell(in)) < 0)
		fail(&f, "%s", strerror(errno));
	rewind(in);
	f.size = (size_t)size;
	f.data = malloc(f.size + 1);
	if (!f.data || fread(f.data, 1, f.size, in) != f.size)
		fail(&f, "cannot be read");
	fclose(in);
	if (f.size < sizeof(Elf64_Ehdr) || memcmp(f.data, ELFMAG, SELFMAG) != 0 ||
	    f.data[EI_CLASS] != ELFCLASS64)
		fail(&f, "is no 64-bit ELF file");
	return f;
}

void *at(const struct file *f, uint64_t offset, uint64_t count, uint64_t size)
{
	if (offset > f->size || count > (f->size - offset) / size)
		fail(f, "is cut off");
	return f->data + offset;
}

const Elf64_Phdr *segments(const struct file *f, size_t *n)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)f->data;

	*n = header->e_phnum;
	return at(f, header->e_phoff, *n, sizeof(Elf64_Phdr));
}

uint64_t lowest(const struct file *f)
{
	uint64_t low = UINT64_MAX;
	size_t n;
	const Elf64_Phdr *p = segments(f, &n);

	for (size_t i = 0; i < n; i++)
		if (p[i].p_type == PT_LOAD && p[i].p_paddr < low)
			low = p[i].p_paddr;
	if (low == UINT64_MAX)
		fail(f, "has nothing to load");
	return low;
}

uint64_t symbol(const struct file *f, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)f->data;
	const Elf64_Shdr *s = at(f, header->e_shoff, header->e_shnum, sizeof(*s));
	size_t n_segments;
	const Elf64_Phdr *p = segments(f, &n_segments);

	for (size_t i = 0; i < header->e_shnum; i++) {
		size_t n = s[i].sh_type == SHT_SYMTAB ? s[i].sh_size / sizeof(Elf64_Sym) : 0;
		const Elf64_Sym *symbols = n ? at(f, s[i].sh_offset, n, sizeof(*symbols)) : NULL;
		const char *names =
			n && s[i].sh_link < header->e_shnum ?
				at(f, s[s[i].sh_link].sh_offset, s[s[i].sh_link].sh_size, 1) :
				NULL;

		for (size_t k = 0; names && k < n; k++) {
			if (symbols[k].st_name >= s[s[i].sh_link].sh_size ||
			    strcmp(names + symbols[k].st_name, name) != 0)
				continue;
			for (size_t j = 0; j < n_segments; j++)
				if (p[j].p_type == PT_LOAD && symbols[k].st_value >= p[j].p_vaddr &&
				    symbols[k].st_value - p[j].p_vaddr < p[j].p_memsz)
					return symbols[k].st_value - p[j].p_vaddr + p[j].p_paddr -
					       lowest(f);
		}
	}
	fail(f, "has no symbol %s", name);
	return 0;
}

size_t ranges(const struct file *f, uint64_t from, uint64_t to, struct range *range)
{
	uint64_t low = lowest(f);
	size_t n_segments, n = 0;
	const Elf64_Phdr *p = segments(f, &n_segments);

	for (size_t i = 0; i < n_segments; i++) {
		uint64_t start = p[i].p_paddr - low;
		bool gap = start < from && from < start + p[i].p_filesz;

		if (p[i].p_type != PT_LOAD)
			continue;
		if (n + 2 > RANGES_MAX || (gap && to > start + p[i].p_filesz))
			fail(f, "has other segments than a kernel");
		if (gap) {
			range[n++] = (struct range){ start, from - start, from - start };
			start = to;
		}
		range[n++] = (struct range){ start, p[i].p_paddr - low + p[i].p_filesz - start,
					     p[i].p_paddr - low + p[i].p_memsz - start };
	}
	return n;
}
