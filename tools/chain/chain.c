// SPDX-License-Identifier: GPL-2.0-only
/* The chain as L0 runs it: start L1, listen, judge. */
#include "chain/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "chain/workload.h"
#include "chain/record.h"
#include "chain/start.h"
#include "kvm/kvm.h"
#include "lib/error_text.h"
#include "lib/params.h"
#include "lib/vendor.h"
#include "selftest/emulator.h"
#include "selftest/health.h"
#include "selftest/nudge.h"
#include "selftest/pace.h"

#define SILENCE_MS 15000

/* MSR_IA32_FEAT_CTL: locked, with everything off; SDM Vol. 3, 24.7. */
#define FEAT_CTL_LOCKED 1
/* MSR_VM_CR: SVMDIS and LOCK; APM Vol. 2, 15.30.1. */
#define VM_CR_DISABLED	0x18

struct chain {
	struct report *r;
	const struct chain_options *o;
	struct chain_record rec;
};

static void report_progress(struct chain *c, unsigned int level, enum chain_stage stage,
			    uint64_t us)
{
	if (c->o->progress)
		c->o->progress(level, stage, us, c->o->data);
}

/* Reads KVM's counter right when L2's line arrives: L2's CPU waits meanwhile. */
static void read_counter(struct chain *c, struct machine *m, const struct chain_line *line)
{
	uint64_t value;

	if (line->level != 2 || !m)
		return;
	if (line->verb == CHAIN_SAYS_STAGE && !c->rec.levels[2].stage_us[CHAIN_HASHING] &&
	    !strcmp(line->rest, chain_stage_names[CHAIN_HASHING])) {
		c->rec.counted = machine_nested_run(m, &value);
		c->rec.hashing = value;
	} else if (line->verb == CHAIN_SAYS_HASHED && !c->rec.hashed && c->rec.counted) {
		machine_nested_run(m, &c->rec.hashed);
	}
}

static void on_line(struct machine *m, const struct chain_line *line, void *data)
{
	struct chain *c = data;
	enum chain_stage before = c->rec.levels[line->level].reached;

	read_counter(c, m, line);
	if (chain_record_line(&c->rec, line))
		report_progress(c, line->level, c->rec.levels[line->level].reached, line->us);
	if (line->verb == CHAIN_SAYS_CONSOLE && c->o->console)
		c->o->console(line->level, line->rest, c->o->data);
	if (line->verb == CHAIN_SAYS_ENDED && before >= CHAIN_DONE &&
	    c->rec.levels[line->level].end.end == MACHINE_POWERED_OFF &&
	    chain_record_stage(&c->rec, line->level, CHAIN_OFF, line->us))
		report_progress(c, line->level, CHAIN_OFF, line->us);
}

static int skip(struct chain *c, int error, const char *reason)
{
	c->r->selftest.chain.result = CASE_SKIP;
	c->r->selftest.chain.reason = reason;
	return error;
}

/* The chain is not run, and the defect is named: a verdict that needs the chain is ERROR. */
static int xfail_by_defect(struct chain *c, const char *defect)
{
	c->r->selftest.chain.result = CASE_XFAIL;
	c->r->selftest.chain.reason = defect;
	return 0;
}

/* Enough for L1 to unpack its initramfs and load KVM, but too little for L2. */
#define SMALL_L1 (MACHINE_MEMORY_MIN + (16ULL << 20))

static bool has_fault(const struct chain_options *o, const char *name)
{
	return o->faults && params_list_has(o->faults, name);
}

/*
 * For L1. More CPUs than L0 has would only wait for each other, and under an emulator a second one
 * makes L2 slower: every exit of one L1 CPU may have to wait for the other.
 */
static unsigned int default_cpus(enum emulator e, unsigned int slow)
{
	return e == EMULATOR_NONE && slow == 1 && sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static bool choose_nonce(char nonce[SHA256_HEX])
{
	uint8_t bytes[SHA256_SIZE];

	/* It has to be new, not secret; GRND_INSECURE exists since Linux 5.6. */
	if (getrandom(bytes, sizeof(bytes), GRND_INSECURE) != sizeof(bytes) &&
	    getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return false;
	sha256_hex(bytes, nonce);
	return true;
}

/* The reason why the machine cannot be created, as far as known in advance; else NULL. */
static const char *obstacle(struct chain *c, const char *kernel)
{
	struct arena *a = &c->r->arena;
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return arena_printf(a, "/dev/kvm cannot be opened: %s", error_text(errno));
	close(fd);
	if (!access(kernel, R_OK))
		return NULL;
	return arena_printf(a, "there is no kernel for L1: %s: %s", kernel, error_text(errno));
}

/*
 * Not by pace_slow_clock() for an emulator: Bochs' clock counts instructions, and under TCG an exit
 * costs a kernel, whose code is retranslated, many times what it costs our L1.
 */
static unsigned int slow_clock(const struct report *r, enum emulator e)
{
	return e == EMULATOR_NONE ? pace_slow_clock(&r->selftest.pace) : emulator_slow_clock(e);
}

static void set_up(struct chain *c, struct chain_next *n, struct machine_msr *locked)
{
	const struct chain_options *o = c->o;
	enum emulator emulator = emulator_of(&c->r->facts);
	unsigned int depth = o->depth ? o->depth : 2, scale = pace_scale(&c->r->selftest.pace);
	unsigned int slow = slow_clock(c->r, emulator);

	*n = (struct chain_next){
		.args = { .level = 1,
			  .depth = depth,
			  .cpus = o->cpus ? o->cpus : 2,
			  .silence_ms = o->silence_ms ? o->silence_ms : SILENCE_MS * scale,
			  /* An exit of one level costs several exits of the level below. */
			  .slow = machine_max_clock_divisor(slow * (depth - 1)) },
		.kernel = o->kernel ? o->kernel : CHAIN_KERNEL,
		.initrd = o->initrd,
		.modules = kvm_default_module_dir(),
		.vendor = vendor_module(c->r->cpu.vendor),
		.cpus = o->cpus ? o->cpus : default_cpus(emulator, slow),
		.memory = o->memory,
		.msrs = o->msrs,
		.n_msrs = o->n_msrs,
		.line = on_line,
		.data = c,
	};
	if (o->faults)
		snprintf(n->args.faults, sizeof(n->args.faults), "%s", o->faults);
	if (has_fault(o, "chain-l1-small"))
		n->memory = SMALL_L1;
	if (!has_fault(o, "chain-l1-locked"))
		return;
	*locked = (struct machine_msr){ 0x3a, FEAT_CTL_LOCKED };
	if (n->vendor && !strcmp(n->vendor, "kvm_amd"))
		*locked = (struct machine_msr){ 0xc0010114, VM_CR_DISABLED };
	n->msrs = locked;
	n->n_msrs = 1;
}

/*
 * Upper limit of chain_run()'s time in milliseconds, however slow the machine, unless the kernel hangs. A
 * machine's limit is ten times its limit for silence (start.c, LIMIT_FACTOR).
 */
static unsigned int limit_ms(const struct report *r, const struct chain_options *o)
{
	unsigned int scale = r->selftest.pace.l1_ns ? pace_scale(&r->selftest.pace) :
						      PACE_SCALE_MAX;

	return 12 * (o->silence_ms ? o->silence_ms : SILENCE_MS * scale) + 60000;
}

/* A warning of L0's kernel overrides the levels' reports. */
static void check_host(struct report *r, struct health *health)
{
	struct chain_state *st = &r->selftest.chain;
	char why[512];
	enum health_state state = health_look(health, why, sizeof(why));

	health_end(health);
	if (state == HEALTH_GOOD)
		return;
	r->selftest.warned = arena_strdup(&r->arena, why);
	if (state == HEALTH_BAD)
		chain_fail_by_host(st, r->selftest.warned);
	else
		r->selftest.error = arena_printf(&r->arena, "stopped after the chain: %s", why);
}

int chain_run(struct report *r, const struct chain_options *o)
{
	struct health health;
	struct chain c = { .r = r, .o = o };
	struct chain_state *st = &r->selftest.chain;
	struct chain_wanted wanted;
	struct machine_msr locked;
	struct chain_next next;
	struct nudge nudge;
	const char *why_not, *defect;
	unsigned int cpus = 0;
	char why[320] = "";
	int ret;

	defect = emulator_chain_defect(&r->facts, &cpus);
	guard_chain(o->guard, r, limit_ms(r, o));
	pace_find(r);
	guard_chain(o->guard, r, limit_ms(r, o));
	set_up(&c, &next, &locked);
	st->depth = next.args.depth;
	if (defect && !cpus)
		return xfail_by_defect(&c, defect);
	if (defect && !o->cpus) {
		next.args.cpus = cpus;
		st->limited = defect;
	}
	why_not = obstacle(&c, next.kernel);
	if (why_not)
		return skip(&c, -ENOENT, why_not);
	if (!choose_nonce(next.args.nonce))
		return skip(&c, -EIO, "the kernel has no random numbers yet");
	wanted = (struct chain_wanted){ .kernel = o->kernel,
					.initrd = o->initrd,
					.depth = next.args.depth,
					.cpus = next.args.cpus,
					.entries = CHAIN_WORKLOAD_ENTRIES };
	chain_workload_expect(next.args.nonce, wanted.digest);
	st->nonce = arena_strdup(&r->arena, next.args.nonce);
	st->digest = arena_strdup(&r->arena, wanted.digest);
	health_start(&health);
	nudge_start(&nudge, emulator_of(&r->facts));
	ret = chain_start(&next, why, sizeof(why));
	nudge_stop(&nudge);
	chain_faults_played(r, &c.rec, o->faults);
	if (ret < 0 && !c.rec.levels[1].ended) {
		skip(&c, ret, arena_strdup(&r->arena, why));
		check_host(r, &health);
		return ret;
	}
	c.rec.levels[1].cpus = next.cpus;
	st->us = c.rec.levels[1].end.us;
	chain_levels(r, &c.rec);
	chain_judge(r, &c.rec, &wanted);
	chain_record_free(&c.rec);
	check_host(r, &health);
	return 0;
}
