// SPDX-License-Identifier: GPL-2.0-only
/* What exists only after KVM was loaded or refused. */
#include "facts/facts.h"

#include <unistd.h>

#include "facts/collect.h"
#include "lib/procfs.h"

static const char *user_and_groups(struct arena *a)
{
	gid_t groups[32];
	int n = getgroups(32, groups);
	const char *text = arena_printf(a, "%u", geteuid());

	if (!geteuid() || n <= 0)
		return text;
	text = arena_printf(a, "%s (groups", text);
	for (int i = 0; i < n; i++)
		text = arena_printf(a, "%s %u", text, groups[i]);
	return arena_printf(a, "%s)", text);
}

void collect_taint_after(struct report *r)
{
	const struct kernel_facts *k = &r->facts.kernel;
	struct selftest_state *s = &r->selftest;

	s->taint_known = TRI_UNKNOWN;
	if (k->taint_known != TRI_YES || !kernel_taint(&s->taint_after))
		return;
	s->taint_before = k->taint;
	s->taint_known = TRI_YES;
}

void collect_system(struct report *r)
{
	r->facts.user = user_and_groups(&r->arena);
	collect_kvm(&r->arena, &r->facts.kvm);
	collect_kernel_state(&r->arena, &r->facts.kernel);
	collect_kernel_log(r);
}
