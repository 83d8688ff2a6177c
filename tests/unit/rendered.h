/* SPDX-License-Identifier: GPL-2.0-only */
/* For the renderers' tests: a report with more of every part than fits on a screen, and its lines. */
#ifndef NESTCHECK_TESTS_UNIT_RENDERED_H
#define NESTCHECK_TESTS_UNIT_RENDERED_H

#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "diagnose/diagnose.h"
#include "lib/output.h"
#include "report/judge.h"
#include "report/render.h"

HELPER struct case_outcome *add_case(struct report *r, const char *name, enum case_result result,
				     const char *detail)
{
	struct case_outcome *c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);

	r->selftest.ran = true;
	c->name = name;
	c->result = result;
	c->detail = detail;
	return c;
}

static const char long_text[] =
	"a detail that is longer than a line, so that it has to be wrapped, with words in it and "
	"one_word_that_by_itself_is_longer_than_any_line_can_be_because_somebody_did_not_stop_typing "
	"at its end";

/* Every part of a report, more than fits on a screen. */
HELPER void fill(struct report *r)
{
	haswell(r, 4);
	set_msr(r, 2, 0x3a, 1);
	set_msr(r, 0, 0x48b, 0x00003cff00000000);
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r->facts.firmware.boot = "uefi";
	r->facts.firmware.secure_boot = TRI_YES;
	set_dmi(r, "bios_vendor", "American Megatrends");
	set_dmi(r, "sys_vendor", "a vendor with \x1b[31m colour \xff and \t tabs");
	r->cpu = (struct cpu_summary){ VENDOR_INTEL, "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz",
				       "Haswell (Core i7)", 4, "0x00000028" };
	r->kvm.module = "kvm_intel";
	add_case(r, "vmx_cpuid", CASE_PASS, NULL);
	add_case(r, "vmx_hlt", CASE_FAIL, long_text);
	add_case(r, "vmx_pml", CASE_SKIP, "KVM does not offer pml to L1");
	add_case(r, "vmx_vmfunc", CASE_XFAIL, "Bochs: no EPTP list");
	r->selftest.nested_run = 1234;
	for (int i = 0; i < 12; i++)
		strings_add(&r->arena, &r->param_problems, long_text);
	diagnose(r);
	judge_run(r);
}

/* Lines are at most `columns` long; plain: only ASCII. Returns the number of lines. */
HELPER int check_lines(const char *s, int columns, bool plain)
{
	int lines = 0, column = 0;

	for (; *s; s++) {
		if (*s == '\033' && !plain) {
			while (*s && *s != 'm' && *s != 'H' && *s != 'J')
				s++;
			continue;
		}
		if (*s == '\n') {
			lines++;
			column = 0;
			continue;
		}
		if (*s < ' ' || *s > '~')
			fail_msg("character 0x%02x in line %d", (unsigned char)*s, lines + 1);
		if (++column > columns)
			fail_msg("line %d is longer than %d columns", lines + 1, columns);
	}
	assert_int_equal(column, 0);
	return lines;
}

#endif
