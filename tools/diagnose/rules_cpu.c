// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about the CPUs: whether they have virtualization, whether it is hidden, and whether all
 * CPUs agree.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/containers.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/vendor.h"

/* The leaf is beyond the end of its range, if that was recorded; else unknown. */
static const char *not_there(struct situation *s, uint32_t leaf)
{
	const struct cpuid_fact *first = cpu_cpuid(s->f, s->cpu, leaf & 0xf0000000, 0);

	return format(s, "CPUID 0x%08" PRIx32 " %s", leaf,
		      first && first->eax < leaf ? "is not there" : "was not recorded");
}

/* "CPUID 0x00000001 ECX is 0x00000201: bit 5 (VMX) is 0, bit 31 (hypervisor) is 0" */
static const char *virt_evidence(struct situation *s)
{
	const struct cpuid_fact *one = cpu_cpuid(s->f, s->cpu, CPUID_FEATURES, 0);
	const struct cpuid_fact *ext = cpu_cpuid(s->f, s->cpu, CPUID_EXT_FEATURES, 0);
	const char *vmx = one ? format(s,
				       "CPUID 0x00000001 ECX is 0x%08" PRIx32
				       ": bit 5 (VMX) is %u, "
				       "bit 31 (hypervisor) is %u",
				       one->ecx, one->ecx >> 5 & 1, one->ecx >> 31) :
				not_there(s, CPUID_FEATURES);
	const char *svm = ext ? format(s,
				       "CPUID 0x80000001 ECX is 0x%08" PRIx32 ": bit 2 (SVM) is %u",
				       ext->ecx, ext->ecx >> 2 & 1) :
				not_there(s, CPUID_EXT_FEATURES);

	if (vendor_has_vmx(s->vendor) && s->r->caps[CAP_SVM] != TRI_YES)
		return vmx;
	return format(s, "%s; %s", svm, vmx);
}

/*
 * SVM on a CPU with Intel's vendor id, or VMX with AMD's: emulators and -cpu vendor= create such.
 * svm.c kvm_is_svm_supported() checks the vendor; vmx.c depends on what Linux sets up by vendor.
 */
static void add_mismatch(struct situation *s, struct finding *f)
{
	bool svm = vendor_has_vmx(s->vendor) && s->r->caps[CAP_SVM] == TRI_YES;
	bool vmx = vendor_has_svm(s->vendor) && s->r->caps[CAP_VMX] == TRI_YES;

	if (!svm && !vmx)
		return;
	f->title = format(s, "The CPU has %s, which Linux does not use on CPUs of this vendor id",
			  svm ? "SVM" : "VMX");
	f->remedy = "In the hypervisor or emulator below do not change the CPU's vendor id (QEMU: "
		    "remove vendor= from -cpu), then power the machine off and on: KVM uses SVM "
		    "only with the ids of AMD and Hygon, VMX only with those of Intel, Zhaoxin and "
		    "Centaur";
}

static void check_no_virtualization(struct situation *s, const struct rule *rule)
{
	bool foreign = s->virt == TRI_YES && s->vendor == VENDOR_OTHER;
	struct finding *f;

	if (!foreign && (s->virt != TRI_NO || s->guest == TRI_YES))
		return;
	f = finding_add(s, rule);
	f->evidence = virt_evidence(s);
	if (s->guest == TRI_UNKNOWN) {
		f->title = "This machine's CPU offers no hardware virtualization";
		f->remedy =
			"If this is a virtual machine, switch nested virtualization on for it in "
			"the hypervisor below and give it the host's CPU; else use a machine whose "
			"CPU has Intel VT-x or AMD-V";
	}
	if (foreign) {
		f->title = "Linux has no KVM for this maker's CPUs";
		f->remedy = "Use a CPU of Intel, AMD, Hygon, Zhaoxin or Centaur";
	}
	add_mismatch(s, f);
}

/* Xen's guests have its DMI, and dom0 has the machine's. */
static bool is_dom0(const struct situation *s)
{
	const char *vendor = kv_get(&s->f->firmware.dmi, "sys_vendor");

	return hypervisor_is(s, "Xen") && vendor && !strstr(vendor, "Xen");
}

static void check_hidden(struct situation *s, const struct rule *rule)
{
	const struct hypervisor *h = s->hypervisor;
	struct finding *f;

	if (s->virt != TRI_NO || s->guest != TRI_YES || finding_exists(s->r, "confidential-guest"))
		return;
	f = finding_add(s, rule);
	/* The hypervisor bit may be hidden: then everything else says that this is a VM. */
	f->evidence = s->bit_hidden || !s->signature ?
			      format(s, "%s%s%s%s%s", virt_evidence(s),
				     s->bit_hidden ? ", but this is a virtual machine: " : "; ",
				     s->guest_signs ? s->guest_signs :
						      "CPUID 0x40000000 was not recorded",
				     h ? ", that is " : "", h ? h->name : "") :
			      format(s, "%s; CPUID 0x40000000 says \"%s\"%s%s", virt_evidence(s),
				     s->signature, h ? ", that is " : "", h ? h->name : "");
	if (h) {
		f->title = format(s, "%s below this machine hides VMX and SVM from it", h->name);
		f->remedy = hypervisor_remedy(s);
	}
	if (is_dom0(s))
		f->remedy =
			"This is Xen's dom0, as DMI is the hardware's: Xen keeps VMX and SVM for "
			"itself. To use KVM start this machine without Xen: choose the entry of "
			"the plain kernel in the boot menu";
	/* WSL2 has no DMI; a kernel of one's own has another name: microsoft/WSL#9400. */
	if (hypervisor_is(s, "Hyper-V") && !kv_get(&s->f->firmware.dmi, "sys_vendor"))
		f->remedy = format(
			s,
			"%s. If this is WSL2 with a kernel of your own: it needs Windows 11, "
			"nestedVirtualization=true under [wsl2] in "
			"%%UserProfile%%\\.wslconfig, and: wsl --shutdown",
			f->remedy);
	/* A container's user has chosen a virtual machine at home, but not a cloud's. */
	if (service_remedy(s->f))
		f->remedy = service_remedy(s->f);
	else if (s->f->kernel.container && (!h || h->cloud))
		f->remedy = container_vm_remedy(s);
	else if (s->f->kernel.container)
		f->remedy = format(s, "This is a container; what follows is for its host. %s",
				   f->remedy);
	add_mismatch(s, f);
}

static const struct rule rules[] = {
	{ .id = "no-virtualization",
	  .severity = SEVERITY_BLOCKER,
	  .unsupported = true,
	  .title = "This CPU has no hardware virtualization",
	  .cause = "This machine's CPU has no virtualization that Linux can use",
	  .check = check_no_virtualization,
	  .remedy = "Nothing can switch it on: use a machine whose CPU has Intel VT-x or AMD-V. If "
		    "its data sheet does list it, update the firmware and look for the setting "
		    "there",
	  .explain = "KVM needs Intel's VMX (VT-x) or AMD's SVM (AMD-V). CPUID reports whether a "
		     "CPU has them: leaf 0x00000001 ECX bit 5 for VMX, leaf 0x80000001 ECX bit 2 "
		     "for SVM. nestcheck reads the CPU, not /proc/cpuinfo, from which Linux "
		     "removes what firmware switched off. Here the bit is 0 and there is no "
		     "hypervisor below us that could hide it, so neither KVM nor nesting is "
		     "possible on this CPU. The verdict is UNSUPPORTED." },
	{ .id = "hidden-by-hypervisor",
	  .severity = SEVERITY_BLOCKER,
	  .unsupported = true,
	  .title = "The hypervisor below this machine hides VMX and SVM from it",
	  .cause = "The hypervisor below passes no virtualization on to this virtual machine",
	  .check = check_hidden,
	  .remedy = "This is a virtual machine. In the hypervisor that runs it, switch nested "
		    "virtualization on for it and give it the host's CPU; then power it off and on",
	  .explain =
		  "CPUID leaf 0x00000001 ECX bit 31 says that this machine is itself a virtual "
		  "machine, or that bit is hidden and DMI, the ACPI tables, PCI devices or the "
		  "kernel's log say it, and neither VMX nor SVM is offered to it. The physical CPU may have "
		  "them, but the hypervisor must pass them through. Leaf 0x40000000, DMI and "
		  "the kernel's release identify that hypervisor; the remedy is its own "
		  "setting. A virtual machine gets its CPU when it is powered on; a reboot "
		  "inside it is not enough. The verdict is UNSUPPORTED." },
	{ .id = "cpus-differ",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPUs of this machine are not alike",
	  .cause = "The CPUs of this machine are not alike, which KVM does not expect",
	  .check = check_cpus_differ,
	  .remedy = "Update the firmware, which should load the same microcode and make the same "
		    "settings on every CPU; check that all sockets hold the same model and "
		    "stepping. Until then the kernel parameter maxcpus= leaves the odd CPUs out, "
		    "if they are the last ones",
	  .guest =
		  "The hypervisor below gives the CPUs of this virtual machine different features: "
		  "it must give all of them the same model. If its own CPUs differ, keep this "
		  "machine on those of one kind (libvirt: <vcpu cpuset=>)",
	  .below = true,
	  .explain =
		  "nestcheck reads the virtualization registers and the feature leaves of CPUID on "
		  "every CPU and compares them; values that always differ (APIC ids, topology, "
		  "caches, per-core settings) are left out. The evidence names each register, the "
		  "CPUs whose value differs from that of most, the bits, and the microcode. If the "
		  "CPUs differ in the VMX features that KVM uses, it refuses to load: "
		  "\"Inconsistent VMCS config on CPU n\". With other differences a guest may fail "
		  "when it moves between CPUs. It is a blocker if KVM will refuse, or if a CPU "
		  "lacks virtualization altogether. On a hybrid CPU only cores of the same kind "
		  "are compared: see hybrid-cores-differ." },
	{ .id = "hybrid-cores-differ",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The performance and efficiency cores do not offer the same features",
	  .cause = "The two kinds of cores in this CPU do not offer the same to guests",
	  .check = check_hybrid,
	  .remedy = "The CPU is designed this way; the firmware is not at fault. Keep each virtual "
		    "machine on cores of one kind (taskset; libvirt: <vcpu cpuset=>, <cputune>); "
		    "if KVM says \"Inconsistent VMCS config\", switch the efficiency cores off in "
		    "the firmware setup",
	  .guest = "The hypervisor below shows this virtual machine both kinds of cores: on its "
		   "host keep the CPUs of this machine on cores of one kind (libvirt: <vcpu "
		   "cpuset=>, <cputune>; else taskset)",
	  .explain =
		  "Hybrid CPUs (CPUID leaf 7 EDX bit 15) have cores of two kinds, distinguished by "
		  "leaf 0x1a. Both kinds are meant to offer the same to software, and most do. If "
		  "their features or VMX registers differ, a guest that was started on one kind "
		  "may fail on the other, and KVM may refuse to load. A difference between cores "
		  "of the same kind is a fault, and is reported as cpus-differ." },
};

const struct rule_table cpu_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
