// SPDX-License-Identifier: GPL-2.0-only
/*
 * The running kernel's module: reloads it if nothing prevents that, and reads the parameter back.
 */
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

int host_module(struct host_job *j)
{
	enum module_state state = module_state(j->a, j->module);
	const char *nested = nested_of(j), *users;
	bool on = state != MODULE_ABSENT && kvm_nested_on(j->r) == TRI_YES;

	if (on) {
		host_say(j, "%s runs with nesting on already: nested=%s.", j->module, nested);
		return 0;
	}
	if (j->o->dry_run) {
		users = kvm_users(j->a);
		if (state == MODULE_ABSENT)
			host_say(j, "Then %s would be loaded.", j->module);
		else if (users)
			host_say(j, "%s cannot be reloaded now: in use by %s.", j->module, users);
		else
			host_say(j, "Then %s would be reloaded: it runs with nested=%s.", j->module,
				 nested);
		return 0;
	}
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
