/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names in the report document that both directions use, and the parts that the machine and each
 * level of the chain have. Private to lib/json_*.c.
 */
#ifndef NESTCHECK_LIB_JSON_REPORT_H
#define NESTCHECK_LIB_JSON_REPORT_H

#include "lib/json_util.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* json_report.c: out. out_measured(): null for 0, which means "not measured". */
json_t *out_u64(uint64_t value);
json_t *out_measured(uint64_t value);
json_t *out_caps(const enum tri caps[CAP_COUNT]);
json_t *out_findings(const struct finding *findings, size_t n);
json_t *out_kvm_state(const struct kvm_state *k);

/* json_chain.c: null where no chain was asked for. */
json_t *out_chain(const struct chain_state *c);

/* json_parts_in.c: in, as in json_util.h. in_path(): "where.key". */
const char *in_path(struct reader *rd, const char *where, const char *key);
bool in_caps(struct reader *rd, json_t *object, const char *where, const char *key,
	     enum tri caps[CAP_COUNT]);
/* object.result; CASE_NOT_RUN if it is not there. */
bool in_case_result(struct reader *rd, json_t *object, const char *where, enum case_result *to);
/* object.findings and object.kvm */
bool in_findings(struct reader *rd, json_t *object, const char *where, struct finding **to,
		 size_t *n);
bool in_kvm_state(struct reader *rd, json_t *object, const char *where, struct kvm_state *k);

/* json_chain_in.c: object.chain */
bool in_chain(struct reader *rd, json_t *object, const char *where, struct chain_state *c);

#endif
