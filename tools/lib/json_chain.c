// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1: the chain (selftest.chain).
 */
#include "lib/json_report.h"

#define LEVEL(...) JSON_FIELD(struct chain_level, __VA_ARGS__)

static const struct json_field level_fields[] = {
	LEVEL("level", UINT, level),
	LEVEL("cpus", UINT, cpus),
	LEVEL("memory_kb", U64, memory_kb),
	LEVEL("kernel", STRING, kernel),
	LEVEL("reached", STRING, reached),
	LEVEL("end", STRING, end),
	LEVEL("init_us", MEASURED, init_us),
	LEVEL("total_us", MEASURED, total_us),
	LEVEL("exits", U64, exits),
	LEVEL("nested_run", U64, nested_run),
	JSON_CAPS(struct chain_level, "capabilities", caps),
	LEVEL("kvm", OBJECT, kvm, .part = &kvm_state_part),
	JSON_COUNTED(struct chain_level, "findings", ARRAY, findings, .part = &finding_part),
	LEVEL("console", STRINGS, console),
};

static bool level_is_a_guest(struct reader *rd, const char *where, const void *record)
{
	const struct chain_level *l = record;

	return l->level || in_fail(rd, where, "level", "missing, or 0, which is the machine");
}

static const struct json_part level_part =
	JSON_PART(struct chain_level, level_fields, .check = level_is_a_guest);

#define CHAIN(...) JSON_FIELD(struct chain_state, __VA_ARGS__)

static const struct json_field chain_fields[] = {
	JSON_RESULT(struct chain_state, "result", result),
	CHAIN("reason", STRING, reason),
	CHAIN("level", UINT, level),
	CHAIN("stage", STRING, stage),
	CHAIN("depth", UINT, depth),
	CHAIN("deeper", STRING, deeper),
	CHAIN("limited", STRING, limited),
	CHAIN("nonce", STRING, nonce),
	CHAIN("digest", STRING, digest),
	CHAIN("nested_run", U64, nested_run),
	CHAIN("us", U64, us),
	JSON_COUNTED(struct chain_state, "levels", ARRAY, levels, .part = &level_part),
};

/* null if no chain was requested. */
static bool was_requested(const void *record)
{
	const struct chain_state *c = record;

	return c->result != CASE_NOT_RUN;
}

static bool chain_has_result(struct reader *rd, const char *where, const void *record)
{
	return was_requested(record) || in_fail(rd, where, "result", "missing");
}

const struct json_part chain_part = JSON_PART(struct chain_state, chain_fields,
					      .present = was_requested, .check = chain_has_result);
