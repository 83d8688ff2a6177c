// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fleet as CSV (RFC 4180): a row for each machine, and for each expected one that was never seen. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "fleet/fleet.h"
#include "report/formats.h"

/*
 * A quoted cell. A spreadsheet takes one that begins with = + - @ as a formula (OWASP, "CSV
 * Injection"), unless an apostrophe is ahead of it.
 */
static void add_cell(struct text *t, const char *s)
{
	static const char *const words[] = { "\"\"" };

	text_addf(t, "\"%s", s && *s && strchr("=+-@", *s) ? "'" : "");
	if (s)
		format_value(t, s, "\"", words);
	text_add(t, "\",");
}

static void add_number(struct text *t, uint64_t n)
{
	if (n)
		text_addf(t, "%" PRIu64, n);
	text_add(t, ",");
}

static void add_head(struct text *t)
{
	text_add(t, "machine,state,grade,reason,id,mac,started,pending,documents,expected,group,"
		    "brand,microcode,product,firmware,kernel,");
	for (int i = 0; i < CAP_COUNT; i++)
		text_addf(t, "%s,", cap_name((enum cap)i));
	for (int i = 0; i < EXIT_COSTS; i++)
		text_addf(t, "%s_cycles,", exit_cost_names[i]);
	text_add(t, "findings,file\r\n");
}

static void add_report(struct text *t, const struct report *r)
{
	static const char *const words[] = {
		[TRI_UNKNOWN] = "", [TRI_NO] = "no", [TRI_YES] = "yes"
	};
	const struct key_values *dmi = &r->facts.firmware.dmi;

	add_cell(t, r->cpu.brand);
	add_cell(t, r->cpu.microcode);
	add_cell(t, kv_get(dmi, "product_name"));
	add_cell(t, kv_get(dmi, "bios_version"));
	add_cell(t, r->facts.kernel.release);
	for (int i = 0; i < CAP_COUNT; i++)
		text_addf(t, "%s,", words[r->caps[i]]);
	for (int i = 0; i < EXIT_COSTS; i++)
		add_number(t, r->selftest.costs[i].median);
}

static void add_findings(struct text *t, const struct report *r)
{
	struct text ids = { 0 };

	for (size_t i = 0; i < r->n_findings; i++)
		text_addf(&ids, "%s%s", i ? " " : "", r->findings[i].id);
	add_cell(t, ids.s);
	text_free(&ids);
}

static void add_machine(struct text *t, const struct fleet_machine *m)
{
	static const struct report none;
	const struct report *r = m->at->report ? m->at->report : &none;

	add_cell(t, m->name);
	add_cell(t, fleet_state(m));
	add_cell(t, grade_name(r->verdict.grade));
	add_cell(t, m->at->doubt ? m->at->doubt : r->verdict.reason);
	add_cell(t, m->at->id);
	add_cell(t, m->at->mac);
	add_cell(t, m->at->report ? m->at->started : NULL);
	add_cell(t, m->pending ? m->pending->started : NULL);
	text_addf(t, "%zu,%s,", m->documents, m->expected ? "yes" : "no");
	add_number(t, m->at->report ? m->group + 1 : 0);
	add_report(t, r);
	add_findings(t, r);
	add_cell(t, m->at->file);
	/* No comma behind the last. */
	t->s[--t->len] = '\0';
	text_add(t, "\r\n");
}

void fleet_csv(struct text *t, const struct fleet *f)
{
	add_head(t);
	for (size_t i = 0; i < f->n_machines; i++)
		add_machine(t, &f->machines[i]);
	for (size_t i = 0; i < f->n_expected; i++) {
		if (f->expected[i].seen)
			continue;
		add_cell(t, f->expected[i].name);
		text_add(t, "never seen,,,,,,,0,yes,");
		for (int j = 0; j < 6 + CAP_COUNT + EXIT_COSTS + 1; j++)
			text_add(t, ",");
		text_add(t, "\r\n");
	}
}
