/* SPDX-License-Identifier: GPL-2.0-only */
/* Made-up chains for the tests: one that passed, in which a test removes or changes one thing. */
#ifndef NESTCHECK_TESTS_UNIT_CHAIN_H
#define NESTCHECK_TESTS_UNIT_CHAIN_H

#include "machine.h"

HELPER struct chain_level *add_level(struct report *r, const char *reached, const char *end)
{
	struct chain_state *c = &r->selftest.chain;
	struct chain_level *l = arena_push(&r->arena, &c->levels, &c->n_levels);

	l->level = (unsigned int)c->n_levels;
	l->cpus = 2;
	l->memory_kb = 256 * 1024;
	l->kernel = "6.12.117";
	l->reached = reached;
	l->end = end;
	l->init_us = 410000;
	l->total_us = 3210000;
	l->exits = 12345;
	strings_add(&r->arena, &l->console, "Run /init as init process");
	return l;
}

/* Added to a record of a machine. */
HELPER struct chain_state *good_chain(struct report *r)
{
	struct chain_state *c = &r->selftest.chain;
	struct chain_level *l1;

	*c = (struct chain_state){ .result = CASE_PASS,
				   .depth = 2,
				   .nonce = "0123456789abcdef",
				   .digest = "fedcba9876543210",
				   .nested_run = 777,
				   .us = 4560000 };
	l1 = add_level(r, "powered-off", "powered off");
	l1->nested_run = 4321;
	l1->kvm.module = "kvm_intel";
	add_level(r, "powered-off", "powered off")->init_us = 620000;
	return c;
}

/* The same with a failure at a level. */
HELPER struct chain_state *failed_chain(struct report *r, unsigned int level, const char *stage,
					enum chain_cause cause, const char *end, const char *reason)
{
	struct chain_state *c = good_chain(r);

	c->result = CASE_FAIL;
	c->level = level;
	c->stage = stage;
	c->cause = cause;
	c->reason = reason;
	c->digest = NULL;
	c->nested_run = 0;
	if (level < c->n_levels)
		c->n_levels = level;
	if (level) {
		c->levels[level - 1].reached = stage;
		c->levels[level - 1].end = end;
	}
	return c;
}

#endif
