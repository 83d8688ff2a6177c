// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest for libvirt: the domain as XML, only its <cpu> element, or a virt-install command.
 *
 * libvirt: docs/formatdomain.rst; virt-install(1). tests/setup/guest checks them with
 * virt-xml-validate, virsh and virt-install.
 */
#include <string.h>

#include "setup/guest/guest.h"

/* libvirt's pool `default`; its security drivers let QEMU open files there. */
#define IMAGES "/var/lib/libvirt/images"

static void network(const struct guest *g, struct text *out)
{
	if (g->o->bridge)
		text_addf(out,
			  "    <interface type='bridge'>\n"
			  "      <source bridge='%s'/>\n",
			  g->o->bridge);
	else
		text_add(out, "    <interface type='network'>\n"
			      "      <source network='default'/>\n");
	text_add(out, "      <model type='virtio'/>\n"
		      "    </interface>\n");
}

static void devices(const struct guest *g, struct text *out)
{
	text_addf(out,
		  "  <devices>\n"
		  "    <disk type='file' device='disk'>\n"
		  "      <driver name='qemu' type='qcow2' cache='none'/>\n"
		  "      <source file='" IMAGES "/%s.qcow2'/>\n"
		  "      <target dev='vda' bus='virtio'/>\n"
		  "    </disk>\n",
		  g->o->name);
	if (g->o->cdrom)
		text_addf(out,
			  "    <disk type='file' device='cdrom'>\n"
			  "      <driver name='qemu' type='raw'/>\n"
			  "      <source file='%s'/>\n"
			  "      <target dev='sda' bus='sata'/>\n"
			  "      <readonly/>\n"
			  "    </disk>\n",
			  g->o->cdrom);
	network(g, out);
	text_add(out, "    <serial type='pty'/>\n"
		      "    <console type='pty'/>\n"
		      "    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>\n"
		      "    <video>\n"
		      "      <model type='vga'/>\n"
		      "    </video>\n"
		      "    <rng model='virtio'>\n"
		      "      <backend model='random'>/dev/urandom</backend>\n"
		      "    </rng>\n"
		      "  </devices>\n");
}

static void domain(const struct guest *g, struct text *out)
{
	text_addf(out,
		  "<domain type='%s'>\n"
		  "  <name>%s</name>\n"
		  "  <memory unit='MiB'>%u</memory>\n"
		  "  <vcpu placement='static'>%u</vcpu>\n"
		  "  <os>\n"
		  "    <type arch='x86_64' machine='q35'>hvm</type>\n"
		  "    <boot dev='hd'/>\n",
		  g->tcg ? "qemu" : "kvm", g->o->name, g->o->memory_mb, g->o->cpus);
	if (g->o->cdrom)
		text_add(out, "    <boot dev='cdrom'/>\n");
	text_add(out, "  </os>\n"
		      "  <features>\n"
		      "    <acpi/>\n"
		      "    <apic/>\n"
		      "  </features>\n");
	guest_cpu_libvirt(g, "  ", out);
	text_add(out, "  <clock offset='utc'/>\n");
	devices(g, out);
	text_add(out, "</domain>\n");
}

/*
 * A value in a comment, where XML allows no "--" (XML 1.0, section 2.5). In the shell, for which it
 * is meant there, -\- is the same.
 */
static void in_comment(struct text *out, const char *value)
{
	for (const char *s = value; *s; s++) {
		if (s > value && *s == '-' && s[-1] == '-')
			text_add(out, "\\");
		text_addf(out, "%c", *s);
	}
}

void guest_libvirt(const struct guest *g, const char *part, struct text *out)
{
	if (!strcmp(part, "cpu")) {
		guest_cpu_libvirt(g, "", out);
		return;
	}
	if (!strcmp(part, "baseline")) {
		guest_cpu_baseline(g, out);
		return;
	}
	guest_heading(g, "<!-- ", " -->", out);
	text_addf(out,
		  "<!-- Its disk: qemu-img create -f qcow2 -o preallocation=%s \\\n"
		  "       " IMAGES "/",
		  guest_preallocation(g->o));
	in_comment(out, g->o->name);
	text_addf(out, ".qcow2 %uG\n     Then: virsh define FILE && virsh start ", g->o->disk_gb);
	in_comment(out, g->o->name);
	text_add(out, " -->\n");
	domain(g, out);
}

/* A shell command; names need no quotes in it (guest_options_ok). */
void guest_virt_install(const struct guest *g, const char *part, struct text *out)
{
	(void)part;
	guest_heading(g, "# ", "", out);
	if (!g->o->cdrom)
		text_addf(out,
			  "# %s.qcow2 has to contain a system. To install one, replace --import\n"
			  "# by --cdrom FILE.iso or --location URL, or use nestcheck setup "
			  "script.\n",
			  g->o->name);
	text_addf(out,
		  "virt-install --name %s \\\n"
		  "\t--virt-type %s --arch x86_64 --machine q35 --memory %u --vcpus %u \\\n"
		  "\t--cpu ",
		  g->o->name, g->tcg ? "qemu" : "kvm", g->o->memory_mb, g->o->cpus);
	guest_cpu_virt_install(g, out);
	text_addf(out,
		  " \\\n"
		  "\t--disk path=" IMAGES "/%s.qcow2,size=%u,\\\n"
		  "format=qcow2,bus=virtio,cache=none%s \\\n"
		  "\t--network %s%s,model=virtio \\\n"
		  "\t--graphics vnc,listen=127.0.0.1 --noautoconsole \\\n"
		  "\t--osinfo detect=on,require=off ",
		  g->o->name, g->o->disk_gb, guest_falloc(g->o) ? ",sparse=no" : "",
		  g->o->bridge ? "bridge=" : "network=", g->o->bridge ? g->o->bridge : "default");
	if (g->o->cdrom)
		text_addf(out, "--cdrom %s\n", g->o->cdrom);
	else
		text_add(out, "--import\n");
}
