// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in the root folder of a FAT12, FAT16 or FAT32 (see fat.h).
 */
#include "lib/fat.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define ENTRY	    32
#define LONG_NAME   0x0f /* an entry's attributes */
#define MAX_ENTRIES 65536
#define NAME_MAX_   260

struct fat {
	const struct fat_source *source;
	unsigned int bits;
	uint32_t sector, cluster;   /* bytes */
	uint64_t table, root, data; /* offsets; root: of FAT12 and 16 */
	uint32_t root_entries, root_cluster, clusters;
};

static uint32_t little_endian(const uint8_t *p, int bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static int get(const struct fat *f, uint64_t at, void *buf, size_t len)
{
	return f->source->read(f->source->arg, at, buf, len);
}

static bool is_power_of_2(uint32_t n, uint32_t min, uint32_t max)
{
	return n >= min && n <= max && !(n & (n - 1));
}

static int open_fat(struct fat *f)
{
	uint32_t reserved, tables, table, root_sectors, sectors, used;
	uint8_t b[512];
	int err = get(f, 0, b, sizeof(b));

	if (err)
		return err;
	f->sector = little_endian(b + 11, 2);
	reserved = little_endian(b + 14, 2);
	tables = b[16];
	f->root_entries = little_endian(b + 17, 2);
	sectors = little_endian(b + 19, 2);
	sectors = sectors ? sectors : little_endian(b + 32, 4);
	table = little_endian(b + 22, 2);
	table = table ? table : little_endian(b + 36, 4);
	f->root_cluster = little_endian(b + 44, 4);
	if (!is_power_of_2(f->sector, 512, 4096) || !is_power_of_2(b[13], 1, 128) || !reserved ||
	    !tables || !table || table > sectors)
		return -EINVAL;
	f->cluster = f->sector * b[13];
	root_sectors = (f->root_entries * ENTRY + f->sector - 1) / f->sector;
	if ((uint64_t)reserved + (uint64_t)tables * table + root_sectors >= sectors)
		return -EINVAL;
	used = reserved + tables * table + root_sectors;
	f->table = (uint64_t)reserved * f->sector;
	f->root = (uint64_t)(used - root_sectors) * f->sector;
	f->data = (uint64_t)used * f->sector;
	f->clusters = (sectors - used) / b[13];
	f->bits = f->clusters < 4085 ? 12 : f->clusters < 65525 ? 16 : 32;
	return 0;
}

static bool is_cluster(const struct fat *f, uint32_t n)
{
	return n >= 2 && n - 2 < f->clusters;
}

static uint64_t cluster_at(const struct fat *f, uint32_t n)
{
	return f->data + (uint64_t)(n - 2) * f->cluster;
}

/* The cluster after n; what is no cluster ends the chain. */
static int next_cluster(const struct fat *f, uint32_t *n)
{
	uint8_t b[4] = { 0 };
	uint64_t at = f->table + (f->bits == 12 ? *n + *n / 2 : (uint64_t)*n * (f->bits / 8));
	int err = get(f, at, b, f->bits == 32 ? 4 : 2);

	if (f->bits == 12)
		*n = *n & 1 ? little_endian(b, 2) >> 4 : little_endian(b, 2) & 0xfff;
	else
		*n = little_endian(b, 4) & 0x0fffffff;
	return err;
}

/* --- the root folder -------------------------------------------------------------------- */

struct folder {
	const struct fat *f;
	uint32_t entry, cluster;
};

/* The next entry; -ENOENT at the end of the folder. */
static int next_entry(struct folder *d, uint8_t *entry)
{
	const struct fat *f = d->f;
	uint32_t in_cluster = d->entry % (f->cluster / ENTRY);
	uint64_t at = f->root + (uint64_t)d->entry * ENTRY;
	int err;

	if (d->entry >= (f->bits == 32 ? MAX_ENTRIES : f->root_entries))
		return -ENOENT;
	if (f->bits == 32) {
		if (!in_cluster && d->entry) {
			err = next_cluster(f, &d->cluster);
			if (err)
				return err;
		}
		if (!is_cluster(f, d->cluster))
			return -ENOENT;
		at = cluster_at(f, d->cluster) + in_cluster * ENTRY;
	}
	d->entry++;
	err = get(f, at, entry, ENTRY);
	/* "If DIR_Name[0] == 0x00, there are no allocated directory entries after this one." */
	return err ? err : entry[0] ? 0 : -ENOENT;
}

static uint8_t short_name_sum(const uint8_t *entry)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + entry[i]);
	return sum;
}

/* A long name is in the entries before the short one, the last part first. */
struct long_name {
	char s[NAME_MAX_];
	uint8_t sum, next; /* next: the number of the part that has to follow; 0: complete */
	bool valid;
};

static void add_part(struct long_name *l, const uint8_t *e)
{
	static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	uint8_t number = e[0] & 0x1f;

	if (e[0] & 0x40) {
		memset(l, 0, sizeof(*l));
		l->valid = true;
		l->next = number;
		l->sum = e[13];
	}
	l->valid = l->valid && number && number == l->next && number <= 20 && e[13] == l->sum;
	if (!l->valid)
		return;
	l->next--;
	for (unsigned int i = 0; i < sizeof(places); i++) {
		uint32_t c = little_endian(e + places[i], 2);
		size_t at = (size_t)(number - 1) * sizeof(places) + i;

		/* Our own names are ASCII. */
		if (at < sizeof(l->s) - 1)
			l->s[at] = c == 0xffff ? '\0' : c < 0x80 ? (char)c : '?';
	}
}

static int find(const struct fat *f, const char *name, uint8_t *entry)
{
	struct folder d = { .f = f, .cluster = f->root_cluster };
	struct long_name l = { .valid = false };
	int err;

	while (!(err = next_entry(&d, entry))) {
		if (entry[0] == 0xe5) {
			l.valid = false;
		} else if ((entry[11] & 0x3f) == LONG_NAME) {
			add_part(&l, entry);
		} else {
			if (l.valid && !l.next && l.sum == short_name_sum(entry) &&
			    !strcmp(l.s, name))
				return 0;
			l.valid = false;
		}
	}
	return err;
}

/* --- its text --------------------------------------------------------------------------- */

static int compare(const struct fat *f, uint32_t cluster, const uint8_t *text, size_t size)
{
	uint8_t b[512];
	int err = 0;

	/* As many clusters as the text has, so a loop ends. */
	while (size && !err) {
		size_t in = size < f->cluster ? size : f->cluster;

		if (!is_cluster(f, cluster))
			return -EILSEQ;
		for (size_t at = 0; at < in && !err; at += sizeof(b)) {
			size_t len = in - at < sizeof(b) ? in - at : sizeof(b);

			err = get(f, cluster_at(f, cluster) + at, b, len);
			if (!err && memcmp(b, text + at, len) != 0)
				return -EILSEQ;
		}
		text += in;
		size -= in;
		if (!err)
			err = next_cluster(f, &cluster);
	}
	return err;
}

int fat_has_file(const struct fat_source *s, const char *name, const void *text, size_t size)
{
	struct fat f = { .source = s };
	uint8_t entry[ENTRY];
	int err = open_fat(&f);

	if (!err)
		err = find(&f, name, entry);
	if (err)
		return err;
	if (little_endian(entry + 28, 4) != size)
		return -EILSEQ;
	return compare(&f, little_endian(entry + 20, 2) << 16 | little_endian(entry + 26, 2), text,
		       size);
}
