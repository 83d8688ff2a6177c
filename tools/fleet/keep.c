// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept of a report: about a tenth, so that ten thousand of them fit into memory. All that
 * compare_reports() compares stays, except for what differs between machines that are alike: the
 * size of the memory, tags, the command line (which has the MAC), the lists of ACPI tables and modules.
 */
#include <string.h>

#include "fleet/fleet.h"

static const char *const dmi_kept[] = {
	"bios_vendor",	"bios_version", "bios_date",  "sys_vendor",
	"product_name", "board_vendor", "board_name", "product_version",
};

static void keep_key_values(struct arena *a, struct key_values *to, const struct key_values *from)
{
	for (size_t i = 0; i < from->n; i++)
		kv_add(a, to, arena_strdup(a, from->kv[i].key), arena_strdup(a, from->kv[i].value));
}

static void keep_dmi(struct arena *a, struct key_values *to, const struct key_values *from)
{
	for (size_t i = 0; i < sizeof(dmi_kept) / sizeof(dmi_kept[0]); i++) {
		const char *value = kv_get(from, dmi_kept[i]);

		if (value)
			kv_add(a, to, dmi_kept[i], arena_strdup(a, value));
	}
}

static void *keep_array(struct arena *a, const void *from, size_t n, size_t size)
{
	void *to = arena_alloc(a, n * size);

	if (n)
		memcpy(to, from, n * size);
	return to;
}

/* The first CPU's, which `like` none. */
static void keep_registers(struct arena *a, struct facts *to, const struct facts *from)
{
	struct cpu_facts *cpu;

	if (!from->n_cpus)
		return;
	cpu = arena_push(a, &to->cpus, &to->n_cpus);
	*cpu = (struct cpu_facts){ .id = from->cpus[0].id, .like = -1 };
	cpu->n_cpuid = from->cpus[0].n_cpuid;
	cpu->cpuid = keep_array(a, from->cpus[0].cpuid, cpu->n_cpuid, sizeof(*cpu->cpuid));
	cpu->n_msr = from->cpus[0].n_msr;
	cpu->msr = keep_array(a, from->cpus[0].msr, cpu->n_msr, sizeof(*cpu->msr));
}

static void keep_facts(struct arena *a, struct facts *to, const struct facts *from)
{
	keep_registers(a, to, from);
	to->kernel.release = arena_strdup(a, from->kernel.release);
	to->kernel.lockdown = arena_strdup(a, from->kernel.lockdown);
	to->kernel.virt_flag = from->kernel.virt_flag;
	to->kernel.clocksource = arena_strdup(a, from->kernel.clocksource);
	to->kernel.container = arena_strdup(a, from->kernel.container);
	keep_key_values(a, &to->kernel.vulnerabilities, &from->kernel.vulnerabilities);
	to->kvm.device = from->kvm.device;
	to->kvm.error = arena_strdup(a, from->kvm.error);
	to->kvm.nested_cpuid = from->kvm.nested_cpuid;
	to->firmware.boot = arena_strdup(a, from->firmware.boot);
	to->firmware.secure_boot = from->firmware.secure_boot;
	keep_dmi(a, &to->firmware.dmi, &from->firmware.dmi);
	keep_key_values(a, &to->software, &from->software);
}

static void keep_findings(struct arena *a, struct report *to, const struct report *from)
{
	for (size_t i = 0; i < from->n_findings; i++) {
		const struct finding *f = &from->findings[i];

		*arena_push(a, &to->findings, &to->n_findings) = (struct finding){
			.id = arena_strdup(a, f->id),
			.severity = f->severity,
			.unsupported = f->unsupported,
			.title = arena_strdup(a, f->title),
			.evidence = arena_strdup(a, f->evidence),
			.remedy = arena_strdup(a, f->remedy),
		};
	}
}

static void keep_selftest(struct arena *a, struct selftest_state *to,
			  const struct selftest_state *from)
{
	to->ran = from->ran;
	to->nested_run = from->nested_run;
	memcpy(to->costs, from->costs, sizeof(to->costs));
	for (size_t i = 0; i < from->n_cases; i++)
		if (from->cases[i].result == CASE_FAIL)
			*arena_push(a, &to->cases, &to->n_cases) = (struct case_outcome){
				.name = arena_strdup(a, from->cases[i].name),
				.result = CASE_FAIL,
				.detail = arena_strdup(a, from->cases[i].detail),
				.core = from->cases[i].core,
				.unproven = from->cases[i].unproven,
			};
}

const struct report *fleet_keep(struct arena *a, const struct report *r)
{
	struct report *to = arena_alloc(a, sizeof(*to));

	to->started = arena_strdup(a, r->started);
	to->duration_ms = r->duration_ms;
	to->tool_version = arena_strdup(a, r->tool_version);
	to->cpu = r->cpu;
	to->cpu.brand = arena_strdup(a, r->cpu.brand);
	to->cpu.codename = arena_strdup(a, r->cpu.codename);
	to->cpu.microcode = arena_strdup(a, r->cpu.microcode);
	memcpy(to->caps, r->caps, sizeof(to->caps));
	to->verdict = r->verdict;
	to->verdict.reason = arena_strdup(a, r->verdict.reason);
	to->kvm.module = arena_strdup(a, r->kvm.module);
	to->kvm.error = arena_strdup(a, r->kvm.error);
	memcpy(to->kvm.offered, r->kvm.offered, sizeof(to->kvm.offered));
	keep_key_values(a, &to->kvm.parameters, &r->kvm.parameters);
	keep_facts(a, &to->facts, &r->facts);
	keep_findings(a, to, r);
	keep_selftest(a, &to->selftest, &r->selftest);
	return to;
}
