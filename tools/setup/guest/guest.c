// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of guests, the options that each takes, and the notes that are printed before a kind's
 * text (see setup.h).
 */
#include "setup/guest/guest.h"

#include <string.h>

#define PARTS_MAX     4
#define MAKER(vendor) (1u << (vendor))

/*
 * parts: its texts, the default first. cloud: another machine, so only L1, and no bridge. makers:
 * the CPU vendors on which it is documented to nest, 0 for all. note: printed on a CPU of note_for.
 */
struct guest_kind {
	const char *name;
	const char *parts[PARTS_MAX];
	bool cloud, tcg, preallocation, cdrom;
	unsigned int makers;
	const char *note;
	enum cpu_vendor note_for;
	void (*text)(const struct guest *g, const char *part, struct text *out);
};

static const struct guest_kind kinds[] = {
	{ .name = "libvirt",
	  .parts = { "domain", "cpu", "baseline" },
	  .tcg = true,
	  .preallocation = true,
	  .cdrom = true,
	  .text = guest_libvirt },
	{ .name = "virt-install",
	  .tcg = true,
	  .preallocation = true,
	  .cdrom = true,
	  .text = guest_virt_install },
	{ .name = "qemu",
	  .parts = { "all", "disk", "run" },
	  .tcg = true,
	  .preallocation = true,
	  .cdrom = true,
	  .text = guest_qemu },
	{ .name = "vagrant", .parts = { "nested", "cpu-feature" }, .text = guest_vagrant },
	/* VirtualBox 6.1's change log: nested VT-x; 6.0's: nested AMD-V. */
	{ .name = "virtualbox",
	  .cdrom = true,
	  .makers = MAKER(VENDOR_INTEL) | MAKER(VENDOR_AMD),
	  .note_for = VENDOR_INTEL,
	  .note = "On Intel CPUs this needs VirtualBox 6.1 or later.",
	  .text = guest_virtualbox },
	{ .name = "vmware",
	  .makers = MAKER(VENDOR_INTEL) | MAKER(VENDOR_AMD),
	  .text = guest_vmware },
	/* Microsoft's enable-nested-virtualization, "Prerequisites". */
	{ .name = "hyperv",
	  .cdrom = true,
	  .makers = MAKER(VENDOR_INTEL) | MAKER(VENDOR_AMD),
	  .note_for = VENDOR_AMD,
	  .note = "On AMD CPUs Hyper-V nests only on Windows 11 and Server 2022 or later, in VMs of "
		  "configuration version 9.3 or later (Update-VMVersion).",
	  .text = guest_hyperv },
	{ .name = "proxmox",
	  .parts = { "all", "node", "vm" },
	  .cdrom = true,
	  .text = guest_proxmox },
	{ .name = "gcp",
	  .cloud = true,
	  .note_for = VENDOR_AMD,
	  .note = "This machine has an AMD CPU. Google's AMD types cannot nest, so this uses an "
		  "Intel type.",
	  .text = guest_gcp },
	{ .name = "aws",
	  .cloud = true,
	  .note_for = VENDOR_AMD,
	  .note = "This machine has an AMD CPU. EC2's virtual AMD types cannot nest, so this uses "
		  "an Intel type.",
	  .text = guest_aws },
	{ .name = "azure", .cloud = true, .text = guest_azure },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *guest_kind_name(size_t i)
{
	return i < KINDS ? kinds[i].name : NULL;
}

static const struct guest_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (name && !strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* The chosen part; "" for a kind that has only one text; NULL if there is no such part. */
static const char *find_part(const struct guest_kind *k, const char *part)
{
	if (!part)
		return k->parts[0] ? k->parts[0] : "";
	for (size_t i = 0; i < PARTS_MAX && k->parts[i]; i++)
		if (!strcmp(k->parts[i], part))
			return k->parts[i];
	return NULL;
}

/* CPUs and memory as in the howtos. Disks: large enough, and L2's has to fit into L1's. */
void guest_defaults(struct guest_options *o)
{
	bool l1 = o->level == 1, windows = guest_is_windows(o);

	if (!o->name)
		o->name = l1 ? "regular-guest" : "nested-guest";
	if (!o->cpus)
		o->cpus = l1 ? 4 : 2;
	if (!o->memory_mb)
		o->memory_mb = windows ? 8192 : l1 ? 5120 : 2048;
	if (!o->disk_gb)
		o->disk_gb = windows ? 80 : l1 ? 40 : 10;
	if (!o->cpu)
		o->cpu = "host-passthrough";
}

static bool kind_takes(const struct guest_kind *k, const struct guest_options *o, struct text *out)
{
	const char *not = NULL;

	if (k->cloud && o->level != 1)
		not = "--level l2: a guest inside a cloud's instance runs on KVM there: --for qemu, "
		      "libvirt or virt-install";
	else if (k->cloud && o->bridge)
		not = "--bridge: a cloud's network is no bridge";
	else if (o->cdrom && !k->cdrom)
		not = "--cdrom: it does not install from an ISO";
	else if (o->accel && !k->tcg && strcmp(o->accel, "kvm") != 0)
		not = "--accel: only libvirt, virt-install and qemu have it";
	else if (o->preallocation && !k->preallocation)
		not = "--preallocation: only libvirt, virt-install and qemu have it";
	else if (!strcmp(o->cpu, "host-model") && !strcmp(k->name, "qemu"))
		not = "--cpu host-model: only libvirt has it";
	else if (guest_is_windows(o) && strcmp(k->name, "libvirt") != 0)
		not = "--os windows: only libvirt has it";
	else if (guest_is_windows(o) && o->level != 1)
		not = "--os windows with --level l2: it is for L1, with Hyper-V";
	else if (guest_is_windows(o) && o->accel && strcmp(o->accel, "kvm") != 0)
		not = "--os windows with --accel tcg: QEMU has Hyper-V's enlightenments only with "
		      "KVM";
	else if (o->level != 1 && o->part && !strcmp(o->part, "node"))
		not = "--part node with --level l2: the node needs nesting only for L1";
	if (!not )
		return true;
	text_addf(out, "%s has no %s", k->name, not );
	return false;
}

/* Google: RFC 1035 labels; every name that we accept is a valid name of a Hyper-V switch. */
static bool kind_names(const struct guest_kind *k, const struct guest_options *o, struct text *out)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ._+";

	if (!strcmp(k->name, "gcp") &&
	    (strpbrk(o->name, upper) || strlen(o->name) > 63 || strchr("0123456789", o->name[0])))
		return guest_bad(
			out, "--name", o->name,
			"Google allows at most 63 lower-case letters, digits and -, a letter first");
	if ((!strcmp(k->name, "proxmox") || !strcmp(k->name, "azure")) && strpbrk(o->name, "_+"))
		return guest_bad(out, "--name", o->name,
				 "only letters, digits, . and - are allowed here");
	return true;
}

bool guest_options_ok(const struct guest_options *o, struct text *out)
{
	const struct guest_kind *k = find_kind(o->kind);

	if (!k) {
		guest_bad(out, "--for", o->kind ? o->kind : "", "");
		for (size_t i = 0; i < KINDS; i++) {
			const char *between = i + 1 < KINDS ? ", " : " or ";

			text_addf(out, "%s%s", i ? between : "", kinds[i].name);
		}
		return false;
	}
	if (!find_part(k, o->part)) {
		guest_bad(out, "--part", o->part, k->parts[0] ? "" : "this kind has only one text");
		for (size_t i = 0; i < PARTS_MAX && k->parts[i]; i++)
			text_addf(out, "%s%s", i ? ", " : "", k->parts[i]);
		return false;
	}
	return guest_common_ok(o, out) && kind_takes(k, o, out) && kind_names(k, o, out) &&
	       (!k->cloud || guest_cloud_fits(o, out));
}

/* A blocker of the machine; another user may be allowed to open /dev/kvm, such as libvirt's. */
static bool blocked(const struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].severity == SEVERITY_BLOCKER &&
		    strcmp(r->findings[i].id, "kvm-device-denied") != 0)
			return true;
	return false;
}

/* Microsoft's requirements of Hyper-V (SLAT: EPT or NPT) and of Windows 11 (memory). */
static void windows_notes(const struct report *r, const struct guest_options *o, struct text *out)
{
	enum cap slat = r->cpu.vendor == VENDOR_INTEL ? CAP_EPT : CAP_NPT;

	if (r->caps[slat] == TRI_NO)
		text_wrap(out, 0, NULL,
			  "Hyper-V needs EPT or NPT (SLAT), which this CPU lacks: Windows will "
			  "not run it.");
	if (o->memory_mb < 4096)
		text_wrap(out, 0, NULL,
			  "Windows 11 needs 4096 MiB of memory, and its guests need theirs: see "
			  "--memory.");
}

bool guest_notes(const struct report *r, const struct guest_options *o, struct text *out)
{
	const struct guest_kind *k = find_kind(o->kind);
	enum cpu_vendor vendor = r->cpu.vendor;
	/* A cloud uses another machine, a bridge does not depend on the CPU, nor does TCG. */
	bool here = (!k || !k->cloud) && strcmp(o->kind, "bridge") != 0 &&
		    !(o->accel && !strcmp(o->accel, "tcg"));

	if (here)
		setup_warn(r, out);
	if (k && o->level == 1 && k->note && k->note_for == vendor)
		text_wrap(out, 0, NULL, k->note);
	if (guest_is_windows(o))
		windows_notes(r, o, out);
	if (k && o->level == 1 && k->makers && !(k->makers & MAKER(vendor)))
		text_wrap(out, 0, NULL,
			  "This kind is documented to nest only on Intel and AMD CPUs; this CPU is "
			  "from another vendor.");
	if (k && !k->cloud && o->level == 1 && r->facts.memory_kb &&
	    o->memory_mb > r->facts.memory_kb / 1024)
		text_wrap(out, 0, NULL,
			  "The guest would have more memory than this machine: see --memory.");
	return !here || !blocked(r);
}

bool guest_text(const struct report *r, const struct guest_options *o, struct text *out)
{
	const struct guest_kind *k = find_kind(o->kind);
	const char *part = k ? find_part(k, o->part) : NULL;
	struct guest_options with = *o;
	struct guest g;

	if (!part) {
		text_add(out, "there is no such kind of guest, or no such part of it");
		return false;
	}
	/* vagrant-libvirt takes a cpu_feature only with a model: vagrant.c. */
	if (!strcmp(part, "cpu-feature") || !strcmp(part, "baseline"))
		with.cpu = "custom";
	if (k->cloud)
		g = (struct guest){ .r = r, .o = o, .cloud = true };
	else if (!guest_of(r, &with, &g, out))
		return false;
	k->text(&g, part, out);
	return true;
}
