// SPDX-License-Identifier: GPL-2.0-only
/* The values of KVM's module parameters after load. */
#include "kvm/kvm.h"

#include "facts/sysfs.h"
#include "lib/modprobe_conf.h"

void kvm_read_parameters(struct report *r)
{
	struct key_values *p = &r->kvm.parameters;

	*p = (struct key_values){ NULL, 0 };
	sys_read_dir(&r->arena, "/sys/module/kvm/parameters", p);
	sys_read_dir(&r->arena, "/sys/module/kvm_intel/parameters", p);
	sys_read_dir(&r->arena, "/sys/module/kvm_amd/parameters", p);
}

enum tri kvm_nested_on(const struct report *r)
{
	return param_read(kv_get(&r->kvm.parameters, "nested"));
}
