// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which lines of the kernel's log tell of a defect in it.
 */
#include "selftest/health.h"

#include <string.h>

/* How lib/bug.c, kernel/panic.c, arch/x86/mm/fault.c and the sanitizers begin. */
static const char *const beginnings[] = {
	"------------[ cut here ]",
	"WARNING: CPU:",
	"BUG: ",
	"kernel BUG at",
	"Oops: ",
	"general protection fault",
	"invalid opcode:",
	"divide error:",
	"double fault:",
	"stack segment:",
	"INFO: rcu",
	"rcu: INFO:",
	"INFO: task ",
	"watchdog: BUG",
	"UBSAN:",
	"refcount_t:",
};

bool health_is_trouble(const char *line)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (strstr(line, beginnings[i]))
			return true;
	}
	return false;
}

/*
 * By where it happened: the line that names the place, or RIP's. What is linked in, and the rest of
 * the call trace, is KVM's in an interrupt of another driver, too.
 */
bool health_is_ours(const char *line)
{
	static const char *const places[] = {
		"arch/x86/kvm/", "virt/kvm/", "[kvm", ":kvm_", ":svm_", ":vmx_", ":nested_",
	};

	if (!strstr(line, "WARNING: ") && !strstr(line, "kernel BUG at") && !strstr(line, "RIP: "))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strstr(line, places[i]))
			return true;
	}
	return false;
}
