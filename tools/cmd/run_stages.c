// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stages of `nestcheck run`, in order (design.md, "Stages").
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/chain.h"
#include "cmd/lines.h"
#include "cmd/run.h"
#include "diagnose/diagnose.h"
#include "diagnose/kvm_defects.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/glob_list.h"
#include "lib/manifest.h"
#include "lib/procfs.h"
#include "lib/status.h"
#include "lib/terminal.h"
#include "lib/vendor.h"
#include "report/judge.h"
#include "report/render.h"
#include "selftest/selftest.h"

/*
 * Limits for writing the report, and then the verdict's line, to the consoles, at hardware's pace.
 */
#define REPORT_MS  1000
#define VERDICT_MS 500

/* With the full self-test, as if it were a case; with the quick one if only= names it. */
static bool wants_chain(const struct run *run)
{
	const char *only = run->p.only, *skip = run->p.skip;

	if (run->p.selftest == SELFTEST_SOAK || (*skip && glob_list_matches(skip, "chain")))
		return false;
	if (run->p.selftest == SELFTEST_FULL)
		return !*only || glob_list_matches(only, "chain");
	return params_list_has(only, "chain");
}

static void stage_collect(struct run *run)
{
	health_watch(&run->health);
	if (run->image || kvm_in_image())
		manifest_modified(&run->r.arena, !run->image, run->found, &run->r.modified);
	collect_hardware(&run->r);
}

/*
 * Outside the image only `load` and `setup` load modules, because their user asked for it. In the
 * image's shell (mode=shell, before any check) nobody else has loaded KVM.
 */
static void stage_load(struct run *run)
{
	if (run->image) {
		kvm_load(&run->r, fault_module_dir(run, kvm_default_module_dir()));
		/* Without a module for this CPU, none was inserted. */
		if (params_fault(&run->p, "no-module") && run->r.kvm.module && run->r.kvm.error)
			fault_played(run, "no-module");
		return;
	}
	run->r.kvm.module = vendor_module(run->r.cpu.vendor);
	kvm_load_in_image(&run->r);
}

static void stage_system(struct run *run)
{
	collect_system(&run->r);
	if (!run->image)
		collect_software(&run->r);
}

static void on_case(const struct case_outcome *c, size_t index, size_t total, void *data)
{
	struct run *run = data;
	char text[128];

	status_case(c->name, index, total, case_result_name(c->result));
	lines_begin(run, total);
	lines_case(run, c);
	if (run->terminal) {
		snprintf(text, sizeof(text), "self-test %zu/%zu %s", index, total, c->name);
		show_progress(run, text);
	}
}

/*
 * kernel/watchdog.c: a CPU whose idle task gets no time for twice as long is a soft lockup, which
 * our kernel panics for. Two levels down on a busy host the timer's interrupts alone can take it.
 */
#define WATCHDOG_FILE  "/proc/sys/kernel/watchdog_thresh"
#define WATCHDOG_S     10
#define WATCHDOG_MAX_S 60

static void on_pace(unsigned int scale, void *data)
{
	const struct run *run = data;
	char text[16];
	int n;

	status_pace(scale);
	if (!run->image || scale < 2)
		return;
	n = snprintf(text, sizeof(text), "%u",
		     scale * WATCHDOG_S < WATCHDOG_MAX_S ? scale * WATCHDOG_S : WATCHDOG_MAX_S);
	write_file(WATCHDOG_FILE, text, (size_t)n);
}

static void on_chain(unsigned int level, enum chain_stage stage, uint64_t us, void *data)
{
	struct run *run = data;
	char text[128];

	(void)us;
	snprintf(text, sizeof(text), "chain L%u: %s", level, chain_stage_texts[stage]);
	status_alive(text);
	if (run->terminal)
		show_progress(run, text);
}

static void run_chain(struct run *run, struct guard *g)
{
	struct chain_options o = {
		.depth = run->p.depth,
		.guard = g,
		.progress = on_chain,
		.data = run,
	};

	/* Shorter than init's limit: init gives up after timeout_s without a status line. */
	if (run->p.timeout_set)
		o.silence_ms = run->p.timeout_s * 750;
	if (run->image)
		o.faults = run->p.fault;
	faults_inject(run, "chain");
	status_alive("chain");
	if (run->image)
		show_progress(run, "running Linux in Linux in Linux");
	chain_run(&run->r, &o);
}

/* The requested fault that the self-test itself injects, or NULL. */
static const char *first_fault(const struct run *run)
{
	static const char *const names[] = { "l1-hang", "l1-triple-fault", "l0-warns",
					     "l0-warns-elsewhere" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (params_fault(&run->p, names[i]))
			return names[i];
	return NULL;
}

static bool tolerated(const struct report *r, const struct case_outcome *c)
{
	return !case_fails(r, c);
}

/* Tests only: elsewhere params.c does not accept the key. */
static void set_below(struct run *run)
{
	static const struct {
		const char *name;
		enum emulator emulator;
	} emulators[] = {
		[BELOW_NONE] = { NULL, EMULATOR_NONE },
		[BELOW_TCG] = { "tcg", EMULATOR_TCG },
		[BELOW_BOCHS] = { "bochs", EMULATOR_BOCHS },
	};
	const char *name = emulators[run->p.below].name;

	if (!name)
		return;
	run->below = emulators[run->p.below].emulator;
	if (emulator_below(&run->r.facts, EMULATOR_NONE) !=
	    emulator_below(&run->r.facts, run->below))
		run->r.selftest.below = name;
	else
		params_problem(&run->p, "below=%s: no such emulator is below a KVM here, ignored",
			       name);
}

/* Everything that runs on KVM. */
static int run_on_kvm(struct report *r, struct guard *g, void *data)
{
	struct run *run = data;
	struct selftest_options o = {
		.quick = run->p.selftest == SELFTEST_QUICK,
		.guard = g,
		.below = run->below,
		.on_host = !run->image,
		.only = run->p.only,
		.skip = run->p.skip,
		.cost = true,
		.tolerated = tolerated,
		.paced = on_pace,
		.progress = on_case,
		.data = run,
	};

	if (run->p.selftest == SELFTEST_SOAK)
		o.soak_s = run->p.soak_s;
	if (run->image)
		o.fault = first_fault(run);
	selftest_run(r, &o);
	/* After a warning of the host's kernel nothing more is run on it. */
	if (!r->selftest.error && wants_chain(run))
		run_chain(run, g);
	return 0;
}

/* A case that was to be skipped and is not, for a slip of the pen, may be the one that hangs. */
static void name_unknown_case(struct run *run, const char *key, const char *list)
{
	const char *glob = selftest_unknown_case(&run->r.arena, list);

	if (glob)
		params_problem(&run->p, "%s: no case is called \"%s\" (nestcheck selftest --list)",
			       key, glob);
}

/* In the image init waits, and a crash is a result. */
static void stage_selftest(struct run *run)
{
	struct report *r = &run->r;

	if (run->p.selftest == SELFTEST_OFF) {
		r->selftest.partial = "selftest=off";
		return;
	}
	run->wants_chain = wants_chain(run);
	set_below(run);
	/* Without KVM the self-test cannot run, and the reason is already known. */
	if (r->kvm.error || !r->kvm.module)
		return;
	name_unknown_case(run, "only", run->p.only);
	name_unknown_case(run, "skip", run->p.skip);
	if (run->p.depth != 2 && !wants_chain(run))
		params_problem(&run->p,
			       "depth=%u applies to the chain, which was not run: it needs "
			       "selftest=full",
			       run->p.depth);
	if (run->image)
		run_on_kvm(r, NULL, run);
	else
		guard_run(r, run_on_kvm, run);
	collect_taint_after(r);
	health_conclude(&run->health, r);
}

static void stage_diagnose(struct run *run)
{
	struct report *r = &run->r;

	lines_end(run);
	/* The network may have come up while the self-test ran. */
	if (run->image)
		find_mac(r);
	sinks_check(run);
	for (size_t i = 0; i < run->p.problems.n; i++)
		strings_add(&r->arena, &r->param_problems,
			    arena_strdup(&r->arena, run->p.problems.s[i]));
	diagnose(r);
	faults_name(run);
}

static void stage_judge(struct run *run)
{
	if (run->r.replayed)
		judge_findings(&run->r);
	else
		judge_run(&run->r);
}

/* The number of screen rows that a line takes. */
static int rows_of(const char *line, int columns)
{
	return ((int)strlen(line) + columns - 1) / columns;
}

static void stage_render(struct run *run)
{
	static const char prefix[] = "nestcheck: VERDICT ";
	char text[sizeof(run->verdict) - sizeof(prefix)];
	bool judged = run->r.verdict.result != VERDICT_NONE;
	int scale = (int)pace_scale(&run->r.selftest.pace);

	verdict_text(text, sizeof(text), &run->r);
	snprintf(run->verdict, sizeof(run->verdict), "%s%s", prefix, text);
	for (int i = 0; i < run->cs.n && !run->quiet; i++) {
		struct console *c = &run->cs.c[i];
		struct text t = { .s = NULL };

		/* Below the report: the verdict's line, init's choices, the cursor. */
		if (c->kind == CONSOLE_SCREEN)
			render_screen(&t, &run->r, c->columns,
				      c->rows - rows_of(run->verdict, c->columns) - 2);
		else
			render_plain(&t, &run->r);
		if (c->kind != CONSOLE_SCREEN)
			text_add(&t, "\n");
		/* A program reads all of it: a console's queue would drop what is too long for it. */
		if (run->stdout_only)
			print_text(&t);
		else
			console_text(c, &t);
		text_free(&t);
	}
	consoles_flush(&run->cs, REPORT_MS * scale);
	if (!judged)
		return;
	consoles_line(&run->cs, run->verdict, VERDICT_MS * scale);
	status_verdict(text);
}

const struct stage run_stages[] = {
	{ "collect", "examining the CPUs and the firmware", stage_collect },
	{ "load", "loading KVM", stage_load },
	{ "system", NULL, stage_system },
	{ "selftest", "running L2 guests in L1", stage_selftest },
	{ "diagnose", NULL, stage_diagnose },
	{ "judge", NULL, stage_judge },
	{ "render", NULL, stage_render },
};

const size_t n_run_stages = sizeof(run_stages) / sizeof(run_stages[0]);

const struct stage replay_stages[] = {
	{ "diagnose", NULL, stage_diagnose },
	{ "judge", NULL, stage_judge },
	{ "render", NULL, stage_render },
};

const size_t n_replay_stages = sizeof(replay_stages) / sizeof(replay_stages[0]);
