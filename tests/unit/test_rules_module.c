// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about KVM's modules, their parameters and /dev/kvm: facts that fire each, and the nearest
 * facts that must not.
 */
#include "rules.h"

#include "lib/modprobe_conf.h"

/* The log lines of any unsigned module are not about KVM's. */
static void unsigned_modules(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "vboxdrv: module verification failed: signature and/or required key missing");
	set_log(&r, "Loading of unsigned module is rejected");
	must_not(&r, "module-refused");
	r.kvm.error = "kvm_intel: Key was rejected by service";
	assert_contains(must(&r, "module-refused")->remedy, "sign it");
	/* Only the error. */
	r.facts.kernel.log.n = 0;
	assert_contains(must(&r, "module-refused")->remedy, "sign it");
	r.kvm.error = "kvm_intel: Device or resource busy";
	assert_contains(must(&r, "module-refused")->remedy, "vboxdrv");
	r.kvm.error = "kvm_intel: Resource busy";
	assert_contains(must(&r, "module-refused")->remedy, "vboxdrv");
	r.kvm.error = "kvm_intel: Exec format error";
	assert_contains(must(&r, "module-refused")->remedy, "another kernel");
	report_free(&r);
}

static void module_refused(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: Inconsistent VMCS config on CPU 3");
	f = must(&r, "module-refused");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->title, "kvm_intel");
	assert_contains(f->evidence, "Inconsistent VMCS config on CPU 3");
	assert_contains(f->remedy, "microcode");
	assert_null(finding_of(&r, "kvm-device-missing"));
	r.kvm.error = "loading kvm_intel: Input/output error";
	f = must(&r, "module-refused");
	assert_contains(f->evidence, "Input/output error");
	assert_contains(f->evidence, "Inconsistent VMCS config");
	r.facts.kernel.log.n = 0;
	assert_contains(must(&r, "module-refused")->evidence, "Input/output error");
	/* The same line is out of date if the module is loaded. */
	r.kvm.error = NULL;
	set_log(&r, "kvm_intel: Inconsistent VMCS config on CPU 3");
	set_module(&r, "kvm_intel");
	must_not(&r, "module-refused");
	/* Whether it is loaded is not known. */
	r.facts.kernel.modules_known = TRI_UNKNOWN;
	must_not(&r, "module-refused");
	report_free(&r);
	/* A line that does not mention a refusal. */
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: Using Hyper-V Enlightened VMCS");
	must_not(&r, "module-refused");
	/* Firmware is the reason: one cause, one finding. */
	r.kvm.error = "loading kvm_intel: Operation not supported";
	set_msr(&r, 0, 0x3a, 1);
	must_not(&r, "module-refused");
	must(&r, "vmx-locked-off");
	report_free(&r);
}

static void wrong_vendor_module(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	set_module(&r, "kvm_amd");
	assert_contains(must(&r, "wrong-vendor-module")->remedy, "modprobe kvm_intel");
	/* Both are built in: the right one exists. */
	set_module(&r, "kvm_intel");
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_amd: CPU 0 isn't AMD or Hygon");
	must(&r, "wrong-vendor-module");
	r.facts.kernel.log.n = 0;
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	zen(&r, 1);
	set_log(&r, "kvm: already loaded vendor module 'kvm_amd'");
	must_not(&r, "wrong-vendor-module");
	report_free(&r);
	/* kvm_intel's message on AMD is not a refusal of kvm_amd. */
	zen(&r, 1);
	unloaded(&r);
	set_log(&r, "kvm_intel: VMX not supported by CPU 0");
	assert_contains(must(&r, "wrong-vendor-module")->remedy, "modprobe kvm_amd");
	must_not(&r, "module-refused");
	/* We tried to load kvm_amd, with kvm_intel's file under its name. */
	r.kvm.error = "kvm_amd was refused (Operation not supported)";
	must_not(&r, "wrong-vendor-module");
	must(&r, "module-refused");
	r.kvm.error = NULL;
	r.facts.kernel.log.n = 0;
	set_log(&r, "kvm_amd: SVM not supported by CPU 0");
	must_not(&r, "wrong-vendor-module");
	must(&r, "module-refused");
	report_free(&r);
}

static void kernel_without_maker(void **state)
{
	static const char *const lines[] = {
		"kvm_amd: CPU 0 isn't AMD or Hygon",
		"kvm_amd: SVM not supported by CPU 3, not amd or hygon",
		"has_svm: not amd",
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		zen(&r, 1);
		unloaded(&r);
		set_vendor(&r, 0, "HygonGenuine");
		must_not(&r, "kernel-without-maker");
		set_log(&r, lines[i]);
		assert_contains(must(&r, "kernel-without-maker")->evidence, lines[i]);
		must_not(&r, "wrong-vendor-module");
		must_not(&r, "kvm-device-missing");
		/* It runs: the line is of another kernel's boot, or of another CPU's. */
		set_module(&r, "kvm_amd");
		must_not(&r, "kernel-without-maker");
		report_free(&r);
	}
	/* AMD's are known to every kernel, and Intel's are meant. */
	zen(&r, 1);
	unloaded(&r);
	set_log(&r, lines[0]);
	must_not(&r, "kernel-without-maker");
	report_free(&r);
	haswell(&r, 1);
	unloaded(&r);
	set_log(&r, lines[0]);
	must_not(&r, "kernel-without-maker");
	report_free(&r);
}

/* Who sets the kernel's command line, if it is not a boot loader. */
static void command_line_place(void **state)
{
	static const struct {
		const char *release, *version, *place, *never;
	} rows[] = {
		{ "5.15.153.1-microsoft-standard-WSL2", "#1 SMP", "kernelCommandLine=", "Talos" },
		{ "4.19.128-microsoft-standard", "#1 SMP", "kernelCommandLine=", "Talos" },
		{ "6.18.20-talos", "#1 SMP", "extraKernelArgs", "WSL" },
		{ "6.12.35", "#1-NixOS SMP PREEMPT_DYNAMIC", "boot.kernelParams", "WSL" },
		{ "6.12.35", "#1 SMP", "command line and reboot", "NixOS" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *remedy;

		haswell(&r, 1);
		set_hypervisor(&r, "Microsoft Hv");
		r.facts.kvm.nested_cpuid = TRI_NO;
		r.facts.kernel.release = rows[i].release;
		r.facts.kernel.version = rows[i].version;
		kv_add(&r.arena, &r.facts.kernel.module_files, "kvm_intel", "builtin");
		remedy = must(&r, "nested-off")->remedy;
		assert_contains(remedy, "kvm_intel.nested=1");
		assert_contains(remedy, rows[i].place);
		assert_null(strstr(remedy, rows[i].never));
		r.facts.kernel.cmdline = "quiet kvm_intel.nested=0";
		assert_contains(must(&r, "nested-off")->remedy, rows[i].place);
		report_free(&r);
	}
}

static void kvm_device_missing(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	unloaded(&r);
	assert_int_equal(must(&r, "kvm-device-missing")->severity, SEVERITY_BLOCKER);
	assert_contains(finding_of(&r, "kvm-device-missing")->remedy, "modprobe kvm_intel");
	set_module(&r, "kvm_intel");
	assert_contains(must(&r, "kvm-device-missing")->evidence, "kvm_intel is loaded");
	r.facts.kernel.modules_known = TRI_UNKNOWN;
	must(&r, "kvm-device-missing");
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	must_not(&r, "kvm-device-missing");
	r.facts.kvm.device = KVM_DEVICE_UNKNOWN;
	must_not(&r, "kvm-device-missing");
	/* The CPU is the reason. */
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	flip_cpuid(&r, 0, 1, ECX, 5);
	must_not(&r, "kvm-device-missing");
	report_free(&r);
}

/* /dev/kvm is of a module that uses neither VMX nor SVM. */
static void kvm_other_module(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "kvm-other-module");
	unloaded(&r);
	set_module(&r, "kvm");
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	r.facts.kvm.nested_cpuid = TRI_NO;
	must_not(&r, "kvm-other-module");
	set_module(&r, "kvm_pvm");
	assert_contains(must(&r, "kvm-other-module")->title, "kvm_pvm");
	assert_contains(finding_of(&r, "kvm-other-module")->evidence, "not kvm_intel");
	assert_contains(finding_of(&r, "kvm-other-module")->remedy,
			"modprobe -r kvm_pvm; modprobe kvm_intel");
	assert_int_equal(finding_of(&r, "kvm-other-module")->severity, SEVERITY_BLOCKER);
	/* kvm_intel's parameter changes nothing. */
	must_not(&r, "nested-off");
	r.facts.kvm.nested_cpuid = TRI_YES;
	assert_int_equal(must(&r, "kvm-other-module")->severity, SEVERITY_ADVICE);
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	must_not(&r, "kvm-other-module");
	/* A CPU without VMX: that is the cause. */
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	r.facts.kvm.nested_cpuid = TRI_NO;
	flip_cpuid(&r, 0, 1, ECX, 5);
	assert_int_equal(must(&r, "kvm-other-module")->severity, SEVERITY_ADVICE);
	set_module(&r, "kvm_intel");
	must_not(&r, "kvm-other-module");
	report_free(&r);
}

static void kvm_device_denied(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	r.facts.kvm.device = KVM_DEVICE_DENIED;
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	assert_int_equal(must(&r, "kvm-device-denied")->severity, SEVERITY_BLOCKER);
	assert_contains(finding_of(&r, "kvm-device-denied")->remedy, "usermod -aG kvm");
	assert_null(finding_of(&r, "kvm-device-missing"));
	kv_add(&r.arena, &r.facts.kvm.node, "mode", "0660");
	kv_add(&r.arena, &r.facts.kvm.node, "group", "107");
	r.facts.user = "1000 (groups 1000)";
	assert_contains(must(&r, "kvm-device-denied")->evidence,
			"its mode is 0660, its group 107; run by user 1000 (groups 1000)");
	r.facts.kvm.device = KVM_DEVICE_ABSENT;
	must_not(&r, "kvm-device-denied");
	/* The node is there and the module too, and neither answers. */
	r.facts.kvm.error = "ENODEV";
	assert_contains(must(&r, "kvm-device-missing")->remedy, "does not answer");
	assert_null(strstr(must(&r, "kvm-device-missing")->remedy, "mknod"));
	r.facts.kvm.error = NULL;
	/* udev creates the node before the module is loaded. */
	unloaded(&r);
	r.facts.kvm.error = "ENODEV";
	assert_contains(must(&r, "kvm-device-missing")->evidence,
			"opening /dev/kvm failed: ENODEV");
	report_free(&r);
}

static void nested_off(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_parameter(&r, "nested", "N");
	r.facts.kvm.nested_cpuid = TRI_NO;
	f = must(&r, "nested-off");
	assert_int_equal(f->severity, SEVERITY_BLOCKER);
	assert_contains(f->evidence, "/sys/module/kvm_intel/parameters/nested is off");
	assert_contains(f->evidence, "KVM_GET_SUPPORTED_CPUID");
	assert_contains(f->remedy, "CVE-");
	/* What works is said, most of all in a virtual machine, whose guests need no more. */
	assert_contains(f->evidence, "this machine's guests run");
	assert_null(strstr(f->remedy, "Nothing"));
	set_hypervisor(&r, "Microsoft Hv");
	f = must(&r, "nested-off");
	assert_contains(f->remedy, "Nothing, if");
	assert_contains(f->remedy, "nested=1");
	flip_cpuid(&r, 0, 1, ECX, 31);
	drop_cpuid(&r, 0, 0x40000000);
	/* Either of them is enough. */
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	must(&r, "nested-off");
	set_parameter(&r, "nested", "Y");
	r.facts.kvm.nested_cpuid = TRI_NO;
	must(&r, "nested-off");
	r.facts.kvm.device = KVM_DEVICE_UNKNOWN;
	must(&r, "nested-off");
	/* No access to KVM: this is another finding, and does not hide the parameter's. */
	r.facts.kvm.device = KVM_DEVICE_DENIED;
	r.facts.kvm.nested_cpuid = TRI_UNKNOWN;
	must_not(&r, "nested-off");
	set_parameter(&r, "nested", "N");
	must(&r, "nested-off");
	assert_non_null(finding_of(&r, "kvm-device-denied"));
	set_parameter(&r, "nested", "Y");
	r.facts.kvm.device = KVM_DEVICE_PRESENT;
	must_not(&r, "nested-off");
	report_free(&r);
	zen(&r, 1);
	set_parameter(&r, "nested", "0");
	assert_contains(must(&r, "nested-off")->remedy, "options kvm_amd nested=1");
	/* The value read back after load is newer. */
	kv_add(&r.arena, &r.kvm.parameters, "nested", "1");
	must_not(&r, "nested-off");
	report_free(&r);
	/* Only the module's own parameter is known. */
	report_init(&r);
	set_module(&r, "kvm_amd");
	set_parameter(&r, "nested", "0");
	must(&r, "nested-off");
	report_free(&r);
}

static void parameter(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	must_not(&r, "parameter");
	strings_add(&r.arena, &r.param_problems, "command line: there is no key 'tiemout'");
	strings_add(&r.arena, &r.param_problems, "fw_cfg: depth=7 is not 2 or 3");
	assert_int_equal(must(&r, "parameter")->severity, SEVERITY_ADVICE);
	assert_int_equal(r.n_findings, 2);
	assert_contains(r.findings[0].evidence, "tiemout");
	assert_contains(r.findings[1].evidence, "depth=7");
	report_free(&r);
}

/*
 * modprobe.d or the command line says it in any way that the kernel takes, and the parameter reads
 * what that makes of it, or the opposite: the rules follow the kernel.
 */
static void every_spelling_of_nested(void **state)
{
	static const char *const values[] = {
		"1",   "0",  "Y",   "y",     "N",     "n",     "yes", "no", "on",
		"off", "ON", "OFF", "On",    "true",  "false", "T",   "F",  "0x1",
		"0x0", "2",  "-1",  "\"1\"", "\"0\"", "00",    "01",
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < 2 * 2 * 2 * sizeof(values) / sizeof(values[0]); i++) {
		const char *value = values[i / 8];
		bool intel = i & 1, cmdline = i & 2, on = i & 4;
		const char *module = intel ? "kvm_intel" : "kvm_amd";
		enum tri set = param_nested(module, value, strlen(value));
		const char *line;

		if (intel)
			haswell(&r, 1);
		else
			zen(&r, 1);
		set_parameter(&r, "nested", on ? (intel ? "Y" : "1") : (intel ? "N" : "0"));
		r.facts.kvm.nested_cpuid = tri_of(on);
		if (cmdline) {
			line = arena_printf(&r.arena, "%s.nested=%s", module, value);
			r.facts.kernel.cmdline = arena_printf(&r.arena, "quiet %s", line);
		} else {
			line = arena_printf(&r.arena, "options %s nested=%s", module, value);
			r.facts.kernel.modprobe_known = TRI_YES;
			strings_add(&r.arena, &r.facts.kernel.modprobe,
				    arena_printf(&r.arena, "/etc/modprobe.d/kvm.conf: %s", line));
		}
		/* The line says one thing, and the other is in force. */
		if (set != TRI_UNKNOWN && set != tri_of(on))
			assert_contains(must(&r, "option-ignored")->evidence, line);
		else
			must_not(&r, "option-ignored");
		if (on) {
			must_not(&r, "nested-off");
		} else {
			f = must(&r, "nested-off");
			if (set == TRI_NO) {
				assert_contains(f->evidence, line);
				assert_contains(f->remedy, cmdline ? "emove kvm" : "emove nested=");
			} else if (set == TRI_YES && !cmdline) {
				assert_contains(f->remedy, "take effect");
			}
		}
		report_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_without_maker),	    cmocka_unit_test(command_line_place),
		cmocka_unit_test(module_refused),	    cmocka_unit_test(unsigned_modules),
		cmocka_unit_test(wrong_vendor_module),	    cmocka_unit_test(kvm_device_missing),
		cmocka_unit_test(kvm_device_denied),	    cmocka_unit_test(nested_off),
		cmocka_unit_test(every_spelling_of_nested), cmocka_unit_test(parameter),
		cmocka_unit_test(kvm_other_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
