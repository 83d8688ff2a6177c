// SPDX-License-Identifier: GPL-2.0-only
/*
 * What forbids nesting outside of <cpu>: launch security, the domain's type, machine and arch, and
 * Hyper-V's enlightenments with which QEMU does not start.
 *
 * Checked in the sources, and no reason to say anything:
 * - <vmport>: Linux asks the port only if DMI says VMware (arch/x86/kernel/cpu/vmware.c).
 * - <kvm><hidden>, feature 'hypervisor' disabled: they hide KVM, and change no VMX or SVM bit.
 * - migratable, on or off: it decides on invtsc (QEMU target/i386/cpu.c, .unmigratable_flags).
 * - check='partial' and 'full' refuse to start what is missing, as they should; the default of
 *   host-passthrough is 'none' (libvirt src/qemu/qemu_domain.c).
 * - mode='maximum': with KVM the same as host-passthrough (formatdomain, "CPU model and topology").
 * - <ioapic driver='qemu'>, <smm>, <pmu>, machines pc, q35 and microvm: they have the same CPU.
 * - <qemu:env>, <qemu:capabilities>, <qemu:override>: of devices, not of the CPU.
 */
#include <string.h>

#include "setup/xml/xml.h"

/*
 * tdx: the TDX module shows no VMX in a trust domain (QEMU target/i386/kvm/tdx.c offers none). sev: KVM
 * refuses in it (Linux arch/x86/kvm/svm/svm.c: __kvm_is_svm_supported()), and L0 cannot read an
 * encrypted VMCB. s390-pv: IBM's Secure Execution, on s390x. libvirt: formatdomain, "Launch Security".
 */
static const struct {
	const char *type, *why;
} securities[] = {
	{ "tdx", "makes it a TDX guest, to which the TDX module shows no VMX" },
	{ "sev", "makes it an SEV guest, whose memory the host cannot read: SVM does not work in "
		 "it, and KVM refuses there" },
	{ "sev-snp", "makes it an SEV-SNP guest, whose memory the host cannot read: SVM does not "
		     "work in it, and KVM refuses there" },
	{ "s390-pv", "makes it a guest of Secure Execution on s390x, which has neither VMX nor "
		     "SVM" },
};

static bool check_security(const struct domain_xml *d, const struct xml_options *o,
			   struct text *why)
{
	const char *reason = "makes it a confidential guest, and none is known that can nest";

	(void)o;
	if (!d->security_element && !*d->security)
		return true;
	for (size_t i = 0; i < sizeof(securities) / sizeof(securities[0]); i++)
		if (!strcmp(d->security, securities[i].type))
			reason = securities[i].why;
	if (d->security_element)
		text_addf(why, "<launchSecurity type='%s'> ", d->security);
	else
		text_addf(why, "The -object for '%s' in <qemu:arg> (as <launchSecurity>) ",
			  d->security);
	text_addf(why, "%s. It cannot nest: use a guest without launch security.", reason);
	return false;
}

/*
 * xen: libvirt src/libxl/libxl_conf.c, nested_hvm. hvf: QEMU target/i386/hvf/x86_cpuid.c. Others have
 * an own kind of setup guest.
 */
static const struct {
	const char *type, *what;
} types[] = {
	{ "xen", "on Xen, <cpu mode='host-passthrough'> turns nested HVM on, which Xen calls "
		 "experimental" },
	{ "lxc", "a container has no CPU of its own, but its host's, and needs /dev/kvm of that" },
	{ "openvz", "a container has no CPU of its own, but its host's, and needs /dev/kvm of "
		    "that" },
	{ "hvf", "Apple's Hypervisor.framework gives its guests no VMX" },
	{ "vmware", "see nestcheck setup guest --for vmware" },
	{ "hyperv", "see nestcheck setup guest --for hyperv" },
	{ "vbox", "see nestcheck setup guest --for virtualbox" },
};

static bool check_type(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	const char *what = NULL;
	bool passthrough = !strcmp(xml_mode(d, o), "host-passthrough");

	if (!strcmp(d->type, "kvm"))
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(d->type, types[i].type))
			what = types[i].what;
	if (strcmp(d->type, "qemu") != 0) {
		text_addf(why,
			  "The domain's type is '%s'; nesting is only set up for KVM "
			  "(type='kvm')",
			  d->type);
		text_addf(why, "%s%s.", what ? ": " : "", what ? what : "");
		return false;
	}
	if (strcmp(o->feature, "vmx") != 0 && !passthrough)
		return true;
	text_add(why, "The domain's type is 'qemu': the CPU is emulated");
	if (!strcmp(o->feature, "vmx"))
		text_add(why, ", and QEMU's emulation has no VMX. ");
	else
		text_add(why, ", and libvirt has host-passthrough only with KVM. ");
	text_add(why, XML_FALLBACK);
	if (strcmp(o->feature, "vmx") != 0)
		text_add(why, " To emulate on purpose: mode 'maximum'.");
	return false;
}

static bool check_arch(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	if (!*d->arch || !strcmp(d->arch, "x86_64") || !strcmp(d->arch, "i686"))
		return true;
	text_addf(why, "The domain is for %s, which has no %s.", d->arch, o->feature);
	return false;
}

/* QEMU hw/i386/isapc.c: isapc_machine_options(), pc_init_isa(); hw/i386/pc_piix.c: xenfv. */
static bool check_machine(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	(void)o;
	if (!strcmp(d->machine, "isapc"))
		text_add(why,
			 "Machine 'isapc' is for 32-bit CPUs, none with VMX or SVM: newer QEMU "
			 "takes a Pentium III instead of the host's CPU. Use q35 or pc.");
	else if (!strncmp(d->machine, "xenfv", 5) || !strcmp(d->machine, "xenpv"))
		text_addf(why, "Machine '%s' is Xen's: KVM has q35 and pc.", d->machine);
	else
		return true;
	return false;
}

/*
 * QEMU docs/system/i386/hyperv.rst: evmcs is Intel's, and requires vapic; else QEMU ends with "not
 * supported by kernel", or "requires" (target/i386/kvm/kvm.c).
 */
static bool check_enlightenments(const struct domain_xml *d, const struct xml_options *o,
				 struct text *why)
{
	if (!(d->marks & XML_EVMCS) || d->marks & XML_HYPERV_ALL)
		return true;
	if (!strcmp(o->feature, "svm"))
		text_add(why, "<evmcs> in <hyperv> is for Intel CPUs: on AMD QEMU does not start "
			      "with it. Remove it.");
	else if (!(d->marks & XML_VAPIC))
		text_add(why, "<evmcs> in <hyperv> requires <vapic state='on'/> there: QEMU does "
			      "not start without it.");
	else
		return true;
	return false;
}

bool xml_check_around(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	return check_security(d, o, why) && check_type(d, o, why) && check_arch(d, o, why) &&
	       check_machine(d, o, why) && check_enlightenments(d, o, why);
}
