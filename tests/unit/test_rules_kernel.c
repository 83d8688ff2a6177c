// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules about the kernel and its modules: facts that fire each, and the nearest facts that
 * must not.
 */
#include <stdio.h>

#include "rules.h"

static void set_line(struct report *r, const char *line)
{
	r->facts.kernel.modprobe_known = TRI_YES;
	strings_add(&r->arena, &r->facts.kernel.modprobe, line);
}

static void set_file(struct report *r, const char *module, const char *state)
{
	r->facts.kernel.module_files = (struct key_values){ NULL, 0 };
	kv_add(&r->arena, &r->facts.kernel.module_files, module, state);
}

/* No KVM module is loaded, and /sys/module was read. */
static void unload(struct report *r)
{
	r->facts.kernel.modules = NULL;
	r->facts.kernel.n_modules = 0;
	r->facts.kernel.modules_known = TRI_YES;
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r->facts.kvm.device = KVM_DEVICE_ABSENT;
}

static void known_cves(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "known-holes");
	r.facts.kernel.release = "6.12.94";
	f = must(&r, "known-holes");
	assert_int_equal(f->severity, SEVERITY_DEGRADED);
	assert_contains(f->evidence, "kernel 6.12.94: CVE-2026-53359");
	assert_contains(f->evidence, "fixed in 6.12.95");
	assert_contains(f->evidence, "CVE-2026-64562");
	assert_null(strstr(f->evidence, "CVE-2026-46113"));
	/* A distribution's version number proves nothing. */
	r.facts.kernel.release = "6.12.94+deb13-amd64";
	f = must(&r, "known-holes");
	assert_int_equal(f->severity, SEVERITY_ADVICE);
	assert_contains(f->evidence, "proves nothing");
	assert_contains(f->remedy, "security tracker");
	/* Debian's own number is the upstream one. */
	r.facts.kernel.release = "6.12.0-40-amd64";
	must(&r, "known-holes");
	r.facts.kernel.version = "#1 SMP PREEMPT_DYNAMIC Debian 6.12.101-1 (2026-08-02)";
	must_not(&r, "known-holes");
	r.facts.kernel.version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.183-1 (2026-08-02)";
	assert_contains(must(&r, "known-holes")->evidence, "no fix in 6.1; 6.6.148 has it");
	r.facts.kernel.version = NULL;
	r.facts.kernel.release = "6.12.101";
	must_not(&r, "known-holes");
	/* A reason why KVM cannot run at all takes precedence. */
	r.facts.kernel.release = "6.12.94";
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	set_msr(&r, 0, 0x3a, 1);
	must_not(&r, "known-holes");
	set_msr(&r, 0, 0x3a, 5);
	must(&r, "known-holes");
	r.facts.kernel.release = "6.12.117-nestcheck";
	must_not(&r, "known-holes");
	r.facts.kernel.release = "gibberish";
	must_not(&r, "known-holes");
	/* Without VMX there is no guest to break out of. */
	r.facts.kernel.release = "6.12.94";
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "known-holes");
	report_free(&r);
	/* The shadow VMCS is Intel's. */
	zen(&r, 1);
	r.facts.kernel.release = "6.12.94";
	assert_null(strstr(must(&r, "known-holes")->evidence, "CVE-2026-64562"));
	report_free(&r);
}

static void kernel_regression(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kernel.release = "4.19.78-generic";
	assert_contains(must(&r, "kernel-regression")->remedy, "4.19.79");
	r.facts.kernel.release = "4.19.79-generic";
	must_not(&r, "kernel-regression");
	r.facts.kernel.release = "4.18.78";
	must_not(&r, "kernel-regression");
	report_free(&r);
}

static void lockdown(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kernel.lockdown = "integrity";
	must_not(&r, "lockdown");
	/* Only root may read, locked down or not: lockdown is not the cause here. */
	r.facts.msr_access = MSR_ACCESS_EPERM;
	r.facts.user = "1000 (groups 1000)";
	must_not(&r, "lockdown");
	assert_contains(must(&r, "registers-unreadable")->remedy, "sudo");
	r.facts.user = "0";
	assert_contains(must(&r, "lockdown")->evidence, "[integrity]");
	must_not(&r, "registers-unreadable");
	r.facts.kernel.lockdown = "none";
	must_not(&r, "lockdown");
	report_free(&r);
}

static void registers_unreadable(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.msr_access = MSR_ACCESS_OK;
	must_not(&r, "registers-unreadable");
	r.facts.msr_access = MSR_ACCESS_UNKNOWN;
	must_not(&r, "registers-unreadable");
	r.facts.msr_access = MSR_ACCESS_EPERM;
	r.facts.user = "1000 (groups 1000)";
	f = must(&r, "registers-unreadable");
	assert_int_equal(f->severity, SEVERITY_ADVICE);
	assert_contains(f->evidence, "run by user 1000");
	assert_contains(f->remedy, "sudo");
	r.facts.user = "0";
	assert_contains(must(&r, "registers-unreadable")->remedy, "live image");
	r.facts.msr_access = MSR_ACCESS_ENODEV;
	assert_contains(must(&r, "registers-unreadable")->remedy, "modprobe msr");
	r.facts.kernel.container = "docker";
	assert_contains(must(&r, "registers-unreadable")->remedy, "on the host");
	report_free(&r);
}

static void zen4_vls(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	must_not(&r, "zen4-vls");
	leaf_of(&r, 0, 1)->eax = 0x00a60f12; /* family 0x19, model 0x61 */
	assert_contains(must(&r, "zen4-vls")->evidence, "model 0x61");
	/* The server part of the same family. */
	leaf_of(&r, 0, 1)->eax = 0x00a10f11;
	must_not(&r, "zen4-vls");
	leaf_of(&r, 0, 1)->eax = 0x00a60f12;
	set_parameter(&r, "vls", "0");
	must_not(&r, "zen4-vls");
	set_parameter(&r, "vls", "1");
	flip_cpuid(&r, 0, 0x8000000a, EDX, 15);
	must_not(&r, "zen4-vls");
	report_free(&r);
}

static void old_microcode(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	kv_add(&r.arena, &r.facts.kernel.vulnerabilities, "old_microcode", "Not affected");
	must_not(&r, "old-microcode");
	r.facts.kernel.vulnerabilities.n = 0;
	kv_add(&r.arena, &r.facts.kernel.vulnerabilities, "old_microcode", "Vulnerable");
	must(&r, "old-microcode");
	r.facts.kernel.vulnerabilities.n = 0;
	kv_add(&r.arena, &r.facts.kernel.vulnerabilities, "mds",
	       "Vulnerable: Clear CPU buffers attempted, no microcode; SMT vulnerable");
	assert_contains(must(&r, "old-microcode")->evidence, "vulnerabilities/mds");
	/* A guest's kernel does not know. */
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	must_not(&r, "old-microcode");
	report_free(&r);
}

static void module_not_installed(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_file(&r, "kvm_intel", "absent");
	must_not(&r, "module-not-installed");
	unload(&r);
	assert_contains(must(&r, "module-not-installed")->title, "without kvm_intel");
	must_not(&r, "kvm-device-missing");
	set_file(&r, "kvm_intel", "file");
	must_not(&r, "module-not-installed");
	must(&r, "kvm-device-missing");
	set_file(&r, "kvm_amd", "absent");
	must_not(&r, "module-not-installed");
	report_free(&r);
}

static void module_blacklisted(void **state)
{
	static const char *const bans[] = {
		"/etc/modprobe.d/virtualbox.conf: blacklist kvm_intel",
		"/etc/modprobe.d/x.conf: install kvm-intel /bin/false",
		"/etc/modprobe.d/x.conf: blacklist kvm",
	};
	static const char *const others[] = {
		"/etc/modprobe.d/x.conf: blacklist kvm_amd",
		"/etc/modprobe.d/x.conf: options kvm_intel nested=1",
		"/etc/modprobe.d/x.conf: install kvm_intel /sbin/modprobe --ignore-install kvm_intel",
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		haswell(&r, 1);
		set_line(&r, bans[i]);
		must_not(&r, "module-blacklisted"); /* it is loaded */
		unload(&r);
		assert_contains(must(&r, "module-blacklisted")->evidence, bans[i]);
		report_free(&r);
		haswell(&r, 1);
		set_line(&r, others[i]);
		unload(&r);
		must_not(&r, "module-blacklisted");
		report_free(&r);
	}
	/* NixOS makes the file: found by its name, or by the kernel's version. */
	haswell(&r, 1);
	set_line(&r, "/etc/modprobe.d/nixos.conf: blacklist kvm_intel");
	unload(&r);
	assert_contains(must(&r, "module-blacklisted")->remedy, "boot.blacklistedKernelModules");
	report_free(&r);
	haswell(&r, 1);
	set_line(&r, "/etc/modprobe.d/x.conf: blacklist kvm_intel");
	unload(&r);
	r.facts.kernel.version = "#1-NixOS SMP PREEMPT_DYNAMIC";
	assert_contains(must(&r, "module-blacklisted")->remedy, "nixos-rebuild");
	report_free(&r);
	haswell(&r, 1);
	unload(&r);
	r.facts.kernel.cmdline = "quiet module_blacklist=nouveau,kvm_intelx kvm_intel ro";
	must_not(&r, "module-blacklisted");
	r.facts.kernel.cmdline = "quiet modprobe.blacklist=nouveau,kvm-intel ro";
	assert_contains(must(&r, "module-blacklisted")->remedy,
			"Remove modprobe.blacklist=nouveau,kvm");
	r.facts.kernel.cmdline = "module_blacklist=kvm";
	assert_contains(must(&r, "module-blacklisted")->evidence, "/proc/cmdline: module_bl");
	report_free(&r);
}

static void other_hypervisor(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "other-hypervisor");
	set_module(&r, "vboxdrv");
	f = must(&r, "other-hypervisor");
	assert_int_equal(f->severity, SEVERITY_ADVICE);
	assert_contains(f->title, "VirtualBox is loaded beside KVM");
	assert_contains(f->evidence, "/sys/module has vboxdrv and kvm_intel");
	set_log(&r, "kvm: enabling virtualization on CPU0 failed");
	/* It has been loaded since, or was loaded before. */
	assert_int_equal(must(&r, "other-hypervisor")->severity, SEVERITY_DEGRADED);
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r.facts.kernel.modules[0].name = "kvm";
	f = must(&r, "other-hypervisor");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->evidence, "on CPU0 failed");
	report_free(&r);
	/* SVME is set, but not by KVM. */
	zen(&r, 1);
	set_msr(&r, 0, 0xc0000080, 0x1d01);
	must_not(&r, "other-hypervisor");
	unload(&r);
	assert_contains(must(&r, "other-hypervisor")->evidence, "bit 12 (SVME)");
	set_msr(&r, 0, 0xc0000080, 0xd01);
	must_not(&r, "other-hypervisor");
	report_free(&r);
}

static void option_ignored(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_line(&r, "/etc/modprobe.d/kvm.conf: options kvm-intel ept=1 nested=0");
	f = must(&r, "option-ignored");
	assert_contains(f->evidence, "kvm.conf");
	assert_contains(f->remedy, "update-initramfs -u");
	set_file(&r, "kvm_intel", "builtin");
	assert_contains(must(&r, "option-ignored")->remedy, "built into this kernel");
	/* The setting is in effect. */
	set_parameter(&r, "nested", "N");
	r.facts.kvm.nested_cpuid = TRI_NO;
	must_not(&r, "option-ignored");
	/* The command line overrides the file. */
	r.facts.kernel.cmdline = "quiet kvm_intel.nested=1";
	assert_contains(must(&r, "option-ignored")->evidence, "kvm_intel.nested=1");
	/* Enabling needs the update first, disabling does not. */
	r.facts.kernel.release = "6.12.90";
	assert_contains(must(&r, "option-ignored")->remedy, "Update the kernel first");
	r.facts.kernel.cmdline = "quiet kvm_amd.nested=1";
	must_not(&r, "option-ignored");
	set_parameter(&r, "nested", "Y");
	assert_null(strstr(must(&r, "option-ignored")->remedy, "Update the kernel"));
	report_free(&r);
}

/* The remedy depends on where it was disabled. */
static void nested_off_by_whom(void **state)
{
	static const char *const off[] = { "no", "n", "f", "F", "OFF", "off", "false", "\"0\"" };
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_parameter(&r, "nested", "N");
	r.facts.kernel.release = "6.12.117-nestcheck";
	f = must(&r, "nested-off");
	assert_contains(f->remedy, "Put \"options kvm_intel nested=1\"");
	assert_null(strstr(f->remedy, "CVE"));
	set_line(&r, "/etc/modprobe.d/cve.conf: options kvm_intel nested=0");
	f = must(&r, "nested-off");
	assert_contains(f->evidence, "cve.conf");
	assert_contains(f->remedy, "Remove nested=0 from that line (/etc/modprobe.d/cve.conf");
	/* In any notation that the kernel accepts. */
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		char line[64], words[64];

		snprintf(line, sizeof(line),
			 "/etc/modprobe.d/cve.conf: options kvm_intel nested=%s", off[i]);
		snprintf(words, sizeof(words), "Remove nested=%s from that line", off[i]);
		r.facts.kernel.modprobe.n = 0;
		set_line(&r, line);
		assert_contains(must(&r, "nested-off")->remedy, words);
	}
	/* Never without the update if a vulnerability is open. */
	r.facts.kernel.release = "6.12.90";
	f = must(&r, "nested-off");
	assert_contains(f->remedy, "Update the kernel first");
	assert_contains(f->remedy, "CVE-2026-53359");
	/* Nor if the version does not show that. */
	r.facts.kernel.release = "7.2.0-rc5";
	assert_contains(must(&r, "nested-off")->remedy, "Bring the kernel up to date first");
	r.facts.kernel.release = "6.8.0-45-generic";
	f = must(&r, "nested-off");
	assert_contains(f->remedy,
			"security tracker that 6.8.0-45-generic has the fixes of CVE-2026");
	r.facts.kernel.release = "5.4.290";
	assert_contains(must(&r, "nested-off")->remedy, "Update the kernel first");
	r.facts.kernel.release = "6.12.90";
	set_file(&r, "kvm_intel", "builtin");
	assert_contains(must(&r, "nested-off")->remedy, "put kvm_intel.nested=1 on the kernel's");
	r.facts.kernel.cmdline = "quiet kvm_intel.nested=0";
	assert_contains(must(&r, "nested-off")->remedy, "remove kvm_intel.nested=0 from");
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_cves),
		cmocka_unit_test(kernel_regression),
		cmocka_unit_test(lockdown),
		cmocka_unit_test(registers_unreadable),
		cmocka_unit_test(zen4_vls),
		cmocka_unit_test(old_microcode),
		cmocka_unit_test(module_not_installed),
		cmocka_unit_test(module_blacklisted),
		cmocka_unit_test(other_hypervisor),
		cmocka_unit_test(option_ignored),
		cmocka_unit_test(nested_off_by_whom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
