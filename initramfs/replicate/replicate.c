// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts a copy of the kernel into its own initramfs, at the cost of a few program headers.
 *
 * usage: replicate --size VMLINUX          print the size that the copy's file needs
 *        replicate --placeholder VMLINUX   write a placeholder of that size, marked by a tag
 *        replicate VMLINUX VMLINUX.BIN     fill it in, in the stripped kernel that goes into
 *                                          the bzImage
 *
 * The chain's L1 is the image's own kernel, so the initramfs has to contain it, too. The
 * compressor that unpacks fastest (LZ4) looks back at most 64 KiB: it would store the kernel
 * twice. But a bzImage unpacks an ELF file, whose segments its boot code moves into place one
 * by one, in the order of the program headers (arch/x86/boot/compressed/misc.c, parse_elf()),
 * and several segments may have the same bytes of the file as their source. So the ELF file
 * that is written here holds the kernel's memory once, already in place (offset in the file =
 * offset in memory, nothing to move), and further segments copy it into the placeholder's
 * pages within .init.ramfs. The result there is an ELF file: the kernel without its initramfs,
 * readable as /lib/vmlinux.
 *
 *	memory   0        text, data, init      initramfs: files, placeholder, end   rest
 *	file     header   text, data, init      initramfs: files, its ELF header  |  end, rest |
 *						the memory's first page, where the header is now
 *
 * What follows the placeholder is moved first, before the copies overwrite its place.
 */
#include "kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/blake2b.h"

#define PAGE	      4096ULL
#define ALIGN_LOAD    0x200000 /* MIN_KERNEL_ALIGN: parse_elf() insists on it in p_align */
#define HEADERS	      PAGE     /* an ELF header and its program headers, of either file */
#define ROUND(x, to)  (((x) + (to)-1) / (to) * (to))
/* The boot code itself runs at the end of the kernel's memory, in its .bss. */
#define BOOT_CODE_MAX 0x80000

/* 64 zeros */
#define DIGEST_PLACEHOLDER "0000000000000000000000000000000000000000000000000000000000000000"

static const char tag[] = "nestcheck: here comes the kernel's copy, bytes:";

/*
 * Independent of the initramfs: that shifts what follows it, which is aligned to pages, so each
 * section is counted with its padding.
 */
static uint64_t copy_size(const struct file *f)
{
	uint64_t from = symbol(f, "__initramfs_start"), to = symbol(f, "__initramfs_size") + 8;
	struct range range[RANGES_MAX];
	size_t n = ranges(f, from, to, range);
	uint64_t size = HEADERS;

	for (size_t i = 0; i < n; i++)
		size += ROUND(range[i].size, PAGE) + PAGE;
	return ROUND(size, 0x10000);
}

static Elf64_Ehdr new_header(const struct file *f, size_t n)
{
	Elf64_Ehdr header = *(const Elf64_Ehdr *)f->data;

	header.e_phoff = sizeof(header);
	header.e_phnum = (Elf64_Half)n;
	header.e_shoff = 0;
	header.e_shnum = header.e_shstrndx = 0;
	if (sizeof(header) + n * sizeof(Elf64_Phdr) > HEADERS)
		fail(f, "has too many segments");
	return header;
}

static Elf64_Phdr segment(uint64_t address, uint64_t offset, uint64_t size, uint64_t memory)
{
	return (Elf64_Phdr){ .p_type = PT_LOAD,
			     .p_flags = PF_R | PF_W | PF_X,
			     .p_offset = offset,
			     .p_vaddr = address,
			     .p_paddr = address,
			     .p_filesz = size,
			     .p_memsz = memory,
			     .p_align = ALIGN_LOAD };
}

/* size bytes of padding between two ranges, as a source of zeros. */
static uint64_t find_zeros(const struct file *f, const struct range *range, size_t n, uint64_t size)
{
	for (size_t i = 0; i + 1 < n; i++) {
		uint64_t from = range[i].at + range[i].size;

		if (from < range[i + 1].at && range[i + 1].at - from >= size)
			return from;
	}
	fail(f, "has no %llu bytes of padding", (unsigned long long)size);
	return 0;
}

/* The offset and size of the placeholder's file. */
static uint64_t find_placeholder(const struct file *f, const uint8_t *memory, uint64_t from,
				 uint64_t to, uint64_t *size)
{
	uint64_t found = 0;

	for (uint64_t i = from; i + HEADERS < to; i += 4) {
		if (memcmp(memory + i, tag, sizeof(tag) - 1) != 0)
			continue;
		if (found)
			fail(f, "has more than one placeholder for its copy");
		found = i;
	}
	if (!found)
		fail(f, "has no placeholder for its copy: is lib/vmlinux in initramfs/files?");
	*size = strtoull((const char *)memory + found + sizeof(tag) - 1, NULL, 10);
	if (*size <= HEADERS || *size > to - found)
		fail(f, "has a damaged placeholder");
	return found;
}

/*
 * The copy's digest, in its line of the list of files (initramfs/manifest), which is in the same
 * initramfs: the copy is without that, so that it does not change. The file in the image is what
 * the segments make of it.
 */
static void write_digest(const struct file *f, uint8_t *memory, uint64_t from, uint64_t to,
			 const uint8_t *copy, uint64_t size)
{
	static const char line[] = DIGEST_PLACEHOLDER "  /lib/vmlinux\n";
	uint8_t digest[BLAKE2B_SIZE];
	char hex[BLAKE2B_HEX];
	uint64_t found = 0;

	for (uint64_t i = from; i + sizeof(line) < to; i++) {
		if (memory[i] != '0' || memcmp(memory + i, line, sizeof(line) - 1) != 0)
			continue;
		if (found)
			fail(f, "has more than one placeholder for its copy's digest");
		found = i;
	}
	if (!found)
		fail(f,
		     "has no placeholder for its copy's digest: is lib/vmlinux in the manifest?");
	blake2b(copy, size, digest);
	blake2b_hex(digest, hex);
	memcpy(memory + found, hex, sizeof(hex) - 1);
}

static void fill_in(const struct file *vmlinux, const struct file *bin)
{
	uint64_t low = lowest(bin), from = symbol(vmlinux, "__initramfs_start");
	uint64_t to = symbol(vmlinux, "__initramfs_size") + 8, end = 0, memory_end = 0;
	uint64_t copy, size, offset = HEADERS, behind, first_page, used;
	Elf64_Phdr of_copy[RANGES_MAX], of_file[RANGES_MAX + 3];
	struct range range[RANGES_MAX];
	size_t n_segments, n = ranges(bin, from, to, range), k = 0;
	const Elf64_Phdr *p = segments(bin, &n_segments);
	Elf64_Ehdr header;
	uint8_t *memory, *file, *image;
	FILE *out;

	for (size_t i = 0; i < n; i++) {
		end = range[i].at + range[i].size > end ? range[i].at + range[i].size : end;
		used = range[i].at + range[i].memory;
		memory_end = used > memory_end ? used : memory_end;
	}
	if (memory_end < end + BOOT_CODE_MAX)
		fail(bin, "has too small a .bss for the boot code to run in");
	memory = calloc(1, end);
	file = calloc(1, end + PAGE);
	if (!memory || !file)
		fail(bin, "is too large");
	for (size_t i = 0; i < n_segments; i++)
		if (p[i].p_type == PT_LOAD)
			memcpy(memory + (p[i].p_paddr - low),
			       at(bin, p[i].p_offset, p[i].p_filesz, 1), p[i].p_filesz);
	copy = find_placeholder(bin, memory, from, to, &size);

	/* The file: memory up to the copy's contents, what follows them, the first page. */
	behind = copy + HEADERS;
	first_page = behind + (end - (copy + size));
	used = first_page + PAGE;
	of_file[k++] = segment(low + copy + size, behind, end - (copy + size), end - (copy + size));
	for (size_t i = 0; i < n; i++) {
		of_copy[i] = segment(low + range[i].at, offset, range[i].size, range[i].memory);
		offset += range[i].size;
	}
	if (offset > size || range[n - 1].at < copy + size || used > copy + of_copy[n - 1].p_offset)
		fail(bin, "does not fit its placeholder");
	of_file[k++] = segment(low + copy + of_copy[n - 1].p_offset,
			       behind + (range[n - 1].at - (copy + size)), range[n - 1].size,
			       range[n - 1].size);
	of_file[k++] = segment(low, first_page, PAGE, PAGE);
	for (size_t i = 0; i + 1 < n; i++) {
		if (range[i].at + range[i].size > from)
			fail(bin, "has its initramfs in the middle");
		of_file[k++] = segment(low + copy + of_copy[i].p_offset, range[i].at, range[i].size,
				       range[i].size);
	}

	/* The rest of the placeholder: it would hold leftovers of the boot code otherwise. */
	of_file[k++] = segment(low + copy + offset, find_zeros(bin, range, n - 1, size - offset),
			       size - offset, size - offset);

	/* The copy as it will be in the image. */
	image = calloc(1, size);
	if (!image)
		fail(bin, "is too large");
	header = new_header(bin, n);
	memcpy(image, memory + copy, HEADERS);
	memcpy(image, &header, sizeof(header));
	memcpy(image + sizeof(header), of_copy, n * sizeof(of_copy[0]));
	for (size_t i = 0; i < n; i++)
		memcpy(image + of_copy[i].p_offset, memory + range[i].at, range[i].size);
	write_digest(bin, memory, from, to, image, size);

	memcpy(file, memory, copy);
	memcpy(file + copy, image, HEADERS);
	memcpy(file + behind, memory + copy + size, end - (copy + size));
	memcpy(file + first_page, memory, PAGE);
	memset(file, 0, PAGE);
	header = new_header(bin, k);
	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), of_file, k * sizeof(of_file[0]));

	out = fopen(bin->name, "wb");
	if (!out || fwrite(file, 1, used, out) != used || fclose(out) != 0)
		fail(bin, "cannot be written: %s", strerror(errno));
	free(memory);
	free(file);
	free(image);
}

/* Zeros after the tag: they compress to almost nothing. */
static void write_placeholder(uint64_t size)
{
	printf("%s %llu\n", tag, (unsigned long long)size);
	for (uint64_t i = sizeof(tag) +
			  (uint64_t)snprintf(NULL, 0, "%llu", (unsigned long long)size) + 1;
	     i < size; i++)
		putchar(0);
}

int main(int argc, char **argv)
{
	struct file vmlinux;

	if (argc != 3) {
		fputs("usage: replicate --size|--placeholder VMLINUX, or VMLINUX VMLINUX.BIN\n",
		      stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--size") || !strcmp(argv[1], "--placeholder")) {
		vmlinux = load(argv[2]);
		if (argv[1][2] == 's')
			printf("%llu\n", (unsigned long long)copy_size(&vmlinux));
		else
			write_placeholder(copy_size(&vmlinux));
		return fflush(stdout) == 0 ? 0 : 1;
	}
	vmlinux = load(argv[1]);
	fill_in(&vmlinux, &(struct file[]){ load(argv[2]) }[0]);
	return 0;
}
