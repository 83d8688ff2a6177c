// SPDX-License-Identifier: GPL-2.0-only
/* An archive in pieces; see initramfs.h, and Documentation/driver-api/early-userspace. */
#include "chain/initramfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGN 4

int chain_map_file(const char *path, struct machine_blob *blob)
{
	/* O_NONBLOCK: a FIFO would be waited for. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), ret = 0;
	void *data = MAP_FAILED;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		ret = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > UINT32_MAX)
		ret = -EINVAL;
	else
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (ret == 0 && data == MAP_FAILED)
		ret = -errno;
	close(fd);
	if (data == MAP_FAILED)
		return ret;
	*blob = (struct machine_blob){ data, (size_t)st.st_size };
	return 0;
}

static int map_file(struct chain_initramfs *fs, const char *path, struct machine_blob *blob)
{
	int ret = chain_map_file(path, blob);

	if (ret == 0)
		fs->mapped[fs->n_mapped++] = *blob;
	return ret;
}

static size_t padded(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void add_part(struct chain_initramfs *fs, const void *data, size_t size)
{
	fs->parts[fs->n_parts++] = (struct machine_blob){ data, size };
	fs->bytes += padded(size);
}

/* device: 0, or major << 8 | minor of a character device. */
static void add_member(struct chain_initramfs *fs, const char *name, mode_t mode,
		       unsigned int device, const struct machine_blob *data)
{
	char *header = fs->headers[fs->n_members];
	size_t size = data ? data->size : 0;
	int n;

	/* magic ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor
	 * namesize check; the name with its NUL. The rest of the header's buffer is zero. */
	n = snprintf(header, sizeof(fs->headers[0]),
		     "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s",
		     (unsigned int)fs->n_members + 1, (unsigned int)mode, 0u, 0u, 1u, 0u,
		     (unsigned int)size, 0u, 0u, device >> 8, device & 0xff,
		     (unsigned int)strlen(name) + 1, 0u, name);
	fs->n_members++;
	add_part(fs, header, padded((size_t)n + 1));
	if (size)
		add_part(fs, data->data, size);
}

static int add_file(struct chain_initramfs *fs, const char *name, mode_t mode, const char *path,
		    const char **failed)
{
	struct machine_blob blob;
	int ret = map_file(fs, path, &blob);

	if (ret < 0) {
		*failed = path;
		return ret;
	}
	add_member(fs, name, S_IFREG | mode, 0, &blob);
	return 0;
}

/* Adds the modules that this vendor needs; a missing one is built in. */
static void add_modules(struct chain_initramfs *fs, const struct chain_initramfs_options *o)
{
	static const struct {
		const char *file, *vendor;
	} modules[] = {
		{ "irqbypass.ko", NULL },
		{ "kvm.ko", NULL },
		{ "kvm-intel.ko", "kvm_intel" },
		{ "kvm-amd.ko", "kvm_amd" },
	};
	char from[256], to[64];
	const char *failed;

	add_member(fs, "lib", S_IFDIR | 0755, 0, NULL);
	add_member(fs, "lib/modules", S_IFDIR | 0755, 0, NULL);
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (modules[i].vendor && o->vendor && strcmp(modules[i].vendor, o->vendor))
			continue;
		snprintf(from, sizeof(from), "%s/%s", o->modules, modules[i].file);
		snprintf(to, sizeof(to), "lib/modules/%s", modules[i].file);
		add_file(fs, to, 0644, from, &failed);
	}
}

static int add_kernel(struct chain_initramfs *fs, const struct chain_initramfs_options *o,
		      const char **failed)
{
	add_member(fs, &CHAIN_INITRAMFS_KERNEL[1], S_IFREG | 0644, 0, &fs->kernel);
	return o->initrd ? add_file(fs, &CHAIN_INITRAMFS_INITRD[1], 0644, o->initrd, failed) : 0;
}

int chain_initramfs_make(struct chain_initramfs *fs, const struct chain_initramfs_options *o,
			 const char **failed)
{
	int ret;

	memset(fs, 0, sizeof(*fs));
	*failed = o->kernel;
	ret = map_file(fs, o->kernel, &fs->kernel);
	if (ret < 0)
		goto out;
	if (o->initrd) {
		*failed = o->initrd;
		ret = map_file(fs, o->initrd, &fs->parts[0]);
		if (ret < 0)
			goto out;
		fs->n_parts = 1;
		fs->initrd_bytes = fs->parts[0].size;
	}
	add_member(fs, "dev", S_IFDIR | 0755, 0, NULL);
	add_member(fs, "dev/console", S_IFCHR | 0600, 5 << 8 | 1, NULL);
	add_member(fs, "dev/null", S_IFCHR | 0666, 1 << 8 | 3, NULL);
	add_member(fs, "proc", S_IFDIR | 0555, 0, NULL);
	add_member(fs, "sys", S_IFDIR | 0555, 0, NULL);
	add_member(fs, "nestcheck", S_IFDIR | 0755, 0, NULL);
	ret = add_file(fs, &CHAIN_INITRAMFS_INIT[1], 0755, o->program, failed);
	if (ret == 0 && o->host)
		ret = add_kernel(fs, o, failed);
	if (ret == 0 && o->host && o->modules && !o->initrd)
		add_modules(fs, o);
	add_member(fs, "TRAILER!!!", 0, 0, NULL);
out:
	if (ret < 0)
		chain_initramfs_free(fs);
	return ret;
}

void chain_initramfs_free(struct chain_initramfs *fs)
{
	for (size_t i = 0; i < fs->n_mapped; i++)
		munmap((void *)(uintptr_t)fs->mapped[i].data, fs->mapped[i].size);
	fs->n_mapped = fs->n_parts = 0;
}
