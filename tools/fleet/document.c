// SPDX-License-Identifier: GPL-2.0-only
/* One document of a fleet: what is kept of it, and by what it is found to be like others. Pure. */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "fleet/fleet.h"
#include "report/judge.h"

/*
 * Of addresses, for what a document becomes while it is read: an empty object of three bytes is 250 of
 * jansson's, and its place in an array that grows 16. Pages that no document needs are never there.
 */
#define SCRATCH (192u * FLEET_DOCUMENT_MAX)

/* Seconds since 1970; -1 for what set_started() does not write. */
static int64_t seconds_of(const char *iso)
{
	struct tm at = { 0 };
	const char *end = iso ? strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &at) : NULL;

	return end && !*end ? timegm(&at) : -1;
}

const char *fleet_mac(struct arena *a, const char *s)
{
	char *mac;

	if (!s)
		return NULL;
	if (strlen(s) == strlen("01-52-54-00-aa-bb-cc") && !strncmp(s, "01-", 3))
		s += 3;
	mac = arena_strdup(a, s);
	for (char *c = mac; *c; c++)
		*c = (char)(*c == '-' ? ':' : tolower((unsigned char)*c));
	return mac;
}

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static const char *key_of(struct arena *a, const struct report *r)
{
	char caps[CAP_COUNT + 1] = "";

	for (int i = 0; i < CAP_COUNT; i++)
		caps[i] = "?-+"[r->caps[i]];
	return arena_printf(a, "%s %s", caps, or_none(r->facts.kernel.release));
}

static const char *model_of(struct arena *a, const struct report *r)
{
	const struct key_values *dmi = &r->facts.firmware.dmi;

	return arena_printf(a, "%s\n%s\n%s", or_none(r->cpu.brand),
			    or_none(kv_get(dmi, "sys_vendor")),
			    or_none(kv_get(dmi, "product_name")));
}

/* Each value ends with a byte that none of them contains, so that no two lists are the same bytes. */
static void add_value(struct text *t, const char *s)
{
	if (s)
		text_value(t, s);
	text_add(t, "\xff\n");
}

static void add_key_values(struct text *t, const struct key_values *kvs)
{
	for (size_t i = 0; i < kvs->n; i++) {
		add_value(t, kvs->kv[i].key);
		add_value(t, kvs->kv[i].value);
	}
	add_value(t, NULL);
}

/* Costs vary, and evidence has them, so neither is in it. */
static void add_compared(struct text *t, const struct report *r)
{
	const struct facts *f = &r->facts;

	text_addf(t, "%u %u %u %u %u %u %zu ", r->verdict.result, r->verdict.grade, f->kvm.device,
		  f->kvm.nested_cpuid, f->kernel.virt_flag, f->firmware.secure_boot, r->cpu.count);
	for (int i = 0; i < CAP_COUNT; i++)
		text_addf(t, "%u", r->kvm.offered[i]);
	add_value(t, r->cpu.microcode);
	add_value(t, r->kvm.module);
	add_value(t, r->kvm.error);
	add_value(t, f->kernel.lockdown);
	add_value(t, f->kernel.clocksource);
	add_value(t, f->kernel.container);
	add_value(t, f->firmware.boot);
	add_key_values(t, &f->firmware.dmi);
	add_key_values(t, &f->kernel.vulnerabilities);
	add_key_values(t, &f->software);
	add_key_values(t, &r->kvm.parameters);
	for (size_t i = 0; i < r->n_findings; i++)
		add_value(t, r->findings[i].id);
	add_value(t, NULL);
	for (size_t i = 0; i < r->selftest.n_cases; i++)
		add_value(t, r->selftest.cases[i].name);
	add_value(t, NULL);
	compared_registers(t, r);
}

static void fill_report(struct arena *a, struct fleet_document *d, struct report *r)
{
	const char *doubt = judge_stored(r);
	struct text t = { .raw = true };

	d->doubt = arena_strdup(a, doubt);
	d->report = fleet_keep(a, r);
	if (d->started_s >= 0)
		d->end_s = d->started_s + (int64_t)(r->duration_ms / 1000 & INT32_MAX);
	d->key = key_of(a, d->report);
	d->model = model_of(a, d->report);
	add_compared(&t, d->report);
	if (doubt)
		add_value(&t, "doubtful");
	sha256(t.s, t.len, d->fingerprint);
	text_free(&t);
}

void fleet_take(struct fleet *f, const char *file, int64_t written_s, const char *text, size_t len)
{
	struct fleet_document *d;
	const char *error = NULL;
	struct report r = { .arena = f->scratch };
	struct arena_mark mark = arena_mark(&r.arena);
	struct stored s;

	if (stored_from_json(&r, &s, text, len, &error) < 0) {
		strings_add(&f->arena, &f->problems,
			    arena_printf(&f->arena, "'%s' is not a report: %s", file, error));
	} else {
		d = arena_push(&f->arena, &f->documents, &f->n_documents);
		*d = (struct fleet_document){
			.file = arena_strdup(&f->arena, file),
			.id = arena_strdup(&f->arena, s.id),
			.mac = fleet_mac(&f->arena, s.mac),
			.started = arena_strdup(&f->arena, r.started),
			.started_s = seconds_of(r.started),
			.end_s = -1,
			.written_s = written_s,
		};
		if (s.is_report)
			fill_report(&f->arena, d, &r);
	}
	arena_release(&r.arena, mark);
}

void fleet_init(struct fleet *f)
{
	memset(f, 0, sizeof(*f));
	/* Without it, each string of a document is an allocation of its own: slower. */
	arena_share(&f->scratch, SCRATCH);
	f->buffer = arena_alloc(&f->arena, FLEET_DOCUMENT_MAX + 2);
}

void fleet_free(struct fleet *f)
{
	arena_free(&f->scratch);
	arena_free(&f->arena);
}

static void expect_one(struct fleet *f, const char *s, size_t n)
{
	const char *comment = memchr(s, '#', n);

	n = comment ? (size_t)(comment - s) : n;
	while (n && isspace((unsigned char)*s))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (n)
		arena_push(&f->arena, &f->expected, &f->n_expected)->name =
			arena_strndup(&f->arena, s, n);
}

void fleet_expect(struct fleet *f, const char *text)
{
	f->expects = true;
	while (*text) {
		size_t n = strcspn(text, "\n");

		expect_one(f, text, n);
		text += n + (text[n] == '\n');
	}
}
