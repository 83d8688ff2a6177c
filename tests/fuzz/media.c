// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose disk it is: where a system sleeps, which volume is the boot medium, what is on its FAT.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fat.h"
#include "lib/firmware.h"
#include "lib/medium.h"
#include "setup/disk/disk.h"

/* Numbers are little-endian; behind the input they are 0. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint64_t take(struct input *in, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes && in->size; i++, in->data++, in->size--)
		v |= (uint64_t)*in->data << 8 * i;
	return v;
}

/* --- hibernation ---------------------------------------------------------------------------------- */

typedef void sleep_reader(struct arena *a, const char *path, const char *text,
			  struct sleep_places *p);

static void check_places(const struct sleep_places *p, const char *path, size_t size)
{
	struct disks none = { .n = 0 };
	struct text why = { 0 };

	must(p->n <= SLEEP_PLACES && (!p->more || p->n == SLEEP_PLACES));
	for (size_t i = 0; i < p->n; i++) {
		const struct sleep_place *v = &p->v[i];

		must(v->named_by == path && *v->what && strlen(v->what) <= size);
		must(v->state == SWAP_UNKNOWN);
		must(v->file == (*v->what == '/' && strncmp(v->what, "/dev/", 5) != 0));
		for (size_t k = 0; k < i; k++)
			must(strcmp(v->what, p->v[k].what) != 0);
		/* A file that was not examined may have an image. */
		must(!v->file || sleep_possible(&none, p, &why));
		text_free(&why);
	}
	must(sleep_possible(&none, p, &why) == (why.len > 0));
	must(!p->more || why.len);
	if (why.s)
		must_be_clean_lines(why.s);
	text_free(&why);
}

/* Behind a line that is a comment, or names another place, the same is named. */
static void check_behind(sleep_reader *read, const char *text, const struct sleep_places *p)
{
	static const char *const before[] = { "# resume=x swap\n", "# a\n \t\n\n" };
	char *more = malloc(strlen(text) + 32);
	struct arena a = { NULL };

	must(more);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct sleep_places again = { .n = 0 };

		strcpy(stpcpy(more, before[i]), text);
		read(&a, "/x", more, &again);
		must(again.n == p->n && again.more == p->more);
		for (size_t k = 0; k < p->n; k++)
			must(!strcmp(again.v[k].what, p->v[k].what));
	}
	arena_free(&a);
	free(more);
}

void fuzz_sleep(const uint8_t *data, size_t size)
{
	static sleep_reader *const readers[] = { sleep_read_fstab, sleep_read_unit, sleep_read_boot,
						 sleep_read_resume };
	char *text = fuzz_text(data, size);

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		struct sleep_places p = { .n = 0 };
		struct arena a = { NULL };
		size_t before = fuzz_memory();

		readers[i](&a, "/x", text, &p);
		must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
		check_places(&p, "/x", size);
		check_behind(readers[i], text, &p);
		arena_free(&a);
	}
	free(text);
}

/* mm/swapfile.c, kernel/power/swap.c and probe.c's sources: the last 10 bytes of a page. */
static bool ends_a_page(const uint8_t *head, size_t size, const char *magic)
{
	for (size_t page = 4096; page <= size; page *= 2)
		if (!memcmp(head + page - 10, magic, strlen(magic)))
			return true;
	return false;
}

/* The input: the size of what was read, 3 bytes; pieces: an offset, 3, how many bytes, 1, the bytes. */
void fuzz_swap(const uint8_t *data, size_t size)
{
	static const char *const hibernated[] = { "S1SUSPEND", "S2SUSPEND", "ULSUSPEND",
						  "LINHIB0001" };
	static const uint8_t tuxonice[] = { 0xed, 0xc3, 0x02, 0xe9, 0x98, 0x56, 0xe5, 0x0c };
	struct input in = { data, size };
	size_t n = (size_t)take(&in, 3) % (SWAP_HEAD + 1);
	uint8_t *head = calloc(1, n);
	struct volume_bytes b = { .head = head, .head_size = n, .size = n };
	struct volume v = { .kind = VOLUME_UNKNOWN };
	enum swap_state state;
	bool swap, image;

	must(head);
	while (in.size > 4) {
		size_t at = (size_t)take(&in, 3);

		for (size_t left = (size_t)take(&in, 1); left && in.size; left--, at++) {
			uint8_t byte = (uint8_t)take(&in, 1);

			if (at < n)
				head[at] = byte;
		}
	}
	state = swap_state(head, n);
	swap = ends_a_page(head, n, "SWAPSPACE2") || ends_a_page(head, n, "SWAP-SPACE");
	image = n >= sizeof(tuxonice) && !memcmp(head, tuxonice, sizeof(tuxonice));
	for (size_t i = 0; i < sizeof(hibernated) / sizeof(hibernated[0]); i++)
		image |= ends_a_page(head, n, hibernated[i]);
	must((state == SWAP_UNKNOWN) == (!swap && !image));
	must(state != SWAP_HIBERNATED || image);
	must(state != SWAP_EMPTY || swap);
	/* As a device that is as large. */
	volume_probe(&b, &v);
	must(v.hibernated == (state == SWAP_HIBERNATED));
	free(head);
}

/* --- the boot medium ------------------------------------------------------------------------------ */

static const struct medium_candidate *writable(const struct medium_candidate *c, size_t n,
					       bool hinted)
{
	struct medium_choice choice;

	medium_choose(c, n, hinted, &choice);
	must(strnlen(choice.why, sizeof(choice.why)) < sizeof(choice.why));
	must(choice.may_write ? choice.medium && !*choice.why : !n || *choice.why);
	must(!choice.medium || choice.medium->id == MEDIUM_THIS_BUILD);
	must(!choice.medium || hinted || choice.medium->booted != MEDIUM_NOT_BOOTED);
	return choice.may_write ? choice.medium : NULL;
}

/*
 * The input: whether it is hinted, and UEFI has a path, 1 byte; then a byte for each candidate, and
 * one for its disk, which is what is removable, and all of which was written at once.
 */
void fuzz_medium(const uint8_t *data, size_t size)
{
	struct medium_candidate c[MEDIUM_MAX + 2], turned[MEDIUM_MAX + 2];
	struct input in = { data, size };
	uint8_t first = (uint8_t)take(&in, 1);
	bool hinted = first & 1, said = first & 2;
	const struct medium_candidate *chosen, *again;
	size_t n = 0;

	memset(c, 0, sizeof(c));
	while (in.size > 1 && n <= MEDIUM_MAX) {
		uint8_t flags = (uint8_t)take(&in, 1), disk = (uint8_t)take(&in, 1);

		c[n].fat = flags & 1;
		c[n].removable = flags & 2;
		c[n].id = (enum medium_id)((flags >> 2 & 3) % 3);
		c[n].booted = !said	 ? MEDIUM_NOT_SAID :
			      flags & 16 ? MEDIUM_BOOTED :
					   MEDIUM_NOT_BOOTED;
		snprintf(c[n].disk, sizeof(c[n].disk), "sd%c", 'a' + disk % 20);
		snprintf(c[n].name, sizeof(c[n].name), "sd%c%zu", 'a' + disk % 20, n);
		for (size_t i = 0; i < n; i++)
			if (!strcmp(c[i].disk, c[n].disk)) {
				c[n].removable = c[i].removable;
				c[n].id = c[i].id;
			}
		n++;
	}
	chosen = writable(c, n, hinted);
	must(!chosen || n <= MEDIUM_MAX);
	must(!chosen || (chosen->fat && (chosen->removable || chosen->booted == MEDIUM_BOOTED)));
	/* In another order, which readdir() decides, it is the same one. */
	for (size_t i = 0; i < n; i++)
		turned[i] = c[n - 1 - i];
	again = writable(turned, n, hinted);
	must(!chosen == !again && (!chosen || !strcmp(chosen->name, again->name)));
	/* Beside another one that is as good, it is none. */
	if (chosen) {
		c[n] = *chosen;
		strcpy(c[n].name, "other1");
		strcpy(c[n].disk, "other");
		must(!writable(c, n + 1, hinted));
	}
}

/*
 * The input: a device: the number of its partition, 4 bytes, start, 8, GPT, 1, signature, 16; the
 * length of its path in sysfs, 1; the path; then the boot option.
 */
void fuzz_boot_path(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct boot_device d = { .number = (uint32_t)take(&in, 4), .start = take(&in, 8) };
	struct boot_path p, half;
	size_t len;
	char *sysfs;
	uint8_t *option;
	bool is;

	d.gpt = take(&in, 1) & 1;
	for (size_t i = 0; i < sizeof(d.signature); i++)
		d.signature[i] = (uint8_t)take(&in, 1);
	len = (size_t)take(&in, 1);
	len = len < in.size ? len : in.size;
	sysfs = fuzz_text(in.data, len);
	option = fuzz_bytes(in.data + len, in.size - len);
	d.sysfs = sysfs;
	if (boot_option_path(option, in.size - len, &p)) {
		must(p.n_pci <= BOOT_PATH_PCI && (p.n_pci || p.partition));
		is = boot_path_is(&p, &d);
		must(!is || !p.partition || (d.number == p.number && d.start == p.start));
		must(!is || !p.n_pci || p.usb == (strstr(sysfs, "/usb") != NULL));
		/* Another partition of that disk, another disk in that place: is not it. */
		d.number ^= 1;
		must(!is || !p.partition || !boot_path_is(&p, &d));
		d.number ^= 1;
		d.signature[0] ^= 1;
		must(!is || !p.partition || !boot_path_is(&p, &d));
		d.signature[0] ^= 1;
		/* Each half of what the path tells is so as well. */
		half = p;
		half.n_pci = 0;
		must(!is || !p.partition || boot_path_is(&half, &d));
		half = p;
		half.partition = false;
		must(!is || !p.n_pci || boot_path_is(&half, &d));
	}
	free(option);
	free(sysfs);
}

/* --- a FAT ------------------------------------------------------------------------------------------ */

/*
 * The input: the volume's size, 4 bytes; pieces of what is not zero on it: an offset, 4 bytes, how
 * many bytes, 1, the bytes. A later piece covers an earlier one.
 */
#define PIECES 256

struct image {
	struct {
		uint32_t at;
		size_t n;
		const uint8_t *bytes;
	} piece[PIECES];
	size_t n, reads;
	uint64_t size;
};

static int read_image(void *arg, uint64_t at, void *buf, size_t len)
{
	struct image *image = arg;
	uint8_t *to = buf;

	image->reads++;
	if (at > image->size || len > image->size - at)
		return -EIO;
	memset(buf, 0, len);
	for (size_t i = 0; i < image->n; i++) {
		uint64_t first = image->piece[i].at, end = first + image->piece[i].n;
		uint64_t from = first > at ? first : at, until = end < at + len ? end : at + len;

		if (from < until)
			memcpy(to + (from - at), image->piece[i].bytes + (from - first),
			       (size_t)(until - from));
	}
	return 0;
}

static int has(struct image *image, const char *name, const char *text, size_t size)
{
	const struct fat_source source = { read_image, image };
	int err;

	image->reads = 0;
	err = fat_has_file(&source, name, text, size);
	must(!err || err == -ENOENT || err == -EILSEQ || err == -EINVAL || err == -EIO);
	/* An entry and a link for each of 65536 entries, and the text. */
	must(image->reads <= 2 * 65536 + 64);
	return err;
}

/* seeds.py has the same name and text. */
void fuzz_fat(const uint8_t *data, size_t size)
{
	static const char name[] = "nestcheck-20260131T120000Z.json";
	static struct image image;
	struct input in = { data, size };
	char text[1100];
	int err;

	memset(text, 'x', sizeof(text));
	image = (struct image){ .size = take(&in, 4) };
	while (in.size > 5 && image.n < PIECES) {
		image.piece[image.n].at = (uint32_t)take(&in, 4);
		image.piece[image.n].n = (size_t)take(&in, 1);
		if (image.piece[image.n].n > in.size)
			image.piece[image.n].n = in.size;
		image.piece[image.n].bytes = in.data;
		in.data += image.piece[image.n].n;
		in.size -= image.piece[image.n].n;
		image.n++;
	}
	err = has(&image, name, text, sizeof(text));
	if (err)
		return;
	/* What is there is that, and nothing else. */
	must(has(&image, name, text, sizeof(text) - 1) == -EILSEQ);
	text[sizeof(text) - 1] = 'y';
	must(has(&image, name, text, sizeof(text)) == -EILSEQ);
	text[0] = 'y';
	must(has(&image, name, text, sizeof(text)) == -EILSEQ);
	image.size = 512;
	must(has(&image, name, text, sizeof(text)) == -EIO);
}
