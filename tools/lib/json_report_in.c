// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1 (design.md, "Report document"), in: for showing a stored report again
 * and comparing.
 */
#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/json_report.h"
#include "lib/json_util.h"

static bool in_tool(struct reader *rd, json_t *report, struct report *r)
{
	json_t *v;

	return in_object(rd, report, "", "tool", &v) &&
	       in_string(rd, v, "tool", "version", &r->tool_version) &&
	       in_string(rd, v, "tool", "kernel", &r->tool_kernel);
}

static bool in_cpu_summary(struct reader *rd, json_t *report, struct cpu_summary *c)
{
	const char *vendors[VENDOR_OTHER + 1];
	int vendor = VENDOR_UNKNOWN;
	uint64_t count = 0;
	json_t *v;

	for (int i = 0; i <= VENDOR_OTHER; i++)
		vendors[i] = vendor_name((enum cpu_vendor)i);
	if (!in_object(rd, report, "", "cpu", &v) ||
	    !in_enum(rd, v, "cpu", "vendor", vendors, COUNT(vendors), &vendor) ||
	    !in_string(rd, v, "cpu", "brand", &c->brand) ||
	    !in_string(rd, v, "cpu", "codename", &c->codename) ||
	    !in_u64(rd, v, "cpu", "count", &count) ||
	    !in_string(rd, v, "cpu", "microcode", &c->microcode))
		return false;
	c->vendor = (enum cpu_vendor)vendor;
	c->count = (size_t)count;
	return true;
}

static bool in_observation(struct reader *rd, json_t *object, const char *where,
			   struct observation *o)
{
	int how = OBSERVED_NOTHING;
	json_t *v;

	if (!in_object(rd, object, where, "saw", &v))
		return false;
	if (!v)
		return true;
	where = in_path(rd, where, "saw");
	if (!in_enum(rd, v, where, "how", observed_names, COUNT(observed_names), &how) ||
	    !in_string(rd, v, where, "what", &o->what) ||
	    !in_hex64(rd, v, where, "expected", &o->expected) ||
	    !in_hex64(rd, v, where, "seen", &o->seen))
		return false;
	o->how = (enum observed)how;
	return true;
}

static bool in_case(struct reader *rd, json_t *v, const char *where, struct case_outcome *c)
{
	if (!json_is_object(v))
		return in_fail(rd, where, NULL, "not an object");
	if (!in_string(rd, v, where, "name", &c->name) ||
	    !in_case_result(rd, v, where, &c->result) ||
	    !in_string(rd, v, where, "detail", &c->detail) ||
	    !in_observation(rd, v, where, &c->saw) || !in_u64(rd, v, where, "us", &c->us) ||
	    !in_bool(rd, v, where, "core", &c->core) ||
	    !in_bool(rd, v, where, "unproven", &c->unproven) ||
	    !in_u64(rd, v, where, "entries", &c->entries) ||
	    !in_u64(rd, v, where, "nested_run", &c->nested_run))
		return false;
	if (!c->name || c->result == CASE_NOT_RUN)
		return in_fail(rd, where, NULL, "a case without name or result");
	return true;
}

static bool in_taint(struct reader *rd, json_t *selftest, struct selftest_state *s)
{
	uint64_t before = UINT64_MAX, after = UINT64_MAX;
	json_t *v;

	if (!in_object(rd, selftest, "selftest", "taint", &v) ||
	    !in_u64(rd, v, "selftest.taint", "before", &before) ||
	    !in_u64(rd, v, "selftest.taint", "after", &after))
		return false;
	if (before != UINT64_MAX && after != UINT64_MAX) {
		s->taint_known = TRI_YES;
		s->taint_before = before;
		s->taint_after = after;
	}
	return true;
}

static bool in_costs(struct reader *rd, json_t *cost, struct exit_cost *costs)
{
	json_t *exits, *one;

	if (!in_object(rd, cost, "selftest.cost", "exits", &exits))
		return false;
	for (size_t i = 0; i < EXIT_COSTS; i++) {
		const char *where =
			arena_printf(rd->a, "selftest.cost.exits.%s", exit_cost_names[i]);

		if (!in_object(rd, exits, "selftest.cost.exits", exit_cost_names[i], &one) ||
		    !in_u64(rd, one, where, "median", &costs[i].median) ||
		    !in_u64(rd, one, where, "low", &costs[i].low) ||
		    !in_u64(rd, one, where, "high", &costs[i].high))
			return false;
	}
	return true;
}

static bool in_selftest(struct reader *rd, json_t *report, struct selftest_state *s)
{
	json_t *v, *cases, *one, *cost, *pace;
	uint64_t passes = 0, left_out = 0;
	size_t i;

	if (!in_object(rd, report, "", "selftest", &v) ||
	    !in_bool(rd, v, "selftest", "ran", &s->ran) ||
	    !in_string(rd, v, "selftest", "partial", &s->partial) ||
	    !in_string(rd, v, "selftest", "error", &s->error) ||
	    !in_u64(rd, v, "selftest", "nested_run", &s->nested_run) ||
	    !in_object(rd, v, "selftest", "cost", &cost) ||
	    !in_u64(rd, cost, "selftest.cost", "l1_exit_cycles", &s->l1_exit_cycles) ||
	    !in_u64(rd, cost, "selftest.cost", "l2_exit_cycles", &s->l2_exit_cycles) ||
	    !in_costs(rd, cost, s->costs) || !in_object(rd, v, "selftest", "pace", &pace) ||
	    !in_u64(rd, pace, "selftest.pace", "l1_ns", &s->pace.l1_ns) ||
	    !in_u64(rd, pace, "selftest.pace", "l2_ns", &s->pace.l2_ns) ||
	    !in_u64(rd, v, "selftest", "passes", &passes) ||
	    !in_u64(rd, v, "selftest", "left_out", &left_out) || !in_taint(rd, v, s) ||
	    !in_chain(rd, v, "selftest", &s->chain) ||
	    !in_array(rd, v, "selftest", "cases", &cases))
		return false;
	s->passes = (unsigned int)passes;
	s->left_out = left_out;
	json_array_foreach(cases, i, one)
		if (!in_case(rd, one, arena_printf(rd->a, "selftest.cases[%zu]", i),
			     arena_push(rd->a, &s->cases, &s->n_cases)))
			return false;
	return true;
}

static bool in_verdict(struct reader *rd, json_t *report, struct verdict *to)
{
	const char *results[VERDICT_ERROR + 1], *grades[GRADE_FAST + 1];
	int result = VERDICT_NONE, grade = GRADE_NONE;
	json_t *v;

	for (int i = 0; i <= VERDICT_ERROR; i++)
		results[i] = verdict_name((enum verdict_result)i);
	for (int i = 0; i <= GRADE_FAST; i++)
		grades[i] = grade_name((enum grade)i);
	if (!in_object(rd, report, "", "verdict", &v) ||
	    !in_enum(rd, v, "verdict", "result", results, COUNT(results), &result) ||
	    !in_enum(rd, v, "verdict", "grade", grades, COUNT(grades), &grade) ||
	    !in_string(rd, v, "verdict", "reason", &to->reason))
		return false;
	to->result = (enum verdict_result)result;
	to->grade = (enum grade)grade;
	return true;
}

static bool in_timing(struct reader *rd, json_t *report, struct report *r)
{
	const char *stage;
	json_t *timing, *v;

	if (!in_object(rd, report, "", "timing", &timing))
		return false;
	json_object_foreach(timing, stage, v) {
		struct stage_time *t = arena_push(rd->a, &r->timing, &r->n_timing);

		t->stage = arena_strdup(rd->a, stage);
		if (!in_u64(rd, timing, "timing", stage, &t->ms))
			return false;
	}
	return true;
}

static bool in_report(struct reader *rd, json_t *report, struct report *r)
{
	const char *schema = NULL;
	json_t *facts;

	if (!in_string(rd, report, "", "schema", &schema))
		return false;
	if (!schema || strcmp(schema, REPORT_SCHEMA))
		return in_fail(rd, "schema", NULL, "not " REPORT_SCHEMA);
	return in_tool(rd, report, r) && in_string(rd, report, "", "started", &r->started) &&
	       in_u64(rd, report, "", "duration_ms", &r->duration_ms) &&
	       in_bool(rd, report, "", "replayed", &r->replayed) &&
	       in_cpu_summary(rd, report, &r->cpu) &&
	       in_caps(rd, report, "", "capabilities", r->caps) &&
	       in_findings(rd, report, "", &r->findings, &r->n_findings) &&
	       in_kvm_state(rd, report, "", &r->kvm) && in_selftest(rd, report, &r->selftest) &&
	       in_verdict(rd, report, &r->verdict) && in_timing(rd, report, r) &&
	       in_strings(rd, report, "", "parameter_problems", &r->param_problems) &&
	       in_object(rd, report, "", "facts", &facts) &&
	       (!facts || facts_from_value(rd, facts, "facts", &r->facts));
}

int report_from_json(struct report *r, const char *text, size_t len, const char **error)
{
	struct reader rd = { .a = &r->arena };
	json_t *document = in_document(&rd, text, len);

	if (document) {
		in_report(&rd, document, r);
		json_decref(document);
	}
	if (!rd.error)
		return 0;
	*error = rd.error;
	return -EINVAL;
}
