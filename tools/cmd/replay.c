// SPDX-License-Identifier: GPL-2.0-only
/* Facts from this machine or from a file, diagnosed and judged (see replay.h). */
#include "cmd/replay.h"

#include <stdlib.h>

#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/terminal.h"
#include "lib/vendor.h"
#include "report/judge.h"

bool gather_and_judge(struct report *r, const char *facts)
{
	uint64_t begin = (uint64_t)monotonic_ms();

	set_started(r);
	if (facts) {
		if (!replay_facts(r, facts))
			return false;
	} else {
		collect_hardware(r);
		kvm_load_in_image(r);
		collect_system(r);
	}
	r->kvm.module = vendor_module(r->cpu.vendor);
	diagnose(r);
	judge_findings(r);
	r->duration_ms = (uint64_t)monotonic_ms() - begin;
	return true;
}

bool gather_known(struct report *r, const char *facts)
{
	if (!gather_and_judge(r, facts))
		return false;
	if (r->verdict.result != VERDICT_ERROR)
		return true;
	complain("%s%s%s", facts ? facts : "", facts ? ": " : "", r->verdict.reason);
	return false;
}
