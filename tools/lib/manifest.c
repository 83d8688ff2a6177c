// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image's files against the list of what was built.
 */
#include "lib/manifest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/procfs.h"
#include "lib/sha256.h"

#define LIST_MAX  (64 * 1024)
#define BOOT_DATA "/sys/kernel/boot_params/data"

bool manifest_line(char *line, const char **digest, const char **path)
{
	char *gap = strstr(line, "  /");

	if (!gap || gap == line)
		return false;
	*gap = '\0';
	*digest = line;
	*path = gap + 2;
	return strlen(line) == SHA256_HEX - 1 || !strncmp(line, "size:", 5);
}

static bool has_digest(int fd, size_t size, const char *digest)
{
	uint8_t bytes[SHA256_SIZE];
	char hex[SHA256_HEX];
	void *data = NULL;

	if (size) {
		data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			return false;
	}
	sha256(data, size, bytes);
	if (size)
		munmap(data, size);
	sha256_hex(bytes, hex);
	return !strcmp(hex, digest);
}

static bool is_as_built(const char *path, const char *digest)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool same = false;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		same = strncmp(digest, "size:", 5) ?
			       has_digest(fd, (size_t)st.st_size, digest) :
			       strtoull(digest + 5, NULL, 10) == (unsigned long long)st.st_size;
	close(fd);
	return same;
}

void manifest_compare(struct arena *a, const char *root, struct strings *out)
{
	char *list = malloc(LIST_MAX), *save, *line;

	if (list && read_file(arena_printf(a, "%s" MANIFEST_PATH, root), list, LIST_MAX) > 0) {
		for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			const char *digest, *path;

			if (manifest_line(line, &digest, &path) &&
			    !is_as_built(arena_printf(a, "%s%s", root, path), digest))
				strings_add(a, out, arena_strdup(a, path));
		}
	}
	free(list);
}

/* Documentation/arch/x86/zero-page.rst: ext_ramdisk_size and the header's ramdisk_size. */
enum tri boot_params_initrd(const uint8_t *params, size_t len)
{
	static const size_t sizes[] = { 0xc4, 0x21c };

	if (len < 0x21c + 4)
		return TRI_UNKNOWN;
	for (size_t i = 0; i < 2; i++)
		for (size_t byte = 0; byte < 4; byte++)
			if (params[sizes[i] + byte])
				return TRI_YES;
	return TRI_NO;
}

void manifest_modified(struct arena *a, struct strings *out)
{
	static uint8_t params[4096 + 1];
	ssize_t len = read_file(BOOT_DATA, params, sizeof(params));

	if (boot_params_initrd(params, len > 0 ? (size_t)len : 0) != TRI_NO)
		manifest_compare(a, "", out);
}
