// SPDX-License-Identifier: GPL-2.0-only
/* A level's arguments as words of a kernel command line; pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/start.h"

/* Only characters of hex numbers, fault names and lists: none that would end the word. */
static bool is_plain(const char *s)
{
	return !s[strspn(s, "0123456789abcdefghijklmnopqrstuvwxyz-,")];
}

void chain_args_format(const struct chain_args *o, char *text, size_t size)
{
	snprintf(text, size,
		 "nestcheck.level=%u nestcheck.depth=%u nestcheck.cpus=%u nestcheck.silence=%u "
		 "nestcheck.slow=%u nestcheck.nonce=%s%s%s",
		 o->level, o->depth, o->cpus, o->silence_ms, o->slow, o->nonce,
		 o->faults[0] && is_plain(o->faults) ? " nestcheck.fault=" : "",
		 is_plain(o->faults) ? o->faults : "");
}

/* The value of the last nestcheck.KEY=, up to the next blank; false if there is none. */
static bool word(const char *cmdline, const char *key, char *value, size_t size)
{
	char want[32];
	bool found = false;

	snprintf(want, sizeof(want), "nestcheck.%s=", key);
	for (const char *s = cmdline; (s = strstr(s, want)); s += strlen(want)) {
		size_t n = strcspn(s + strlen(want), " \n");

		if ((s > cmdline && s[-1] != ' ') || n >= size)
			continue;
		memcpy(value, s + strlen(want), n);
		value[n] = '\0';
		found = true;
	}
	return found;
}

static unsigned int number(const char *cmdline, const char *key, unsigned int fallback)
{
	char value[10];

	if (!word(cmdline, key, value, sizeof(value)) || !value[0] ||
	    value[strspn(value, "0123456789")])
		return fallback;
	return (unsigned int)strtoul(value, NULL, 10);
}

bool chain_args_parse(const char *cmdline, struct chain_args *o)
{
	*o = (struct chain_args){
		.level = number(cmdline, "level", 0),
		.depth = number(cmdline, "depth", 2),
		.cpus = number(cmdline, "cpus", 2),
		.silence_ms = number(cmdline, "silence", 15000),
		.slow = number(cmdline, "slow", 1),
	};
	if (!word(cmdline, "nonce", o->nonce, sizeof(o->nonce)))
		o->nonce[0] = '\0';
	if (!word(cmdline, "fault", o->faults, sizeof(o->faults)))
		o->faults[0] = '\0';
	return o->level >= 1 && o->level <= CHAIN_DEPTH_MAX;
}

/*
 * Each level has a shorter limit than the level below, so that it can still report. L1 is the
 * first whose own clock is slow.
 */
struct chain_args chain_args_next(const struct chain_args *o)
{
	struct chain_args next = *o;

	next.level++;
	next.silence_ms = o->silence_ms / 3 * 2;
	if (o->level == 1 && o->slow > 1)
		next.silence_ms /= o->slow;
	return next;
}
