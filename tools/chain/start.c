// SPDX-License-Identifier: GPL-2.0-only
/* The next level's machine, from its initramfs to its end; see start.h. */
#include "chain/start.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/initramfs.h"
#include "lib/error_text.h"
#include "lib/procfs.h"

#define MIB (UINT64_C(1) << 20)

/* What has to stay free on the level that runs the machine: KVM's tables, the VMM itself. */
#define SPARE (16 * MIB)

/* The limit for the whole run, as a multiple of the limit for silence. */
#define LIMIT_FACTOR 10

/* RCU grace periods by interrupts, not by ticks, which may be rare. */
#define KERNEL_WORDS \
	MACHINE_CMDLINE " oops=panic rcupdate.rcu_expedited=1 rdinit=" CHAIN_INITRAMFS_INIT

/*
 * L2 and above boot with one CPU, and our program starts the others: each CPU's timer ticks from
 * the start, and under an emulator two of them leave no time for anything else.
 */
#define ONE_CPU " maxcpus=1"

struct chain_listener {
	const struct chain_next *next;
	struct chain_lines channel, console;
	struct machine *machine;
};

/* Since the machine's start, in L0's time: our own clock is slow if we are a guest. */
static uint64_t us_of(const struct chain_listener *e, uint64_t us)
{
	const struct chain_args *o = &e->next->args;

	return o->level > 1 && o->slow > 1 ? us * o->slow : us;
}

static void forward(struct chain_listener *e, const struct chain_line *line)
{
	e->next->line(e->machine, line, e->next->data);
}

/* Verbs that a level may send about itself; the others only its host may send. */
static bool is_own_verb(enum chain_verb verb)
{
	return verb != CHAIN_SAYS_CONSOLE && verb != CHAIN_SAYS_ENDED;
}

static void take_channel(char *text, void *data)
{
	struct chain_listener *e = data;
	unsigned int level = e->next->args.level;
	struct chain_line line;

	if (!chain_line_parse(text, &line) || line.level < level ||
	    line.level > e->next->args.depth || (line.level == level && !is_own_verb(line.verb)))
		return;
	if (line.level == level && e->machine)
		line.us = us_of(e, machine_us(e->machine));
	forward(e, &line);
}

static void take_console(char *text, void *data)
{
	struct chain_listener *e = data;
	struct chain_line line = { .level = e->next->args.level, .verb = CHAIN_SAYS_CONSOLE };
	size_t n = strlen(text);

	if (n && text[n - 1] == '\r')
		text[n - 1] = '\0';
	chain_clean(text);
	line.rest = text;
	line.us = e->machine ? us_of(e, machine_us(e->machine)) : 0;
	forward(e, &line);
}

static void on_channel(struct machine *m, const char *bytes, size_t n, void *data)
{
	struct chain_listener *e = data;

	e->machine = m;
	chain_lines_feed(&e->channel, bytes, n);
}

static void on_console(struct machine *m, const char *bytes, size_t n, void *data)
{
	struct chain_listener *e = data;

	e->machine = m;
	chain_lines_feed(&e->console, bytes, n);
}

static void report_end(struct chain_listener *e, int error, const struct machine_result *res)
{
	struct chain_end end = {
		.error = error,
		.end = res->end,
		.us = us_of(e, res->us),
		.exits = res->exits,
		.nested_run = res->nested_run,
		.counted = res->counted,
	};
	struct chain_line line = { .level = e->next->args.level, .verb = CHAIN_SAYS_ENDED };
	char text[400];

	snprintf(end.what, sizeof(end.what), "%s", res->what);
	chain_end_format(&end, text, sizeof(text));
	line.rest = text;
	forward(e, &line);
}

/* Bytes of memory available here; UINT64_MAX if the kernel does not say. */
static uint64_t memory_available(void)
{
	uint64_t kb;

	return meminfo_kb("MemAvailable", &kb) ? kb * 1024 : UINT64_MAX;
}

static int run(const struct chain_next *n, const struct chain_initramfs *fs, uint64_t memory,
	       char *why, size_t size)
{
	struct chain_listener listener = {
		.next = n,
		.channel = { .max = CHAIN_LINE_MAX, .take = take_channel, .data = &listener },
		.console = { .max = CHAIN_CONSOLE_MAX,
			     .cut = true,
			     .take = take_console,
			     .data = &listener },
	};
	char words[CHAIN_WORDS_MAX],
		cmdline[sizeof(KERNEL_WORDS) + sizeof(ONE_CPU) + CHAIN_WORDS_MAX];
	struct machine_options o = {
		.kernel = fs->kernel,
		.initrd = fs->parts,
		.n_initrd = fs->n_parts,
		.cmdline = cmdline,
		.memory = memory,
		.cpus = n->cpus,
		.msrs = n->msrs,
		.n_msrs = n->n_msrs,
		.silence_ms = n->args.silence_ms,
		.limit_ms = n->args.silence_ms * LIMIT_FACTOR,
		.clock_divisor = n->args.level == 1 ? n->args.slow : 1,
		.skip_teardown = n->args.level > 1,
		.console = on_console,
		.channel = on_channel,
		.data = &listener,
	};
	struct machine_result res = { .what = "" };
	int ret;

	chain_args_format(&n->args, words, sizeof(words));
	snprintf(cmdline, sizeof(cmdline), "%s%s %s", KERNEL_WORDS,
		 n->args.level > 1 ? ONE_CPU : "", words);
	ret = machine_run(&o, &res);
	listener.machine = NULL;
	chain_lines_end(&listener.console);
	chain_lines_end(&listener.channel);
	if (ret < 0)
		snprintf(why, size, "%s", res.what[0] ? res.what : error_text(-ret));
	report_end(&listener, ret, &res);
	return ret;
}

int chain_start(const struct chain_next *n, char *why, size_t size)
{
	unsigned int level = n->args.level, depth = n->args.depth;
	struct chain_initramfs_options o = {
		.program = "/proc/self/exe",
		.kernel = n->kernel,
		.initrd = n->initrd,
		.modules = n->modules,
		.vendor = n->vendor,
		.host = level < depth,
	};
	uint64_t memory, available = memory_available();
	struct chain_initramfs fs;
	const char *failed;
	int ret;

	ret = chain_initramfs_make(&fs, &o, &failed);
	if (ret < 0) {
		snprintf(why, size, "%s cannot be read: %s", failed, error_text(-ret));
		return ret;
	}
	memory = n->memory ? n->memory : chain_memory(depth - level, &fs.kernel, fs.initrd_bytes);
	memory = (memory + 2 * MIB - 1) / (2 * MIB) * (2 * MIB);
	if (available < memory + SPARE) {
		snprintf(why, size,
			 "L%u needs %" PRIu64 " MiB and L%u has only %" PRIu64 " MiB free", level,
			 (memory + SPARE) / MIB, level - 1, available / MIB);
		ret = -ENOMEM;
	} else {
		ret = run(n, &fs, memory, why, size);
	}
	chain_initramfs_free(&fs);
	return ret;
}
