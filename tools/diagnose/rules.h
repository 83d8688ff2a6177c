/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules: one row each in the tables of rules_*.c, run in order by rules.c.
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
	/* CPUID 0x40000000, EBX ECX EDX; none: only by DMI or kernel */
	const char *signatures[HYPERVISOR_SIGNATURES];
	const char *dmi;     /* substring of a vendor, the product, the BIOS or the asset tag */
	const char *release; /* substring of the kernel's release */
	const char *remedy;
	const char *remedy_amd; /* if it differs for SVM; NULL: the same */
	const char *partial;	/* what to do if VMX is offered but lacks what KVM needs */
	bool by_evidence;	/* no field above: guest_evidence.c names it */
	bool cloud;		/* its user may be another than who runs a container on it */
};

struct hypervisor_table {
	const struct hypervisor *rows;
	size_t n;
};

extern const struct hypervisor_table hypervisor_rows;

/* Summary of the facts, worked out once for all rules. */
struct situation {
	struct report *r;
	const struct facts *f;
	const struct cpu_facts *cpu; /* the first; NULL if none was recorded */
	enum cpu_vendor vendor;
	enum tri virt;			     /* VMX or SVM in CPUID */
	enum tri guest;			     /* it is a virtual machine: guest_evidence.c */
	bool bit_hidden;		     /* it is one, but the hypervisor bit is 0 */
	const char *guest_signs;	     /* what else says that it is one; NULL: nothing */
	const struct hypervisor *hypervisor; /* NULL: none, or an unknown one */
	const char *signature;		     /* leaf 0x40000000 as text; NULL if not recorded */
	const char *module;		     /* kvm_intel, kvm_amd; NULL: none, or vendor unknown */
	enum tri module_loaded;
	struct kvm_need *needs; /* what that module requires of the CPU */
	size_t n_needs;
};

struct rule {
	const char *id;
	enum severity severity;
	bool unsupported;
	const char *title, *title_guest; /* title_guest: in a virtual machine, or NULL */
	/*
	 * The title for who knows nothing of registers and levels, for the first line of `diagnose`:
	 * true whatever title a check sets, one line. Advice, which never is there, has none.
	 * cause_guest: in a virtual machine, if that is another one.
	 */
	const char *cause, *cause_guest;
	const char *remedy; /* the default; a check may replace it */
	/*
	 * In a virtual machine, if the remedy is about hardware. below: followed by what to do about
	 * the hypervisor below.
	 */
	const char *guest;
	bool below;
	void (*check)(struct situation *s, const struct rule *rule);
	const char *explain; /* what it means, how it is found, what to do */
};

struct rule_table {
	const struct rule *rules;
	size_t n;
};

extern const struct rule_table firmware_rules, cpu_rules, needs_rules, kernel_rules, module_rules,
	cost_rules, feature_rules, svm_rules, kvm_rules, selftest_rules, chain_rules;
extern const struct rule_table guest_rules, guest_vendor_rules, send_rules;

/* Adds a finding with the row's id, severity, title and remedy; the caller sets the evidence. */
struct finding *finding_add(struct situation *s, const struct rule *rule);
void finding_cpu(struct situation *s, struct finding *f, int cpu);
bool finding_exists(const struct report *r, const char *id);
bool blocker_exists(const struct report *r);

/*
 * KVM has answered an ioctl, or its module was loaded from a file: nothing that it needs is
 * missing.
 */
bool kvm_runs(const struct situation *s);

char *format(struct situation *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * hypervisor_find.c: matches DMI and kernel release first; they are more specific than the
 * signature.
 */
const struct hypervisor *hypervisor_find(const struct facts *f, const char *signature);
/* The 12 characters of a hypervisor leaf; KVM's own (0x40000100) before the one it imitates. */
const char *hypervisor_signature(struct arena *a, const struct facts *f, const struct cpu_facts *c);

/*
 * What says that this machine is a virtual machine. bit: CPUID's. evidence: everything else, as a
 * list of clauses; NULL if nothing does. row: the hypervisor below, if it is known.
 */
struct guest_signs {
	enum tri bit;
	const char *signature;
	const char *evidence;
	const struct hypervisor *row;
};
/* guest_evidence.c: unknown only if nothing was recorded that would say so. */
enum tri guest_find(struct arena *a, const struct facts *f, struct guest_signs *g);

/* Whether we are a guest of the hypervisor with this name. */
bool hypervisor_is(const struct situation *s, const char *name);
/* How to get VMX or SVM passed through; NULL if the hypervisor below is unknown. */
const char *hypervisor_remedy(const struct situation *s);
/* What makes the hypervisor below pass more of the CPU on; for an unknown one in general terms. */
const char *below_remedy(const struct situation *s);

/* The newest line of the kernel's log that contains part; NULL if none does. */
const char *log_line(const struct situation *s, const char *part);

/*
 * modprobe_settings.c: what modprobe.d says about a module. modprobe_option() returns the line
 * ("FILE: LINE") that sets an option, or NULL; *value points into it. modprobe_ban() returns the
 * line that keeps the module from loading ("blacklist", "install MODULE /bin/false").
 */
const char *modprobe_option(struct situation *s, const char *module, const char *option,
			    const char **value);
const char *modprobe_ban(struct situation *s, const char *module);
/* The same for the kernel's command line, "kvm_intel.nested=0". Return the word, or NULL. */
const char *cmdline_option(struct situation *s, const char *module, const char *option,
			   const char **value);
const char *cmdline_ban(struct situation *s, const char *module);
/*
 * Whether a value of one of these turns nesting on; unknown if the module refuses it. NULL: the
 * option has no value.
 */
enum tri nested_value(const char *module, const char *value);

/* Where this system keeps its kernel's command line, " (...)"; "" if it is the boot loader's. */
const char *cmdline_place(const struct situation *s);

/* rules_kernel.c: "first update the kernel: ...", or "" if no vulnerability is known to be open. */
const char *update_first(struct situation *s);

/* rules_kernel.c: a CPU on which virtual VMLOAD/VMSAVE is announced but must not be used. */
bool vls_is_defective(const struct situation *s);

/* cpus_differ.c */
void check_cpus_differ(struct situation *s, const struct rule *rule);
void check_hybrid(struct situation *s, const struct rule *rule);

#endif
