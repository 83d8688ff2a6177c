// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisors and clouds that may be below us: how each is recognised, and which setting makes
 * it pass VMX or SVM through. Data only; hypervisor_find.c searches it.
 *
 * Signatures (CPUID 0x40000000): Linux arch/x86/kernel/cpu/{vmware,mshyperv,acrn}.c,
 * arch/x86/kernel/{kvm,jailhouse}.c, arch/x86/xen; QEMU target/i386; systemd src/basic/virt.c. DMI:
 * the same, and cloud-init's tools/ds-identify. The source of each remedy stands above its row. A
 * remedy names the setting and what must be off. If a reboot is not enough, it says that a virtual
 * machine gets its CPU at power-on.
 */
#include "diagnose/rules.h"

#define HOST_NESTED(module, value)                                                        \
	"On the host below: cat /sys/module/" module "/parameters/nested must say " value \
	" (if it does not, update that host's kernel before you load " module             \
	" with nested=1: older "                                                          \
	"ones let guests break out). "

#define POWER_CYCLE "Then power the VM off and on again; a reboot is not enough"

#define ASK_PROVIDER                                                                             \
	"Nothing inside the virtual machine can change it. Ask the provider for a type that is " \
	"documented to nest, or take a bare metal (dedicated) machine"

#define CLOUDSTACK                                                                                    \
	"In its /etc/cloudstack/agent/agent.properties put guest.cpu.mode=host-passthrough, restart " \
	"cloudstack-agent, and stop and start the VM"

#define NUTANIX                                                                                      \
	"On its cluster, with the VM off: acli vm.update NAME cpu_passthrough=true, then start it: " \
	"a restart inside is not enough"

#define OVIRT                                                                                  \
	"In the Administration Portal edit the VM, Host, \"Pass-Through Host CPU\", and shut " \
	"it down and start it: a restart inside is not enough"

#define LXD(command)                                                                          \
	"Its VMs have the host's CPU, except for what raw.qemu (-cpu host,-vmx,-svm) or the " \
	"CPU flags of a cluster's group take away; then " command                             \
	" stop and start the VM: a restart inside is not enough"

#define CHROMEOS \
	"On ChromeOS that is the Chromebook's own kernel: without developer mode nobody can change it"

#define NOT_NESTING "it cannot nest: run this on the hardware, or on another hypervisor"

static const struct hypervisor hypervisors[] = {
	/*
	 * learn.microsoft.com/windows/wsl/wsl-config: nestedVirtualization, Windows 11 only.
	 * Windows 10 silently ignores it: microsoft/WSL issues 40735, 11216. A policy can forbid
	 * it, too: WSL's intune/en-US/WSL.adml. Kernels of 2020 are called 4.19.128-microsoft-standard:
	 * microsoft/WSL2-Linux-Kernel#209.
	 */
	{ .name = "WSL2",
	  .release = "-microsoft-",
	  .remedy = "Nesting in WSL2 needs Windows 11; Windows 10 ignores the setting. In the file "
		    ".wslconfig of your Windows user (%UserProfile%\\.wslconfig) put "
		    "nestedVirtualization=true under [wsl2], then run: wsl --shutdown. If Windows "
		    "itself runs in a virtual machine, that one must allow nesting as well",
	  .partial = "Update Windows and WSL (wsl --update), then run: wsl --shutdown" },
	/*
	 * docs.docker.com: Docker Desktop runs its engine in a virtual machine of its own, on Linux
	 * in QEMU; LinuxKit's kernel is called so. Without /dev/kvm there: dockur/windows#856, #601,
	 * sickcodes/Docker-OSX#786.
	 */
	{ .name = "Docker Desktop",
	  .release = "linuxkit",
	  .remedy =
		  "Docker Desktop runs containers in a virtual machine of its own, which does not "
		  "pass VMX or SVM on. On Linux use Docker Engine instead (docker context use "
		  "default), then docker run --device /dev/kvm. On Windows 11 use Docker with the "
		  "WSL2 backend and nestedVirtualization=true in .wslconfig; on a Mac it cannot "
		  "nest",
	  .partial = "Use Docker Engine on Linux instead (docker context use default)" },
	/* orbstack/orbstack#1, #258: its kernels are called 6.1.27-orbstack-...; no KVM on Intel Macs. */
	{ .name = "OrbStack",
	  .release = "-orbstack-",
	  .remedy = "This is OrbStack's virtual machine on a Mac, and on Intel " NOT_NESTING },
	/*
	 * EC2's API reference, CpuOptionsRequest: NestedVirtualization, 8th generation Intel types
	 * (c8i, m8i, r8i and their flex variants; later ones: rules_guest_vendor.c);
	 * ModifyInstanceCpuOptions: the instance must be
	 * stopped. EKS's managed node groups drop the option: aws/containers-roadmap#2784.
	 */
	{ .name = "Amazon EC2",
	  .cloud = true,
	  .dmi = "Amazon EC2",
	  .remedy =
		  "Some virtual Intel types nest (c8i, m8i, r8i and later additions; the list "
		  "that is never out of date: aws ec2 describe-instance-types --filters "
		  "Name=processor-info.supported-features,Values=nested-virtualization --query "
		  "InstanceTypes[].InstanceType): launch with --cpu-options NestedVirtualization=enabled, or stop the "
		  "instance and run aws ec2 modify-instance-cpu-options --nested-virtualization "
		  "enabled --instance-id ID. Managed node groups of EKS drop the option. Else "
		  "take a .metal type",
	  .remedy_amd = "EC2's virtual AMD instances cannot nest: take an Intel type of the list "
			"(aws ec2 describe-instance-types --filters "
			"Name=processor-info.supported-features,Values=nested-virtualization) "
			"with --cpu-options "
			"NestedVirtualization=enabled, or a .metal type",
	  .partial = "Take another instance type, or a .metal one" },
	/* EC2's older, Xen based types: DMI's bios_version is 4.x.amazon. */
	{ .name = "Amazon EC2 (Xen)",
	  .cloud = true,
	  .dmi = ".amazon",
	  .remedy = "This instance type is of an older generation, which cannot nest: use c8i, m8i "
		    "or r8i with --cpu-options NestedVirtualization=enabled, or a .metal type",
	  .partial = "Take another instance type, or a .metal one" },
	/*
	 * cloud.google.com/compute/docs/instances/nested-virtualization/overview (only Intel,
	 * neither E2 nor memory-optimized types) and /enabling; the organization policy constraint
	 * is constraints/compute.disableNestedVirtualization. AMD's N2D: pulumi/pulumi-gcp#715.
	 */
	{ .name = "Google Compute Engine",
	  .cloud = true,
	  .dmi = "Google Compute Engine",
	  .remedy =
		  "gcloud compute instances describe NAME --format=value(advancedMachineFeatures) "
		  "says whether it is on. Create the VM with --enable-nested-virtualization, or stop it and set "
		  "advancedMachineFeatures.enableNestedVirtualization: true (gcloud compute "
		  "instances export, edit, update-from-file with "
		  "--most-disruptive-allowed-action=RESTART). Only Intel machine types from "
		  "Haswell on can nest, except E2 and memory-optimized ones; the organization's "
		  "policy may forbid it (compute.disableNestedVirtualization)",
	  .remedy_amd = "Google's AMD machine types cannot nest: use an Intel one (N1 from Haswell "
			"on, N2, C3; not E2) with --enable-nested-virtualization",
	  .partial = "Take an Intel machine type with --min-cpu-platform=\"Intel Haswell\" or "
		     "later" },
	/*
	 * MicrosoftDocs/Virtualization-Documentation, enable-nested-virtualization.md: in Azure the
	 * security type must be Standard; azure-docs trusted-launch.md: most v5 sizes nest with
	 * Trusted launch as well; azure-docs#87947. The tag: Azure's own, cloud-init ds-identify.
	 */
	{ .name = "Azure",
	  .cloud = true,
	  .dmi = "7783-7084-3265-9085-8269-3286-77",
	  .remedy = "Create the VM with security type Standard (az vm create --security-type "
		    "Standard): Trusted launch hides it on many sizes, Confidential on all. Choose "
		    "a size whose page says \"Nested Virtualization: Supported\" (Dv3, Ev3 and "
		    "later, not Arm). For an existing VM: deallocate it, resize, start",
	  .partial = "Take another VM size, of a newer series" },
	/*
	 * VirtualBox's manual, modifyvm --nested-hw-virt and "Nested Virtualization"; greyed out if
	 * the host runs Hyper-V: VirtualBox/virtualbox#586.
	 */
	{ .name = "VirtualBox",
	  .dmi = "VirtualBox",
	  .signatures = { "VBoxVBoxVBox" },
	  .remedy = "With the VM off, on its host: VBoxManage modifyvm NAME --nested-hw-virt on "
		    "--nested-paging on. If that is greyed out or refused, the host itself runs "
		    "under Hyper-V: turn off Memory Integrity (Core isolation), run bcdedit /set "
		    "hypervisorlaunchtype off, and restart Windows",
	  .partial = "Update VirtualBox: 7.0 and later emulate more of VMX. Or use another "
		     "hypervisor" },
	/*
	 * VMware's documentation of Workstation and of vSphere ("Expose hardware assisted
	 * virtualization", vhv.enable, hardware version 9 and later); on Windows hosts
	 * GNS3/gns3-server#2164 and VMware's KB 2146361 (Device Guard, Credential Guard).
	 */
	{ .name = "VMware",
	  .dmi = "VMware",
	  .signatures = { "VMwareVMware" },
	  .remedy = "With the VM off: Workstation and Fusion: \"Virtualize Intel VT-x/EPT or "
		    "AMD-V/RVI\" in its processor settings; ESXi: \"Expose hardware assisted "
		    "virtualization to the guest OS\" under CPU; either is vhv.enable = \"TRUE\" "
		    "in the .vmx file (hardware version 9 or later). If a Windows host says \"not "
		    "supported on this platform\", also turn off Memory Integrity, Credential "
		    "Guard and Hyper-V (bcdedit /set hypervisorlaunchtype off) and restart it",
	  .partial = "Update VMware, and with the VM off raise its hardware compatibility "
		     "(virtualHW.version) to the newest" },
	/* apache/cloudstack#12988, #8596, #10964: agent.properties; the VM has to be stopped. */
	{ .name = "CloudStack",
	  .dmi = "CloudStack",
	  .remedy = HOST_NESTED("kvm_intel", "Y") CLOUDSTACK,
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") CLOUDSTACK,
	  .partial = "Have the host's kernel and QEMU updated. " CLOUDSTACK },
	/*
	 * openshift/assisted-test-infra#1876, nutanix/terraform-provider-nutanix#288: CPU passthrough. Its
	 * hosts are no business of the user's.
	 */
	{ .name = "Nutanix AHV",
	  .dmi = "AHV",
	  .remedy = NUTANIX,
	  .remedy_amd = NUTANIX,
	  .partial = "Update AOS and AHV, and give the VM CPU passthrough. " NUTANIX },
	/* ovirt.org, Virtual Machine Management Guide, "Host settings"; Red Hat's sysinfo, libvirt's. */
	{ .name = "oVirt",
	  .dmi = "oVirt",
	  .remedy = HOST_NESTED("kvm_intel", "Y") OVIRT,
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") OVIRT,
	  .partial = "Update the host. " OVIRT },
	{ .name = "Red Hat Virtualization",
	  .dmi = "RHEV Hypervisor",
	  .remedy = HOST_NESTED("kvm_intel", "Y") OVIRT,
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") OVIRT,
	  .partial = "Update the host. " OVIRT },
	/*
	 * Their VMs have the host's CPU, and name themselves as the board's maker. lxc/incus#3610: what
	 * takes vmx and svm away.
	 */
	{ .name = "Incus",
	  .dmi = "LinuxContainers",
	  .remedy = HOST_NESTED("kvm_intel", "Y") LXD("incus"),
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") LXD("incus"),
	  .partial = "Update the host's kernel and Incus. " LXD("incus") },
	{ .name = "LXD",
	  .dmi = "Canonical Ltd.",
	  .remedy = HOST_NESTED("kvm_intel", "Y") LXD("lxc"),
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") LXD("lxc"),
	  .partial = "Update the host's kernel and LXD. " LXD("lxc") },
	/* docs.openstack.org/nova, admin/cpu-models: "Nested guest support". */
	{ .name = "OpenStack",
	  .dmi = "OpenStack",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "In the compute node's nova.conf put under "
						  "[libvirt] cpu_mode=host-passthrough, or "
						  "cpu_model_extra_flags=vmx beside a custom "
						  "model, restart nova-compute, and stop and start "
						  "the instance (openstack server stop, start). "
						  "As a user of the cloud: ask for a flavor that "
						  "nests",
	  .remedy_amd =
		  HOST_NESTED("kvm_amd", "1 or Y") "In the compute node's nova.conf put under "
						   "[libvirt] cpu_mode=host-passthrough, or "
						   "cpu_model_extra_flags=svm beside a custom "
						   "model, restart nova-compute, and stop and "
						   "start the instance (openstack server stop, "
						   "start). As a user of the cloud: ask for a "
						   "flavor that nests",
	  .partial = "Have the compute node's kernel and QEMU updated, and "
		     "cpu_mode=host-passthrough set there" },
	/* kubevirt.io/user-guide: "CPU model special cases", "Nested virtualization". */
	{ .name = "KubeVirt",
	  .dmi = "KubeVirt",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "In the VirtualMachine put "
						  "spec.template.spec.domain.cpu.model: "
						  "host-passthrough; then virtctl stop and start "
						  "it: a restart inside is not enough",
	  .remedy_amd =
		  HOST_NESTED("kvm_amd", "1 or Y") "In the VirtualMachine put "
						   "spec.template.spec.domain.cpu.model: "
						   "host-passthrough; then virtctl stop and start "
						   "it: a restart inside is not enough",
	  .partial = "Update the node's kernel and KubeVirt, and give the VM cpu model "
		     "host-passthrough" },
	/*
	 * pve.proxmox.com/wiki/Nested_Virtualization. Recognised only by its UEFI firmware: with
	 * SeaBIOS its VMs report QEMU, as others do.
	 */
	{ .name = "Proxmox VE",
	  .dmi = "Proxmox distribution of EDK II",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "Then qm set VMID --cpu host (or the VM's "
						  "Hardware, Processors, Type: host). " POWER_CYCLE,
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") "Then qm set VMID --cpu host (or the VM's "
							 "Hardware, Processors, Type: "
							 "host). " POWER_CYCLE,
	  .partial = "Update Proxmox VE, and set the VM's CPU type to host. " POWER_CYCLE },
	/*
	 * cloud-hypervisor, arch/src/x86_64/smbios.rs; docs/cpu.md: nested, on by default. With a CPU
	 * topology it lost SVM until 2024-01: cloud-hypervisor/cloud-hypervisor#6106.
	 */
	{ .name = "Cloud Hypervisor",
	  .dmi = "Cloud Hypervisor",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "Start the VM again without nested=off in "
						  "--cpus",
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") "Start the VM again without nested=off in "
							 "--cpus; releases of 2023 and older also "
							 "lose SVM with topology= there",
	  .partial = "Update the host's kernel and Cloud Hypervisor, and start the VM again with "
		     "the host's CPU: without a CPU profile in --cpus (profile=host), and without "
		     "nested=off" },
	/*
	 * Firecracker, src/vmm/src/acpi/mod.rs (OEM id FIRECK) and docs/cpu_templates: its CPU templates
	 * mask VMX and SVM, and it does not support nesting; without a template the host's CPUID is
	 * passed on.
	 */
	{ .name = "Firecracker",
	  .dmi = "Firecracker",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "Start the microVM again without a CPU template "
						  "(cpu-config, cpu_template), which masks VMX. "
						  "Firecracker does not support nesting: for more "
						  "than a test use QEMU or Cloud Hypervisor",
	  .remedy_amd =
		  HOST_NESTED("kvm_amd", "1 or Y") "Start the microVM again without a CPU template "
						   "(cpu-config, cpu_template), which masks SVM. "
						   "Firecracker does not support nesting: for more "
						   "than a test use QEMU or Cloud Hypervisor",
	  .partial = "Firecracker does not support nesting: start the microVM without a CPU "
		     "template, or use QEMU or Cloud Hypervisor" },
	/*
	 * crosvm, x86_64/src/smbios.rs. It passes on what KVM_GET_SUPPORTED_CPUID offers. ChromeOS's
	 * Linux: notAperson535/OneClick-macOS-Simple-KVM#69.
	 */
	{ .name = "crosvm",
	  .dmi = "crosvm",
	  .remedy = HOST_NESTED("kvm_intel", "Y") "Then start the VM again. " CHROMEOS,
	  .remedy_amd = HOST_NESTED("kvm_amd", "1 or Y") "Then start the VM again. " CHROMEOS,
	  .partial = "Update the host's kernel and crosvm" },
	/* Clouds whose nesting depends on the instance type, by cloud-init's names for them. */
	{ .name = "Alibaba Cloud",
	  .dmi = "Alibaba Cloud",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "Oracle Cloud",
	  .dmi = "OracleCloud.com",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "Tencent Cloud",
	  .dmi = "Tencent Cloud",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "DigitalOcean",
	  .dmi = "DigitalOcean",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	/* Hetzner's cloud FAQ, and tries of its CCX and CPX types: none nests. */
	{ .name = "Hetzner Cloud",
	  .cloud = true,
	  .dmi = "Hetzner",
	  .remedy = "No type of Hetzner's cloud servers nests: take a dedicated server (Robot, "
		    "server auction)",
	  .partial = "Take a dedicated server" },
	{ .name = "Vultr",
	  .dmi = "Vultr",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "Scaleway",
	  .dmi = "Scaleway",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "UpCloud",
	  .dmi = "UpCloud",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "Exoscale",
	  .dmi = "Exoscale",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	{ .name = "Akamai (Linode)",
	  .dmi = "Linode",
	  .cloud = true,
	  .remedy = ASK_PROVIDER,
	  .partial = ASK_PROVIDER },
	/*
	 * Linux Documentation/virt/kvm/x86/running-nested-guests.rst; qemu-cpu-models(7); libvirt's
	 * formatdomain, <cpu>. QEMU's named models leave vmx out, and svm is forced off for them
	 * (target/i386/kvm/kvm-cpu.c, kvm_default_props).
	 */
	{ .name = "KVM",
	  .signatures = { "KVMKVMKVM", "Linux KVM Hv" },
	  .remedy = HOST_NESTED(
		  "kvm_intel",
		  "Y") "Give this VM the host's CPU: QEMU -cpu host (or -cpu MODEL,+vmx), libvirt "
		       "<cpu mode='host-passthrough'/>, Proxmox VE CPU type host. " POWER_CYCLE,
	  .remedy_amd = HOST_NESTED(
		  "kvm_amd",
		  "1 or Y") "Give this VM the host's CPU: QEMU -cpu host (or -cpu MODEL,+svm), libvirt "
			    "<cpu mode='host-passthrough'/>, Proxmox VE CPU type host. " POWER_CYCLE,
	  .partial = "Update the kernel and QEMU of the host below, and give this VM the host's "
		     "CPU (QEMU -cpu host, libvirt host-passthrough). " POWER_CYCLE },
	/*
	 * QEMU, found by DMI or ACPI, that shows no hypervisor's signature: KVM's is hidden (kvm=off,
	 * libvirt <kvm><hidden state='on'/>), or there is no KVM below. lima-vm/lima#22, #477,
	 * canonical/multipass#3623: QEMU with hvf does not pass VMX on.
	 */
	{ .name = "QEMU",
	  .by_evidence = true,
	  .remedy = HOST_NESTED(
		  "kvm_intel",
		  "Y") "Give this VM the host's CPU: QEMU -cpu host (or -cpu "
		       "MODEL,+vmx), libvirt <cpu mode='host-passthrough'/>, Proxmox VE "
		       "CPU type host. " POWER_CYCLE ". On a Mac (hvf: Lima, Colima, "
		       "UTM, Multipass) and on Windows (whpx) QEMU passes no VMX on: "
		       "use Parallels, VMware, or Hyper-V there",
	  .remedy_amd = HOST_NESTED(
		  "kvm_amd",
		  "1 or Y") "Give this VM the host's CPU: QEMU -cpu host (or -cpu MODEL,+svm), libvirt "
			    "<cpu mode='host-passthrough'/>, Proxmox VE CPU type host. " POWER_CYCLE
			    ". On Windows (whpx) QEMU passes no SVM on: use Hyper-V there",
	  .partial = "Update the kernel and QEMU of the host below, and give this VM the host's "
		     "CPU (QEMU -cpu host, libvirt host-passthrough). " POWER_CYCLE },
	/*
	 * KVM without DMI and PCI, only with virtio devices. libkrun/libkrun#625, containers/crun#2092
	 * (off by default), libkrun/libkrunfw#125 (kernel); QEMU docs/system/i386/microvm.rst; kata.
	 */
	{ .name = "a microVM on KVM",
	  .by_evidence = true,
	  .remedy = HOST_NESTED(
		  "kvm_intel",
		  "Y") "Then its program has to pass VMX on: libkrun krun_set_nested_virt "
		       "(crun and krunkit: their nested option), QEMU -M microvm -cpu "
		       "host, Kata Containers with the QEMU hypervisor; Firecracker "
		       "does not support nesting",
	  .remedy_amd = HOST_NESTED(
		  "kvm_amd",
		  "1 or Y") "Then its program has to pass SVM on: libkrun krun_set_nested_virt (crun and "
			    "krunkit: their nested option), QEMU -M microvm -cpu host, Kata Containers "
			    "with the QEMU hypervisor; Firecracker does not support nesting",
	  .partial = "Update the host's kernel and the program that runs this microVM, and give it "
		     "the host's CPU" },
	/* QEMU target/i386/cpu.c: TCG_EXT_FEATURES has no VMX, TCG_EXT3_FEATURES has SVM. */
	{ .name = "QEMU's TCG",
	  .signatures = { "TCGTCGTCGTCG" },
	  .remedy = "QEMU emulates this CPU in software, and can emulate SVM but not VMX: use "
		    "-cpu max or an AMD model with +svm; or let QEMU use KVM: -accel kvm -cpu host",
	  .partial = "Update QEMU, or let it use KVM: -accel kvm -cpu host" },
	/*
	 * MicrosoftDocs/Virtualization-Documentation, enable-nested-virtualization.md: hosts, VM
	 * configuration versions, the command; nested-virtualization.md: memory.
	 */
	{ .name = "Hyper-V",
	  .signatures = { "Microsoft Hv" },
	  .remedy = "The host needs Windows 10 or Server 2016, or later, and the VM configuration "
		    "version 8.0. With the VM off (not saved), in an elevated PowerShell there: "
		    "Set-VMProcessor -VMName NAME -ExposeVirtualizationExtensions $true; and "
		    "static memory: dynamic memory does not work while it nests (Set-VMMemory NAME "
		    "-DynamicMemoryEnabled $false). Then start it",
	  .remedy_amd = "On AMD the host needs Windows 11 or Server 2022, or later, and the VM "
			"configuration version 9.3 (Update-VMVersion NAME). With the VM off (not "
			"saved), in an elevated PowerShell there: Set-VMProcessor -VMName NAME "
			"-ExposeVirtualizationExtensions $true; and static memory (Set-VMMemory "
			"NAME -DynamicMemoryEnabled $false). Then start it",
	  .partial = "Update Windows on the host, and with the VM off raise its configuration "
		     "version (Update-VMVersion NAME)" },
	/* xen.git SUPPORT.md: nested HVM is experimental; xl.cfg(5) nestedhvm; xcp-ng/xcp#562. */
	{ .name = "Xen",
	  .dmi = "Xen",
	  .signatures = { "XenVMMXenVMM" },
	  .remedy = "Xen does not support KVM inside its guests: nestedhvm=1 in an HVM guest's "
		    "configuration is experimental and known to crash it. Run this on the "
		    "hardware, or on another hypervisor",
	  .partial = "Xen's nesting is experimental and known to crash its guests. Run this on "
		     "the hardware, or on another hypervisor" },
	/* docs.freebsd.org and wiki.freebsd.org/bhyve: no nesting. */
	{ .name = "bhyve",
	  .dmi = "BHYVE",
	  .signatures = { "bhyve bhyve " },
	  .remedy = "This is bhyve, and " NOT_NESTING },
	/* Parallels' documentation, "CPU & Memory settings"; KB 116239. */
	{ .name = "Parallels",
	  .dmi = "Parallels",
	  .signatures = { "prl hyperv  ", " lrpepyh  vr" },
	  .remedy =
		  "With the VM off: its Configuration, Hardware, CPU & Memory, Advanced, \"Enable "
		  "nested virtualization\" (Pro edition, Intel Macs)" },
	/* projectacrn.github.io, "Enable Nested Virtualization" (tutorials/nvmx_virtualization). */
	{ .name = "ACRN",
	  .signatures = { "ACRNACRNACRN" },
	  .remedy = "ACRN passes VMX only to its Service VM, and only if the hypervisor was built "
		    "with NVMX_ENABLED and that VM has the guest flags GUEST_FLAG_NVMX_ENABLED and "
		    "GUEST_FLAG_LAPIC_PASSTHROUGH: build it so, or run this on the hardware" },
	{ .name = "Apple's Virtualization framework",
	  .dmi = "Apple Virtualization",
	  .signatures = { "Apple VZ" },
	  .remedy = "On an Intel Mac " NOT_NESTING },
	{ .name = "QNX Hypervisor",
	  .signatures = { "QNXQVMBSQG" },
	  .remedy = "This is the QNX Hypervisor, and " NOT_NESTING },
	{ .name = "Jailhouse",
	  .signatures = { "Jailhouse" },
	  .remedy = "This is a cell of Jailhouse, and " NOT_NESTING },
	{ .name = "OpenBSD's vmm",
	  .dmi = "OpenBSD",
	  .signatures = { "OpenBSDVMM58" },
	  .remedy = "This is OpenBSD's vmm, and " NOT_NESTING },
	{ .name = "NetBSD's NVMM",
	  .signatures = { "___ NVMM ___" },
	  .remedy = "This is QEMU on NVMM, and " NOT_NESTING },
	{ .name = "Intel HAXM",
	  .signatures = { "HAXMHAXMHAXM" },
	  .remedy = "This is QEMU on HAXM, which is no longer developed, and " NOT_NESTING },
	{ .name = "Unisys s-Par",
	  .signatures = { "UnisysSpar64" },
	  .remedy = "This is Unisys s-Par, and " NOT_NESTING },
	{ .name = "LMHS SRE",
	  .signatures = { "SRESRESRESRE" },
	  .remedy = "This is Lockheed Martin's SRE, and " NOT_NESTING },
};

const struct hypervisor_table hypervisor_rows = {
	hypervisors,
	sizeof(hypervisors) / sizeof(hypervisors[0]),
};
