// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expectations: the first that does not hold is written down and ends the case.
 */
#include "l1/common/cpu.h"
#include "l1/common/l2_ops.h"

/* On all CPUs, in this case. */
static volatile uint32_t failures;

void expect_reset(void)
{
	failures = 0;
	l1_page->where[0] = 0;
}

bool expect_any_failed(void)
{
	return failures;
}

void expect_at(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l1_vsnprintf(l1_page->where, L1_WHERE_MAX, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 1, 0))) static void say(const char *fmt, va_list ap)
{
	char *to = l1_page->detail;
	unsigned int cpu = this_cpu_index();
	size_t n = 0;

	if (cpu)
		n = (size_t)l1_snprintf(to, L1_DETAIL_MAX, "CPU %u: ", cpu);
	for (size_t i = 0; l1_page->where[i]; i++)
		to[n++] = l1_page->where[i];
	l1_vsnprintf(to + n, L1_DETAIL_MAX - n, fmt, ap);
}

/* what NULL: the words themselves are the observation. */
__attribute__((format(printf, 4, 0))) static void
observe(const char *what, uint64_t expected, uint64_t seen, const char *fmt, va_list ap)
{
	struct l1_observation *o = &l1_page->saw;
	size_t n = (size_t)l1_snprintf(o->what, L1_WHAT_MAX, "%s", l1_page->where);

	o->how = what ? L1_SAW_VALUE : L1_SAW_TEXT;
	o->cpu = this_cpu_index();
	o->expected = expected;
	o->seen = seen;
	if (what)
		l1_snprintf(o->what + n, L1_WHAT_MAX - n, "%s", what);
	else
		l1_vsnprintf(o->what + n, L1_WHAT_MAX - n, fmt, ap);
}

static void fail(const char *what, uint64_t expected, uint64_t seen, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0), noreturn));
static void fail(const char *what, uint64_t expected, uint64_t seen, const char *fmt, va_list ap)
{
	va_list again;

	/* Only the first failure is reported; the others follow from it. */
	if (__atomic_fetch_add(&failures, 1, __ATOMIC_SEQ_CST) == 0) {
		va_copy(again, ap);
		observe(what, expected, seen, fmt, again);
		va_end(again);
		say(fmt, ap);
	}
	case_over();
}

void expect_failed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(NULL, 0, 0, fmt, ap);
}

void expect_differs(const char *what, uint64_t expected, uint64_t seen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(what, expected, seen, fmt, ap);
}

void expect_false(const char *cond, const char *section)
{
	expect_differs(cond, 1, 0, "%s does not hold (%s)", cond, section);
}

void case_over(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->in_l2) {
		cpu->failed = true;
		for (;;)
			l2_call(L2_FAILED);
	}
	if (!cpu->case_end.rip) /* no case was ever started: nothing to go back to */
		l1_died();
	if (!l1_page->last_exit[0])
		l2_ops()->describe(l1_page->last_exit, L1_EXIT_MAX);
	l1_page->result = L1_FAIL;
	context_jump(&cpu->case_end);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	l1_page->result = L1_SKIP;
	context_jump(&this_cpu()->case_end);
}

void expect_eq(const char *what, uint64_t seen, uint64_t expected, const char *(*name)(uint64_t),
	       const char *section)
{
	const char *e, *s;

	if (seen == expected)
		return;
	e = name ? name(expected) : NULL;
	s = name ? name(seen) : NULL;
	if (e && s)
		expect_differs(what, expected, seen, "%s: expected %s, seen %s (%s)", what, e, s,
			       section);
	expect_differs(what, expected, seen, "%s: expected %s%s%#lx, seen %s%s%#lx (%s)", what,
		       e ? e : "", e ? " = " : "", expected, s ? s : "", s ? " = " : "", seen,
		       section);
}
