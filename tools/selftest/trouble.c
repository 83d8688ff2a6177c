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

static bool names_us(const char *line)
{
	static const char *const places[] = {
		"arch/x86/kvm/", "virt/kvm/", "[kvm", ":kvm_", ":svm_", ":vmx_", ":nested_",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strstr(line, places[i]))
			return true;
	}
	return false;
}

/* A function in a call trace, as arch/x86/kernel/dumpstack.c prints it; a "?" is one that the unwinder guessed. */
static const char *traced_function(const char *line)
{
	while (*line == ' ')
		line++;
	if (*line == '?' || *line == '<' || !strstr(line, "+0x"))
		return NULL;
	return line;
}

static bool begins_as_ours(const char *function)
{
	static const char *const prefixes[] = { "kvm_", "svm_", "vmx_", "nested_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(function, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return names_us(function);
}

/*
 * By where it happened: the line that names the place, or RIP's. What is linked in, and the rest of
 * the call trace, is KVM's in an interrupt of another driver, too.
 */
void health_owner_line(struct health_owner *o, const char *line)
{
	const char *function;

	if (strstr(line, "RIP: 0010:0x0")) {
		o->called = true;
		o->traced = false;
		return;
	}
	if (strstr(line, "WARNING: ") || strstr(line, "kernel BUG at") || strstr(line, "RIP: "))
		o->ours |= names_us(line);
	function = o->called && o->traced ? traced_function(line) : NULL;
	if (function) {
		o->ours |= begins_as_ours(function);
		o->called = false;
	}
	o->traced |= strstr(line, "Call Trace:") != NULL;
}
