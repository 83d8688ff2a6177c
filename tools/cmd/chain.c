// SPDX-License-Identifier: GPL-2.0-only
/* nestcheck chain: Linux in Linux in Linux, with any kernel. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "chain/chain.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/number.h"
#include "lib/shell.h"
#include "lib/streams.h"
#include "lib/terminal.h"
#include "lib/vendor.h"
#include "report/judge.h"
#include "report/render.h"
#include "selftest/guard.h"
#include "selftest/health.h"

#define MIB	       (UINT64_C(1) << 20)
#define MEMORY_MAX_MIB (1024 * 1024)

/* Options as given; NULL: absent. */
struct arguments {
	const char *kernel, *initrd, *smp, *memory, *depth, *timeout, *fault;
	struct option_values msrs;
};

static bool bad_value(const char *option, const char *takes, const char *word)
{
	complain("%s takes %s, not '%s'", option, takes, word);
	return false;
}

/* MiB, or with a suffix M or G. */
static bool parse_memory(const char *word, uint64_t *to)
{
	const char *end = word;
	uint64_t v;

	if (!word)
		return true;
	if (!number_take(&end, MEMORY_MAX_MIB, &v))
		return bad_value("--memory", "MiB from 64 on, or 2G", word);
	if (*end == 'G' || *end == 'g')
		v *= 1024;
	if (*end && strchr("MmGg", *end))
		end++;
	if (*end || v < MACHINE_MEMORY_MIN / MIB || v > MEMORY_MAX_MIB)
		return bad_value("--memory", "MiB from 64 on, or 2G", word);
	*to = v * MIB;
	return true;
}

static bool parse_msr(const char *word, struct machine_msr *to)
{
	const char *equals = strchr(word, '=');
	uint64_t index, value;
	char left[32];

	snprintf(left, sizeof(left), "%.*s", equals ? (int)(equals - word) : 0, word);
	if (equals && equals - word < (ptrdiff_t)sizeof(left) &&
	    number_parse_c(left, 0, UINT32_MAX, &index) &&
	    number_parse_c(equals + 1, 0, UINT64_MAX, &value)) {
		*to = (struct machine_msr){ (uint32_t)index, value };
		return true;
	}
	return bad_value("--l1-msr", "a register and its value, like 0x3a=1", word);
}

static bool parse_arguments(const struct arguments *w, struct chain_options *o,
			    struct machine_msr msrs[OPTION_VALUES_MAX])
{
	unsigned int seconds = 0;

	o->kernel = w->kernel;
	o->initrd = w->initrd;
	o->faults = w->fault;
	o->msrs = msrs;
	for (; o->n_msrs < w->msrs.n; o->n_msrs++)
		if (!parse_msr(w->msrs.v[o->n_msrs], &msrs[o->n_msrs]))
			return false;
	if (!option_number("--smp", w->smp, 1, MACHINE_CPUS_MAX, &o->cpus) ||
	    !option_number("--depth", w->depth, 2, CHAIN_DEPTH_MAX, &o->depth) ||
	    !option_number("--timeout", w->timeout, 1, 3600, &seconds) ||
	    !parse_memory(w->memory, &o->memory))
		return false;
	o->silence_ms = seconds * 1000;
	return true;
}

static void on_stage(unsigned int level, enum chain_stage stage, uint64_t us, void *data)
{
	(void)data;
	print("L%u %5" PRIu64 ".%03" PRIu64 " s  %s\n", level, us / 1000000, us / 1000 % 1000,
	      chain_stage_texts[stage]);
	stdout_written_or_end();
}

static void on_console(unsigned int level, const char *line, void *data)
{
	(void)data;
	print("L%u| %s\n", level, line);
	stdout_written_or_end();
}

static void print_chain(const struct report *r)
{
	struct text t = { 0 };

	render_chain(&t, r);
	print_text(&t);
}

static int run_guarded(struct report *r, struct guard *g, void *data)
{
	struct chain_options *o = data;

	o->guard = g;
	return chain_run(r, o);
}

/* Hints for a chain that could not start. */
static void print_hint(const struct arguments *w)
{
	struct utsname u;

	if (!w->kernel && access(CHAIN_KERNEL, R_OK) && !uname(&u))
		complain("name the kernel for L1 and L2, and an initrd with KVM's "
			 "modules: --kernel /boot/vmlinuz-%s --initrd /boot/initrd.img-%s",
			 shell_plain(u.release) ? u.release : "$(uname -r)",
			 shell_plain(u.release) ? u.release : "$(uname -r)");
	if (access("/dev/kvm", R_OK | W_OK))
		complain("is KVM loaded with nesting on? See nestcheck load");
}

int cmd_chain(int argc, char **argv)
{
	struct arguments w = { .kernel = NULL };
	struct chain_options o = { .kernel = NULL };
	struct machine_msr msrs[OPTION_VALUES_MAX];
	bool json = false, quiet = false, verbose = false;
	const struct option_row rows[] = {
		{ "--kernel", "FILE", "vmlinux or bzImage for L1 and L2; the image has its own",
		  &w.kernel },
		{ "--initrd", "FILE", "an additional initrd, with KVM's modules for L1",
		  &w.initrd },
		{ "--smp", "N", "CPUs of each level; default 2", &w.smp },
		{ "--memory", "M", "L1's, in MiB; default: what it needs", &w.memory },
		{ "--depth", "N", "3: try an L3 in L2, too", &w.depth },
		{ "--l1-msr", "IDX=VAL...", "preset as L1's firmware would: 0x3a=1 locks VMX off",
		  &w.msrs },
		{ "--timeout", "S", "how long L1 may be silent; 15, more under an emulator",
		  &w.timeout },
		{ "--fault", "NAME", "for the tests: chain-l2-panic, chain-l2-hang ...", &w.fault },
		{ "--verbose", NULL, "show each level's console as it comes", &verbose },
		OPTION_JSON(&json),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck chain --kernel FILE [--initrd FILE] [options]",
		.about =
			"Boots Linux as L1 in nestcheck's own VMM. L1 loads KVM and boots Linux as "
			"L2, which proves that it runs. KVM must be loaded here with nesting on "
			"(nestcheck load). Exit status: 0 L2 proved itself, 1 a level failed, 3 "
			"the CPU has no virtualization, 4 it could not be tried, or a file cannot "
			"be used.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	const char *bad_input;
	struct health health;
	struct report r;
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!parse_arguments(&w, &o, msrs))
		return EXIT_USAGE;
	if (!json && !quiet)
		o.progress = on_stage;
	if (!json && verbose)
		o.console = on_console;
	report_init(&r);
	bad_input = chain_input_problem(&r.arena, w.kernel, w.initrd);
	if (bad_input) {
		complain("%s", bad_input);
		report_free(&r);
		return verdict_exit_status(VERDICT_ERROR);
	}
	set_started(&r);
	health_watch(&health);
	collect_hardware(&r);
	r.kvm.module = vendor_module(r.cpu.vendor);
	kvm_load_in_image(&r);
	collect_system(&r);
	if (guard_run(&r, run_guarded, &o) < 0)
		print_hint(&w);
	collect_taint_after(&r);
	health_conclude(&health, &r);
	diagnose(&r);
	judge_chain(&r);
	if (json)
		print_report_json(&r);
	else if (!quiet)
		print_chain(&r);
	else if (r.verdict.result != VERDICT_PASS)
		complain("%s", r.verdict.reason);
	status = verdict_exit_status(r.verdict.result);
	report_free(&r);
	return status;
}
