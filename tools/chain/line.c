// SPDX-License-Identifier: GPL-2.0-only
/* Formats and parses lines of the chain; see line.h. */
#include "chain/line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/chain.h"

static const char *const verbs[CHAIN_VERBS] = {
	[CHAIN_SAYS_STAGE] = "stage",	[CHAIN_SAYS_SELF] = "self",
	[CHAIN_SAYS_REPORT] = "report", [CHAIN_SAYS_HASHED] = "hashed",
	[CHAIN_SAYS_FAILED] = "failed", [CHAIN_SAYS_CONSOLE] = "console",
	[CHAIN_SAYS_ENDED] = "ended",
};

const char *const chain_stage_names[CHAIN_STAGES] = {
	[CHAIN_NOT_STARTED] = "none", [CHAIN_ENTERED] = "entered", [CHAIN_KERNEL_UP] = "kernel",
	[CHAIN_INIT] = "init",	      [CHAIN_HASHING] = "hashing", [CHAIN_HASHED] = "hashed",
	[CHAIN_TIMER] = "timer",      [CHAIN_CPUS] = "cpus",	   [CHAIN_FACTS] = "facts",
	[CHAIN_KVM] = "kvm",	      [CHAIN_NEXT] = "next",	   [CHAIN_DONE] = "done",
	[CHAIN_OFF] = "powered-off",
};

const char *const chain_stage_texts[CHAIN_STAGES] = {
	[CHAIN_NOT_STARTED] = "not started",
	[CHAIN_ENTERED] = "its machine was entered",
	[CHAIN_KERNEL_UP] = "its kernel printed a line",
	[CHAIN_INIT] = "its init runs",
	[CHAIN_HASHING] = "it hashes the nonce",
	[CHAIN_HASHED] = "the nonce is hashed",
	[CHAIN_TIMER] = "a timer fired in time",
	[CHAIN_CPUS] = "its CPUs have worked",
	[CHAIN_FACTS] = "its CPUs were examined",
	[CHAIN_KVM] = "KVM is loaded there",
	[CHAIN_NEXT] = "it starts the next level",
	[CHAIN_DONE] = "all done",
	[CHAIN_OFF] = "powered off",
};

/* Decimal, at most so many digits; NULL if there is none. */
static char *take_number(char *s, size_t digits, uint64_t *to)
{
	size_t n = strspn(s, "0123456789");

	if (!n || n > digits)
		return NULL;
	*to = strtoull(s, NULL, 10);
	return s + n;
}

static bool take_verb(const char *s, size_t n, enum chain_verb *verb)
{
	for (int i = 0; i < CHAIN_VERBS; i++) {
		if (strlen(verbs[i]) != n || memcmp(verbs[i], s, n))
			continue;
		*verb = (enum chain_verb)i;
		return true;
	}
	return false;
}

bool chain_line_parse(char *text, struct chain_line *line)
{
	uint64_t level;
	char *s = text;
	size_t n;

	if (*s++ != 'L' || !(s = take_number(s, 1, &level)) || *s++ != ' ' ||
	    !(s = take_number(s, 18, &line->us)) || *s++ != ' ')
		return false;
	if (level < 1 || level > CHAIN_DEPTH_MAX)
		return false;
	line->level = (unsigned int)level;
	n = strcspn(s, " ");
	if (!take_verb(s, n, &line->verb))
		return false;
	chain_clean(s);
	line->rest = s + n + (s[n] == ' ');
	return true;
}

void chain_clean(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

char *chain_line_make(const struct chain_line *line, size_t *size)
{
	char *text;
	int n = asprintf(&text, "L%u %" PRIu64 " %s %s", line->level, line->us, verbs[line->verb],
			 line->rest ? line->rest : "");

	if (n < 0)
		return NULL;
	chain_clean(text);
	/* Replaces the NUL: the receiver gets the length. */
	text[n] = '\n';
	*size = (size_t)n + 1;
	return text;
}

static void emit(struct chain_lines *l)
{
	if (!l->skipping && l->buf) {
		l->buf[l->len] = '\0';
		l->take(l->buf, l->data);
	}
	l->dropped += l->skipping;
	l->skipping = false;
	l->len = 0;
}

/* Room for n more and a NUL. */
static bool grow(struct chain_lines *l, size_t n)
{
	size_t size = l->size ? l->size : 256;
	char *buf;

	while (size < l->len + n + 1)
		size *= 2;
	if (size == l->size)
		return true;
	buf = realloc(l->buf, size);
	if (!buf)
		return false;
	l->buf = buf;
	l->size = size;
	return true;
}

static void add(struct chain_lines *l, const char *bytes, size_t n)
{
	while (n && !l->skipping) {
		size_t part = n < l->max - l->len ? n : l->max - l->len;

		if (!part && l->cut) {
			emit(l);
		} else if (!part || !grow(l, part)) {
			l->skipping = true;
		} else {
			memcpy(l->buf + l->len, bytes, part);
			l->len += part;
			bytes += part;
			n -= part;
		}
	}
}

void chain_lines_feed(struct chain_lines *l, const char *bytes, size_t n)
{
	while (n) {
		const char *end = memchr(bytes, '\n', n);
		size_t part = end ? (size_t)(end - bytes) : n;

		add(l, bytes, part);
		if (end) {
			if (!l->len)
				grow(l, 0);
			emit(l);
			part++;
		}
		bytes += part;
		n -= part;
	}
}

void chain_lines_end(struct chain_lines *l)
{
	if (l->len)
		emit(l);
	free(l->buf);
	l->buf = NULL;
	l->len = l->size = 0;
}
