// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a failed case is a known defect of this kernel's KVM.
 */
#include "diagnose/kvm_defects.h"

#include <string.h>

const struct kvm_defect *kvm_defect_named(const char *name)
{
	for (size_t i = 0; i < n_kvm_defects; i++)
		if (!strcmp(kvm_defects[i].name, name))
			return &kvm_defects[i];
	return NULL;
}

static bool seen_in(const struct kvm_defect *d, const struct case_outcome *c,
		    const struct kernel_version *kernel)
{
	for (size_t i = 0; i < KVM_DEFECT_SIGHTINGS && d->seen[i].case_name; i++)
		if (!strcmp(d->seen[i].case_name, c->name) &&
		    observation_matches(&d->seen[i].saw, &c->saw) &&
		    kernel_range_may_have(&d->seen[i].kernels, kernel))
			return true;
	return false;
}

const struct kvm_defect *kvm_defect_match(const struct kvm_defect *rows, size_t n,
					  const struct case_outcome *c,
					  const struct kernel_version *kernel)
{
	if (c->result != CASE_FAIL || !kernel)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (kernel_range_may_have(&rows[i].kernels, kernel) && seen_in(&rows[i], c, kernel))
			return &rows[i];
	return NULL;
}

/*
 * Also a case that L1 reported as passed while KVM's nested_run rose too little: no nested guest
 * ran.
 */
static bool has_failed(const struct case_outcome *c)
{
	return c->result == CASE_FAIL || (c->result == CASE_PASS && c->nested_run < c->entries);
}

enum case_failure case_failure_of(const struct report *r, const struct case_outcome *c,
				  const struct kvm_defect **defect)
{
	const struct kernel_facts *k = &r->facts.kernel;
	const struct kvm_defect *d;
	struct kernel_version v;

	if (defect)
		*defect = NULL;
	if (!has_failed(c))
		return FAILURE_NONE;
	d = kernel_version_of(k->release, k->version, k->version_signature, &v) ?
		    kvm_defect_match(kvm_defects, n_kvm_defects, c, &v) :
		    NULL;
	if (d && defect)
		*defect = d;
	if (d)
		return d->harmful ? FAILURE_HARMFUL : FAILURE_HARMLESS;
	/* If KVM's counter contradicts a pass, it does not matter whether the case is proven. */
	if (c->unproven && c->result == CASE_FAIL)
		return FAILURE_UNPROVEN;
	return c->unproven ? FAILURE_NONE : FAILURE_UNKNOWN;
}

bool case_fails(const struct report *r, const struct case_outcome *c)
{
	enum case_failure f = case_failure_of(r, c, NULL);

	return f == FAILURE_HARMFUL || f == FAILURE_UNKNOWN;
}

static bool share_a_case(const struct kvm_defect *a, const struct kvm_defect *b)
{
	for (size_t i = 0; i < KVM_DEFECT_SIGHTINGS && a->seen[i].case_name; i++)
		for (size_t k = 0; k < KVM_DEFECT_SIGHTINGS && b->seen[k].case_name; k++)
			if (!strcmp(a->seen[i].case_name, b->seen[k].case_name))
				return true;
	return false;
}

/*
 * For a harmful defect: the recommended release must not have another harmful defect that the same
 * cases show, or the next run fails in the same way.
 */
void kvm_defect_fixed(const struct kvm_defect *d, const struct kernel_version *v, struct text *t)
{
	const struct kernel_range *ranges[KVM_DEFECTS_MAX] = { &d->kernels };
	const struct kvm_defect *then = NULL;
	struct kernel_version at, without;
	char fixed[80], name[40];
	size_t n = 1;

	kernel_range_fixed(&d->kernels, v, fixed, sizeof(fixed));
	text_value(t, fixed);
	if (d->commit)
		text_addf(t, " (commit %s)", d->commit);
	if (!d->harmful || !kernel_release_without(ranges, 1, v, &at))
		return;
	for (size_t i = 0; i < n_kvm_defects && n < KVM_DEFECTS_MAX; i++) {
		const struct kvm_defect *other = &kvm_defects[i];

		if (other == d || !other->harmful || !share_a_case(d, other))
			continue;
		ranges[n++] = &other->kernels;
		if (kernel_range_state(&other->kernels, &at) == RANGE_INSIDE)
			then = other;
	}
	if (!then)
		return;
	if (kernel_release_without(ranges, n, v, &without)) {
		kernel_version_name(&without, name, sizeof(name));
		text_addf(t, "; take %s, because that one has %s instead", name, then->name);
	} else {
		text_addf(t, "; that one has %s instead", then->name);
	}
}

static void add_kernels(struct text *t, const struct kernel_range *r)
{
	if (r->since.major)
		text_addf(t, "since Linux %u.%u", r->since.major, r->since.minor);
	else
		text_add(t, "in every known release");
	for (size_t i = KERNEL_SERIES_MAX; i-- > 0;)
		if (r->in[i].major && r->in[i].since)
			text_addf(t, ", %u.%u since %u.%u.%u", r->in[i].major, r->in[i].minor,
				  r->in[i].major, r->in[i].minor, r->in[i].since);
	if (r->fixed.major)
		text_addf(t, "; fixed in Linux %u.%u", r->fixed.major, r->fixed.minor);
	else
		text_add(t, "; not fixed in any known release");
	for (size_t i = 0; i < KERNEL_SERIES_MAX && r->in[i].major; i++)
		if (r->in[i].fixed)
			text_addf(t, ", %u.%u.%u", r->in[i].major, r->in[i].minor, r->in[i].fixed);
}

void kvm_defect_explain(struct text *t, const struct kvm_defect *d)
{
	text_addf(t, "KVM %s. %s It exists ", d->what, d->harm);
	add_kernels(t, &d->kernels);
	if (d->commit)
		text_addf(t, " (commit %s)", d->commit);
	text_addf(t, ". It is reported if one of these cases fails in just that way, as %s: ",
		  d->harmful ? "kvm-defect, and the verdict is FAIL" :
			       "kvm-defect, and the verdict stays as it is");
	for (size_t i = 0; i < KVM_DEFECT_SIGHTINGS && d->seen[i].case_name; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again |= !strcmp(d->seen[k].case_name, d->seen[i].case_name);
		if (!again)
			text_addf(t, "%s%s", i ? ", " : "", d->seen[i].case_name);
	}
	text_add(t, ".");
}
