// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1 (design.md, "Report document"): writer and reader.
 */
#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/json_report.h"
#include "lib/machine_name.h"
#include "lib/version.h"

JSON_NAMES(vendor_name, enum cpu_vendor)
JSON_NAMES(verdict_name, enum verdict_result)
JSON_NAMES(grade_name, enum grade)

const char *const exit_cost_names[EXIT_COSTS] = {
	"l1_cpuid", "l1_io", "l1_vmread", "l1_vmload", "l1_stgi", "l2_cpuid", "l2_io", "l2_paging",
};

static const char *exit_cost_name(unsigned int i)
{
	return exit_cost_names[i];
}

static const char *observed_name(unsigned int how)
{
	return observed_names[how];
}

/* --- a case --------------------------------------------------------------------------- */

#define SAW(...) JSON_FIELD(struct observation, __VA_ARGS__)

static const struct json_field observation_fields[] = {
	SAW("how", ENUM, how, .name = observed_name, .n = OBSERVED_COUNT),
	SAW("what", STRING, what),
	SAW("expected", HEX64, expected),
	SAW("seen", HEX64, seen),
};

/* null for a case without an observation. */
static bool saw_something(const void *record)
{
	const struct observation *o = record;

	return o->how != OBSERVED_NOTHING;
}

static const struct json_part observation_part =
	JSON_PART(struct observation, observation_fields, .present = saw_something);

#define CASE(...) JSON_FIELD(struct case_outcome, __VA_ARGS__)

static const struct json_field case_fields[] = {
	CASE("name", STRING, name),
	JSON_RESULT(struct case_outcome, "result", result),
	CASE("detail", STRING, detail),
	CASE("saw", OBJECT, saw, .part = &observation_part),
	CASE("us", U64, us),
	CASE("core", BOOL, core),
	CASE("unproven", BOOL, unproven),
	CASE("entries", U64, entries),
	CASE("nested_run", U64, nested_run),
};

static bool case_is_complete(struct reader *rd, const char *where, const void *record)
{
	const struct case_outcome *c = record;

	return (c->name && c->result != CASE_NOT_RUN) ||
	       in_fail(rd, where, NULL, "a case without name or result");
}

static const struct json_part case_part =
	JSON_PART(struct case_outcome, case_fields, .check = case_is_complete);

/* --- cost and duration of exits --------------------------------------------------------- */

static const struct json_field exit_cost_fields[] = {
	JSON_FIELD(struct exit_cost, "median", U64, median),
	JSON_FIELD(struct exit_cost, "low", U64, low),
	JSON_FIELD(struct exit_cost, "high", U64, high),
};

static bool was_measured(const void *record)
{
	const struct exit_cost *c = record;

	return c->median;
}

static const struct json_part exit_cost_part =
	JSON_PART(struct exit_cost, exit_cost_fields, .present = was_measured);
static const struct json_field exit_cost_field = { .kind = FIELD_OBJECT,
						   .brief = true,
						   .part = &exit_cost_part };

#define SELFTEST(...) JSON_FIELD(struct selftest_state, __VA_ARGS__)

static const struct json_field cost_fields[] = {
	SELFTEST("l1_exit_cycles", MEASURED, l1_exit_cycles),
	SELFTEST("l2_exit_cycles", MEASURED, l2_exit_cycles),
	SELFTEST("exits", INDEXED, costs, .name = exit_cost_name, .n = EXIT_COSTS,
		 .size = sizeof(struct exit_cost), .each = &exit_cost_field),
};

static const struct json_part cost_part = JSON_PART(struct selftest_state, cost_fields);

static json_t *out_scale(const void *record)
{
	return out_u64(pace_scale(record));
}

/* Written only: it follows from the other fields. */
static const struct json_pair scale_pair = { .out = out_scale };

static const struct json_field pace_fields[] = {
	JSON_FIELD(struct pace, "l1_ns", MEASURED, l1_ns),
	JSON_FIELD(struct pace, "l2_ns", MEASURED, l2_ns),
	JSON_PAIR("scale", scale_pair),
};

static bool pace_is_known(const void *record)
{
	const struct pace *p = record;

	return p->l1_ns;
}

static const struct json_part pace_part =
	JSON_PART(struct pace, pace_fields, .present = pace_is_known);

/* --- taint: both values or neither ------------------------------------------------------ */

static const struct json_field taint_fields[] = {
	SELFTEST("before", U64, taint_before),
	SELFTEST("after", U64, taint_after),
};

static const struct json_part taint_part = JSON_PART(struct selftest_state, taint_fields);

static json_t *out_taint(const void *record)
{
	const struct selftest_state *s = record;

	return s->taint_known == TRI_YES ? out_part(&taint_part, s) : json_object();
}

static bool in_taint(struct reader *rd, json_t *v, const char *where, const char *key, void *record)
{
	struct selftest_state *s = record;

	/* Larger than any number in a document. */
	s->taint_before = s->taint_after = UINT64_MAX;
	if (!in_object(rd, v, where, key) ||
	    !in_part(rd, v, in_path(rd, where, key), &taint_part, s))
		return false;
	if (s->taint_before != UINT64_MAX && s->taint_after != UINT64_MAX)
		s->taint_known = TRI_YES;
	else
		s->taint_before = s->taint_after = 0;
	return true;
}

static const struct json_pair taint_pair = { out_taint, in_taint };

/* --- the whole document --------------------------------------------------------------- */

static const struct json_field selftest_fields[] = {
	SELFTEST("ran", BOOL, ran),
	SELFTEST("passes", UINT, passes),
	SELFTEST("left_out", U64, left_out),
	SELFTEST("partial", STRING, partial),
	SELFTEST("error", STRING, error),
	JSON_COUNTED(struct selftest_state, "cases", ARRAY, cases, .part = &case_part),
	SELFTEST("nested_run", U64, nested_run),
	JSON_HERE("cost", cost_part),
	SELFTEST("pace", OBJECT, pace, .part = &pace_part, .brief = true),
	SELFTEST("chain", OBJECT, chain, .part = &chain_part),
	JSON_PAIR("taint", taint_pair),
};

static const struct json_part selftest_part = JSON_PART(struct selftest_state, selftest_fields);

#define CPU(...) JSON_FIELD(struct cpu_summary, __VA_ARGS__)

static const struct json_field cpu_fields[] = {
	CPU("vendor", ENUM, vendor, .name = vendor_name_of, .n = VENDOR_OTHER + 1),
	CPU("brand", STRING, brand),
	CPU("codename", STRING, codename),
	CPU("count", U64, count),
	CPU("microcode", STRING, microcode),
};

static const struct json_part cpu_part = JSON_PART(struct cpu_summary, cpu_fields);

static const struct json_field machine_fields[] = {
	JSON_FIELD(struct machine_name, "id", STRING, id, .brief = true),
	JSON_FIELD(struct machine_name, "mac", STRING, mac, .brief = true),
};

/* A name from a document is a word in the verdict's line, like one of ours. */
static bool machine_is_valid(struct reader *rd, const char *where, const void *record)
{
	const struct machine_name *m = record;

	if (m->id && !machine_id_valid(m->id))
		return in_fail(rd, where, "id",
			       "not printable characters without blanks, at most 64");
	if (m->mac && !machine_mac_valid(m->mac))
		return in_fail(rd, where, "mac", "not like 52:54:00:12:34:56");
	return true;
}

static const struct json_part machine_part =
	JSON_PART(struct machine_name, machine_fields, .check = machine_is_valid);

#define VERDICT(...) JSON_FIELD(struct verdict, __VA_ARGS__)

static const struct json_field verdict_fields[] = {
	VERDICT("result", ENUM, result, .name = verdict_name_of, .n = VERDICT_ERROR + 1),
	VERDICT("grade", ENUM, grade, .name = grade_name_of, .n = GRADE_FAST + 1),
	VERDICT("reason", STRING, reason),
};

static const struct json_part verdict_part = JSON_PART(struct verdict, verdict_fields);

#define REPORT(...) JSON_FIELD(struct report, __VA_ARGS__)

static const struct json_field tool_fields[] = {
	JSON_CONSTANT("name", "nestcheck"),
	REPORT("version", STRING, tool_version),
	REPORT("kernel", STRING, tool_kernel),
};

static const struct json_part tool_part = JSON_PART(struct report, tool_fields);
static const struct json_field timing_field = JSON_FIELD(struct stage_time, NULL, U64, ms);

static const struct json_field report_fields[] = {
	JSON_CONSTANT("schema", REPORT_SCHEMA),
	JSON_HERE("tool", tool_part),
	REPORT("started", STRING, started),
	REPORT("duration_ms", U64, duration_ms),
	REPORT("replayed", BOOL, replayed),
	REPORT("machine", OBJECT, machine, .part = &machine_part, .brief = true),
	REPORT("cpu", OBJECT, cpu, .part = &cpu_part),
	JSON_CAPS(struct report, "capabilities", caps),
	JSON_COUNTED(struct report, "findings", ARRAY, findings, .part = &finding_part),
	REPORT("kvm", OBJECT, kvm, .part = &kvm_state_part),
	REPORT("selftest", OBJECT, selftest, .part = &selftest_part),
	REPORT("verdict", OBJECT, verdict, .part = &verdict_part),
	JSON_COUNTED(struct report, "timing", BY_NAME, timing, .size = sizeof(struct stage_time),
		     .each = &timing_field),
	REPORT("parameter_problems", STRINGS, param_problems),
	REPORT("modified", STRINGS, modified),
	/* Last, because it is by far the longest part. */
	REPORT("facts", OBJECT, facts, .part = &facts_part),
};

const struct json_part report_part = JSON_PART(struct report, report_fields);

char *report_to_json(const struct report *r)
{
	struct report shown = *r;

	/* This program does not run on a recording's kernel. */
	if (!r->tool_kernel && !r->replayed && !r->tool_version)
		shown.tool_kernel = r->facts.kernel.release;
	if (!r->tool_version)
		shown.tool_version = NESTCHECK_VERSION;
	return json_text(out_part(&report_part, &shown));
}

static const struct json_field started_fields[] = {
	JSON_CONSTANT("schema", STARTED_SCHEMA),
	REPORT("version", STRING, tool_version),
	REPORT("machine", OBJECT, machine, .part = &machine_part, .brief = true),
	REPORT("started", STRING, started),
};

static const struct json_part started_part = JSON_PART(struct report, started_fields);

char *started_to_json(const struct report *r)
{
	struct report shown = { .tool_version = r->tool_version ? r->tool_version :
								  NESTCHECK_VERSION,
				.machine = r->machine,
				.started = r->started };

	return json_text(out_part(&started_part, &shown));
}

/* Reads the document if its schema is the one that it should be; wrong: the complaint if not. */
static void in_schema(struct reader *rd, json_t *document, const char *wanted, const char *wrong,
		      const struct json_part *part, struct report *r)
{
	json_t *v = in_present(document, "schema");
	const char *schema = NULL;

	if (v && !in_string(rd, v, "", "schema", &schema))
		return;
	if (!schema || strcmp(schema, wanted))
		in_fail(rd, "schema", NULL, wrong);
	else
		in_part(rd, document, "", part, r);
}

static int from_json(struct report *r, const char *text, size_t len, const char *wanted,
		     const char *wrong, const struct json_part *part, const char **error)
{
	struct reader rd = { .a = &r->arena };
	json_t *document = in_document(&rd, text, len);

	if (document) {
		in_schema(&rd, document, wanted, wrong, part, r);
		json_decref(document);
	}
	if (!rd.error)
		return 0;
	*error = rd.error;
	return -EINVAL;
}

int report_from_json(struct report *r, const char *text, size_t len, const char **error)
{
	return from_json(r, text, len, REPORT_SCHEMA, "not " REPORT_SCHEMA, &report_part, error);
}

int started_from_json(struct report *r, const char *text, size_t len, const char **error)
{
	return from_json(r, text, len, STARTED_SCHEMA, "not " STARTED_SCHEMA, &started_part, error);
}
