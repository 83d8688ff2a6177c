// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1, in: the parts that the machine and each level of the chain have.
 */
#include "lib/json_report.h"
#include "lib/json_util.h"

const char *in_path(struct reader *rd, const char *where, const char *key)
{
	return arena_printf(rd->a, "%s%s%s", where, *where ? "." : "", key);
}

bool in_caps(struct reader *rd, json_t *object, const char *where, const char *key,
	     enum tri caps[CAP_COUNT])
{
	json_t *v;

	if (!in_object(rd, object, where, key, &v))
		return false;
	where = in_path(rd, where, key);
	for (int i = 0; i < CAP_COUNT; i++)
		if (!in_tri(rd, v, where, cap_name((enum cap)i), &caps[i]))
			return false;
	return true;
}

static bool in_cpu_ids(struct reader *rd, json_t *finding, const char *where, struct finding *f)
{
	json_t *cpus, *v;
	size_t i;

	if (!in_array(rd, finding, where, "cpus", &cpus))
		return false;
	json_array_foreach(cpus, i, v) {
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    json_integer_value(v) > INT32_MAX)
			return in_fail(rd, where, "cpus", "not all of it is CPU numbers");
		*arena_push(rd->a, &f->cpus, &f->n_cpus) = (int)json_integer_value(v);
	}
	return true;
}

bool in_findings(struct reader *rd, json_t *object, const char *where, struct finding **to,
		 size_t *n)
{
	const char *names[SEVERITY_ADVICE + 1];
	json_t *array, *v;
	size_t i;

	for (int s = 0; s < COUNT(names); s++)
		names[s] = severity_name((enum severity)s);
	if (!in_array(rd, object, where, "findings", &array))
		return false;
	json_array_foreach(array, i, v) {
		const char *at = arena_printf(rd->a, "%s[%zu]", in_path(rd, where, "findings"), i);
		struct finding *f = arena_push(rd->a, to, n);
		int severity = SEVERITY_NONE;

		if (!json_is_object(v))
			return in_fail(rd, at, NULL, "not an object");
		if (!in_string(rd, v, at, "id", &f->id) ||
		    !in_enum(rd, v, at, "severity", names, COUNT(names), &severity) ||
		    !in_bool(rd, v, at, "unsupported", &f->unsupported) ||
		    !in_string(rd, v, at, "title", &f->title) ||
		    !in_string(rd, v, at, "evidence", &f->evidence) ||
		    !in_string(rd, v, at, "remedy", &f->remedy) || !in_cpu_ids(rd, v, at, f))
			return false;
		if (!f->id || !f->title || severity == SEVERITY_NONE)
			return in_fail(rd, at, NULL, "a finding without id, title or severity");
		f->severity = (enum severity)severity;
	}
	return true;
}

bool in_case_result(struct reader *rd, json_t *object, const char *where, enum case_result *to)
{
	const char *names[CASE_XFAIL + 1];
	int result = CASE_NOT_RUN;

	for (int i = 0; i < COUNT(names); i++)
		names[i] = case_result_name((enum case_result)i);
	if (!in_enum(rd, object, where, "result", names, COUNT(names), &result))
		return false;
	*to = (enum case_result)result;
	return true;
}

bool in_kvm_state(struct reader *rd, json_t *object, const char *where, struct kvm_state *k)
{
	json_t *v;

	if (!in_object(rd, object, where, "kvm", &v))
		return false;
	where = in_path(rd, where, "kvm");
	return in_string(rd, v, where, "module", &k->module) &&
	       in_key_values(rd, v, where, "parameters", &k->parameters) &&
	       in_string(rd, v, where, "error", &k->error) &&
	       in_caps(rd, v, where, "offered", k->offered) &&
	       in_tri(rd, v, where, "will_load", &k->will_load) &&
	       in_strings(rd, v, where, "missing", &k->missing);
}
