// SPDX-License-Identifier: GPL-2.0-only
/* Compares two reports, section by section: see compare_reports.h. */
#include "diagnose/compare_reports.h"

#include <inttypes.h>
#include <string.h>

#include "diagnose/cpu_registers.h"
#include "lib/lookup.h"

struct comparison {
	struct arena *arena;
	const struct report *a, *b;
	const char *section;
	struct difference *d;
	size_t n;
};

static void add(struct comparison *c, const char *what, const char *a, const char *b)
{
	*arena_push(c->arena, &c->d, &c->n) = (struct difference){ c->section, what, a, b };
}

static void compare_text(struct comparison *c, const char *what, const char *a, const char *b)
{
	if (a != b && (!a || !b || strcmp(a, b) != 0))
		add(c, what, a, b);
}

static const char *tri_text(enum tri t)
{
	return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : NULL;
}

static const char *number(struct comparison *c, bool known, uint64_t value)
{
	return known ? arena_printf(c->arena, "%" PRIu64, value) : NULL;
}

static struct lookup keys_of(struct comparison *c, const struct key_values *kvs)
{
	struct lookup l = { NULL, 0 };

	for (size_t i = 0; i < kvs->n; i++)
		lookup_add(c->arena, &l, kvs->kv[i].key, i);
	lookup_sort(&l);
	return l;
}

static void compare_value(struct comparison *c, const char *prefix, const char *key, const char *a,
			  const char *b)
{
	if (a != b && (!a || !b || strcmp(a, b) != 0))
		add(c, arena_printf(c->arena, "%s%s", prefix, key), a, b);
}

/* Every key that either has; keys of a come first. */
static void compare_key_values(struct comparison *c, const char *prefix, const struct key_values *a,
			       const struct key_values *b)
{
	struct lookup in_a = keys_of(c, a), in_b = keys_of(c, b);

	for (size_t i = 0; i < a->n; i++) {
		const struct lookup_entry *there = lookup_find(&in_b, a->kv[i].key);

		compare_value(c, prefix, a->kv[i].key, a->kv[i].value,
			      there ? b->kv[there->at].value : NULL);
	}
	for (size_t i = 0; i < b->n; i++)
		if (!lookup_find(&in_a, b->kv[i].key))
			compare_value(c, prefix, b->kv[i].key, NULL, b->kv[i].value);
}

static struct lookup words_of(struct comparison *c, const struct strings *words)
{
	struct lookup l = { NULL, 0 };

	for (size_t i = 0; i < words->n; i++)
		lookup_add(c->arena, &l, words->s[i], i);
	lookup_sort(&l);
	return l;
}

static void compare_strings(struct comparison *c, const char *what, const struct strings *a,
			    const struct strings *b)
{
	struct lookup in_a = words_of(c, a), in_b = words_of(c, b);

	for (size_t i = 0; i < a->n; i++)
		if (!lookup_find(&in_b, a->s[i]))
			add(c, what, a->s[i], "not there");
	for (size_t i = 0; i < b->n; i++)
		if (!lookup_find(&in_a, b->s[i]))
			add(c, what, "not there", b->s[i]);
}

static void compare_verdict(struct comparison *c)
{
	const struct verdict *a = &c->a->verdict, *b = &c->b->verdict;

	compare_text(c, "result", verdict_name(a->result), verdict_name(b->result));
	compare_text(c, "grade", grade_name(a->grade), grade_name(b->grade));
	compare_text(c, "reason", a->reason, b->reason);
}

static const char *secure_boot(const struct report *r)
{
	return tri_text(r->facts.firmware.secure_boot);
}

static void compare_machine(struct comparison *c)
{
	const struct report *a = c->a, *b = c->b;

	compare_text(c, "vendor", vendor_name(a->cpu.vendor), vendor_name(b->cpu.vendor));
	compare_text(c, "brand", a->cpu.brand, b->cpu.brand);
	compare_text(c, "codename", a->cpu.codename, b->cpu.codename);
	compare_text(c, "count", number(c, a->cpu.count, a->cpu.count),
		     number(c, b->cpu.count, b->cpu.count));
	compare_text(c, "microcode", a->cpu.microcode, b->cpu.microcode);
	compare_text(c, "memory_kb", number(c, a->facts.memory_kb, a->facts.memory_kb),
		     number(c, b->facts.memory_kb, b->facts.memory_kb));
	compare_text(c, "boot", a->facts.firmware.boot, b->facts.firmware.boot);
	compare_text(c, "secure_boot", secure_boot(a), secure_boot(b));
	compare_key_values(c, "dmi.", &a->facts.firmware.dmi, &b->facts.firmware.dmi);
	if (a->facts.firmware.acpi_known == TRI_YES && b->facts.firmware.acpi_known == TRI_YES)
		compare_strings(c, "acpi", &a->facts.firmware.acpi, &b->facts.firmware.acpi);
}

static void compare_caps(struct comparison *c, const enum tri *a, const enum tri *b)
{
	for (int cap = 0; cap < CAP_COUNT; cap++)
		compare_text(c, cap_name((enum cap)cap), tri_text(a[cap]), tri_text(b[cap]));
}

static void compare_capabilities(struct comparison *c)
{
	compare_caps(c, c->a->caps, c->b->caps);
}

static const char *reading_text(struct comparison *c, const struct cpu_register *reg,
				const struct reading *mine, const struct reading *other)
{
	struct text t = { .raw = true };
	char *copy;

	if (mine->state == MISSING)
		return NULL;
	cpu_register_add_value(&t, reg, mine);
	if (mine->state == READ && other->state == READ && !cpu_register_is_microcode(reg))
		cpu_register_add_bits(&t, reg, mine->value, other->value);
	copy = arena_strdup(c->arena, t.s);
	text_free(&t);
	return copy;
}

/* The first CPU's. If CPUs of one machine differ, its report has a finding about that. */
static void compare_registers(struct comparison *c)
{
	const struct facts *a = &c->a->facts, *b = &c->b->facts;

	if (!a->n_cpus || !b->n_cpus)
		return;
	for (size_t i = 0; i < n_cpu_registers; i++) {
		const struct cpu_register *reg = &cpu_registers[i];
		struct reading ra, rb;
		struct text name = { .raw = true };

		if (!cpu_register_applies(c->a->cpu.vendor, reg) &&
		    !cpu_register_applies(c->b->cpu.vendor, reg))
			continue;
		ra = cpu_register_read(a, c->a->cpu.vendor, reg, 0);
		rb = cpu_register_read(b, c->b->cpu.vendor, reg, 0);
		if (ra.state == rb.state && ra.value == rb.value)
			continue;
		cpu_register_add_name(&name, reg);
		add(c, arena_strdup(c->arena, name.s), reading_text(c, reg, &ra, &rb),
		    reading_text(c, reg, &rb, &ra));
		text_free(&name);
	}
}

void compared_registers(struct text *t, const struct report *r)
{
	const struct facts *f = &r->facts;

	for (size_t i = 0; f->n_cpus && i < n_cpu_registers; i++) {
		struct reading is = cpu_register_read(f, r->cpu.vendor, &cpu_registers[i], 0);

		text_addf(t, "%u:%" PRIx64 " ", (unsigned int)is.state, is.value);
	}
}

static struct lookup modules_of(struct comparison *c, const struct kernel_facts *k)
{
	struct lookup l = { NULL, 0 };

	for (size_t i = 0; i < k->n_modules; i++)
		lookup_add(c->arena, &l, k->modules[i].name, i);
	lookup_sort(&l);
	return l;
}

/* If only one side has loaded a module, report that and not its parameters. */
static void compare_modules(struct comparison *c, const struct kernel_facts *a,
			    const struct kernel_facts *b)
{
	struct lookup in_a = modules_of(c, a), in_b = modules_of(c, b);

	for (size_t i = 0; i < a->n_modules; i++) {
		const struct module_facts *m = &a->modules[i];
		const struct lookup_entry *there = lookup_find(&in_b, m->name);

		if (there)
			compare_key_values(c, arena_printf(c->arena, "%s.", m->name),
					   &m->parameters, &b->modules[there->at].parameters);
		else
			add(c, "module", m->name, "not there");
	}
	for (size_t i = 0; i < b->n_modules; i++)
		if (!lookup_find(&in_a, b->modules[i].name))
			add(c, "module", "not there", b->modules[i].name);
}

static const char *presence(enum tri t)
{
	return t == TRI_YES ? "there" : t == TRI_NO ? "not there" : NULL;
}

static void compare_kernel(struct comparison *c)
{
	const struct kernel_facts *a = &c->a->facts.kernel, *b = &c->b->facts.kernel;

	compare_text(c, "release", a->release, b->release);
	compare_text(c, "cmdline", a->cmdline, b->cmdline);
	compare_text(c, "lockdown", a->lockdown, b->lockdown);
	compare_text(c, "vmx or svm in /proc/cpuinfo", presence(a->virt_flag),
		     presence(b->virt_flag));
	compare_text(c, "taint", number(c, a->taint_known == TRI_YES, a->taint),
		     number(c, b->taint_known == TRI_YES, b->taint));
	compare_text(c, "clocksource", a->clocksource, b->clocksource);
	compare_text(c, "container", a->container, b->container);
	compare_key_values(c, "vulnerabilities.", &a->vulnerabilities, &b->vulnerabilities);
	if (a->modules_known == TRI_YES && b->modules_known == TRI_YES)
		compare_modules(c, a, b);
	compare_key_values(c, "module_files.", &a->module_files, &b->module_files);
	if (a->modprobe_known == TRI_YES && b->modprobe_known == TRI_YES)
		compare_strings(c, "modprobe", &a->modprobe, &b->modprobe);
}

/* Not recorded by the image and by earlier versions, so nothing means unknown. */
static void compare_software(struct comparison *c)
{
	const struct key_values *a = &c->a->facts.software, *b = &c->b->facts.software;

	if (a->n && b->n)
		compare_key_values(c, "", a, b);
}

static const char *device_text(enum kvm_device d)
{
	static const char *const names[] = {
		[KVM_DEVICE_UNKNOWN] = NULL,
		[KVM_DEVICE_PRESENT] = "present",
		[KVM_DEVICE_ABSENT] = "absent",
		[KVM_DEVICE_DENIED] = "denied",
	};

	return names[d];
}

static void compare_kvm(struct comparison *c)
{
	const struct kvm_facts *a = &c->a->facts.kvm, *b = &c->b->facts.kvm;

	compare_text(c, "module", c->a->kvm.module, c->b->kvm.module);
	compare_text(c, "device", device_text(a->device), device_text(b->device));
	compare_text(c, "error", c->a->kvm.error, c->b->kvm.error);
	compare_text(c, "nested_cpuid", tri_text(a->nested_cpuid), tri_text(b->nested_cpuid));
	compare_key_values(c, "caps.", &a->caps, &b->caps);
	compare_key_values(c, "parameters.", &c->a->kvm.parameters, &c->b->kvm.parameters);
}

static void compare_offered(struct comparison *c)
{
	compare_caps(c, c->a->kvm.offered, c->b->kvm.offered);
}

static struct lookup findings_of(struct comparison *c, const struct report *r)
{
	struct lookup l = { NULL, 0 };

	for (size_t i = 0; i < r->n_findings; i++)
		lookup_add(c->arena, &l, r->findings[i].id, i);
	lookup_sort(&l);
	return l;
}

static const char *finding_text(const struct finding *f)
{
	return f->evidence ? f->evidence : f->title;
}

static void compare_findings(struct comparison *c)
{
	struct lookup in_a = findings_of(c, c->a), in_b = findings_of(c, c->b);

	for (size_t i = 0; i < c->a->n_findings; i++) {
		const struct finding *f = &c->a->findings[i];
		const struct lookup_entry *there = lookup_find(&in_b, f->id);

		compare_text(c, f->id, finding_text(f),
			     there ? finding_text(&c->b->findings[there->at]) : "not found");
	}
	for (size_t i = 0; i < c->b->n_findings; i++) {
		const struct finding *f = &c->b->findings[i];

		if (!lookup_find(&in_a, f->id))
			compare_text(c, f->id, "not found", finding_text(f));
	}
}

static struct lookup cases_of(struct comparison *c, const struct selftest_state *s)
{
	struct lookup l = { NULL, 0 };

	for (size_t i = 0; i < s->n_cases; i++)
		lookup_add(c->arena, &l, s->cases[i].name, i);
	lookup_sort(&l);
	return l;
}

/* Costs vary from run to run: report a difference only from a factor of two on. */
static void compare_costs(struct comparison *c)
{
	for (size_t i = 0; i < EXIT_COSTS; i++) {
		uint64_t a = c->a->selftest.costs[i].median, b = c->b->selftest.costs[i].median;

		if ((a || b) && (a >= 2 * b || b >= 2 * a))
			add(c, arena_printf(c->arena, "%s cycles", exit_cost_names[i]),
			    number(c, a, a), number(c, b, b));
	}
}

/* Times, addresses and last lines vary from run to run: compare where it failed. */
static const char *chain_text(struct comparison *c, const struct chain_state *s)
{
	if (s->result == CASE_NOT_RUN)
		return NULL;
	if (s->result != CASE_FAIL)
		return case_result_name(s->result);
	return arena_printf(c->arena, "fail: L%u, stage %s", s->level,
			    s->stage ? s->stage : "not known");
}

static void compare_chain(struct comparison *c)
{
	const struct chain_state *a = &c->a->selftest.chain, *b = &c->b->selftest.chain;

	compare_text(c, "result", chain_text(c, a), chain_text(c, b));
	for (size_t i = 0; i < a->n_levels && i < b->n_levels; i++) {
		const struct chain_level *la = &a->levels[i], *lb = &b->levels[i];

		compare_text(c, arena_printf(c->arena, "L%u reached", la->level), la->reached,
			     lb->reached);
		compare_text(c, arena_printf(c->arena, "L%u kernel", la->level), la->kernel,
			     lb->kernel);
		for (int cap = 0; cap < CAP_COUNT; cap++)
			if (la->caps[cap] != lb->caps[cap])
				add(c,
				    arena_printf(c->arena, "L%u sees %s", la->level,
						 cap_name((enum cap)cap)),
				    tri_text(la->caps[cap]), tri_text(lb->caps[cap]));
	}
}

static void compare_selftest(struct comparison *c)
{
	const struct selftest_state *a = &c->a->selftest, *b = &c->b->selftest;
	struct lookup in_a = cases_of(c, a), in_b = cases_of(c, b);

	if (!a->n_cases || !b->n_cases) {
		compare_text(c, "cases", a->n_cases ? number(c, true, a->n_cases) : NULL,
			     b->n_cases ? number(c, true, b->n_cases) : NULL);
		return;
	}
	for (size_t i = 0; i < a->n_cases; i++) {
		const struct lookup_entry *there = lookup_find(&in_b, a->cases[i].name);

		compare_text(c, a->cases[i].name, case_result_name(a->cases[i].result),
			     there ? case_result_name(b->cases[there->at].result) : NULL);
	}
	for (size_t i = 0; i < b->n_cases; i++)
		if (!lookup_find(&in_a, b->cases[i].name))
			compare_text(c, b->cases[i].name, NULL,
				     case_result_name(b->cases[i].result));
	compare_costs(c);
}

static const struct {
	const char *section;
	void (*compare)(struct comparison *c);
} parts[] = {
	{ "verdict", compare_verdict },	    { "findings", compare_findings },
	{ "machine", compare_machine },	    { "capabilities", compare_capabilities },
	{ "kvm.offered", compare_offered }, { "kvm", compare_kvm },
	{ "kernel", compare_kernel },	    { "software", compare_software },
	{ "registers", compare_registers }, { "selftest", compare_selftest },
	{ "chain", compare_chain },
};

size_t compare_reports(struct arena *arena, const struct report *a, const struct report *b,
		       struct difference **differences)
{
	struct comparison c = { .arena = arena, .a = a, .b = b };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		c.section = parts[i].section;
		parts[i].compare(&c);
	}
	*differences = c.d;
	return c.n;
}
