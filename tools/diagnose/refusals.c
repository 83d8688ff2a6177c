// SPDX-License-Identifier: GPL-2.0-only
/* See refusals.h. */
#include "diagnose/refusals.h"

#include <string.h>

#include "diagnose/kernel_packages.h"
#include "lib/vendor.h"

static const char sign_it[] =
	"The kernel accepts only modules signed with a key that it knows: install the module that "
	"belongs to this kernel, sign it (and enroll the key: mokutil --import), or switch Secure "
	"Boot off";

static const char uses_it[] =
	"Something else uses VMX or SVM, for instance another hypervisor: unload it (vboxdrv, "
	"vmmon) and load KVM again";

static const char breaks_it[] =
	"The hypervisor below this machine, %s, shows VMX or SVM and refuses to switch it on, so "
	"the fault is there and not in this system";

/*
 * Linux 6.12 arch/x86/kvm/{x86,vmx/vmx,svm/svm}.c, virt/kvm/kvm_main.c, kernel/module/{main,
 * signing,version}.c, security/lockdown; "disabled by bios" and "no hardware support" are from
 * kvm_arch_init() before Linux 6.3, "has_svm:" from svm.c before 5.19. More specific texts come
 * first.
 */
const struct refusal refusal_rows[] = {
	{ "Inconsistent VMCS config on CPU", REFUSAL_OTHER, "kvm_intel",
	  .remedy = "The CPUs do not offer the same VMX: update the firmware and its microcode; as "
		    "a test boot with maxcpus=1",
	  .guest = "The hypervisor below this machine, %s, does not give every CPU the same VMX: "
		   "update it" },
	{ "Failed to setup VMCS config on CPU", REFUSAL_OTHER, "kvm_intel",
	  .remedy = "VMX lacks something that KVM needs: update the firmware",
	  .guest = "The hypervisor below this machine, %s, does not emulate all of VMX that KVM "
		   "needs" },
	{ "VMXON faulted", REFUSAL_OTHER, "kvm_intel",
	  .remedy =
		  "VMXON, the instruction that switches VMX on, faulted though IA32_FEATURE_CONTROL "
		  "allows it: something else uses VMX (unload vboxdrv, vmmon), or the firmware is "
		  "at fault: update it",
	  .guest = "The hypervisor below this machine, %s, announces VMX, but VMXON, the "
		   "instruction that switches it on, faults here, so the fault is there and not "
		   "in this system" },
	{ "VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU", REFUSAL_FIRMWARE, "kvm_intel",
	  .remedy = "Switch Intel VT-x (VMX) on in the firmware setup, then disconnect the power "
		    "completely",
	  .guest = "The hypervisor below this machine, %s, shows VMX but does not allow it in "
		   "IA32_FEATURE_CONTROL" },
	{ "VMX not supported by CPU", REFUSAL_CPU, "kvm_intel",
	  .remedy = "See the other findings: kvm_intel found no VMX" },
	{ "SVM not supported by CPU", REFUSAL_FIRMWARE, "kvm_amd",
	  .remedy = "Switch SVM Mode (AMD-V) on in the firmware setup, then power off and on",
	  .guest = "The hypervisor below this machine, %s, does not let this one use SVM" },
	{ "SVM disabled (by BIOS) in MSR_VM_CR", REFUSAL_FIRMWARE, "kvm_amd",
	  .remedy = "Switch SVM Mode (AMD-V) on in the firmware setup, then power off and on",
	  .guest = "The hypervisor below this machine, %s, does not let this one use SVM" },
	{ "isn't AMD or Hygon", REFUSAL_CPU, "kvm_amd",
	  .remedy = "kvm_amd runs only on CPUs of AMD and Hygon: load kvm_intel" },
	{ "has_svm: ", REFUSAL_CPU, "kvm_amd",
	  .remedy = "See the other findings: kvm_amd found no SVM" },
	{ "KVM is unsupported when running as an SEV guest", REFUSAL_OTHER, "kvm_amd",
	  .remedy = "This is a confidential virtual machine (SEV), which cannot nest: use one "
		    "without" },
	{ "NX (Execute Disable) not supported", REFUSAL_NX, NULL,
	  .remedy = "Switch Execute Disable (XD, NX) on in the firmware setup",
	  .guest =
		  "The hypervisor below this machine, %s, hides NX (Execute Disable) from it: give "
		  "it the host's CPU" },
	{ "host PAT[0] is not WB", REFUSAL_OTHER, NULL,
	  .remedy = "Firmware or the kernel changed the memory types (PAT): update both; remove "
		    "nopat from the kernel's command line",
	  .guest =
		  "Remove nopat from the kernel's command line; if it is not there, the hypervisor "
		  "below this machine, %s, changed the memory types (PAT)" },
	{ "inadequate fpu", REFUSAL_OTHER, NULL,
	  .remedy = "Remove options like no387 and nofxsr from the kernel's command line" },
	{ "RT requires X86_FEATURE_CONSTANT_TSC", REFUSAL_OTHER, NULL,
	  .remedy = "This real-time kernel needs a constant TSC: use another kernel",
	  .guest = "This real-time kernel needs a constant TSC: use another kernel, or let the "
		   "hypervisor below, %s, show it (QEMU: -cpu host,+invtsc)" },
	/* The loader: the module is not this kernel's, or may not be loaded. */
	{ "Unknown symbol", REFUSAL_LOADER, NULL,
	  .remedy =
		  "The module uses something that the running kernel does not have: it belongs to "
		  "another kernel" },
	{ "disagrees about version of symbol", REFUSAL_LOADER, NULL,
	  .remedy = "The module belongs to another kernel" },
	{ "no symbol version for", REFUSAL_LOADER, NULL,
	  .remedy = "The module belongs to another kernel" },
	{ "version magic", REFUSAL_LOADER, NULL, .remedy = "The module belongs to another kernel" },
	{ "exports duplicate symbol", REFUSAL_LOADER, NULL,
	  .remedy = "The kernel has a part of KVM already, built in or from another module: remove "
		    "the module that does not belong to it" },
	{ ".gnu.linkonce.this_module", REFUSAL_LOADER, NULL,
	  .remedy = "The module belongs to another kernel" },
	{ "nvalid ELF header", REFUSAL_LOADER, NULL,
	  .remedy = "The module's file is damaged, or compressed in a way that the kernel or "
		    "modprobe does not read" },
	{ "oading of unsigned module is rejected", REFUSAL_LOADER, NULL, .remedy = sign_it },
	{ "oading of module with unavailable key is rejected", REFUSAL_LOADER, NULL,
	  .remedy = sign_it },
	{ "oading of module with unsupported crypto is rejected", REFUSAL_LOADER, NULL,
	  .remedy = sign_it },
	{ "unsigned module loading is restricted", REFUSAL_LOADER, NULL, .remedy = sign_it },
	/* Either module, without its name or with it in quotes. */
	{ "enabling virtualization on CPU", REFUSAL_OTHER, NULL, .vague = true, .remedy = uses_it,
	  .guest = breaks_it },
	{ " disabled by bios", REFUSAL_FIRMWARE, NULL, .vague = true,
	  .remedy = "Switch VT-x or SVM Mode on in the firmware setup, then power off and on",
	  .guest = "The hypervisor below this machine, %s, shows VMX or SVM but does not allow "
		   "it" },
	{ "kvm: no hardware support", REFUSAL_CPU, NULL, .vague = true,
	  .remedy = "KVM's module found no VMX or SVM that it can use: see the other findings" },
	/* The texts of errno that loading returned, if the log has nothing. */
	{ "Key was rejected by service", REFUSAL_ERROR, NULL, .vague = true, .remedy = sign_it },
	{ "Required key not available", REFUSAL_ERROR, NULL, .vague = true, .remedy = sign_it },
	/* vmx.c, setup_vmcs_config() and vmx_check_processor_compat(): -EIO. */
	{ "nput/output error", REFUSAL_ERROR, NULL, .vague = true,
	  .remedy = "VMX lacks something that KVM needs, or the CPUs differ: update the firmware",
	  .guest = "The hypervisor below this machine, %s, does not emulate all of VMX that KVM "
		   "needs, or not the same on every CPU" },
	/* In glibc and in musl. */
	{ "esource busy", REFUSAL_ERROR, NULL, .vague = true, .remedy = uses_it,
	  .guest = breaks_it },
	{ "Exec format error", REFUSAL_ERROR, NULL, .vague = true,
	  .remedy = "The module belongs to another kernel" },
	{ "nvalid module format", REFUSAL_ERROR, NULL, .vague = true,
	  .remedy = "The module belongs to another kernel" },
};

const size_t n_refusal_rows = sizeof(refusal_rows) / sizeof(refusal_rows[0]);

const struct refusal *refusal_in(const char *text)
{
	for (size_t i = 0; text && i < n_refusal_rows; i++)
		if (strstr(text, refusal_rows[i].line))
			return &refusal_rows[i];
	return NULL;
}

static bool begins(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word));
}

/*
 * "kvm_intel: ..." (pr_fmt), "... [kvm_intel]" (a trace), "... for 'kvm_intel'" (Linux 6.0 to
 * 6.2), "could not insert 'kvm_intel'" (modprobe). "already loaded vendor module 'kvm_intel'" names the one that did not write it.
 */
const char *line_author(const char *line)
{
	static const char *const modules[] = { "kvm_intel", "kvm_amd" };
	static const char *const forms[][3] = {
		{ "kvm_intel: ", "'kvm_intel'", "[kvm_intel]" },
		{ "kvm_amd: ", "'kvm_amd'", "[kvm_amd]" },
	};
	const struct refusal *refusal = refusal_in(line);

	for (size_t i = 0; i < 2 && !strstr(line, "already loaded"); i++)
		if (begins(line, forms[i][0]) || strstr(line, forms[i][1]) ||
		    strstr(line, forms[i][2]))
			return modules[i];
	return refusal ? refusal->author : NULL;
}

/* Every CPU that was recorded has what the line says is missing. */
static bool denied(const struct situation *s, const struct refusal *refusal)
{
	switch (refusal->kind) {
	case REFUSAL_CPU:
		return s->virt == TRI_YES || s->f->kernel.virt_flag == TRI_YES;
	case REFUSAL_FIRMWARE:
		return s->r->caps[CAP_ENABLED_BY_FIRMWARE] == TRI_YES &&
		       !finding_exists(s->r, "cpus-differ");
	case REFUSAL_NX:
		return s->r->caps[CAP_NX] == TRI_YES;
	case REFUSAL_OTHER:
	case REFUSAL_LOADER:
	case REFUSAL_ERROR:
		break;
	}
	return false;
}

bool refusal_holds(const struct situation *s, const struct refusal *refusal, const char *line)
{
	const char *author = line_author(line);

	if (author && s->module && strcmp(author, s->module) != 0)
		return false;
	/* With its module's name it was written in this boot: then the remedy is another one. */
	return !denied(s, refusal) || (refusal->kind == REFUSAL_FIRMWARE && refusal->author);
}

/*
 * "Loading of unsigned module is rejected" does not name the module. It can be any, unless we tried
 * to load KVM, or KVM's module exists and is not loaded while the kernel refuses one that is signed
 * with an unknown key: distributions sign all of theirs, so it is a kernel with other modules.
 */
static bool is_about_kvm(const struct situation *s, const char *line)
{
	const char *state = s->module ? kv_get(&s->f->kernel.module_files, s->module) : NULL;

	if (strstr(line, "kvm") || strstr(line, "irqbypass"))
		return true;
	if (strstr(line, "nsigned module"))
		return false;
	if (strstr(line, "of module with"))
		return state && !strcmp(state, "file");
	/* "MODULE: Unknown symbol ..." of another module. */
	return refusal_in(line)->kind != REFUSAL_LOADER;
}

const char *refusal_line(const struct situation *s, bool tried, const struct refusal **refusal)
{
	const struct strings *log = &s->f->kernel.log;
	const char *found = NULL;

	*refusal = NULL;
	for (size_t i = log->n; i-- > 0;) {
		const struct refusal *row = refusal_in(log->s[i]);

		if (!row || (!tried && !is_about_kvm(s, log->s[i])) ||
		    !refusal_holds(s, row, log->s[i]) || (*refusal && row->vague))
			continue;
		found = log->s[i];
		*refusal = row;
		if (!row->vague)
			break;
	}
	return found;
}

/* What KVM selects in the kernel's configuration, arch/x86/kvm/Kconfig; built without: no KVM. */
static bool is_config_symbol(const char *line)
{
	static const char *const symbols[] = { "mmu_notifier",	       "preempt_notifier",
					       "user_return_notifier", "eventfd_ctx",
					       "kvm_async_pf",	       "kvm_para_has_feature" };

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (strstr(line, symbols[i]))
			return true;
	return false;
}

static const char *loader_remedy(struct situation *s, const struct refusal *refusal,
				 const char *line)
{
	const char *package = kernel_package_text(s->f->kernel.release);

	if (strstr(refusal->line, "Unknown symbol") && is_config_symbol(line))
		return "The running kernel was built without what KVM needs (CONFIG_KVM, "
		       "CONFIG_MMU_NOTIFIER, CONFIG_PREEMPT_NOTIFIERS): use another kernel, or "
		       "one that its maker builds with KVM";
	if (strstr(line, "irq_bypass") || strstr(line, "irqbypass"))
		return format(
			s,
			"The module irqbypass, which kvm needs, is missing or was not loaded: "
			"depmod -a; modprobe irqbypass; modprobe %s. If there is no such "
			"module, it belongs to another kernel package: %s",
			s->module ? s->module : "kvm", package);
	if (refusal->remedy == sign_it || strstr(refusal->line, "ELF"))
		return refusal->remedy;
	return format(s,
		      "%s: reboot, in case the kernel was updated; else install the modules that "
		      "belong to %s (%s), and: depmod -a; modprobe %s",
		      refusal->remedy,
		      s->f->kernel.release ? s->f->kernel.release : "the running kernel", package,
		      s->module ? s->module : "kvm");
}

static const char *guest_remedy(struct situation *s, const struct refusal *refusal)
{
	const struct hypervisor *h = s->hypervisor;
	const char *before = strstr(refusal->guest, "%s");
	const char *name = h ? h->name : "which is not known";
	const char *what = before ? format(s, "%.*s%s%s", (int)(before - refusal->guest),
					   refusal->guest, name, before + 2) :
				    refusal->guest;

	return format(s, "%s. %s", what,
		      h && h->partial ?
			      h->partial :
			      "Update the hypervisor below, and give this virtual machine "
			      "the host's CPU (QEMU -cpu host); then power it off and on");
}

const char *refusal_remedy(struct situation *s, const struct refusal *refusal, const char *line)
{
	/*
	 * X86_FEATURE_MSR_IA32_FEAT_CTL is set by each maker's set-up code: Linux 6.12
	 * arch/x86/kernel/cpu/{zhaoxin,centaur}.c, init_ia32_feat_ctl().
	 */
	if (refusal->kind == REFUSAL_FIRMWARE && denied(s, refusal) &&
	    (s->vendor == VENDOR_ZHAOXIN || s->vendor == VENDOR_CENTAUR))
		return "The register says that VMX is allowed, but this kernel does not set up CPUs of "
		       "this maker: use one that was built with CONFIG_CPU_SUP_ZHAOXIN and "
		       "CONFIG_CPU_SUP_CENTAUR";
	if (refusal->kind == REFUSAL_FIRMWARE && denied(s, refusal))
		return "The register says that VMX or SVM is allowed, so the kernel's own flag for it "
		       "is off: remove clearcpuid= from the kernel's command line, if it is there, "
		       "and load the module again; else update the kernel";
	if (refusal->kind == REFUSAL_LOADER ||
	    (refusal->kind == REFUSAL_ERROR && strstr(refusal->line, "ormat")))
		return loader_remedy(s, refusal, line ? line : "");
	if (s->guest == TRI_YES && refusal->guest)
		return guest_remedy(s, refusal);
	return refusal->remedy;
}
