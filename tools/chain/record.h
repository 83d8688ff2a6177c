/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each level of the chain reported to L0, and the outcome. Pure: needs no machine, so every
 * failure is tested by feeding lines.
 */
#ifndef NESTCHECK_CHAIN_RECORD_H
#define NESTCHECK_CHAIN_RECORD_H

#include "chain/chain.h"
#include "chain/line.h"
#include "lib/sha256.h"

#define CHAIN_CONSOLE_KEPT 24

/*
 * An end as text for the level below, and back: "ended 0 1234 99 7 1 powered off". error: a
 * negative errno if the machine could not be started; end is meaningless then.
 */
struct chain_end {
	int error;
	enum machine_end end;
	uint64_t us, exits, nested_run;
	bool counted;
	char what[240];
};

void chain_end_format(const struct chain_end *e, char *text, size_t size);
/* Public for tests. */
bool chain_end_parse(const char *text, struct chain_end *e);

/*
 * console: a ring of its last lines; n_console counts all lines. panic: the kernel's message.
 * report: malloc'd.
 */
struct chain_seen {
	enum chain_stage reached;
	uint64_t stage_us[CHAIN_STAGES];
	bool ended;
	struct chain_end end;
	uint64_t cpus, memory_kb;
	char kernel[80];
	char failed[480];
	enum chain_cause failed_cause;
	char digest[SHA256_HEX];
	char panic[CHAIN_CONSOLE_MAX + 1];
	bool unpacking_failed; /* its kernel could not unpack its initramfs */
	char console[CHAIN_CONSOLE_KEPT][CHAIN_CONSOLE_MAX + 1];
	size_t n_console;
	char *report;
};

/*
 * hashing, hashed: L0's nested_run when level 2 reported that stage. levels[0] is unused.
 */
struct chain_record {
	bool counted;
	uint64_t hashing, hashed;
	struct chain_seen levels[CHAIN_DEPTH_MAX + 1];
};

/* True if the level has reached a new stage. */
bool chain_record_line(struct chain_record *rec, const struct chain_line *line);
bool chain_record_stage(struct chain_record *rec, unsigned int level, enum chain_stage stage,
			uint64_t us);
/* Public for tests, both of them: chain_record_line() calls them. */
void chain_record_console(struct chain_record *rec, unsigned int level, const char *text);
void chain_record_end(struct chain_record *rec, unsigned int level, const struct chain_end *e);
void chain_record_free(struct chain_record *rec);

/* Copies the record into the report's levels, without malformed reports. */
void chain_levels(struct report *r, const struct chain_record *rec);

/*
 * The expected result of the last level. entries: nested_run has to rise at least by this. kernel,
 * initrd: files that the user named, or NULL.
 */
struct chain_wanted {
	const char *kernel, *initrd;
	unsigned int depth, cpus;
	char digest[SHA256_HEX];
	uint64_t entries;
};

/*
 * Sets result, level, stage, reason and deeper, by the record and the findings of the levels. The
 * result is skip if L1 failed as it does if the user's kernel or initrd is broken.
 */
void chain_judge(struct report *r, const struct chain_record *rec,
		 const struct chain_wanted *wanted);

/* Adds to r->selftest.faults_played those of a comma list (NULL: none) that came to be played. */
void chain_faults_played(struct report *r, const struct chain_record *rec, const char *requested);

#endif
