// SPDX-License-Identifier: GPL-2.0-only
/*
 * The running kernel's module: reloads it if nothing prevents that, and reads the parameter back.
 */
#include <string.h>

#include "kvm/kvm.h"
#include "kvm/module.h"
#include "setup/host/job.h"

static const char *nested_of(struct host_job *j)
{
	const char *value;

	kvm_read_parameters(j->r);
	value = kv_get(&j->r->kvm.parameters, "nested");
	return value ? value : "nothing";
}

/* Findings with which the module cannot be loaded, whatever modprobe.d says. */
static const char *const prevents_loading[] = {
	"guest-feat-ctl",	"vmx-locked-off", "vmx-txt-only",
	"svm-disabled",		"kvm-needs",	  "hidden-by-hypervisor",
	"module-not-installed", "module-refused", "other-hypervisor",
};

/* Why kvm_load() would fail, as far as can be seen without trying; NULL: nothing is known. */
static const char *foreseen(struct host_job *j, enum module_state state, const char *users)
{
	const struct report *r = j->r;

	if (state == MODULE_BUILT_IN)
		return arena_printf(j->a, "%s is built into the kernel, and runs with nesting off",
				    j->module);
	if (users)
		return arena_printf(j->a, "%s cannot be reloaded now: in use by %s", j->module,
				    users);
	if (module_users(j->a, j->module))
		return arena_printf(j->a, "%s cannot be reloaded now: it is in use", j->module);
	for (size_t i = 0; i < r->n_findings; i++)
		for (size_t k = 0; k < sizeof(prevents_loading) / sizeof(*prevents_loading); k++)
			if (r->findings[i].severity == SEVERITY_BLOCKER &&
			    !strcmp(r->findings[i].id, prevents_loading[k]))
				return r->findings[i].title;
	if (!kvm_default_module_dir() && !module_has_modprobe())
		return arena_printf(j->a, "there is no modprobe command to load %s with",
				    j->module);
	return NULL;
}

/* --dry-run: what would be done, and the exit status that it would have. */
static int preview(struct host_job *j, enum module_state state, const char *nested)
{
	const char *users = kvm_users(j->a);
	const char *why = foreseen(j, state, state == MODULE_ABSENT ? NULL : users);

	if (why) {
		host_warn("nestcheck: nesting would not be on yet: %s.", why);
		return EXIT_REFUSED;
	}
	if (state == MODULE_ABSENT)
		host_say(j, "Then %s would be loaded.", j->module);
	else
		host_say(j, "Then %s would be reloaded: it runs with nested=%s.", j->module,
			 nested);
	return 0;
}

int host_module(struct host_job *j)
{
	enum module_state state = module_state(j->a, j->module);
	const char *nested = nested_of(j), *users;
	bool on = state != MODULE_ABSENT && kvm_nested_on(j->r) == TRI_YES;

	if (on) {
		host_say(j, "%s runs with nesting on already: nested=%s.", j->module, nested);
		return 0;
	}
	if (j->o->dry_run)
		return preview(j, state, nested);
	if (!kvm_load(j->r, kvm_default_module_dir())) {
		host_say(j, "%s is %s with nesting on: nested=%s.", j->module,
			 state == MODULE_ABSENT ? "loaded" : "reloaded", nested_of(j));
		return 0;
	}
	host_warn("nestcheck: nesting is not on yet: %s.",
		  j->r->kvm.error ? j->r->kvm.error : "KVM did not load");
	users = kvm_users(j->a);
	if (users)
		host_warn("KVM is in use by %s. Shut these virtual machines down and run this "
			  "again, or restart.",
			  users);
	return EXIT_REFUSED;
}
