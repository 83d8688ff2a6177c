/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's ELF file, read; whatever is wrong with it ends the program with a message.
 */
#ifndef REPLICATE_KERNEL_H
#define REPLICATE_KERNEL_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* Of the kernel's memory, at most: parts() needs no more for what ld makes of vmlinux.lds.S. */
#define PARTS_MAX 16

struct file {
	const char *name;
	uint8_t *data;
	size_t size;
};

/* A piece of the kernel's memory: offsets from the lowest address. */
struct part {
	uint64_t at, size, memory;
};

_Noreturn void fail(const struct file *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct file load(const char *name);

/* A table of count elements in the file, checked against its end. */
void *at(const struct file *f, uint64_t offset, uint64_t count, uint64_t size);
const Elf64_Phdr *segments(const struct file *f, size_t *n);

/* The physical address at which the kernel's memory begins. */
uint64_t lowest(const struct file *f);

/* The offset in the kernel's memory of a symbol. */
uint64_t symbol(const struct file *f, const char *name);

/* The kernel's memory without what is between from and to: how many pieces, at most PARTS_MAX. */
size_t parts(const struct file *f, uint64_t from, uint64_t to, struct part *part);

#endif
