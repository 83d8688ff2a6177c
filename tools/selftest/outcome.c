// SPDX-License-Identifier: GPL-2.0-only
/*
 * One case: runs it, and says what came of it, held against KVM's own counter.
 */
#include "selftest/session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "selftest/health.h"
#include "selftest/leave.h"

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static const char *missing_features(struct session *s, const struct selftest_case *c)
{
	uint64_t missing = c->requires & ~s->l1.page->features;
	const char *text = NULL;

	for (unsigned int f = 0; f < L1_F_COUNT; f++) {
		if (!(missing >> f & 1))
			continue;
		text = text ? arena_printf(&s->r->arena, "%s, %s", text, l1_feature_name(f)) :
			      arena_printf(&s->r->arena, "KVM does not offer %s to L1",
					   l1_feature_name(f));
	}
	return text;
}

/* L2's last exit, where the expectation's own text does not tell it. */
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

/* What L1 said of a case that it came back from. */
static void judge_answer(struct session *s, struct case_outcome *out, char *detail, size_t size)
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
		out->result = CASE_FAIL;
		add_last_exit(s, detail, size);
		break;
	default:
		out->result = CASE_FAIL;
		snprintf(detail, size, "L1 came back without a result");
	}
}

/* L1 shut down on its first CPU, as it had to, and said nothing before. */
static bool shut_down_as_due(struct session *s, size_t index, const struct vcpu_exit *exit)
{
	return s->cases[index].flags & L1_SHUTS_DOWN && exit->stop == VCPU_SHUTDOWN &&
	       exit->vcpu == &s->l1.vcpus[0] && s->l1.page->result == L1_NO_RESULT;
}

/* KVM's counter is the proof that L2 ran; L1's word alone is not enough for a pass. */
static void hold_against_kvm(struct session *s, struct case_outcome *out, uint64_t before,
			     char *detail, size_t size)
{
	uint64_t after;
	bool known = l1_nested_run(&s->l1, &after);

	out->nested_run = known ? after - before : 0;
	if (out->result != CASE_PASS || (known && out->nested_run >= out->entries))
		return;
	/* Without the proof no pass, and no defect of the machine's either. */
	if (!known) {
		out->result = CASE_SKIP;
		snprintf(detail, size,
			 "L1 reports pass, but this kernel has no counter nested_run to prove it "
			 "(KVM_GET_STATS_FD, Linux 5.14)");
		return;
	}
	out->result = CASE_FAIL;
	snprintf(
		detail, size,
		"L1 reports pass, but KVM counted %llu entries into L2 where at least %llu are due",
		(unsigned long long)out->nested_run, (unsigned long long)out->entries);
}

static enum l1_command command_for(const struct session *s, size_t index)
{
	if (index != s->fault_index)
		return L1_RUN_CASE;
	return strcmp(s->o->fault, "l1-hang") ? L1_FAULT_TRIPLE : L1_FAULT_HANG;
}

/* As l1_command(); *gone: entries into L2 that were made in a VM which is no more. */
static int command(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *gone)
{
	uint32_t flags = s->cases[index].flags;

	*gone = 0;
	if (flags & L1_CLOSED)
		return leave_closed(s, index, exit, gone);
	if (flags & L1_KILLED)
		return leave_killed(s, index, exit, gone);
	return l1_command(&s->l1, command_for(s, index), (uint32_t)index, flags, s->timeout_ms,
			  exit);
}

/* Runs one case in the present VM. Negative errno where KVM itself failed. */
static int run_case(struct session *s, size_t index, struct case_outcome *out)
{
	bool leaves = s->cases[index].flags & (L1_CLOSED | L1_KILLED);
	char detail[DETAIL_MAX] = "";
	uint64_t before, gone, start = now_us();
	struct health health;
	struct vcpu_exit exit;
	int ret;

	if (leaves)
		health_start(&health);
	l1_nested_run(&s->l1, &before);
	ret = command(s, index, &exit, &gone);
	out->us = now_us() - start;
	out->result = CASE_FAIL;
	if (ret < 0) {
		snprintf(detail, sizeof(detail), "%s: %s", s->l1.vm.failed, strerror(-ret));
	} else if (exit.stop == VCPU_DOORBELL && exit.value == L1_DONE) {
		judge_answer(s, out, detail, sizeof(detail));
		if (out->result == CASE_PASS && s->cases[index].flags & L1_SHUTS_DOWN) {
			out->result = CASE_FAIL;
			snprintf(detail, sizeof(detail), "L1 goes on where it had to shut down");
		}
	} else if (shut_down_as_due(s, index, &exit)) {
		out->result = CASE_PASS;
	} else {
		s->doubtful = true;
		l1_describe_end(&s->l1, &exit, s->timeout_ms, detail, sizeof(detail));
	}
	if (leaves && !health_end(&health, detail, sizeof(detail)))
		out->result = CASE_FAIL;
	/* after - (before - gone): what the VM that is gone counted is part of it. */
	hold_against_kvm(s, out, before - gone, detail, sizeof(detail));
	if (detail[0])
		out->detail = arena_strdup(&s->r->arena, detail);
	return ret;
}

int settle_case(struct session *s, size_t index, struct case_outcome *out)
{
	bool crashes, npt = s->l1.page->features & L1_NEEDS(NPT);
	const char *reason = emulator_xfail(s->emulator, out->name, npt, &crashes);
	int ret = 0;

	out->detail = missing_features(s, &s->cases[index]);
	if (out->detail) {
		out->result = CASE_SKIP;
	} else if (crashes) {
		out->result = CASE_XFAIL;
		out->detail = arena_printf(&s->r->arena, "not run: %s", reason);
	} else {
		ret = run_case(s, index, out);
		if (out->result == CASE_FAIL && reason) {
			out->result = CASE_XFAIL;
			out->detail = arena_printf(&s->r->arena, "%s: %s", reason, out->detail);
		}
		/* What fails for a known reason and was answered for by L1 leaves no doubt behind. */
		if (out->result == CASE_FAIL)
			s->doubtful = true;
	}
	return ret;
}
