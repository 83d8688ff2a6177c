// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1, in: the chain (selftest.chain).
 */
#include <limits.h>

#include "lib/json_report.h"

/* As in_u64(), of a number that an unsigned int holds. */
static bool in_uint(struct reader *rd, json_t *object, const char *where, const char *key,
		    unsigned int *to)
{
	uint64_t value = *to;

	if (!in_u64(rd, object, where, key, &value))
		return false;
	if (value > UINT_MAX)
		return in_fail(rd, where, key, "larger than any there is");
	*to = (unsigned int)value;
	return true;
}

static bool in_level(struct reader *rd, json_t *v, const char *where, struct chain_level *l)
{
	if (!json_is_object(v))
		return in_fail(rd, where, NULL, "not an object");
	if (!in_uint(rd, v, where, "level", &l->level) ||
	    !in_uint(rd, v, where, "cpus", &l->cpus) ||
	    !in_u64(rd, v, where, "memory_kb", &l->memory_kb) ||
	    !in_string(rd, v, where, "kernel", &l->kernel) ||
	    !in_string(rd, v, where, "reached", &l->reached) ||
	    !in_string(rd, v, where, "end", &l->end) ||
	    !in_u64(rd, v, where, "init_us", &l->init_us) ||
	    !in_u64(rd, v, where, "total_us", &l->total_us) ||
	    !in_u64(rd, v, where, "exits", &l->exits) ||
	    !in_u64(rd, v, where, "nested_run", &l->nested_run) ||
	    !in_caps(rd, v, where, "capabilities", l->caps) ||
	    !in_kvm_state(rd, v, where, &l->kvm) ||
	    !in_findings(rd, v, where, &l->findings, &l->n_findings) ||
	    !in_strings(rd, v, where, "console", &l->console))
		return false;
	return l->level || in_fail(rd, where, "level", "missing, or 0, which is the machine");
}

bool in_chain(struct reader *rd, json_t *object, const char *where, struct chain_state *c)
{
	json_t *v, *levels, *level;
	size_t i;

	if (!in_object(rd, object, where, "chain", &v))
		return false;
	if (!v)
		return true;
	where = in_path(rd, where, "chain");
	if (!in_case_result(rd, v, where, &c->result) ||
	    !in_string(rd, v, where, "reason", &c->reason) ||
	    !in_uint(rd, v, where, "level", &c->level) ||
	    !in_string(rd, v, where, "stage", &c->stage) ||
	    !in_uint(rd, v, where, "depth", &c->depth) ||
	    !in_string(rd, v, where, "deeper", &c->deeper) ||
	    !in_string(rd, v, where, "limited", &c->limited) ||
	    !in_string(rd, v, where, "nonce", &c->nonce) ||
	    !in_string(rd, v, where, "digest", &c->digest) ||
	    !in_u64(rd, v, where, "nested_run", &c->nested_run) ||
	    !in_u64(rd, v, where, "us", &c->us) || !in_array(rd, v, where, "levels", &levels))
		return false;
	if (c->result == CASE_NOT_RUN)
		return in_fail(rd, where, "result", "missing");
	json_array_foreach(levels, i, level)
		if (!in_level(rd, level, arena_printf(rd->a, "%s.levels[%zu]", where, i),
			      arena_push(rd->a, &c->levels, &c->n_levels)))
			return false;
	return true;
}
