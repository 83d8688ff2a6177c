// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the rules over a record: works out the situation once, then runs table by table.
 */
#include "diagnose/rules.h"

#include <string.h>

#include "diagnose/diagnose.h"
#include "lib/output.h"
#include "lib/vendor.h"

/* In this order: root causes before their consequences. */
static const struct rule_table *const tables[] = {
	&guest_rules,	&guest_vendor_rules, &firmware_rules, &cpu_rules,      &needs_rules,
	&module_rules,	&kvm_rules,	     &kernel_rules,   &selftest_rules, &chain_rules,
	&feature_rules, &svm_rules,	     &cost_rules,     &send_rules,
};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static enum tri either(enum tri a, enum tri b)
{
	if (a == TRI_YES || b == TRI_YES)
		return TRI_YES;
	return a == TRI_NO && b == TRI_NO ? TRI_NO : TRI_UNKNOWN;
}

/* By vendor, as KVM does: the other vendor's bit means nothing. */
static enum tri has_virtualization(enum cpu_vendor vendor, const enum tri caps[CAP_COUNT])
{
	if (vendor_has_vmx(vendor))
		return caps[CAP_VMX];
	if (vendor_has_svm(vendor))
		return caps[CAP_SVM];
	return either(caps[CAP_VMX], caps[CAP_SVM]);
}

enum tri machine_has_virtualization(const struct report *r)
{
	const struct facts *f = &r->facts;

	return f->n_cpus ? has_virtualization(cpu_vendor_of(f, &f->cpus[0]), r->caps) : TRI_UNKNOWN;
}

static void situation_cpu(struct situation *s)
{
	s->vendor = cpu_vendor_of(s->f, s->cpu);
	s->module = vendor_module(s->vendor);
	s->virt = has_virtualization(s->vendor, s->r->caps);
}

static void situation_init(struct situation *s, struct report *r)
{
	struct guest_signs g;

	memset(s, 0, sizeof(*s));
	s->r = r;
	s->f = &r->facts;
	if (r->facts.n_cpus) {
		s->cpu = &r->facts.cpus[0];
		situation_cpu(s);
	}
	s->guest = guest_find(&r->arena, s->f, &g);
	s->bit_hidden = s->guest == TRI_YES && g.bit == TRI_NO;
	s->guest_signs = g.evidence;
	s->signature = s->guest == TRI_YES ? g.signature : NULL;
	s->hypervisor = s->guest == TRI_YES ? g.row : NULL;
	if (s->module && r->facts.kernel.modules_known == TRI_YES)
		s->module_loaded = tri_of(kernel_module(&r->facts.kernel, s->module) != NULL);
}

static void situation_needs(struct situation *s, struct report *r)
{
	const char *module;

	s->n_needs = kvm_needs(&r->arena, r, &module, &s->needs);
	r->kvm.will_load = kvm_will_load(s->needs, s->n_needs);
	r->kvm.missing = (struct strings){ NULL, 0 };
	for (size_t i = 0; i < s->n_needs; i++)
		if (s->needs[i].state == TRI_NO)
			strings_add(&r->arena, &r->kvm.missing, s->needs[i].name);
}

/* Blockers first, then degraded, then advice; within each in the order of the rules. */
static void sort_findings(struct report *r)
{
	struct finding *sorted = arena_alloc(&r->arena, (r->n_findings + 1) * sizeof(*sorted));
	size_t n = 0;

	for (int severity = SEVERITY_BLOCKER; severity <= SEVERITY_ADVICE; severity++)
		for (size_t i = 0; i < r->n_findings; i++)
			if ((int)r->findings[i].severity == severity)
				sorted[n++] = r->findings[i];
	memcpy(r->findings, sorted, n * sizeof(*sorted));
}

void diagnose(struct report *r)
{
	struct situation s;

	decode_caps(r);
	decode_offered(r);
	r->findings = NULL;
	r->n_findings = 0;
	situation_init(&s, r);
	situation_needs(&s, r);
	for (size_t t = 0; t < N_TABLES; t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			tables[t]->rules[i].check(&s, &tables[t]->rules[i]);
	if (r->n_findings)
		sort_findings(r);
}

void diagnose_unsent(struct report *r, size_t from)
{
	struct unsent *all = r->unsent;
	struct situation s;

	situation_init(&s, r);
	r->unsent += from;
	r->n_unsent -= from;
	for (size_t i = 0; i < send_rules.n; i++)
		send_rules.rules[i].check(&s, &send_rules.rules[i]);
	r->unsent = all;
	r->n_unsent += from;
}

static const struct rule *rule_by_id(const char *id)
{
	for (size_t t = 0; t < N_TABLES; t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (!strcmp(tables[t]->rules[i].id, id))
				return &tables[t]->rules[i];
	return NULL;
}

const char *finding_explain(const char *id)
{
	const struct rule *rule = rule_by_id(id);

	return rule ? rule->explain : NULL;
}

const char *finding_cause(const struct report *r, const char *id)
{
	const struct rule *rule = rule_by_id(id);
	char name[HYPERVISOR_NAME_MAX];

	if (rule && r && rule->cause_guest && machine_is_guest(r, name))
		return rule->cause_guest;
	return rule ? rule->cause : NULL;
}

bool catalogue_at(size_t index, struct catalogue_entry *entry)
{
	for (size_t t = 0; t < N_TABLES; index -= tables[t++]->n) {
		if (index < tables[t]->n) {
			const struct rule *rule = &tables[t]->rules[index];

			entry->id = rule->id;
			entry->severity = rule->severity;
			entry->title = rule->title;
			entry->cause = rule->cause;
			entry->cause_guest = rule->cause_guest;
			return true;
		}
	}
	return false;
}
