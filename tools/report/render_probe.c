// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `probe` prints: identity, capabilities of the CPU and what KVM offers of them,
 * findings.
 */
#include "report/parts.h"
#include "report/render.h"

static const char *word(enum tri t)
{
	return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "unknown";
}

static bool is_vmx(enum cap cap)
{
	return cap < CAP_SVM;
}

static bool is_svm(enum cap cap)
{
	return cap >= CAP_SVM && cap < CAP_NX;
}

static void capabilities(struct text *t, const struct report *r)
{
	bool vmx = r->caps[CAP_VMX] != TRI_NO, svm = r->caps[CAP_SVM] != TRI_NO;
	bool offered = false;

	for (int i = 0; i < CAP_COUNT; i++)
		offered |= r->kvm.offered[i] != TRI_UNKNOWN;
	text_addf(t, "%-24s%s%s\n", "capability", "CPU", offered ? "       offered by KVM" : "");
	for (int i = 0; i < CAP_COUNT; i++) {
		enum cap cap = (enum cap)i;

		/* Of a vendor's whole list that is not there, the first line says so. */
		if ((is_vmx(cap) && !vmx && cap != CAP_VMX) ||
		    (is_svm(cap) && !svm && cap != CAP_SVM))
			continue;
		if (offered && cap != CAP_ENABLED_BY_FIRMWARE)
			text_addf(t, "%-24s%-10s%s\n", cap_name(cap), word(r->caps[i]),
				  word(r->kvm.offered[i]));
		else
			text_addf(t, "%-24s%s\n", cap_name(cap), word(r->caps[i]));
	}
}

void render_probe(struct text *t, const struct report *r)
{
	size_t from = t->len;

	part_machine(t, r, false);
	text_add(t, "\n");
	capabilities(t, r);
	text_add(t, "\n");
	part_findings(t, r);
	text_clean(t, from);
}

void render_findings(struct text *t, const struct report *r)
{
	size_t from = t->len;

	part_findings(t, r);
	text_clean(t, from);
}
