// SPDX-License-Identifier: GPL-2.0-only
/*
 * The changes to a domain's <cpu> so that the guest has VMX or SVM, and the domains for which
 * libvirt or QEMU do not allow it.
 */
#include <string.h>

#include "setup/xml/xml.h"

/* One check: false if the domain is refused, with the reason in why. */
typedef bool check_function(const struct domain_xml *d, const struct xml_options *o,
			    struct text *why);

static bool check_own_cpu(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	if (d->own_cpu != XML_OWN_CPU_LACKS)
		return true;
	text_addf(why,
		  "The domain passes -cpu to QEMU (<qemu:arg>), which overrides <cpu>: add +%s "
		  "there, or remove it.",
		  o->feature);
	return false;
}

static bool check_shape(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	(void)o;
	if (!d->children)
		text_add(why, "The domain is empty.");
	else if (d->cpus > 1)
		text_addf(why, "The domain has %zu <cpu> elements; libvirt allows one.", d->cpus);
	else if (d->other_namespace)
		text_add(why, "<cpu> is in another XML namespace (xmlns): libvirt would not find "
			      "it.");
	else if (d->models > 1)
		text_addf(why, "<cpu> has %zu <model> elements; libvirt allows one.", d->models);
	else if (d->matching > 1)
		text_addf(why,
			  "<cpu> has feature '%s' %zu times; libvirt refuses that (\"specified "
			  "more than once\").",
			  o->feature, d->matching);
	else
		return true;
	return false;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static bool check_words(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	static const char *const modes[] = { "custom", "host-model", "host-passthrough", "maximum",
					     NULL };
	static const char *const policies[] = { "force",   "require", "optional",
						"disable", "forbid",  NULL };

	if (d->has_mode && !is_one_of(d->mode, modes)) {
		text_addf(why, "libvirt knows no CPU mode '%s'.", d->mode);
		return false;
	}
	if (d->has_policy && !is_one_of(d->policy, policies)) {
		text_addf(why, "libvirt knows no policy '%s' (feature '%s').", d->policy,
			  o->feature);
		return false;
	}
	return true;
}

static bool fits(const char *vendor, const char *feature)
{
	return !strcmp(vendor, "Intel") == !strcmp(feature, "vmx");
}

static bool check_vendor(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	const struct xml_model *m = xml_find_model(d->model);
	const char *vendor = m ? m->vendor : NULL;

	if (!xml_is_custom(d))
		return true;
	if (!*d->model && d->features) {
		text_add(why, "<cpu> has features and no <model>; libvirt refuses that. Give it a "
			      "model, or mode='host-passthrough'.");
		return false;
	}
	if (vendor && !fits(vendor, o->feature))
		text_addf(why, "Model '%s' is %s %s CPU and has no %s", d->model,
			  *vendor == 'H' ? "a" : "an", vendor, o->feature);
	else if (*d->vendor && !fits(d->vendor, o->feature))
		text_addf(why, "<vendor> requires a CPU of %s, which has no %s", d->vendor,
			  o->feature);
	else
		return true;
	text_add(why, ": the domain is for another host. Choose a model of this host's vendor, or "
		      "mode='host-passthrough'.");
	return false;
}

/*
 * libvirt src/cpu/cpu_x86.c, x86Compute(): "Host CPU does not provide required features", unless
 * nothing is checked, as for host-passthrough (src/qemu/qemu_process.c,
 * qemuProcessUpdateGuestCPU()). vagrant-libvirt/vagrant-libvirt#667.
 */
static bool check_other(const struct domain_xml *d, const struct xml_options *o, struct text *why)
{
	const char *other = !strcmp(o->feature, "vmx") ? "svm" : "vmx";

	if (!d->other_required || d->own_cpu || xml_has_all(d->mode) || (d->marks & XML_UNCHECKED))
		return true;
	text_addf(why,
		  "Feature '%s' is required, which no host with %s has: libvirt refuses to start "
		  "the domain there. Remove that <feature>, or give it policy='optional'.",
		  other, o->feature);
	return false;
}

/*
 * The guest's kernel looks at the vendor before it looks at the feature: Linux
 * arch/x86/kvm/svm/svm.c, __kvm_is_svm_supported(); arch/x86/kernel/cpu/feat_ctl.c, which only
 * the setup code of these vendors calls. libvirt ignores it for host-passthrough
 * (src/conf/cpu_conf.c, virCPUDefParseXML()).
 */
static bool check_vendor_id(const struct domain_xml *d, const struct xml_options *o,
			    struct text *why)
{
	static const char *const with_vmx[] = { "GenuineIntel", "CentaurHauls", "  Shanghai  ",
						NULL };
	static const char *const with_svm[] = { "AuthenticAMD", "HygonGenuine", NULL };
	bool vmx = !strcmp(o->feature, "vmx");

	if (!*d->vendor_id || d->own_cpu || xml_has_all(d->mode) ||
	    is_one_of(d->vendor_id, vmx ? with_vmx : with_svm))
		return true;
	text_addf(
		why,
		"<model vendor_id='%s'> shows the guest a vendor whose CPUs have no %s: its kernel "
		"then does not use it. Remove vendor_id.",
		d->vendor_id, o->feature);
	return false;
}

static check_function *const checks[] = {
	xml_check_around, check_own_cpu, check_shape,	  check_words,
	check_vendor,	  check_other,	 check_vendor_id,
};

static enum xml_result add_cpu(const struct domain_xml *d, const char *mode,
			       struct xml_edits *edits, struct text *why)
{
	xml_add_cpu(d, mode, edits);
	text_addf(why, "Added <cpu mode='%s'> after <%s>.", mode, d->before_name);
	return XML_CHANGED;
}

/* A <cpu> without a model is QEMU's default CPU, which has neither VMX nor SVM. */
static enum xml_result add_mode(const struct domain_xml *d, const char *mode,
				struct xml_edits *edits, struct text *why)
{
	xml_set_mode(d, mode, edits);
	text_addf(why, "<cpu> named no model: its mode is now '%s'", mode);
	if (!strcmp(mode, "host-model")) {
		xml_add_feature(d, edits);
		text_addf(why, ", with feature '%s' required", d->feature);
	}
	text_add(why, ".");
	return XML_CHANGED;
}

static enum xml_result policy(const struct domain_xml *d, struct xml_edits *edits, struct text *why)
{
	if (!d->has_policy || !strcmp(d->policy, "require") || !strcmp(d->policy, "force")) {
		text_addf(why, "Nothing to change: feature '%s' is required already.", d->feature);
		return XML_UNCHANGED;
	}
	xml_require(d, edits);
	text_addf(why, "Feature '%s' had the policy '%s': it is now required.", d->feature,
		  d->policy);
	return XML_CHANGED;
}

static enum xml_result feature(const struct domain_xml *d, struct xml_edits *edits,
			       struct text *why)
{
	if (xml_has_all(d->mode)) {
		text_addf(why, "Nothing to change: mode '%s' has '%s' if the host has it.", d->mode,
			  d->feature);
		return XML_UNCHANGED;
	}
	xml_add_feature(d, edits);
	if (*d->model && xml_is_custom(d))
		text_addf(why, "Model '%s' now requires feature '%s'.", d->model, d->feature);
	else
		text_addf(why, "Mode '%s' now requires feature '%s'.", d->mode, d->feature);
	return XML_CHANGED;
}

enum xml_result xml_decide(const struct domain_xml *d, const struct xml_options *o,
			   struct xml_edits *edits, struct text *why)
{
	const char *mode = xml_mode(d, o);

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!checks[i](d, o, why))
			return XML_REFUSED;
	if (d->own_cpu) {
		text_addf(why,
			  "Nothing to change: the domain's own -cpu (<qemu:arg>), which overrides "
			  "<cpu>, has '%s'.",
			  d->feature);
		return XML_UNCHANGED;
	}
	if (!d->cpus)
		return add_cpu(d, mode, edits, why);
	if (xml_is_custom(d) && !*d->model)
		return add_mode(d, mode, edits, why);
	if (d->matching)
		return policy(d, edits, why);
	return feature(d, edits, why);
}
