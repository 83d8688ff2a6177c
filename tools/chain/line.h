/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines that a level sends on its channel, each
 *
 *	L2 0 stage hashing
 *
 * with the level that it is about, microseconds since that level's kernel was entered (0 until the
 * VMM below fills them in), a verb, and the rest. A level forwards the lines of the next level
 * unchanged, and sends that level's console and its end. A guest is not trusted: a line that is too
 * long or malformed is dropped. Pure.
 */
#ifndef NESTCHECK_CHAIN_LINE_H
#define NESTCHECK_CHAIN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chain_verb {
	CHAIN_SAYS_STAGE,   /* the stage's name */
	CHAIN_SAYS_SELF,    /* CPUS MEMORY_KB KERNEL */
	CHAIN_SAYS_REPORT,  /* a document nestcheck.report/1 without newlines */
	CHAIN_SAYS_HASHED,  /* the digest in hex */
	CHAIN_SAYS_FAILED,  /* a sentence, after CHAIN_FAILED_SMALL if it lacks memory; it stops */
	CHAIN_SAYS_CONSOLE, /* a line of its console, sent by the level below */
	CHAIN_SAYS_ENDED,   /* how its machine ended, sent by the level below */
	CHAIN_VERBS,
};

#define CHAIN_FAILED_SMALL "-ENOMEM "

struct chain_line {
	unsigned int level;
	uint64_t us;
	enum chain_verb verb;
	const char *rest;
};

/* text is cleaned; rest points into it. False if it is no such line. */
bool chain_line_parse(char *text, struct chain_line *line);

/* malloc'd, with its newline; NULL without memory. Replaces unprintable characters by '?'. */
char *chain_line_make(const struct chain_line *line, size_t *size);

/* Does the same in place, for what a guest sent otherwise. */
void chain_clean(char *s);

/*
 * Splits bytes into lines. max: longer lines are dropped, or, with `cut`, split. take gets each
 * without its newline, NUL-terminated, writable. Initialise all other members to zero.
 */
struct chain_lines {
	size_t max;
	bool cut;
	void (*take)(char *text, void *data);
	void *data;
	char *buf;
	size_t len, size;
	bool skipping;
	size_t dropped;
};

#define CHAIN_LINE_MAX	  (512 * 1024)
#define CHAIN_CONSOLE_MAX 200

void chain_lines_feed(struct chain_lines *l, const char *bytes, size_t n);
/* A rest without a newline is a line, too. */
void chain_lines_end(struct chain_lines *l);

#endif
