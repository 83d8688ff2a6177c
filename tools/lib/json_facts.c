// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.facts/1 (design.md, "Facts"), both ways.
 *
 * `like` is an index in struct cpu_facts and an id in the document: who writes one by hand
 * thinks in CPU numbers, and numbers of offline CPUs may be missing in between.
 */
#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/json_util.h"

#define MAX_CPUS 8192 /* Linux's own limit, x86 MAXSMP */
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* --- out ------------------------------------------------------------------------------ */

static void set_string(json_t *object, const char *key, const char *s)
{
	if (s)
		out_set(object, key, out_string(s));
}

static void set_tri(json_t *object, const char *key, enum tri t)
{
	if (t != TRI_UNKNOWN)
		out_set(object, key, out_tri(t));
}

static json_t *out_cpus(const struct facts *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->n_cpus; i++) {
		const struct cpu_facts *c = &f->cpus[i];
		json_t *cpu = json_object();

		out_set(cpu, "id", json_integer(c->id));
		if (c->like >= 0 && (size_t)c->like < i)
			out_set(cpu, "like", json_integer(f->cpus[c->like].id));
		out_set(cpu, "cpuid", out_cpuid(c->cpuid, c->n_cpuid));
		out_set(cpu, "msr", out_msrs(c->msr, c->n_msr));
		out_append(array, cpu);
	}
	return array;
}

static json_t *out_kernel(const struct kernel_facts *k)
{
	json_t *kernel = json_object();

	set_string(kernel, "release", k->release);
	set_string(kernel, "version", k->version);
	set_string(kernel, "version_signature", k->version_signature);
	set_string(kernel, "cmdline", k->cmdline);
	set_string(kernel, "lockdown", k->lockdown);
	set_tri(kernel, "virt_flag", k->virt_flag);
	if (k->taint_known == TRI_YES)
		out_set(kernel, "taint", json_integer((json_int_t)k->taint));
	if (k->modules_known == TRI_YES) {
		json_t *modules = json_object();

		for (size_t i = 0; i < k->n_modules; i++)
			out_set(modules, k->modules[i].name,
				out_key_values(&k->modules[i].parameters));
		out_set(kernel, "modules", modules);
	}
	if (k->vulnerabilities.n)
		out_set(kernel, "vulnerabilities", out_key_values(&k->vulnerabilities));
	set_string(kernel, "clocksource", k->clocksource);
	if (k->log.n)
		out_set(kernel, "log", out_strings(&k->log));
	if (k->modprobe_known == TRI_YES)
		out_set(kernel, "modprobe", out_strings(&k->modprobe));
	if (k->module_files.n)
		out_set(kernel, "module_files", out_key_values(&k->module_files));
	set_string(kernel, "container", k->container);
	return kernel;
}

static json_t *out_kvm(const struct kvm_facts *k)
{
	json_t *kvm = json_object();

	set_string(kvm, "device", kvm_device_names[k->device]);
	set_tri(kvm, "nested_cpuid", k->nested_cpuid);
	if (k->n_cpuid)
		out_set(kvm, "cpuid", out_cpuid(k->cpuid, k->n_cpuid));
	if (k->n_msr)
		out_set(kvm, "msr", out_msrs(k->msr, k->n_msr));
	set_string(kvm, "error", k->error);
	if (k->node.n)
		out_set(kvm, "node", out_key_values(&k->node));
	if (k->caps.n)
		out_set(kvm, "caps", out_key_values(&k->caps));
	return kvm;
}

static json_t *out_firmware(const struct firmware_facts *fw)
{
	json_t *firmware = json_object();

	set_string(firmware, "boot", fw->boot);
	set_tri(firmware, "secure_boot", fw->secure_boot);
	if (fw->dmi.n)
		out_set(firmware, "dmi", out_key_values(&fw->dmi));
	if (fw->acpi_known == TRI_YES)
		out_set(firmware, "acpi", out_strings(&fw->acpi));
	return firmware;
}

/* A part of which nothing is known is left out. */
static void set_part(json_t *facts, const char *key, json_t *part)
{
	if (json_object_size(part))
		out_set(facts, key, part);
	else
		json_decref(part);
}

json_t *facts_to_value(const struct facts *f)
{
	json_t *facts = json_object(), *access = json_object();

	out_set(facts, "schema", json_string(FACTS_SCHEMA));
	set_string(access, "msr", msr_access_names[f->msr_access]);
	set_string(access, "user", f->user);
	set_part(facts, "access", access);
	out_set(facts, "cpus", out_cpus(f));
	set_part(facts, "kernel", out_kernel(&f->kernel));
	set_part(facts, "kvm", out_kvm(&f->kvm));
	set_part(facts, "firmware", out_firmware(&f->firmware));
	if (f->memory_kb)
		out_set(facts, "memory_kb", json_integer((json_int_t)f->memory_kb));
	return facts;
}

char *facts_to_json(const struct facts *f)
{
	return out_document(facts_to_value(f));
}

/* --- in ------------------------------------------------------------------------------- */

static bool in_like(struct reader *rd, json_t *v, const char *where, const struct facts *f,
		    size_t self, int *like)
{
	uint64_t id = UINT64_MAX;

	*like = -1;
	if (!in_u64(rd, v, where, "like", &id))
		return false;
	if (id == UINT64_MAX)
		return true;
	for (size_t i = 0; i < self; i++) {
		if ((uint64_t)f->cpus[i].id != id)
			continue;
		if (f->cpus[i].like >= 0)
			return in_fail(rd, where, "like", "that CPU is itself like another");
		*like = (int)i;
		return true;
	}
	return in_fail(rd, where, "like", "there is no such CPU before this one");
}

static bool in_cpu(struct reader *rd, json_t *v, struct facts *f, size_t i)
{
	const char *where = arena_printf(rd->a, "cpus[%zu]", i);
	struct cpu_facts *c = arena_push(rd->a, &f->cpus, &f->n_cpus);
	uint64_t id = i;

	c->like = -1;
	if (!json_is_object(v))
		return in_fail(rd, where, NULL, "not an object");
	if (!in_u64(rd, v, where, "id", &id))
		return false;
	if (id > INT32_MAX)
		return in_fail(rd, where, "id", "larger than any CPU's");
	c->id = (int)id;
	for (size_t k = 0; k < i; k++)
		if (f->cpus[k].id == c->id)
			return in_fail(rd, where, "id", "an earlier CPU has it already");
	return in_like(rd, v, where, f, i, &c->like) &&
	       in_cpuid(rd, v, where, "cpuid", &c->cpuid, &c->n_cpuid) &&
	       in_msrs(rd, v, where, "msr", &c->msr, &c->n_msr);
}

static bool in_cpus(struct reader *rd, json_t *facts, const char *where, struct facts *f)
{
	json_t *cpus, *v;
	size_t i;

	if (!in_array(rd, facts, where, "cpus", &cpus))
		return false;
	if (json_array_size(cpus) > MAX_CPUS)
		return in_fail(rd, where, "cpus", "more CPUs than Linux can have");
	json_array_foreach(cpus, i, v)
		if (!in_cpu(rd, v, f, i))
			return false;
	return true;
}

static bool in_modules(struct reader *rd, json_t *kernel, const char *where, struct kernel_facts *k)
{
	json_t *modules, *v;
	const char *name;

	if (!in_object(rd, kernel, where, "modules", &modules))
		return false;
	if (!modules)
		return true;
	k->modules_known = TRI_YES;
	json_object_foreach(modules, name, v) {
		struct module_facts *m = arena_push(rd->a, &k->modules, &k->n_modules);

		m->name = arena_strdup(rd->a, name);
		if (!in_key_values(rd, modules, "kernel.modules", name, &m->parameters))
			return false;
	}
	return true;
}

static bool in_kernel(struct reader *rd, json_t *facts, const char *where, struct kernel_facts *k)
{
	uint64_t taint = UINT64_MAX;
	json_t *v, *modprobe;

	if (!in_object(rd, facts, where, "kernel", &v))
		return false;
	where = "kernel";
	if (!in_string(rd, v, where, "release", &k->release) ||
	    !in_string(rd, v, where, "version", &k->version) ||
	    !in_string(rd, v, where, "version_signature", &k->version_signature) ||
	    !in_string(rd, v, where, "cmdline", &k->cmdline) ||
	    !in_string(rd, v, where, "lockdown", &k->lockdown) ||
	    !in_tri(rd, v, where, "virt_flag", &k->virt_flag) ||
	    !in_u64(rd, v, where, "taint", &taint) || !in_modules(rd, v, where, k) ||
	    !in_key_values(rd, v, where, "vulnerabilities", &k->vulnerabilities) ||
	    !in_string(rd, v, where, "clocksource", &k->clocksource) ||
	    !in_strings(rd, v, where, "log", &k->log) ||
	    !in_array(rd, v, where, "modprobe", &modprobe) ||
	    !in_strings(rd, v, where, "modprobe", &k->modprobe) ||
	    !in_key_values(rd, v, where, "module_files", &k->module_files) ||
	    !in_string(rd, v, where, "container", &k->container))
		return false;
	k->modprobe_known = modprobe ? TRI_YES : TRI_UNKNOWN;
	if (taint != UINT64_MAX) {
		k->taint_known = TRI_YES;
		k->taint = taint;
	}
	return true;
}

static bool in_kvm(struct reader *rd, json_t *facts, const char *where, struct kvm_facts *k)
{
	int device = KVM_DEVICE_UNKNOWN;
	json_t *v;

	if (!in_object(rd, facts, where, "kvm", &v))
		return false;
	where = "kvm";
	if (!in_enum(rd, v, where, "device", kvm_device_names, COUNT(kvm_device_names), &device) ||
	    !in_tri(rd, v, where, "nested_cpuid", &k->nested_cpuid) ||
	    !in_cpuid(rd, v, where, "cpuid", &k->cpuid, &k->n_cpuid) ||
	    !in_msrs(rd, v, where, "msr", &k->msr, &k->n_msr) ||
	    !in_string(rd, v, where, "error", &k->error) ||
	    !in_key_values(rd, v, where, "node", &k->node) ||
	    !in_key_values(rd, v, where, "caps", &k->caps))
		return false;
	k->device = (enum kvm_device)device;
	return true;
}

static bool in_firmware(struct reader *rd, json_t *facts, const char *where,
			struct firmware_facts *fw)
{
	json_t *v, *acpi;

	if (!in_object(rd, facts, where, "firmware", &v))
		return false;
	where = "firmware";
	if (!in_string(rd, v, where, "boot", &fw->boot) ||
	    !in_tri(rd, v, where, "secure_boot", &fw->secure_boot) ||
	    !in_key_values(rd, v, where, "dmi", &fw->dmi) ||
	    !in_array(rd, v, where, "acpi", &acpi) || !in_strings(rd, v, where, "acpi", &fw->acpi))
		return false;
	fw->acpi_known = acpi ? TRI_YES : TRI_UNKNOWN;
	return true;
}

bool facts_from_value(struct reader *rd, json_t *facts, const char *where, struct facts *f)
{
	int access = MSR_ACCESS_UNKNOWN;
	json_t *v;

	if (!in_object(rd, facts, where, "access", &v) ||
	    !in_enum(rd, v, "access", "msr", msr_access_names, COUNT(msr_access_names), &access))
		return false;
	f->msr_access = (enum msr_access)access;
	if (!in_string(rd, v, "access", "user", &f->user))
		return false;
	return in_cpus(rd, facts, where, f) && in_kernel(rd, facts, where, &f->kernel) &&
	       in_kvm(rd, facts, where, &f->kvm) && in_firmware(rd, facts, where, &f->firmware) &&
	       in_u64(rd, facts, where, "memory_kb", &f->memory_kb);
}

/* The facts object of either document; NULL with an error. */
static json_t *facts_part(struct reader *rd, json_t *document, const char **where)
{
	const char *schema = NULL;
	json_t *facts;

	*where = "";
	if (!in_string(rd, document, "", "schema", &schema))
		return NULL;
	if (schema && !strcmp(schema, REPORT_SCHEMA)) {
		*where = "facts";
		if (in_object(rd, document, "", "facts", &facts) && !facts)
			in_fail(rd, "facts", NULL, "this report holds none");
		return rd->error ? NULL : facts;
	}
	if (schema ? strcmp(schema, FACTS_SCHEMA) != 0 : !json_object_get(document, "cpus")) {
		in_fail(rd, "schema", NULL,
			schema ? arena_printf(rd->a, "'%.40s' is not " FACTS_SCHEMA, schema) :
				 "neither it nor \"cpus\" is there");
		return NULL;
	}
	return document;
}

int facts_from_json(struct report *r, const char *text, size_t len, const char **error)
{
	struct reader rd = { .a = &r->arena };
	json_t *document = in_document(&rd, text, len), *facts;
	const char *where;

	if (document) {
		facts = facts_part(&rd, document, &where);
		if (facts)
			facts_from_value(&rd, facts, where, &r->facts);
		json_decref(document);
	}
	if (!rd.error)
		return 0;
	/* Half a recording would be diagnosed as if it were the whole. */
	memset(&r->facts, 0, sizeof(r->facts));
	*error = rd.error;
	return -EINVAL;
}
