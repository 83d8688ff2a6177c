/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules: one row each, in the tables of rules_*.c, run in order by rules.c.
 *
 * A rule's check looks at the situation and adds its finding(s), or adds none. It fires on
 * what was recorded and never on what is missing. Root causes come before consequences:
 * a check may ask whether an earlier rule fired. Private to this room.
 */
#ifndef NESTCHECK_DIAGNOSE_RULES_H
#define NESTCHECK_DIAGNOSE_RULES_H

#include "diagnose/kvm_needs.h"
#include "lib/report.h"

#define HYPERVISOR_SIGNATURES 2
#define SIGNATURE_SIZE	      13

/* A row of hypervisors.c. */
struct hypervisor {
	const char *name;
	/* CPUID 0x40000000, EBX ECX EDX; none: by DMI or kernel alone */
	const char *signatures[HYPERVISOR_SIGNATURES];
	const char *dmi; /* a part of a vendor's, the product's or the BIOS' name, or of the tag */
	const char *release; /* a part of the kernel's release */
	const char *remedy;
	const char *remedy_amd; /* where it is another one for SVM; NULL: the same */
	const char *partial;	/* what to do where VMX is offered, and lacks what KVM needs */
};

struct hypervisor_table {
	const struct hypervisor *rows;
	size_t n;
};

extern const struct hypervisor_table hypervisor_rows;

/* What the facts say at a glance, worked out once. */
struct situation {
	struct report *r;
	const struct facts *f;
	const struct cpu_facts *cpu; /* the first; NULL where none was recorded */
	enum cpu_vendor vendor;
	enum tri virt;			     /* VMX or SVM in CPUID */
	enum tri guest;			     /* the hypervisor bit */
	const struct hypervisor *hypervisor; /* NULL: none, or none that we know */
	const char *signature;		     /* leaf 0x40000000 as text; NULL where not recorded */
	const char *module;		     /* kvm_intel, kvm_amd; NULL: none, or vendor unknown */
	enum tri module_loaded;
	struct kvm_need *needs; /* what that module asks of the CPU */
	size_t n_needs;
};

struct rule {
	const char *id;
	enum severity severity;
	bool unsupported;
	const char *title;
	const char *remedy; /* the default; a check may put a better one */
	void (*check)(struct situation *s, const struct rule *rule);
	const char *explain; /* what it means, how it is found, what to do */
};

struct rule_table {
	const struct rule *rules;
	size_t n;
};

extern const struct rule_table firmware_rules, cpu_rules, needs_rules, kernel_rules, module_rules,
	cost_rules, feature_rules, kvm_rules, selftest_rules, chain_rules;
extern const struct rule_table guest_rules, guest_vendor_rules;

/* A finding with the row's id, severity, title and remedy; the caller sets the evidence. */
struct finding *finding_add(struct situation *s, const struct rule *rule);
void finding_cpu(struct situation *s, struct finding *f, int cpu);
bool finding_exists(const struct report *r, const char *id);
bool blocker_exists(const struct report *r);

/* KVM has answered, or its module was loaded from a file: nothing that it needs is missing. */
bool kvm_runs(const struct situation *s);

char *say(struct situation *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* hypervisor_find.c: by DMI and kernel release first, which know better than the signature. */
const struct hypervisor *hypervisor_find(const struct facts *f, const char *signature);
/* The 12 characters of a hypervisor leaf, KVM's own (0x40000100) before what it imitates. */
const char *hypervisor_signature(struct arena *a, const struct facts *f, const struct cpu_facts *c);
/* We are a guest, and the row that was found has this name. */
bool hypervisor_is(const struct situation *s, const char *name);
/* How to have VMX or SVM handed through; NULL where nobody knows who is below. */
const char *hypervisor_remedy(const struct situation *s);

/* The newest line of the kernel's log that has a part in it; NULL where none does. */
const char *log_line(const struct situation *s, const char *part);

/*
 * modprobe_words.c: what modprobe.d says of a module. The line ("FILE: LINE") that sets an option
 * of it, or NULL; *value into it. "blacklist" and "install MODULE /bin/false" keep it from loading.
 */
const char *modprobe_option(struct situation *s, const char *module, const char *option,
			    const char **value);
const char *modprobe_ban(struct situation *s, const char *module);
/* The same of the kernel's command line: "kvm_intel.nested=0"; the word itself, or NULL. */
const char *cmdline_option(struct situation *s, const char *module, const char *option,
			   const char **value);
const char *cmdline_ban(struct situation *s, const char *module);
/* Of one of them: what it makes of nesting; unknown if the module refuses it. NULL: the option stands alone. */
enum tri nested_value(const char *module, const char *value);

/* rules_kernel.c: "first update the kernel: ...", or "" where nothing is known to be open. */
const char *update_first(struct situation *s);

/* differ.c */
void check_cpus_differ(struct situation *s, const struct rule *rule);
void check_hybrid(struct situation *s, const struct rule *rule);

#endif
