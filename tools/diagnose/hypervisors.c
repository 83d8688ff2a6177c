// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisors that may be below us, how each is known, and what to set in it so that
 * it hands VMX or SVM through.
 *
 * Signatures: Linux arch/x86/kernel/cpu/{vmware,mshyperv}.c, arch/x86/kernel/kvm.c,
 * arch/x86/xen, QEMU target/i386/tcg. VirtualBox can show any of KVM's, Hyper-V's or its own,
 * so DMI goes before the signature; so do clouds, whose remedy is another one.
 */
#include <string.h>

#include "diagnose/rules.h"

#define HV_BASE 0x40000000
#define HV_LAST 0x40010000 /* where Linux stops looking, too (cpuid_base_hypervisor) */
#define HV_STEP 0x100

static const struct hypervisor hypervisors[] = {
	{ .name = "WSL2",
	  .release = "microsoft-standard-WSL2",
	  .remedy = "Nesting in WSL2 needs Windows 11. In the file .wslconfig of your Windows user "
		    "put nestedVirtualization=true under [wsl2], then run: wsl --shutdown" },
	{ .name = "Amazon EC2",
	  .dmi = "Amazon EC2",
	  .remedy = "Use a .metal instance, or one of the Intel types (8th generation on) that "
		    "take --cpu-options NestedVirtualization=enabled, and set that when the "
		    "instance is started" },
	{ .name = "Google Compute Engine",
	  .dmi = "Google Compute Engine",
	  .remedy = "Create the VM with --enable-nested-virtualization on a machine type that "
		    "supports it (Intel, Haswell or later; not E2)" },
	{ .name = "Azure",
	  .dmi = "7783-7084-3265-9085-8269-3286-77",
	  .remedy = "Use a VM size that is documented to nest, and the security type Standard: "
		    "Trusted Launch and Confidential hide it" },
	{ .name = "VirtualBox",
	  .dmi = "VirtualBox",
	  .signature = "VBoxVBoxVBox",
	  .remedy = "With the VM off, on its host: VBoxManage modifyvm NAME --nested-hw-virt on. "
		    "Where that is greyed out or refused, the host itself runs under Hyper-V: "
		    "turn that off there first" },
	{ .name = "VMware",
	  .dmi = "VMware",
	  .signature = "VMwareVMware",
	  .remedy = "With the VM off, tick \"Virtualize Intel VT-x/EPT or AMD-V/RVI\" in its "
		    "processor settings, or put vhv.enable = \"TRUE\" into its .vmx file. On a "
		    "Windows host also turn off Memory Integrity and Hyper-V (bcdedit /set "
		    "hypervisorlaunchtype off) and restart it" },
	{ .name = "KVM",
	  .signature = "KVMKVMKVM",
	  .remedy = "On the host below: check that cat /sys/module/kvm_intel/parameters/nested "
		    "says Y, and give this VM the host's CPU: QEMU -cpu host (or -cpu "
		    "MODEL,+vmx), libvirt <cpu mode='host-passthrough'/>, Proxmox VE CPU type "
		    "host. Then power the VM off and on again; a reboot is not enough",
	  .remedy_amd = "On the host below: check that cat /sys/module/kvm_amd/parameters/nested "
			"says 1, and give this VM the host's CPU: QEMU -cpu host (or -cpu "
			"MODEL,+svm), libvirt <cpu mode='host-passthrough'/>, Proxmox VE CPU type "
			"host. Then power the VM off and on again; a reboot is not enough" },
	{ .name = "QEMU's TCG",
	  .signature = "TCGTCGTCGTCG",
	  .remedy =
		  "QEMU emulates this CPU in software, and can emulate SVM but not VMX: use "
		  "-cpu max or an AMD model with +svm; or let QEMU use KVM: -accel kvm -cpu host" },
	{ .name = "Hyper-V",
	  .signature = "Microsoft Hv",
	  .remedy =
		  "With the VM off, in PowerShell on its host: Set-VMProcessor -VMName NAME "
		  "-ExposeVirtualizationExtensions $true; and give it static memory (Set-VMMemory "
		  "NAME -DynamicMemoryEnabled $false)",
	  .remedy_amd = "The host needs Windows 11 or Server 2022 for nesting on AMD. With the VM "
			"off, in PowerShell there: Set-VMProcessor -VMName NAME "
			"-ExposeVirtualizationExtensions $true; and give it static memory "
			"(Set-VMMemory NAME -DynamicMemoryEnabled $false)" },
	{ .name = "Xen",
	  .signature = "XenVMMXenVMM",
	  .remedy = "Xen does not support KVM inside its guests: nestedhvm=1 in an HVM guest's "
		    "configuration is experimental and known to crash it. Run this on the "
		    "hardware, or on another hypervisor" },
	{ .name = "bhyve",
	  .signature = "bhyve bhyve ",
	  .remedy = "bhyve cannot nest: run this on the hardware, or on another hypervisor" },
	{ .name = "Parallels",
	  .signature = " lrpepyh  vr",
	  .remedy =
		  "With the VM off: its Configuration, Hardware, CPU & Memory, Advanced, \"Enable "
		  "nested virtualization\" (Pro edition, Intel Macs)" },
};

#define N_HYPERVISORS (sizeof(hypervisors) / sizeof(hypervisors[0]))

static bool dmi_matches(const struct facts *f, const char *part)
{
	static const char *const keys[] = { "sys_vendor", "product_name", "chassis_asset_tag" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = kv_get(&f->firmware.dmi, keys[i]);

		if (value && strstr(value, part))
			return true;
	}
	return false;
}

const struct hypervisor *hypervisor_find(const struct facts *f, const char *signature)
{
	for (size_t i = 0; i < N_HYPERVISORS; i++) {
		const struct hypervisor *h = &hypervisors[i];

		if (h->dmi && dmi_matches(f, h->dmi))
			return h;
		if (h->release && f->kernel.release && strstr(f->kernel.release, h->release))
			return h;
	}
	for (size_t i = 0; signature && i < N_HYPERVISORS; i++)
		if (hypervisors[i].signature && !strcmp(hypervisors[i].signature, signature))
			return &hypervisors[i];
	return NULL;
}

static char *leaf_text(struct arena *a, const struct cpuid_fact *leaf)
{
	char *text = arena_alloc(a, 13);

	memcpy(text, &leaf->ebx, 4);
	memcpy(text + 4, &leaf->ecx, 4);
	memcpy(text + 8, &leaf->edx, 4);
	for (int i = 0; i < 12 && text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	return text;
}

const char *hypervisor_signature(struct arena *a, const struct facts *f, const struct cpu_facts *c)
{
	const char *first = NULL;

	for (uint32_t leaf = HV_BASE; leaf < HV_LAST; leaf += HV_STEP) {
		const struct cpuid_fact *fact = cpu_cpuid(f, c, leaf, 0);
		const char *text = fact ? leaf_text(a, fact) : NULL;

		/* KVM that shows Hyper-V's leaves to please Windows has its own further up. */
		if (text && !strcmp(text, "KVMKVMKVM"))
			return text;
		if (!first)
			first = text;
	}
	return first;
}
