// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.report/1: the parts that the machine and each level of the chain have.
 */
#include "lib/json_report.h"

/* --- capabilities, results ------------------------------------------------------------- */

const struct json_field json_cap_field = { .kind = FIELD_TRI };

const char *json_cap_name(unsigned int cap)
{
	return cap_name((enum cap)cap);
}

const char *json_result_name(unsigned int result)
{
	return case_result_name((enum case_result)result);
}

/* --- findings ------------------------------------------------------------------------- */

JSON_NAMES(severity_name, enum severity)

#define FINDING(...) JSON_FIELD(struct finding, __VA_ARGS__)

static const struct json_field finding_fields[] = {
	FINDING("id", STRING, id),
	FINDING("severity", ENUM, severity, .name = severity_name_of, .n = SEVERITY_ADVICE + 1),
	FINDING("unsupported", BOOL, unsupported),
	FINDING("title", STRING, title),
	FINDING("evidence", STRING, evidence),
	FINDING("remedy", STRING, remedy),
	JSON_COUNTED(struct finding, "cpus", CPU_IDS, cpus),
};

static bool finding_is_complete(struct reader *rd, const char *where, const void *record)
{
	const struct finding *f = record;

	return (f->id && f->title && f->severity != SEVERITY_NONE) ||
	       in_fail(rd, where, NULL, "a finding without id, title or severity");
}

const struct json_part finding_part =
	JSON_PART(struct finding, finding_fields, .check = finding_is_complete);

/* --- KVM ------------------------------------------------------------------------------ */

#define KVM(...) JSON_FIELD(struct kvm_state, __VA_ARGS__)

static const struct json_field kvm_state_fields[] = {
	KVM("module", STRING, module),	  KVM("parameters", KEY_VALUES, parameters),
	KVM("error", STRING, error),	  JSON_CAPS(struct kvm_state, "offered", offered),
	KVM("will_load", TRI, will_load), KVM("missing", STRINGS, missing),
};

const struct json_part kvm_state_part = JSON_PART(struct kvm_state, kvm_state_fields);
