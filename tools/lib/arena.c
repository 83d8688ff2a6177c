// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arena: a list of memory blocks, all freed together (see arena.h).
 *
 * Each allocation is its own block rather than a slice of a larger one, so that ASan detects an
 * overrun of any of them. A report is a few thousand small strings.
 */
#include "lib/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/fatal.h"

#define HOLD "to hold the report"

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char data[];
};

/* The head of the shared mapping. */
struct arena_region {
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

static void *region_alloc(struct arena_region *r, size_t size)
{
	size_t room = r->size - r->used, align = alignof(max_align_t);
	void *at = (unsigned char *)r + r->used;

	if (room < align || size > room - align)
		out_of_memory(HOLD);
	r->used += (size + align - 1) / align * align;
	return at;
}

int arena_share(struct arena *a, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return -ENOMEM;
	a->region = a->last = at;
	*a->region = (struct arena_region){ .size = size, .used = sizeof(struct arena_region) };
	return 0;
}

void arena_unshare(struct arena *a)
{
	a->region = NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b;

	if (a->region)
		return region_alloc(a->region, size);
	if (size > SIZE_MAX - sizeof(*b))
		out_of_memory(HOLD);
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		out_of_memory(HOLD);
	b->next = a->blocks;
	a->blocks = b;
	return b->data;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len;
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, n);
	copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, SIZE_MAX - 1);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		out_of_memory(HOLD);
	s = arena_alloc(a, (size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

/*
 * The capacity is not stored: it is n rounded up to a power of two, so an array is full exactly
 * when n is zero or a power of two. Outgrown arrays are only freed with the arena; together they
 * take at most as much memory as the array itself.
 */
void *arena_push_size(struct arena *a, void *array, size_t *n, size_t size)
{
	void *old, *grown;
	size_t room;

	memcpy(&old, array, sizeof(old));
	if ((*n & (*n - 1)) == 0) {
		room = *n ? *n * 2 : 1;
		if (room < *n || room > SIZE_MAX / size)
			out_of_memory(HOLD);
		grown = arena_alloc(a, room * size);
		if (*n)
			memcpy(grown, old, *n * size);
		memcpy(array, &grown, sizeof(grown));
		old = grown;
	}
	return (unsigned char *)old + size * (*n)++;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ .blocks = a->blocks, .used = a->region ? a->region->used : 0 };
}

/* All memory of arena_alloc() is zeroed, also the second time. */
void arena_release(struct arena *a, struct arena_mark mark)
{
	while (a->blocks != mark.blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	if (a->region) {
		memset((unsigned char *)a->region + mark.used, 0, a->region->used - mark.used);
		a->region->used = mark.used;
	}
}

void arena_free(struct arena *a)
{
	arena_release(a, (struct arena_mark){ .used = a->region ? a->region->used : 0 });
	if (a->last)
		munmap(a->last, a->last->size);
	a->region = a->last = NULL;
}
