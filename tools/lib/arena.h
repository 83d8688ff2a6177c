/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arena: memory with the lifetime of the report that it belongs to.
 *
 * Everything that a stage adds to a report is allocated here and freed together with the report,
 * so no stage needs an ownership rule of its own. Running out of memory ends the program with a
 * message and status 4 (ERROR): a checker that cannot hold its facts has no verdict.
 */
#ifndef NESTCHECK_LIB_ARENA_H
#define NESTCHECK_LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena_region;

/* region: the source of allocations while the arena is shared; NULL otherwise. */
struct arena {
	struct arena_block *blocks;
	struct arena_region *region, *last;
};

/* Zeroed memory, aligned for any object; never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of a string; NULL stays NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);

char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * Appends one element; arrays grow by doubling inside the arena. `array` points to the array's
 * pointer. Returns the new element, zeroed, and increments *n.
 */
void *arena_push_size(struct arena *a, void *array, size_t *n, size_t size);
#define arena_push(a, array, n) \
	((__typeof__(*(array)))arena_push_size((a), (array), (n), sizeof(**(array))))

/*
 * Until arena_unshare(), all allocations come from one mapping of `size` bytes, which is shared
 * with processes forked meanwhile: a child's allocations are visible to its parent, at the same
 * address. Only one process may allocate at a time. Call it once per arena. Returns -ENOMEM if
 * there is no room for the mapping. Pages are allocated on first use.
 */
int arena_share(struct arena *a, size_t size);
void arena_unshare(struct arena *a);

/*
 * The present end of the arena. arena_release() frees everything that was allocated after it, so
 * nothing may point there any more. Both calls belong on the same side of arena_share() and
 * arena_unshare(). For work that is repeated and mostly leaves nothing.
 */
struct arena_mark {
	struct arena_block *blocks;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark mark);

void arena_free(struct arena *a);

#endif
