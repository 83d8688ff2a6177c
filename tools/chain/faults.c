// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the chain's faults were played, by what the levels reported.
 */
#include "chain/record.h"
#include "lib/params.h"

/* The level must have come to the stage at which it plays the fault (guest_init.c); after an end nothing follows. */
static const struct {
	const char *name;
	unsigned int level;
	enum chain_stage stage;
	bool is_end;
} faults[] = {
	{ "chain-l1-small", 1, CHAIN_ENTERED, false },
	{ "chain-l1-locked", 1, CHAIN_ENTERED, false },
	{ "chain-l2-panic", 2, CHAIN_HASHING, true },
	{ "chain-l2-hang", 2, CHAIN_HASHING, true },
	{ "chain-l2-digest", 2, CHAIN_HASHED, false },
};

void chain_faults_played(struct report *r, const struct chain_record *rec, const char *requested)
{
	for (size_t i = 0; requested && i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (!params_list_has(requested, faults[i].name) ||
		    rec->levels[faults[i].level].reached < faults[i].stage)
			continue;
		strings_add(&r->arena, &r->selftest.faults_played, faults[i].name);
		if (faults[i].is_end)
			return;
	}
}
