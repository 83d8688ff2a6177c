// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an installed system has on its disks: files of boot loaders, of its initramfs, of its
 * modules; superblocks.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "facts/collect.h"
#include "lib/diff.h"
#include "setup/boot_files.h"
#include "setup/disk/disk.h"
#include "setup/host/host.h"
#include "setup/setup.h"

static const char *const modules[] = { "kvm", "kvm_intel", "kvm_amd" };

/* Line `number` of a text, from 1 on, and its length. */
static const char *line_at(const char *text, unsigned int number, size_t *len)
{
	while (--number && (text = strchr(text, '\n')))
		text++;
	must(text);
	*len = strcspn(text, "\n");
	return text;
}

/* A copy with each line behind blanks and a "#". To be freed. */
static char *comment_out(const char *text)
{
	static const char before[] = "        # ";
	char *copy = malloc(strlen(text) + fuzz_lines(text) * strlen(before) + 1), *to = copy;

	must(copy);
	for (const char *s = text; *s; s++) {
		if (s == text || s[-1] == '\n')
			to = stpcpy(to, before);
		*to++ = *s;
	}
	*to = '\0';
	return copy;
}

/* The number behind "FILE:". */
static unsigned int number_in(const char *where)
{
	const char *colon = strrchr(where, ':');

	must(colon);
	return (unsigned int)strtoul(colon + 1, NULL, 10);
}

/* grub.cfg, /etc/default/grub, loader entries: each conflict is a word of the line that it names. */
static void check_boot_file(const char *text, const char *module)
{
	struct conflicts found = { 0 }, none = { 0 };
	enum tri nested = TRI_UNKNOWN, unset = TRI_UNKNOWN;
	struct arena a = { NULL };
	char *comments;

	boot_conflicts(&a, "/boot/x.cfg", true, text, module, &nested, &found);
	for (size_t i = 0; i < found.n; i++) {
		const char *line, *word;
		size_t len;

		must(found.v[i].why);
		line = line_at(text, number_in(found.v[i].where), &len);
		word = memmem(line, len, found.v[i].line, conflict_shown(found.v[i].line));
		must(word);
		must(!strpbrk(found.v[i].line, " \t\r\n\"'"));
	}
	comments = comment_out(text);
	boot_conflicts(&a, "/boot/x.cfg", true, comments, module, &unset, &none);
	must(none.n == 0 && unset == TRI_UNKNOWN);
	must(kept_line(comments, module) == 0);
	if (kept_line(text, module)) {
		size_t len;
		const char *line = line_at(text, kept_line(text, module), &len);

		line = strstr(line, "nested=");
		must(line && (size_t)(line - text) < strlen(text));
	}
	free(comments);
	arena_free(&a);
}

void fuzz_boot_files(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		check_boot_file(text, modules[i]);
	free(text);
}

/* The line that it names has the word, and not in a comment. */
void fuzz_initramfs(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	unsigned int number = initramfs_line(text);
	char *comments = comment_out(text);

	if (number) {
		size_t len;
		const char *line = line_at(text, number, &len);
		const char *word = strstr(line, "kvm"), *comment = memchr(line, '#', len);

		must(word && word + 3 <= (comment ? comment : line + len));
	}
	must(initramfs_line(comments) == 0);
	free(comments);
	free(text);
}

void fuzz_os_release(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	const char *name = os_release_name(&a, text);
	struct text packages = { 0 };

	packages_text(text, &packages);
	must_be_clean_lines(packages.s);
	text_free(&packages);
	if (name) {
		struct disk_device d = { .name = "sda1", .size = 1 };
		struct installed system = { .name = name };
		struct text t = { 0 };

		must(*name && strlen(name) <= size && !strchr(name, '\n'));
		d.systems = &system;
		d.n_systems = 1;
		disk_show_device(&d, &t);
		must_be_clean_lines(t.s);
		text_free(&t);
	}
	arena_free(&a);
	free(text);
}

/* modules.builtin, modules.dep, and the list of drivers: two readers of one format agree. */
void fuzz_module_lists(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	struct strings drivers = disk_driver_modules(&a, text, "ahci");

	for (size_t i = 0; i < drivers.n; i++)
		must(*drivers.s[i] && !strpbrk(drivers.s[i], " \n"));
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		bool any = false;

		for (const char *s = text; *s;) {
			size_t len = strcspn(s, "\n");
			char *line = fuzz_text((const uint8_t *)s, len);

			any |= module_line_is(line, modules[i]);
			free(line);
			s += len + (s[len] == '\n');
		}
		must(strchr(text, ':') || any == builtin_lists(text, modules[i]));
	}
	arena_free(&a);
	free(text);
}

void fuzz_mountinfo(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	const char *upper;

	if (disk_is_mounted(text, "8:1"))
		must(strstr(text, "8:1 "));
	must(!disk_is_mounted(text, NULL) && !disk_is_mounted(NULL, "8:1"));
	upper = mount_upper(&a, text, "/etc/modprobe.d");
	must(!upper || (strstr(text, upper) && !strpbrk(upper, ", \n")));
	arena_free(&a);
	free(text);
}

/* A section that is found is in the table, and its name is. */
void fuzz_image(const uint8_t *data, size_t size)
{
	uint8_t *head = fuzz_bytes(data, size);
	unsigned int n = 0;

	while (n < 100 && pe_section(head, size, ".cmdline", n).size)
		n++;
	must(n <= size / 40);
	if (n)
		must(memmem(head, size, ".cmdline", 8));
	free(head);
}

/* --- superblocks ---------------------------------------------------------------------------------- */

/*
 * The input: the device's size, 4 bytes, then what is not zero on it: an offset, 4 bytes; how many
 * bytes, 1; the bytes. All numbers are little-endian.
 */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint32_t take(struct input *in, size_t bytes)
{
	uint32_t v = 0;

	for (size_t i = 0; i < bytes && in->size; i++, in->data++, in->size--)
		v |= (uint32_t)*in->data << 8 * i;
	return v;
}

/* As setup/disk/list.c reads it: both ends, each in a block of its own. */
static void fill(struct input *in, struct volume_bytes *b, uint8_t *head, uint8_t *tail)
{
	while (in->size > 5) {
		uint64_t at = take(in, 4);
		size_t n = take(in, 1);

		/* From the end, if it is beyond. */
		if (at >= b->size && b->size)
			at = b->size - 1 - at % b->size;
		for (size_t i = 0; i < n && in->size && at + i < b->size; i++) {
			uint8_t byte = (uint8_t)take(in, 1);

			if (at + i < b->head_size)
				head[at + i] = byte;
			if (at + i >= b->size - b->tail_size)
				tail[at + i - (b->size - b->tail_size)] = byte;
		}
	}
}

static void check_volume(const struct volume *v, uint64_t size)
{
	struct disk_device d = { .name = "sda1", .size = size ? size : 1, .volume = *v };
	struct text t = { 0 };

	must((v->kind == VOLUME_UNKNOWN) == !v->type);
	must((v->kind == VOLUME_ROOT) <= (v->driver != NULL));
	must((v->kind == VOLUME_SEALED) == (v->advice != NULL));
	must(strnlen(v->label, sizeof(v->label)) < sizeof(v->label));
	must(!*v->uuid || strlen(v->uuid) == 36);
	must(!v->hibernated || v->kind == VOLUME_OTHER || v->member);
	disk_show_device(&d, &t);
	must_be_clean_lines(t.s);
	text_free(&t);
}

void fuzz_superblocks(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct volume_bytes b = { .size = take(&in, 4) };
	uint8_t *head, *tail;
	struct volume v;

	b.head_size = b.size < VOLUME_HEAD ? (size_t)b.size : VOLUME_HEAD;
	b.tail_size = b.size < VOLUME_TAIL ? (size_t)b.size : VOLUME_TAIL;
	head = calloc(1, b.head_size);
	tail = calloc(1, b.tail_size);
	must(head && tail);
	fill(&in, &b, head, tail);
	b.head = head;
	b.tail = tail;
	volume_probe(&b, &v);
	check_volume(&v, b.size);
	must(v.hibernated == (swap_state(head, b.head_size) == SWAP_HIBERNATED));
	free(head);
	free(tail);
}

/* --- diffs of what we change ------------------------------------------------------------------------ */

/* The input is two files, with a NUL between them. Without a difference there is no diff. */
void fuzz_diff(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : size, m = nul ? size - n - 1 : 0;
	uint8_t *a = fuzz_bytes(data, n), *b = fuzz_bytes(nul ? nul + 1 : data, m);
	struct diff_file before = { "a", (char *)a, n }, after = { "b", (char *)b, m };
	struct text t = { 0 };

	diff_unified(&before, &after, &t);
	must((t.len == 0) == (n == m && !memcmp(a, b, n)));
	must(t.len <= 4 * size + 4096);
	text_free(&t);
	free(a);
	free(b);
}
