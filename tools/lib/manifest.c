// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image's files against the list of what was built.
 */
#include "lib/manifest.h"

#include <ctype.h>
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
#define INIT	  "/init"
#define NESTCHECK "/bin/nestcheck"

/* No verdict depends on these. A path that ends in a slash is a folder. */
static const char *const of_the_shell[] = { "/bin/busybox", "/lib/modules/disk/" };

bool manifest_line(char *line, const char **digest, const char **path)
{
	char *gap = strstr(line, "  /");

	if (!gap || gap == line)
		return false;
	*gap = '\0';
	*digest = line;
	*path = gap + 2;
	return strlen(line) == SHA256_HEX - 1;
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

/* flags: O_NOFOLLOW, but for the links of /proc. */
static bool is_as_built(const char *path, int flags, const char *digest)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	struct stat st;
	bool same;

	if (fd < 0)
		return false;
	same = !fstat(fd, &st) && S_ISREG(st.st_mode) && has_digest(fd, (size_t)st.st_size, digest);
	close(fd);
	return same;
}

static bool is_used(const char *path, enum manifest_use use)
{
	if (use == MANIFEST_BY_INIT)
		return !strcmp(path, NESTCHECK);
	/* init has compared it, if init is as it was built. */
	if (use && !strcmp(path, NESTCHECK))
		return false;
	if (use == MANIFEST_BY_RUN && !strcmp(path, "/lib/vmlinux"))
		return false;
	for (size_t i = 0; use && i < sizeof(of_the_shell) / sizeof(of_the_shell[0]); i++) {
		size_t len = strlen(of_the_shell[i]);

		if (!strncmp(path, of_the_shell[i], len) && (!path[len] || path[len - 1] == '/'))
			return false;
	}
	return true;
}

void manifest_compare(struct arena *a, const char *root, enum manifest_use use, struct strings *out)
{
	char *list = malloc(LIST_MAX), *save, *line;
	bool init = false, nestcheck = false;
	struct strings paths = { NULL, 0 };

	if (list && read_file(arena_printf(a, "%s" MANIFEST_PATH, root), list, LIST_MAX) > 0) {
		for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			const char *digest, *path;
			bool running;

			if (!manifest_line(line, &digest, &path))
				continue;
			init |= !strcmp(path, INIT);
			nestcheck |= !strcmp(path, NESTCHECK);
			/* What runs, whatever lies there. */
			running = !*root && !strcmp(path, INIT);
			if (is_used(path, use) &&
			    !is_as_built(running ? "/proc/1/exe" :
						   arena_printf(a, "%s%s", root, path),
					 running ? 0 : O_NOFOLLOW, digest))
				strings_add(a, &paths, arena_strdup(a, path));
		}
	}
	free(list);
	if (!init || !nestcheck)
		strings_add(a, out, MANIFEST_PATH);
	for (size_t i = 0; i < paths.n; i++)
		strings_add(a, out, paths.s[i]);
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

/*
 * As the kernel reads it: lib/cmdline.c, next_arg(), without which quotes are where. What follows
 * "--" is init's.
 */
struct boot_words boot_words(struct arena *a, const char *cmdline)
{
	struct boot_words out = { NULL, false };
	char *word = arena_alloc(a, strlen(cmdline) + 1);

	for (const char *s = cmdline; *s; s += *s != '\0') {
		char *to = word;
		bool quoted = false;

		for (; *s && (quoted || !isspace((unsigned char)*s)); s++) {
			if (*s == '"')
				quoted = !quoted;
			else
				*to++ = *s;
		}
		*to = '\0';
		if (!strcmp(word, "--"))
			break;
		if (!strncmp(word, "rdinit=", 7))
			out.init = strcmp(word + 7, INIT) ? arena_strdup(a, word + 7) : NULL;
		out.initrd |= !strncmp(word, "initrdmem=", 10) || !strncmp(word, "initrd=", 7);
	}
	return out;
}

void manifest_modified(struct arena *a, enum manifest_use use, struct strings *out)
{
	static uint8_t params[4096 + 1];
	static char cmdline[4096];
	ssize_t len = read_file(BOOT_DATA, params, sizeof(params));
	struct strings found = { NULL, 0 };
	struct boot_words words;

	words = boot_words(a,
			   read_file("/proc/cmdline", cmdline, sizeof(cmdline)) > 0 ? cmdline : "");
	if (!words.initrd && !words.init &&
	    boot_params_initrd(params, len > 0 ? (size_t)len : 0) == TRI_NO)
		manifest_compare(a, "", use, &found);
	else
		use = MANIFEST_ALL;
	if (use == MANIFEST_ALL || found.n)
		manifest_compare(a, "", MANIFEST_ALL, out);
	if (words.init)
		strings_add(a, out, arena_printf(a, "rdinit=%s", words.init));
}
