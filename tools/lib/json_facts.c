// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestcheck.facts/1 (design.md, "Facts"): writer and reader.
 */
#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/json_report.h"

#define MAX_CPUS 8192 /* Linux's limit, x86 MAXSMP */

/* --- CPUs ----------------------------------------------------------------------------- */

/*
 * `like` is an index in struct cpu_facts but an id in the document: people who write documents use
 * CPU numbers, and the numbers of offline CPUs may be missing in between.
 */
static const struct json_field cpu_fields[] = {
	JSON_COUNTED(struct cpu_facts, "cpuid", CPUID, cpuid),
	JSON_COUNTED(struct cpu_facts, "msr", MSRS, msr),
};

static const struct json_part cpu_part = JSON_PART(struct cpu_facts, cpu_fields);

static json_t *out_cpus(const void *record)
{
	const struct facts *f = record;
	json_t *array = json_array();

	for (size_t i = 0; i < f->n_cpus; i++) {
		const struct cpu_facts *c = &f->cpus[i];
		json_t *cpu = json_object();

		out_set(cpu, "id", json_integer(c->id));
		if (c->like >= 0 && (size_t)c->like < i)
			out_set(cpu, "like", json_integer(f->cpus[c->like].id));
		out_fields(cpu, &cpu_part, c);
		out_append(array, cpu);
	}
	return array;
}

/* ids: of all CPUs, sorted. */
static bool in_like(struct reader *rd, json_t *v, const char *where, const struct facts *f,
		    const struct numbered *ids, size_t self, int *like)
{
	const struct numbered *other;
	uint64_t id;

	if (!in_u64(rd, v, where, "like", &id))
		return false;
	other = numbered_find(ids, f->n_cpus, id);
	if (!other || other->at >= self)
		return in_fail(rd, where, "like", "there is no such CPU before this one");
	if (f->cpus[other->at].like >= 0)
		return in_fail(rd, where, "like", "that CPU is itself like another");
	*like = (int)other->at;
	return true;
}

static const char *cpu_at(struct reader *rd, size_t i)
{
	return arena_printf(rd->a, "cpus[%zu]", i);
}

static bool in_cpu(struct reader *rd, json_t *cpu, const char *where, struct facts *f,
		   const struct numbered *ids, size_t i)
{
	struct cpu_facts *c = &f->cpus[i];
	json_t *v = in_present(cpu, "like");

	if ((v && !in_like(rd, v, where, f, ids, i, &c->like)) ||
	    !in_part(rd, cpu, where, &cpu_part, c))
		return false;
	/* Thousands of CPUs may be like one with thousands of registers. */
	cpu_sort(rd->a, c);
	return true;
}

/* The ids of all CPUs, as `like` refers to them. */
static bool in_ids(struct reader *rd, json_t *cpus, struct facts *f, struct numbered **ids)
{
	const struct numbered *twice;
	json_t *cpu, *v;
	size_t i, n = 0;

	json_array_foreach(cpus, i, cpu) {
		struct cpu_facts *c = arena_push(rd->a, &f->cpus, &f->n_cpus);
		uint64_t id = i;

		if (!json_is_object(cpu))
			return in_fail(rd, cpu_at(rd, i), NULL, "not an object");
		v = in_present(cpu, "id");
		if (v && !in_u64(rd, v, cpu_at(rd, i), "id", &id))
			return false;
		if (id > INT32_MAX)
			return in_fail(rd, cpu_at(rd, i), "id", "larger than any CPU number");
		c->id = (int)id;
		c->like = -1;
		*arena_push(rd->a, ids, &n) = (struct numbered){ id, i };
	}
	numbered_sort(*ids, n);
	twice = numbered_twice(*ids, n);
	return !twice || in_fail(rd, cpu_at(rd, twice->at), "id", "already used by an earlier CPU");
}

static bool in_cpus(struct reader *rd, json_t *cpus, const char *where, const char *key,
		    void *record)
{
	struct facts *f = record;
	struct numbered *ids = NULL;
	json_t *v;
	size_t i;

	if (!in_array(rd, cpus, where, key))
		return false;
	if (json_array_size(cpus) > MAX_CPUS)
		return in_fail(rd, where, key, "more CPUs than Linux supports");
	if (!in_ids(rd, cpus, f, &ids))
		return false;
	json_array_foreach(cpus, i, v)
		if (!in_cpu(rd, v, cpu_at(rd, i), f, ids, i))
			return false;
	return true;
}

static const struct json_pair cpus_pair = { out_cpus, in_cpus };

/* --- the other parts: unknown values are omitted, and so are parts without known values -- */

static const char *msr_access_name(unsigned int access)
{
	static const char *const names[] = {
		[MSR_ACCESS_OK] = "ok",
		[MSR_ACCESS_EPERM] = "eperm",
		[MSR_ACCESS_ENODEV] = "enodev",
	};

	return names[access];
}

static const char *kvm_device_name(unsigned int device)
{
	static const char *const names[] = {
		[KVM_DEVICE_PRESENT] = "present",
		[KVM_DEVICE_ABSENT] = "absent",
		[KVM_DEVICE_DENIED] = "denied",
	};

	return names[device];
}

#define FACT(...) JSON_FIELD(struct facts, __VA_ARGS__, .brief = true)

static const struct json_field access_fields[] = {
	FACT("msr", ENUM, msr_access, .name = msr_access_name, .n = MSR_ACCESS_ENODEV + 1),
	FACT("user", STRING, user),
};

static const struct json_part access_part = JSON_PART(struct facts, access_fields);

#define KERNEL(...)   JSON_FIELD(struct kernel_facts, __VA_ARGS__, .brief = true)
#define KNOWN(member) .known = offsetof(struct kernel_facts, member)

static const struct json_field module_field =
	JSON_FIELD(struct module_facts, NULL, KEY_VALUES, parameters);

static const struct json_field kernel_fields[] = {
	KERNEL("release", STRING, release),
	KERNEL("version", STRING, version),
	KERNEL("version_signature", STRING, version_signature),
	KERNEL("cmdline", STRING, cmdline),
	KERNEL("lockdown", STRING, lockdown),
	KERNEL("virt_flag", TRI, virt_flag),
	KERNEL("taint", U64, taint, KNOWN(taint_known)),
	JSON_COUNTED(struct kernel_facts, "modules", BY_NAME, modules,
		     .size = sizeof(struct module_facts), .each = &module_field,
		     KNOWN(modules_known)),
	KERNEL("vulnerabilities", KEY_VALUES, vulnerabilities),
	KERNEL("clocksource", STRING, clocksource),
	KERNEL("log", STRINGS, log),
	KERNEL("modprobe", STRINGS, modprobe, KNOWN(modprobe_known)),
	KERNEL("module_files", KEY_VALUES, module_files),
	KERNEL("container", STRING, container),
	KERNEL("service", STRING, service),
};

static const struct json_part kernel_part = JSON_PART(struct kernel_facts, kernel_fields);

#define KVM(...)	 JSON_FIELD(struct kvm_facts, __VA_ARGS__, .brief = true)
#define KVM_COUNTED(...) JSON_COUNTED(struct kvm_facts, __VA_ARGS__, .brief = true)

static const struct json_field kvm_fields[] = {
	KVM("device", ENUM, device, .name = kvm_device_name, .n = KVM_DEVICE_DENIED + 1),
	KVM("nested_cpuid", TRI, nested_cpuid),
	KVM_COUNTED("cpuid", CPUID, cpuid),
	KVM_COUNTED("msr", MSRS, msr),
	KVM("error", STRING, error),
	KVM("node", KEY_VALUES, node),
	KVM("caps", KEY_VALUES, caps),
};

static const struct json_part kvm_part = JSON_PART(struct kvm_facts, kvm_fields);

#define FIRMWARE(...) JSON_FIELD(struct firmware_facts, __VA_ARGS__, .brief = true)

static const struct json_field firmware_fields[] = {
	FIRMWARE("boot", STRING, boot),
	FIRMWARE("secure_boot", TRI, secure_boot),
	FIRMWARE("dmi", KEY_VALUES, dmi),
	FIRMWARE("acpi", STRINGS, acpi, .known = offsetof(struct firmware_facts, acpi_known)),
	FIRMWARE("acpi_oem", STRINGS, acpi_oem),
	FIRMWARE("pci", STRINGS, pci),
};

static const struct json_part firmware_part = JSON_PART(struct firmware_facts, firmware_fields);

#define BEHAVIOUR(...) JSON_FIELD(struct behaviour_facts, __VA_ARGS__, .brief = true)

static const struct json_field behaviour_fields[] = {
	BEHAVIOUR("fsin_one", HEX64, fsin_one),	       BEHAVIOUR("fsin_pi", HEX64, fsin_pi),
	BEHAVIOUR("rcpss_three", HEX64, rcpss_three),  BEHAVIOUR("ticks_nop", MEASURED, ticks_nop),
	BEHAVIOUR("ticks_fsin", MEASURED, ticks_fsin),
};

static const struct json_part behaviour_part = JSON_PART(struct behaviour_facts, behaviour_fields);

static const struct json_field facts_fields[] = {
	JSON_CONSTANT("schema", FACTS_SCHEMA),
	JSON_HERE("access", access_part, .brief = true, .rooted = true),
	JSON_PAIR("cpus", cpus_pair),
	FACT("kernel", OBJECT, kernel, .part = &kernel_part, .rooted = true),
	FACT("kvm", OBJECT, kvm, .part = &kvm_part, .rooted = true),
	FACT("firmware", OBJECT, firmware, .part = &firmware_part, .rooted = true),
	FACT("behaviour", OBJECT, behaviour, .part = &behaviour_part, .rooted = true,
	     .known = offsetof(struct facts, behaviour.known)),
	FACT("software", KEY_VALUES, software),
	FACT("memory_kb", MEASURED, memory_kb),
};

const struct json_part facts_part = JSON_PART(struct facts, facts_fields);

/* --- the document --------------------------------------------------------------------- */

char *facts_to_json(const struct facts *f)
{
	return json_text(out_part(&facts_part, f));
}

/* The facts object of either document; NULL with an error. */
static json_t *facts_of(struct reader *rd, json_t *document, const char **where)
{
	json_t *v = in_present(document, "schema"), *facts;
	const char *schema = NULL;

	*where = "";
	if (v && !in_string(rd, v, "", "schema", &schema))
		return NULL;
	if (schema && !strcmp(schema, REPORT_SCHEMA)) {
		*where = "facts";
		facts = in_present(document, "facts");
		if (!facts)
			in_fail(rd, "facts", NULL, "missing from this report");
		return facts && in_object(rd, facts, "", "facts") ? facts : NULL;
	}
	if (schema ? strcmp(schema, FACTS_SCHEMA) != 0 : !json_object_get(document, "cpus")) {
		in_fail(rd, "schema", NULL,
			schema ? arena_printf(rd->a, "'%.40s' is not " FACTS_SCHEMA, schema) :
				 "missing, and so is \"cpus\"");
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
		facts = facts_of(&rd, document, &where);
		if (facts)
			in_part(&rd, facts, where, &facts_part, &r->facts);
		json_decref(document);
	}
	if (!rd.error)
		return 0;
	/* A partly read recording would be diagnosed as if it were complete. */
	memset(&r->facts, 0, sizeof(r->facts));
	*error = rd.error;
	return -EINVAL;
}
