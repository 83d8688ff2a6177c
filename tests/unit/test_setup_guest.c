// SPDX-License-Identifier: GPL-2.0-only
/* The guest's definition by its kind, its level and the machine's maker; and refusals. */
#include "guest.h"

#include <stdio.h>

static const char *const cpu_modes[] = { "host-passthrough", "host-model", "custom" };
static const char *const parts[] = { NULL,  "domain", "cpu",	     "baseline", "all", "disk",
				     "run", "node",   "cpu-feature", "nested",	 "vm" };

/* Whether the feature is named; ".vmx" is VMware's file, vmxnet3 its network card. */
static bool names(const char *text, const char *word)
{
	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || at[-1] != '.') && strncmp(at, "vmxnet", 6) != 0)
			return true;
	return false;
}

static void never_the_other_makers(struct report *r, const char *own, const char *other)
{
	unsigned int texts = 0, given = 0;
	const char *kind;

	for (size_t k = 0; (kind = guest_kind_name(k)); k++)
		for (unsigned int n = 0; n < 2 * 3 * 10; n++) {
			struct guest_options o = options(kind, n % 2 + 1);
			struct text t = { 0 }, why = { 0 };

			o.cpu = cpu_modes[n / 2 % 3];
			o.part = parts[n / 6];
			if (guest_options_ok(&o, &why)) {
				assert_true(guest_text(r, &o, &t));
				assert_false(names(t.s, other));
				assert_true(o.level == 1 || !names(t.s, own));
				given += names(t.s, own);
				texts++;
			} else {
				assert_non_null(why.s);
			}
			text_free(&t);
			text_free(&why);
		}
	assert_true(texts > 60);
	assert_true(given > 20);
}

static void intel_never_gets_svm(void **state)
{
	struct report r;

	(void)state;
	cpu_of(&r, &cpu_models[0]);
	never_the_other_makers(&r, "vmx", "svm");
	report_free(&r);
}

static void amd_never_gets_vmx(void **state)
{
	const struct cpu_model *m = cpu_models;
	struct report r;

	(void)state;
	while (m->vendor != VENDOR_AMD)
		m++;
	cpu_of(&r, m);
	never_the_other_makers(&r, "svm", "vmx");
	report_free(&r);
}

static void scripts_are_by_maker(void **state)
{
	static const char *const kinds[] = { "l1", "l2" };
	struct report r;

	(void)state;
	cpu_of(&r, &cpu_models[0]);
	for (unsigned int i = 0; i < 2; i++) {
		struct guest_options o = options(kinds[i], i + 1);
		struct text t = { 0 };

		assert_true(script_options_ok(&o, &t));
		assert_true(script_text(&r, &o, &t));
		assert_false(names(t.s, "svm"));
		assert_false(names(t.s, "kvm_amd"));
		assert_int_equal(names(t.s, ",require=vmx"), i == 0);
		assert_contains(t.s, "module='kvm_intel'");
		assert_contains(t.s, i ? "name='nested-guest'" : "name='regular-guest'");
		assert_null(strstr(t.s, "@NAME@"));
		assert_contains(t.s, "\"$@\"\n");
		text_free(&t);
	}
	report_free(&r);
}

static void a_bridge_by_each_way(void **state)
{
	static const char *const ways[] = { "networkmanager", "systemd-networkd", "ifupdown" };
	struct guest_options o = options("bridge", 1);
	struct text t = { 0 };
	struct report r;

	(void)state;
	report_init(&r);
	assert_false(script_options_ok(&o, &t));
	o.device = "eth0";
	o.part = "netplan";
	text_free(&t);
	assert_false(script_options_ok(&o, &t));
	text_free(&t);
	for (size_t i = 0; i < 3; i++) {
		o.part = ways[i];
		o.device = "eth0;id";
		assert_false(script_options_ok(&o, &t));
		text_free(&t);
		o.device = "eth0";
		assert_true(script_options_ok(&o, &t));
		assert_true(script_text(&r, &o, &t));
		assert_contains(t.s, ways[i]);
		assert_contains(t.s, "device='eth0'");
		assert_contains(t.s, "bridge='br0'");
		text_free(&t);
	}
	report_free(&r);
}

/* These options must be refused, with a message that contains this. */
static void refused(const struct guest_options *o, const char *part)
{
	struct text t = { 0 };

	assert_false(guest_options_ok(o, &t));
	assert_contains(t.s, part);
	for (const char *c = t.s; *c; c++)
		assert_true(*c >= ' ' && *c <= '~');
	text_free(&t);
}

static void names_that_need_quotes_are_refused(void **state)
{
	static const char *const bad[] = {
		"",    "a b",  "a'b", "a\"b", "a<b", "a&b", "a$b",     "a`b",	   "a;b", "a|b",
		"a\\", "a\nb", "a/b", "a,b",  "-a",  ".a",  "a\033[m", "\xc3\xa9", "a=b", "a%b",
	};
	const char *kind;
	char longest[66];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t k = 0; (kind = guest_kind_name(k)); k++) {
			struct guest_options o = options(kind, 1);

			o.name = bad[i];
			refused(&o, "--name");
		}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct guest_options o = options("libvirt", 1);

		if (!strcmp(bad[i], ".a"))
			continue;
		o.bridge = bad[i];
		refused(&o, "--bridge");
		o.bridge = NULL;
		o.cdrom = bad[i];
		if (strcmp(bad[i], "a/b") != 0)
			refused(&o, "--cdrom");
	}
	memset(longest, 'a', sizeof(longest));
	longest[65] = '\0';
	struct guest_options o = options("libvirt", 1);
	struct text t = { 0 };
	o.name = longest;
	refused(&o, "--name");
	o.name = longest + 1;
	assert_true(guest_options_ok(&o, &t));
	o.bridge = "sixteen-letters-";
	refused(&o, "--bridge");
	o.bridge = "fifteen-letters";
	assert_true(guest_options_ok(&o, &t));
	assert_null(t.s);
}

/* In PowerShell a backslash is a path's; in a shell it would join the next word or line. */
static void only_powershell_has_backslashes(void **state)
{
	static const char *const paths[] = { "b\\", "C:\\iso\\a.iso", "a\\b" };
	const char *kind;

	(void)state;
	for (size_t k = 0; (kind = guest_kind_name(k)); k++) {
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
			struct guest_options o = options(kind, 1);
			struct text t = { 0 };

			o.cdrom = paths[i];
			if (strcmp(kind, "hyperv") != 0)
				refused(&o, "--cdrom");
			else
				assert_true(guest_options_ok(&o, &t));
			assert_null(t.s);
		}
	}
}

/* XML has no "--" in a comment; the commands there are for a shell, in which \\- is -. */
static void a_comment_stays_open(void **state)
{
	struct guest_options o = options("libvirt", 1);
	struct text t = { 0 };
	struct report r;

	(void)state;
	haswell(&r, 1);
	identify_cpu(&r);
	o.name = "a--b---";
	assert_true(guest_options_ok(&o, &t));
	assert_true(guest_text(&r, &o, &t));
	assert_contains(t.s, "/images/a-\\-b-\\-\\-.qcow2 ");
	assert_contains(t.s, "virsh start a-\\-b-\\-\\- -->\n");
	assert_contains(t.s, "<name>a--b---</name>");
	text_free(&t);
	report_free(&r);
}

static void what_a_kind_has_not_is_refused(void **state)
{
	struct guest_options o = options("aws", 2);

	(void)state;
	refused(&o, "--level l2");
	o = options("azure", 1);
	o.bridge = "br0";
	refused(&o, "--bridge");
	o = options("vagrant", 1);
	o.accel = "tcg";
	refused(&o, "--accel");
	o = options("qemu", 1);
	o.cpu = "host-model";
	refused(&o, "host-model");
	o.cpu = "Haswell";
	refused(&o, "--cpu");
	o = options("qemu", 1);
	o.part = "cpu";
	refused(&o, "--part");
	o.part = NULL;
	o.cpus = 289;
	refused(&o, "288");
	o = options("aws", 1);
	o.cpus = 97;
	refused(&o, "no known instance size");
	o = options("gcp", 1);
	o.memory_mb = 96 * 4096 + 1;
	refused(&o, "no known instance size");
	o = options("gcp", 1);
	o.name = "Guest";
	refused(&o, "--name");
	o = options("xen", 1);
	refused(&o, "--for");
	o.kind = NULL;
	refused(&o, "--for");
}

static void tcg_nests_svm_alone(void **state)
{
	struct guest_options o = options("qemu", 1);
	struct report r;

	(void)state;
	o.accel = "tcg";
	haswell(&r, 1);
	identify_cpu(&r);
	no_text_of(&r, &o, "no VMX");
	report_free(&r);
	zen(&r, 1);
	identify_cpu(&r);
	text_of(&r, &o, "-accel tcg -cpu max,+svm,enforce");
	o.kind = "libvirt";
	text_of(&r, &o, "<cpu mode='maximum'>");
	report_free(&r);
	/* Facts without a CPU, or with another maker's. */
	report_init(&r);
	o.accel = NULL;
	no_text_of(&r, &o, "not known");
	report_free(&r);
}

/* If the host has nesting off, the guest does not start, rather than start without the feature. */
static void the_feature_is_required(void **state)
{
	static const char *const cpus[] = { "host-passthrough", "host-model", "custom" };
	struct report r;

	(void)state;
	for (int intel = 0; intel < 2; intel++) {
		cpu_of(&r, &cpu_models[0]);
		if (!intel) {
			const struct cpu_model *m = cpu_models;

			report_free(&r);
			while (m->vendor != VENDOR_AMD)
				m++;
			cpu_of(&r, m);
		}
		for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
			struct guest_options o = options("virt-install", 1);

			o.cpu = cpus[i];
			text_of(&r, &o, intel ? ",require=vmx" : ",require=svm");
			o.kind = "qemu";
			if (i != 1)
				text_of(&r, &o, intel ? ",+vmx,enforce" : ",+svm,enforce");
		}
		report_free(&r);
	}
}

/* False, and so exit status 1, if guests of this machine cannot nest. */
static void blockers_decide(void **state)
{
	static const struct {
		const char *kind, *accel;
		bool can;
	} rows[] = {
		{ "libvirt", NULL, false }, { "qemu", "kvm", false }, { "l1", NULL, false },
		{ "qemu", "tcg", true },    { "azure", NULL, true },  { "bridge", NULL, true },
	};
	struct report r;

	(void)state;
	zen(&r, 1);
	identify_cpu(&r);
	for (int step = 0; step < 3; step++) {
		struct finding *f;

		if (step) {
			r.n_findings = 0;
			f = arena_push(&r.arena, &r.findings, &r.n_findings);
			f->id = step == 1 ? "svm-disabled" : "kvm-device-denied";
			f->title = f->remedy = "x";
			f->severity = SEVERITY_BLOCKER;
		}
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct guest_options o = options(rows[i].kind, 1);
			struct text t = { 0 };

			o.accel = rows[i].accel;
			assert_int_equal(guest_notes(&r, &o, &t), step != 1 || rows[i].can);
			assert_int_equal(t.s != NULL, step && !rows[i].can);
			text_free(&t);
		}
	}
	report_free(&r);
}

/* Windows as L1: Hyper-V's nested enlightenments, and on Intel no TSX. */
static void windows_gets_what_hyperv_needs(void **state)
{
	struct guest_options o = { .kind = "libvirt", .level = 1, .os = "windows" };
	struct text t = { 0 };
	struct report r;

	(void)state;
	guest_defaults(&o);
	haswell(&r, 1);
	identify_cpu(&r);
	assert_true(guest_options_ok(&o, &t));
	text_of(&r, &o, "<direct state='on'/>");
	text_of(&r, &o, "<timer name='hypervclock' present='yes'/>");
	text_of(&r, &o, "<evmcs state='on'/>");
	text_of(&r, &o, "<feature policy='disable' name='hle'/>");
	text_of(&r, &o, "<feature policy='disable' name='rtm'/>");
	o.part = "cpu";
	text_of(&r, &o, "<feature policy='disable' name='rtm'/>");
	o.part = NULL;
	assert_true(guest_text(&r, &o, &t));
	for (const char *s = t.s; *s; s += strcspn(s, "\n") + 1)
		assert_in_range(strcspn(s, "\n"), 0, 79);
	text_free(&t);
	report_free(&r);
	zen(&r, 1);
	identify_cpu(&r);
	o.part = NULL;
	assert_true(guest_text(&r, &o, &t));
	assert_contains(t.s, "<reenlightenment state='on'/>");
	assert_null(strstr(t.s, "evmcs"));
	assert_null(strstr(t.s, "rtm"));
	text_free(&t);
	o.memory_mb = 2048;
	r.caps[CAP_NPT] = TRI_NO;
	guest_notes(&r, &o, &t);
	assert_contains(t.s, "SLAT");
	assert_contains(t.s, "4096 MiB");
	text_free(&t);
	o.accel = "tcg";
	refused(&o, "Hyper-V");
	o.accel = "kvm";
	o.level = 2;
	refused(&o, "l2");
	o.level = 1;
	o.os = "beos";
	refused(&o, "--os");
	for (size_t k = 0; guest_kind_name(k); k++) {
		struct guest_options other = options(guest_kind_name(k), 1);

		other.os = "windows";
		if (strcmp(other.kind, "libvirt") != 0)
			refused(&other, "--os windows");
		other.os = "linux";
		assert_true(guest_options_ok(&other, &t));
	}
	report_free(&r);
}

static void clouds_take_the_smallest_that_fits(void **state)
{
	struct guest_options o = options("aws", 1);
	struct report r;

	(void)state;
	zen(&r, 1);
	identify_cpu(&r);
	text_of(&r, &o, "m8i.xlarge");
	o.cpus = 1;
	o.memory_mb = 8 * 4096;
	text_of(&r, &o, "m8i.2xlarge");
	o.memory_mb++;
	text_of(&r, &o, "m8i.4xlarge");
	o.kind = "gcp";
	text_of(&r, &o, "n2-standard-16");
	o.kind = "azure";
	o.cpus = 96;
	text_of(&r, &o, "Standard_D96s_v5");
	report_free(&r);
}

static void what_a_maker_has_to_know_is_said(void **state)
{
	struct guest_options o = options("hyperv", 1);
	struct text t = { 0 };
	struct report r;

	(void)state;
	zen(&r, 1);
	identify_cpu(&r);
	guest_notes(&r, &o, &t);
	assert_contains(t.s, "Server 2022");
	o.kind = "gcp";
	guest_notes(&r, &o, &t);
	assert_contains(t.s, "Google's AMD types cannot nest");
	text_free(&t);
	o.kind = "libvirt";
	guest_notes(&r, &o, &t);
	assert_null(t.s);
	r.facts.memory_kb = 4 << 20;
	guest_notes(&r, &o, &t);
	assert_contains(t.s, "more memory");
	text_free(&t);
	report_free(&r);
	haswell(&r, 1);
	identify_cpu(&r);
	o.kind = "hyperv";
	guest_notes(&r, &o, &t);
	assert_null(t.s);
	report_free(&r);
}

/* Who gives no medium learns why nothing starts; comments fit a terminal. */
static void an_empty_disk(void **state)
{
	static const char *const kinds[] = { "libvirt", "qemu", "virt-install" };
	struct guest_options o;
	struct report r;

	(void)state;
	cpu_of(&r, &cpu_models[0]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *says = i < 2 ? "A new disk is empty" : "has to contain a system";

		o = options(kinds[i], 1);
		text_of(&r, &o, says);
		o.cdrom = "/x.iso";
		assert_null(strstr(printed(&r, &o, "q35"), says));
	}
	o = options("libvirt", 1);
	o.os = "windows";
	for (const char *line = printed(&r, &o, "q35"); *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 80);
	o = options("hyperv", 2);
	text_of(&r, &o, "elevated PowerShell in L1");
	report_free(&r);
}

static void the_disks_space(void **state)
{
	static const char *const kinds[] = { "libvirt", "virt-install", "qemu" };
	struct guest_options o;
	struct report r;

	(void)state;
	cpu_of(&r, &cpu_models[0]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool install = !strcmp(kinds[i], "virt-install");

		o = options(kinds[i], 1);
		assert_null(strstr(printed(&r, &o, "q35"), "falloc"));
		assert_null(strstr(printed(&r, &o, "q35"), "sparse"));
		o.preallocation = "falloc";
		text_of(&r, &o, install ? "cache=none,sparse=no " : "preallocation=falloc \\\n");
	}
	for (size_t i = 0; guest_kind_name(i); i++) {
		const char *kind = guest_kind_name(i);
		struct text t = { 0 };
		bool has = !strcmp(kind, "libvirt") || !strcmp(kind, "virt-install") ||
			   !strcmp(kind, "qemu");

		o = options(kind, 1);
		o.preallocation = "falloc";
		assert_int_equal(guest_options_ok(&o, &t), has);
		text_free(&t);
		o.preallocation = "full";
		assert_false(guest_options_ok(&o, &t));
		assert_contains(t.s, "--preallocation");
		text_free(&t);
	}
	o = options("l1", 1);
	o.preallocation = "falloc";
	assert_true(script_options_ok(&o, &(struct text){ 0 }));
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_disk),
		cmocka_unit_test(the_disks_space),
		cmocka_unit_test(intel_never_gets_svm),
		cmocka_unit_test(amd_never_gets_vmx),
		cmocka_unit_test(scripts_are_by_maker),
		cmocka_unit_test(a_bridge_by_each_way),
		cmocka_unit_test(names_that_need_quotes_are_refused),
		cmocka_unit_test(only_powershell_has_backslashes),
		cmocka_unit_test(a_comment_stays_open),
		cmocka_unit_test(what_a_kind_has_not_is_refused),
		cmocka_unit_test(tcg_nests_svm_alone),
		cmocka_unit_test(the_feature_is_required),
		cmocka_unit_test(blockers_decide),
		cmocka_unit_test(windows_gets_what_hyperv_needs),
		cmocka_unit_test(clouds_take_the_smallest_that_fits),
		cmocka_unit_test(what_a_maker_has_to_know_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
