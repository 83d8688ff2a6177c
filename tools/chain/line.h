/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a level says on its channel: lines, each
 *
 *	L2 0 stage hashing
 *
 * that is the level it is about, microseconds since that level's kernel was entered (0 until
 * the machine that it runs in has put them in), what it is, and the rest. A level hands on what
 * the next one says, as it is; so does it with that one's console, and with its end. A guest is
 * not trusted: a line that is too long, or is none, is dropped. Pure.
 */
#ifndef NESTCHECK_CHAIN_LINE_H
#define NESTCHECK_CHAIN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chain_verb {
	CHAIN_SAYS_STAGE,  /* its name */
	CHAIN_SAYS_SELF,   /* CPUS MEMORY_KB KERNEL */
	CHAIN_SAYS_REPORT, /* a document nestcheck.report/1 without newlines */
	CHAIN_SAYS_HASHED, /* the digest in hex */
	CHAIN_SAYS_FAILED, /* a sentence, behind CHAIN_FAILED_SMALL if it lacks memory: it goes no further */
	CHAIN_SAYS_CONSOLE, /* a line of its console; the level below says it */
	CHAIN_SAYS_ENDED,   /* how its machine ended; likewise */
	CHAIN_VERBS,
};

#define CHAIN_FAILED_SMALL "-ENOMEM "

struct chain_line {
	unsigned int level;
	uint64_t us;
	enum chain_verb verb;
	const char *rest;
};

/* text is cut into pieces; rest points into it. False where it is no such line. */
bool chain_line_parse(char *text, struct chain_line *line);

/* malloc'd, with its newline; NULL without memory. What is no printable ASCII in rest becomes '?'. */
char *chain_line_make(const struct chain_line *line, size_t *size);

/* In place, for anything that a guest said. */
void chain_clean(char *s);

/*
 * Bytes into lines. max: longer ones are dropped, or, with `cut`, handed out in pieces. take
 * gets each without its newline, NUL-terminated, writable. Start with all else zero.
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
/* What is left without a newline is a line, too. */
void chain_lines_end(struct chain_lines *l);

#endif
