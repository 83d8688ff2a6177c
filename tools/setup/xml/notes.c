// SPDX-License-Identifier: GPL-2.0-only
/*
 * Warnings about a domain that can nest: what makes nesting slow, lets it fail without a word, or keeps
 * Windows from starting as the guest's hypervisor.
 */
#include <string.h>

#include "setup/xml/xml.h"

struct note {
	const struct domain_xml *d;
	const char *mode; /* the CPU's, after the change */
	bool vmx;
	struct text *out;
};

static void emulated(const struct note *n)
{
	if (!strcmp(n->d->type, "qemu"))
		text_add(n->out, "\nThe type is 'qemu', so the CPU is emulated: nesting works, but "
				 "slowly. " XML_FALLBACK);
}

static void running(const struct note *n)
{
	if (n->d->running)
		text_add(n->out, "\nIt is the XML of a running domain, with values that libvirt "
				 "filled in: virsh dumpxml --inactive is better.");
}

/* libvirt's formatdomain, "CPU model and topology": check, policy. */
static void unchecked(const struct note *n)
{
	const struct domain_xml *d = n->d;
	bool forced = d->matching && d->has_policy && !strcmp(d->policy, "force");

	if (xml_has_all(n->mode) || d->own_cpu)
		return;
	if (d->marks & XML_UNCHECKED)
		text_addf(n->out,
			  "\nWith check='none' the guest starts without '%s' if the host has "
			  "none, and only QEMU's log says so; check='partial' refuses.",
			  d->feature);
	else if (forced)
		text_addf(n->out,
			  "\nWith policy 'force' the guest starts without '%s' if the host has "
			  "none; 'require' refuses.",
			  d->feature);
}

static void no_paging(const struct note *n)
{
	const struct xml_model *m = xml_find_model(n->d->model);

	if (m && m->what == XML_NO_PAGING && xml_is_custom(n->d) && !(n->d->marks & XML_PAGING))
		text_addf(n->out,
			  "\nQEMU's model '%s' has no %s, so that guests of this guest are very "
			  "slow; mode='host-passthrough' has it.",
			  n->d->model, n->vmx ? "EPT" : "NPT");
}

static void spoilt(const struct note *n)
{
	const char *name = n->d->spoilt;

	if (name && (!strncmp(name, "vmx-", 4) ? n->vmx : strcmp(name, "npt") != 0 || !n->vmx))
		text_addf(n->out,
			  "\nFeature '%s' is turned off; without it the guest's hypervisor refuses "
			  "or is very slow.",
			  name);
}

/* QEMU target/i386/host-cpu.c: it warns if the bits are not the host's. */
static void own_phys_bits(const struct note *n)
{
	if (n->d->marks & XML_OWN_PHYS_BITS)
		text_add(n->out,
			 "\n<maxphysaddr mode='emulate'> gives the guest another number of "
			 "address bits than the host's, by which its hypervisor checks page "
			 "tables; mode='passthrough' gives the host's.");
}

#define SET "nestcheck setup guest --for libvirt --os windows has what nesting needs."

/*
 * Windows with Hyper-V, which WSL2 and Docker Desktop use. QEMU docs/system/i386/hyperv.rst, stimer-direct:
 * nested Hyper-V uses its timers only in that mode. TSX: cilium/ebpf#1816.
 */
static void windows(const struct note *n)
{
	const struct xml_model *m = xml_find_model(n->d->model);
	unsigned int marks = n->d->marks, both = XML_NO_HLE | XML_NO_RTM;
	bool tsx = !xml_is_custom(n->d) || xml_has_all(n->mode) ||
		   (m && m->what == XML_TSX && !strstr(n->d->model, "noTSX"));

	if (!(marks & (XML_WINDOWS | XML_HYPERV)))
		return;
	if (!(marks & XML_HYPERV))
		text_add(n->out,
			 "\nWindows runs slowly without Hyper-V's enlightenments (<hyperv>): "
			 "" SET);
	else if (!(marks & (XML_DIRECT_TIMERS | XML_HYPERV_ALL)))
		text_add(n->out,
			 "\nHyper-V inside of this guest (WSL2, Docker Desktop) uses timers "
			 "only in direct mode: <stimer state='on'><direct state='on'/>"
			 "</stimer> in <hyperv>, with synic and vpindex. " SET);
	if (n->vmx && tsx && (marks & both) != both)
		text_add(
			n->out,
			"\nIf Windows does not start any more once Hyper-V is on: that is "
			"reported of CPUs with TSX, until features 'hle' and 'rtm' are disabled in "
			"<cpu>.");
}

void xml_notes(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	const struct note n = {
		.d = d,
		.mode = xml_mode(d, o),
		.vmx = !strcmp(d->feature, "vmx"),
		.out = why,
	};

	emulated(&n);
	running(&n);
	unchecked(&n);
	no_paging(&n);
	spoilt(&n);
	own_phys_bits(&n);
	windows(&n);
}
