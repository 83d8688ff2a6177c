/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the kernel's ELF file. Any error in it ends the program with a message.
 */
#ifndef REPLICATE_KERNEL_H
#define REPLICATE_KERNEL_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for the segments that ld makes from vmlinux.lds.S. */
#define RANGES_MAX 16

struct file {
	const char *name;
	uint8_t *data;
	size_t size;
};

/* A range of the kernel's memory: offsets from the lowest address. */
struct range {
	uint64_t at, size, memory;
};

_Noreturn void fail(const struct file *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct file load(const char *name);

/* A table of count elements in the file; fails if it exceeds the file. */
void *at(const struct file *f, uint64_t offset, uint64_t count, uint64_t size);
const Elf64_Phdr *segments(const struct file *f, size_t *n);

/* The physical address where the kernel's memory begins. */
uint64_t lowest(const struct file *f);

/* A symbol's offset in the kernel's memory. */
uint64_t symbol(const struct file *f, const char *name);

/* The kernel's memory except from..to, as ranges. Returns their number, at most RANGES_MAX. */
size_t ranges(const struct file *f, uint64_t from, uint64_t to, struct range *range);

#endif
