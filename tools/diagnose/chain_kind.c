// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kind of failure of the chain it was; see chain_kind.h.
 */
#include "diagnose/chain_kind.h"

#include <string.h>

#include "diagnose/diagnose.h"

bool chain_failed(const struct chain_state *c)
{
	return c->result == CASE_FAIL || (c->result == CASE_PASS && !c->nested_run);
}

/* How a level ended, by the words that come first: a console's last line is quoted behind them. */
static enum chain_kind kind_by_words(const char *reason)
{
	static const struct {
		const char *words;
		enum chain_kind kind;
	} ends[] = {
		{ " is too small", CHAIN_IS_TOO_SMALL },
		{ " for want of memory", CHAIN_IS_TOO_SMALL },
		{ "the entry into L", CHAIN_IS_L2_ENTRY },
		{ " could not be started", CHAIN_IS_OTHERWISE },
		{ " gave up on L", CHAIN_IS_L2_DIED },
		{ " panicked: ", CHAIN_IS_L2_DIED },
		{ " triple fault", CHAIN_IS_L2_DIED },
		{ " reset itself", CHAIN_IS_L2_DIED },
		{ " powered off early", CHAIN_IS_L2_DIED },
		{ " hung", CHAIN_IS_L2_HUNG },
		{ " did not come to an end", CHAIN_IS_L2_HUNG },
		{ " was stopped", CHAIN_IS_L2_HUNG },
		{ " a wrong digest", CHAIN_IS_WRONG_DIGEST },
		{ " without a digest", CHAIN_IS_WRONG_DIGEST },
		{ " no nested guest", CHAIN_IS_WRONG_DIGEST },
	};
	enum chain_kind kind = CHAIN_IS_OTHERWISE;
	const char *first = NULL;

	for (size_t i = 0; reason && i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *at = strstr(reason, ends[i].words);

		if (at && (!first || at < first)) {
			first = at;
			kind = ends[i].kind;
		}
	}
	return kind;
}

static bool is_stage(const struct chain_state *c, const char *const *names)
{
	for (; c->stage && *names; names++)
		if (!strcmp(c->stage, *names))
			return true;
	return false;
}

enum chain_kind chain_kind_of(const struct chain_state *c)
{
	static const char *const starting[] = { "none", "entered", "kernel", "init", NULL };
	static const char *const preparing[] = { "facts", "kvm", NULL };
	static const char *const entering[] = { "none", "entered", "kernel", NULL };
	enum chain_kind kind = kind_by_words(c->reason);

	if (!chain_failed(c))
		return CHAIN_IS_FINE;
	if (c->result == CASE_PASS)
		return CHAIN_IS_WRONG_DIGEST;
	if (kind == CHAIN_IS_TOO_SMALL)
		return CHAIN_IS_TOO_SMALL;
	if (c->level == 1) {
		if (is_stage(c, starting))
			return CHAIN_IS_L1_KERNEL;
		if (is_stage(c, preparing))
			return CHAIN_IS_L1_NO_VMX;
		return kind == CHAIN_IS_OTHERWISE ? CHAIN_IS_OTHERWISE : CHAIN_IS_L1_DIED;
	}
	/* Nothing ran in it, and KVM had no name for it. */
	if (kind == CHAIN_IS_L2_DIED && strstr(c->reason, " gave up on L") && is_stage(c, entering))
		return CHAIN_IS_L2_ENTRY;
	return c->level ? kind : CHAIN_IS_OTHERWISE;
}
