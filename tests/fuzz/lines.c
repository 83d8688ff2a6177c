// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines: the kernel's log, and the protocols from nestcheck to init and from a level of the chain to
 * the one below it.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/record.h"
#include "facts/collect.h"
#include "lib/manifest.h"
#include "lib/pace.h"
#include "lib/status.h"
#include "selftest/health.h"

/* --- the kernel's log ------------------------------------------------------------------------------ */

void fuzz_kernel_log(const uint8_t *data, size_t size)
{
	uint8_t *text = fuzz_bytes(data, size);
	struct strings out = { NULL, 0 };
	struct arena a = { NULL };
	size_t before = fuzz_memory();

	log_filter(&a, &out, (const char *)text, size);
	must(out.n <= LOG_LINES_MAX);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	for (size_t i = 0; i < out.n; i++) {
		must_be_clean(out.s[i]);
		must(*out.s[i] && strlen(out.s[i]) <= LOG_LINE_MAX && log_line_wanted(out.s[i]));
	}
	arena_free(&a);
	free(text);
}

/* Only the kernel's own record, of the number that has to come, says anything of the boot. */
static void check_boot_record(const char *record)
{
	const char *comma = strchr(record, ',');
	uint64_t seq = comma ? strtoull(comma + 1, NULL, 10) : 0;
	enum boot_record is = boot_record(record, seq);

	if (is == BOOT_RECORD_INITRD || is == BOOT_RECORD_INIT) {
		must(strtoul(record, NULL, 10) < 8);
		must(strchr(record, ';') != NULL);
	}
	must(boot_record(record, seq + 1) == BOOT_RECORD_LOST);
}

/* Records, with a NUL after each. A program's is neither recorded nor a defect, even if it looks like one. */
void fuzz_kmsg(const uint8_t *data, size_t size)
{
	struct health_scan seen = { 0 };
	struct strings out = { NULL, 0 };
	struct arena a = { NULL };
	char why[160] = "";

	while (size) {
		const uint8_t *nul = memchr(data, 0, size);
		size_t n = nul ? (size_t)(nul - data) : size;
		char *record = fuzz_text(data, n);

		log_record(&a, &out, record);
		free(record);
		record = fuzz_text(data, n);
		health_scan(&seen, record, why, sizeof(why));
		free(record);
		record = fuzz_text(data, n);
		check_boot_record(record);
		free(record);
		data += n + (nul != NULL);
		size -= n + (nul != NULL);
	}
	for (size_t i = 0; i < out.n; i++)
		must_be_clean(out.s[i]);
	must(strlen(why) < sizeof(why));
	must((health_scan_state(&seen) == HEALTH_GOOD) == !*why);
	arena_free(&a);
}

/* --- from nestcheck to init ------------------------------------------------------------------------ */

static void take_status(const char *line, void *data)
{
	size_t *lines = data;
	const char *text;

	(*lines)++;
	must(strlen(line) <= STATUS_LINE_MAX && !strchr(line, '\n'));
	switch (status_parse(line, &text)) {
	case STATUS_PACE:
		must(status_pace_of(text) <= PACE_SCALE_MAX);
		break;
	case STATUS_CASE:
		status_case_ran(text);
		break;
	case STATUS_VERDICT:
		if (verdict_parse(text) != VERDICT_NONE)
			must(strstr(text, " grade=") && strstr(text, " reason="));
		break;
	case STATUS_OTHER:
		must(text == line);
		break;
	case STATUS_STAGE:
	case STATUS_ALIVE:
		break;
	}
}

/* A verdict with any reason is one line, and is parsed as that verdict. */
static void check_verdict(const char *reason, unsigned int kind)
{
	struct report r;
	char line[STATUS_LINE_MAX];

	report_init(&r);
	r.verdict.result = (enum verdict_result)(VERDICT_PASS + kind % 4);
	r.verdict.grade = (enum grade)(kind / 4 % (GRADE_FAST + 1));
	r.verdict.reason = reason;
	verdict_text(line, sizeof(line), &r);
	must(verdict_parse(line) == r.verdict.result);
	for (const char *s = line; *s; s++)
		must((unsigned char)*s >= ' ' && *s != 0x7f);
	report_free(&r);
}

/* The first byte is the length of the reads, from which lines are put together. */
void fuzz_status(const uint8_t *data, size_t size)
{
	struct status_lines pieces = { .len = 0 }, whole = { .len = 0 };
	size_t n_pieces = 0, n_whole = 0, step = size && *data ? *data : 1;
	char *text = fuzz_text(data, size);

	for (size_t at = 0; at < size; at += step)
		status_feed(&pieces, (const char *)data + at, step < size - at ? step : size - at,
			    take_status, &n_pieces);
	status_feed(&whole, (const char *)data, size, take_status, &n_whole);
	must(n_pieces == n_whole && pieces.len == whole.len);
	check_verdict(text, (unsigned int)size);
	free(text);
}

/* --- from level to level ------------------------------------------------------------------------------ */

/* A line that was understood is clean, and the next level down understands the same. */
static void check_line(const struct chain_line *line)
{
	struct chain_line again;
	size_t size;
	char *text = chain_line_make(line, &size);

	must(text && size && text[size - 1] == '\n');
	text[size - 1] = '\0';
	must_be_clean(text);
	must_be_clean(line->rest);
	must(chain_line_parse(text, &again));
	must(again.level == line->level && again.us == line->us && again.verb == line->verb);
	must(!strcmp(again.rest, line->rest));
	free(text);
}

static void take_line(char *text, void *data)
{
	struct chain_record *rec = data;
	struct chain_line line;

	if (!chain_line_parse(text, &line))
		return;
	must(line.level >= 1 && line.level <= CHAIN_DEPTH_MAX && line.verb < CHAIN_VERBS);
	check_line(&line);
	chain_record_line(rec, &line);
}

static void take_piece(char *text, void *data)
{
	(void)data;
	must(strlen(text) <= CHAIN_CONSOLE_MAX);
}

/* What all levels said, judged and shown. */
static void judge(const struct chain_record *rec, unsigned int depth)
{
	struct chain_wanted wanted = { .depth = depth, .cpus = 2, .entries = 32 };
	struct report r;

	memset(wanted.digest, 'a', sizeof(wanted.digest) - 1);
	report_init(&r);
	chain_levels(&r, rec);
	chain_judge(&r, rec, &wanted);
	fuzz_show(&r);
	fuzz_write_and_read(&r);
	report_free(&r);
}

/* The first byte is the length of the pieces in which the bytes arrive. */
void fuzz_chain(const uint8_t *data, size_t size)
{
	struct chain_record *rec = calloc(1, sizeof(*rec));
	struct chain_lines lines = { .max = 4096, .take = take_line, .data = rec };
	struct chain_lines console = { .max = CHAIN_CONSOLE_MAX, .cut = true, .take = take_piece };
	size_t step = size && *data ? *data : 1, before = fuzz_memory();

	must(rec);
	for (size_t at = 1; at < size; at += step) {
		size_t n = step < size - at ? step : size - at;

		chain_lines_feed(&lines, (const char *)data + at, n);
		chain_lines_feed(&console, (const char *)data + at, n);
		must(lines.len <= lines.max && console.len <= console.max);
	}
	chain_lines_end(&lines);
	chain_lines_end(&console);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	judge(rec, 2 + (size & 1));
	chain_record_free(rec);
	free(rec);
}

void fuzz_chain_end(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), formatted[512];
	struct chain_end end, again;

	if (chain_end_parse(text, &end)) {
		must(end.end <= MACHINE_TIMEOUT && end.error <= 0);
		must_be_clean(end.what);
		chain_end_format(&end, formatted, sizeof(formatted));
		must(chain_end_parse(formatted, &again));
		must(end.error == again.error && end.end == again.end);
		must(end.counted == again.counted && end.us == again.us);
		must(end.exits == again.exits && end.nested_run == again.nested_run);
		must(!strcmp(end.what, again.what));
	}
	free(text);
}
