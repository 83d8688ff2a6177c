// SPDX-License-Identifier: GPL-2.0-only
/* What is only there once KVM is loaded, or was refused. */
#include "facts/facts.h"

#include "facts/collect.h"

void collect_system(struct report *r)
{
	collect_kvm(&r->arena, &r->facts.kvm);
	collect_kernel_state(&r->arena, &r->facts.kernel);
	collect_kernel_log(r);
}
