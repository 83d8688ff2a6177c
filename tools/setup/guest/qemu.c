// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest as a QEMU command for the shell: the disk, and the machine.
 *
 * qemu-system-x86_64(1), qemu-img(1). -accel kvm names no other accelerator, so that QEMU does not
 * silently fall back to TCG; cache=none needs a file system with O_DIRECT. tests/setup/guest boots
 * them.
 */
#include <string.h>

#include "setup/guest/guest.h"

static void disk(const struct guest *g, struct text *out)
{
	text_addf(out,
		  "test -e %s.qcow2 ||\n"
		  "\tqemu-img create -q -f qcow2 -o preallocation=%s \\\n\t\t%s.qcow2 %uG\n",
		  g->o->name, guest_preallocation(g->o), g->o->name, g->o->disk_gb);
}

static void run(const struct guest *g, struct text *out)
{
	text_addf(out,
		  "qemu-system-x86_64 -name %s -nodefaults -nographic \\\n"
		  "\t-machine q35 -accel %s -cpu ",
		  g->o->name, g->tcg ? "tcg" : "kvm");
	guest_cpu_qemu(g, out);
	text_addf(out,
		  " \\\n"
		  "\t-smp %u -m %uM \\\n"
		  "\t-drive file=%s.qcow2,if=virtio,format=qcow2,cache=none \\\n",
		  g->o->cpus, g->o->memory_mb, g->o->name);
	if (g->o->cdrom)
		text_addf(out, "\t-drive file=%s,if=ide,media=cdrom,format=raw -boot menu=off \\\n",
			  g->o->cdrom);
	if (g->o->bridge)
		text_addf(out, "\t-nic bridge,br=%s,model=virtio-net-pci \\\n", g->o->bridge);
	else
		text_add(out, "\t-nic user,model=virtio-net-pci \\\n");
	text_add(out, "\t-device virtio-rng-pci -serial mon:stdio\n");
}

void guest_qemu(const struct guest *g, const char *part, struct text *out)
{
	bool all = !strcmp(part, "all");

	guest_heading(g, "# ", "", out);
	text_addf(out, "# Run %s. Its console is this terminal; ctrl-a x ends it.\n",
		  g->o->level == 1 ? "on this machine" : "inside of L1");
	if (!g->o->cdrom)
		text_add(out, "# A new disk is empty. To install a system on it, name a medium: "
			      "--cdrom ISO\n");
	if (g->o->bridge)
		text_addf(out,
			  "# /etc/qemu/bridge.conf has to contain: allow %s\n"
			  "# (/etc/qemu-kvm/ on Fedora and RHEL)\n",
			  g->o->bridge);
	if (all || !strcmp(part, "disk"))
		disk(g, out);
	if (all || !strcmp(part, "run"))
		run(g, out);
}
