// SPDX-License-Identifier: GPL-2.0-only
/* nestcheck load: loads KVM with nesting on, and prints the result. */
#include <errno.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/hw/cpuid.h"
#include "lib/terminal.h"
#include "setup/setup.h"

/* VMX or SVM in the first CPU's CPUID; unknown without facts. */
static enum tri has_virtualization(const struct facts *f)
{
	const struct cpuid_fact *basic, *extended;

	if (!f->n_cpus)
		return TRI_UNKNOWN;
	basic = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	extended = cpu_cpuid(f, &f->cpus[0], CPUID_EXT_FEATURES, 0);
	if (basic && basic->ecx & CPUID_1_ECX_VMX)
		return TRI_YES;
	if (extended && extended->ecx & CPUID_EXT_ECX_SVM)
		return TRI_YES;
	return basic && extended ? TRI_NO : TRI_UNKNOWN;
}

/*
 * PASS means that nesting is on. If the user lacks permission to load or use KVM, nothing is known
 * about the machine; if root is refused (lockdown, a signature), the answer is known.
 */
static int status_of(const struct report *r, int err, bool own_files)
{
	if (!err)
		return 0;
	/* Missing, no module, or another kernel's: the files of --module-dir are wrong. */
	if (own_files && (err == -ENOENT || err == -ENOTDIR || err == -ENOEXEC))
		return verdict_exit_status(VERDICT_ERROR);
	/* What is not known is not the machine's. */
	if (err == -ENODATA)
		return verdict_exit_status(VERDICT_ERROR);
	if ((err == -EPERM || err == -EACCES) && geteuid())
		return verdict_exit_status(VERDICT_ERROR);
	if (has_virtualization(&r->facts) == TRI_NO)
		return verdict_exit_status(VERDICT_UNSUPPORTED);
	return verdict_exit_status(VERDICT_FAIL);
}

/* Those that nesting depends on; --json has the others. */
static const char *const shown[] = {
	"nested", "ept", "vpid", "unrestricted_guest", "enable_shadow_vmcs", "enable_apicv", "npt",
	"vgif",	  "vls", "avic",
};

/* If it failed: the cause first, then what the kernel says of it. */
static bool print_result(const struct report *r)
{
	struct text t = { 0 };
	bool heading = false;

	if (r->kvm.error && setup_warn(r, &t))
		text_add(&t, "\n");
	text_addf(&t, "CPU:    %s\n", r->cpu.brand ? r->cpu.brand : "unnamed");
	text_addf(&t, "module: %s\n", r->kvm.module ? r->kvm.module : "none for this CPU");
	if (r->kvm.error)
		text_wrap(&t, 8, "error:", r->kvm.error);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		const char *value = kv_get(&r->kvm.parameters, shown[i]);

		if (value && !heading)
			text_add(&t, "parameters, read back:\n");
		heading |= value != NULL;
		if (value)
			text_addf(&t, "  %-32s %s\n", shown[i], value);
	}
	return print_text(&t);
}

int cmd_load(int argc, char **argv)
{
	const char *module_dir = NULL;
	bool json = false, quiet = false;
	const struct option_row rows[] = {
		{ "--module-dir", "DIR", "load kvm.ko and the others from here, without modprobe",
		  &module_dir },
		OPTION_JSON(&json),
		OPTION_QUIET(&quiet),
	};
	struct command_line cl = {
		.usage = "nestcheck load [--module-dir DIR] [--json] [--quiet]",
		.about = "Loads KVM for this CPU with nested=1, or reloads it if it runs with "
			 "nesting off and no virtual machine uses it, and reads the parameters "
			 "back. Exit status: 0 nesting is on, 1 the kernel refused, 3 the CPU has "
			 "no virtualization, 4 no permission to try, or no such modules in DIR.",
		.rows = rows,
		.n_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct report r;
	int status, err;
	bool printed = true;

	status = parse_options(&cl, argc, argv);
	if (status != OPTIONS_GO_ON)
		return status;
	report_init(&r);
	set_started(&r);
	collect_hardware(&r);
	err = kvm_load(&r, module_dir ? module_dir : kvm_default_module_dir());
	collect_system(&r);
	diagnose(&r);
	if (err == -ENODATA)
		complain("whether nesting is on cannot be read: there is no /sys/module; mount "
			 "/sys");
	if (json)
		printed = print_report_json(&r);
	else if (!quiet)
		printed = print_result(&r);
	else if (r.kvm.error)
		complain("%s", r.kvm.error);
	status = printed ? status_of(&r, err, module_dir) : verdict_exit_status(VERDICT_ERROR);
	report_free(&r);
	return status;
}
