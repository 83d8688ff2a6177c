// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests of VirtualBox, VMware and Hyper-V. None of them can be tried here, so each text is
 * preceded by its source. Names need no quotes (guest_options_ok).
 */
#include "setup/guest/guest.h"

/*
 * VirtualBox User Manual, "VBoxManage modifyvm": --nested-hw-virt, --nested-paging, --nic1,
 * --bridge-adapter1; "createmedium", "storagectl", "storageattach"; chapter "Nested
 * Virtualization": nested paging has to be on. AMD from 6.0, Intel from 6.1 on (its change logs).
 * Greyed out if the host runs Hyper-V: VirtualBox/virtualbox#586.
 */
void guest_virtualbox(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;

	(void)part;
	guest_heading(g, "# ", "", out);
	text_addf(out,
		  "VBoxManage createvm --name %s --ostype Linux_64 --register\n"
		  "VBoxManage modifyvm %s --cpus %u --memory %u --ioapic on\n",
		  o->name, o->name, o->cpus, o->memory_mb);
	if (o->bridge)
		text_addf(out, "VBoxManage modifyvm %s --nic1 bridged --bridge-adapter1 %s\n",
			  o->name, o->bridge);
	else
		text_addf(out, "VBoxManage modifyvm %s --nic1 nat\n", o->name);
	text_addf(out,
		  "VBoxManage createmedium disk --filename %s.vdi --size %llu\n"
		  "VBoxManage storagectl %s --name SATA --add sata\n"
		  "VBoxManage storageattach %s --storagectl SATA --port 0 --device 0 \\\n"
		  "\t--type hdd --medium %s.vdi\n",
		  o->name, o->disk_gb * 1024ULL, o->name, o->name, o->name);
	if (o->cdrom)
		text_addf(out,
			  "VBoxManage storageattach %s --storagectl SATA --port 1 --device 0 \\\n"
			  "\t--type dvddrive --medium %s\n",
			  o->name, o->cdrom);
	if (g->feature)
		text_addf(out,
			  "# This enables nesting. An existing VM needs only this, while it is "
			  "off.\n"
			  "VBoxManage modifyvm %s --nested-paging on --nested-hw-virt on\n",
			  o->name);
	text_addf(out, "VBoxManage startvm %s --type headless\n", o->name);
}

/*
 * vhv.enable: VMware's "Running Nested VMs" (communities.vmware.com, document DOC-8970): virtual
 * hardware 9 and later, VT-x with EPT or AMD-V with RVI; in vSphere's documentation "Expose
 * hardware assisted virtualization". ethernet0.connectionType, numvcpus, memsize: the .vmx files
 * that Workstation itself writes.
 */
void guest_vmware(const struct guest *g, const char *part, struct text *out)
{
	(void)part;
	guest_heading(g, "# ", "", out);
	if (g->feature)
		text_add(
			out,
			"# For the VM's .vmx file, while it is off; virtualHW.version has to be 9\n"
			"# or more.\n"
			"# In Workstation: \"Virtualize Intel VT-x/EPT or AMD-V/RVI\"; in ESXi: "
			"\"Expose\n"
			"# hardware assisted virtualization to the guest OS\".\n"
			"vhv.enable = \"TRUE\"\n");
	else
		text_add(out, "# For the VM's .vmx file, while it is off.\n");
	text_addf(out,
		  "numvcpus = \"%u\"\n"
		  "memsize = \"%u\"\n"
		  "ethernet0.present = \"TRUE\"\n"
		  "ethernet0.virtualDev = \"vmxnet3\"\n"
		  "ethernet0.connectionType = \"%s\"\n",
		  g->o->cpus, (g->o->memory_mb + 3) / 4 * 4, g->o->bridge ? "bridged" : "nat");
}

/*
 * learn.microsoft.com/virtualization/hyper-v-on-windows/user-guide/enable-nested-virtualization:
 * hosts, configuration versions, Set-VMProcessor, "MAC address spoofing"; nested-virtualization:
 * "Dynamic Memory and Runtime Memory Resize". Secure Boot needs Microsoft's UEFI CA for Linux:
 * "Should I create a generation 1 or 2 virtual machine", Set-VMFirmware.
 */
void guest_hyperv(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;

	(void)part;
	guest_heading(g, "# ", "", out);
	text_addf(out,
		  "# In an elevated PowerShell %s. Windows Server has no Default Switch:\n"
		  "# name another switch with --bridge.\n"
		  "New-VM -Name '%s' -Generation 2 -MemoryStartupBytes %uMB `\n"
		  "    -NewVHDPath '%s.vhdx' -NewVHDSizeBytes %uGB `\n"
		  "    -SwitchName '%s'\n"
		  "Set-VMFirmware -VMName '%s' `\n"
		  "    -SecureBootTemplate MicrosoftUEFICertificateAuthority\n",
		  o->level == 1 ? "on the host" : "in L1", o->name, o->memory_mb, o->name,
		  o->disk_gb, o->bridge ? o->bridge : "Default Switch", o->name);
	if (o->cdrom)
		text_addf(out, "Add-VMDvdDrive -VMName '%s' -Path '%s'\n", o->name, o->cdrom);
	text_addf(out, "Set-VMProcessor -VMName '%s' -Count %u\n", o->name, o->cpus);
	if (g->feature)
		text_addf(out,
			  "# These enable nesting. An existing VM needs only these, while it is\n"
			  "# off (not saved).\n"
			  "Set-VMProcessor -VMName '%s' -ExposeVirtualizationExtensions $true\n"
			  "Set-VMMemory -VMName '%s' -DynamicMemoryEnabled $false\n"
			  "# So that L2 can use L1's network; without it, L2 needs NAT in L1.\n"
			  "Get-VMNetworkAdapter -VMName '%s' |\n"
			  "    Set-VMNetworkAdapter -MacAddressSpoofing On\n",
			  o->name, o->name, o->name);
	text_addf(out, "Start-VM -Name '%s'\n", o->name);
}
