/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct report: the central record, passed from stage to stage.
 *
 *	collect hardware -> load -> collect system -> selftest -> diagnose -> judge -> render
 *
 * Each stage fills its own part and changes nothing that an earlier stage filled.
 * report.arena owns all strings and arrays. A NULL pointer, and every enum's zero value, mean "not
 * known", never "no".
 *
 * The JSON documents nestcheck.facts/1 and nestcheck.report/1 are this structure, serialized
 * (lib/json.h); their schemas are in tools/report/schemas/.
 */
#ifndef NESTCHECK_LIB_REPORT_H
#define NESTCHECK_LIB_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/observation.h"
#include "lib/pace.h"

/* A bit that may be unknown because the register that holds it was not recorded. */
enum tri {
	TRI_UNKNOWN = 0,
	TRI_NO,
	TRI_YES,
};

static inline enum tri tri_of(bool b)
{
	return b ? TRI_YES : TRI_NO;
}

/* --- facts: raw values only, nothing decoded ------------------------------------------ */

struct cpuid_fact {
	uint32_t leaf, subleaf;
	uint32_t eax, ebx, ecx, edx;
};

/* refused: the read was tried and failed (JSON null). */
struct msr_fact {
	uint32_t index;
	bool refused;
	uint64_t value;
};

/*
 * like: index into facts.cpus (not an id) of an earlier CPU with the same values, except for the
 * entries stored here; -1 for none. That CPU's own `like` is always -1.
 * Look values up with cpu_cpuid() and cpu_msr(), which follow `like`.
 */
struct cpu_facts {
	int id;
	int like;
	struct cpuid_fact *cpuid;
	size_t n_cpuid;
	struct msr_fact *msr;
	size_t n_msr;
	/* Both lists in ascending order, by cpu_sort(), or NULL: look-ups do not search all of them. */
	const struct cpuid_fact **sorted_cpuid;
	const struct msr_fact **sorted_msr;
};

enum msr_access {
	MSR_ACCESS_UNKNOWN = 0,
	MSR_ACCESS_OK,
	MSR_ACCESS_EPERM,
	MSR_ACCESS_ENODEV,
};

enum kvm_device {
	KVM_DEVICE_UNKNOWN = 0,
	KVM_DEVICE_PRESENT,
	KVM_DEVICE_ABSENT,
	KVM_DEVICE_DENIED,
};

struct key_value {
	const char *key;
	const char *value;
};

struct key_values {
	struct key_value *kv;
	size_t n;
};

/* The value of a key, or NULL. */
const char *kv_get(const struct key_values *kvs, const char *key);
void kv_add(struct arena *a, struct key_values *kvs, const char *key, const char *value);

struct strings {
	const char **s;
	size_t n;
};

void strings_add(struct arena *a, struct strings *l, const char *s);

struct module_facts {
	const char *name; /* as in /sys/module: kvm_intel */
	struct key_values parameters;
};

struct kernel_facts {
	const char *release;
	const char *version;	       /* uname -v; Debian's contains the upstream release */
	const char *version_signature; /* Ubuntu's does: "Ubuntu 6.8.0-45.45-generic 6.8.12" */
	const char *cmdline;
	const char *lockdown; /* none, integrity, confidentiality */
	enum tri virt_flag;   /* the flags in /proc/cpuinfo include vmx or svm */
	enum tri taint_known;
	uint64_t taint;
	enum tri modules_known; /* /sys/module was read: a module not listed is not loaded */
	struct module_facts *modules;
	size_t n_modules;
	struct key_values vulnerabilities;
	const char *clocksource;
	struct strings log; /* matching kernel log lines, oldest first */
	/* Lines of modprobe.d about KVM, "FILE: LINE"; known: at least one directory was read. */
	enum tri modprobe_known;
	struct strings modprobe;
	/* KVM's modules for this kernel: kvm_intel = builtin, file, absent. */
	struct key_values module_files;
	const char *container; /* that we run in ("docker", "lxc"); NULL: not known */
	const char *service;   /* that runs us ("codespaces", "gitlab-ci"); NULL: not known */
};

const struct module_facts *kernel_module(const struct kernel_facts *k, const char *name);

/* KVM's system-scoped data; reading it needs no VM. */
struct kvm_facts {
	enum kvm_device device;
	enum tri nested_cpuid;	  /* KVM_GET_SUPPORTED_CPUID offers VMX or SVM to a guest */
	struct cpuid_fact *cpuid; /* supported CPUID: what KVM offers to L1 */
	size_t n_cpuid;
	struct msr_fact *msr; /* feature MSRs: what KVM offers to L1 */
	size_t n_msr;
	const char *error;	/* why /dev/kvm could not be opened: ENOENT, EACCES, ... */
	struct key_values node; /* of /dev/kvm: mode (octal), owner, group, as numbers or names */
	struct key_values caps; /* KVM_CHECK_EXTENSION, by the capability's name in lower case */
};

struct firmware_facts {
	const char *boot; /* uefi, bios */
	enum tri secure_boot;
	struct key_values dmi;
	enum tri acpi_known;
	struct strings acpi;	 /* signatures of the ACPI tables present */
	struct strings acpi_oem; /* their makers, if a hypervisor: "BOCHS" */
	/* Makers of virtual devices present: PCI vendor ids, "1b36"; "virtio" for its own bus. */
	struct strings pci;
};

/*
 * What instructions compute and how long they take, by which an emulator shows (facts/behaviour.c). The
 * ticks are the time stamp counter's, the least of several runs of BEHAVIOUR_INSTRUCTIONS; 0: unknown.
 */
#define BEHAVIOUR_INSTRUCTIONS 1024
struct behaviour_facts {
	enum tri known;
	uint64_t fsin_one;    /* FSIN(1): the significand, 64 bits */
	uint64_t fsin_pi;     /* FSIN of the 80-bit number nearest to pi, stored as a double */
	uint64_t rcpss_three; /* RCPSS(3): a float, 32 bits */
	uint64_t ticks_nop, ticks_fsin;
};

struct facts {
	enum msr_access msr_access;
	const char *user; /* uid that we run as: "0", or "1000 (groups 1000 27)" */
	struct cpu_facts *cpus;
	size_t n_cpus;
	struct kernel_facts kernel;
	struct kvm_facts kvm;
	struct firmware_facts firmware;
	struct behaviour_facts behaviour;
	struct key_values software; /* qemu, libvirt: the first line of what --version prints */
	uint64_t memory_kb;	    /* 0: not known */
};

/* Once all of a CPU's leaves and registers are there: for fast look-ups. The lists stay as they are. */
void cpu_sort(struct arena *a, struct cpu_facts *c);

/* The recorded leaf, or NULL. */
const struct cpuid_fact *cpu_cpuid(const struct facts *f, const struct cpu_facts *c, uint32_t leaf,
				   uint32_t subleaf);
/* The recorded register, including a refused one; NULL if it was not tried. */
const struct msr_fact *cpu_msr(const struct facts *f, const struct cpu_facts *c, uint32_t index);

/* --- capabilities (design.md, "Capabilities"), from the first CPU (diagnose/caps.c) ----- */

enum cap {
	CAP_VMX,
	CAP_EPT,
	CAP_VPID,
	CAP_UNRESTRICTED_GUEST,
	CAP_X2APIC_VIRT,
	CAP_VMFUNC,
	CAP_PML,
	CAP_MBEC,
	CAP_TSC_SCALING,
	CAP_SHADOW_VMCS,
	CAP_EPT_AD,
	CAP_EPT_2M,
	CAP_EPT_1G,
	CAP_EPT_5LEVEL,
	CAP_PREEMPTION_TIMER,
	CAP_VIRTUAL_NMIS,
	CAP_POSTED_INTERRUPTS,
	CAP_APICV,
	CAP_SVM,
	CAP_NPT,
	CAP_LBRV,
	CAP_NRIPS,
	CAP_TSC_RATE,
	CAP_VMCB_CLEAN,
	CAP_FLUSH_BY_ASID,
	CAP_DECODE_ASSISTS,
	CAP_PAUSE_FILTER,
	CAP_AVIC,
	CAP_VLS,
	CAP_VGIF,
	CAP_X2AVIC,
	CAP_VNMI,
	CAP_NX,
	CAP_ENABLED_BY_FIRMWARE,
	CAP_COUNT
};

/* "shadow_vmcs": the JSON name. */
const char *cap_name(enum cap cap);

/* --- what the stages conclude ---------------------------------------------------------- */

enum cpu_vendor {
	VENDOR_UNKNOWN = 0, /* no leaf 0 recorded */
	VENDOR_INTEL,
	VENDOR_AMD,
	VENDOR_HYGON,
	VENDOR_CENTAUR,
	VENDOR_ZHAOXIN,
	VENDOR_OTHER,
};

const char *vendor_name(enum cpu_vendor v); /* intel, amd, ...; NULL for unknown */

/* From the vendor string of CPUID leaf 0. */
enum cpu_vendor cpu_vendor_of(const struct facts *f, const struct cpu_facts *c);

struct cpu_summary {
	enum cpu_vendor vendor;
	const char *brand;
	const char *codename;
	size_t count;
	const char *microcode; /* "0x000000f4" */
};

enum severity {
	SEVERITY_NONE = 0, /* not set: no finding has it */
	SEVERITY_BLOCKER,
	SEVERITY_DEGRADED,
	SEVERITY_ADVICE,
};

const char *severity_name(enum severity s); /* "blocker"; NULL for none */

/*
 * unsupported: a blocker because the machine has no virtualization to nest (verdict UNSUPPORTED).
 * Any other blocker keeps virtualization from working (FAIL).
 * cpus: ids of the CPUs that the finding is about; n_cpus == 0: it is about the machine.
 */
struct finding {
	const char *id;
	enum severity severity;
	bool unsupported;
	const char *title;
	const char *evidence;
	const char *remedy;
	int *cpus;
	size_t n_cpus;
};

/*
 * module: the KVM vendor module for this CPU; NULL if there is none.
 * error: why KVM cannot be used, with the kernel's message; NULL if it can.
 * parameters: read back from sysfs after load; keys as in sysfs.
 * offered: what KVM offers to L1 (from facts.kvm), indexed like report.caps.
 * will_load: whether the module can load on this CPU, judged only by the CPU's registers.
 * missing: needs of the module that the CPU does not meet (diagnose/kvm_needs.h).
 */
struct kvm_state {
	const char *module;
	struct key_values parameters;
	const char *error;
	enum tri offered[CAP_COUNT];
	enum tri will_load;
	struct strings missing;
};

enum case_result {
	CASE_NOT_RUN = 0,
	CASE_PASS,
	CASE_FAIL,
	CASE_SKIP,
	CASE_XFAIL,
};

const char *case_result_name(enum case_result r); /* "pass"; NULL for not run */

/*
 * core: required for PASS.
 * unproven: no emulator could run it, so its failure is a `degraded` finding, not FAIL.
 * entries: the least number of VM entries into L2 by the case.
 * nested_run: how much KVM's counter rose during the case.
 * saw: the observation of a case that failed or was expected to fail; detail: a sentence about it.
 * lacks: missing capabilities for which it was skipped, bit n for enum cap n; not in the document.
 */
struct case_outcome {
	const char *name;
	enum case_result result;
	const char *detail;
	uint64_t lacks;
	struct observation saw;
	uint64_t us;
	bool core;
	bool unproven;
	uint64_t entries;
	uint64_t nested_run;
};

/* TSC cycles of one operation: median, first and third quartile; 0 if not measured. */
struct exit_cost {
	uint64_t median, low, high;
};

/* Operations: ids as in L1_COSTS (l1/abi.h), names in exit_cost_names. */
#define EXIT_COSTS 8
extern const char *const exit_cost_names[EXIT_COSTS];

/*
 * A level of the chain, counted from 1 (started by L0), as reported by the level below and itself.
 * reached: the last stage it reached, a name of chain_stage_names.
 * end: how its machine ended or why it was not started; NULL if neither was reported.
 * init_us: from kernel entry to its init. total_us: to its end. 0 if it did not get that far.
 * exits, nested_run: counters of the KVM that ran it.
 * caps, kvm, findings: from the level's own report, empty for a level that runs no guest. caps is
 * what its CPU has according to itself, that is, what the level below offers.
 * console: its last lines.
 */
struct chain_level {
	unsigned int level;
	unsigned int cpus;
	uint64_t memory_kb;
	const char *reached;
	const char *end;
	uint64_t init_us, total_us;
	uint64_t exits, nested_run;
	enum tri caps[CAP_COUNT];
	struct kvm_state kvm;
	struct finding *findings;
	size_t n_findings;
	const char *kernel; /* uname -r */
	struct strings console;
};

/* Why a level of the chain failed, as far as the remedy depends on it. */
enum chain_cause {
	CHAIN_CAUSE_NONE = 0,
	CHAIN_CAUSE_MEMORY,	 /* too little memory */
	CHAIN_CAUSE_NOT_STARTED, /* its VM could not be created */
	CHAIN_CAUSE_ENTRY,	 /* VM entry failed */
	CHAIN_CAUSE_KVM,	 /* KVM reported an error */
	CHAIN_CAUSE_DIED,	 /* panic, triple fault, reset, early power-off */
	CHAIN_CAUSE_HUNG,
	CHAIN_CAUSE_PROOF, /* a wrong digest or none, or KVM's counter did not rise enough */
	CHAIN_CAUSE_OTHER, /* anything else; see reason */
};

/*
 * Linux in Linux in Linux.
 * result: not run if it was not requested; pass if levels 1 and 2 did what they should; skip if it
 * was requested but could not be run, or not proven.
 * level, stage, cause: where and why it failed; level 0 is the machine.
 * reason: why it failed or was skipped, as a sentence.
 * deeper: the outcome of level 3 if it was requested; it never makes the chain fail.
 * limited: the emulator's defect because of which L2 had only one CPU, or NULL.
 * nested_run: how much L0's counter rose while L2 hashed the nonce.
 */
struct chain_state {
	enum case_result result;
	unsigned int depth; /* as requested */
	unsigned int level;
	const char *stage;
	enum chain_cause cause; /* of a failure; not in the document */
	const char *reason;
	const char *deeper;
	const char *limited;
	const char *nonce, *digest; /* hex */
	uint64_t nested_run;
	uint64_t us;
	struct chain_level *levels;
	size_t n_levels;
};

/* Fails the chain because this machine's kernel is not healthy; reason: why (selftest/health.h). */
void chain_fail_by_host(struct chain_state *c, const char *reason);

/*
 * ran: the self-test was started.
 * partial: why cases were not run ("only=cpuid*", "selftest=off"); NULL if all were.
 * error: why the self-test was aborted ("KVM_CREATE_VM: No such device").
 * warned: why this machine's kernel is not healthy, which ended the self-test or was found at its end; NULL: it is.
 * log_unread: the kernel's log could not be read, so that only the taint shows a warning.
 */
struct selftest_state {
	bool ran;
	unsigned int passes; /* through the cases; 0 if it was not started */
	size_t left_out;     /* expensive and unproven cases that the quick self-test did not run */
	const char *partial;
	const char *error;
	const char *warned;
	bool log_unread;
	struct case_outcome *cases;
	size_t n_cases;
	uint64_t nested_run;
	uint64_t l1_exit_cycles, l2_exit_cycles;
	struct exit_cost costs[EXIT_COSTS];
	struct pace pace;
	const char *below;    /* emulator whose defects are excused, set by a test; NULL: none */
	enum tri taint_known; /* the kernel's taint was read before load and after the self-test */
	uint64_t taint_before, taint_after;
	struct strings faults_played; /* faults of fault= that were really injected */
	struct chain_state chain;
};

enum verdict_result {
	VERDICT_NONE = 0, /* JSON null: not judged (probe, diagnose, replay) */
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_UNSUPPORTED,
	VERDICT_ERROR,
};

enum grade {
	GRADE_NONE = 0,
	GRADE_FUNCTIONAL,
	GRADE_GOOD,
	GRADE_FAST,
};

struct verdict {
	enum verdict_result result;
	enum grade grade;
	const char *reason;
};

const char *verdict_name(enum verdict_result r); /* "PASS"; NULL for none */
const char *grade_name(enum grade g);		 /* "fast"; NULL for none */

/* (design.md, "Exit status"): PASS and none 0, FAIL 1, UNSUPPORTED 3, ERROR 4. */
int verdict_exit_status(enum verdict_result r);
#define EXIT_USAGE 2

/*
 * Which machine it was (lib/machine_name.h). id: as its owner named it, by id=. mac: the address of the
 * network interface that the image used. NULL: there is none.
 */
struct machine_name {
	const char *id;
	const char *mac;
};

/* Why a report could not be sent (send/send.h), as far as the remedy depends on it. */
enum send_problem {
	SEND_NOTHING = 0,   /* it was sent */
	SEND_NO_NETWORK,    /* this kernel has none, or no interface came up */
	SEND_NO_PROGRAM,    /* no curl that may be trusted */
	SEND_NO_NAME,	    /* the host's name has no address */
	SEND_NO_CONNECTION, /* nobody listens, or there is no way to it */
	SEND_NO_ANSWER,	    /* silence, a connection that was closed, no end within the time */
	SEND_NOT_FOUND,	  /* no such folder, or it has to be there before: HTTP 404, 409, TFTP 1 */
	SEND_NOT_ALLOWED, /* HTTP 401, 403, 405, TFTP 2 */
	SEND_TOO_LARGE,	  /* HTTP 413 */
	SEND_FULL,	  /* HTTP 507, TFTP 3 */
	SEND_EXISTS,	  /* HTTP 412, TFTP 6: it is there already */
	SEND_REDIRECTED,  /* too often, or to where it cannot follow */
	SEND_REFUSED,	  /* any other answer but success */
	SEND_FAILED,	  /* anything else; see why */
	SEND_PROBLEMS
};

/* A report that was not sent. Not in the document: a finding is. */
struct unsent {
	const char *target; /* as report= has it */
	enum send_problem problem;
	const char *why; /* with the server's answer */
	unsigned int tries;
};

struct stage_time {
	const char *stage;
	uint64_t ms;
};

/*
 * replayed: the facts came from --facts, so they do not describe this machine.
 */
struct report {
	struct arena arena;
	const char *started; /* ISO 8601, UTC */
	uint64_t duration_ms;
	bool replayed;
	struct machine_name machine;
	struct facts facts;
	struct cpu_summary cpu;
	enum tri caps[CAP_COUNT];
	struct finding *findings;
	size_t n_findings;
	struct kvm_state kvm;
	struct selftest_state selftest;
	struct verdict verdict;
	struct stage_time *timing;
	size_t n_timing;
	struct strings
		modified; /* the image's files that a further initrd replaced (lib/manifest.h) */
	struct unsent *unsent; /* diagnose_unsent() makes findings of them */
	size_t n_unsent;
	struct strings param_problems; /* unknown keys and bad values, a sentence each */
	const char *tool_version; /* of the program that wrote a stored report; NULL: this one */
	const char *tool_kernel;  /* that it ran on */
};

void report_init(struct report *r);
void report_free(struct report *r);

#endif
