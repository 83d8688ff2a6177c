// SPDX-License-Identifier: GPL-2.0-only
/* Facts from this machine or from a file, diagnosed and judged (see replay.h). */
#include "cmd/replay.h"

#include <stdlib.h>
#include <time.h>

#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/json.h"
#include "report/judge.h"

static uint64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool gather_and_judge(struct report *r, const char *facts)
{
	uint64_t begin = milliseconds();

	set_started(r);
	if (facts) {
		if (!replay_facts(r, facts))
			return false;
	} else {
		collect_hardware(r);
		collect_system(r);
		kvm_read_parameters(r);
	}
	r->kvm.module = kvm_module_for(r->cpu.vendor);
	diagnose(r);
	judge_findings(r);
	r->duration_ms = milliseconds() - begin;
	return true;
}
