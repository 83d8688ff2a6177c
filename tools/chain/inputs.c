// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's kernel and initrd, examined before anything runs: a wrong file says nothing about the
 * machine.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "chain/chain.h"
#include "chain/initramfs.h"
#include "lib/error_text.h"
#include "vmm/linux.h"

/* Why the file cannot be used; NULL if it can. */
typedef const char *look_function(const struct machine_blob *file);

static const char *look_at_kernel(const struct machine_blob *file)
{
	struct linux_kernel k;
	const char *why;

	return linux_parse(file, &k, &why) < 0 ? why : NULL;
}

/* How an initrd begins: init/initramfs.c for cpio, lib/decompress.c for the others. */
static const struct {
	const char *bytes;
	size_t n;
} beginnings[] = {
#define BEGINNING(s)             \
	{                        \
		s, sizeof(s) - 1 \
	}
	BEGINNING("070701"),
	BEGINNING("070702"),
	BEGINNING("\x1f\x8b"),
	BEGINNING("\x1f\x9e"),
	BEGINNING("BZh"),
	BEGINNING("\x5d\x00"),
	BEGINNING("\xfd"
		  "7zXZ"),
	BEGINNING("\x89"
		  "LZO"),
	BEGINNING("\x02\x21"),
	BEGINNING("\x28\xb5"),
#undef BEGINNING
};

static const char *look_at_initrd(const struct machine_blob *file)
{
	const char *s = file->data;
	size_t left = file->size;

	/* The kernel skips zeros between archives. */
	for (; left && !*s; s++)
		left--;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (left >= beginnings[i].n && !memcmp(s, beginnings[i].bytes, beginnings[i].n))
			return NULL;
	return "the file is no initrd: neither cpio nor compressed as a kernel can unpack";
}

static const char *look(struct arena *a, const char *path, look_function *what)
{
	struct machine_blob file;
	int ret = chain_map_file(path, &file);
	const char *why;

	if (ret == -EINVAL)
		return arena_printf(a, "'%s' is empty, or no regular file", path);
	if (ret < 0)
		return arena_printf(a, "cannot read '%s': %s", path, error_text(-ret));
	why = what(&file);
	munmap((void *)(uintptr_t)file.data, file.size);
	return why ? arena_printf(a, "'%s': %s", path, why) : NULL;
}

const char *chain_input_problem(struct arena *a, const char *kernel, const char *initrd)
{
	const char *why = kernel ? look(a, kernel, look_at_kernel) : NULL;

	if (!why && initrd)
		why = look(a, initrd, look_at_initrd);
	return why;
}
