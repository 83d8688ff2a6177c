// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about KVM's module before it is loaded: whether it is installed, whether it is kept from
 * loading, whether something else uses the CPU's virtualization; and options that were set but are
 * not in force.
 */
#include <ctype.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/kernel_packages.h"
#include "diagnose/rules.h"
#include "lib/hw/msr.h"
#include "lib/vendor.h"

static bool is_loaded(const struct situation *s)
{
	return s->module_loaded == TRI_YES || s->f->kvm.nested_cpuid != TRI_UNKNOWN;
}

static void check_not_installed(struct situation *s, const struct rule *rule)
{
	const char *state = s->module ? kv_get(&s->f->kernel.module_files, s->module) : NULL;
	struct finding *f;

	if (!state || strcmp(state, "absent") != 0 || is_loaded(s) || blocker_exists(s->r))
		return;
	f = finding_add(s, rule);
	f->title = format(s, "This kernel comes without %s", s->module);
	f->evidence = format(s, "/lib/modules/%s lists no %s, neither as a file nor built in",
			     s->f->kernel.release ? s->f->kernel.release : "...", s->module);
	f->remedy = format(s,
			   "Install the kernel's full set of modules (%s), or boot a kernel that "
			   "was built with CONFIG_KVM and CONFIG_KVM_INTEL or CONFIG_KVM_AMD",
			   kernel_package_text(s->f->kernel.release));
	if (s->f->kernel.container)
		f->remedy = format(s, "A container has no modules of its own: on its host. %s",
				   f->remedy);
}

/* Its kernels have it in `uname -v`, and its settings of modprobe are in one file. */
static bool on_nixos(const struct situation *s)
{
	const struct strings *lines = &s->f->kernel.modprobe;

	if (s->f->kernel.version && strstr(s->f->kernel.version, "NixOS"))
		return true;
	for (size_t i = 0; i < lines->n; i++)
		if (strstr(lines->s[i], "/modprobe.d/nixos.conf: "))
			return true;
	return false;
}

static void check_banned(struct situation *s, const struct rule *rule)
{
	const char *line, *word;
	struct finding *f;

	if (!s->module || is_loaded(s) || blocker_exists(s->r))
		return;
	line = modprobe_ban(s, s->module);
	if (!line)
		line = modprobe_ban(s, "kvm");
	word = cmdline_ban(s, s->module);
	if (!word)
		word = cmdline_ban(s, "kvm");
	if (!line && !word)
		return;
	f = finding_add(s, rule);
	if (word) {
		f->title = format(s, "%s is kept from loading by the kernel's command line",
				  s->module);
		f->evidence = format(s, "/proc/cmdline: %s", word);
		f->remedy = format(s,
				   "Remove %s from the kernel's command line%s if nothing else "
				   "needs it, and reboot",
				   word, cmdline_place(s));
		return;
	}
	f->title = format(s, "%s is kept from loading by a file of modprobe.d", s->module);
	f->evidence = line;
	/* NixOS makes the file from its configuration: jappeace/linux-config#23. */
	if (on_nixos(s)) {
		f->remedy =
			format(s,
			       "NixOS makes that file: take %s (and kvm) out of "
			       "boot.blacklistedKernelModules, or the line out of "
			       "boot.extraModprobeConfig, in /etc/nixos/configuration.nix, then: "
			       "nixos-rebuild switch; modprobe %s",
			       s->module, s->module);
		return;
	}
	f->remedy = format(s,
			   "Remove that line if nothing else needs it (VirtualBox installers leave "
			   "one), then: modprobe %s",
			   s->module);
}

/* Other hypervisors' modules: VirtualBox's and VMware Workstation's. */
static const struct {
	const char *module;
	const char *name;
} others[] = {
	{ "vboxdrv", "VirtualBox" },
	{ "vmmon", "VMware Workstation" },
};

/* EFER.SVME is set although KVM is not loaded: APM Vol. 2 15.4. */
static bool svme_is_set(const struct situation *s)
{
	const struct msr_fact *m = s->cpu ? cpu_msr(s->f, s->cpu, MSR_EFER) : NULL;

	return m && !m->refused && m->value & EFER_SVME && s->module_loaded == TRI_NO;
}

static void check_other_hypervisor(struct situation *s, const struct rule *rule)
{
	const char *line = log_line(s, "enabling virtualization on CPU");
	const char *name = NULL, *module = NULL;
	struct finding *f;

	for (size_t i = 0; !name && i < sizeof(others) / sizeof(others[0]); i++)
		if (kernel_module(&s->f->kernel, others[i].module))
			name = others[i].name, module = others[i].module;
	if (!name && !svme_is_set(s))
		return;
	if (is_loaded(s) && !s->r->kvm.error && !line) {
		f = finding_add(s, rule);
		f->severity = SEVERITY_ADVICE;
		f->title = format(s, "%s is loaded beside KVM", name ? name : "Another hypervisor");
		f->evidence = format(s, "/sys/module has %s and %s", module ? module : "(none)",
				     s->module ? s->module : "kvm");
		/* VirtualBox/virtualbox#141; from 7.2.10 on: #711 */
		f->remedy = "Only one of them can use the CPU at a time. VirtualBox before 7.2.10 "
			    "needs KVM loaded with kvm.enable_virt_at_load=0 on Linux 6.12 and "
			    "later. VirtualBox 7.2.10 and newer need that removed, and so does "
			    "nesting with KVM";
		return;
	}
	if (!line && !s->r->kvm.error && !svme_is_set(s))
		return;
	f = finding_add(s, rule);
	if (name)
		f->title = format(s, "%s uses the CPU's virtualization", name);
	/*
	 * If KVM is loaded, the refusal in the log may be old: before Linux 6.12 it happened when a
	 * VM started.
	 */
	if (is_loaded(s) && !s->r->kvm.error)
		f->severity = SEVERITY_DEGRADED;
	f->evidence = format(s, "%s%s%s%s", name ? "/sys/module has " : "",
			     module ? module : "MSR 0xc0000080 EFER: bit 12 (SVME) is set already",
			     line ? "; kernel log: " : "", line ? line : "");
}

/* Turns "... for it. put" into "... for it. Put". */
static const char *capital_after_stop(struct situation *s, const char *text)
{
	char *copy = format(s, "%s", text), *stop = strstr(copy, ". ");

	if (stop)
		stop[2] = (char)toupper((unsigned char)stop[2]);
	return copy;
}

/* Set in modprobe.d or on the command line, but another value is in force. */
static void check_option_ignored(struct situation *s, const struct rule *rule)
{
	const char *value = NULL, *line, *state;
	enum tri now, set;
	struct finding *f;

	if (!s->module || s->module_loaded != TRI_YES)
		return;
	line = cmdline_option(s, s->module, "nested", &value);
	if (!line)
		line = modprobe_option(s, s->module, "nested", &value);
	now = kvm_parameter_of(s->r, s->module, "nested");
	set = line ? nested_value(s->module, value) : TRI_UNKNOWN;
	if (now == TRI_UNKNOWN || set == TRI_UNKNOWN || now == set)
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "%s; /sys/module/%s/parameters/nested is %s", line, s->module,
			     now == TRI_YES ? "on" : "off");
	state = kv_get(&s->f->kernel.module_files, s->module);
	if (state && !strcmp(state, "builtin"))
		f->remedy = format(
			s,
			"%s is built into this kernel, so modprobe.d is not read for it. %sput "
			"%s.nested=%s on the kernel's command line%s",
			s->module, set == TRI_NO ? "To have it: " : update_first(s), s->module,
			value ? value : "1", cmdline_place(s));
	else
		f->remedy = format(
			s,
			"The module was loaded before the file existed, or from an initramfs "
			"without it. %srebuild the initramfs (update-initramfs -u, or dracut "
			"-f), stop all VMs, and: modprobe -r %s; modprobe %s",
			set == TRI_NO ? "To have it: " : update_first(s), s->module, s->module);
	f->remedy = capital_after_stop(s, f->remedy);
}

static const struct rule rules[] = {
	{ .id = "module-not-installed",
	  .severity = SEVERITY_BLOCKER,
	  .title = "This kernel comes without KVM's module",
	  .cause = "KVM is not installed: the running kernel comes without its module",
	  .check = check_not_installed,
	  .remedy = "Install the kernel's full set of modules (linux-modules-extra-VERSION on "
		    "Ubuntu, kernel-modules-core on Fedora), or boot a kernel that was built "
		    "with CONFIG_KVM_INTEL and CONFIG_KVM_AMD",
	  .explain =
		  "The lists of the running kernel's modules, modules.dep and modules.builtin in "
		  "/lib/modules, do not have KVM's module for this CPU. Reduced kernels for clouds "
		  "and containers omit it or have it in a separate package. If the kernel was "
		  "updated since the last boot, the running kernel's modules may have been "
		  "removed: reboot first." },
	{ .id = "module-blacklisted",
	  .severity = SEVERITY_BLOCKER,
	  .title = "KVM's module is kept from loading by a file of modprobe.d",
	  .cause = "A setting of this system keeps KVM from being loaded",
	  .check = check_banned,
	  .remedy = "Remove the line, and load the module",
	  .explain =
		  "A line \"blacklist kvm_intel\" keeps the module from being loaded automatically "
		  "at boot, and \"install kvm_intel /bin/false\" from being loaded at all. "
		  "Installers of other hypervisors and hardening guides add such lines. The "
		  "evidence is the file with its line." },
	{ .id = "other-hypervisor",
	  .severity = SEVERITY_BLOCKER,
	  .title = "Something else uses the CPU's virtualization",
	  .cause = "Another hypervisor is in the way: only one can use the CPU's virtualization",
	  .check = check_other_hypervisor,
	  .remedy =
		  "Stop the other hypervisor's VMs and unload its modules (modprobe -r vboxnetflt "
		  "vboxnetadp vboxdrv; vmware-modconfig or /etc/init.d/vmware stop), then load "
		  "KVM again",
	  .explain =
		  "Only one hypervisor can switch VMX or SVM on: CR4.VMXE on Intel and EFER.SVME "
		  "on AMD say that one has. KVM then fails with \"kvm: enabling virtualization on "
		  "CPUn failed\" and modprobe with \"Device or resource busy\" or \"Input/output "
		  "error\". Since Linux 6.12 KVM switches it on when it is loaded, not with the "
		  "first VM (kvm.enable_virt_at_load=Y); VirtualBox then reports "
		  "VERR_VMX_IN_VMX_ROOT_MODE or VERR_SVM_IN_USE." },
	{ .id = "option-ignored",
	  .severity = SEVERITY_ADVICE,
	  .title = "KVM does not run with the nested= value that was set",
	  .check = check_option_ignored,
	  .remedy = "Load the module again",
	  .explain =
		  "A line in modprobe.d, or the kernel's command line, sets nested= for KVM's "
		  "module, but /sys/module shows another value. The file is read when the module "
		  "is loaded. If that happens in the initramfs, the file counts only after the "
		  "initramfs was rebuilt. A module that is built into the kernel never reads it; "
		  "modprobe then says \"Module kvm_intel is builtin\"." },
};

const struct rule_table module_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
