// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1, out: the chain (selftest.chain).
 */
#include "lib/json_report.h"

static json_t *out_level(const struct chain_level *l)
{
	json_t *level = json_object();

	out_set(level, "level", out_u64(l->level));
	out_set(level, "cpus", out_u64(l->cpus));
	out_set(level, "memory_kb", out_u64(l->memory_kb));
	out_set(level, "kernel", out_string(l->kernel));
	out_set(level, "reached", out_string(l->reached));
	out_set(level, "end", out_string(l->end));
	out_set(level, "init_us", out_measured(l->init_us));
	out_set(level, "total_us", out_measured(l->total_us));
	out_set(level, "exits", out_u64(l->exits));
	out_set(level, "nested_run", out_u64(l->nested_run));
	out_set(level, "capabilities", out_caps(l->caps));
	out_set(level, "kvm", out_kvm_state(&l->kvm));
	out_set(level, "findings", out_findings(l->findings, l->n_findings));
	out_set(level, "console", out_strings(&l->console));
	return level;
}

json_t *out_chain(const struct chain_state *c)
{
	json_t *chain, *levels;

	if (c->result == CASE_NOT_RUN)
		return json_null();
	chain = json_object();
	levels = json_array();
	for (size_t i = 0; i < c->n_levels; i++)
		out_append(levels, out_level(&c->levels[i]));
	out_set(chain, "result", out_string(case_result_name(c->result)));
	out_set(chain, "reason", out_string(c->reason));
	out_set(chain, "level", out_u64(c->level));
	out_set(chain, "stage", out_string(c->stage));
	out_set(chain, "depth", out_u64(c->depth));
	out_set(chain, "deeper", out_string(c->deeper));
	out_set(chain, "limited", out_string(c->limited));
	out_set(chain, "nonce", out_string(c->nonce));
	out_set(chain, "digest", out_string(c->digest));
	out_set(chain, "nested_run", out_u64(c->nested_run));
	out_set(chain, "us", out_u64(c->us));
	out_set(chain, "levels", levels);
	return chain;
}
