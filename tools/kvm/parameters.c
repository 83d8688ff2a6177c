// SPDX-License-Identifier: GPL-2.0-only
/* Which module a CPU needs, and what its parameters came out as. */
#include "kvm/kvm.h"

#include <string.h>

#include "facts/sysfs.h"

/* kvm_intel drives any CPU with VMX (arch/x86/kvm/vmx/vmx.c: X86_MATCH_FEATURE). */
static const char *const module_by_vendor[] = {
	[VENDOR_INTEL] = "kvm_intel",	[VENDOR_CENTAUR] = "kvm_intel",
	[VENDOR_ZHAOXIN] = "kvm_intel", [VENDOR_AMD] = "kvm_amd",
	[VENDOR_HYGON] = "kvm_amd",	[VENDOR_OTHER] = NULL,
};

const char *kvm_module_for(enum cpu_vendor vendor)
{
	if ((size_t)vendor >= sizeof(module_by_vendor) / sizeof(module_by_vendor[0]))
		return NULL;
	return module_by_vendor[vendor];
}

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
