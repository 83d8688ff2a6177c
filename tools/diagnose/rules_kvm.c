// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about KVM in the kernel: whether it is present, whether its module loaded, whether nesting
 * is on.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/containers.h"
#include "diagnose/other_kvm.h"
#include "diagnose/refusals.h"
#include "diagnose/rules.h"
#include "lib/vendor.h"

/* A blocker found so far explains why KVM is missing. */
static bool explained(const struct situation *s)
{
	return blocker_exists(s->r);
}

/*
 * Lines that only the other vendor's module writes here: with its name, or the refusal of a CPU
 * without its feature while this one has ours. "already loaded" is KVM's word about the module that
 * was first.
 */
static const char *other_module_line(const struct situation *s, const char *other)
{
	const struct strings *log = &s->f->kernel.log;

	for (size_t i = log->n; i-- > 0;) {
		const struct refusal *refusal = refusal_in(log->s[i]);
		const char *author = line_author(log->s[i]);

		if (strstr(log->s[i], "already loaded vendor module") ||
		    strstr(log->s[i], "already loaded the other module"))
			return log->s[i];
		if (!refusal || refusal->kind != REFUSAL_CPU)
			continue;
		/* Without a name: this CPU's module does not say that of a CPU that has it. */
		if (author ? !strcmp(author, other) : s->virt == TRI_YES && !s->r->kvm.error)
			return log->s[i];
	}
	return NULL;
}

static bool is_built_in(const struct situation *s, const char *module)
{
	const char *state = kv_get(&s->f->kernel.module_files, module);

	return state && !strcmp(state, "builtin");
}

static void check_wrong_vendor(struct situation *s, const struct rule *rule)
{
	const struct kernel_facts *k = &s->f->kernel;
	const char *other, *line;
	struct finding *f;

	if (!s->module || s->module_loaded != TRI_NO || explained(s))
		return;
	other = vendor_has_vmx(s->vendor) ? "kvm_amd" : "kvm_intel";
	/* If we tried to load ours, the log may be about that. */
	line = s->r->kvm.error ? NULL : other_module_line(s, other);
	if (!kernel_module(k, other) && !line)
		return;
	f = finding_add(s, rule);
	f->evidence = line ? format(s, "%s is not loaded; kernel log: %s%s%s%s", s->module, line,
				    line_author(line) ? "" : ", which is the word of ",
				    line_author(line) ? "" : other,
				    line_author(line)	  ? "" :
				    is_built_in(s, other) ? ", built into this kernel" :
							    "") :
			     format(s, "/sys/module has %s but not %s", other, s->module);
	f->remedy = format(s,
			   "Load the module for this CPU: %s%s%smodprobe %s; to load it at every "
			   "boot put %s into /etc/modules-load.d/kvm.conf",
			   kernel_module(k, other) && !is_built_in(s, other) ? "modprobe -r " : "",
			   kernel_module(k, other) && !is_built_in(s, other) ? other : "",
			   kernel_module(k, other) && !is_built_in(s, other) ? "; " : "", s->module,
			   s->module);
}

/*
 * Hygon's CPUs have SVM, but kvm_amd takes the maker's name from the kernel's own table, where
 * Hygon stands since Linux 4.20 and with CONFIG_CPU_SUP_HYGON: arch/x86/kvm/svm/svm.c,
 * __kvm_is_svm_supported(); before that cpu_has_svm() in arch/x86/include/asm/virtext.h: "not amd",
 * since 4.20 "not amd or hygon", after "SVM not supported by CPU 0, " or, before 6.3, "has_svm: ".
 */
static void check_unknown_maker(struct situation *s, const struct rule *rule)
{
	const char *line = log_line(s, "isn't AMD or Hygon");

	if (!line)
		line = log_line(s, "not amd");
	if (s->vendor != VENDOR_HYGON || s->virt != TRI_YES || s->module_loaded == TRI_YES ||
	    !line || kvm_runs(s) || explained(s))
		return;
	finding_add(s, rule)->evidence =
		format(s, "CPUID 0x00000000 says \"HygonGenuine\"; kernel log: %s", line);
}

/*
 * Whether the log's refusals can be of this boot's only try: a built-in module is in /sys/module
 * even if it could not start, but then there is no /dev/kvm.
 */
static bool not_running(const struct situation *s)
{
	return s->module_loaded == TRI_NO ||
	       (s->module_loaded == TRI_YES && is_built_in(s, s->module) &&
		s->f->kvm.device == KVM_DEVICE_ABSENT);
}

static void check_module_refused(struct situation *s, const struct rule *rule)
{
	const struct refusal *refusal = NULL;
	const char *error = s->r->kvm.error, *line;
	struct finding *f;

	if (explained(s))
		return;
	line = refusal_line(s, error != NULL, &refusal);
	/* Unless loading failed here, a log line counts only if the module is not loaded. */
	if (!error && (!line || !not_running(s)))
		return;
	f = finding_add(s, rule);
	if (s->module)
		f->title = format(s, "The kernel refused to load %s", s->module);
	if (error && line && !strstr(error, line))
		f->evidence = format(s, "%s; kernel log: %s", error, line);
	else
		f->evidence = error ? error : format(s, "kernel log: %s", line);
	if (s->guest == TRI_YES && s->hypervisor)
		f->evidence = format(s, "%s; the hypervisor below is %s", f->evidence,
				     s->hypervisor->name);
	if (!refusal) {
		refusal = refusal_in(error);
		if (refusal && !refusal_holds(s, refusal, error))
			refusal = NULL;
	}
	if (refusal)
		f->remedy = refusal_remedy(s, refusal, line ? line : error);
}

/*
 * A container has its host's modules and its own /dev. Whether the host's module is loaded is seen
 * in /sys/module.
 */
static const char *container_device_remedy(struct situation *s)
{
	const struct container *c = container_find(s->f);
	const char *name = c->name ? c->name : s->f->kernel.container;
	const char *load =
		s->module_loaded == TRI_YES || !s->module ?
			"" :
			format(s, "first load the module there (modprobe %s), then ", s->module);

	if (service_remedy(s->f))
		return service_remedy(s->f);
	/* Its kernel has no KVM, whatever CPUID shows: winboat-org/winboat#232. */
	if (hypervisor_is(s, "Docker Desktop"))
		return hypervisor_remedy(s);
	if (!c->name)
		return format(s,
			      "This is a container (%s): on its host %spass the device /dev/kvm "
			      "(character device 10:232) in",
			      name, load);
	if (!c->device)
		return format(s,
			      "This is a container of %s, which cannot get /dev/kvm: run this on "
			      "its host, or in a virtual machine that nests",
			      name);
	return format(
		s, "This is a container (%s). The device has to be passed in: on its host %s%s%s",
		name, load, c->device,
		/* home-operations/containers#1659 */
		!strcmp(c->fact, "kubernetes") && s->guest == TRI_YES && *load ?
			". In a pod of Kata Containers the kernel is its virtual machine's: it "
			"must be one that was built with CONFIG_KVM_INTEL or CONFIG_KVM_AMD" :
			"");
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
	if (container_find(s->f))
		f->remedy = container_device_remedy(s);
	else if (s->module_loaded == TRI_YES && s->f->kvm.error &&
		 !strcmp(s->f->kvm.error, "ENODEV"))
		f->remedy =
			format(s,
			       "The device node is there, but KVM does not answer: %s was refused "
			       "when it started. Read its messages (dmesg | grep -i kvm), and if "
			       "it is a file load it again: modprobe -r %s; modprobe %s",
			       s->module, s->module, s->module);
	else if (s->module_loaded == TRI_YES)
		f->remedy = "The module is loaded but its device is missing: create the device "
			    "node (mount devtmpfs on /dev, or mknod /dev/kvm c 10 232)";
	else if (s->module && hypervisor_is(s, "WSL2"))
		/* microsoft/WSL#13262 */
		f->remedy =
			format(s,
			       "Load the module: modprobe %s. WSL loads it at every start only "
			       "with systemd=true under [boot] in /etc/wsl.conf. If there is no "
			       "such module: wsl --update",
			       s->module);
	else if (s->module)
		f->remedy =
			format(s,
			       "Load the module: modprobe %s. If the module is not found, reboot "
			       "in case the kernel was updated, or install the kernel's extra "
			       "modules. If nothing happens, look for a blacklist line in "
			       "/etc/modprobe.d (VirtualBox installers leave one)",
			       s->module);
}

/* Whether "1000 (groups 1000 27)" has this number among the groups. */
static bool user_in_group(const char *user, const char *group)
{
	const char *at = user && group ? strstr(user, "(groups") : NULL;
	size_t len = group ? strlen(group) : 0;

	while (at && (at = strchr(at, ' '))) {
		at++;
		if (!strncmp(at, group, len) && (at[len] == ' ' || at[len] == ')'))
			return true;
	}
	return false;
}

/* The permission bits let this user open the device: something else refuses. */
static bool mode_allows(const struct situation *s)
{
	const char *mode = kv_get(&s->f->kvm.node, "mode"), *user = s->f->user;
	unsigned long bits = mode ? strtoul(mode, NULL, 8) : 0;

	if (user && (!strcmp(user, "0") || !strncmp(user, "0 ", 2)))
		return true;
	return (bits & 06) == 06 ||
	       ((bits & 060) == 060 && user_in_group(user, kv_get(&s->f->kvm.node, "group")));
}

static const char *denied_remedy(struct situation *s)
{
	const struct container *c = container_find(s->f);
	const char *group = kv_get(&s->f->kvm.node, "group");

	/*
	 * A number that the container's user namespace does not map reads as 65534 (Linux
	 * kernel/user_namespace.c, overflowgid); root is then not the host's root.
	 */
	if (c && c->group && group && !strcmp(group, "65534"))
		return format(
			s,
			"This container (%s) does not map the group that owns the device: %s. If "
			"it is rootless and that changes nothing: on its host setfacl -m "
			"u:USER:rw /dev/kvm, with the user that runs it",
			c->name, c->group);
	if (c && mode_allows(s))
		return format(s,
			      "The permissions allow it, so the container's device rules refuse: "
			      "on its host %s",
			      c->device ? c->device : "allow the character device 10:232");
	/* Linutronix/elbe#164 */
	if (c && c->group && group && !strcmp(group, "0"))
		return format(
			s,
			"The device belongs to the group root, on the host of this container (%s) "
			"as well: there add the udev rule KERNEL==\"kvm\", GROUP=\"kvm\", "
			"MODE=\"0660\" and load the module again; or here, as root: chgrp kvm "
			"/dev/kvm",
			c->name);
	if (c && c->group)
		return format(s, "In this container (%s) the group of the device is missing: %s",
			      c->name, c->group);
	if (mode_allows(s))
		return "The permissions allow it, so something else refuses: a security module "
		       "(look for denials: ausearch -m avc, dmesg | grep -i denied), a sandbox, or "
		       "a service's DeviceAllow=";
	if (service_remedy(s->f))
		return service_remedy(s->f);
	return group && !strcmp(group, "0") ?
		       "Run this as root. The device belongs to the group root: to let users in, "
		       "add the udev rule KERNEL==\"kvm\", GROUP=\"kvm\", MODE=\"0660\" and load the "
		       "module again, then: usermod -aG kvm USER, and log in again" :
		       NULL;
}

static void check_device_denied(struct situation *s, const struct rule *rule)
{
	const struct key_values *node = &s->f->kvm.node;
	const char *mode = kv_get(node, "mode"), *group = kv_get(node, "group");
	struct finding *f;

	if (s->f->kvm.device != KVM_DEVICE_DENIED)
		return;
	f = finding_add(s, rule);
	f->evidence =
		format(s, "opening /dev/kvm for reading and writing is not permitted%s%s%s%s%s%s",
		       mode ? ": its mode is " : "", mode ? mode : "", group ? ", its group " : "",
		       group ? group : "", s->f->user ? "; run by user " : "",
		       s->f->user ? s->f->user : "");
	if (denied_remedy(s))
		f->remedy = denied_remedy(s);
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
		text = format(s, "%sremove %s from the kernel's command line%s and reboot",
			      update_first(s), word, cmdline_place(s));
	else if (state && !strcmp(state, "builtin"))
		text = format(
			s,
			"%sput %s.nested=1 on the kernel's command line%s and reboot: the module "
			"is built into this kernel, so modprobe.d is not read for it",
			update_first(s), module, cmdline_place(s));
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

/* Before nested-off, whose remedies are about kvm_intel's and kvm_amd's parameter. */
static void check_other_kvm(struct situation *s, const struct rule *rule)
{
	const char *other = other_kvm(s->f);
	struct finding *f;

	if (!other)
		return;
	f = finding_add(s, rule);
	f->title = format(s, "KVM here is %s, neither kvm_intel nor kvm_amd", other);
	f->evidence = format(s, "/dev/kvm is there, and /sys/module has %s%s%s", other,
			     s->module ? " but not " : "", s->module ? s->module : "");
	/* What keeps the CPU's own module away has been found, or its guests can nest. */
	if (!s->module || s->virt != TRI_YES || s->f->kvm.nested_cpuid == TRI_YES ||
	    explained_but_device(s))
		return;
	f->severity = SEVERITY_BLOCKER;
	f->remedy = format(s,
			   "Stop all VMs, then load this CPU's own module: modprobe -r %s; "
			   "modprobe %s",
			   other, s->module);
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
	/*
	 * KVM answers here, so this machine's guests run. In a virtual machine that is often all
	 * that was asked for.
	 */
	if (s->f->kvm.device != KVM_DEVICE_PRESENT)
		return;
	f->evidence = format(s,
			     "%s. KVM works here, and this machine's guests run; only guests of "
			     "its guests do not",
			     f->evidence);
	if (s->guest == TRI_YES) {
		f->title = "KVM works in this virtual machine, but its guests cannot nest further";
		f->remedy = format(s,
				   "Nothing, if you only want to run guests here (nestcheck setup "
				   "check --level 1). For guests of these guests: %s",
				   f->remedy);
	}
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
	{ .id = "kernel-without-maker",
	  .severity = SEVERITY_BLOCKER,
	  .title = "This kernel does not know Hygon's CPUs",
	  .cause = "This kernel does not know Hygon, the maker of this machine's CPU",
	  .check = check_unknown_maker,
	  .remedy = "Use a kernel that does: Linux 4.20 or later that was built with "
		    "CONFIG_CPU_SUP_HYGON, or an older one to which the distribution added it",
	  .explain =
		  "Hygon's CPUs have SVM like AMD's, and kvm_amd runs on them. It asks the kernel, "
		  "not CPUID, who made the CPU, and a kernel without Hygon's set-up code "
		  "(arch/x86/kernel/cpu/hygon.c) does not know. kvm_amd then says \"CPU 0 isn't AMD "
		  "or Hygon\", in older kernels \"SVM not supported by CPU 0, not amd or hygon\" or "
		  "\"has_svm: not amd\". Neither the firmware nor a "
		  "setting of KVM changes that." },
	{ .id = "wrong-vendor-module",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM was loaded for the other maker's CPUs",
	  .cause = "Of KVM's two modules, kvm_intel and kvm_amd, the wrong one was loaded",
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
	  .cause = "KVM did not start: the kernel refused to load its module for this CPU",
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
	  .cause = "KVM cannot be used here: there is no /dev/kvm",
	  .check = check_device_missing,
	  .remedy = "Load KVM's module: modprobe kvm_intel or modprobe kvm_amd",
	  .explain = "Programs use KVM through the device /dev/kvm, which appears when the module "
		     "for this CPU has been loaded. It is missing: the module is not loaded (not "
		     "installed, blacklisted), or the device node was not made or not passed into "
		     "this container." },
	{ .id = "kvm-device-denied",
	  .severity = SEVERITY_BLOCKER,
	  .title = "No permission to use /dev/kvm",
	  .cause = "This user may not use KVM: access to /dev/kvm is denied",
	  .check = check_device_denied,
	  .remedy =
		  "Run this as root, or join the group that owns the device: usermod -aG kvm USER, "
		  "then log in again",
	  .explain = "/dev/kvm exists, but opening it for reading and writing is refused. "
		     "Distributions give it the group kvm and mode 0660. QEMU says \"Could not "
		     "access KVM kernel module: Permission denied\"." },
	{ .id = "kvm-other-module",
	  .severity = SEVERITY_ADVICE,
	  .title = "KVM here is neither kvm_intel nor kvm_amd",
	  .cause = "KVM here is neither kvm_intel nor kvm_amd, which are the ones that can nest",
	  .check = check_other_kvm,
	  .remedy = "None is needed to run guests. That they can nest is only known of kvm_intel "
		    "and kvm_amd, which this kernel has not loaded",
	  .explain =
		  "Another module can stand behind /dev/kvm, for instance kvm_pvm, which runs "
		  "guests without VMX or SVM, as clouds do in their own virtual machines. "
		  "Guests then run, but get neither VMX nor SVM. The finding is a blocker if the "
		  "CPU has one of these, which its own module would give to guests." },
	{ .id = "nested-off",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Nesting is switched off in KVM",
	  .cause = "KVM runs, but is set not to let its guests run guests of their own",
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
	  .title = "This image does not run as it was built",
	  .check = check_modified,
	  .remedy = "None is needed if you meant it; else boot the image without another initrd",
	  .explain =
		  "A boot loader, or initrdmem=, can give the kernel another initrd (QEMU -initrd, "
		  "INITRD, an archive beside nestcheck.efi), which the kernel unpacks over the "
		  "image's own. These files are not the ones that were built: their digests differ "
		  "from /etc/nestcheck/manifest, or rdinit= started another program than /init. The "
		  "verdict is theirs, and its line says modified=yes. Whoever replaces two of that "
		  "list, /init and nestcheck, or starts a program that hides what it did, is "
		  "not found: this is a label, not a seal." },
};

const struct rule_table kvm_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
