// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: no contents of a facts file or a report crash reading, diagnosis, comparison and
 * rendering, and an accepted document can be written and read again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/compare_reports.h"
#include "diagnose/diagnose.h"
#include "lib/json.h"
#include "lib/output.h"
#include "report/judge.h"
#include "report/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(const struct report *r)
{
	struct text t = { 0 };

	render_probe(&t, r);
	render_registers(&t, r);
	render_plain(&t, r);
	render_long(&t, r);
	render_chain(&t, r);
	render_findings(&t, r);
	render_tap(&t, r);
	render_screen(&t, r, 80, 25);
	text_free(&t);
}

/* The written document must be readable, else the writer is wrong. */
static void write_and_read(const struct report *r)
{
	char *json = report_to_json(r);
	const char *error;
	struct report again;

	report_init(&again);
	if (report_from_json(&again, json, strlen(json), &error) < 0)
		abort();
	report_free(&again);
	free(json);
}

static void as_facts(const uint8_t *data, size_t size)
{
	const char *error;
	struct report r;

	report_init(&r);
	if (facts_from_json(&r, (const char *)data, size, &error) == 0) {
		r.replayed = true;
		r.cpu.vendor = r.facts.n_cpus ? cpu_vendor_of(&r.facts, r.facts.cpus) :
						VENDOR_UNKNOWN;
		diagnose(&r);
		judge_findings(&r);
		show(&r);
		write_and_read(&r);
	}
	report_free(&r);
}

static void as_report(const uint8_t *data, size_t size)
{
	struct report r, empty;
	struct difference *d;
	const char *error;

	report_init(&r);
	report_init(&empty);
	if (report_from_json(&r, (const char *)data, size, &error) == 0) {
		show(&r);
		write_and_read(&r);
		compare_reports(&r.arena, &r, &empty, &d);
		if (compare_reports(&r.arena, &r, &r, &d))
			abort(); /* a document does not differ from itself */
		diagnose(&r);
		judge_run(&r);
		show(&r);
		judge_chain(&r);
	}
	report_free(&empty);
	report_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_facts(data, size);
	as_report(data, size);
	return 0;
}
