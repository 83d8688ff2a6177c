// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest of Proxmox VE. pve.proxmox.com/wiki/Nested_Virtualization: the node's module, CPU type
 * host; qm(1) (pve-docs, qm.adoc): the options of qm create. Not tested here.
 */
#include <string.h>

#include "setup/guest/guest.h"

static void node(const struct guest *g, struct text *out)
{
	const char *vendor = !strcmp(g->feature, "vmx") ? "intel" : "amd";
	const char *yes = !strcmp(g->feature, "vmx") ? "Y" : "1";

	text_addf(out,
		  "# On the node, as root, with no VM running; or: nestcheck setup host\n"
		  "# (which first checks whether this kernel is known to be unsafe).\n"
		  "cat /sys/module/kvm_%s/parameters/nested # %s: nothing to do\n"
		  "echo 'options kvm_%s nested=1' >/etc/modprobe.d/kvm-%s.conf\n"
		  "modprobe -r kvm_%s && modprobe kvm_%s\n",
		  vendor, yes, vendor, vendor, vendor, vendor);
}

void guest_proxmox(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;
	bool all = !strcmp(part, "all");

	guest_heading(g, "# ", "", out);
	if (g->feature && (all || !strcmp(part, "node")))
		node(g, out);
	if (!strcmp(part, "node"))
		return;
	text_addf(out,
		  "# For an existing VM: qm set VMID --cpu host; then power it off and on.\n"
		  "VMID=$(pvesh get /cluster/nextid)\n"
		  "qm create \"$VMID\" --name %s --ostype l26 --machine q35 \\\n"
		  "\t--cpu %s --cores %u --memory %u --balloon 0 \\\n"
		  "\t--scsihw virtio-scsi-single --scsi0 local-lvm:%u,cache=none \\\n"
		  "\t--net0 virtio,bridge=%s \\\n",
		  o->name, "host", o->cpus, o->memory_mb, o->disk_gb,
		  o->bridge ? o->bridge : "vmbr0");
	if (o->cdrom)
		text_addf(out, "\t--cdrom %s --boot 'order=scsi0;ide2' \\\n", o->cdrom);
	text_add(out, "\t--serial0 socket\n"
		      "qm start \"$VMID\"\n");
}
