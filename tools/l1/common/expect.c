// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expectations: the first that does not hold is written down and ends the case.
 */
#include "l1/common/any.h"
#include "l1/common/cpu.h"
#include "l1/common/smp.h"

static char where[80];

void expect_at(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l1_vsnprintf(where, sizeof(where), fmt, ap);
	va_end(ap);
}

static void say(const char *fmt, va_list ap)
{
	char *to = l1_page->detail;
	unsigned int cpu = this_cpu_index();
	size_t n = 0;

	if (cpu)
		n = (size_t)l1_snprintf(to, L1_DETAIL_MAX, "CPU %u: ", cpu);
	for (size_t i = 0; where[i]; i++)
		to[n++] = where[i];
	l1_vsnprintf(to + n, L1_DETAIL_MAX - n, fmt, ap);
}

void expect_failed(const char *fmt, ...)
{
	va_list ap;

	/* The first failure is the one to tell; the others follow from it. */
	if (smp_first_failure()) {
		va_start(ap, fmt);
		say(fmt, ap);
		va_end(ap);
	}
	case_over();
}

void case_over(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->in_l2) {
		cpu->failed = true;
		for (;;)
			l2_call(L2_FAILED);
	}
	if (!cpu->case_end.rip) /* no case was ever started: nobody to go back to */
		l1_died();
	if (!l1_page->last_exit[0])
		any()->describe(l1_page->last_exit, L1_EXIT_MAX);
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
		expect_failed("%s: expected %s, seen %s (%s)", what, e, s, section);
	expect_failed("%s: expected %s%s%#lx, seen %s%s%#lx (%s)", what, e ? e : "", e ? " = " : "",
		      expected, s ? s : "", s ? " = " : "", seen, section);
}
