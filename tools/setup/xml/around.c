// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a domain says outside of <cpu>'s mode and model, and what concerns nesting there: marks, by the
 * path below <domain>. libvirt: docs/formatdomain.rst, "Hypervisor features", "Launch Security".
 */
#include <string.h>

#include "setup/xml/reader.h"

/* libosinfo's names of systems, in <libosinfo:os id='...'> (virtinst/guest.py). */
#define WINDOWS "http://microsoft.com/win"

static const struct {
	const char *path, *attribute, *value;
	unsigned int marks;
} rows[] = {
	{ "/features/hyperv", "mode", "passthrough", XML_HYPERV | XML_HYPERV_ALL },
	{ "/features/hyperv", "mode", "host-model", XML_HYPERV | XML_HYPERV_ALL },
	{ "/features/hyperv/vapic", "state", "on", XML_VAPIC },
	{ "/features/hyperv/evmcs", "state", "on", XML_EVMCS },
	{ "/features/hyperv/stimer/direct", "state", "on", XML_DIRECT_TIMERS },
	{ "/cpu", "check", "none", XML_UNCHECKED },
	{ "/cpu/maxphysaddr", "mode", "emulate", XML_OWN_PHYS_BITS },
	{ "/clock/timer", "name", "hypervclock", XML_WINDOWS },
};

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static bool is(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

/* Features that KVM or Hyper-V in the guest miss, if the domain turns them off. */
static void read_disabled(struct domain_xml *d, const char *name)
{
	/*
	 * No paging or VPID for the guest's own guests; kvm_amd refuses without NX, and kvm_intel
	 * without NX and EPT (Linux arch/x86/kvm/svm/svm.c, vmx/vmx.c: hardware_setup()).
	 */
	static const char *const needed[] = { "vmx-ept",  "vmx-unrestricted-guest",
					      "vmx-vpid", "npt",
					      "nx",	  "lm" };

	if (!strcmp(name, "hle"))
		d->marks |= XML_NO_HLE;
	if (!strcmp(name, "rtm"))
		d->marks |= XML_NO_RTM;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!d->spoilt && !strcmp(name, needed[i]))
			d->spoilt = needed[i];
}

void xml_read_around(struct reader *rd, const char **atts)
{
	struct domain_xml *d = rd->d;
	const char *path = rd->path, *id = xml_attribute(atts, "id");
	const char *policy = xml_attribute(atts, "policy"), *name = xml_attribute(atts, "name");

	/* A timer with present='no' is as good as none. */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(path, rows[i].path) && !is(xml_attribute(atts, "present"), "no") &&
		    is(xml_attribute(atts, rows[i].attribute), rows[i].value))
			d->marks |= rows[i].marks;
	if (begins(path, "/features/hyperv/") && is(xml_attribute(atts, "state"), "on"))
		d->marks |= XML_HYPERV;
	if (begins(path, "/metadata/") && id && begins(id, WINDOWS))
		d->marks |= XML_WINDOWS;
	if (!strcmp(path, "/os/type")) {
		xml_copy(d->arch, xml_attribute(atts, "arch"));
		xml_copy(d->machine, xml_attribute(atts, "machine"));
	}
	if (!strcmp(path, "/launchSecurity")) {
		d->security_element = true;
		xml_copy(d->security, xml_attribute(atts, "type"));
	}
	if (strcmp(path, "/cpu/feature") != 0 || !name)
		return;
	if (is(policy, "disable") || is(policy, "forbid"))
		read_disabled(d, name);
	else if (!strcmp(name, "vmx-ept") || !strcmp(name, "npt"))
		d->marks |= XML_PAGING;
}
