// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a machine, and the time until then.
 */
#include <stdio.h>

#include "lib/clock.h"
#include "vmm/machine_internal.h"

static const char *const end_names[] = {
	[MACHINE_POWERED_OFF] = "powered off",	 [MACHINE_RESET] = "reset",
	[MACHINE_TRIPLE_FAULT] = "triple fault", [MACHINE_ENTRY_FAILED] = "entry failed",
	[MACHINE_KVM_ERROR] = "KVM error",	 [MACHINE_SILENT] = "silent",
	[MACHINE_TIMEOUT] = "timeout",
};

const char *machine_end_name(enum machine_end end)
{
	return end_names[end];
}

uint64_t machine_us(const struct machine *m)
{
	return (uint64_t)monotonic_us() - m->started_us;
}

void machine_set_end(struct machine *m, enum machine_end end, struct machine_cpu *cpu,
		     const char *sentence)
{
	struct machine_result *r = m->result;

	if (atomic_load(&m->over))
		return;
	r->end = end;
	r->us = machine_us(m);
	r->vcpu = cpu ? cpu->vcpu.id : 0;
	snprintf(r->what, sizeof(r->what), "%s", sentence);
	atomic_store(&m->over, true);
	pthread_cond_signal(&m->ended);
}
