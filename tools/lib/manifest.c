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

#include "lib/blake2b.h"
#include "lib/procfs.h"

#define LIST_MAX  (64 * 1024)
#define INIT	  "/init"
#define NESTCHECK "/bin/nestcheck"
#define RUNS	  "/proc/1/exe" /* what runs as init, whatever lies there */

bool manifest_line(char *line, const char **digest, const char **path)
{
	char *gap = strstr(line, "  /");

	if (!gap || gap == line)
		return false;
	*gap = '\0';
	*digest = line;
	*path = gap + 2;
	return strlen(line) == BLAKE2B_HEX - 1;
}

static bool has_digest(int fd, size_t size, const char *digest)
{
	uint8_t bytes[BLAKE2B_SIZE];
	char hex[BLAKE2B_HEX];
	void *data = NULL;

	if (size) {
		data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			return false;
	}
	blake2b(data, size, bytes);
	if (size)
		munmap(data, size);
	blake2b_hex(bytes, hex);
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

/* Calls take() with each line of this root's list; without a list, never. */
static void each_line(struct arena *a, const char *root,
		      void (*take)(const char *digest, const char *path, void *data), void *data)
{
	char *list = malloc(LIST_MAX), *save, *line;
	const char *digest, *path;

	if (list && read_file(arena_printf(a, "%s" MANIFEST_PATH, root), list, LIST_MAX) > 0)
		for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (manifest_line(line, &digest, &path))
				take(digest, path, data);
	free(list);
}

struct comparison {
	struct arena *a;
	const char *root;
	struct strings paths; /* those that differ */
	bool init, nestcheck; /* are in the list */
};

static void compare_line(const char *digest, const char *path, void *data)
{
	struct comparison *c = data;
	bool init = !strcmp(path, INIT), runs = !*c->root && init;

	c->init |= init;
	c->nestcheck |= !strcmp(path, NESTCHECK);
	if (!is_as_built(runs ? RUNS : arena_printf(c->a, "%s%s", c->root, path),
			 runs ? 0 : O_NOFOLLOW, digest))
		strings_add(c->a, &c->paths, arena_strdup(c->a, path));
}

void manifest_compare(struct arena *a, const char *root, struct strings *out)
{
	struct comparison c = { .a = a, .root = root };

	each_line(a, root, compare_line, &c);
	if (!c.init || !c.nestcheck)
		strings_add(a, out, MANIFEST_PATH);
	for (size_t i = 0; i < c.paths.n; i++)
		strings_add(a, out, c.paths.s[i]);
}

static void init_line(const char *digest, const char *path, void *data)
{
	bool *as_built = data;

	*as_built |= !strcmp(path, INIT) && is_as_built(RUNS, 0, digest);
}

/* Whether PID 1 is the init of the list. */
static bool init_runs(struct arena *a)
{
	bool as_built = false;

	each_line(a, "", init_line, &as_built);
	return as_built;
}

void manifest_add_found(struct arena *a, const char *found, struct strings *out)
{
	for (const char *s = found, *end; *s; s = end + (*end != '\0')) {
		end = strchrnul(s, '\n');
		if (end > s)
			strings_add(a, out, arena_printf(a, "%.*s", (int)(end - s), s));
	}
}

/* "6,342,1234567,-;message\n KEY=value\n" (Documentation/ABI/testing/dev-kmsg) */
enum boot_record boot_record(const char *record, uint64_t seq)
{
	static const struct {
		const char *message, *end;
		enum boot_record meaning;
	} rows[] = {
		{ "Unpacking initramfs...\n", "", BOOT_RECORD_INITRD },
		/* ... with CONFIG_BLK_DEV_RAM */
		{ "Trying to unpack rootfs image as initramfs...\n", "", BOOT_RECORD_INITRD },
		{ "Run ", " as init process\n", BOOT_RECORD_INIT },
	};
	const char *message = strchr(record, ';');
	char *end;
	unsigned long priority = strtoul(record, &end, 10);

	if (!message || *end != ',' || strtoull(end + 1, NULL, 10) != seq)
		return BOOT_RECORD_LOST;
	/* Facility 0 is the kernel; others are written by programs. */
	for (size_t i = 0; priority < 8 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strncmp(message + 1, rows[i].message, strlen(rows[i].message)) &&
		    strstr(message, rows[i].end))
			return rows[i].meaning;
	return BOOT_RECORD_OTHER;
}

enum tri boot_log_initrd(int fd)
{
	char record[KMSG_RECORD_MAX + 1];

	for (uint64_t seq = 0;; seq++) {
		ssize_t n = read(fd, record, sizeof(record) - 1);

		/* EAGAIN: no more; EPIPE: this one was overwritten. */
		if (n <= 0)
			return TRI_UNKNOWN;
		record[n] = '\0';
		switch (boot_record(record, seq)) {
		case BOOT_RECORD_INITRD:
			return TRI_YES;
		case BOOT_RECORD_INIT:
			return TRI_NO;
		case BOOT_RECORD_LOST:
			return TRI_UNKNOWN;
		case BOOT_RECORD_OTHER:
			break;
		}
	}
}

static enum tri kernel_unpacked(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	enum tri unpacked;

	if (fd < 0)
		return TRI_UNKNOWN;
	unpacked = boot_log_initrd(fd);
	close(fd);
	return unpacked;
}

/*
 * As the kernel reads it: lib/cmdline.c, next_arg(), without which quotes are where. What follows
 * "--" is init's.
 */
const char *boot_rdinit(struct arena *a, const char *cmdline)
{
	char *word = arena_alloc(a, strlen(cmdline) + 1);
	const char *init = NULL;

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
			init = strcmp(word + 7, INIT) ? arena_strdup(a, word + 7) : NULL;
	}
	return init;
}

void manifest_modified(struct arena *a, bool always, const char *found, struct strings *out)
{
	static char cmdline[4096];
	const char *init;

	init = boot_rdinit(a,
			   read_file("/proc/cmdline", cmdline, sizeof(cmdline)) > 0 ? cmdline : "");
	if (!always && !init && !(found && *found) && kernel_unpacked() == TRI_NO)
		return;
	if (found && init_runs(a)) {
		manifest_add_found(a, found, out);
		return;
	}
	manifest_compare(a, "", out);
	if (init)
		strings_add(a, out, arena_printf(a, "rdinit=%s", init));
}
