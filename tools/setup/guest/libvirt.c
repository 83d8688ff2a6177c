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

/*
 * For Windows as a hypervisor: Hyper-V itself, WSL2, Docker Desktop. QEMU
 * docs/system/i386/hyperv.rst: what it recommends, without crash, reset and syndbg, what depends on
 * the host (avic), and what libvirt 9.0 does not know (emsr_bitmap, xmm_input, tlbflush's direct and
 * extended modes). Nested are reenlightenment with frequencies, evmcs on Intel with vapic, and
 * stimer's direct mode, for which synic, vpindex and the hypervclock have to be there.
 */
static void hyperv(const struct guest *g, struct text *out)
{
	text_add(out, "    <hyperv>\n"
		      "      <relaxed state='on'/>\n"
		      "      <vapic state='on'/>\n"
		      "      <spinlocks state='on' retries='8191'/>\n"
		      "      <vpindex state='on'/>\n"
		      "      <runtime state='on'/>\n"
		      "      <synic state='on'/>\n"
		      "      <stimer state='on'>\n"
		      "        <direct state='on'/>\n"
		      "      </stimer>\n"
		      "      <frequencies state='on'/>\n"
		      "      <reenlightenment state='on'/>\n"
		      "      <tlbflush state='on'/>\n"
		      "      <ipi state='on'/>\n");
	if (!strcmp(g->feature, "vmx"))
		text_add(out, "      <evmcs state='on'/>\n");
	text_add(out, "    </hyperv>\n");
}

/* libvirt's formatdomain, "Time keeping": Windows expects local time. */
static void windows_clock(struct text *out)
{
	text_add(out, "  <clock offset='localtime'>\n"
		      "    <timer name='rtc' tickpolicy='catchup'/>\n"
		      "    <timer name='pit' tickpolicy='delay'/>\n"
		      "    <timer name='hpet' present='no'/>\n"
		      "    <timer name='hypervclock' present='yes'/>\n"
		      "  </clock>\n");
}

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
	text_addf(out,
		  "      <model type='%s'/>\n"
		  "    </interface>\n",
		  g->windows ? "e1000e" : "virtio");
}

static void devices(const struct guest *g, struct text *out)
{
	text_addf(out,
		  "  <devices>\n"
		  "    <disk type='file' device='disk'>\n"
		  "      <driver name='qemu' type='qcow2' cache='none'/>\n"
		  "      <source file='" IMAGES "/%s.qcow2'/>\n"
		  "      <target dev='%s'/>\n"
		  "    </disk>\n",
		  g->o->name, g->windows ? "sda' bus='sata" : "vda' bus='virtio");
	if (g->o->cdrom)
		text_addf(out,
			  "    <disk type='file' device='cdrom'>\n"
			  "      <driver name='qemu' type='raw'/>\n"
			  "      <source file='%s'/>\n"
			  "      <target dev='%s' bus='sata'/>\n"
			  "      <readonly/>\n"
			  "    </disk>\n",
			  g->o->cdrom, g->windows ? "sdb" : "sda");
	/* Windows 11 does not install without a TPM 2.0. */
	if (g->windows)
		text_add(out, "    <tpm model='tpm-crb'>\n"
			      "      <backend type='emulator' version='2.0'/>\n"
			      "    </tpm>\n");
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
		  "  <os%s>\n"
		  "    <type arch='x86_64' machine='q35'>hvm</type>\n"
		  "    <boot dev='hd'/>\n",
		  g->tcg ? "qemu" : "kvm", g->o->name, g->o->memory_mb, g->o->cpus,
		  g->windows ? " firmware='efi'" : "");
	if (g->o->cdrom)
		text_add(out, "    <boot dev='cdrom'/>\n");
	text_add(out, "  </os>\n"
		      "  <features>\n"
		      "    <acpi/>\n"
		      "    <apic/>\n");
	if (g->windows)
		hyperv(g, out);
	text_add(out, "  </features>\n");
	guest_cpu_libvirt(g, "  ", out);
	if (g->windows)
		windows_clock(out);
	else
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
	if (!g->o->cdrom)
		text_add(out, "<!-- A new disk is empty. To install a system: setup "
			      "guest's option cdrom -->\n");
	if (g->windows)
		text_add(out, "<!-- Needs swtpm and OVMF here. In Windows, as administrator:\n"
			      "     Enable-WindowsOptionalFeature -Online -All -FeatureName "
			      "Microsoft-Hyper-V;\n"
			      "     for WSL2 and Docker Desktop: VirtualMachinePlatform.\n"
			      "     Its disk and network card need no drivers; virtio, which is "
			      "faster, has\n"
			      "     those of virtio-win. -->\n");
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
