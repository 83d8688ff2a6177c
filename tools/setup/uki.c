// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line in a unified kernel image and its add-ons: PE section ".cmdline" (UAPI group's
 * specification "Unified Kernel Image"; an image with profiles has several). Offsets are those of
 * Microsoft's "PE Format": COFF file header, section table.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/boot_files.h"

#define HEAD_MAX     8192
#define SECTIONS_MAX 96
#define PROFILES_MAX 16
#define LINE_MAX_UKI 16384 /* COMMAND_LINE_SIZE is 2048 on x86 */

static uint32_t le(const unsigned char *p, unsigned int bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

struct pe_section pe_section(const unsigned char *head, size_t size, const char *name,
			     unsigned int n)
{
	struct pe_section none = { 0, 0 };
	uint32_t pe, count, table;

	if (size < 0x40 || memcmp(head, "MZ", 2) != 0)
		return none;
	pe = le(head + 0x3c, 4);
	if (pe > size || size - pe < 24 || memcmp(head + pe, "PE\0\0", 4) != 0)
		return none;
	count = le(head + pe + 6, 2);
	table = pe + 24 + le(head + pe + 20, 2);
	for (uint32_t i = 0; i < count && i < SECTIONS_MAX; i++, table += 40) {
		const unsigned char *s = head + table;
		uint32_t used, stored;

		if (table > size || size - table < 40)
			break;
		if (strncmp((const char *)s, name, 8) != 0 || n--)
			continue;
		used = le(s + 8, 4);
		stored = le(s + 16, 4);
		return (struct pe_section){ le(s + 20, 4), used < stored ? used : stored };
	}
	return none;
}

/* *err: a negative errno if it fails. */
static size_t read_at(int fd, void *to, size_t size, uint32_t offset, int *err)
{
	ssize_t n = pread(fd, to, size, offset);

	if (n < 0)
		*err = -errno;
	return n > 0 ? (size_t)n : 0;
}

/* Appends a section to text, which has room for it, and a newline. */
static char *add_line(char *text, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*text++ = from[i] ? from[i] : '\n';
	*text++ = '\n';
	return text;
}

static char *command_lines(struct arena *a, int fd, int *err)
{
	static unsigned char head[HEAD_MAX];
	static char line[LINE_MAX_UKI];
	char *text = NULL, *to = NULL;
	size_t size = read_at(fd, head, sizeof(head), 0, err);

	for (unsigned int n = 0; n < PROFILES_MAX; n++) {
		struct pe_section s = pe_section(head, size, ".cmdline", n);

		if (!s.size)
			break;
		if (!text)
			text = to = arena_alloc(a, PROFILES_MAX * (LINE_MAX_UKI + 1) + 1);
		s.size = s.size < sizeof(line) ? s.size : sizeof(line);
		to = add_line(to, line, read_at(fd, line, s.size, s.offset, err));
	}
	return *err ? NULL : text;
}

char *uki_command_lines(struct arena *a, int root, const char *path, struct unseen *u)
{
	int fd = root_open_at(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	int err = fd < 0 ? fd : 0;
	char *text = NULL;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st))
		err = -errno;
	else if (fd >= 0 && S_ISREG(st.st_mode))
		text = command_lines(a, fd, &err);
	if (fd >= 0)
		close(fd);
	if (err)
		unseen_add(u, path, err);
	return text;
}
