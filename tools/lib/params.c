// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image's parameters: the table of keys, and setting them. params_text.c parses the texts,
 * which init reads.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/params.h"
#include "lib/params_table.h"

#define AT(member) offsetof(struct params, member)

const struct param_row param_rows[] = {
	{ "mode", PARAM_WORD, AT(mode), "auto,menu,shell", 0, 0 },
	{ "selftest", PARAM_WORD, AT(selftest), "quick,full,soak,off", 0, 0 },
	{ "only", PARAM_TEXT, AT(only), "a glob over case names", 0, 0 },
	{ "skip", PARAM_TEXT, AT(skip), "a glob over case names", 0, 0 },
	{ "depth", PARAM_NUMBER, AT(depth), "2 or 3", 2, 3 },
	{ "timeout", PARAM_NUMBER, AT(timeout_s), "seconds, 1 to 86400", 1, 86400 },
	{ "soak", PARAM_DURATION, AT(soak_s), "a duration such as 30m or 8h, at most 30d", 1,
	  30 * 86400 },
	{ "report", PARAM_SINKS, AT(report),
	  "a comma list of ttyS1, usb, http://..., tftp://..., syslog://...", 0, 0 },
	{ "report_method", PARAM_WORD, AT(report_method), "put,post", 0, 0 },
	{ "report_timeout", PARAM_NUMBER, AT(report_timeout_s), "seconds, 1 to 3600", 1, 3600 },
	{ "after", PARAM_WORD, AT(after), "auto,poweroff,reboot,firmware,stay,shell", 0, 0 },
	/* The empty word is MEDIUM_UNKNOWN, which cannot be requested. */
	{ "medium", PARAM_WORD, AT(medium), ",cd,usb,pxe,none", 0, 0 },
	{ "fault", PARAM_FAULTS, AT(fault),
	  "run-killed,run-silent,run-exit0,run-missing,l1-hang,l1-triple-fault,l0-warns,"
	  "l0-warns-elsewhere,l0-warned-before,l0-warns-loading,kvm-vanish,"
	  "no-module,panic,console-stall,chain-l1-nested-off,chain-l1-small,chain-l1-locked,"
	  "chain-l2-panic,chain-l2-hang,chain-l2-digest,exit-port",
	  0, 0 },
	{ "lines", PARAM_WORD, AT(lines), ",cases,verdict", 0, 0 },
	{ "id", PARAM_ID, AT(id), "1 to 64 printable characters without blanks", 0, 0 },
	{ "below", PARAM_WORD, AT(below), ",tcg,bochs", 0, 0 },
};

const size_t n_param_rows = sizeof(param_rows) / sizeof(param_rows[0]);

_Static_assert(sizeof(param_rows) / sizeof(param_rows[0]) <= PARAMS_KEYS_MAX,
	       "params.source has a byte for each row");

static const char *const param_source_names[PARAM_SOURCES] = {
	[PARAM_CMDLINE] = "kernel command line",
	[PARAM_FW_CFG] = "fw_cfg",
	[PARAM_FILE] = "nestcheck.cfg",
};

void params_init(struct params *p)
{
	memset(p, 0, sizeof(*p));
	p->depth = 2;
	p->timeout_s = 60;
	p->soak_s = 3600;
	p->report_timeout_s = 120;
}

void params_choose_lines(struct params *p, bool fw_cfg)
{
	if (p->lines == LINES_AUTO)
		params_set(p, PARAM_FILE, "lines", fw_cfg || p->serial_named ? "cases" : "verdict");
}

void params_free(struct params *p)
{
	arena_free(&p->arena);
	memset(p, 0, sizeof(*p));
}

/* More, from a damaged file, would bury the rest of the report. */
#define PROBLEMS_MAX 16

void params_problem(struct params *p, const char *fmt, ...)
{
	char *s;
	va_list ap;

	if (p->problems.n > PROBLEMS_MAX)
		return;
	if (p->problems.n == PROBLEMS_MAX) {
		strings_add(&p->arena, &p->problems, "more parameters were not understood");
		return;
	}
	va_start(ap, fmt);
	s = arena_vprintf(&p->arena, fmt, ap);
	va_end(ap);
	for (char *c = s; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	strings_add(&p->arena, &p->problems, s);
}

/* The index of a word in a comma list, or -1; never finds the empty word. */
static int list_index(const char *list, const char *word, size_t len)
{
	for (int i = 0;; i++) {
		size_t n = strcspn(list, ",");

		if (n && n == len && !memcmp(list, word, len))
			return i;
		if (!list[n])
			return -1;
		list += n + 1;
	}
}

bool params_list_has(const char *list, const char *item)
{
	return list_index(list, item, strlen(item)) >= 0;
}

bool params_fault(const struct params *p, const char *name)
{
	return params_list_has(p->fault, name);
}

unsigned int params_duration(const char *value)
{
	static const struct {
		const char *suffix;
		unsigned int seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	size_t digits = strspn(value, "0123456789");
	unsigned long n;

	if (!digits || digits > 7)
		return 0;
	n = strtoul(value, NULL, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(value + digits, units[i].suffix) && n <= 86400000 / units[i].seconds)
			return (unsigned int)n * units[i].seconds;
	}
	return 0;
}

static bool is_sink(const char *s, size_t len)
{
	const char *at = memmem(s, len, "://", 3);

	if (len == 3 && !memcmp(s, "usb", 3))
		return true;
	/* Which URLs can be used is known where they are; a sentence says what is wrong with this one. */
	if (at)
		return at > s && at + 3 < s + len;
	return len > 4 && len < 8 && !memcmp(s, "ttyS", 4) &&
	       strspn(s + 4, "0123456789") >= len - 4;
}

/* Whether a comma list is empty or all its items are known. */
static bool list_is_known(const struct param_row *row, const char *value)
{
	while (*value) {
		size_t n = strcspn(value, ",");
		bool known = row->kind == PARAM_SINKS ? is_sink(value, n) :
							list_index(row->takes, value, n) >= 0;

		if (!known)
			return false;
		value += n;
		if (*value == ',' && !*++value)
			return false;
	}
	return true;
}

static bool is_text(const char *value)
{
	for (const char *c = value; *c; c++) {
		if (*c < ' ' || *c > '~')
			return false;
	}
	return strlen(value) < PARAMS_TEXT_MAX;
}

/* Stores the value in the member if the row accepts it. */
static bool row_set(struct params *p, const struct param_row *row, const char *value)
{
	void *member = (char *)p + row->offset;
	unsigned int n;
	int i;

	switch (row->kind) {
	case PARAM_WORD:
		i = list_index(row->takes, value, strlen(value));
		if (i < 0)
			return false;
		*(unsigned int *)member = (unsigned int)i;
		return true;
	case PARAM_NUMBER:
		if (value[strspn(value, "0123456789")])
			return false;
		/* fall through */
	case PARAM_DURATION:
		n = params_duration(value);
		if (n < row->min || n > row->max)
			return false;
		*(unsigned int *)member = n;
		return true;
	case PARAM_ID:
		/* iPXE's ${hostname} is empty if DHCP gave none. */
		if (*value && !machine_id_valid(value))
			return false;
		strcpy(member, value);
		return true;
	case PARAM_SINKS:
	case PARAM_FAULTS:
		if (!list_is_known(row, value))
			return false;
		/* fall through */
	case PARAM_TEXT:
		if (!is_text(value))
			return false;
		strcpy(member, value);
		return true;
	}
	return false;
}

/* Keys that are unknown unless a test is running. */
static bool is_for_tests(const struct param_row *row)
{
	return row->offset == AT(below);
}

void params_set(struct params *p, enum param_source source, const char *key, const char *value)
{
	const char *from = param_source_names[source];
	struct params trial = { .problems = { NULL, 0 } };

	for (size_t i = 0; i < n_param_rows; i++) {
		const struct param_row *row = &param_rows[i];
		bool overridden = p->source[i] && p->source[i] - 1 < (int)source;

		if (strcmp(row->key, key) || (is_for_tests(row) && !p->tests))
			continue;
		/* A bad value is reported even if a source of higher precedence set the key. */
		if (!value || !row_set(overridden ? &trial : p, row, value)) {
			params_problem(p, "%s=%.60s (%s): bad value, ignored; %s takes %s", key,
				       value ? value : "", from, key,
				       row->takes + (row->takes[0] == ','));
		} else if (!overridden) {
			p->source[i] = (uint8_t)(source + 1);
			if (row->offset == AT(timeout_s))
				p->timeout_set = true;
		}
		return;
	}
	params_problem(p, "%.60s (%s): no such parameter, ignored", key, from);
}
