// SPDX-License-Identifier: GPL-2.0-only
/*
 * One case: runs it, and determines its result, checked against KVM's own counter.
 */
#include "selftest/session.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/error_text.h"
#include "selftest/hazards.h"
#include "selftest/teardown.h"

/* A feature of L1 that is a capability has the same name. */
static uint64_t capability_of(unsigned int feature)
{
	for (int cap = 0; cap < CAP_COUNT; cap++)
		if (!strcmp(cap_name((enum cap)cap), l1_feature_name(feature)))
			return 1ULL << cap;
	return 0;
}

/* The missing features as a sentence, or NULL; *lacks: as capabilities. */
static const char *missing_features(struct session *s, const struct selftest_case *c,
				    uint64_t *lacks)
{
	uint64_t missing = c->requires & ~s->l1.page->features;
	const char *text = NULL;

	*lacks = 0;

	for (unsigned int f = 0; f < L1_F_COUNT; f++) {
		if (!(missing >> f & 1))
			continue;
		*lacks |= capability_of(f);
		text = text ? arena_printf(&s->r->arena, "%s, %s", text, l1_feature_name(f)) :
			      arena_printf(&s->r->arena, "KVM does not offer %s to L1",
					   l1_feature_name(f));
	}
	return text;
}

/* Adds L2's last exit, unless the failed expectation is about the exit. */
static void add_last_exit(struct session *s, char *detail, size_t size)
{
	char text[L1_EXIT_MAX];
	size_t len = strlen(detail);

	if (strstr(detail, "exit: expected") || strstr(detail, "exit reason: expected"))
		return;
	l1_text(text, sizeof(text), s->l1.page->last_exit, L1_EXIT_MAX);
	if (text[0])
		snprintf(detail + len, size - len, "; L2 was left last with %s", text);
}

/* Fails the case with an observation. */
static void observe(struct session *s, struct case_outcome *out, enum observed how,
		    const char *what, uint64_t expected, uint64_t seen)
{
	out->result = CASE_FAIL;
	out->saw = (struct observation){ .how = how,
					 .what = what ? arena_strdup(&s->r->arena, what) : NULL,
					 .expected = expected,
					 .seen = seen };
}

static void observe_l1(struct session *s, struct case_outcome *out)
{
	static const enum observed kinds[] = {
		[L1_SAW_NOTHING] = OBSERVED_TEXT,
		[L1_SAW_VALUE] = OBSERVED_VALUE,
		[L1_SAW_TEXT] = OBSERVED_TEXT,
		[L1_SAW_TRAP] = OBSERVED_TRAP,
	};
	struct l1_observation saw = s->l1.page->saw;
	char what[L1_WHAT_MAX];

	l1_text(what, sizeof(what), saw.what, L1_WHAT_MAX);
	observe(s, out, saw.how <= L1_SAW_TRAP ? kinds[saw.how] : OBSERVED_TEXT,
		saw.how == L1_SAW_NOTHING ? NULL : what, saw.expected, saw.seen);
}

/* The result that L1 reported. */
static void judge_result(struct session *s, struct case_outcome *out, char *detail, size_t size)
{
	l1_detail(&s->l1, detail, size);
	switch (s->l1.page->result) {
	case L1_PASS:
		out->result = CASE_PASS;
		detail[0] = 0;
		break;
	case L1_SKIP:
		out->result = CASE_SKIP;
		break;
	case L1_FAIL:
		observe_l1(s, out);
		add_last_exit(s, detail, size);
		break;
	default:
		observe(s, out, OBSERVED_TEXT, "no result", 0, 0);
		snprintf(detail, size, "L1 returned without a result");
	}
}

/* The observation for an L1 that did not return; the caller writes detail. */
static void judge_end(struct session *s, struct case_outcome *out, const struct vcpu_exit *exit)
{
	char where[L1_WHERE_MAX];

	switch (exit->stop) {
	case VCPU_DOORBELL:
		if (exit->value == L1_TRAPPED)
			observe_l1(s, out);
		else
			observe(s, out, OBSERVED_TEXT, "rang out of turn", 0, exit->value);
		break;
	case VCPU_TIMEOUT:
		observe(s, out, OBSERVED_TIMEOUT, l1_place(&s->l1, where), 0, 0);
		break;
	case VCPU_SHUTDOWN:
		observe(s, out, OBSERVED_SHUTDOWN, l1_place(&s->l1, where), 0, 0);
		break;
	case VCPU_FAILED:
		observe(s, out, OBSERVED_KVM_EXIT, exit->what, 0, exit->detail);
		break;
	}
}

/* L1 shut down on its first CPU, as required, and reported nothing before. */
static bool shut_down_as_expected(struct session *s, size_t index, const struct vcpu_exit *exit)
{
	return s->cases[index].flags & L1_SHUTS_DOWN && exit->stop == VCPU_SHUTDOWN &&
	       exit->vcpu == &s->l1.vcpus[0] && s->l1.page->result == L1_NO_RESULT;
}

/* KVM's counter proves that L2 ran; L1's report is not enough for a pass. */
static void check_entries(struct session *s, struct case_outcome *out, uint64_t before,
			  char *detail, size_t size)
{
	uint64_t after;
	bool known = l1_nested_run(&s->l1, &after);

	out->nested_run = known ? after - before : 0;
	if (out->result != CASE_PASS || (known && out->nested_run >= out->entries))
		return;
	/* Without the proof it is no pass, but no defect of the machine either. */
	if (!known) {
		out->result = CASE_SKIP;
		snprintf(detail, size,
			 "L1 reports pass, but this kernel has no counter nested_run to prove it "
			 "(KVM_GET_STATS_FD, Linux 5.14)");
		return;
	}
	observe(s, out, OBSERVED_ENTRIES, NULL, out->entries, out->nested_run);
	snprintf(
		detail, size,
		"L1 reports pass, but KVM counted %llu entries into L2 where at least %llu are due",
		(unsigned long long)out->nested_run, (unsigned long long)out->entries);
}

static bool fault_here(const struct session *s, size_t index, const char *name)
{
	return index == s->fault_index && !strcmp(s->o->fault, name);
}

static enum l1_command command_for(const struct session *s, size_t index)
{
	if (fault_here(s, index, "l1-hang"))
		return L1_FAULT_HANG;
	return fault_here(s, index, "l1-triple-fault") ? L1_FAULT_TRIPLE : L1_RUN_CASE;
}

/*
 * Injects a warning about KVM or another driver into the host's log, or the SIGKILL of an oops. L1's own faults are the
 * command that is about to be given to it.
 */
static void inject_fault(const struct session *s, size_t index)
{
	bool played = command_for(s, index) != L1_RUN_CASE;

	if (fault_here(s, index, "l0-warns"))
		played = health_inject(
			"WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 played [kvm]");
	else if (fault_here(s, index, "l0-warns-elsewhere"))
		played = health_inject("WARNING: CPU: 0 PID: 1 at drivers/misc/played.c:1 played");
	else if (fault_here(s, index, "l0-kills"))
		raise(SIGKILL);
	if (played)
		strings_add(&s->r->arena, &s->r->selftest.faults_played, s->o->fault);
}

/* As l1_command(); *gone: entries into L2 in a VM that no longer exists. */
static int command(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *gone)
{
	uint32_t flags = s->cases[index].flags;

	*gone = 0;
	if (flags & L1_VM_CLOSED)
		return teardown_closed(s, index, exit, gone);
	if (flags & L1_VMM_KILLED)
		return teardown_killed(s, index, exit, gone);
	return l1_command(&s->l1, command_for(s, index), (uint32_t)index, flags, s->timeout_ms,
			  exit);
}

bool host_is_healthy(struct session *s, struct case_outcome *out, const char *after)
{
	char why[DETAIL_MAX];
	enum health_state state = health_look(&s->health, why, sizeof(why));

	if (state == HEALTH_GOOD)
		return true;
	s->r->selftest.warned = arena_strdup(&s->r->arena, why);
	s->r->selftest.error = arena_printf(&s->r->arena, "stopped after %s: %s", after, why);
	if (state == HEALTH_BAD && out) {
		observe(s, out, OBSERVED_LOG, why, 0, 0);
		out->detail = s->r->selftest.warned;
	}
	return false;
}

/* Runs one case in the current VM. Negative errno if KVM itself failed. */
static int run_case(struct session *s, size_t index, struct case_outcome *out)
{
	bool leaves = s->cases[index].flags & (L1_VM_CLOSED | L1_VMM_KILLED);
	char detail[DETAIL_MAX] = "";
	uint64_t before, gone;
	int64_t start = monotonic_us();
	struct vcpu_exit exit;
	int ret;

	if (leaves)
		health_count(&s->health);
	l1_nested_run(&s->l1, &before);
	inject_fault(s, index);
	ret = command(s, index, &exit, &gone);
	out->us = (uint64_t)(monotonic_us() - start);
	out->saw = (struct observation){ .how = OBSERVED_NOTHING };
	if (ret < 0) {
		observe(s, out, OBSERVED_ERRNO, s->l1.vm.failed, 0, (uint64_t)-ret);
		snprintf(detail, sizeof(detail), "%s: %s", s->l1.vm.failed, error_text(-ret));
	} else if (exit.stop == VCPU_DOORBELL && exit.value == L1_DONE) {
		judge_result(s, out, detail, sizeof(detail));
		if (out->result == CASE_PASS && s->cases[index].flags & L1_SHUTS_DOWN) {
			observe(s, out, OBSERVED_TEXT, "no shutdown", 0, 0);
			snprintf(detail, sizeof(detail), "L1 had to shut down and did not");
		}
	} else if (shut_down_as_expected(s, index, &exit)) {
		out->result = CASE_PASS;
	} else {
		s->needs_fresh_vm = true;
		judge_end(s, out, &exit);
		l1_describe_end(&s->l1, &exit, s->timeout_ms, detail, sizeof(detail));
	}
	/* after - (before - gone): includes the count of the VM that no longer exists. */
	check_entries(s, out, before - gone, detail, sizeof(detail));
	if (detail[0])
		out->detail = arena_strdup(&s->r->arena, detail);
	host_is_healthy(s, out, out->name);
	return ret;
}

/* The reason in this emulator's table of defects if the failure matches in full; else NULL. */
static const char *known_defect(struct session *s, const struct case_outcome *out)
{
	return out->result == CASE_FAIL ? emulator_defect(s->emulator, out->name, &out->saw) : NULL;
}

/* If the case must not run, sets result and detail and returns true. */
static bool skip_case(struct session *s, size_t index, struct case_outcome *out)
{
	bool npt = s->l1.page->features & L1_NEEDS(NPT);
	const struct hazard *hazard;
	const char *reason;
	char fixed[80];

	out->detail = missing_features(s, &s->cases[index], &out->lacks);
	if (out->detail) {
		out->result = CASE_SKIP;
		return true;
	}
	if (s->cases[index].flags & L1_MIGRATES && !vm_saves_nested(&s->l1.vm)) {
		out->result = CASE_SKIP;
		out->detail = "this kernel's KVM cannot save nested state (KVM_CAP_NESTED_STATE)";
		return true;
	}
	hazard = s->o->on_host ? hazard_of(out->name, &s->kernel) : NULL;
	if (hazard) {
		out->result = CASE_SKIP;
		kernel_range_fixed(&hazard->kernels, &s->kernel, fixed, sizeof(fixed));
		out->detail = arena_printf(&s->r->arena,
					   "not run on this kernel%s: %s; %s (commit %s)",
					   s->kernel.rebased ? ", which may have this defect" : "",
					   hazard->what, fixed, hazard->commit);
		return true;
	}
	reason = emulator_forbids(s->emulator, out->name, npt, &s->r->facts);
	if (reason) {
		out->result = CASE_XFAIL;
		out->detail = arena_printf(&s->r->arena, "not run: %s", reason);
	}
	return reason;
}

int run_or_skip_case(struct session *s, size_t index, struct case_outcome *out)
{
	const char *reason;
	int ret;

	if (skip_case(s, index, out))
		return 0;
	ret = run_case(s, index, out);
	reason = known_defect(s, out);
	if (reason) {
		out->result = CASE_XFAIL;
		out->detail = arena_printf(&s->r->arena, "%s: %s", reason, out->detail);
	}
	/* An xfail that L1 reported leaves the VM usable; after a failure it is not trusted. */
	if (out->result == CASE_FAIL)
		s->needs_fresh_vm = true;
	return ret;
}
