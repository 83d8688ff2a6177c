// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `probe` prints: identity, capabilities of the CPU and those that KVM offers, findings.
 */
#include "report/render.h"

#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/feature_costs.h"
#include "report/sections.h"

#define COST_COLUMN 38

static enum cap vendor_cap(const struct report *r)
{
	return strcmp(r->kvm.module, "kvm_amd") ? CAP_VMX : CAP_SVM;
}

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

		/* If the CPU has no virtualization of this vendor, the first row is enough. */
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

/* Names in the first column, the cost wrapped beside them. */
static void missing(struct text *t, const struct report *r)
{
	struct missing_feature *m;
	struct arena scratch = { NULL };
	size_t n = missing_features(&scratch, r, &m);

	if (n)
		text_addf(t, "\n%-*s%s\n", COST_COLUMN, "missing on the CPU", "what that costs");
	for (size_t i = 0; i < n; i++)
		text_wrap(t, COST_COLUMN, m[i].name, m[i].cost);
	arena_free(&scratch);
}

/* Predicted before loading, from Linux's requirements. */
static void loading(struct text *t, const struct report *r)
{
	struct text names = { 0 };

	if (!r->kvm.module || r->caps[vendor_cap(r)] != TRI_YES)
		return;
	for (size_t i = 0; i < r->kvm.missing.n; i++)
		text_addf(&names, "%s%s", i ? ", " : "", r->kvm.missing.s[i]);
	text_addf(t, "%s %s\n", r->kvm.module,
		  r->kvm.will_load == TRI_YES ? "finds all that it needs on this CPU" :
		  r->kvm.will_load == TRI_NO  ? "cannot load here" :
						"may load: not all of the registers are known");
	if (names.len)
		text_wrap(t, 10, "missing", names.s);
	text_add(t, "\n");
	text_free(&names);
}

/* The grade that a self-test that passes would get, and what keeps it from the next. */
static void grade(struct text *t, const struct report *r)
{
	struct arena scratch = { NULL };
	const char *name = grade_name(grade_of(r));
	struct text line = { 0 };
	enum grade next;
	const char *lacks = grade_lacks(&scratch, r, &next);

	if (r->kvm.module && r->caps[vendor_cap(r)] == TRI_YES) {
		text_addf(&line, "%s, if the self-test passes", name ? name : "none");
		if (lacks)
			text_addf(&line, "; for %s it lacks %s", grade_name(next), lacks);
		text_wrap(t, 10, "grade", line.s);
		text_add(t, "\n");
	}
	text_free(&line);
	arena_free(&scratch);
}

static void software(struct text *t, const struct report *r)
{
	static const char *const names[] = { "qemu", "libvirt" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *version = kv_get(&r->facts.software, names[i]);

		if (version)
			text_wrap(t, SECTION_LABEL, names[i], version);
	}
}

void render_probe(struct text *t, const struct report *r)
{
	section_machine(t, r, false);
	software(t, r);
	text_add(t, "\n");
	capabilities(t, r);
	missing(t, r);
	text_add(t, "\n");
	loading(t, r);
	grade(t, r);
	section_findings(t, r);
}
