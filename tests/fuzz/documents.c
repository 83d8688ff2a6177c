// SPDX-License-Identifier: GPL-2.0-only
/*
 * No contents of a facts file or a report crash reading, diagnosis, comparison and rendering, and an
 * accepted document can be written and read again.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "diagnose/compare_reports.h"
#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "report/judge.h"

static void as_facts(const char *text, size_t size)
{
	const char *error;
	struct report r;

	report_init(&r);
	if (facts_from_json(&r, text, size, &error) == 0) {
		r.replayed = true;
		r.cpu.vendor = r.facts.n_cpus ? cpu_vendor_of(&r.facts, r.facts.cpus) :
						VENDOR_UNKNOWN;
		diagnose(&r);
		judge_findings(&r);
		fuzz_show(&r);
		fuzz_write_and_read(&r);
	}
	report_free(&r);
}

static void as_report(const char *text, size_t size)
{
	struct report r, empty;
	struct difference *d;
	const char *error;

	report_init(&r);
	report_init(&empty);
	if (report_from_json(&r, text, size, &error) == 0) {
		fuzz_show(&r);
		fuzz_write_and_read(&r);
		compare_reports(&r.arena, &r, &empty, &d);
		/* A document does not differ from itself. */
		must(compare_reports(&r.arena, &r, &r, &d) == 0);
		diagnose(&r);
		judge_run(&r);
		fuzz_show(&r);
		judge_chain(&r);
	}
	report_free(&empty);
	report_free(&r);
}

static void as_started(const char *text, size_t size)
{
	struct report r, again;
	const char *error;
	char *json;

	report_init(&r);
	report_init(&again);
	if (started_from_json(&r, text, size, &error) == 0) {
		json = started_to_json(&r);
		must(started_from_json(&again, json, strlen(json), &error) == 0);
		must(!r.machine.id == !again.machine.id);
		free(json);
	}
	report_free(&again);
	report_free(&r);
}

void fuzz_documents(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_bytes(data, size);

	as_facts(text, size);
	as_report(text, size);
	as_started(text, size);
	free(text);
}
