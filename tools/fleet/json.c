// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fleet as the document nestcheck.fleet/1 (report/schemas/nestcheck.fleet-1.json). Machines and groups
 * are named by their index in the document's lists: names of machines need not differ. Pure.
 */
#include "fleet/fleet.h"
#include "lib/json.h"
#include "lib/json_out.h"
#include "lib/version.h"

static json_t *indices(const size_t *i, size_t n)
{
	json_t *array = json_array();

	for (size_t at = 0; at < n; at++)
		out_append(array, out_u64(i[at]));
	return array;
}

static json_t *out_verdicts(const size_t verdicts[FLEET_VERDICTS])
{
	json_t *object = json_object();

	for (unsigned int i = VERDICT_PASS; i < FLEET_VERDICTS; i++)
		out_set(object, verdict_name((enum verdict_result)i), out_u64(verdicts[i]));
	out_set(object, "none", out_u64(verdicts[VERDICT_NONE]));
	return object;
}

static json_t *out_costs(const struct selftest_state *s)
{
	json_t *object = json_object();

	for (size_t i = 0; i < EXIT_COSTS; i++)
		if (s->costs[i].median)
			out_set(object, exit_cost_names[i], out_u64(s->costs[i].median));
	return object;
}

static json_t *out_failed_cases(const struct selftest_state *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n_cases; i++)
		out_append(array, out_string(s->cases[i].name));
	return array;
}

static json_t *out_ids(const struct report *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->n_findings; i++)
		out_append(array, out_string(r->findings[i].id));
	return array;
}

/* What a machine has only if it sent a report. */
static void set_report(json_t *object, const struct fleet_machine *m, const struct report *r)
{
	const struct key_values *dmi = &r->facts.firmware.dmi;

	out_set(object, "started", out_string(m->at->started));
	out_set(object, "grade", out_string(grade_name(r->verdict.grade)));
	out_set(object, "reason", out_string(r->verdict.reason));
	out_set(object, "doubt", out_string(m->at->doubt));
	out_set(object, "group", out_u64(m->group));
	out_set(object, "brand", out_string(r->cpu.brand));
	out_set(object, "microcode", out_string(r->cpu.microcode));
	out_set(object, "product", out_string(kv_get(dmi, "product_name")));
	out_set(object, "firmware", out_string(kv_get(dmi, "bios_version")));
	out_set(object, "findings", out_ids(r));
	out_set(object, "failed_cases", out_failed_cases(&r->selftest));
	out_set(object, "costs", out_costs(&r->selftest));
}

static json_t *out_machine(const struct fleet_machine *m)
{
	json_t *object = json_object();

	out_set(object, "name", out_string(m->name));
	out_set(object, "id", out_string(m->at->id));
	out_set(object, "mac", out_string(m->at->mac));
	out_set(object, "file", out_string(m->at->file));
	out_set(object, "documents", out_u64(m->documents));
	out_set(object, "expected", json_boolean(m->expected));
	out_set(object, "state", out_string(fleet_state(m)));
	out_set(object, "pending", out_string(m->pending ? m->pending->started : NULL));
	if (m->at->report)
		set_report(object, m, m->at->report);
	return object;
}

static json_t *out_differences(const struct fleet_alike *k)
{
	json_t *array = json_array();

	for (size_t i = 0; i < k->n_differences; i++) {
		json_t *object = json_object();

		out_set(object, "section", out_string(k->differences[i].section));
		out_set(object, "name", out_string(k->differences[i].what));
		out_set(object, "usual", out_string(k->differences[i].a));
		out_set(object, "here", out_string(k->differences[i].b));
		out_append(array, object);
	}
	return array;
}

static json_t *out_odd(const struct fleet *f, const struct fleet_group *g)
{
	json_t *array = json_array();

	for (size_t i = g->first_alike; i < g->first_alike + g->n_alikes; i++) {
		const struct fleet_alike *k = &f->alikes[i], *usual = &f->alikes[k->usual];
		json_t *object;

		if (k->usual == i)
			continue;
		object = json_object();
		out_set(object, "machines", indices(f->sorted + k->first, k->n));
		out_set(object, "unlike", indices(f->sorted + usual->first, 1));
		out_set(object, "usual", out_u64(usual->n));
		out_set(object, "differences", out_differences(k));
		out_append(array, object);
	}
	return array;
}

static json_t *out_spreads(const struct fleet_group *g)
{
	json_t *object = json_object();

	for (size_t i = 0; i < EXIT_COSTS; i++) {
		const struct fleet_spread *s = &g->costs[i];
		json_t *spread;

		if (!s->n)
			continue;
		spread = json_object();
		out_set(spread, "measured", out_u64(s->n));
		out_set(spread, "least", out_u64(s->least));
		out_set(spread, "low", out_u64(s->low));
		out_set(spread, "median", out_u64(s->median));
		out_set(spread, "high", out_u64(s->high));
		out_set(spread, "most", out_u64(s->most));
		out_set(spread, "outliers", indices(s->outliers, s->n_outliers));
		out_set(object, exit_cost_names[i], spread);
	}
	return object;
}

static json_t *out_group(const struct fleet *f, const struct fleet_group *g)
{
	const struct report *r = f->machines[f->sorted[g->first]].at->report;
	json_t *object = json_object(), *caps = json_object();

	for (int i = 0; i < CAP_COUNT; i++)
		out_set(caps, cap_name((enum cap)i), out_tri(r->caps[i]));
	out_set(object, "kernel", out_string(r->facts.kernel.release));
	out_set(object, "capabilities", caps);
	out_set(object, "verdicts", out_verdicts(g->verdicts));
	out_set(object, "machines", indices(f->sorted + g->first, g->n));
	out_set(object, "odd", out_odd(f, g));
	out_set(object, "costs", out_spreads(g));
	return object;
}

static json_t *out_finding(const struct fleet_finding *found)
{
	const struct finding *x = found->finding;
	json_t *object = json_object();

	out_set(object, "id", out_string(x->id));
	out_set(object, "severity", out_string(severity_name(x->severity)));
	out_set(object, "title", out_string(x->title));
	out_set(object, "evidence", out_string(x->evidence));
	out_set(object, "remedy", out_string(x->remedy));
	out_set(object, "machines", indices(found->machines, found->n));
	return object;
}

static json_t *out_never(const struct fleet *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->n_expected; i++)
		if (!f->expected[i].seen)
			out_append(array, out_string(f->expected[i].name));
	return array;
}

char *fleet_json(const struct fleet *f)
{
	json_t *object = json_object(), *machines = json_array(), *groups = json_array();
	json_t *findings = json_array(), *tool = json_object();

	for (size_t i = 0; i < f->n_machines; i++)
		out_append(machines, out_machine(&f->machines[i]));
	for (size_t i = 0; i < f->n_groups; i++)
		out_append(groups, out_group(f, &f->groups[i]));
	for (size_t i = 0; i < f->n_findings; i++)
		out_append(findings, out_finding(&f->findings[i]));
	out_set(tool, "name", out_string("nestcheck"));
	out_set(tool, "version", out_string(NESTCHECK_VERSION));
	out_set(object, "schema", out_string("nestcheck.fleet/1"));
	out_set(object, "tool", tool);
	out_set(object, "verdicts", out_verdicts(f->verdicts));
	out_set(object, "machines", machines);
	out_set(object, "never_seen", out_never(f));
	out_set(object, "groups", groups);
	out_set(object, "findings", findings);
	out_set(object, "problems", out_strings(&f->problems));
	return json_text(object);
}
