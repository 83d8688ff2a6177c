// SPDX-License-Identifier: GPL-2.0-only
/* Kernel files, good and bad, and the memory of a kernel when it starts. */
#include "machine.h"

#include <asm/bootparam.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/linux.h"

#define MIB 0x100000ULL

/* A vmlinux of two segments, the second with zeros after its bytes in the file. */
struct small_elf {
	Elf64_Ehdr head;
	Elf64_Phdr p[3];
	uint8_t text[64], data[32];
};

static struct small_elf elf(void)
{
	struct small_elf e = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			  .e_type = ET_EXEC,
			  .e_machine = EM_X86_64,
			  .e_entry = 16 * MIB,
			  .e_phoff = offsetof(struct small_elf, p),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 3 },
		.p = { { .p_type = PT_LOAD,
			 .p_offset = offsetof(struct small_elf, text),
			 .p_vaddr = 0xffffffff81000000,
			 .p_paddr = 16 * MIB,
			 .p_filesz = 64,
			 .p_memsz = 64 },
		       { .p_type = PT_LOAD,
			 .p_offset = offsetof(struct small_elf, data),
			 .p_paddr = 18 * MIB,
			 .p_filesz = 32,
			 .p_memsz = MIB },
		       { .p_type = PT_NOTE, .p_offset = ~0ULL, .p_filesz = ~0ULL } },
	};

	memset(e.text, 0xaa, sizeof(e.text));
	memset(e.data, 0xbb, sizeof(e.data));
	return e;
}

static void expect_bad(const void *file, size_t size, const char *words)
{
	struct machine_blob blob = { file, size };
	struct linux_kernel k;
	const char *why = "";

	assert_int_equal(linux_parse(&blob, &k, &why), -EINVAL);
	if (!strstr(why, words))
		fail_msg("\"%s\" where \"%s\" was expected", why, words);
}

static void vmlinux_is_read(void **state)
{
	struct small_elf e = elf();
	struct machine_blob blob = { &e, sizeof(e) };
	struct linux_kernel k;
	const char *why = NULL;

	(void)state;
	assert_int_equal(linux_parse(&blob, &k, &why), 0);
	assert_int_equal(k.entry, 16 * MIB);
	assert_int_equal(k.end, 19 * MIB);
	assert_int_equal(k.n_segments, 2);
	assert_int_equal(k.segments[1].address, 18 * MIB);
	assert_int_equal(k.segments[1].file_size, 32);
	assert_int_equal(k.segments[1].size, MIB);
	assert_null(k.header);
}

static void bad_elf_is_refused(void **state)
{
	const struct small_elf good = elf();
	struct small_elf e;

	(void)state;
	expect_bad(&good, 3, "no kernel");
	expect_bad(&good, 4, "truncated");
	expect_bad(&good, sizeof(good.head) - 1, "truncated");
	expect_bad(&good, sizeof(good.head) + 10, "truncated");
	expect_bad(&good, sizeof(good) - 1, "truncated");
	e = good;
	e.head.e_machine = EM_AARCH64;
	expect_bad(&e, sizeof(e), "another machine");
	e = good;
	e.head.e_ident[EI_CLASS] = ELFCLASS32;
	expect_bad(&e, sizeof(e), "another machine");
	e = good;
	e.head.e_type = ET_REL;
	expect_bad(&e, sizeof(e), "no kernel");
	e = good;
	e.head.e_phoff = ~0ULL - 8;
	expect_bad(&e, sizeof(e), "truncated");
	e = good;
	e.head.e_phnum = 65;
	expect_bad(&e, sizeof(e), "program headers");
	e = good;
	e.p[0].p_offset = ~0ULL;
	expect_bad(&e, sizeof(e), "truncated");
	e = good;
	e.p[1].p_memsz = 31;
	expect_bad(&e, sizeof(e), "larger in the file");
	e = good;
	e.p[1].p_paddr = 16 * MIB + 63;
	expect_bad(&e, sizeof(e), "overlap");
	e = good;
	e.p[1].p_paddr = 16 * MIB - MIB + 1;
	expect_bad(&e, sizeof(e), "overlap");
	e = good;
	e.p[0].p_paddr = MIB - 1;
	expect_bad(&e, sizeof(e), "below 1 MiB");
	e = good;
	e.p[1].p_paddr = ~0ULL - 10;
	expect_bad(&e, sizeof(e), "beyond all memory");
	e = good;
	e.p[1].p_memsz = ~0ULL;
	expect_bad(&e, sizeof(e), "beyond all memory");
	e = good;
	e.head.e_entry = 16 * MIB + 64;
	expect_bad(&e, sizeof(e), "entry");
	e = good;
	e.head.e_phnum = 0;
	expect_bad(&e, sizeof(e), "entry");
}

/* Setup code of two sectors, and one sector of kernel that begins with 0x5a. */
static const size_t bz_size = 4 * 512;

static void bzimage(uint8_t *file)
{
	struct setup_header h = { .setup_sects = 1,
				  .syssize = 2 * 512 / 16,
				  .boot_flag = 0xaa55,
				  .jump = 0x66eb,
				  .header = 0x53726448,
				  .version = 0x020f,
				  .xloadflags = XLF_KERNEL_64,
				  .initrd_addr_max = 0x7fffffff,
				  .cmdline_size = 2047,
				  .pref_address = 16 * MIB,
				  .init_size = 8 * MIB };

	memset(file, 0, bz_size);
	memcpy(file + 0x1f1, &h, sizeof(h));
	file[1024] = 0x5a;
}

static void bzimage_is_read(void **state)
{
	uint8_t file[4 * 512];
	struct machine_blob blob = { file, sizeof(file) };
	struct linux_kernel k;
	const char *why = NULL;

	(void)state;
	bzimage(file);
	assert_int_equal(linux_parse(&blob, &k, &why), 0);
	assert_int_equal(k.entry, 16 * MIB + 0x200);
	assert_int_equal(k.end, 24 * MIB);
	assert_int_equal(k.segments[0].offset, 1024);
	assert_int_equal(k.segments[0].file_size, 1024);
	assert_ptr_equal(k.header, file + 0x1f1);
	/* 0x202 and the jump over the header, 0x66. */
	assert_int_equal(k.n_header, 0x268 - 0x1f1);
}

static void bad_bzimage_is_refused(void **state)
{
	uint8_t file[4 * 512];
	struct setup_header *h = (struct setup_header *)(file + 0x1f1);

	(void)state;
	bzimage(file);
	expect_bad(file, 0x1f1 + sizeof(*h) - 1, "no kernel");
	expect_bad(file, 1024, "truncated");
	expect_bad(file, sizeof(file) - 16, "truncated");
	h->boot_flag = 0;
	expect_bad(file, sizeof(file), "no kernel");
	bzimage(file);
	h->version = 0x020b;
	expect_bad(file, sizeof(file), "64-bit entry");
	bzimage(file);
	h->xloadflags = 0;
	expect_bad(file, sizeof(file), "64-bit entry");
	bzimage(file);
	h->init_size = 1023;
	expect_bad(file, sizeof(file), "sizes");
	bzimage(file);
	h->pref_address = 0x1000;
	expect_bad(file, sizeof(file), "sizes");
	memset(file, 0, sizeof(file));
	expect_bad(file, sizeof(file), "no kernel");
}

static void initrd_is_placed(void **state)
{
	struct small_elf e = elf();
	struct machine_blob blob = { &e, sizeof(e) }, parts[2] = { { "abcde", 5 }, { "xyz", 3 } };
	struct linux_guest g = { .size = 64 * MIB, .low = 64 * MIB, .cmdline = "", .initrd = parts };
	struct linux_kernel k;
	const char *why = NULL;
	uint64_t at = 1;

	(void)state;
	assert_int_equal(linux_parse(&blob, &k, &why), 0);
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	assert_int_equal(at, 0);
	g.n_initrd = 2;
	assert_int_equal(linux_initrd_size(&g), 11);
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	assert_int_equal(at, 64 * MIB - 4096);
	g.size = g.low = 3 * 1024 * MIB; /* beyond the limit of an initrd's address */
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	assert_int_equal(at, 0x80000000 - 4096);
	g.size = g.low = 64 * MIB;
	parts[0].size = 45 * MIB - 4; /* exactly up to the kernel's end */
	parts[1].size = 4;
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	assert_int_equal(at, 19 * MIB);
	parts[1].size = 5;
	assert_int_equal(linux_place(&k, &g, &at, &why), -ENOMEM);
	assert_non_null(strstr(why, "initrd"));
	parts[0].size = 65 * MIB;
	assert_int_equal(linux_place(&k, &g, &at, &why), -ENOMEM);
	g.n_initrd = 0;
	g.size = g.low = 18 * MIB;
	assert_int_equal(linux_place(&k, &g, &at, &why), -ENOMEM);
	assert_non_null(strstr(why, "too small"));
	k.cmdline_max = 3;
	g.cmdline = "four";
	assert_int_equal(linux_place(&k, &g, &at, &why), -EINVAL);
}

static void expect_range(const struct boot_params *p, unsigned int i, uint64_t begin, uint64_t end,
			 uint32_t type)
{
	assert_true(i < p->e820_entries);
	assert_int_equal(p->e820_table[i].addr, begin);
	assert_int_equal(p->e820_table[i].size, end - begin);
	assert_int_equal(p->e820_table[i].type, type);
}

static void memory_is_written(void **state)
{
	struct small_elf e = elf();
	struct machine_blob blob = { &e, sizeof(e) }, parts[2] = { { "abcde", 5 }, { "xyz", 3 } };
	struct linux_guest g = { .size = 80 * MIB,
				 .low = 64 * MIB,
				 .cmdline = "quiet",
				 .initrd = parts,
				 .n_initrd = 2 };
	const struct boot_params *p;
	struct linux_kernel k;
	const char *why = NULL;
	uint64_t at;

	(void)state;
	g.memory = calloc(1, 64 * MIB);
	assert_non_null(g.memory);
	assert_int_equal(linux_parse(&blob, &k, &why), 0);
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	linux_load(&k, &g, at);
	assert_memory_equal(g.memory + 16 * MIB, e.text, sizeof(e.text));
	assert_memory_equal(g.memory + 18 * MIB, e.data, sizeof(e.data));
	assert_memory_equal(g.memory + at, "abcde\0\0\0xyz", 11);
	assert_string_equal((char *)g.memory + LINUX_CMDLINE, "quiet");
	p = (const struct boot_params *)(g.memory + LINUX_BOOT_PARAMS);
	assert_int_equal(p->hdr.ramdisk_image, at);
	assert_int_equal(p->hdr.ramdisk_size, 11);
	assert_int_equal(p->hdr.cmd_line_ptr, LINUX_CMDLINE);
	assert_int_equal(p->hdr.type_of_loader, 0xff);
	assert_int_equal(p->sentinel, 0);
	assert_int_equal(p->acpi_rsdp_addr, LINUX_ACPI_TABLES);
	assert_int_equal(p->e820_entries, 4);
	expect_range(p, 0, 0, LINUX_LOW_END, 1);
	expect_range(p, 1, LINUX_LOW_END, MIB, 2);
	expect_range(p, 2, MIB, 64 * MIB, 1);
	expect_range(p, 3, 1ULL << 32, (1ULL << 32) + 16 * MIB, 1);
	free(g.memory);
}

static void setup_header_is_handed_on(void **state)
{
	uint8_t file[4 * 512];
	struct machine_blob blob = { file, sizeof(file) };
	struct linux_guest g = { .size = 32 * MIB, .low = 32 * MIB, .cmdline = "" };
	const struct boot_params *p;
	struct linux_kernel k;
	const char *why = NULL;
	uint64_t at;

	(void)state;
	bzimage(file);
	g.memory = calloc(1, g.size);
	assert_non_null(g.memory);
	assert_int_equal(linux_parse(&blob, &k, &why), 0);
	assert_int_equal(linux_place(&k, &g, &at, &why), 0);
	linux_load(&k, &g, at);
	p = (const struct boot_params *)(g.memory + LINUX_BOOT_PARAMS);
	assert_int_equal(p->hdr.version, 0x020f);
	assert_int_equal(p->hdr.init_size, 8 * MIB);
	assert_int_equal(p->hdr.ramdisk_image, 0);
	assert_int_equal(p->e820_entries, 3);
	assert_int_equal(g.memory[16 * MIB], 0x5a);
	free(g.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmlinux_is_read),
		cmocka_unit_test(bad_elf_is_refused),
		cmocka_unit_test(bzimage_is_read),
		cmocka_unit_test(bad_bzimage_is_refused),
		cmocka_unit_test(initrd_is_placed),
		cmocka_unit_test(memory_is_written),
		cmocka_unit_test(setup_header_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
