// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the running kernel itself: known holes and regressions, what keeps us from looking,
 * CPUs that need a fix of it.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/cves.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/output.h"
#include "lib/vendor.h"

static bool version_of(const struct situation *s, struct kernel_version *v)
{
	return kernel_version_of(s->f->kernel.release, s->f->kernel.version,
				 s->f->kernel.version_signature, v);
}

static bool undecided(const struct situation *s, const struct kernel_version *v)
{
	for (size_t i = 0; i < CVES; i++)
		if (cve_affects(i, s->vendor) && cve_state(i, v) == CVE_UNKNOWN)
			return true;
	return false;
}

/* "CVE-..., CVE-..."; the finding known-holes has what they are. */
static const char *open_names(struct situation *s, const struct kernel_version *v)
{
	const char *names = NULL;

	for (size_t i = 0; i < CVES; i++)
		if (cve_state(i, v) == CVE_OPEN && cve_affects(i, s->vendor))
			names = say(s, "%s%s%s", names ? names : "", names ? ", " : "",
				    cves[i].cve);
	return names;
}

const char *update_first(struct situation *s)
{
	struct kernel_version v;
	const char *names = NULL;
	bool known = version_of(s, &v);

	if (known)
		names = open_names(s, &v);
	if (!known || (!names && undecided(s, &v)))
		return "Bring the kernel up to date first: older ones let a guest break out through "
		       "nested KVM (CVE-2026-46113, CVE-2026-53359, CVE-2026-64561). Then ";
	if (!names)
		return "";
	if (v.distribution)
		return say(s,
			   "Update the kernel first, or look in your distribution's security "
			   "tracker that %s has the fixes of %s, through which a guest breaks out "
			   "of nested KVM. Then ",
			   s->f->kernel.release, names);
	return say(s,
		   "Update the kernel first: %s lets a guest break out through nested KVM (%s). "
		   "Then ",
		   s->f->kernel.release, names);
}

static void check_known_cves(struct situation *s, const struct rule *rule)
{
	struct kernel_version v;
	struct text t = { 0 };
	struct finding *f;

	if (s->virt != TRI_YES || !version_of(s, &v))
		return;
	/* Where nothing nests for another reason there is nothing to break out of. */
	if (blocker_exists(s->r) && !finding_exists(s->r, "nested-off"))
		return;
	if (!cves_open(&v, s->vendor, &t))
		return;
	f = finding_add(s, rule);
	f->evidence = say(s, "kernel %s: %s", s->f->kernel.release, t.s);
	if (v.distribution) {
		f->severity = SEVERITY_ADVICE;
		f->title = "Check that your kernel has the fixes for known holes in nested KVM";
		f->evidence = say(s,
				  "%s; by the version alone, which proves nothing for a "
				  "distribution's kernel",
				  f->evidence);
		f->remedy =
			"Look the CVE up in your distribution's security tracker for this "
			"kernel package, and update if it is not fixed there. Until then do not "
			"run guests that you do not trust with nesting on";
	}
	text_free(&t);
}

/* NixOS/nixpkgs#76839: L2 hangs with 4.19.78, fixed in .79. */
static void check_regression(struct situation *s, const struct rule *rule)
{
	struct kernel_version v;

	if (s->virt != TRI_YES || !version_of(s, &v) || v.major != 4 || v.minor != 19 ||
	    v.patch != 78)
		return;
	finding_add(s, rule)->evidence = say(s, "kernel %s", s->f->kernel.release);
}

static bool is_root(const struct situation *s)
{
	return s->f->user && !strcmp(s->f->user, "0");
}

static void check_lockdown(struct situation *s, const struct rule *rule)
{
	const char *mode = s->f->kernel.lockdown;

	/* Anybody but root is refused in any case: arch/x86/kernel/msr.c, msr_open(). */
	if (!mode || !strcmp(mode, "none") || s->f->msr_access != MSR_ACCESS_EPERM || !is_root(s))
		return;
	finding_add(s, rule)->evidence =
		say(s,
		    "/sys/kernel/security/lockdown says [%s], and opening /dev/cpu/0/msr is not "
		    "permitted to root",
		    mode);
}

static void check_registers(struct situation *s, const struct rule *rule)
{
	struct finding *f;

	if (s->f->msr_access != MSR_ACCESS_EPERM && s->f->msr_access != MSR_ACCESS_ENODEV)
		return;
	if (finding_exists(s->r, "lockdown"))
		return;
	f = finding_add(s, rule);
	f->evidence = say(s, "/dev/cpu/0/msr: %s%s%s",
			  s->f->msr_access == MSR_ACCESS_ENODEV ? "there is no such file" :
								  "permission denied",
			  s->f->user ? "; run by user " : "", s->f->user ? s->f->user : "");
	if (s->f->msr_access == MSR_ACCESS_ENODEV)
		f->remedy = s->f->kernel.container ?
				    "Run this on the host: a container has no /dev/cpu" :
				    "As root: modprobe msr, then run this again as root";
	else if (is_root(s))
		f->remedy = "The kernel was built or set up so that even root may not read them "
			    "(a hardened kernel, a container): run the live image instead";
}

/*
 * Virtual VMLOAD/VMSAVE hangs or resets these: Linux a5ca1dc46a6b (CVE-2024-53114) takes the
 * feature away on them, after which kvm_amd's parameter vls reads 0.
 */
static void check_zen4_vls(struct situation *s, const struct rule *rule)
{
	const struct cpuid_fact *one = s->cpu ? cpu_cpuid(s->f, s->cpu, CPUID_FEATURES, 0) : NULL;
	unsigned int family, model;

	if (!one || s->vendor != VENDOR_AMD || s->r->caps[CAP_VLS] != TRI_YES)
		return;
	family = (one->eax >> 8 & 0xf) + (one->eax >> 20 & 0xff);
	model = (one->eax >> 4 & 0xf) | (one->eax >> 12 & 0xf0);
	if (family != 0x19 ||
	    !((model >= 0x18 && model <= 0x1f) || (model >= 0x60 && model <= 0x7f)))
		return;
	if (kvm_parameter_of(s->r, "kvm_amd", "vls") != TRI_YES)
		return;
	finding_add(s, rule)->evidence = say(s,
					     "CPUID 0x00000001 EAX is 0x%08" PRIx32
					     ": family 0x19, model 0x%x; "
					     "/sys/module/kvm_amd/parameters/vls is on",
					     one->eax, model);
}

static void check_old_microcode(struct situation *s, const struct rule *rule)
{
	const struct key_values *v = &s->f->kernel.vulnerabilities;
	const char *old = kv_get(v, "old_microcode");

	/* An emulator's model has whatever revision somebody typed in. */
	if (finding_exists(s->r, "emulated-machine"))
		return;
	if (old && strstr(old, "Vulnerable")) {
		finding_add(s, rule)->evidence =
			say(s, "/sys/devices/system/cpu/vulnerabilities/old_microcode: %s", old);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		/* In a virtual machine the host's is what counts, and the kernel cannot tell. */
		if (s->guest == TRI_YES || !strstr(v->kv[i].value, "no microcode"))
			continue;
		finding_add(s, rule)->evidence =
			say(s, "/sys/devices/system/cpu/vulnerabilities/%s: %s", v->kv[i].key,
			    v->kv[i].value);
		return;
	}
}

static const struct rule rules[] = {
	{ .id = "known-holes",
	  .severity = SEVERITY_DEGRADED,
	  .title = "This kernel has known holes through which a nested guest breaks out",
	  .check = check_known_cves,
	  .remedy =
		  "Update the kernel to the named version or a later one. Until then keep nesting "
		  "off (nested=0) where guests run that you do not trust",
	  .explain =
		  "In 2026 several ways were published by which a guest that may nest takes over "
		  "its host: CVE-2026-46113, CVE-2026-53359 (\"Januscape\"), CVE-2026-64561 "
		  "(\"Zapscape\") in the shadow MMU, CVE-2026-64562 in Intel's shadow VMCS. The "
		  "version of the running kernel is held against the stable releases that fixed "
		  "them. Distributions carry fixes back under their own numbers: for their "
		  "kernels this is advice to look, and no accusation. The kernel in the live "
		  "image has all the fixes." },
	{ .id = "kernel-regression",
	  .severity = SEVERITY_DEGRADED,
	  .title = "Nested guests hang with this very kernel release",
	  .check = check_regression,
	  .remedy = "Update the kernel: 4.19.79 has it fixed",
	  .explain = "Linux 4.19.78 broke nested KVM: L2 guests hang at boot. 4.19.79 took the "
		     "change back. The finding is by the kernel's release alone." },
	{ .id = "lockdown",
	  .severity = SEVERITY_ADVICE,
	  .title = "The kernel is locked down, so the CPU's registers cannot be read",
	  .check = check_lockdown,
	  .remedy =
		  "Nothing has to be done for nesting. For a full diagnosis boot the live image, or "
		  "this system with Secure Boot off",
	  .explain =
		  "With Secure Boot most distributions lock the kernel down (integrity mode): "
		  "modules must be signed, and raw access to model-specific registers is "
		  "restricted: Linux itself refuses writes alone, with \"Lockdown: x: raw MSR "
		  "access is restricted\" in the log; here even reading was refused to root. KVM "
		  "and nesting work as ever. What nestcheck cannot read then, it says to be "
		  "unknown; what KVM itself offers is taken from KVM." },
	{ .id = "registers-unreadable",
	  .severity = SEVERITY_ADVICE,
	  .title = "The CPU's registers could not be read",
	  .check = check_registers,
	  .remedy = "Run this as root (sudo nestcheck ...)",
	  .explain =
		  "Whether firmware allows VMX or SVM, and all of VMX's capabilities, stand in "
		  "model-specific registers, which are read through /dev/cpu/N/msr: that takes "
		  "root and the kernel module msr. Without them the capabilities are unknown and "
		  "some causes cannot be told; CPUID, KVM's own view and the kernel's log are "
		  "still used." },
	{ .id = "zen4-vls",
	  .severity = SEVERITY_DEGRADED,
	  .title = "On this CPU virtual VMLOAD/VMSAVE resets the machine at random",
	  .check = check_zen4_vls,
	  .remedy =
		  "Update the kernel (the fix is in 6.12 and in the stable series of late 2024), or "
		  "load the module with it off: options kvm_amd vls=0 in /etc/modprobe.d",
	  .explain =
		  "Client CPUs of the Zen 4 generation (family 0x19, models 0x18 to 0x1f and 0x60 "
		  "to 0x7f) announce virtual VMLOAD/VMSAVE in CPUID 0x8000000a EDX bit 15 and do "
		  "not bear it with nesting: the host reboots at random (CVE-2024-53114). Fixed "
		  "kernels do not use it there. It is on here: /sys/module/kvm_amd/parameters/vls." },
	{ .id = "old-microcode",
	  .severity = SEVERITY_ADVICE,
	  .title = "The CPU's microcode is out of date",
	  .check = check_old_microcode,
	  .remedy =
		  "Install the microcode package (intel-microcode, amd64-microcode, linux-firmware) "
		  "and reboot, or update the firmware",
	  .explain = "The kernel says in /sys/devices/system/cpu/vulnerabilities that mitigations "
		     "lack the microcode that they need, or that the revision is an old one. Old "
		     "microcode has also been the cause of CPUs that differ and of VMX errata." },
};

const struct rule_table kernel_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
