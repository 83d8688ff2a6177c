// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which lines of the kernel's log tell of a defect in it.
 */
#include "selftest/health.h"

#include <string.h>

/*
 * How lines of lib/bug.c, kernel/panic.c, arch/x86/mm/fault.c, kernel/rcu/, kernel/watchdog.c,
 * kernel/hung_task.c and the sanitizers begin. A warning names its CPU first until Linux 6.18, its
 * place since 6.19. What has such words further on is somebody else's: "traps: a.out[77] general
 * protection fault" is a program's end.
 */
static const char *const beginnings[] = {
	"------------[ cut here ]",
	"WARNING: ",
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
	"watchdog: CPU",
	"UBSAN:",
	"refcount_t:",
};

bool health_is_trouble(const char *line)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (strncmp(line, beginnings[i], strlen(beginnings[i])) == 0)
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
