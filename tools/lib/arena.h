/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arena: memory that lives as long as the report that it belongs to.
 *
 * Everything that a stage adds to a report is allocated here and freed at once
 * with the report, so no stage needs an ownership rule of its own. Running out
 * of memory ends the program with a message and status 4 (ERROR): a checker that
 * cannot hold its facts has no verdict to give.
 */
#ifndef NESTCHECK_LIB_ARENA_H
#define NESTCHECK_LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena_region;

/* region: where allocations come from instead while the arena is shared. */
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
 * Room for one more element: arrays grow by doubling inside the arena. `array`
 * points to the array's pointer; returns the zeroed new element, and *n is raised.
 */
void *arena_push_size(struct arena *a, void *array, size_t *n, size_t size);
#define arena_push(a, array, n) \
	((__typeof__(*(array)))arena_push_size((a), (array), (n), sizeof(**(array))))

/*
 * From here to arena_unshare() all of it comes from one mapping of that many bytes, which processes forked in between
 * have in common: what a child allocates is there for its parent, at the same address. One of them may allocate at a
 * time. Once per arena. -ENOMEM where there is no room for the mapping; its pages are taken as they are used.
 */
int arena_share(struct arena *a, size_t size);
void arena_unshare(struct arena *a);

void arena_free(struct arena *a);

#endif
