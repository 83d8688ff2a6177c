// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows about nesting itself: the CPU's flags, the module, its parameters compared with the
 * hardware's capabilities (MSR 0x48B and 0x485), and /dev/kvm.
 */
#include "setup/check/check.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/other_kvm.h"

static const char *word(enum tri t)
{
	return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "?";
}

/* What has to be done on the level below this machine: with a domain only where libvirt may be. */
static void remedy_below(const struct check *c, const char *feature, struct check_row *row)
{
	if (strcmp(c->below, "KVM") != 0 && strcmp(c->below, "QEMU") != 0)
		check_remedy(row,
			     "The level below, %s, has to give it to this VM: nestcheck diagnose "
			     "says how. It needs %s.",
			     c->below, feature);
	else
		check_remedy(row,
			     "The level below has to give it to this VM. There, run nestcheck "
			     "setup host, then nestcheck setup xml on its domain (or setup guest); "
			     "then power this VM off and on again. It needs %s.",
			     feature);
}

/* The kernel refuses its module, and there is no /dev/kvm, without it. */
static bool lacks_feature(const struct check *c)
{
	enum tri seen = c->r->facts.kernel.virt_flag;

	return (seen ? seen : c->r->caps[*c->feature == 'v' ? CAP_VMX : CAP_SVM]) == TRI_NO;
}

/* The kernel's flag; if it was not recorded, the capability by CPUID and the registers. */
static void flag(const struct check *c, struct check_row *row, const char *name, enum tri seen,
		 enum cap cap)
{
	enum tri there = seen ? seen : c->r->caps[cap];

	row->state = check_state_of(there);
	check_value(row, "%s: %s%s", name, word(there),
		    there != seen ? ", by the CPU's registers" : "");
}

static void look_flag(const struct check *c, struct check_row *row)
{
	flag(c, row, c->feature, c->r->facts.kernel.virt_flag,
	     *c->feature == 'v' ? CAP_VMX : CAP_SVM);
	if (c->guest)
		remedy_below(c, c->feature, row);
	else
		check_remedy(row,
			     "The CPU lacks %s, or it is off in the firmware's setup: nestcheck "
			     "diagnose says which.",
			     c->feature);
}

static void look_paging_flag(const struct check *c, struct check_row *row)
{
	flag(c, row, c->paging, c->x->paging_flag, *c->paging == 'e' ? CAP_EPT : CAP_NPT);
	if (c->guest)
		remedy_below(c, c->paging, row);
	else
		check_remedy(row,
			     "Nested guests run without %s, but very slowly. Only another CPU "
			     "helps.",
			     c->paging);
}

static void look_module(const struct check *c, struct check_row *row)
{
	const struct kernel_facts *k = &c->r->facts.kernel;
	const char *file = kv_get(&k->module_files, c->module);
	const char *other = other_kvm(&c->r->facts);
	enum tri there = TRI_UNKNOWN;

	if (kernel_module(k, c->module))
		there = TRI_YES;
	else if (k->modules_known == TRI_YES)
		there = TRI_NO;
	row->state = check_state_of(there);
	check_value(row, "%s: %s%s%.14s", c->module,
		    there == TRI_YES ? "loaded" :
		    there == TRI_NO  ? "not loaded" :
				       "?",
		    other ? ", but " : "", other ? other : "");
	if (other)
		check_remedy(row,
			     "/dev/kvm is of %s, whose guests run but cannot nest. %s needs %s of "
			     "the CPU: nestcheck diagnose says whether it is there.",
			     other, c->module, c->feature);
	else if (file && !strcmp(file, "absent"))
		check_remedy(row, "This kernel has no %s: install one that has.", c->module);
	else if (lacks_feature(c))
		check_remedy(row, "%s needs %s of the CPU first: see above.", c->module,
			     c->feature);
	else
		check_remedy(row,
			     "modprobe %s (nestcheck load does it with nesting on, and says "
			     "why if the kernel refuses).",
			     c->module);
}

/* A parameter: known only while the module is loaded. */
static enum tri parameter(const struct check *c, const char *name)
{
	return kvm_parameter(c->r, name);
}

static void look_nested(const struct check *c, struct check_row *row)
{
	const char *file = kv_get(&c->r->facts.kernel.module_files, c->module);
	enum tri nested = parameter(c, "nested");

	row->state = check_state_of(nested);
	check_value(row, "nested = %s",
		    nested == TRI_YES ? "Y" :
		    nested == TRI_NO  ? "N" :
					"? (is the module loaded?)");
	if (file && !strcmp(file, "builtin"))
		check_remedy(row,
			     "%s is built into the kernel: %s.nested=1 has to be on the kernel's "
			     "command line. nestcheck setup host names the file for that.",
			     c->module, c->module);
	else
		check_remedy(row,
			     "nestcheck setup host writes it to modprobe.d and reloads %s, or says "
			     "where it lasts.",
			     c->module);
}

/* The hardware's capability and the module's parameter: the howto reads both. */
static void compare_parameter(const struct check *c, struct check_row *row, enum cap cap,
			      const char *name)
{
	enum tri cpu = c->r->caps[cap], on = parameter(c, name);

	check_value(row, "CPU %s, %s = %s", word(cpu), name,
		    on == TRI_YES ? "Y" :
		    on == TRI_NO  ? "N" :
				    "?");
	/* KVM clears the parameter if the CPU lacks the capability: Y means both. */
	if (on == TRI_YES)
		row->state = CHECK_OK;
	else if (cpu == TRI_NO || on == TRI_NO)
		row->state = CHECK_NO;
	if (cpu == TRI_NO && c->guest)
		check_remedy(row, "The level below does not give it to this VM.");
	else if (cpu == TRI_NO)
		check_remedy(row, "This CPU does not have it.");
	else if (on == TRI_NO)
		check_remedy(row,
			     "Remove %s=0 from modprobe.d and the kernel's command line, or add "
			     "'options %s %s=1'; then reload %s.",
			     name, c->module, name, c->module);
}

static void look_ept(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_EPT, "ept");
}

static void look_npt(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_NPT, "npt");
}

static void look_shadow_vmcs(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_SHADOW_VMCS, "enable_shadow_vmcs");
}

static void look_apicv(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_APICV, "enable_apicv");
}

static void look_avic(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_AVIC, "avic");
}

static void look_vgif(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_VGIF, "vgif");
}

static void look_vls(const struct check *c, struct check_row *row)
{
	compare_parameter(c, row, CAP_VLS, "vls");
}

static void look_device(const struct check *c, struct check_row *row)
{
	switch (c->r->facts.kvm.device) {
	case KVM_DEVICE_PRESENT:
		row->state = CHECK_OK;
		check_value(row, "there, and usable");
		break;
	case KVM_DEVICE_ABSENT:
		row->state = CHECK_NO;
		check_value(row, "not there");
		if (lacks_feature(c))
			check_remedy(row, "It needs %s of the CPU first: see above.", c->feature);
		else if (c->r->facts.kernel.container)
			check_remedy(row, "This container has to be given it: nestcheck diagnose "
					  "says how.");
		else
			check_remedy(
				row,
				"Loading the module creates it: modprobe %s. A container has to "
				"be given it (--device /dev/kvm).",
				c->module);
		break;
	case KVM_DEVICE_DENIED:
		row->state = CHECK_NO;
		check_value(row, "there, but not for this user");
		check_remedy(row,
			     "usermod -aG kvm USER (the group that owns /dev/kvm), then log in "
			     "again.");
		break;
	default:
		check_value(row, "?");
	}
}

static void look_offered(const struct check *c, struct check_row *row)
{
	enum tri seen = c->r->facts.kvm.nested_cpuid;
	/* kvm_intel and kvm_amd announce it if and only if nested is on (vmx.c, vmx_set_cpu_caps()). */
	enum tri offered = seen ? seen : parameter(c, "nested");

	row->state = check_state_of(offered);
	check_value(row, "%s: %s%s", c->feature, word(offered),
		    offered != seen ? ", by the parameter nested" : "");
	check_remedy(
		row,
		"KVM has to be loaded with nested=1, and /dev/kvm has to be usable: see above.");
}

const struct check_look check_nesting[] = {
	{ "cpu", "/proc/cpuinfo", CHECK_ANY, true, look_flag, false },
	{ "cpu", "/proc/cpuinfo, paging", CHECK_ANY, true, look_paging_flag, false },
	{ "module", "module", CHECK_ANY, true, look_module, false },
	{ "module", "nesting", CHECK_ANY, true, look_nested, true },
	{ "module", "EPT", CHECK_INTEL, true, look_ept, false },
	{ "module", "shadow VMCS", CHECK_INTEL, false, look_shadow_vmcs, false },
	{ "module", "APIC virtualization", CHECK_INTEL, false, look_apicv, false },
	{ "module", "NPT", CHECK_AMD, true, look_npt, false },
	{ "module", "virtual GIF", CHECK_AMD, false, look_vgif, false },
	{ "module", "virtual VMLOAD/VMSAVE", CHECK_AMD, false, look_vls, false },
	{ "module", "AVIC", CHECK_AMD, false, look_avic, false },
	{ "kvm", "/dev/kvm", CHECK_ANY, true, look_device, false },
	{ "kvm", "KVM gives its guests", CHECK_ANY, true, look_offered, true },
	{ NULL, NULL, CHECK_ANY, false, NULL, false },
};
