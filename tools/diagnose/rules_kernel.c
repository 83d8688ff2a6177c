// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the running kernel itself: known vulnerabilities and regressions, what keeps
 * nestcheck from reading registers, CPUs that need a kernel fix.
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

/* "CVE-..., CVE-..."; the finding known-holes describes them. */
static const char *open_names(struct situation *s, const struct kernel_version *v)
{
	const char *names = NULL;

	for (size_t i = 0; i < CVES; i++)
		if (cve_state(i, v) == CVE_OPEN && cve_affects(i, s->vendor))
			names = format(s, "%s%s%s", names ? names : "", names ? ", " : "",
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
		return format(s,
			      "Update the kernel first, or check in your distribution's security "
			      "tracker that %s has the fixes of %s, which let a guest break out "
			      "through nested KVM. Then ",
			      s->f->kernel.release, names);
	return format(s,
		      "Update the kernel first: %s lets a guest break out through nested KVM (%s). "
		      "Then ",
		      s->f->kernel.release, names);
}

static void check_known_cves(struct situation *s, const struct rule *rule)
{
	struct kernel_version v;
	struct text t = { .raw = true };
	struct finding *f;

	if (s->virt != TRI_YES || !version_of(s, &v))
		return;
	/* If nesting is impossible for another reason, no guest can break out. */
	if (blocker_exists(s->r) && !finding_exists(s->r, "nested-off"))
		return;
	if (!cves_open(&v, s->vendor, &t))
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "kernel %s: %s", s->f->kernel.release, t.s);
	if (v.distribution) {
		f->severity = SEVERITY_ADVICE;
		f->title = "Check that your kernel has the fixes for known vulnerabilities of "
			   "nested KVM";
		f->evidence = format(s,
				     "%s; judged only by the version, which proves nothing for a "
				     "distribution's kernel",
				     f->evidence);
		f->remedy =
			"Look the CVE up in your distribution's security tracker for this kernel "
			"package, and update if it is not fixed there. Until then do not run "
			"untrusted guests with nesting on";
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
	finding_add(s, rule)->evidence = format(s, "kernel %s", s->f->kernel.release);
}

static bool is_root(const struct situation *s)
{
	return s->f->user && !strcmp(s->f->user, "0");
}

static void check_lockdown(struct situation *s, const struct rule *rule)
{
	const char *mode = s->f->kernel.lockdown;

	/* Only root may open it in any case: arch/x86/kernel/msr.c, msr_open(). */
	if (!mode || !strcmp(mode, "none") || s->f->msr_access != MSR_ACCESS_EPERM || !is_root(s))
		return;
	finding_add(s, rule)->evidence =
		format(s,
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
	f->evidence = format(s, "/dev/cpu/0/msr: %s%s%s",
			     s->f->msr_access == MSR_ACCESS_ENODEV ? "there is no such file" :
								     "permission denied",
			     s->f->user ? "; run by user " : "", s->f->user ? s->f->user : "");
	if (s->f->msr_access == MSR_ACCESS_ENODEV)
		f->remedy =
			s->f->kernel.container ?
				"Run this on the host: a container has no /dev/cpu" :
				"As root: modprobe msr, then run this again as root. If this kernel "
				"has no such module, boot the live image";
	else if (is_root(s))
		f->remedy = "The kernel's configuration does not let even root read them (a "
			    "hardened kernel, a container): run the live image instead";
}

/*
 * Virtual VMLOAD/VMSAVE hangs or resets these CPUs: Linux a5ca1dc46a6b (CVE-2024-53114) clears the
 * feature on them, after which kvm_amd's parameter vls reads 0.
 */
bool vls_is_defective(const struct situation *s)
{
	const struct cpuid_fact *one = s->cpu ? cpu_cpuid(s->f, s->cpu, CPUID_FEATURES, 0) : NULL;
	unsigned int family, model;

	if (!one || s->vendor != VENDOR_AMD || s->r->caps[CAP_VLS] != TRI_YES)
		return false;
	family = (one->eax >> 8 & 0xf) + (one->eax >> 20 & 0xff);
	model = (one->eax >> 4 & 0xf) | (one->eax >> 12 & 0xf0);
	return family == 0x19 &&
	       ((model >= 0x18 && model <= 0x1f) || (model >= 0x60 && model <= 0x7f));
}

static void check_zen4_vls(struct situation *s, const struct rule *rule)
{
	uint32_t eax;

	if (!vls_is_defective(s) || kvm_parameter_of(s->r, "kvm_amd", "vls") != TRI_YES)
		return;
	eax = cpu_cpuid(s->f, s->cpu, CPUID_FEATURES, 0)->eax;
	finding_add(s, rule)->evidence = format(s,
						"CPUID 0x00000001 EAX is 0x%08" PRIx32
						": family 0x19, model 0x%x; "
						"/sys/module/kvm_amd/parameters/vls is on",
						eax, (eax >> 4 & 0xf) | (eax >> 12 & 0xf0));
}

static void check_old_microcode(struct situation *s, const struct rule *rule)
{
	const struct key_values *v = &s->f->kernel.vulnerabilities;
	const char *old = kv_get(v, "old_microcode");

	/* An emulated CPU's revision is arbitrary. */
	if (finding_exists(s->r, "emulated-machine"))
		return;
	if (s->guest == TRI_YES)
		return; /* the host's microcode counts, which the kernel here does not know */
	if (old && strstr(old, "Vulnerable")) {
		finding_add(s, rule)->evidence =
			format(s, "/sys/devices/system/cpu/vulnerabilities/old_microcode: %s", old);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (!strstr(v->kv[i].value, "no microcode"))
			continue;
		finding_add(s, rule)->evidence =
			format(s, "/sys/devices/system/cpu/vulnerabilities/%s: %s", v->kv[i].key,
			       v->kv[i].value);
		return;
	}
}

static const struct rule rules[] = {
	{ .id = "known-holes",
	  .severity = SEVERITY_DEGRADED,
	  .title = "This kernel has known vulnerabilities that let a nested guest break out",
	  .cause =
		  "This kernel has known holes through which a nested guest can take the host over",
	  .check = check_known_cves,
	  .remedy =
		  "Update the kernel to the named version or a later one. Until then keep nesting "
		  "off (nested=0) if you run guests that you do not trust",
	  .explain =
		  "In 2026 several ways were published in which a guest with nesting takes over "
		  "its host: CVE-2026-46113, CVE-2026-53359 (\"Januscape\"), CVE-2026-64561 "
		  "(\"Zapscape\") in the shadow MMU, CVE-2026-64562 in Intel's shadow VMCS. The "
		  "running kernel's version is compared with the stable releases that fixed them. "
		  "Distributions backport fixes under their own version numbers: for their kernels "
		  "this is only advice to check. The kernel in the live image has all the fixes." },
	{ .id = "kernel-regression",
	  .severity = SEVERITY_DEGRADED,
	  .title = "Nested guests hang with this kernel release",
	  .cause = "This kernel release is known to make nested guests hang",
	  .check = check_regression,
	  .remedy = "Update the kernel: 4.19.79 has the fix",
	  .explain = "Linux 4.19.78 broke nested KVM: L2 guests hang at boot. 4.19.79 reverted the "
		     "change. The finding is based only on the kernel's release." },
	{ .id = "lockdown",
	  .severity = SEVERITY_ADVICE,
	  .title = "The kernel is locked down, so the CPU's registers cannot be read",
	  .check = check_lockdown,
	  .remedy =
		  "Nothing has to be done for nesting. For a full diagnosis boot the live image, or "
		  "this system with Secure Boot off",
	  .explain = "With Secure Boot most distributions lock the kernel down (integrity mode): "
		     "modules must be signed, and raw access to model-specific registers is "
		     "restricted. Upstream Linux refuses only writes, with \"Lockdown: x: raw MSR "
		     "access is restricted\" in the log; here root was not allowed to read either. "
		     "KVM and nesting still work. nestcheck reports what it could not read as "
		     "unknown; what KVM offers is taken from KVM." },
	{ .id = "registers-unreadable",
	  .severity = SEVERITY_ADVICE,
	  .title = "The CPU's registers could not be read",
	  .check = check_registers,
	  .remedy = "Run this as root (sudo nestcheck ...)",
	  .explain =
		  "Model-specific registers say whether firmware allows VMX or SVM, and hold all "
		  "of VMX's capabilities. They are read through /dev/cpu/N/msr, which needs root "
		  "and the kernel module msr. Without them the capabilities are unknown and some "
		  "causes cannot be found; CPUID, KVM's own view and the kernel's log are still "
		  "used." },
	{ .id = "zen4-vls",
	  .severity = SEVERITY_DEGRADED,
	  .title = "On this CPU virtual VMLOAD/VMSAVE resets the machine at random",
	  .cause = "This CPU has a defect that resets the machine at random when guests nest",
	  .check = check_zen4_vls,
	  .remedy =
		  "Update the kernel (the fix is in 6.12 and in the stable series of late 2024), or "
		  "load the module with it off: options kvm_amd vls=0 in /etc/modprobe.d",
	  .explain =
		  "Client CPUs of the Zen 4 generation (family 0x19, models 0x18 to 0x1f and 0x60 "
		  "to 0x7f) announce virtual VMLOAD/VMSAVE in CPUID 0x8000000a EDX bit 15, but "
		  "with nesting it makes the host reboot at random (CVE-2024-53114). Fixed kernels "
		  "do not use it on them. It is on here: /sys/module/kvm_amd/parameters/vls." },
	{ .id = "old-microcode",
	  .severity = SEVERITY_ADVICE,
	  .title = "The CPU's microcode is out of date",
	  .check = check_old_microcode,
	  .remedy =
		  "Install the microcode package (intel-microcode, amd64-microcode, linux-firmware) "
		  "and reboot, or update the firmware",
	  .explain = "The kernel says in /sys/devices/system/cpu/vulnerabilities that mitigations "
		     "lack the microcode that they need, or that the revision is old. Old "
		     "microcode has also caused CPUs that differ, and VMX errata." },
};

const struct rule_table kernel_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
