// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grade (design.md, "Grade"): what each grade needs on either vendor.
 */
#include <string.h>

#include "lib/modprobe_conf.h"
#include "lib/vendor.h"

#include "diagnose/diagnose.h"

/*
 * parameter: the name in /sys/module/{kvm_intel,kvm_amd}/parameters, if KVM has one (Linux
 * arch/x86/kvm/vmx/vmx.c and svm/svm.c, module_param).
 */
struct need {
	enum grade grade;
	enum cap cap;
	const char *parameter;
};

static const struct need intel[] = {
	{ GRADE_FUNCTIONAL, CAP_EPT, "ept" },
	{ GRADE_FUNCTIONAL, CAP_VPID, "vpid" },
	{ GRADE_FUNCTIONAL, CAP_UNRESTRICTED_GUEST, "unrestricted_guest" },
	{ GRADE_GOOD, CAP_EPT_AD, "eptad" },
	{ GRADE_GOOD, CAP_PREEMPTION_TIMER, "preemption_timer" },
	{ GRADE_GOOD, CAP_VIRTUAL_NMIS, "vnmi" },
	{ GRADE_FAST, CAP_SHADOW_VMCS, "enable_shadow_vmcs" },
};

static const struct need amd[] = {
	{ GRADE_FUNCTIONAL, CAP_NPT, "npt" },	 { GRADE_GOOD, CAP_NRIPS, "nrips" },
	{ GRADE_GOOD, CAP_FLUSH_BY_ASID, NULL }, { GRADE_GOOD, CAP_VMCB_CLEAN, NULL },
	{ GRADE_FAST, CAP_VGIF, "vgif" },	 { GRADE_FAST, CAP_VLS, "vls" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

_Static_assert(COUNT(intel) <= GRADE_ITEMS && COUNT(amd) <= GRADE_ITEMS, "GRADE_ITEMS");

static enum cpu_vendor first_vendor(const struct report *r)
{
	if (r->facts.n_cpus)
		return cpu_vendor_of(&r->facts, &r->facts.cpus[0]);
	return r->cpu.vendor;
}

enum tri kvm_parameter_of(const struct report *r, const char *module, const char *name)
{
	const char *value = kv_get(&r->kvm.parameters, name);
	const struct module_facts *m;

	if (!value && module) {
		m = kernel_module(&r->facts.kernel, module);
		value = m ? kv_get(&m->parameters, name) : NULL;
	}
	return param_read(value);
}

enum tri kvm_parameter(const struct report *r, const char *name)
{
	return kvm_parameter_of(r, vendor_module(first_vendor(r)), name);
}

size_t grade_items(const struct report *r, struct grade_item items[GRADE_ITEMS])
{
	enum cpu_vendor vendor = first_vendor(r);
	const struct need *needs = vendor_has_vmx(vendor) ? intel : amd;
	size_t n = vendor_has_vmx(vendor) ? COUNT(intel) : vendor_has_svm(vendor) ? COUNT(amd) : 0;

	for (size_t i = 0; i < n; i++) {
		enum tri p = needs[i].parameter ? kvm_parameter(r, needs[i].parameter) :
						  TRI_UNKNOWN;

		items[i].grade = needs[i].grade;
		items[i].name = cap_name(needs[i].cap);
		items[i].parameter = p == TRI_UNKNOWN ? NULL : needs[i].parameter;
		items[i].state = p == TRI_UNKNOWN ? r->caps[needs[i].cap] : p;
	}
	return n;
}

enum grade grade_of(const struct report *r)
{
	struct grade_item items[GRADE_ITEMS];
	size_t n = grade_items(r, items);
	enum grade grade = n ? GRADE_FAST : GRADE_NONE;

	for (size_t i = 0; i < n; i++)
		if (items[i].state != TRI_YES && items[i].grade <= grade)
			grade = (enum grade)(items[i].grade - 1);
	return grade;
}

const char *grade_lacks(struct arena *a, const struct report *r, enum grade *next)
{
	static const char *const why[2][3] = {
		[false] = { "not known", "not on the CPU", NULL },
		[true] = { "not known", "its parameter is off", NULL },
	};
	struct grade_item items[GRADE_ITEMS];
	size_t n = grade_items(r, items);
	enum grade has = grade_of(r);
	const char *text = NULL;

	*next = (enum grade)(has + 1);
	for (size_t i = 0; has < GRADE_FAST && i < n; i++)
		if (items[i].grade == *next && items[i].state != TRI_YES)
			text = arena_printf(a, "%s%s%s (%s)", text ? text : "", text ? ", " : "",
					    items[i].name,
					    why[items[i].parameter != NULL][items[i].state]);
	return text;
}
