// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about KVM in the kernel: whether it is present, whether its module loaded, whether nesting
 * is on.
 */
#include <ctype.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/vendor.h"

/*
 * The kernel's messages when KVM does not start, and the remedy for each: Linux 6.12
 * arch/x86/kvm/{x86,vmx/vmx,svm/svm}.c, virt/kvm/kvm_main.c, kernel/module/main.c,
 * security/lockdown; the last ones are from older kernels.
 */
static const struct refusal {
	const char *line;
	const char *remedy;
} refusals[] = {
	{ "Inconsistent VMCS config on CPU",
	  "The CPUs do not offer the same VMX: update the firmware and its microcode; as a test "
	  "boot with maxcpus=1" },
	{ "Failed to setup VMCS config on CPU",
	  "VMX lacks something that KVM needs. On hardware update the firmware; in a virtual "
	  "machine update the hypervisor below, or give this one the host's CPU" },
	{ "VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU",
	  "Switch Intel VT-x (VMX) on in the firmware setup, then disconnect the power completely" },
	{ "VMX not supported by CPU", "This CPU has no VMX: see the other findings" },
	{ "SVM not supported by CPU",
	  "Switch SVM Mode (AMD-V) on in the firmware setup, then power off and on" },
	{ "KVM is unsupported when running as an SEV guest",
	  "This is a confidential virtual machine (SEV), which cannot nest: use one without" },
	{ "NX (Execute Disable) not supported",
	  "Switch Execute Disable (XD, NX) on in the firmware setup" },
	{ "host PAT[0] is not WB",
	  "Firmware or the kernel changed the memory types (PAT): update both; remove nopat from "
	  "the kernel's command line" },
	{ "inadequate fpu", "Remove options like no387 and nofxsr from the kernel's command line" },
	{ "RT requires X86_FEATURE_CONSTANT_TSC",
	  "This real-time kernel needs a constant TSC: use another kernel" },
	{ "enabling virtualization on CPU",
	  "Something else uses VMX or SVM, for instance another hypervisor: unload it (vboxdrv, "
	  "vmmon) and load KVM again" },
	{ "Loading of unsigned module is rejected",
	  "The kernel is locked down: sign the module, or switch Secure Boot off" },
	{ "unsigned module loading is restricted",
	  "The kernel is locked down: sign the module, or switch Secure Boot off" },
	/* The texts of errno that loading returned, if the log has nothing. */
	{ "Key was rejected by service",
	  "The kernel accepts only modules signed with a key that it knows: install the module "
	  "that belongs to this kernel, sign it, or switch Secure Boot off" },
	{ "Required key not available",
	  "The kernel accepts only modules signed with a key that it knows: install the module "
	  "that belongs to this kernel, sign it, or switch Secure Boot off" },
	{ "esource busy", /* in glibc and in musl */
	  "Something else uses VMX or SVM, for instance another hypervisor: unload it (vboxdrv, "
	  "vmmon) and load KVM again" },
	{ "Exec format error",
	  "The module belongs to another kernel: reboot after an update of the kernel, or install "
	  "the modules of this one" },
	{ " disabled by bios", /* "kvm:", then "kvm: support for 'kvm_amd'" */
	  "Switch VT-x or SVM Mode on in the firmware setup, then power off and on" },
	{ "kvm: no hardware support", "This CPU has no virtualization that KVM can use" },
};

static const struct refusal *refusal_in(const char *text)
{
	for (size_t i = 0; text && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strstr(text, refusals[i].line))
			return &refusals[i];
	return NULL;
}

/*
 * "Loading of unsigned module is rejected" does not name the module: it can be any, unless we tried
 * to load KVM. KVM's own lines begin with the module's name, and before Linux 6.3 with "kvm: ".
 */
static bool names_kvm(const char *line)
{
	return !strstr(line, "nsigned module") || strstr(line, "kvm");
}

/*
 * The newest line of the kernel's log that gives a reason; NULL if none does. tried: we have just
 * tried to load the module, so the log is about that.
 */
static const char *refusal_line(const struct kernel_facts *k, bool tried,
				const struct refusal **refusal)
{
	for (size_t i = k->log.n; i-- > 0;) {
		*refusal = refusal_in(k->log.s[i]);
		if (*refusal && (tried || names_kvm(k->log.s[i])))
			return k->log.s[i];
	}
	*refusal = NULL;
	return NULL;
}

/* A blocker found so far explains why KVM is missing. */
static bool explained(const struct situation *s)
{
	return blocker_exists(s->r);
}

/*
 * "kvm_intel: VMX not supported by CPU 0", which each vendor's module logs on the other vendor's
 * CPUs.
 */
static bool logged_by(const char *line, const char *module, const char *words)
{
	const char *at = strstr(line, module);

	return at && at[strlen(module)] == ':' && strstr(at, words);
}

static void check_wrong_vendor(struct situation *s, const struct rule *rule)
{
	const struct kernel_facts *k = &s->f->kernel;
	const char *other, *line = NULL;
	struct finding *f;

	if (!s->module || s->module_loaded != TRI_NO || explained(s))
		return;
	other = vendor_has_vmx(s->vendor) ? "kvm_amd" : "kvm_intel";
	for (size_t i = 0; i < k->log.n; i++)
		if (strstr(k->log.s[i], "isn't AMD or Hygon") ||
		    strstr(k->log.s[i], "already loaded vendor module") ||
		    (!s->r->kvm.error && logged_by(k->log.s[i], other, "not supported by CPU")))
			line = k->log.s[i];
	if (!kernel_module(k, other) && !line)
		return;
	f = finding_add(s, rule);
	f->evidence = line ? format(s, "%s is not loaded; kernel log: %s", s->module, line) :
			     format(s, "/sys/module has %s but not %s", other, s->module);
	f->remedy = format(s, "Load the module for this CPU: modprobe -r %s; modprobe %s", other,
			   s->module);
}

static void check_module_refused(struct situation *s, const struct rule *rule)
{
	const struct refusal *refusal = NULL;
	const char *error = s->r->kvm.error, *line;
	struct finding *f;

	if (explained(s))
		return;
	line = refusal_line(&s->f->kernel, error != NULL, &refusal);
	/* Unless loading failed here, a log line counts only if the module is not loaded. */
	if (!error && (!line || s->module_loaded != TRI_NO))
		return;
	f = finding_add(s, rule);
	if (s->module)
		f->title = format(s, "The kernel refused to load %s", s->module);
	if (error && line && !strstr(error, line))
		f->evidence = format(s, "%s; kernel log: %s", error, line);
	else
		f->evidence = error ? error : format(s, "kernel log: %s", line);
	if (!refusal)
		refusal = refusal_in(error);
	if (refusal)
		f->remedy = refusal->remedy;
}

static void check_device_missing(struct situation *s, const struct rule *rule)
{
	struct finding *f;

	if (s->f->kvm.device != KVM_DEVICE_ABSENT || explained(s))
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "%s%s%s%s",
			     s->f->kvm.error && strcmp(s->f->kvm.error, "ENOENT") != 0 ?
				     format(s, "opening /dev/kvm failed: %s", s->f->kvm.error) :
				     "there is no /dev/kvm",
			     s->module_loaded != TRI_UNKNOWN ? ", and the module " : "",
			     s->module_loaded != TRI_UNKNOWN ? s->module : "",
			     s->module_loaded == TRI_YES ? " is loaded" :
			     s->module_loaded == TRI_NO	 ? " is not loaded" :
							   "");
	if (s->module_loaded == TRI_YES)
		f->remedy = "The module is loaded but its device is missing: create the device "
			    "node (mount devtmpfs on /dev, or mknod /dev/kvm c 10 232); in a "
			    "container pass it in: docker run --device /dev/kvm";
	else if (s->module)
		f->remedy =
			format(s,
			       "Load the module: modprobe %s. If the module is not found, reboot "
			       "in case the kernel was updated, or install the kernel's extra "
			       "modules. If nothing happens, look for a blacklist line in "
			       "/etc/modprobe.d (VirtualBox installers leave one)",
			       s->module);
}

static void check_device_denied(struct situation *s, const struct rule *rule)
{
	const struct key_values *node = &s->f->kvm.node;
	const char *mode = kv_get(node, "mode"), *group = kv_get(node, "group");

	if (s->f->kvm.device != KVM_DEVICE_DENIED)
		return;
	finding_add(s, rule)->evidence =
		format(s, "opening /dev/kvm for reading and writing is not permitted%s%s%s%s%s%s",
		       mode ? ": its mode is " : "", mode ? mode : "", group ? ", its group " : "",
		       group ? group : "", s->f->user ? "; run by user " : "",
		       s->f->user ? s->f->user : "");
}

/* If a file or the command line switches nesting off, that setting must be removed first. */
static const char *nested_remedy(struct situation *s, const char *module)
{
	const char *by_word = NULL, *by_line = NULL;
	const char *word = cmdline_option(s, module, "nested", &by_word);
	const char *line = modprobe_option(s, module, "nested", &by_line);
	const char *state = kv_get(&s->f->kernel.module_files, module);
	char *text;

	if (word && nested_value(module, by_word) != TRI_YES)
		text = format(s, "%sremove %s from the kernel's command line and reboot",
			      update_first(s), word);
	else if (state && !strcmp(state, "builtin"))
		text = format(
			s,
			"%sput %s.nested=1 on the kernel's command line and reboot: the module "
			"is built into this kernel, so modprobe.d is not read for it",
			update_first(s), module);
	else if (line && nested_value(module, by_line) != TRI_YES)
		text = format(
			s,
			"%sremove nested=%s from that line (%s), stop all VMs, and: modprobe -r "
			"%s; modprobe %s",
			update_first(s), by_line ? by_line : "", line, module, module);
	else if (line)
		text = format(s,
			      "%smake the nested=1 that is set (%s) take effect: rebuild the "
			      "initramfs (update-initramfs -u, or dracut -f), stop all VMs, and: "
			      "modprobe -r %s; modprobe %s",
			      update_first(s), line, module, module);
	else
		text = format(
			s,
			"%sput \"options %s nested=1\" into /etc/modprobe.d/kvm-nested.conf, "
			"remove every nested=0 in that folder, stop all VMs and: modprobe -r %s; "
			"modprobe %s. If KVM is built in: %s.nested=1 on the kernel's command line",
			update_first(s), module, module, module, module);
	text[0] = (char)toupper((unsigned char)text[0]);
	return text;
}

/* The module's parameter is readable even if the device is missing or forbidden. */
static bool explained_but_device(const struct situation *s)
{
	for (size_t i = 0; i < s->r->n_findings; i++)
		if (s->r->findings[i].severity == SEVERITY_BLOCKER &&
		    strncmp(s->r->findings[i].id, "kvm-device-", strlen("kvm-device-")) != 0)
			return true;
	return false;
}

/* If the vendor is unknown, look at whichever module was recorded. */
static void check_nested_off(struct situation *s, const struct rule *rule)
{
	const char *module = s->module, *line, *value = NULL;
	struct finding *f;
	bool parameter, cpuid, off;

	if (!module)
		module = kernel_module(&s->f->kernel, "kvm_amd") ? "kvm_amd" : "kvm_intel";
	parameter = kvm_parameter_of(s->r, module, "nested") == TRI_NO;
	cpuid = s->f->kvm.nested_cpuid == TRI_NO;
	if (explained_but_device(s) || (!parameter && !cpuid))
		return;
	f = finding_add(s, rule);
	line = modprobe_option(s, module, "nested", &value);
	if (!line || nested_value(module, value) == TRI_YES)
		line = cmdline_option(s, module, "nested", &value);
	off = line && nested_value(module, value) != TRI_YES;
	f->evidence = format(
		s, "%s%s%s%s%s%s%s", parameter ? "/sys/module/" : "", parameter ? module : "",
		parameter ? "/parameters/nested is off" : "", parameter && cpuid ? "; " : "",
		cpuid ? "KVM_GET_SUPPORTED_CPUID offers guests neither VMX nor SVM" : "",
		off ? "; " : "", off ? line : "");
	f->remedy = nested_remedy(s, module);
}

static void check_parameters(struct situation *s, const struct rule *rule)
{
	for (size_t i = 0; i < s->r->param_problems.n; i++)
		finding_add(s, rule)->evidence = s->r->param_problems.s[i];
}

static void check_modified(struct situation *s, const struct rule *rule)
{
	const struct strings *files = &s->r->modified;
	const char *list = "";

	for (size_t i = 0; i < files->n; i++)
		list = format(s, "%s%s%s", list, i ? ", " : "", files->s[i]);
	if (files->n)
		finding_add(s, rule)->evidence = list;
}

static const struct rule rules[] = {
	{ .id = "wrong-vendor-module",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM was loaded for the other maker's CPUs",
	  .check = check_wrong_vendor,
	  .remedy = "Load kvm_intel on Intel, Zhaoxin and Centaur, kvm_amd on AMD and Hygon",
	  .explain =
		  "KVM is two modules: kvm, and kvm_intel or kvm_amd for the CPU. Here the one for "
		  "this CPU is not loaded, but the other one is, or was tried: \"CPU 0 isn't AMD "
		  "or Hygon\", \"already loaded vendor module\". Look for the wrong name in "
		  "/etc/modules and /etc/modules-load.d." },
	{ .id = "module-refused",
	  .severity = SEVERITY_BLOCKER,
	  .title = "The kernel refused to load KVM's module",
	  .check = check_module_refused,
	  .remedy = "Read the kernel's messages (dmesg | grep -i kvm), and load the module by "
		    "hand: modprobe kvm_intel or kvm_amd",
	  .explain =
		  "KVM's module for this CPU gave up when it was loaded, or could not be loaded at "
		  "all. The evidence is modprobe's error and the line of the kernel log that "
		  "belongs to it. The remedy follows from that line. If firmware has "
		  "virtualization off, that is the finding instead." },
	{ .id = "kvm-device-missing",
	  .severity = SEVERITY_BLOCKER,
	  .title = "/dev/kvm is missing",
	  .check = check_device_missing,
	  .remedy = "Load KVM's module: modprobe kvm_intel or modprobe kvm_amd; in a container "
		    "pass the device in: docker run --device /dev/kvm",
	  .explain = "Programs use KVM through the device /dev/kvm, which appears when the module "
		     "for this CPU has been loaded. It is missing: the module is not loaded (not "
		     "installed, blacklisted), or the device node was not made or not passed into "
		     "this container." },
	{ .id = "kvm-device-denied",
	  .severity = SEVERITY_BLOCKER,
	  .title = "No permission to use /dev/kvm",
	  .check = check_device_denied,
	  .remedy =
		  "Run this as root, or join the group that owns the device: usermod -aG kvm USER, "
		  "then log in again. In a container: docker run --device /dev/kvm",
	  .explain = "/dev/kvm exists, but opening it for reading and writing is refused. "
		     "Distributions give it the group kvm and mode 0660. QEMU says \"Could not "
		     "access KVM kernel module: Permission denied\"." },
	{ .id = "nested-off",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Nesting is switched off in KVM",
	  .check = check_nested_off,
	  .remedy = "Load KVM's module with nested=1",
	  .explain = "KVM offers VMX or SVM to its guests only if the module was loaded with "
		     "nested=1: /sys/module/kvm_intel/parameters/nested says Y, or that of kvm_amd "
		     "1. What KVM itself offers in KVM_GET_SUPPORTED_CPUID decides. Nesting is the "
		     "default since Linux 4.20, but distributions and administrators switch it "
		     "off, some because of vulnerabilities of nested KVM that have since been "
		     "fixed: update the kernel before you switch it on. If the setting seems to be "
		     "ignored, the module is built in, loaded from the initramfs (update-initramfs "
		     "-u, dracut -f), or in use." },
	{ .id = "parameter",
	  .severity = SEVERITY_ADVICE,
	  .title = "A parameter could not be used",
	  .check = check_parameters,
	  .remedy = "Correct it on the kernel command line (nestcheck.KEY=VALUE), in fw_cfg "
		    "(opt/nestcheck/KEY) or in nestcheck.cfg, wherever the evidence says that it "
		    "is set; the keys and values are in the README",
	  .explain = "The parameters of the image come from the kernel command line, QEMU's fw_cfg "
		     "and nestcheck.cfg on the boot medium. An unknown key, or a value that its "
		     "key does not accept, is named and otherwise ignored." },
	{ .id = "image-modified",
	  .severity = SEVERITY_ADVICE,
	  .title = "A further initrd replaced files of this image",
	  .check = check_modified,
	  .remedy = "None is needed if you meant it; else boot the image without another initrd",
	  .explain =
		  "A boot loader can give the kernel another initrd (QEMU -initrd, INITRD, an "
		  "archive beside nestcheck.efi), which the kernel unpacks over the image's own. "
		  "These files are not the ones that were built: their digests differ from "
		  "/etc/nestcheck/manifest. The verdict is theirs, and its line says "
		  "modified=yes. Whoever also replaces that list, or both /init and nestcheck, is "
		  "not found: this is a label, not a seal." },
};

const struct rule_table kvm_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
