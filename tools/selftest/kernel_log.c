// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which lines of the kernel's log report a defect.
 */
#include "selftest/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Beginnings of lines from lib/bug.c, kernel/panic.c, arch/x86/mm/fault.c, kernel/rcu/,
 * kernel/watchdog.c, kernel/hung_task.c and the sanitizers. A warning begins with its CPU up to Linux
 * 6.18, with its place since 6.19. The same words later in a line mean something else: "traps:
 * a.out[77] general protection fault" is the end of a program.
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
	"watchdog: Watchdog detected",
	"NMI watchdog: Watchdog detected", /* a hard lockup, before Linux 6.5 */
	"UBSAN:",
	"refcount_t:",
};

bool health_is_defect(const char *line)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (strncmp(line, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	}
	return false;
}

static bool begins(const char *s, const char *const *with, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strncmp(s, with[i], strlen(with[i])) == 0)
			return true;
	}
	return false;
}

#define BEGINS(s, list) begins((s), (list), sizeof(list) / sizeof((list)[0]))

/*
 * A place in the kernel: "function+0x12/0x34 [module]", with or without a source file in front. The module
 * decides, then the file, then the function's name, except for functions of Linux as a guest of KVM
 * (arch/x86/kernel/kvm.c, kvmclock.c).
 */
static bool is_in_kvm(const char *place)
{
	static const char *const ours[] = { "kvm_", "svm_", "vmx_", "nested_" };
	static const char *const guests[] = {
		"kvm_wait",	 "kvm_kick_cpu", "kvm_clock",  "kvm_sched_clock", "kvm_async_pf",
		"kvm_send_ipi",	 "kvm_guest",	 "kvm_steal",  "kvm_io_delay",	  "kvm_flush_tlb",
		"kvm_smp_send_", "kvm_pv_",	 "kvm_setup_", "kvm_read_and_",
	};
	const char *module = strrchr(place, '[');

	if (module && strncmp(module, "[kvm", 4) == 0) {
		size_t len = strspn(module + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");

		return (len == 3 || (len == 9 && !strncmp(module, "[kvm_intel", 10)) ||
			(len == 7 && !strncmp(module, "[kvm_amd", 8)));
	}
	if (module)
		return false;
	if (strchr(place, '/') && strstr(place, ".c:"))
		return strstr(place, "arch/x86/kvm/") || strstr(place, "virt/kvm/");
	return BEGINS(place, ours) && !BEGINS(place, guests);
}

/* The place in a line that reports a defect, or NULL. */
static const char *place_of(const char *line)
{
	static const struct {
		const char *beginning, *mark;
	} forms[] = {
		{ "WARNING: CPU: ", " at " }, { "WARNING: ", "WARNING: " },
		{ "kernel BUG at ", " at " }, { "BUG: KASAN: ", " in " },
		{ "BUG: KFENCE: ", " in " },  { "BUG: KCSAN: ", " in " },
		{ "UBSAN: ", " in " },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *at;

		if (strncmp(line, forms[i].beginning, strlen(forms[i].beginning)) != 0)
			continue;
		at = strstr(line, forms[i].mark);
		return at ? at + strlen(forms[i].mark) : NULL;
	}
	return NULL;
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

/* A call through a null pointer, or a helper that checks for its caller. */
static bool is_check_helper(const char *function)
{
	static const char *const checks[] = {
		"0x0",
		"refcount_warn_saturate",
		"__list_add_valid",
		"__list_del_entry_valid",
		"exc_control_protection",
		"__warn",
	};

	return BEGINS(function, checks);
}

/*
 * By the place that the line names, or the first RIP after it. The list of modules, the rest of the call
 * trace, and the registers of other CPUs mention KVM even in an interrupt of another driver.
 */
void health_owner_line(struct health_owner *o, const char *line)
{
	static const char rip[] = "RIP: 0010:";
	const char *at;

	if (health_is_defect(line)) {
		*o = (struct health_owner){ .ours = o->ours, .open = true };
		at = place_of(line);
		o->ours |= at && is_in_kvm(at);
		return;
	}
	if (strstr(line, "NMI backtrace for cpu") || strstr(line, "[ end trace ")) {
		*o = (struct health_owner){ .ours = o->ours };
		return;
	}
	at = strstr(line, rip);
	if (at && o->open) {
		at += strlen(rip);
		o->open = false;
		o->called = is_check_helper(at);
		o->ours |= !o->called && is_in_kvm(at);
		return;
	}
	at = o->called && o->traced ? traced_function(line) : NULL;
	if (at) {
		o->ours |= is_in_kvm(at);
		o->called = false;
	}
	o->traced |= o->called && strstr(line, "Call Trace:") != NULL;
}

/* The text of a record; NULL if a program wrote it. */
static char *kernel_text(char *record)
{
	char *text = strchr(record, ';');
	size_t n = strlen(HEALTH_INJECTED);

	if (!text)
		return NULL;
	text++;
	if (strtoul(record, NULL, 10) < 8)
		return text;
	return strncmp(text, HEALTH_INJECTED, n) ? NULL : text + n;
}

void health_scan(struct health_scan *s, char *record, char *why, size_t size)
{
	static const char cut[] = "[ cut here ]";
	char *text = kernel_text(record);

	if (!text)
		return;
	text[strcspn(text, "\n")] = 0;
	health_owner_line(&s->owner, text);
	if (!health_is_defect(text) || (s->found && !s->cut_only))
		return;
	snprintf(why, size, "this machine's kernel says: %s", text);
	s->found = true;
	s->cut_only = strstr(text, cut);
}

enum health_state health_scan_state(const struct health_scan *s)
{
	if (!s->found)
		return HEALTH_GOOD;
	return s->owner.ours ? HEALTH_BAD : HEALTH_UNRELATED;
}
