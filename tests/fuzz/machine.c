// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine: tables and variables of firmware, registers of CPUs, texts of the kernel.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "facts/collect.h"
#include "facts/facts.h"
#include "lib/firmware.h"
#include "lib/hw/cpuid.h"
#include "lib/kernel_version.h"
#include "report/judge.h"
#include "setup/kernels.h"

/* --- firmware ----------------------------------------------------------------------------------- */

void fuzz_spcr(const uint8_t *data, size_t size)
{
	static const unsigned int bauds[] = { 0, 9600, 19200, 57600, 115200 };
	uint8_t *table = fuzz_bytes(data, size);
	struct spcr_console c;

	if (spcr_parse(table, size, &c)) {
		bool known = false;

		for (size_t i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++)
			known |= c.baud == bauds[i];
		must(known && c.address);
	}
	free(table);
}

/* Where the path ends: behind attributes, its length and the description. SIZE_MAX: not in the option. */
static size_t path_end(const uint8_t *option, size_t size)
{
	size_t at = 6;

	while (at + 2 <= size && (option[at] || option[at + 1]))
		at += 2;
	at += 2;
	if (at > size || (size_t)(option[4] | option[5] << 8) > size - at)
		return SIZE_MAX;
	return at + (size_t)(option[4] | option[5] << 8);
}

/* What follows the path, its optional data, changes nothing. */
void fuzz_boot_option(const uint8_t *data, size_t size)
{
	uint8_t *option = fuzz_bytes(data, size), *path;
	enum boot_origin origin = boot_option_origin(option, size);
	size_t end = path_end(option, size);

	must(origin <= BOOT_HOTPLUG);
	if (end != SIZE_MAX) {
		path = fuzz_bytes(data, end);
		must(boot_option_origin(path, end) == origin);
		free(path);
	}
	free(option);
}

/* Lines KEY=VALUE, or else the names of ACPI tables: through diagnosis, to all renderers and JSON. */
void fuzz_dmi(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *save = NULL;
	struct report r;

	report_init(&r);
	r.facts.firmware.acpi_known = TRI_YES;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *value = strchr(line, '=');

		if (value)
			*value++ = '\0';
		if (value && *line && !kv_get(&r.facts.firmware.dmi, line))
			kv_add(&r.arena, &r.facts.firmware.dmi, line, value);
		else if (!value)
			strings_add(&r.arena, &r.facts.firmware.acpi, line);
	}
	diagnose(&r);
	judge_run(&r);
	fuzz_show(&r);
	fuzz_write_and_read(&r);
	report_free(&r);
	free(text);
}

/* --- a CPU -------------------------------------------------------------------------------------------- */

/*
 * The input is what the CPU has: records of 25 bytes. A CPUID leaf: 0, leaf, subleaf, EAX to EDX. A
 * register: any other byte, index, value; the rest is ignored. The last of several counts.
 */
#define RECORD 25

struct cpu {
	const uint8_t *data;
	size_t size;
	size_t asked;
};

static uint32_t word(const uint8_t *record, size_t i)
{
	uint32_t v;

	memcpy(&v, record + 1 + 4 * i, sizeof(v));
	return v;
}

static void read_cpuid(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	struct cpu *c = ctx;

	c->asked++;
	memset(regs, 0, 16);
	for (size_t at = 0; at + RECORD <= c->size; at += RECORD)
		if (!c->data[at] && word(c->data + at, 0) == leaf &&
		    (word(c->data + at, 1) == subleaf || word(c->data + at, 1) == UINT32_MAX))
			memcpy(regs, c->data + at + 9, 16);
}

static int read_register(void *ctx, uint32_t index, uint64_t *value)
{
	struct cpu *c = ctx;
	int ret = -EIO;

	c->asked++;
	for (size_t at = 0; at + RECORD <= c->size; at += RECORD) {
		if (!c->data[at] || word(c->data + at, 0) != index)
			continue;
		memcpy(value, c->data + at + 5, sizeof(*value));
		ret = 0;
	}
	return ret;
}

static void check_order(const struct cpu_facts *c)
{
	must(c->n_cpuid <= CPUID_FACTS_MAX);
	for (size_t i = 1; i < c->n_cpuid; i++)
		must(c->cpuid[i - 1].leaf < c->cpuid[i].leaf ||
		     (c->cpuid[i - 1].leaf == c->cpuid[i].leaf &&
		      c->cpuid[i - 1].subleaf < c->cpuid[i].subleaf));
	for (size_t i = 1; i < c->n_msr; i++)
		must(c->msr[i - 1].index < c->msr[i].index);
}

static void add_cpu(struct report *r, const uint8_t *data, size_t size, int id)
{
	struct cpu cpu = { data, size, 0 };
	struct cpuid_reader leaves = { read_cpuid, &cpu };
	struct msr_reader registers = { read_register, &cpu };
	struct cpu_facts c = { .id = id, .like = -1 };

	cpuid_walk(&r->arena, &c, &leaves);
	msr_walk(&r->arena, &c, &registers);
	must(cpu.asked <= 4096);
	check_order(&c);
	facts_add_cpu(&r->arena, &r->facts, &c);
}

/* The second CPU lacks the input's last quarter: it is like the first, or stored completely. */
void fuzz_registers(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_bytes(data, size);
	struct report r;

	report_init(&r);
	r.facts.msr_access = MSR_ACCESS_OK;
	add_cpu(&r, bytes, size, 0);
	add_cpu(&r, bytes, size, 1);
	/* Of one key nothing is saved. */
	if (r.facts.cpus[0].n_cpuid + r.facts.cpus[0].n_msr > 1)
		must(r.facts.cpus[1].n_cpuid == 0 && r.facts.cpus[1].n_msr == 0);
	add_cpu(&r, bytes, size - size / 4, 2);
	identify_cpu(&r);
	must_be_clean(r.cpu.brand);
	diagnose(&r);
	judge_findings(&r);
	fuzz_show(&r);
	fuzz_write_and_read(&r);
	report_free(&r);
	free(bytes);
}

/* --- what the rules read ---------------------------------------------------------------------------------- */

static struct cpu_facts *add_intel(struct report *r)
{
	struct cpu_facts *c = arena_push(&r->arena, &r->facts.cpus, &r->facts.n_cpus);

	c->like = -1;
	*arena_push(&r->arena, &c->cpuid, &c->n_cpuid) =
		(struct cpuid_fact){ CPUID_BASIC, 0, 0x16, 0x756e6547, 0x6c65746e, 0x49656e69 };
	*arena_push(&r->arena, &c->cpuid,
		    &c->n_cpuid) = (struct cpuid_fact){ CPUID_FEATURES,	 0,	    0x306c3, 0x800,
							CPUID_1_ECX_VMX, 0xbfebfbff };
	return c;
}

/* A line of the input: a letter, and what the machine has there. */
static void add_fact(struct report *r, char kind, const char *value)
{
	struct kernel_facts *k = &r->facts.kernel;
	struct arena *a = &r->arena;
	char *copy = arena_strdup(a, value), *to = strchr(copy, '=');

	switch (kind) {
	case 'c':
		k->cmdline = copy;
		break;
	case 'r':
		k->release = copy;
		break;
	case 'v':
		k->version = copy;
		break;
	case 's':
		k->version_signature = copy;
		break;
	case 'o':
		k->lockdown = copy;
		break;
	case 'n':
		k->container = copy;
		break;
	case 'e':
		r->kvm.error = copy;
		break;
	case 'l':
		strings_add(a, &k->log, copy);
		break;
	case 'm':
		strings_add(a, &k->modprobe, copy);
		break;
	default:
		if (!to)
			break;
		*to++ = '\0';
		/* As in sysfs, a name is there once. */
		if (kind == 'p' && !kv_get(&r->kvm.parameters, copy))
			kv_add(a, &r->kvm.parameters, copy, to);
		else if (kind == 'y' && !kv_get(&k->vulnerabilities, copy))
			kv_add(a, &k->vulnerabilities, copy, to);
		else if (kind == 'f' && !kv_get(&k->module_files, copy))
			kv_add(a, &k->module_files, copy, to);
	}
}

void fuzz_rules(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *save = NULL;
	struct report r;

	report_init(&r);
	add_intel(&r);
	r.facts.kernel.modprobe_known = TRI_YES;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		add_fact(&r, *line, line + 1);
	identify_cpu(&r);
	diagnose(&r);
	judge_run(&r);
	fuzz_show(&r);
	fuzz_write_and_read(&r);
	report_free(&r);
	free(text);
}

/* --- the kernel's texts -------------------------------------------------------------------------------- */

void fuzz_cpuinfo(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	if (cpuinfo_flag(text, "vmx") == TRI_YES)
		must(strstr(text, "\nflags") && strstr(text, "vmx"));
	must(strstr(text, "\nflags") || cpuinfo_flag(text, "svm") == TRI_UNKNOWN);
	free(text);
}

void fuzz_cpu_list(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	struct text t = { 0 };
	int *ids, *again;
	size_t n, m;

	if (cpu_list_parse(&a, text, 64, &ids, &n) == 0) {
		must(n <= 64);
		for (size_t i = 0; i < n; i++) {
			must(ids[i] >= 0 && ids[i] <= 1000000);
			text_addf(&t, "%d,", ids[i]);
		}
		must(cpu_list_parse(&a, t.s ? t.s : "", 64, &again, &m) == 0 && m == n);
		must(n == 0 || !memcmp(ids, again, n * sizeof(*ids)));
		text_free(&t);
	}
	arena_free(&a);
	free(text);
}

static int sign(int n)
{
	return n < 0 ? -1 : n > 0;
}

/* Three lines, as release, version and signature; and their order. */
void fuzz_releases(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *s[3] = { text, text, text }, name[64];
	struct kernel_version v, again;

	for (size_t i = 1; i < 3; i++) {
		char *end = strchr(s[i - 1], '\n');

		if (!end)
			break;
		*end = '\0';
		s[i] = end + 1;
	}
	for (size_t i = 0; i < 3; i++) {
		must(release_compare(s[i], s[i]) == 0);
		for (size_t k = 0; k < 3; k++) {
			int ik = sign(release_compare(s[i], s[k]));

			must(ik == -sign(release_compare(s[k], s[i])));
			for (size_t m = 0; m < 3; m++)
				if (ik <= 0 && release_compare(s[k], s[m]) <= 0)
					must(release_compare(s[i], s[m]) <= 0);
		}
	}
	if (kernel_version_parse(s[0], &v)) {
		kernel_version_name(&v, name, sizeof(name));
		must(kernel_version_parse(name, &again));
		must(v.major == again.major && v.minor == again.minor && v.patch == again.patch);
	}
	must(kernel_version_of(s[0], s[1], s[2], &v) || !kernel_version_parse(s[0], &v));
	free(text);
}
