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
#include "lib/procfs.h"

static void inject_killed(struct run *run)
{
	(void)run;
	raise(SIGKILL);
}

static void inject_silent(struct run *run)
{
	(void)run;
	for (;;)
		pause();
}

static void inject_exit(struct run *run)
{
	(void)run;
	_exit(0);
}

static void inject_panic(struct run *run)
{
	int err = write_word("/proc/sysrq-trigger", "c");

	(void)run;
	if (err)
		fprintf(stderr, "nestcheck: /proc/sysrq-trigger: %s\n", strerror(-err));
}

static void inject_vanish(struct run *run)
{
	(void)run;
	unlink("/dev/kvm");
}

/* As after XOFF from the other side: output stays in the kernel. */
static void inject_stall(struct run *run)
{
	bool first = true;

	for (int i = 0; i < run->cs.n; i++) {
		struct console *c = &run->cs.c[i];

		if (c->kind == CONSOLE_SCREEN || c->fd < 0)
			continue;
		if (!first)
			tcflow(c->fd, TCOOFF);
		first = false;
	}
}

/* The most common failure on an installed host: KVM works but offers L1 nothing. */
static void inject_nested_off(struct run *run)
{
	const char *module = run->r.kvm.module;

	if (!module || module_remove(module))
		return;
	module_insert(!strcmp(module, "kvm_amd") ? "/lib/modules/kvm-amd.ko" :
						   "/lib/modules/kvm-intel.ko",
		      "nested=0");
}

/* Before the log is watched, or between loading KVM and the self-test. */
static void inject_warning(struct run *run)
{
	(void)run;
	health_inject("WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 played [kvm]");
}

/* stage: injected when this stage starts; NULL: other code checks for the name. */
static const struct {
	const char *name;
	const char *stage;
	void (*play)(struct run *run);
} faults[] = {
	{ "run-killed", "selftest", inject_killed },
	{ "run-silent", "selftest", inject_silent },
	{ "run-exit0", "selftest", inject_exit },
	{ "panic", "selftest", inject_panic },
	{ "kvm-vanish", "system", inject_vanish },
	{ "console-stall", "collect", inject_stall },
	{ "no-module", NULL, NULL },
	{ "l1-hang", NULL, NULL },
	{ "l1-triple-fault", NULL, NULL },
	{ "l0-warned-before", "collect", inject_warning },
	{ "l0-warns-loading", "system", inject_warning },
	{ "l0-warns", NULL, NULL },
	{ "l0-warns-elsewhere", NULL, NULL },
	{ "chain-l1-nested-off", "chain", inject_nested_off },
	{ "chain-l1-small", NULL, NULL },
	{ "chain-l1-locked", NULL, NULL },
	{ "chain-l2-panic", NULL, NULL },
	{ "chain-l2-hang", NULL, NULL },
	{ "chain-l2-digest", NULL, NULL },
	{ "exit-port", NULL, NULL },
};

#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

void faults_inject(struct run *run, const char *stage)
{
	for (size_t i = 0; run->image && i < N_FAULTS; i++) {
		if (faults[i].stage && !strcmp(faults[i].stage, stage) &&
		    params_fault(&run->p, faults[i].name))
			faults[i].play(run);
	}
}

void faults_name(struct run *run)
{
	struct report *r = &run->r;

	for (size_t i = 0; run->image && i < N_FAULTS; i++) {
		struct finding *f;

		if (!params_fault(&run->p, faults[i].name))
			continue;
		f = arena_push(&r->arena, &r->findings, &r->n_findings);
		f->id = "fault-played";
		f->severity = SEVERITY_ADVICE;
		f->title = arena_printf(&r->arena, "the fault %s was injected on purpose",
					faults[i].name);
		f->evidence = arena_printf(&r->arena, "parameter fault=%s", run->p.fault);
		f->remedy = "Remove the parameter nestcheck.fault to check the machine itself.";
	}
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
