// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which documents are one machine's, and which of them counts. Pure.
 *
 * A machine is known by its id. If machines with several MACs say that they have it, each MAC is a
 * machine of its own: otherwise one of them would be hidden behind the other, which is a PASS that
 * nobody earned. A document with a MAC and no id is that machine's whose MAC it is.
 */
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"
#include "lib/lookup.h"
#include "report/judge.h"

/* Sorted: the documents of one machine in a row, the newest first. */
struct owned {
	const char *id, *mac; /* "" for none; if there is neither, mac has the file's name */
	const struct fleet_document *d;
};

/* "lab/rack1-07.json": rack1-07 */
static const char *file_name(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	size_t n = strlen(name), ending = strlen(".json");

	return arena_strndup(a, name,
			     n > ending && !strcmp(name + n - ending, ".json") ? n - ending : n);
}

static int newer_first(const struct fleet_document *a, const struct fleet_document *b)
{
	if (a->started_s != b->started_s)
		return a->started_s > b->started_s ? -1 : 1;
	if (a->written_s != b->written_s)
		return a->written_s > b->written_s ? -1 : 1;
	return strcmp(b->file, a->file);
}

static int by_owner(const void *pa, const void *pb)
{
	const struct owned *a = pa, *b = pb;
	int order = strcmp(a->id, b->id);

	order = order ? order : strcmp(a->mac, b->mac);
	return order ? order : newer_first(a->d, b->d);
}

/* The id that all documents with a MAC and an id give to that MAC; NULL: none, or several. */
static const char *id_of_mac(const struct lookup *macs, const struct fleet_document *documents,
			     const char *mac)
{
	const struct lookup_entry *e = lookup_find(macs, mac);
	const char *id = e ? documents[e->at].id : NULL;

	for (; e; e = lookup_next(macs, e))
		if (strcmp(documents[e->at].id, id))
			return NULL;
	return id;
}

/* By its own words, or else by its file: the path if several files have that name. */
static void set_owners(struct fleet *f, struct owned *o)
{
	struct lookup files = { NULL, 0 };
	const struct lookup_entry *e;

	for (size_t i = 0; i < f->n_documents; i++) {
		const struct fleet_document *d = &f->documents[i];

		o[i] = (struct owned){ d->id ? d->id : "", d->mac ? d->mac : "", d };
		if (!d->id && !d->mac)
			lookup_add(&f->arena, &files, file_name(&f->arena, d->file), i);
	}
	lookup_sort(&files);
	for (size_t i = 0; i < files.n; i++) {
		e = lookup_find(&files, files.e[i].name);
		o[files.e[i].at].mac = lookup_next(&files, e) ? f->documents[files.e[i].at].file :
								files.e[i].name;
	}
}

static struct owned *owners(struct fleet *f)
{
	struct owned *o = arena_alloc(&f->arena, f->n_documents * sizeof(*o));
	struct lookup macs = { NULL, 0 };
	const char *last_mac = NULL, *last_id = NULL;

	for (size_t i = 0; i < f->n_documents; i++)
		if (f->documents[i].id && f->documents[i].mac)
			lookup_add(&f->arena, &macs, f->documents[i].mac, i);
	lookup_sort(&macs);
	set_owners(f, o);
	qsort(o, f->n_documents, sizeof(*o), by_owner);
	/* Those without an id come first, by MAC: each MAC is looked up once. */
	for (size_t i = 0; i < f->n_documents && !*o[i].id; i++) {
		if (!o[i].d->mac)
			continue;
		if (!last_mac || strcmp(last_mac, o[i].mac)) {
			last_mac = o[i].mac;
			last_id = id_of_mac(&macs, f->documents, last_mac);
		}
		if (last_id)
			o[i].id = last_id;
	}
	qsort(o, f->n_documents, sizeof(*o), by_owner);
	return o;
}

/* The end of the run of documents that have o[at]'s id, and whether they have several MACs. */
static size_t same_id(const struct owned *o, size_t n, size_t at, bool *several)
{
	const char *mac = o[at].mac;
	size_t end = at + 1;

	*several = false;
	for (; end < n && !strcmp(o[end].id, o[at].id); end++) {
		if (*mac && strcmp(mac, o[end].mac))
			*several = true;
		mac = o[end].mac;
	}
	return end;
}

/* The machine of these documents. */
static void add_machine(struct fleet *f, const struct owned *o, size_t n, const char *name)
{
	struct fleet_machine *m = arena_push(&f->arena, &f->machines, &f->n_machines);
	const struct fleet_document *report = NULL, *note = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct fleet_document **newest = o[i].d->report ? &report : &note;

		if (!*newest || newer_first(o[i].d, *newest) < 0)
			*newest = o[i].d;
	}
	*m = (struct fleet_machine){
		.name = name,
		.at = report ? report : note,
		.documents = n,
		.group = SIZE_MAX,
		.alike = SIZE_MAX,
	};
	/* The note of the run that the report is of was written before its end. */
	if (note && (!report || note->started_s > report->end_s))
		m->pending = note;
}

static void add_machines(struct fleet *f, const struct owned *o, size_t n)
{
	size_t end, next;
	bool several;

	for (size_t at = 0; at < n; at = end) {
		end = same_id(o, n, at, &several);
		if (*o[at].id && !several) {
			add_machine(f, o + at, end - at, o[at].id);
			continue;
		}
		for (; at < end; at = next) {
			for (next = at + 1; next < end && !strcmp(o[next].mac, o[at].mac);)
				next++;
			add_machine(f, o + at, next - at,
				    !*o[at].id ? o[at].mac :
						 arena_printf(&f->arena, "%s (%s)", o[at].id,
							      *o[at].mac ? o[at].mac : "no MAC"));
		}
	}
}

/* rack1-2 before rack1-10. */
static int by_name(const void *pa, const void *pb)
{
	const struct fleet_machine *a = pa, *b = pb;
	int order = strverscmp(a->name, b->name);

	return order ? order : strcmp(a->at->file, b->at->file);
}

/* An expected name may be the machine's id, its MAC, or its file's name. */
static void match_expected(struct fleet *f)
{
	struct lookup names = { NULL, 0 };

	for (size_t i = 0; i < f->n_machines; i++) {
		const struct fleet_document *d = f->machines[i].at;

		lookup_add(&f->arena, &names, f->machines[i].name, i);
		if (d->id)
			lookup_add(&f->arena, &names, d->id, i);
		if (d->mac)
			lookup_add(&f->arena, &names, d->mac, i);
	}
	lookup_sort(&names);
	for (size_t i = 0; i < f->n_expected; i++) {
		struct fleet_expected *x = &f->expected[i];
		const struct lookup_entry *e = lookup_find(&names, x->name);

		if (!e)
			e = lookup_find(&names, fleet_mac(&f->arena, x->name));
		x->seen = e;
		for (; e; e = lookup_next(&names, e))
			f->machines[e->at].expected = true;
		f->n_never += !x->seen;
	}
}

void fleet_find_machines(struct fleet *f)
{
	add_machines(f, owners(f), f->n_documents);
	if (f->n_machines)
		qsort(f->machines, f->n_machines, sizeof(f->machines[0]), by_name);
	for (size_t i = 0; i < f->n_machines; i++) {
		struct fleet_machine *m = &f->machines[i];

		m->expected = !f->expects;
		f->n_pending += m->pending != NULL;
		if (m->at->report)
			f->verdicts[fleet_verdict(m)]++;
	}
	match_expected(f);
}

enum verdict_result fleet_verdict(const struct fleet_machine *m)
{
	return m->at->report && !m->at->doubt ? m->at->report->verdict.result : VERDICT_NONE;
}

const char *fleet_state(const struct fleet_machine *m)
{
	const char *name = verdict_name(fleet_verdict(m));

	return m->pending ? "started" : name ? name : "no verdict";
}

bool fleet_passed(const struct fleet_machine *m)
{
	return fleet_verdict(m) == VERDICT_PASS && !m->pending;
}

int fleet_status(const struct fleet *f)
{
	bool passed = !f->n_never, doubtful = f->problems.n || (!f->n_machines && !f->n_never);

	for (size_t i = 0; i < f->n_machines; i++) {
		const struct fleet_machine *m = &f->machines[i];

		if (!m->expected)
			continue;
		passed &= fleet_passed(m);
		doubtful |= m->at->report && fleet_verdict(m) == VERDICT_NONE;
	}
	return doubtful ? verdict_exit_status(VERDICT_ERROR) :
	       passed	? 0 :
			  verdict_exit_status(VERDICT_FAIL);
}
