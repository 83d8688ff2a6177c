// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults that tests inject with `nestcheck.fault=`. A fault can only make a result worse, and the
 * report names each of them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/run.h"
#include "kvm/module.h"
#include "lib/error_text.h"
#include "lib/procfs.h"
#include "lib/terminal.h"

static bool inject_killed(struct run *run)
{
	(void)run;
	return !raise(SIGKILL);
}

static bool inject_silent(struct run *run)
{
	(void)run;
	while (true)
		pause();
	return true;
}

static bool inject_exit(struct run *run)
{
	(void)run;
	_exit(0);
}

/* If this returns, there was none. */
static bool inject_panic(struct run *run)
{
	int err = write_word("/proc/sysrq-trigger", "c");

	(void)run;
	complain("/proc/sysrq-trigger: %s", error_text(-err));
	return false;
}

static bool inject_vanish(struct run *run)
{
	(void)run;
	return !unlink("/dev/kvm");
}

/* As after XOFF from the other side: output stays in the kernel. */
static bool inject_stall(struct run *run)
{
	bool first = true, stalled = false;

	for (int i = 0; i < run->cs.n; i++) {
		struct console *c = &run->cs.c[i];

		if (c->kind == CONSOLE_SCREEN || c->fd < 0)
			continue;
		if (!first)
			stalled |= !tcflow(c->fd, TCOOFF);
		first = false;
	}
	return stalled;
}

/* The most common failure on an installed host: KVM works but offers L1 nothing. */
static bool inject_nested_off(struct run *run)
{
	const char *module = run->r.kvm.module;

	if (!module || module_remove(module))
		return false;
	return !module_insert(!strcmp(module, "kvm_amd") ? "/lib/modules/kvm-amd.ko" :
							   "/lib/modules/kvm-intel.ko",
			      "nested=0");
}

/* Before the log is watched, or between loading KVM and the self-test. */
static bool inject_warning(struct run *run)
{
	(void)run;
	return health_inject("WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 played [kvm]");
}

/*
 * stage: injected by play(), which returns whether it was, when this stage starts; NULL: other code checks for the name,
 * and adds it to r->selftest.faults_played. late: init injects it when the report is done.
 */
static const struct fault {
	const char *name;
	const char *stage;
	bool (*play)(struct run *run);
	bool late;
} faults[] = {
	{ "run-killed", "selftest", inject_killed, false },
	{ "run-silent", "selftest", inject_silent, false },
	{ "run-exit0", "selftest", inject_exit, false },
	{ "panic", "selftest", inject_panic, false },
	{ "kvm-vanish", "system", inject_vanish, false },
	{ "console-stall", "collect", inject_stall, false },
	{ "no-module", NULL, NULL, false },
	{ "l1-hang", NULL, NULL, false },
	{ "l1-triple-fault", NULL, NULL, false },
	{ "l0-warned-before", "collect", inject_warning, false },
	{ "l0-warns-loading", "system", inject_warning, false },
	{ "l0-warns", NULL, NULL, false },
	{ "l0-warns-elsewhere", NULL, NULL, false },
	{ "chain-l1-nested-off", "chain", inject_nested_off, false },
	{ "chain-l1-small", NULL, NULL, false },
	{ "chain-l1-locked", NULL, NULL, false },
	{ "chain-l2-panic", NULL, NULL, false },
	{ "chain-l2-hang", NULL, NULL, false },
	{ "chain-l2-digest", NULL, NULL, false },
	{ "exit-port", NULL, NULL, true },
};

#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

void fault_played(struct run *run, const char *name)
{
	strings_add(&run->r.arena, &run->r.selftest.faults_played, name);
}

void faults_inject(struct run *run, const char *stage)
{
	for (size_t i = 0; run->image && i < N_FAULTS; i++) {
		if (faults[i].stage && !strcmp(faults[i].stage, stage) &&
		    params_fault(&run->p, faults[i].name) && faults[i].play(run))
			fault_played(run, faults[i].name);
	}
}

static bool was_played(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->selftest.faults_played.n; i++)
		if (!strcmp(r->selftest.faults_played.s[i], name))
			return true;
	return false;
}

static void name_fault(struct report *r, const struct fault *fault, const char *requested)
{
	struct finding *f = arena_push(&r->arena, &r->findings, &r->n_findings);
	bool played = was_played(r, fault->name);

	f->id = played || fault->late ? "fault-played" : "fault-not-played";
	f->severity = SEVERITY_ADVICE;
	f->title = arena_printf(&r->arena, "the fault %s %s", fault->name,
				played	    ? "was injected on purpose" :
				fault->late ? "is injected on purpose after this report" :
					      "was requested, but nothing here played it");
	f->evidence = arena_printf(&r->arena, "parameter fault=%s", requested);
	f->remedy = "Remove the parameter nestcheck.fault to check the machine itself.";
}

void faults_name(struct run *run)
{
	for (size_t i = 0; run->image && i < N_FAULTS; i++)
		if (params_fault(&run->p, faults[i].name))
			name_fault(&run->r, &faults[i], run->p.fault);
}

/* Replaces the modules by files that the kernel refuses. */
const char *fault_module_dir(struct run *run, const char *dir)
{
	static const char *const files[] = { "kvm.ko", "kvm-intel.ko", "kvm-amd.ko" };
	static const char bad_dir[] = "/run/nestcheck.modules";

	if (!run->image || !params_fault(&run->p, "no-module"))
		return dir;
	mkdir(bad_dir, 0755);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/%s", bad_dir, files[i]);
		write_word(path, "this is not a kernel module\n");
	}
	return bad_dir;
}
