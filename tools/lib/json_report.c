// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1 (design.md, "Report document"), out.
 */
#include <string.h>

#include "lib/json.h"
#include "lib/json_report.h"
#include "lib/json_util.h"
#include "lib/version.h"

const char *const exit_cost_names[EXIT_COSTS] = {
	"l1_cpuid", "l1_io", "l1_vmread", "l1_vmload", "l1_stgi", "l2_cpuid", "l2_io", "l2_paging",
};

json_t *out_u64(uint64_t value)
{
	return json_integer((json_int_t)(value & INT64_MAX));
}

/* Zero means "not measured" for these: null. */
json_t *out_measured(uint64_t value)
{
	return value ? out_u64(value) : json_null();
}

json_t *out_caps(const enum tri caps[CAP_COUNT])
{
	json_t *object = json_object();

	for (int i = 0; i < CAP_COUNT; i++)
		out_set(object, cap_name((enum cap)i), out_tri(caps[i]));
	return object;
}

static json_t *out_tool(const struct report *r)
{
	const char *kernel = r->tool_kernel;
	json_t *tool = json_object();

	/* A recording's kernel is not the one that this program runs on. */
	if (!kernel && !r->replayed && !r->tool_version)
		kernel = r->facts.kernel.release;
	out_set(tool, "name", json_string("nestcheck"));
	out_set(tool, "version", out_string(r->tool_version ? r->tool_version : NESTCHECK_VERSION));
	out_set(tool, "kernel", out_string(kernel));
	return tool;
}

static json_t *out_cpu_summary(const struct cpu_summary *c)
{
	json_t *cpu = json_object();

	out_set(cpu, "vendor", out_string(vendor_name(c->vendor)));
	out_set(cpu, "brand", out_string(c->brand));
	out_set(cpu, "codename", out_string(c->codename));
	out_set(cpu, "count", out_u64(c->count));
	out_set(cpu, "microcode", out_string(c->microcode));
	return cpu;
}

json_t *out_findings(const struct finding *findings, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &findings[i];
		json_t *finding = json_object(), *cpus = json_array();

		for (size_t k = 0; k < f->n_cpus; k++)
			out_append(cpus, json_integer(f->cpus[k]));
		out_set(finding, "id", out_string(f->id));
		out_set(finding, "severity", out_string(severity_name(f->severity)));
		out_set(finding, "unsupported", json_boolean(f->unsupported));
		out_set(finding, "title", out_string(f->title));
		out_set(finding, "evidence", out_string(f->evidence));
		out_set(finding, "remedy", out_string(f->remedy));
		out_set(finding, "cpus", cpus);
		out_append(array, finding);
	}
	return array;
}

json_t *out_kvm_state(const struct kvm_state *k)
{
	json_t *kvm = json_object();

	out_set(kvm, "module", out_string(k->module));
	out_set(kvm, "parameters", out_key_values(&k->parameters));
	out_set(kvm, "error", out_string(k->error));
	out_set(kvm, "offered", out_caps(k->offered));
	out_set(kvm, "will_load", out_tri(k->will_load));
	out_set(kvm, "missing", out_strings(&k->missing));
	return kvm;
}

/* null for a case that saw nothing amiss. */
static json_t *out_observation(const struct observation *o)
{
	json_t *object;

	if (o->how == OBSERVED_NOTHING)
		return json_null();
	object = json_object();
	out_set(object, "how", out_string(observed_names[o->how]));
	out_set(object, "what", out_string(o->what));
	out_set(object, "expected", out_hex64(o->expected));
	out_set(object, "seen", out_hex64(o->seen));
	return object;
}

static json_t *out_case(const struct case_outcome *c)
{
	json_t *object = json_object();

	out_set(object, "name", out_string(c->name));
	out_set(object, "result", out_string(case_result_name(c->result)));
	out_set(object, "detail", out_string(c->detail));
	out_set(object, "saw", out_observation(&c->saw));
	out_set(object, "us", out_u64(c->us));
	out_set(object, "core", json_boolean(c->core));
	out_set(object, "unproven", json_boolean(c->unproven));
	out_set(object, "entries", out_u64(c->entries));
	out_set(object, "nested_run", out_u64(c->nested_run));
	return object;
}

/* What was measured, by name. */
static json_t *out_costs(const struct exit_cost *costs)
{
	json_t *object = json_object();

	for (size_t i = 0; i < EXIT_COSTS; i++) {
		json_t *one;

		if (!costs[i].median)
			continue;
		one = json_object();
		out_set(one, "median", out_u64(costs[i].median));
		out_set(one, "low", out_u64(costs[i].low));
		out_set(one, "high", out_u64(costs[i].high));
		out_set(object, exit_cost_names[i], one);
	}
	return object;
}

static json_t *out_pace(const struct pace *p)
{
	json_t *object = json_object();

	out_set(object, "l1_ns", out_measured(p->l1_ns));
	out_set(object, "l2_ns", out_measured(p->l2_ns));
	out_set(object, "scale", out_u64(pace_scale(p)));
	return object;
}

static json_t *out_selftest(const struct selftest_state *s)
{
	json_t *selftest = json_object(), *cases = json_array(), *cost = json_object();
	json_t *taint = json_object();

	for (size_t i = 0; i < s->n_cases; i++)
		out_append(cases, out_case(&s->cases[i]));
	out_set(cost, "l1_exit_cycles", out_measured(s->l1_exit_cycles));
	out_set(cost, "l2_exit_cycles", out_measured(s->l2_exit_cycles));
	out_set(cost, "exits", out_costs(s->costs));
	out_set(selftest, "ran", json_boolean(s->ran));
	out_set(selftest, "passes", out_u64(s->passes));
	out_set(selftest, "left_out", out_u64(s->left_out));
	out_set(selftest, "partial", out_string(s->partial));
	out_set(selftest, "error", out_string(s->error));
	out_set(selftest, "cases", cases);
	out_set(selftest, "nested_run", out_u64(s->nested_run));
	out_set(selftest, "cost", cost);
	if (s->pace.l1_ns)
		out_set(selftest, "pace", out_pace(&s->pace));
	out_set(selftest, "chain", out_chain(&s->chain));
	if (s->taint_known == TRI_YES) {
		out_set(taint, "before", out_u64(s->taint_before));
		out_set(taint, "after", out_u64(s->taint_after));
	}
	out_set(selftest, "taint", taint);
	return selftest;
}

static json_t *out_verdict(const struct verdict *v)
{
	json_t *verdict = json_object();

	out_set(verdict, "result", out_string(verdict_name(v->result)));
	out_set(verdict, "grade", out_string(grade_name(v->grade)));
	out_set(verdict, "reason", out_string(v->reason));
	return verdict;
}

static json_t *out_timing(const struct report *r)
{
	json_t *timing = json_object();

	for (size_t i = 0; i < r->n_timing; i++)
		out_set(timing, r->timing[i].stage, out_u64(r->timing[i].ms));
	return timing;
}

char *report_to_json(const struct report *r)
{
	json_t *report = json_object();

	out_set(report, "schema", json_string(REPORT_SCHEMA));
	out_set(report, "tool", out_tool(r));
	out_set(report, "started", out_string(r->started));
	out_set(report, "duration_ms", out_u64(r->duration_ms));
	out_set(report, "replayed", json_boolean(r->replayed));
	out_set(report, "cpu", out_cpu_summary(&r->cpu));
	out_set(report, "capabilities", out_caps(r->caps));
	out_set(report, "findings", out_findings(r->findings, r->n_findings));
	out_set(report, "kvm", out_kvm_state(&r->kvm));
	out_set(report, "selftest", out_selftest(&r->selftest));
	out_set(report, "verdict", out_verdict(&r->verdict));
	out_set(report, "timing", out_timing(r));
	out_set(report, "parameter_problems", out_strings(&r->param_problems));
	/* Last: the longest part by far. */
	out_set(report, "facts", facts_to_value(&r->facts));
	return out_document(report);
}
