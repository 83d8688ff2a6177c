/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of the report document that occur in several places of it or have their own file. Private
 * to lib/json_*.c.
 */
#ifndef NESTCHECK_LIB_JSON_REPORT_H
#define NESTCHECK_LIB_JSON_REPORT_H

#include "lib/json_field.h"

/* json_parts.c: what the machine and each level of the chain have. */
extern const struct json_part finding_part;   /* struct finding */
extern const struct json_part kvm_state_part; /* struct kvm_state */

/* A row for enum tri[CAP_COUNT]; keys are the capabilities' names. */
#define JSON_CAPS(type, key, member)                                                  \
	JSON_FIELD(type, key, INDEXED, member, .name = json_cap_name, .n = CAP_COUNT, \
		   .size = sizeof(enum tri), .each = &json_cap_field)
extern const struct json_field json_cap_field;
const char *json_cap_name(unsigned int cap);

/* A row for enum case_result. */
#define JSON_RESULT(type, key, member) \
	JSON_FIELD(type, key, ENUM, member, .name = json_result_name, .n = CASE_XFAIL + 1)
const char *json_result_name(unsigned int result);

extern const struct json_part report_part; /* json_report.c: struct report */
extern const struct json_part chain_part;  /* json_chain.c: struct chain_state */
extern const struct json_part facts_part;  /* json_facts.c: struct facts */

#endif
