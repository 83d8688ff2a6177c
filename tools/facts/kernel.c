// SPDX-License-Identifier: GPL-2.0-only
/* What the running kernel reports: release, command line, lockdown; modules, mitigations. */
#include "facts/collect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "facts/sysfs.h"

/* KVM's own, and those of other hypervisors that use VMX or SVM exclusively. */
static const char *const module_names[] = {
	"kvm", "kvm_intel", "kvm_amd", "vboxdrv", "vmmon",
};

/* "[none] integrity confidentiality": the one in brackets. */
static const char *read_lockdown(struct arena *a)
{
	const char *text = sys_read(a, "/sys/kernel/security/lockdown");
	const char *open, *close;

	if (!text)
		/* Without the security filesystem's mount point there is no lockdown either. */
		return sys_exists("/sys/kernel") && !sys_exists("/sys/kernel/security") ? "none" :
											  NULL;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	return close ? arena_strndup(a, open + 1, (size_t)(close - open - 1)) : NULL;
}

/* "flags		: fpu vme ..." of the first CPU. */
enum tri cpuinfo_flag(const char *cpuinfo, const char *flag)
{
	const char *s = strstr(cpuinfo, "\nflags");
	size_t len;

	if (!s)
		return TRI_UNKNOWN;
	s += strcspn(s + 1, ":\n") + 1;
	while (*s && *s != '\n') {
		s += strspn(s, ": \t");
		len = strcspn(s, " \n");
		if (len == strlen(flag) && !strncmp(s, flag, len))
			return TRI_YES;
		s += len;
	}
	/* The text ends in the middle of the flags. */
	return *s ? TRI_NO : TRI_UNKNOWN;
}

/* The first CPU's part fits into sys_read()'s limit. */
static enum tri read_virt_flag(struct arena *a)
{
	const char *cpuinfo = sys_read(a, "/proc/cpuinfo");
	enum tri vmx, svm;

	if (!cpuinfo)
		return TRI_UNKNOWN;
	vmx = cpuinfo_flag(cpuinfo, "vmx");
	svm = cpuinfo_flag(cpuinfo, "svm");
	return vmx == TRI_YES || svm == TRI_YES ? TRI_YES : vmx;
}

void collect_kernel_identity(struct arena *a, struct kernel_facts *k)
{
	struct utsname u;
	const char *cmdline;

	if (!uname(&u)) {
		k->release = arena_strdup(a, u.release);
		k->version = arena_strdup(a, u.version);
	}
	k->version_signature = sys_read(a, "/proc/version_signature");
	cmdline = sys_read(a, "/proc/cmdline");
	k->cmdline = cmdline ? cmdline_without_secrets(a, cmdline) : NULL;
	k->virt_flag = read_virt_flag(a);
	k->lockdown = read_lockdown(a);
}

static void add_module(struct arena *a, struct kernel_facts *k, const char *name)
{
	const char *dir = arena_printf(a, "/sys/module/%s", name);
	struct module_facts *m;

	if (kernel_module(k, name) || !sys_exists(dir))
		return;
	m = arena_push(a, &k->modules, &k->n_modules);
	m->name = name;
	sys_read_dir(a, arena_printf(a, "%s/parameters", dir), &m->parameters);
}

static void read_modules(struct arena *a, struct kernel_facts *k)
{
	struct strings all = { NULL, 0 };

	if (!sys_exists("/sys/module"))
		return;
	k->modules_known = TRI_YES;
	k->modules = NULL;
	k->n_modules = 0;
	for (size_t i = 0; i < sizeof(module_names) / sizeof(module_names[0]); i++)
		add_module(a, k, module_names[i]);
	/* KVM without VMX and SVM: kvm_pvm, or whatever else uses kvm.ko. */
	sys_list(a, "/sys/module", &all);
	for (size_t i = 0; i < all.n; i++)
		if (!strncmp(all.s[i], "kvm_", 4))
			add_module(a, k, all.s[i]);
}

void collect_kernel_state(struct arena *a, struct kernel_facts *k)
{
	read_modules(a, k);
	collect_modprobe(a, k);
	collect_module_files(a, k);
	k->container = find_container(a);
	k->service = find_service();
	k->vulnerabilities = (struct key_values){ NULL, 0 };
	sys_read_dir(a, "/sys/devices/system/cpu/vulnerabilities", &k->vulnerabilities);
	k->clocksource =
		sys_read(a, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
}
