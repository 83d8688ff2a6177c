// SPDX-License-Identifier: GPL-2.0-only
/* setup check: a good machine, and for each row the facts that make it 'no'. */
#include "machine.h"

#include "diagnose/diagnose.h"
#include "setup/check/check.h"

struct bench {
	struct report r;
	struct check_extra x;
	struct check_row rows[CHECK_ROWS_MAX];
	size_t n;
};

static const struct check_extra all_there = {
	.looked = TRI_YES,
	.paging_flag = TRI_YES,
	.qemu = "qemu-kvm",
	.force_tcg = TRI_NO,
	.headers = TRI_YES,
	.vboxdrv = "loaded",
	.vbox_version = "7.0.20_Debian",
};

/* The vendor is identify_cpu()'s, which is not among the pure rooms. */
static void start(struct bench *b, bool intel)
{
	if (intel)
		haswell(&b->r, 1);
	else
		zen(&b->r, 1);
	b->r.cpu.vendor = intel ? VENDOR_INTEL : VENDOR_AMD;
	b->r.facts.kernel.virt_flag = TRI_YES;
	b->r.facts.kernel.release = "6.1.0-40-amd64";
	if (intel)
		set_parameter(&b->r, "enable_apicv", "N");
	b->x = all_there;
}

static const struct check_row *row_of(struct bench *b, const char *name)
{
	diagnose(&b->r);
	b->n = check_rows(&b->r, &b->x, b->rows);
	for (size_t i = 0; i < b->n; i++)
		if (!strcmp(b->rows[i].name, name))
			return &b->rows[i];
	fail_msg("no row '%s'", name);
	return NULL;
}

static void is(struct bench *b, const char *name, enum check_state state, const char *value,
	       const char *remedy)
{
	const struct check_row *row = row_of(b, name);

	assert_contains(row->value, value);
	assert_string_equal(check_state_name(row->state), check_state_name(state));
	assert_contains(row->remedy, remedy);
}

static void good(void **state)
{
	struct bench b;
	struct text t = { 0 };

	(void)state;
	for (int intel = 0; intel < 2; intel++) {
		start(&b, intel);
		is(&b, "nesting", CHECK_OK, "Y", "");
		is(&b, "module", CHECK_OK, intel ? "kvm_intel" : "kvm_amd", "");
		assert_true(check_all_ok(b.rows, b.n));
		check_table(&b.r, b.rows, b.n, &t);
		assert_contains(t.s, "This seems to be L0");
		assert_contains(t.s, "Everything that nesting needs is there");
		for (char *line = strtok(t.s, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(strlen(line) < 80);
		text_free(&t);
		report_free(&b.r);
	}
}

/* The values that the howto reads with rdmsr, and the rows with N on its machine. */
static void intel_rows(void **state)
{
	struct bench b;
	struct text t = { 0 };

	(void)state;
	start(&b, true);
	is(&b, "/proc/cpuinfo", CHECK_OK, "vmx: yes", "");
	b.r.facts.kernel.virt_flag = b.x.paging_flag = TRI_UNKNOWN;
	is(&b, "/proc/cpuinfo", CHECK_OK, "vmx: yes, by the CPU's registers", "");
	is(&b, "/proc/cpuinfo, paging", CHECK_OK, "ept: yes, by the CPU's registers", "");
	b.x.paging_flag = TRI_NO;
	is(&b, "/proc/cpuinfo, paging", CHECK_NO, "ept: no", "slowly");
	b.x.paging_flag = TRI_YES;
	is(&b, "EPT", CHECK_OK, "CPU yes, ept = Y", "");
	is(&b, "shadow VMCS", CHECK_OK, "CPU yes, enable_shadow_vmcs = Y", "");
	is(&b, "APIC virtualization", CHECK_NO, "CPU no, enable_apicv = N", "does not have it");
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "MSR 0x48B = 7cff00000000, MSR 0x485 = 300481e5");
	assert_null(strstr(t.s, "svm"));
	assert_true(check_all_ok(b.rows, b.n));
	text_free(&t);
	set_parameter(&b.r, "ept", "N");
	is(&b, "EPT", CHECK_NO, "CPU yes, ept = N", "ept=0");
	assert_false(check_all_ok(b.rows, b.n));
	report_free(&b.r);
}

static void amd_rows(void **state)
{
	struct bench b;

	(void)state;
	start(&b, false);
	is(&b, "NPT", CHECK_OK, "CPU yes, npt = Y", "");
	is(&b, "virtual GIF", CHECK_OK, "Y", "");
	set_parameter(&b.r, "nested", "0");
	is(&b, "nesting", CHECK_NO, "N", "setup host");
	assert_false(check_all_ok(b.rows, b.n));
	report_free(&b.r);
}

static void device_and_module(void **state)
{
	struct bench b;

	(void)state;
	start(&b, true);
	b.r.facts.kvm.device = KVM_DEVICE_DENIED;
	is(&b, "/dev/kvm", CHECK_NO, "not for this user", "usermod");
	is(&b, "libguestfs", CHECK_NO, "TCG", "/dev/kvm");
	b.r.facts.kvm.device = KVM_DEVICE_ABSENT;
	is(&b, "/dev/kvm", CHECK_NO, "not there", "modprobe kvm_intel");
	b.r.facts.kernel.n_modules = 0;
	is(&b, "module", CHECK_NO, "not loaded", "modprobe kvm_intel");
	kv_add(&b.r.arena, &b.r.facts.kernel.module_files, "kvm_intel", "absent");
	is(&b, "module", CHECK_NO, "not loaded", "has no kvm_intel");
	report_free(&b.r);
}

/* In a guest the level below has to act. */
static void in_a_guest(void **state)
{
	struct bench b;
	struct text t = { 0 };

	(void)state;
	start(&b, true);
	set_hypervisor(&b.r, "KVMKVMKVM\0\0\0");
	b.r.facts.kernel.virt_flag = TRI_NO;
	is(&b, "/proc/cpuinfo", CHECK_NO, "vmx: no", "level below");
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "This is L1 or deeper: a guest of KVM");
	assert_contains(t.s, "Something that nesting needs is missing");
	text_free(&t);
	check_level(b.rows, b.n, 1);
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "Something that guests need is missing: /proc/cpuinfo");
	text_free(&t);
	is(&b, "/proc/cpuinfo", CHECK_NO, "vmx: no", "setup xml");
	/* Where there is no libvirt below, diagnose knows the setting. */
	set_hypervisor(&b.r, "VBoxVBoxVBox");
	is(&b, "/proc/cpuinfo", CHECK_NO, "vmx: no", "VirtualBox, has to give it");
	is(&b, "/proc/cpuinfo", CHECK_NO, "vmx: no", "nestcheck diagnose");
	report_free(&b.r);
}

static void guestfs(void **state)
{
	struct bench b;

	(void)state;
	start(&b, true);
	is(&b, "libguestfs", CHECK_OK, "KVM, with qemu-kvm", "");
	b.x.force_tcg = TRI_YES;
	is(&b, "libguestfs", CHECK_NO, "TCG", "force_tcg");
	b.x.qemu = NULL;
	is(&b, "libguestfs", CHECK_NO, "no QEMU", "Install");
	b.x.looked = TRI_UNKNOWN;
	is(&b, "libguestfs", CHECK_UNKNOWN, "?", "");
	report_free(&b.r);
}

static void virtualbox(void **state)
{
	static const struct {
		const char *kernel, *at_load, *vbox;
		enum check_state state;
		const char *remedy;
	} cases[] = {
		{ "6.1.0-40-amd64", NULL, NULL, CHECK_OK, "" },
		{ "6.11.11", NULL, "7.0.20", CHECK_OK, "" },
		{ "6.12.117", "Y", "7.0.20", CHECK_NO, "enable_virt_at_load=0" },
		{ "6.12.117", "Y", "7.2.14", CHECK_NO, "enable_virt_at_load=0" },
		{ "6.12.117", "N", "7.2.14", CHECK_OK, "" },
		{ "6.18.2", "Y", "7.2.6", CHECK_NO, "VERR_VMX_IN_VMX_ROOT_MODE" },
		{ "6.18.2", "Y", "7.2.10 r1", CHECK_OK, "" },
		{ "6.18.2", "N", "7.2.10 r1", CHECK_NO, "need it on" },
		{ "7.1.0", "Y", NULL, CHECK_NO, "need 1 instead" },
		{ "6.12.117", NULL, NULL, CHECK_UNKNOWN, "" },
		{ "a kernel", "Y", NULL, CHECK_UNKNOWN, "" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct module_facts *kvm;

		start(&b, true);
		b.r.facts.kernel.release = cases[i].kernel;
		b.x.vbox_version = cases[i].vbox;
		kvm = set_module(&b.r, "kvm");
		if (cases[i].at_load)
			kv_add(&b.r.arena, &kvm->parameters, "enable_virt_at_load",
			       cases[i].at_load);
		is(&b, "VirtualBox beside KVM", cases[i].state, "", cases[i].remedy);
		report_free(&b.r);
	}
	start(&b, true);
	b.x.headers = TRI_NO;
	b.x.vboxdrv = NULL;
	is(&b, "kernel headers", CHECK_NO, "not there", "linux-headers-6.1.0-40-amd64");
	/* The release is in a command: facts may come from anybody. */
	b.r.facts.kernel.release = arena_strdup(&b.r.arena, "6.1;touch${IFS}x");
	is(&b, "kernel headers", CHECK_NO, "not there", "linux-headers-$(uname -r),");
	b.r.facts.kernel.release = NULL;
	is(&b, "kernel headers", CHECK_NO, "not there", "linux-headers-$(uname -r),");
	is(&b, "vboxdrv", CHECK_NO, "not there", "headers");
	assert_true(check_all_ok(b.rows, b.n));
	report_free(&b.r);
}

static void nothing_known(void **state)
{
	struct bench b = { .n = 0 };

	(void)state;
	report_init(&b.r);
	is(&b, "VMX or SVM", CHECK_UNKNOWN, "not known", "probe");
	assert_false(check_all_ok(b.rows, b.n));
	report_free(&b.r);
}

/* The machine of the howto, of whose KVM only the parameters were recorded. */
static void howto(void **state)
{
	struct bench b;
	struct text t = { 0 };

	(void)state;
	start(&b, true);
	b.r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	is(&b, "KVM gives its guests", CHECK_OK, "vmx: yes, by the parameter nested", "");
	assert_int_equal(check_result(b.rows, b.n), CHECK_OK);
	set_parameter(&b.r, "nested", "N");
	is(&b, "KVM gives its guests", CHECK_NO, "vmx: no", "nested=1");
	report_free(&b.r);
	start(&b, true);
	b.r.facts.kvm.device = KVM_DEVICE_UNKNOWN;
	b.r.replayed = true;
	is(&b, "/dev/kvm", CHECK_UNKNOWN, "?", "");
	assert_int_equal(check_result(b.rows, b.n), CHECK_UNKNOWN);
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "Not known: /dev/kvm.\n  It is not among these facts.");
	assert_contains(t.s, "but not all of it is known");
	/* What decides comes before what is only good to have. */
	assert_true(strstr(t.s, "Not known: ") < strstr(t.s, "APIC virtualization:\n"));
	text_free(&t);
	b.r.replayed = false;
	b.r.facts.user = "1000";
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "run this as root");
	text_free(&t);
	b.r.facts.user = "0";
	check_table(&b.r, b.rows, b.n, &t);
	assert_null(strstr(t.s, "run this as root"));
	assert_contains(t.s, "nestcheck diagnose says why");
	text_free(&t);
	b.r.replayed = true;
	b.r.facts.kvm.device = KVM_DEVICE_ABSENT;
	is(&b, "/dev/kvm", CHECK_NO, "not there", "modprobe");
	assert_int_equal(check_result(b.rows, b.n), CHECK_NO);
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "is missing: /dev/kvm.");
	assert_null(strstr(t.s, "Not known"));
	text_free(&t);
	report_free(&b.r);
}

/* Every row that decides is named with a reason, whichever of them are missing or not known. */
static void every_deciding_row_is_explained(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned int bits = 0; bits < 64; bits++) {
		struct text t = { 0 };

		start(&b, bits & 1);
		if (bits & 2)
			b.r.facts.kvm.device = bits & 4 ? KVM_DEVICE_ABSENT : KVM_DEVICE_UNKNOWN;
		if (bits & 8)
			b.r.facts.kernel.n_modules = 0;
		if (bits & 16)
			b.r.facts.kernel.modules_known = TRI_UNKNOWN;
		if (bits & 32)
			b.r.facts.kvm.nested_cpuid = b.r.facts.kernel.virt_flag = TRI_NO;
		diagnose(&b.r);
		b.n = check_rows(&b.r, &b.x, b.rows);
		check_table(&b.r, b.rows, b.n, &t);
		for (size_t i = 0; i < b.n; i++) {
			const char *first = strstr(t.s, b.rows[i].name);

			/* Once in the table, and once with the reason. */
			if (b.rows[i].wanted && b.rows[i].state != CHECK_OK &&
			    !strstr(first + 1, b.rows[i].name))
				fail_msg("%u: %s is not explained:\n%s", bits, b.rows[i].name, t.s);
		}
		text_free(&t);
		report_free(&b.r);
	}
}

/* KVM by a third module: it is named, and is not said to be missing. */
static void other_module(void **state)
{
	struct bench b;

	(void)state;
	start(&b, true);
	b.r.facts.kernel.n_modules = 0;
	set_module(&b.r, "kvm_pvm");
	is(&b, "module", CHECK_NO, "kvm_intel: not loaded, but kvm_pvm", "/dev/kvm is of kvm_pvm");
	is(&b, "VirtualBox beside KVM", CHECK_UNKNOWN, "kvm_pvm", "");
	report_free(&b.r);
}

/* A virtual machine whose KVM works, with its own nesting off: its guests run. */
static void levels(void **state)
{
	struct text t = { 0 };
	struct bench b;

	(void)state;
	start(&b, true);
	set_hypervisor(&b.r, "Microsoft Hv");
	set_parameter(&b.r, "nested", "N");
	b.r.facts.kvm.nested_cpuid = TRI_NO;
	is(&b, "nesting", CHECK_NO, "N", "setup host");
	assert_false(check_all_ok(b.rows, b.n));
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "this machine's guests run");
	assert_contains(t.s, "--level 1");
	text_free(&t);
	check_level(b.rows, b.n, 2);
	assert_false(check_all_ok(b.rows, b.n));
	check_level(b.rows, b.n, 1);
	assert_true(check_all_ok(b.rows, b.n));
	check_table(&b.r, b.rows, b.n, &t);
	assert_contains(t.s, "this machine's guests run");
	assert_null(strstr(t.s, "--level 1"));
	text_free(&t);
	/* Without the device not even these. */
	b.r.facts.kvm.device = KVM_DEVICE_ABSENT;
	is(&b, "/dev/kvm", CHECK_NO, "not there", "modprobe");
	check_level(b.rows, b.n, 1);
	assert_false(check_all_ok(b.rows, b.n));
	report_free(&b.r);
	/* Without EPT from below: that, not vmx, has to be given. */
	start(&b, true);
	set_hypervisor(&b.r, "KVMKVMKVM\0\0\0");
	b.x.paging_flag = TRI_NO;
	is(&b, "/proc/cpuinfo, paging", CHECK_NO, "ept: no", "It needs ept");
	report_free(&b.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(howto),
		cmocka_unit_test(every_deciding_row_is_explained),
		cmocka_unit_test(other_module),
		cmocka_unit_test(levels),
		cmocka_unit_test(intel_rows),
		cmocka_unit_test(amd_rows),
		cmocka_unit_test(device_and_module),
		cmocka_unit_test(in_a_guest),
		cmocka_unit_test(guestfs),
		cmocka_unit_test(virtualbox),
		cmocka_unit_test(nothing_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
