// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classifies a failure of the chain; see chain_kind.h.
 */
#include "diagnose/chain_kind.h"

#include <string.h>

#include "diagnose/diagnose.h"

bool chain_failed(const struct chain_state *c)
{
	return c->result == CASE_FAIL || (c->result == CASE_PASS && !c->nested_run);
}

static enum chain_kind kind_by_cause(const struct chain_state *c)
{
	static const enum chain_kind kinds[] = {
		[CHAIN_CAUSE_NONE] = CHAIN_IS_OTHER,
		[CHAIN_CAUSE_MEMORY] = CHAIN_IS_TOO_SMALL,
		[CHAIN_CAUSE_NOT_STARTED] = CHAIN_IS_OTHER,
		[CHAIN_CAUSE_ENTRY] = CHAIN_IS_L2_ENTRY,
		[CHAIN_CAUSE_KVM] = CHAIN_IS_L2_DIED,
		[CHAIN_CAUSE_DIED] = CHAIN_IS_L2_DIED,
		[CHAIN_CAUSE_HUNG] = CHAIN_IS_L2_HUNG,
		[CHAIN_CAUSE_PROOF] = CHAIN_IS_WRONG_DIGEST,
		[CHAIN_CAUSE_OTHER] = CHAIN_IS_OTHER,
	};

	return kinds[c->cause];
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
	enum chain_kind kind = kind_by_cause(c);

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
		return kind == CHAIN_IS_OTHER ? CHAIN_IS_OTHER : CHAIN_IS_L1_DIED;
	}
	/* L2 executed nothing, and KVM reported no cause. */
	if (c->cause == CHAIN_CAUSE_KVM && is_stage(c, entering))
		return CHAIN_IS_L2_ENTRY;
	return c->level ? kind : CHAIN_IS_OTHER;
}
