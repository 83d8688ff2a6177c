// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck msr: shows a register on every CPU, raw and bit by bit, like `rdmsr 0x48b` with the
 * manual's names.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/msr_json.h"
#include "cmd/options.h"
#include "facts/facts.h"
#include "lib/error_text.h"
#include "lib/json.h"
#include "lib/hw/registers.h"
#include "lib/number.h"
#include "lib/register_text.h"
#include "lib/terminal.h"

#define REGISTERS_MAX 32

struct request {
	bool json, list, quiet;
	const char *facts, *cpu;
	const char *words[REGISTERS_MAX];
	uint32_t index[REGISTERS_MAX];
	size_t n;
};

static int list_registers(void)
{
	struct text t = { 0 };

	for (size_t i = 0; i < n_registers; i++)
		text_addf(&t, "0x%08" PRIx32 "  %-29s %s\n", registers[i].index, registers[i].name,
			  registers[i].what);
	return print_text(&t) ? 0 : verdict_exit_status(VERDICT_ERROR);
}

/* A number as C writes it, or a name. */
static bool parse_register(const char *word, uint32_t *index)
{
	const struct register_info *info;
	uint64_t value;

	if (number_parse_c(word, 0, UINT32_MAX, &value)) {
		*index = (uint32_t)value;
		return true;
	}
	info = register_by_name(word);
	if (info)
		*index = info->index;
	return info;
}

static int suggest_names(const char *word)
{
	struct text similar = { 0 };
	const char *names[4];
	size_t n = register_suggest(word, names, 4);

	for (size_t i = 0; i < n; i++)
		text_addf(&similar, "%s%s", i ? ", " : "similar: ", names[i]);
	complain("there is no register '%s'; %s", word,
		 n ? similar.s : "use a number such as 0x48b, or a name from --list");
	text_free(&similar);
	return EXIT_USAGE;
}

/* Prints why an MSR file could not be opened, and how to fix it. */
static void print_open_error(int cpu, int err)
{
	switch (err) {
	case -ENODEV:
		complain(
			"there is no /dev/cpu/%d/msr. As root: modprobe msr. If this kernel has no "
			"such module, boot the live image; in a container, run this on its host",
			cpu);
		break;
	case -EPERM:
		complain("/dev/cpu/%d/msr cannot be read: run as root; in a container or "
			 "on a hardened kernel root may not be enough (CAP_SYS_RAWIO)",
			 cpu);
		break;
	case -ENXIO:
		complain("CPU %d has no MSRs, or is offline", cpu);
		break;
	default:
		complain("/dev/cpu/%d/msr: %s", cpu, error_text(-err));
		break;
	}
}

/* The CPUs to read: all of the machine or of the recording, or the one of --cpu. */
static size_t choose_cpus(struct report *r, const struct request *q, int **ids)
{
	size_t n = 0, kept = 0;
	uint64_t wanted;

	*ids = NULL;
	if (q->facts)
		for (size_t i = 0; i < r->facts.n_cpus; i++)
			*arena_push(&r->arena, ids, &n) = r->facts.cpus[i].id;
	else
		n = online_cpus(&r->arena, ids);
	if (!q->cpu)
		return n;
	if (!number_parse(q->cpu, 0, INT32_MAX, &wanted))
		return 0;
	for (size_t i = 0; i < n; i++)
		if ((*ids)[i] == (int)wanted)
			(*ids)[kept++] = (*ids)[i];
	return kept;
}

/* The readings are of some of the recorded CPUs, in the same order. */
static void read_recorded(const struct facts *f, uint32_t index, struct register_reading *readings,
			  size_t n)
{
	for (size_t i = 0, k = 0; i < f->n_cpus && k < n; i++) {
		const struct msr_fact *m;

		if (f->cpus[i].id != readings[k].cpu)
			continue;
		m = cpu_msr(f, &f->cpus[i], index);
		readings[k].err = !m ? -ENOENT : m->refused ? -EIO : 0;
		readings[k++].value = m && !m->refused ? m->value : 0;
	}
}

/*
 * Reads the register on every chosen CPU; false after an error that would affect other registers,
 * too.
 */
static bool read_register(struct report *r, const struct request *q, uint32_t index,
			  struct register_reading *readings, size_t n)
{
	if (q->facts)
		read_recorded(&r->facts, index, readings, n);
	for (size_t i = 0; i < n && !q->facts; i++) {
		struct register_reading *reading = &readings[i];

		reading->err = msr_read(reading->cpu, index, &reading->value);
		if (reading->err && reading->err != -EIO) {
			print_open_error(reading->cpu, reading->err);
			return false;
		}
	}
	return true;
}

/* A line per CPU, as rdmsr prints it; "refused" if there is no value. */
static void raw_values(struct text *t, const struct register_reading *readings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (readings[i].err)
			text_add(t, "refused\n");
		else
			text_addf(t, "0x%016" PRIx64 "\n", readings[i].value);
	}
}

/* Prints the requested registers. False on an error, or if a register had no value on any CPU. */
static bool show(struct report *r, const struct request *q, const int *ids, size_t n)
{
	struct register_reading *readings = arena_alloc(&r->arena, n * sizeof(*readings));
	json_t *document = msr_document();
	struct text t = { 0 };
	bool ok = true;

	for (size_t i = 0; i < q->n; i++) {
		bool any = false;

		for (size_t j = 0; j < n; j++)
			readings[j] = (struct register_reading){ .cpu = ids[j] };
		if (!read_register(r, q, q->index[i], readings, n)) {
			text_free(&t);
			json_decref(document);
			return false;
		}
		for (size_t j = 0; j < n; j++)
			any |= !readings[j].err;
		ok &= any;
		if (q->json)
			msr_document_add(document, q->index[i], readings, n);
		if (q->quiet) {
			raw_values(&t, readings, n);
			continue;
		}
		if (i)
			text_add(&t, "\n");
		register_text(&t, q->index[i], readings, n);
		if (any && !q->facts && msr_announced(q->index[i]) == TRI_NO)
			text_wrap(&t, 8, "  note:",
				  "according to its vendor and CPUID this CPU does not have the "
				  "register: its value may mean nothing (emulators return 0)");
	}
	if (q->json) {
		text_free(&t);
		return print_json(json_text(document)) && ok;
	}
	json_decref(document);
	return print_text(&t) && ok;
}

static int parse_arguments(struct request *q)
{
	if (!q->n) {
		complain("which register? A number (0x48b) or a name (vm_cr); --list shows the "
			 "names");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < q->n; i++)
		if (!parse_register(q->words[i], &q->index[i]))
			return suggest_names(q->words[i]);
	return OPTIONS_GO_ON;
}

int cmd_msr(int argc, char **argv)
{
	struct request q = { 0 };
	const struct option_row rows[] = {
		{ "--cpu", "N", "only this CPU", &q.cpu },
		{ "--list", NULL, "list the registers whose bits have names", &q.list },
		OPTION_JSON(&q.json),
		OPTION_FACTS(&q.facts),
		{ "--quiet", NULL, "only the raw values, a line per CPU", &q.quiet },
	};
	struct command_line cl = {
		.usage = "nestcheck msr [--cpu N] [--json | --quiet] [--facts FILE] REGISTER...",
		.about =
			"Shows model-specific registers on every CPU: the raw value and each bit "
			"by its name in the manual. REGISTER is a number (0x48b) or a name "
			"(IA32_VMX_PROCBASED_CTLS2, vmx_misc, vm_cr). Exit status: 0 shown, 4 it could not be read.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
		.operands = q.words,
		.max_operands = REGISTERS_MAX,
	};
	struct report r;
	int status, *ids;
	size_t n;

	status = parse_options(&cl, argc, argv);
	if (status != OPTIONS_GO_ON)
		return status;
	if (q.list)
		return list_registers();
	q.n = cl.n_operands;
	status = parse_arguments(&q);
	if (status != OPTIONS_GO_ON)
		return status;
	report_init(&r);
	status = verdict_exit_status(VERDICT_ERROR);
	if (q.facts && !replay_facts(&r, q.facts))
		goto out;
	n = choose_cpus(&r, &q, &ids);
	if (!n) {
		complain("there is no CPU %s here", q.cpu ? q.cpu : "at all");
		status = q.cpu ? EXIT_USAGE : status;
		goto out;
	}
	if (show(&r, &q, ids, n))
		status = 0;
out:
	report_free(&r);
	return status;
}
