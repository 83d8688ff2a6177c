// SPDX-License-Identifier: GPL-2.0-only
/*
 * Renderers: the banner's size on real screens, 80 columns of ASCII, nothing that scrolls
 * away, every failed case by name; and the text buffer they write into.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "diagnose/diagnose.h"
#include "lib/output.h"
#include "report/judge.h"
#include "report/render.h"

static struct case_outcome *add_case(struct report *r, const char *name, enum case_result result,
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
static void fill(struct report *r)
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
static int check_lines(const char *s, int columns, bool plain)
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

static void plain_is_80_columns_of_ascii(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	render_plain(&t, &r);
	check_lines(t.s, 80, true);
	assert_contains(t.s, "CPU       Intel(R) Core(TM) i7-4770");
	assert_contains(t.s, "firmware  UEFI, Secure Boot on");
	assert_contains(t.s, "kvm       kvm_intel nested=Y ept=Y");
	assert_contains(t.s, "entered 1234 times");
	assert_contains(t.s, "BLOCKER   vmx-locked-off: ");
	assert_contains(t.s, "(CPU 2)");
	assert_contains(t.s, "4 cases: 1 passed, 1 failed, 1 skipped, 1 expected to fail");
	assert_contains(t.s, "  FAIL    vmx_hlt: a detail that");
	assert_contains(t.s, "  xfail   vmx_vmfunc: Bochs");
	assert_contains(t.s, "  skip    KVM does not offer pml to L1: vmx_pml");
	assert_null(strstr(t.s, "vmx_cpuid"));
	text_free(&t);
	kv_add(&r.arena, &r.facts.software, "libvirt", "libvirtd (libvirt) 9.0.0");
	kv_add(&r.arena, &r.facts.software, "qemu", "QEMU emulator version 7.2.22 (Debian)");
	render_probe(&t, &r);
	assert_contains(t.s, "\nqemu      QEMU emulator version 7.2.22 (Debian)\n"
			     "libvirt   libvirtd (libvirt) 9.0.0\n");
	check_lines(t.s, 80, true);
	assert_contains(t.s, "\nshadow_vmcs             no");
	assert_contains(t.s, "\nept_1g                  yes");
	assert_contains(t.s, "\nsvm                     no");
	assert_null(strstr(t.s, "\nnpt "));
	text_free(&t);
	render_findings(&t, &r);
	check_lines(t.s, 80, true);
	text_free(&t);
	report_free(&r);
}

static void found(struct report *r, const char *id, enum severity severity, const char *evidence,
		  const char *remedy)
{
	struct finding *f = arena_push(&r->arena, &r->findings, &r->n_findings);

	*f = (struct finding){ .id = id, .severity = severity, .title = "a title" };
	f->evidence = evidence;
	f->remedy = remedy;
}

static void assert_first_line(const char *s, const char *line)
{
	assert_int_equal(strncmp(s, line, strlen(line)), 0);
	assert_int_equal(strncmp(s + strlen(line), "\n\n", 2), 0);
}

/* Five blockers, the fourth of which decides, with texts of which none fits. */
static void a_screen_holds_what_decides(void **state)
{
	static char evidence[4000], remedy[4000];
	struct text t = { 0 };
	struct report r;

	(void)state;
	memset(evidence, 'e', sizeof(evidence) - 1);
	for (size_t i = 0; i < sizeof(remedy) - 1; i++)
		remedy[i] = i % 5 ? 'r' : ' ';
	report_init(&r);
	found(&r, "module-refused", SEVERITY_BLOCKER, evidence, remedy);
	found(&r, "nested-off", SEVERITY_BLOCKER, evidence, remedy);
	found(&r, "kvm-device-missing", SEVERITY_BLOCKER, evidence, remedy);
	found(&r, "no-virtualization", SEVERITY_BLOCKER, evidence, remedy);
	r.findings[3].unsupported = true;
	found(&r, "kvm-needs", SEVERITY_BLOCKER, evidence, remedy);
	found(&r, "no-nx", SEVERITY_DEGRADED, evidence, remedy);
	found(&r, "lockdown", SEVERITY_ADVICE, evidence, remedy);
	judge_findings(&r);
	assert_int_equal(r.verdict.result, VERDICT_UNSUPPORTED);
	render_diagnosis(&t, &r);
	assert_int_equal(check_lines(t.s, 79, true), 23);
	assert_first_line(t.s, "This machine's CPU has no virtualization that Linux can use");
	assert_contains(t.s, "\n\nBLOCKER   no-virtualization: a title\n  seen    eeee");
	assert_contains(t.s, "eeee ...\ndo first  rrrr");
	assert_contains(t.s, "rrrr ...\n\nBLOCKER   module-refused: a title\n"
			     "BLOCKER   nested-off: a title\n\n"
			     "4 more findings (2 blocker, 1 degraded, 1 advice): "
			     "nestcheck diagnose --all\n");
	text_free(&t);
	report_free(&r);
}

static void a_screen_folds_advice(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	report_init(&r);
	r.replayed = true;
	found(&r, "lockdown", SEVERITY_ADVICE, "seen", "do");
	judge_findings(&r);
	render_diagnosis(&t, &r);
	assert_string_equal(t.s, "Whether this CPU has virtualization is not known\n\n"
				 "1 more finding (1 advice): nestcheck diagnose --all\n");
	text_free(&t);
	r.caps[CAP_VMX] = TRI_YES;
	render_diagnosis(&t, &r);
	assert_first_line(t.s,
			  "Nothing was found that stops nested guests, as far as could be seen");
	text_free(&t);
	r.facts.kvm.nested_cpuid = TRI_YES;
	r.replayed = false;
	render_diagnosis(&t, &r);
	assert_first_line(t.s, "Nothing was found that stops nested guests");
	assert_contains(t.s, "\n\ndo first  nestcheck run: ");
	text_free(&t);
	/* An id of another version: its title. */
	found(&r, "other", SEVERITY_BLOCKER, "seen", "do");
	judge_findings(&r);
	render_diagnosis(&t, &r);
	assert_first_line(t.s, "a title");
	text_free(&t);
	report_free(&r);
}

/* The user of a virtual machine has no firmware setup to look for. */
static void a_cause_is_the_machines(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x3a, 1);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	diagnose(&r);
	judge_findings(&r);
	render_diagnosis(&t, &r);
	assert_first_line(t.s, "VT-x, the CPU's virtualization, is switched off by the firmware "
			       "(BIOS, UEFI)");
	assert_contains(t.s, "\nNo other finding.\n");
	text_free(&t);
	render_plain(&t, &r);
	assert_contains(t.s, "\n\nVT-x, the CPU's virtualization, is switched off by the firmware "
			     "(BIOS, UEFI)\n\nBLOCKER   vmx-locked-off: ");
	text_free(&t);
	set_dmi(&r, "sys_vendor", "QEMU");
	diagnose(&r);
	judge_findings(&r);
	render_diagnosis(&t, &r);
	assert_first_line(t.s, "VT-x is switched off by the hypervisor below, or by the virtual "
			       "firmware");
	text_free(&t);
	/* Failed cases decide, and their names say more than another finding's cause. */
	r.verdict.reason = "selftest-failed: vmx_hlt";
	render_plain(&t, &r);
	assert_null(strstr(t.s, "VT-x is switched off by the hypervisor below, or"));
	text_free(&t);
	report_free(&r);
}

static void nothing_known_is_said_so(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	report_init(&r);
	render_plain(&t, &r);
	render_probe(&t, &r);
	render_tap(&t, &r);
	render_screen(&t, &r, 80, 25);
	assert_contains(t.s, "CPU       not known");
	assert_contains(t.s, "firmware  not known");
	assert_contains(t.s, "No findings. Whether this CPU has virtualization is not known.\n");
	assert_contains(t.s, "ept                     unknown");
	assert_contains(t.s, "1..0 # SKIP");
	text_free(&t);
	report_free(&r);
}

/* The visible part of a screen's text: the lines, and those with the banner's blocks. */
static int banner_rows(const char *s)
{
	int rows = 0;
	bool blocks = false;

	for (; *s; s++) {
		blocks |= *s == '#';
		if (*s == '\n') {
			if (!blocks)
				break;
			rows++;
			blocks = false;
		}
	}
	return rows;
}

static const struct {
	int columns, rows;
} screens[] = {
	{ 80, 25 },   { 80, 22 },   { 80, 50 },	 { 128, 48 }, { 240, 67 },   { 240, 64 },
	{ 480, 135 }, { 480, 132 }, { 100, 37 }, { 160, 64 }, { 1024, 300 },
};

static void banner_is_an_eighth_of_every_screen(void **state)
{
	static const enum verdict_result all[] = { VERDICT_PASS, VERDICT_FAIL, VERDICT_UNSUPPORTED,
						   VERDICT_ERROR };
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		for (int v = 0; v < 4; v++) {
			/* The caller may reserve up to 4 rows of the screen. */
			int height = screens[i].rows + 4, lines, rows;

			r.verdict.result = all[v];
			render_screen(&t, &r, screens[i].columns, screens[i].rows);
			lines = check_lines(t.s, screens[i].columns, false);
			rows = banner_rows(t.s);
			if (rows * 8 < height)
				fail_msg("%d rows of banner on %dx%d", rows, screens[i].columns,
					 screens[i].rows);
			if (rows * 2 > screens[i].rows)
				fail_msg("%d rows of banner leave no room on %dx%d", rows,
					 screens[i].columns, screens[i].rows);
			if (lines >= screens[i].rows)
				fail_msg("%d lines scroll on %dx%d", lines, screens[i].columns,
					 screens[i].rows);
			assert_contains(t.s, "CPU ");
			assert_contains(t.s, "vmx-locked-off");
			text_free(&t);
		}
	}
	report_free(&r);
}

/* Complete letters, an eighth of the screen, and no other letters. */
static void banner_heights(void **state)
{
	(void)state;
	for (int rows = 1; rows < 400; rows++) {
		int height = banner_height(rows);
		struct text t = { 0 };

		assert_true(height * 8 >= rows && (height - 5) * 8 < rows);
		render_banner(&t, "ERROR", 1000, height);
		assert_int_equal(banner_rows(t.s), height);
		text_free(&t);
	}
}

static void tiny_screens(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	for (int columns = 1; columns < 80; columns += 6) {
		for (int rows = 1; rows < 30; rows += 3) {
			render_screen(&t, &r, columns, rows);
			check_lines(t.s, columns < 20 ? 20 : columns, false);
			text_free(&t);
		}
	}
	report_free(&r);
}

/* Omitted cases are counted: shown and omitted ones add up. */
static void findings_that_do_not_fit_are_counted(void **state)
{
	struct text t = { 0 };
	struct report r;
	const char *more;
	size_t shown = 0;

	(void)state;
	fill(&r);
	render_screen(&t, &r, 80, 25);
	more = strstr(t.s, " more finding");
	assert_non_null(more);
	while (more[-1] >= '0' && more[-1] <= '9')
		more--;
	for (size_t i = 0; i < r.n_findings; i++) {
		char line[64];

		snprintf(line, sizeof(line), "%-10s%s",
			 r.findings[i].severity == SEVERITY_BLOCKER  ? "BLOCKER" :
			 r.findings[i].severity == SEVERITY_DEGRADED ? "degraded" :
								       "advice",
			 r.findings[i].id);
		if (strstr(t.s, line) && strcmp(r.findings[i].id, "parameter"))
			shown++;
	}
	for (const char *s = t.s; (s = strstr(s, "advice    parameter")); s++)
		shown++;
	assert_int_equal(shown + (size_t)atoi(more), r.n_findings);
	text_free(&t);
	/* All of them on a screen that is large enough. */
	render_screen(&t, &r, 240, 200);
	assert_null(strstr(t.s, " more finding"));
	text_free(&t);
	report_free(&r);
}

static void banner_spells_the_word(void **state)
{
	static const char wanted[] = "####   ###   ####  ####\n"
				     "#   # #   # #     #    \n"
				     "####  #####  ###   ### \n"
				     "#     #   #     #     #\n"
				     "#     #   # ####  #### \n";
	struct text t = { 0 };

	(void)state;
	render_banner(&t, "PASS", 40, 5);
	assert_string_equal(t.s, wanted);
	text_free(&t);
	/* Twice as high, and as wide as there is room. */
	render_banner(&t, "PASS", 80, 14);
	assert_int_equal(check_lines(t.s, 80, true), 10);
	assert_true(strncmp(t.s, "############", 12) == 0);
	text_free(&t);
	/* Every letter of every verdict exists: no blank columns instead of a letter. */
	for (const char *word = "PASSFAILUNSUPPORTEDERRORNOVERDICT"; *word; word++) {
		char one[2] = { *word };

		render_banner(&t, one, 40, 7);
		assert_non_null(strchr(t.s, '#'));
		text_free(&t);
	}
	/* No room for letters: the plain word. */
	render_banner(&t, "UNSUPPORTED", 40, 7);
	assert_contains(t.s, "UNSUPPORTED");
	text_free(&t);
}

static void colours_end(void **state)
{
	struct text t = { 0 };
	struct report r;
	const char *last = NULL;

	(void)state;
	fill(&r);
	render_screen(&t, &r, 80, 25);
	assert_true(strncmp(t.s, "\033[H\033[J", 6) == 0);
	for (const char *s = t.s; (s = strchr(s, '\033')); s++)
		last = s;
	assert_true(strncmp(last, "\033[0m", 4) == 0);
	/* The machine's name does not change colours. */
	assert_null(strstr(t.s, "\033[31m colour"));
	text_free(&t);
	report_free(&r);
}

static void tap(void **state)
{
	struct text t = { 0 };
	struct report r;

	(void)state;
	fill(&r);
	add_case(&r, "vmx_new", CASE_FAIL, NULL)->unproven = true;
	r.selftest.cases[1].detail = "exit \"2\" \\ reason";
	/* KVM's counter contradicts L1's report. */
	add_case(&r, "vmx_denied", CASE_PASS, NULL)->entries = 99;
	r.selftest.error = "KVM_RUN: Bad address";
	render_tap(&t, &r);
	assert_string_equal(t.s, "TAP version 13\n"
				 "1..6\n"
				 "ok 1 - vmx_cpuid\n"
				 "not ok 2 - vmx_hlt\n"
				 "  ---\n"
				 "  message: \"exit \\\"2\\\" \\\\ reason\"\n"
				 "  ...\n"
				 "ok 3 - vmx_pml # SKIP KVM does not offer pml to L1\n"
				 "not ok 4 - vmx_vmfunc # TODO a defect of this emulator\n"
				 "  ---\n"
				 "  message: \"Bochs: no EPTP list\"\n"
				 "  ...\n"
				 "not ok 5 - vmx_new # TODO unproven\n"
				 "not ok 6 - vmx_denied\n"
				 "Bail out! KVM_RUN: Bad address\n");
	text_free(&t);
	/* If something failed, no case at all is not a skip. */
	r.selftest.n_cases = 0;
	render_tap(&t, &r);
	assert_string_equal(t.s, "TAP version 13\n1..0\nBail out! KVM_RUN: Bad address\n");
	text_free(&t);
	report_free(&r);
}

static void wrapping(void **state)
{
	struct text t = { .width = 20 };

	(void)state;
	text_wrap(&t, 4, "ab", "one two  three\tfour abcdefghijklmnopqrstuvwxyz");
	assert_string_equal(t.s, "ab  one two three\n"
				 "    four\n"
				 "    abcdefghijklmno\n"
				 "    pqrstuvwxyz\n");
	text_free(&t);
	text_wrap(&t, 4, "a label too long", "one");
	assert_string_equal(t.s, "a label too long\n    one\n");
	text_free(&t);
	text_wrap(&t, 2, NULL, NULL);
	text_wrap(&t, 0, NULL, "");
	text_wrap(&t, 0, NULL, "x");
	assert_string_equal(t.s, "  \n\nx\n");
	text_free(&t);
	for (int width = -3; width < 90; width++) {
		for (int indent = 0; indent < 40; indent++) {
			t.width = width;
			text_wrap(&t, indent, "label", long_text);
			check_lines(t.s, width < 20 ? width == 0 ? 79 : 19 : width - 1, true);
			text_free(&t);
		}
	}
}

/* However long a word is, each of its characters is there once. */
static void long_words(void **state)
{
	static const size_t lengths[] = { 32767, 32768, 32769, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct text t = { 0 };
		char *word = test_calloc(1, lengths[i] + 3);
		size_t n = 0;

		memset(word, 'w', lengths[i]);
		strcpy(word + lengths[i], " x");
		text_wrap(&t, 4, "ab", word);
		for (const char *s = t.s; *s; s++)
			n += *s == 'w';
		assert_int_equal(n, lengths[i]);
		check_lines(t.s, 79, true);
		assert_string_equal(t.s + t.len - 2, "x\n");
		text_free(&t);
		test_free(word);
	}
}

static void cpu_lists(void **state)
{
	static const int cpus[] = { 0, 1, 2, 5, 7, 8, 511 }, backwards[] = { 9, 8, 8, 3, 1 };
	int many[256];
	struct text t = { 0 };

	(void)state;
	text_cpus(&t, cpus, 7);
	text_add(&t, "|");
	text_cpus(&t, cpus + 3, 1);
	text_add(&t, "|");
	text_cpus(&t, cpus, 0);
	assert_string_equal(t.s, "CPUs 0-2,5,7-8,511|CPU 5|");
	text_free(&t);
	/* One thread of each core; three are not a pattern. */
	for (int i = 0; i < 256; i++)
		many[i] = 2 * i + 1;
	text_cpus(&t, many, 256);
	text_add(&t, "|");
	text_cpus(&t, many, 3);
	assert_string_equal(t.s, "CPUs 1-511 in steps of 2|CPUs 1,3,5");
	text_free(&t);
	/* No pattern at all: about one line, and the number of the rest. */
	for (int i = 0; i < 256; i++)
		many[i] = i * (i + 1);
	text_cpus(&t, many, 256);
	assert_string_equal(t.s, "CPUs 0,2,6,12,20,30,42,56 and 248 more");
	text_free(&t);
	text_cpus(&t, many, 9);
	assert_string_equal(t.s, "CPUs 0,2,6,12,20,30,42,56,72");
	text_free(&t);
	/* As a recording may have them. */
	text_cpus(&t, backwards, 5);
	assert_string_equal(t.s, "CPUs 9,8,8,3,1");
	text_free(&t);
}

static void arena(void **state)
{
	struct arena a = { 0 };
	int *numbers = NULL;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int *slot = arena_push(&a, &numbers, &n);

		assert_int_equal(*slot, 0);
		*slot = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	assert_null(arena_strdup(&a, NULL));
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(&a, "ab", 3), "ab");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	arena_free(&a);
	assert_null(a.blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_is_80_columns_of_ascii),
		cmocka_unit_test(a_screen_holds_what_decides),
		cmocka_unit_test(a_screen_folds_advice),
		cmocka_unit_test(a_cause_is_the_machines),
		cmocka_unit_test(nothing_known_is_said_so),
		cmocka_unit_test(banner_is_an_eighth_of_every_screen),
		cmocka_unit_test(banner_heights),
		cmocka_unit_test(tiny_screens),
		cmocka_unit_test(findings_that_do_not_fit_are_counted),
		cmocka_unit_test(banner_spells_the_word),
		cmocka_unit_test(colours_end),
		cmocka_unit_test(tap),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(long_words),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
