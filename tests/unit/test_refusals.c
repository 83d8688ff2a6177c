// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's refusals: who wrote a line, whether the facts deny it, and what to do on hardware and
 * in a virtual machine. tests/field/lines holds all lines against all recordings.
 */
#include "rules.h"

#include <stdio.h>

#include "diagnose/kernel_packages.h"
#include "diagnose/refusals.h"
#include "facts/collect.h"

static void authors(void **state)
{
	static const struct {
		const char *line, *author;
	} lines[] = {
		{ "kvm_intel: VMX not supported by CPU 0", "kvm_intel" },
		{ "kvm_amd: Unknown symbol kvm_set_msr (err -2)", "kvm_amd" },
		{ "kvm: support for 'kvm_intel' disabled by bios", "kvm_intel" },
		{ "kvm: no hardware support for 'kvm_amd'", "kvm_amd" },
		{ "modprobe: ERROR: could not insert 'kvm_amd': Exec format error", "kvm_amd" },
		{ "WARNING: CPU: 0 PID: 22 at vmx.c:2846 vmx_enable+0x1/0x2 [kvm_intel]",
		  "kvm_intel" },
		{ "VMXON faulted, MSR_IA32_FEAT_CTL (0x3a) = 0x5", "kvm_intel" },
		{ "has_svm: not amd or hygon", "kvm_amd" },
		{ "SVM: KVM is unsupported when running as an SEV guest", "kvm_amd" },
		{ "kvm: disabled by bios", NULL },
		{ "kvm: no hardware support", NULL },
		/* Written by the second about the first. */
		{ "kvm: already loaded vendor module 'kvm_intel'", NULL },
		{ "kvm: Unknown symbol kvm_intel_something", NULL },
		{ "nothing of KVM", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *author = line_author(lines[i].line);

		if (lines[i].author)
			assert_string_equal(author, lines[i].author);
		else
			assert_null(author);
	}
}

static void every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_refusal_rows; i++) {
		const struct refusal *row = &refusal_rows[i];
		const char *percent = row->guest ? strchr(row->guest, '%') : NULL;

		/* It is found, and no earlier row hides it. */
		assert_ptr_equal(refusal_in(row->line), row);
		assert_true(row->remedy && *row->remedy);
		/* A remedy for hardware has one for virtual machines. */
		if (strstr(row->remedy, "irmware") && row->kind != REFUSAL_LOADER)
			assert_non_null(row->guest);
		if (percent) {
			assert_int_equal(percent[1], 's');
			assert_null(strchr(percent + 1, '%'));
		}
	}
}

/* tests/field/log-lines.txt: each row is found in a line, and the collector keeps each line. */
static void lines_cover_the_rows(void **state)
{
	bool found[64] = { false };
	char line[512];
	FILE *f = fopen(TESTS_DIR "/field/log-lines.txt", "r");
	size_t lines = 0;

	(void)state;
	assert_non_null(f);
	assert_true(n_refusal_rows <= sizeof(found) / sizeof(found[0]));
	for (; fgets(line, sizeof(line), f); lines++) {
		const struct refusal *row;

		line[strcspn(line, "\n")] = '\0';
		row = refusal_in(line);
		if (row)
			found[row - refusal_rows] = true;
		if (!log_line_wanted(line))
			fail_msg("the collector drops \"%s\"", line);
	}
	fclose(f);
	assert_true(lines > 40);
	for (size_t i = 0; i < n_refusal_rows; i++)
		if (!found[i])
			fail_msg("no line has \"%s\"", refusal_rows[i].line);
}

/* An AMD machine whose kernel has kvm_intel built in: its word is not about this CPU. */
static void the_other_module_is_built_in(void **state)
{
	static const char *const lines[] = {
		"kvm: no hardware support",
		"kvm: no hardware support for 'kvm_intel'",
		"kvm_intel: VMX not supported by CPU 0",
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		zen(&r, 1);
		unloaded(&r);
		kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "builtin");
		kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_amd", "file");
		set_log(&r, lines[i]);
		must_not(&r, "module-refused");
		f = must(&r, "wrong-vendor-module");
		assert_contains(f->evidence, "kvm_intel");
		assert_contains(f->remedy, "modprobe kvm_amd");
		assert_null(strstr(f->remedy, "modprobe -r"));
		report_free(&r);
	}
	/* The right one, built in as well, could not start: the log says why. */
	haswell(&r, 1);
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "builtin");
	set_log(&r, "kvm_intel: Inconsistent VMCS config on CPU 3");
	must(&r, "module-refused");
	/* It runs: the line is of an earlier try. */
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	must_not(&r, "module-refused");
	report_free(&r);
}

static void denied_by_the_register(void **state)
{
	struct report r;

	(void)state;
	/* The register allows VMX: the line does not hold. */
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm: disabled by bios");
	must_not(&r, "module-refused");
	must_not(&r, "vmx-locked-off");
	/* With its module's name it was a refusal, but not the firmware's. */
	set_log(&r, "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0");
	assert_contains(must(&r, "module-refused")->remedy, "clearcpuid");
	report_free(&r);
	/* It was not read: then the line is what there is. */
	haswell(&r, 1);
	unloaded(&r);
	drop_msr(&r, 0, 0x3a);
	set_log(&r, "kvm: disabled by bios");
	assert_contains(must(&r, "vmx-locked-off")->evidence, "disabled by bios");
	must_not(&r, "module-refused");
	report_free(&r);
	/* NX is there. */
	zen(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_amd: NX (Execute Disable) not supported");
	must_not(&r, "module-refused");
	report_free(&r);
}

/* "enabling virtualization on CPU0 failed" comes last; what comes before says why. */
static void the_line_that_says_most(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "VMXON faulted, MSR_IA32_FEAT_CTL (0x3a) = 0x5");
	set_log(&r, "kvm: enabling virtualization on CPU0 failed");
	f = must(&r, "module-refused");
	assert_contains(f->evidence, "VMXON faulted");
	assert_contains(f->remedy, "vboxdrv");
	/* In a virtual machine it is the hypervisor's fault, known or not. */
	set_hypervisor(&r, "what is this");
	f = must(&r, "module-refused");
	assert_null(strstr(f->remedy, "vboxdrv"));
	assert_contains(f->remedy, "which is not known");
	set_hypervisor(&r, "VBoxVBoxVBox");
	assert_contains(must(&r, "module-refused")->remedy, "VirtualBox");
	r.facts.kernel.log.n = 0;
	set_log(&r, "kvm: enabling virtualization on CPU0 failed");
	f = must(&r, "module-refused");
	assert_contains(f->remedy, "VirtualBox");
	assert_null(strstr(f->remedy, "vboxdrv"));
	report_free(&r);
}

static void what_the_loader_refused(void **state)
{
	static const struct {
		const char *line, *release, *remedy;
	} rows[] = {
		{ "kvm: Unknown symbol preempt_notifier_register (err 0)", "3.2.40",
		  "built without" },
		{ "kvm: Unknown symbol mmu_notifier_register (err 0)", NULL, "built without" },
		{ "kvm: Unknown symbol irq_bypass_register_consumer (err -2)", "5.0.0-25-generic",
		  "modprobe irqbypass" },
		{ "kvm: Unknown symbol irq_bypass_register_consumer (err -2)", "5.0.0-25-generic",
		  "linux-modules-extra-$(uname -r)" },
		{ "kvm_intel: Unknown symbol kvm_set_msr (err -2)", "6.1.0-22-amd64", "depmod -a" },
		{ "kvm: disagrees about version of symbol module_layout", "6.1.0-22-amd64",
		  "linux-image-$(uname -r)" },
		{ "kvm: version magic 'a' should be 'b'", "6.8.0-300.fc40.x86_64",
		  "kernel-modules-core" },
		{ "irqbypass: disagrees about version of symbol module_layout", "6.8.12-8-pve",
		  "proxmox-kernel" },
		{ "kvm: no symbol version for module_layout", "5.14.0-1.el9.x86_64", "RHEL" },
		{ "module kvm: .gnu.linkonce.this_module section size must match", "6.6.1-arch1-1",
		  "on Arch linux" },
		{ "Loading of module with unavailable key is rejected", "6.1.0-22-amd64",
		  "Secure Boot" },
		{ "Loading of module with unsupported crypto is rejected", "6.1.0-22-amd64",
		  "mokutil --import" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		haswell(&r, 1);
		unloaded(&r);
		kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "file");
		r.facts.kernel.release = rows[i].release;
		set_log(&r, rows[i].line);
		assert_contains(must(&r, "module-refused")->remedy, rows[i].remedy);
		must_not(&r, "kvm-device-missing");
		/* kvm_intel is loaded: the line is of before. */
		set_module(&r, "kvm_intel");
		must_not(&r, "module-refused");
		report_free(&r);
	}
	/* Another module's, and a key that may be about any module. */
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "nvidia: disagrees about version of symbol module_layout");
	set_log(&r, "Loading of module with unavailable key is rejected");
	must_not(&r, "module-refused");
	report_free(&r);
}

/* The register allows VMX: the kernel was built without the maker's set-up code. */
static void makers_set_up_code(void **state)
{
	static const struct {
		const char *vendor, *remedy;
	} rows[] = {
		{ "  Shanghai  ", "CONFIG_CPU_SUP_ZHAOXIN" },
		{ "CentaurHauls", "CONFIG_CPU_SUP_CENTAUR" },
		{ "GenuineIntel", "clearcpuid=" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		haswell(&r, 1);
		unloaded(&r);
		set_vendor(&r, 0, rows[i].vendor);
		set_log(&r, "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0");
		assert_contains(must(&r, "module-refused")->remedy, rows[i].remedy);
		must_not(&r, "vmx-locked-off");
		report_free(&r);
	}
}

static void packages(void **state)
{
	(void)state;
	assert_contains(kernel_package_text(NULL), "Ubuntu");
	assert_contains(kernel_package_text("6.12.1"), "Debian");
	/* Debian's cloud kernel and Alpine's virt kernel have KVM themselves. */
	assert_contains(kernel_package_text("6.1.0-22-cloud-amd64"), "linux-image-$(uname -r)");
	assert_contains(kernel_package_text("7.2.13+deb14-amd64"), "linux-modules-$(uname -r)");
	assert_contains(kernel_package_text("3.10.0-957.el7.x86_64"), "RHEL 7");
	assert_contains(kernel_package_text("4.18.0-553.el8.x86_64"), "kernel-core-$(uname -r)");
	assert_contains(kernel_package_text("5.14.0-570.el9.x86_64"), "kernel-modules-core");
	assert_contains(kernel_package_text("6.6.7-0-virt"), "linux-virt");
	assert_contains(kernel_package_text("6.6.7-0-lts"), "linux-lts");
	assert_contains(kernel_package_text("6.4.0-150600.21-default"), "kernel-default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(authors),
		cmocka_unit_test(makers_set_up_code),
		cmocka_unit_test(every_row),
		cmocka_unit_test(lines_cover_the_rows),
		cmocka_unit_test(the_other_module_is_built_in),
		cmocka_unit_test(denied_by_the_register),
		cmocka_unit_test(the_line_that_says_most),
		cmocka_unit_test(what_the_loader_refused),
		cmocka_unit_test(packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
