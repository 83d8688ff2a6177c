/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Diagnosis: facts in, capabilities and findings out. Pure: nothing here touches the machine, so
 * every decision is tested from recorded facts. What is unknown is reported as unknown, never as
 * absent.
 */
#ifndef NESTCHECK_DIAGNOSE_DIAGNOSE_H
#define NESTCHECK_DIAGNOSE_DIAGNOSE_H

#include "lib/report.h"

/* Sets r->caps, from the first CPU's facts only (design.md, "Capabilities"). */
void decode_caps(struct report *r);

/* Sets r->kvm.offered, what KVM offers to L1, from r->facts.kvm. */
void decode_offered(struct report *r);

/* The same table over any CPUID and MSR lists. */
void decode_caps_from(const struct facts *f, const struct cpu_facts *c, enum tri caps[CAP_COUNT]);

/* Runs the decoders, then every rule, and sets r->findings, blockers first. */
void diagnose(struct report *r);

/*
 * Adds the findings about r->unsent from this index on, behind all others: they are advice. For those that
 * diagnose() did not know, after the verdict, which they cannot change.
 */
void diagnose_unsent(struct report *r, size_t from);

/*
 * How well nesting works here, by the table in (design.md, "Grade"): from KVM's read-back
 * parameters if KVM has one for the feature, else from the hardware. What is unknown earns nothing.
 */
enum grade grade_of(const struct report *r);

/* The chain failed, or it reported a pass while KVM counted no entry into L2. */
bool chain_failed(const struct chain_state *c);

/* One requirement of a grade. */
struct grade_item {
	enum grade grade;
	const char *name;      /* as in the capabilities */
	const char *parameter; /* the module parameter that decided it; NULL: the hardware */
	enum tri state;
};

/* Stores all requirements for this vendor in items; returns their number. */
#define GRADE_ITEMS 8
size_t grade_items(const struct report *r, struct grade_item items[GRADE_ITEMS]);

/*
 * What keeps nesting here from the grade above the one that it has: "vgif (not on the CPU), npt
 * (kvm_amd's parameter is off)", in a. *next: that grade. NULL if nothing does, or the CPU's vendor
 * has no nesting.
 */
const char *grade_lacks(struct arena *a, const struct report *r, enum grade *next);

/*
 * A KVM module parameter, read back after load or as recorded in the facts: "Y" and any number
 * except 0 are yes. Unknown if it was not recorded.
 */
enum tri kvm_parameter(const struct report *r, const char *name);
enum tri kvm_parameter_of(const struct report *r, const char *module, const char *name);

/* Whether the first CPU has VMX or SVM, by its vendor; after diagnose(). */
enum tri machine_has_virtualization(const struct report *r);

/*
 * Whether this machine is a virtual machine. name: the hypervisor or the cloud; if we do not know
 * it, its signature.
 */
#define HYPERVISOR_NAME_MAX 64
bool machine_is_guest(const struct report *r, char name[HYPERVISOR_NAME_MAX]);

/* The catalogue for `diagnose --list`: the entry at an index; false past the last. */
struct catalogue_entry {
	const char *id;
	enum severity severity;
	const char *title;
	const char *cause, *cause_guest; /* as in rules.h */
};
bool catalogue_at(size_t index, struct catalogue_entry *entry);

/*
 * What a finding is in words that every user knows: a sentence of one line, without a full stop. NULL
 * for advice, and if the id is unknown. r: NULL if it is about no machine.
 */
const char *finding_cause(const struct report *r, const char *id);

/* The long form of one finding id for `diagnose --explain`; NULL if the id is unknown. */
const char *finding_explain(const char *id);

#endif
