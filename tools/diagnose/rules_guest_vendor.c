// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for one hypervisor or one cloud: what its nesting is known to lack, and what to choose
 * there. How to get VMX or SVM passed through is in hypervisors.c.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/vendor.h"

static bool has_vmx(const struct situation *s)
{
	return vendor_has_vmx(s->vendor) && s->virt == TRI_YES;
}

static bool on_hyperv(const struct situation *s)
{
	return s->signature && !strcmp(s->signature, "Microsoft Hv");
}

static const char *dmi(const struct situation *s, const char *key)
{
	return kv_get(&s->f->firmware.dmi, key);
}

static void check_virtualbox_ept(struct situation *s, const struct rule *rule)
{
	if (!hypervisor_is(s, "VirtualBox") || !has_vmx(s) || s->r->caps[CAP_EPT] != TRI_NO)
		return;
	finding_add(s, rule)->evidence = "VirtualBox shows VMX, but by MSRs 0x482 and 0x48b no EPT";
}

static void check_xen(struct situation *s, const struct rule *rule)
{
	if (s->virt != TRI_YES || !s->signature || strcmp(s->signature, "XenVMMXenVMM") != 0)
		return;
	finding_add(s, rule)->evidence =
		format(s, "CPUID 0x40000000 says \"%s\", and the CPU has %s", s->signature,
		       vendor_has_svm(s->vendor) ? "SVM" : "VMX");
}

/* L2 passed all cases here, so the known problem does not occur. */
static bool selftest_passed(const struct situation *s)
{
	const struct selftest_state *t = &s->r->selftest;

	for (size_t i = 0; i < t->n_cases; i++)
		if (t->cases[i].result == CASE_FAIL)
			return false;
	return t->n_cases && t->nested_run && !t->partial && !t->error;
}

static void check_vmware_timer(struct situation *s, const struct rule *rule)
{
	if (!hypervisor_is(s, "VMware") || !has_vmx(s) ||
	    s->r->caps[CAP_PREEMPTION_TIMER] != TRI_YES || selftest_passed(s) ||
	    kvm_parameter(s->r, "preemption_timer") == TRI_NO)
		return;
	finding_add(s, rule)->evidence =
		"the hypervisor is VMware, and MSR 0x481 offers the VMX-preemption timer";
}

/* Linux arch/x86/kvm/vmx/vmx_onhyperv.h, get_evmcs_offset(). */
static const char *evmcs_line(const struct situation *s)
{
	const struct strings *log = &s->f->kernel.log;

	for (size_t i = log->n; i-- > 0;)
		if (strstr(log->s[i], "accessing unsupported EVMCS field"))
			return log->s[i];
	return NULL;
}

/* As hv_init_evmcs() decides (arch/x86/kvm/vmx/vmx.c). */
static bool evmcs_recommended(const struct situation *s)
{
	const struct cpuid_fact *hints = cpu_cpuid(s->f, s->cpu, CPUID_HV_RECOMMENDATIONS, 0);
	const struct cpuid_fact *nested = cpu_cpuid(s->f, s->cpu, CPUID_HV_NESTED, 0);

	return hints && hints->eax >> 14 & 1 && nested && (nested->eax & 0xff) >= 1;
}

static void check_evmcs(struct situation *s, const struct rule *rule)
{
	const char *line = evmcs_line(s);
	struct finding *f;

	if (vendor_has_svm(s->vendor) ||
	    kvm_parameter_of(s->r, "kvm_intel", "enlightened_vmcs") == TRI_NO)
		return;
	if (line) {
		f = finding_add(s, rule);
		f->severity = SEVERITY_DEGRADED;
		f->title = "KVM uses a field that Hyper-V's enlightened VMCS does not have";
		f->evidence = format(s, "kernel log: %s", line);
	} else if (s->cpu && on_hyperv(s) && has_vmx(s) && evmcs_recommended(s) &&
		   !selftest_passed(s)) {
		f = finding_add(s, rule);
		f->evidence = format(s,
				     "CPUID 0x40000004 EAX is 0x%08" PRIx32
				     ": bit 14 (enlightened VMCS recommended) is 1",
				     cpu_cpuid(s->f, s->cpu, CPUID_HV_RECOMMENDATIONS, 0)->eax);
	}
}

static void check_hyperv_smm(struct situation *s, const struct rule *rule)
{
	if (!on_hyperv(s) || !vendor_has_svm(s->vendor) || s->virt != TRI_YES)
		return;
	finding_add(s, rule)->evidence = "CPUID 0x40000000 says \"Microsoft Hv\", and the CPU has "
					 "SVM";
}

/* A VM of the type Standard has no Secure Boot. */
static void check_azure_type(struct situation *s, const struct rule *rule)
{
	if (!hypervisor_is(s, "Azure") || s->virt != TRI_NO ||
	    s->f->firmware.secure_boot != TRI_YES || finding_exists(s->r, "confidential-guest"))
		return;
	finding_add(s, rule)->evidence = "Secure Boot is on, and the CPU has neither VMX nor SVM";
}

/*
 * "m8i.large", "c8i-flex.xlarge". EC2's User Guide, amazon-ec2-nested-virtualization, and API
 * Reference, CpuOptionsRequest: C8i, M8i, R8i and their flex variants. dev.classmethod.jp,
 * ec2-nested-virtualization-support-non-bare-metal (describe-instance-types, 2026-02): those with
 * disks. aws-controllers-k8s/community#2881: X8i.
 * gardener/machine-controller-manager-provider-aws#258 (2026-09): M7i, C7i, R7i, I7i. The list
 * grows, so a type that is not here is not said to be unable.
 */
static bool nests_on_ec2(const char *type)
{
	static const char *const families[] = {
		"c7i",	    "c8i", "c8id", "c8i-flex", "m7i",	   "m8i", "m8id",
		"m8i-flex", "r7i", "r8i",  "r8id",     "r8i-flex", "x8i", "i7i",
	};
	size_t len = strcspn(type, ".");

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strlen(families[i]) == len && !strncmp(type, families[i], len) && type[len])
			return true;
	return false;
}

static void check_ec2_type(struct situation *s, const struct rule *rule)
{
	const char *type = dmi(s, "product_name");
	struct finding *f;

	if (!hypervisor_is(s, "Amazon EC2") || s->virt != TRI_NO || !type || !strchr(type, '.'))
		return;
	f = finding_add(s, rule);
	f->evidence = format(s, "DMI product_name is \"%s\"", type);
	if (!nests_on_ec2(type))
		return;
	f->title = "This EC2 instance type can nest, but the option is off";
	f->remedy = "Stop the instance, then: aws ec2 modify-instance-cpu-options --instance-id ID "
		    "--nested-virtualization enabled; and start it";
}

static const struct rule rules[] = {
	{ .id = "virtualbox-no-ept",
	  .severity = SEVERITY_DEGRADED,
	  .title = "VirtualBox passes VMX through without EPT",
	  .cause = "VirtualBox passes VT-x on without nested paging: nested guests are very slow",
	  .check = check_virtualbox_ept,
	  .remedy = "Nesting works with shadow paging, but is very slow. With the VM off: "
		    "VBoxManage modifyvm NAME --nested-paging on; update VirtualBox, which passes "
		    "EPT on from 7.0 on; or use another hypervisor",
	  .explain =
		  "VirtualBox emulates VMX for its guests; older versions do not emulate EPT (the "
		  "manual: nested paging is not passed through), nor unrestricted guest, and newer "
		  "ones only if the VM itself runs with nested paging. Without EPT KVM keeps "
		  "shadow page tables for L2, and guests that start in real mode may fail with "
		  "\"entry failed, hardware error 0x80000021\". (Hardware error 0x7 is another "
		  "fault, a wrong check of the preemption timer that has been fixed: "
		  "VirtualBox/virtualbox#313.) Found by DMI or CPUID 0x40000000 together with MSR "
		  "0x48b." },
	{ .id = "xen-nested",
	  .severity = SEVERITY_DEGRADED,
	  .title = "KVM inside a guest of Xen is known to crash it",
	  .cause = "KVM inside a guest of Xen is known to crash that guest, and this is one",
	  .check = check_xen,
	  .remedy = "Use it only for tests, with nothing of value in this virtual machine; for "
		    "production run this on the hardware, or on another hypervisor",
	  .explain =
		  "Xen can show VMX or SVM to an HVM guest (nestedhvm=1; in XCP-ng and XenServer "
		  "an option of the VM), but calls it experimental. The guest may be destroyed "
		  "when KVM enters L2: domain_crash in vmx_update_guest_cr (xcp-ng/xcp#562), which "
		  "xl dmesg shows on the host; the guest cannot see it. Found by CPUID "
		  "0x40000000." },
	{ .id = "vmware-preemption-timer",
	  .severity = SEVERITY_ADVICE,
	  .title = "Under VMware the VMX-preemption timer is known to keep L2 from starting",
	  .check = check_vmware_timer,
	  .remedy = "Only if QEMU says \"KVM: entry failed, hardware error 0x7\": put \"options "
		    "kvm_intel preemption_timer=0\" into /etc/modprobe.d/kvm-vmware.conf, stop all "
		    "VMs and: modprobe -r kvm_intel; modprobe kvm_intel",
	  .explain =
		  "Hardware error 7 is VMX's instruction error \"VM entry with invalid control "
		  "fields\": VMware offers a control in its capability MSRs but refuses it at VM "
		  "entry. With some versions that is the preemption timer (Linutronix/elbe#294 "
		  "works around it with an option of kvm-intel), which KVM uses for L2's APIC "
		  "timer. Without it KVM uses a kernel timer. The self-test shows whether it "
		  "happens here." },
	{ .id = "hyperv-evmcs",
	  .severity = SEVERITY_ADVICE,
	  .title = "KVM uses Hyper-V's enlightened VMCS here",
	  .cause = "KVM and the Hyper-V below do not match: KVM uses what this Hyper-V lacks",
	  .check = check_evmcs,
	  .remedy = "It is faster as long as it works. If the kernel log says \"accessing "
		    "unsupported EVMCS field\" or L2 does not start: use a newer kernel, or put "
		    "\"options kvm_intel enlightened_vmcs=0\" into "
		    "/etc/modprobe.d/kvm-hyperv.conf, stop all VMs and load kvm_intel again",
	  .explain =
		  "Hyper-V lets its guests keep the VMCS in ordinary memory (CPUID 0x40000004 EAX "
		  "bit 14, version in 0x4000000a EAX), which saves the exits of VMREAD and "
		  "VMWRITE. That VMCS does not have every field. A kernel that uses a missing one "
		  "(2032 is the TSC multiplier, microsoft/lisa#2607) warns with \"accessing "
		  "unsupported EVMCS field\", and L2 runs wrongly or not at all. kvm_intel's "
		  "parameter enlightened_vmcs switches it off." },
	{ .id = "hyperv-smm-firmware",
	  .severity = SEVERITY_ADVICE,
	  .title = "Under Hyper-V on AMD an L2 with SMM firmware fails",
	  .check = check_hyperv_smm,
	  .remedy =
		  "Start L2 with firmware that does not use SMM: OVMF_CODE without \"secboot\" in "
		  "its name (libvirt: <feature enabled='no' name='secure-boot'/>), QEMU -machine "
		  "q35,smm=off",
	  .explain =
		  "OVMF builds with Secure Boot enter System Management Mode in L2. On Hyper-V and "
		  "Azure with AMD CPUs that entry is refused: \"KVM: entry failed, hardware error "
		  "0xffffffff\" (SVM's VMEXIT_INVALID) with SMM=1 in the register dump "
		  "(bootc-dev/bcvk#145, systemd/systemd#35885). L2 guests with other firmware are "
		  "not affected." },
	{ .id = "azure-security-type",
	  .severity = SEVERITY_ADVICE,
	  .title = "This Azure VM is not of the security type Standard, which hides nesting",
	  .check = check_azure_type,
	  .remedy = "Recreate it with az vm create --security-type Standard; an existing VM can be "
		    "changed only if Azure allows it (deallocate it first). Or choose a size that "
		    "is documented to nest with Trusted launch",
	  .explain =
		  "Azure offers Secure Boot to VMs of the types Trusted launch, which is the "
		  "default today, and Confidential. With Trusted launch many sizes do not show VMX "
		  "or SVM, with Confidential none does (MicrosoftDocs/azure-docs#87947, and "
		  "Microsoft's page on nested virtualization, which asks for Standard). Found by "
		  "Azure's tag in DMI together with Secure Boot." },
	{ .id = "aws-instance-type",
	  .severity = SEVERITY_ADVICE,
	  .title = "This EC2 instance type is not among those that are known to nest",
	  .check = check_ec2_type,
	  .remedy = "The types that nest: aws ec2 describe-instance-types --filters "
		    "Name=processor-info.supported-features,Values=nested-virtualization --query "
		    "InstanceTypes[].InstanceType. Stop the instance, change its type to one of "
		    "them (c8i, m8i, r8i ...), enable NestedVirtualization in its CPU options, and "
		    "start it; or take a .metal type",
	  .explain =
		  "In EC2 DMI's product_name is the instance type. Some virtual "
		  "Intel types of the 7th and 8th generation nest, and only with the CPU option "
		  "NestedVirtualization=enabled, which is off by default and can be set when the "
		  "instance is launched or stopped. .metal types run without a hypervisor. Managed "
		  "node groups of EKS drop the option (aws/containers-roadmap#2784)." },
};

const struct rule_table guest_vendor_rules = { rules, sizeof(rules) / sizeof(rules[0]) };
