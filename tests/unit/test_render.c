// SPDX-License-Identifier: GPL-2.0-only
/*
 * Renderers: 80 columns of ASCII, every failed case by name, what decides first. Screens with a
 * banner are in test_render_screen.c.
 */
#include "rendered.h"

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
	assert_null(strstr(t.s, "machine  "));
	assert_contains(t.s, "firmware  not known");
	assert_contains(t.s, "No findings. Whether this CPU has virtualization is not known.\n");
	assert_contains(t.s, "ept                     unknown");
	assert_contains(t.s, "1..0 # SKIP");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_is_80_columns_of_ascii),
		cmocka_unit_test(a_screen_holds_what_decides),
		cmocka_unit_test(a_screen_folds_advice),
		cmocka_unit_test(a_cause_is_the_machines),
		cmocka_unit_test(nothing_known_is_said_so),
		cmocka_unit_test(tap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
