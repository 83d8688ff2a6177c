// SPDX-License-Identifier: GPL-2.0-only
/* The values of KVM's module parameters after load. */
#include "kvm/kvm.h"

#include <string.h>

#include "facts/sysfs.h"

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
	const char *nested = kv_get(&r->kvm.parameters, "nested");

	if (!nested)
		return TRI_UNKNOWN;
	return tri_of(!strcmp(nested, "Y") || !strcmp(nested, "1"));
}
