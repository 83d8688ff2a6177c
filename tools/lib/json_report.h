/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names in the report document that both directions use. Private to lib/json_report*.c.
 */
#ifndef NESTCHECK_LIB_JSON_REPORT_H
#define NESTCHECK_LIB_JSON_REPORT_H

extern const char *const severity_names[3];
extern const char *const case_result_names[4];

#endif
