// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck selftest: runs the cases, without a verdict on the machine.
 */
#include "cmd/cmd.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/costs.h"
#include "cmd/options.h"
#include "diagnose/kvm_defects.h"
#include "facts/facts.h"
#include "l1/abi.h"
#include "lib/error_text.h"
#include "lib/hw/cpuid.h"
#include "lib/params.h"
#include "lib/streams.h"
#include "lib/terminal.h"
#include "report/render.h"
#include "selftest/health.h"
#include "selftest/selftest.h"

/* A failure must stand out in the column. */
static const char *result_word(enum case_result r)
{
	return r == CASE_FAIL ? "FAIL" : case_result_name(r);
}

static void print_list(struct report *r)
{
	enum cpu_vendor vendors[] = { r->cpu.vendor, VENDOR_INTEL, VENDOR_AMD };
	bool known = r->cpu.vendor == VENDOR_INTEL || r->cpu.vendor == VENDOR_AMD;
	struct text t = { 0 };

	/* The cases for this machine, or all if it has no virtualization. */
	for (size_t v = known ? 0 : 1; v < (known ? 1 : 3); v++) {
		struct selftest_case *cases;
		size_t n = selftest_list(&r->arena, vendors[v], &cases);

		for (size_t i = 0; i < n; i++)
			text_addf(&t, "%-36s %3u entries%s%s\n", cases[i].name, cases[i].entries,
				  cases[i].core ? ", core" : "",
				  cases[i].unproven ? ", unproven" : "");
	}
	print_text(&t);
}

/* What is shown during the run: a line per case or, if there are many, per pass. */
struct show {
	bool many;     /* repeated: lines only for passes through the cases and for failures */
	bool terminal; /* a line on stderr that is overwritten */
};

static void clear_line(const struct show *show)
{
	if (show->terminal)
		print_error("\r\033[K");
}

static void print_pass(unsigned int pass, unsigned int cpu, void *data)
{
	const struct show *show = data;

	if (!show->many)
		return;
	clear_line(show);
	print("pass %u, on CPU %u\n", pass, cpu);
	stdout_written_or_end();
}

static void print_case(const struct case_outcome *c, size_t index, size_t total, void *data)
{
	const struct show *show = data;
	struct text t = { 0 };

	clear_line(show);
	if (!show->many || c->result == CASE_FAIL) {
		text_addf(&t, "%3zu/%zu %-5s %-36s %8.1f ms %5llu entries\n", index, total,
			  result_word(c->result), c->name, (double)c->us / 1000,
			  (unsigned long long)c->nested_run);
		if (c->detail)
			text_wrap(&t, 8, NULL, c->detail);
		print_text(&t);
		stdout_written_or_end();
	}
	if (show->terminal && index < total)
		print_error("\r\033[K%zu of %zu done, last %.40s", index, total, c->name);
}

static size_t count(const struct selftest_state *s, enum case_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_cases; i++)
		n += s->cases[i].result == result;
	return n;
}

static void print_summary(const struct selftest_state *s)
{
	if (!s->n_cases)
		return;
	print("%zu passed, %zu failed, %zu skipped, %zu expected to fail; L2 was entered %llu times\n",
	      count(s, CASE_PASS), count(s, CASE_FAIL), count(s, CASE_SKIP), count(s, CASE_XFAIL),
	      (unsigned long long)s->nested_run);
	if (s->passes > 1)
		print("%u passes through the cases\n", s->passes);
	print_costs(s);
}

/* What the CPU reports: KVM cannot offer more. */
static bool cpu_can(const struct facts *f)
{
	const struct cpuid_fact *basic, *extended;

	if (!f->n_cpus)
		return true;
	basic = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	extended = cpu_cpuid(f, &f->cpus[0], CPUID_EXT_FEATURES, 0);
	return (basic && basic->ecx & CPUID_1_ECX_VMX) ||
	       (extended && extended->ecx & CPUID_EXT_ECX_SVM);
}

/* Prints a sentence to stderr, wrapped for a serial console. */
static void explain(const char *sentence)
{
	struct text t = { 0 };

	text_wrap(&t, 11, "nestcheck:", sentence);
	print_error_text(&t);
}

static int explain_error(struct report *r, int error)
{
	bool can = cpu_can(&r->facts);

	explain(arena_printf(&r->arena, "the self-test cannot run: %s",
			     r->selftest.error ? r->selftest.error : error_text(-error)));
	explain(can ? "is KVM loaded with nesting on? See nestcheck load, and nestcheck "
		      "diagnose for the cause" :
		      "this CPU, or the hypervisor under us, has neither VMX nor SVM");
	return verdict_exit_status(can ? VERDICT_ERROR : VERDICT_UNSUPPORTED);
}

/* Checks this process's CPU mask; pinning itself may still fail later. */
static bool cpu_is_there(const char *word, unsigned int cpu)
{
	cpu_set_t allowed;

	if (!word || sched_getaffinity(0, sizeof(allowed), &allowed) < 0 ||
	    (cpu < CPU_SETSIZE && CPU_ISSET(cpu, &allowed)))
		return true;
	complain("there is no CPU %u, or this process may not use it", cpu);
	return false;
}

static bool parse_soak(const char *word, unsigned int *seconds)
{
	if (!word)
		return true;
	*seconds = params_duration(word);
	if (!*seconds)
		complain("--soak takes a time like 90s, 30m or 8h, not '%s'", word);
	return *seconds;
}

static bool known_fault(const char *fault)
{
	if (!fault || (!strchr(fault, ',') && params_list_has(SELFTEST_FAULTS, fault)))
		return true;
	complain("--fault takes one of %s, not '%s'", SELFTEST_FAULTS, fault);
	return false;
}

static bool tolerated(const struct report *r, const struct case_outcome *c)
{
	return !case_fails(r, c);
}

/* Whether any case failed, except by a defect of this kernel that no guest notices. */
static bool any_failed(const struct report *r)
{
	for (size_t i = 0; i < r->selftest.n_cases; i++) {
		enum case_failure f = case_failure_of(r, &r->selftest.cases[i], NULL);

		if (f != FAILURE_NONE && f != FAILURE_HARMLESS)
			return true;
	}
	return false;
}

static int run_guarded(struct report *r, struct guard *g, void *data)
{
	struct selftest_options *o = data;

	o->guard = g;
	return selftest_run(r, o);
}

static int run(struct report *r, struct selftest_options *o, bool json, bool tap, bool quiet)
{
	struct show show = { .many = o->soak_s || o->repeat > 1,
			     .terminal = isatty(STDERR_FILENO) };
	struct text t = { 0 };
	int ret;

	if (!json && !tap && !quiet) {
		o->progress = print_case;
		o->round = print_pass;
		o->data = &show;
	}
	ret = guard_run(r, run_guarded, o);
	collect_taint_after(r);
	if (o->progress)
		clear_line(&show);
	if (json) {
		print_report_json(r);
	} else if (tap) {
		render_tap(&t, r);
		print_text(&t);
	} else if (!quiet) {
		print_summary(&r->selftest);
	}
	if (ret < 0 && ret != -EIO && !r->selftest.n_cases && !r->selftest.warned)
		return explain_error(r, ret);
	if (r->selftest.error) {
		explain(arena_printf(&r->arena, "the self-test could not go on: %s",
				     r->selftest.error));
		if (r->selftest.warned)
			explain("see the kernel's log (dmesg); reboot before you run anything "
				"else on it");
		return verdict_exit_status(any_failed(r) ? VERDICT_FAIL : VERDICT_ERROR);
	}
	if (!r->selftest.n_cases) {
		complain("no case has such a name; see nestcheck selftest --list");
		return EXIT_USAGE;
	}
	return verdict_exit_status(any_failed(r) ? VERDICT_FAIL : VERDICT_PASS);
}

static bool known_cases(struct arena *a, const char *option, const char *list)
{
	const char *glob = selftest_unknown_case(a, list);

	if (glob)
		complain("%s: no case is called \"%s\"; see nestcheck selftest --list", option,
			 glob);
	return !glob;
}

int cmd_selftest(int argc, char **argv)
{
	struct selftest_options o = { .cost = true,
				      .on_host = !health_own_kernel(),
				      .tolerated = tolerated };
	bool list = false, json = false, tap = false, quiet = false;
	const char *timeout = NULL, *repeat = NULL, *cpu = NULL, *soak = NULL;
	const struct option_row rows[] = {
		{ "--list", NULL, "list the cases and run none", &list },
		{ "--only", "GLOBS", "run only these: svm_npt*,svm_cpuid", &o.only },
		{ "--skip", "GLOBS", "do not run these", &o.skip },
		{ "--timeout", "MS", "limit for one case, in milliseconds", &timeout },
		{ "--repeat", "N", "N passes through the cases, or until the first failure",
		  &repeat },
		{ "--soak", "TIME", "passes for TIME (30m, 8h), pinned to each CPU in turn",
		  &soak },
		{ "--cpu", "N", "pin it to that CPU", &cpu },
		{ "--fault", "NAME",
		  "for the tests, in the second core case: l1-hang, l0-warns ...", &o.fault },
		{ "--tap", NULL, "TAP 13 instead of text", &tap },
		OPTION_JSON(&json),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck selftest [options]",
		.about =
			"Runs L2 in L1 in nestcheck's own VMM on /dev/kvm, case by case. KVM must "
			"be loaded with nesting on (nestcheck load). Exit status: 0 no case "
			"failed, 1 one did, 3 the CPU has no virtualization, 4 the self-test could "
			"not run.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct report r;
	int status = parse_options(&cl, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	o.pin = cpu;
	if (!option_number("--timeout", timeout, 1, 3600000, &o.case_timeout_ms) ||
	    !option_number("--repeat", repeat, 1, 1000000, &o.repeat) ||
	    !option_number("--cpu", cpu, 0, 8191, &o.cpu) || !cpu_is_there(cpu, o.cpu) ||
	    !parse_soak(soak, &o.soak_s) || !known_fault(o.fault))
		return EXIT_USAGE;
	if ((soak && repeat) || (json && tap)) {
		complain("%s exclude each other",
			 json && tap ? "--json and --tap" : "--repeat and --soak");
		return EXIT_USAGE;
	}
	report_init(&r);
	if (!known_cases(&r.arena, "--only", o.only) || !known_cases(&r.arena, "--skip", o.skip)) {
		report_free(&r);
		return EXIT_USAGE;
	}
	set_started(&r);
	collect_hardware(&r);
	identify_cpu(&r);
	if (list) {
		print_list(&r);
		status = 0;
	} else {
		status = run(&r, &o, json, tap, quiet);
	}
	report_free(&r);
	return status;
}
