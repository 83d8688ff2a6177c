// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults are said to be played only if they were.
 */
#include "machine.h"

#include <stdio.h>

#include "chain/record.h"
#include "cmd/run.h"
#include "lib/params_table.h"

/* Every name of fault=, except that with which nestcheck is not started at all. */
static size_t fault_names(const char *names[32])
{
	static char words[512];
	size_t n = 0;

	for (size_t i = 0; i < n_param_rows; i++)
		if (!strcmp(param_rows[i].key, "fault"))
			snprintf(words, sizeof(words), "%s", param_rows[i].takes);
	for (char *word = strtok(words, ","); word; word = strtok(NULL, ","))
		if (strcmp(word, "run-missing") != 0)
			names[n++] = word;
	assert_true(n > 15 && n < 32);
	return n;
}

static const struct finding *finding_about(const struct report *r, const char *fault)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		char title[96];

		snprintf(title, sizeof(title), "the fault %s ", fault);
		if (!strncmp(r->findings[i].title, title, strlen(title)))
			return &r->findings[i];
	}
	return NULL;
}

static void named(struct run *run, const char *fault)
{
	run->image = true;
	snprintf(run->p.fault, sizeof(run->p.fault), "%s", fault);
	faults_name(run);
}

/* Each alone, where nothing played it, and where it was played. */
static void each_name(void **state)
{
	const char *names[32];
	size_t n = fault_names(names);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (int played = 0; played < 2; played++) {
			static struct run run;
			bool late = !strcmp(names[i], "exit-port");
			const struct finding *f;

			memset(&run, 0, sizeof(run));
			report_init(&run.r);
			if (played)
				fault_played(&run, names[i]);
			named(&run, names[i]);
			assert_int_equal(run.r.n_findings, 1);
			f = finding_about(&run.r, names[i]);
			if (!f ||
			    strcmp(f->id, played || late ? "fault-played" : "fault-not-played"))
				fail_msg("%s, played %d: %s", names[i], played, f ? f->id : "none");
			assert_int_equal(strstr(f->title, "was injected") != NULL, played);
			report_free(&run.r);
		}
}

/* One of two; and none of them outside the image, where no fault is injected. */
static void some(void **state)
{
	static struct run run;

	(void)state;
	report_init(&run.r);
	fault_played(&run, "l1-hang");
	named(&run, "l1-hang,l0-warns");
	assert_string_equal(finding_about(&run.r, "l1-hang")->id, "fault-played");
	assert_string_equal(finding_about(&run.r, "l0-warns")->id, "fault-not-played");
	assert_null(finding_about(&run.r, "panic"));
	run.r.n_findings = 0;
	run.image = false;
	faults_name(&run);
	assert_int_equal(run.r.n_findings, 0);
	report_free(&run.r);
}

/* By the furthest stages of L1 and L2. */
static void of_the_chain(void **state)
{
	static const char all[] = "chain-l1-small,chain-l1-locked,chain-l2-panic,chain-l2-hang,"
				  "chain-l2-digest";
	static const struct {
		const char *requested;
		enum chain_stage l1, l2;
		const char *played;
	} rows[] = {
		{ all, CHAIN_NOT_STARTED, CHAIN_NOT_STARTED, "" },
		{ "chain-l1-small", CHAIN_ENTERED, CHAIN_NOT_STARTED, "chain-l1-small" },
		{ "chain-l1-locked", CHAIN_KVM, CHAIN_NOT_STARTED, "chain-l1-locked" },
		{ "chain-l2-panic", CHAIN_NEXT, CHAIN_INIT, "" },
		{ "chain-l2-panic", CHAIN_NEXT, CHAIN_HASHING, "chain-l2-panic" },
		{ "chain-l2-hang", CHAIN_NEXT, CHAIN_NOT_STARTED, "" },
		{ "chain-l2-hang", CHAIN_NEXT, CHAIN_HASHING, "chain-l2-hang" },
		{ "chain-l2-digest", CHAIN_NEXT, CHAIN_HASHING, "" },
		{ "chain-l2-digest", CHAIN_NEXT, CHAIN_CPUS, "chain-l2-digest" },
		/* L2 panics before it could do anything else. */
		{ all, CHAIN_NEXT, CHAIN_HASHING, "chain-l1-small chain-l1-locked chain-l2-panic" },
		{ "l1-hang", CHAIN_OFF, CHAIN_OFF, "" },
		{ NULL, CHAIN_OFF, CHAIN_OFF, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct chain_record rec;
		struct report r;
		char played[128] = "";

		report_init(&r);
		rec.levels[1].reached = rows[i].l1;
		rec.levels[2].reached = rows[i].l2;
		chain_faults_played(&r, &rec, rows[i].requested);
		for (size_t k = 0; k < r.selftest.faults_played.n; k++)
			snprintf(played + strlen(played), sizeof(played) - strlen(played), "%s%s",
				 k ? " " : "", r.selftest.faults_played.s[k]);
		if (strcmp(played, rows[i].played) != 0)
			fail_msg("row %zu: %s", i, played);
		report_free(&r);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name),
		cmocka_unit_test(some),
		cmocka_unit_test(of_the_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
