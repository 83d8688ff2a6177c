// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of files by which forty machines' reports on one stick can be told apart.
 */
#include "lib/report_name.h"

#include <stdio.h>
#include <string.h>

static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

static void add(char *buf, size_t size, const char *word)
{
	size_t n = strlen(buf);

	for (; *word && n + 1 < size; word++)
		buf[n++] = strchr(allowed, *word) ? *word : '-';
	buf[n] = '\0';
}

/* 2026-01-31T12:00:00Z without what FAT does not take. */
static void add_time(char *buf, size_t size, const char *started)
{
	char stamp[32] = "undated";
	size_t n = 0;

	for (const char *c = started; c && *c && n < sizeof(stamp) - 1; c++) {
		if (*c != ':' && *c != '-')
			stamp[n++] = *c;
		stamp[n] = '\0';
	}
	add(buf, size, stamp);
}

void report_stem(char *buf, size_t size, const struct report *r)
{
	const char *name = r->machine.id ? r->machine.id : r->machine.mac;

	snprintf(buf, size, "nestcheck-");
	if (name) {
		add(buf, size, name);
		add(buf, size, "-");
	}
	add_time(buf, size, r->started);
}
