/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the self-test driver (host, tools/selftest) and L1 (guest, tools/l1) agree on.
 *
 * L1 is one flat binary, loaded at L1_BASE and entered in 64-bit mode at header.entry with
 * all of memory identity-mapped, interrupts off, RDI = 0 on the boot CPU. It starts with a
 * struct l1_header; addresses in it are guest-physical (= linear). The driver reads the case
 * table straight out of the binary, so it can list the cases without starting a VM.
 *
 * L1 and the driver talk through one shared page at L1_PAGE and a doorbell:
 *
 *	L1: initialises, fills `features`, OUT L1_PORT_DOORBELL, L1_READY
 *	driver: sets page.command and page.case_index, enters L1 again
 *	L1: runs the case, fills result and detail, OUT L1_PORT_DOORBELL, L1_DONE
 *
 * Until L1_READY the page is zero but for magic. features and vendor stay for the driver's use;
 * result is L1_NO_RESULT from the start of a case to its end.
 *
 * On the way a case may ring with a request, from L1 or from L2 (whose I/O is not intercepted
 * then): the driver does what it says and enters the guest again. Requests other than L1_YIELD
 * are served only for a case with the flag that announces them.
 *
 *	L1_SAVE		L1_MIGRATES	all state is saved, the VM destroyed, and the case goes on
 *					in a fresh one on the same memory; page.moves counts
 *	L1_SAVE_ASLEEP	L1_MIGRATES	the same, once the vCPU sleeps in HLT
 *	L1_START_CPUS	L1_SMP		the other vCPUs are started at header.entry, RDI = number;
 *					each rings L1_DONE at its end
 *	L1_LEAVE	L1_VM_CLOSED	the VM is closed here and now
 *			L1_VMM_KILLED	the process that runs the VM is killed a moment later
 *	L1_YIELD			somebody waits for another vCPU
 *	L1_BEAT		only L1_PACE	the time is noted
 *
 * A case that leaves L1 in doubt (a trap that nobody caught) ends with L1_TRAPPED: the
 * driver records a failure and makes a fresh VM for the next case.
 */
#ifndef NESTCHECK_L1_ABI_H
#define NESTCHECK_L1_ABI_H

#include <stdint.h>

#define L1_MAGIC	 0x314c4b434854534eULL /* "NSTHCKL1" */
#define L1_BASE		 0x00200000ULL
#define L1_PAGE		 0x00010000ULL
#define L1_MEMORY	 0x01000000ULL /* 16 MiB: L1, its heap and its L2 */
#define L1_PORT_DOORBELL 0x04e0	       /* 32-bit OUT; a port no PC device claims */

enum l1_doorbell {
	L1_READY = 1,
	L1_DONE = 2,
	L1_TRAPPED = 3,
	L1_SAVE = 4,
	L1_SAVE_ASLEEP = 5,
	L1_START_CPUS = 6,
	L1_YIELD = 7,
	L1_LEAVE = 8,
	L1_BEAT = 9,
};

enum l1_command {
	L1_RUN_CASE = 1,
	L1_MEASURE_COST = 2, /* fills costs */
	L1_FAULT_HANG = 3,   /* the `fault=` tests: L1 never answers ... */
	L1_FAULT_TRIPLE = 4, /* ... or triple-faults, in place of the case */
	L1_PACE = 5, /* rings L1_BEAT; case_index: L1_LEVEL_L1 or _L2, whose exits are timed */
};

enum l1_result {
	L1_NO_RESULT = 0,
	L1_PASS = 1,
	L1_FAIL = 2,
	L1_SKIP = 3, /* found out while running; detail says what is missing */
};

enum l1_vendor {
	L1_VMX = 1,
	L1_SVM = 2,
};

/*
 * Features as L1 sees them, that is as KVM offers them. A case names those that it needs;
 * one that is not offered makes it a skip with that name. Names as in (design.md, "Capabilities").
 */
#define L1_FEATURES(X)                              \
	X(EPT, "ept")                               \
	X(VPID, "vpid")                             \
	X(UNRESTRICTED_GUEST, "unrestricted_guest") \
	X(SHADOW_VMCS, "shadow_vmcs")               \
	X(EPT_AD, "ept_ad")                         \
	X(EPT_1G, "ept_1g")                         \
	X(PREEMPTION_TIMER, "preemption_timer")     \
	X(VIRTUAL_NMIS, "virtual_nmis")             \
	X(PML, "pml")                               \
	X(VMFUNC, "vmfunc")                         \
	X(APICV, "apicv")                           \
	X(MSR_BITMAP, "msr_bitmap")                 \
	X(IO_BITMAP, "io_bitmap")                   \
	X(TPR_SHADOW, "tpr_shadow")                 \
	X(APIC_ACCESS, "apic_access")               \
	X(X2APIC_VIRT, "x2apic_virt")               \
	X(APIC_REGISTERS, "apic_registers")         \
	X(VIRTUAL_INTERRUPTS, "virtual_interrupts") \
	X(POSTED_INTERRUPTS, "posted_interrupts")   \
	X(TSC_SCALING, "tsc_scaling")               \
	X(EPT_5LEVEL, "ept_5level")                 \
	X(NPT, "npt")                               \
	X(NRIPS, "nrips")                           \
	X(LBRV, "lbrv")                             \
	X(TSC_RATE, "tsc_rate")                     \
	X(VMCB_CLEAN, "vmcb_clean")                 \
	X(FLUSH_BY_ASID, "flush_by_asid")           \
	X(PAUSE_FILTER, "pause_filter")             \
	X(VLS, "vls")                               \
	X(VGIF, "vgif")                             \
	X(VNMI, "vnmi")

enum l1_feature {
#define L1_FEATURE_ENUM(id, name) L1_F_##id,
	L1_FEATURES(L1_FEATURE_ENUM)
#undef L1_FEATURE_ENUM
	L1_F_COUNT
};

#define L1_NEEDS(id) (1ULL << L1_F_##id)

enum l1_case_flags {
	L1_CORE = 1,	       /* needed for PASS (design.md, "Verdict") */
	L1_UNPROVEN = 2,       /* no emulator could run it: its failure does not fail the machine */
	L1_NEEDS_FRESH_VM = 4, /* leaves an L1 that cannot go on: a fresh VM for the next case */
	L1_MIGRATES = 8,       /* asks to be moved to a fresh VM */
	L1_SMP = 16,	       /* uses all vCPUs */
	L1_VM_CLOSED = 32,     /* does not come back: the VM is closed while L2 runs, ... */
	L1_VMM_KILLED = 64,    /* ... or the process killed that runs it */
	L1_SLOW = 128,	       /* takes long for one case, or costs the next one a fresh VM */
	L1_SHUTS_DOWN = 512,   /* ends in L1's shutdown, a triple fault's: that is the pass, and to
			      * come back a failure; with L1_NEEDS_FRESH_VM */
};

/*
 * Where an emulator plays the machine, the quick self-test leaves these out: a VM takes it tens of
 * milliseconds to make, and hardware one or two.
 */
#define L1_EXPENSIVE (L1_MIGRATES | L1_SMP | L1_VM_CLOSED | L1_VMM_KILLED | L1_SLOW)

/* entries: how many times at least the case enters L2; held against KVM's nested_run. */
struct l1_case {
	const char *name;
	uint32_t flags;
	uint32_t entries;
	uint64_t requires;
	void (*run)(void);
};

struct l1_header {
	uint64_t magic;
	uint64_t entry;
	uint64_t image_end; /* end of .bss; the heap starts here */
	/* Where the tables of struct l1_case are, and where their lengths (64 bits each) are. */
	uint64_t vmx_cases, vmx_count_at;
	uint64_t svm_cases, svm_count_at;
};

#define L1_DETAIL_MAX  400
#define L1_WHAT_MAX    160
#define L1_EXIT_MAX    200
#define L1_WHERE_MAX   80
#define L1_CPUS_MAX    8
#define L1_SAMPLES_MAX 256

/* Where the driver found the vCPU when it saved it; as vmm.h's enum nested_mode. */
enum l1_level {
	L1_LEVEL_OFF = 0, /* VMX or SVM is off */
	L1_LEVEL_L1 = 1,
	L1_LEVEL_L2 = 2,
};

/*
 * What was measured for a cost: TSC cycles, each the time of one operation. low and high are the
 * first and the third quartile; 0 if it was not measured. The method is in common/cost.c.
 */
#define L1_COSTS(X)                               \
	X(L1_CPUID, "l1_cpuid", "CPUID in L1")    \
	X(L1_IO, "l1_io", "a port access in L1")  \
	X(L1_VMREAD, "l1_vmread", "VMREAD in L1") \
	X(L1_VMLOAD, "l1_vmload", "VMLOAD in L1") \
	X(L1_STGI, "l1_stgi", "STGI in L1")       \
	X(L2_CPUID, "l2_cpuid", "CPUID in L2")    \
	X(L2_IO, "l2_io", "a port access in L2")  \
	X(L2_PAGING, "l2_paging", "an EPT or NPT violation in L2")

enum l1_cost_id {
#define L1_COST_ENUM(id, name, text) L1_COST_##id,
	L1_COSTS(L1_COST_ENUM)
#undef L1_COST_ENUM
	L1_COST_COUNT
};

struct l1_cost {
	uint64_t median, low, high;
};

/*
 * What a failed case saw, as data; detail says the same in words. A known defect is recognised by
 * this, never by the words.
 */
enum l1_saw {
	L1_SAW_NOTHING = 0,
	L1_SAW_VALUE = 1, /* what: the expectation; expected and seen: its values */
	L1_SAW_TEXT = 2,  /* what: the failure in the case's own words */
	L1_SAW_TRAP = 3,  /* what: who took it, "L1" or "L2"; seen: the vector */
};

/* In place of a vector: there was no exception. */
#define TRAP_NONE 0xffff

struct l1_observation {
	uint32_t how; /* enum l1_saw */
	uint32_t cpu;
	uint64_t expected, seen;
	char what[L1_WHAT_MAX]; /* expect_at()'s text first */
};

struct l1_page {
	uint64_t magic; /* L1_MAGIC once L1 has initialised */
	uint32_t vendor;
	uint32_t command;
	uint32_t case_index;
	uint32_t result;
	uint64_t features; /* bit per enum l1_feature */
	uint32_t n_cpus;   /* set by the driver ahead of L1_READY; 0 for one */
	uint32_t moves;	   /* by the driver: how often this case was moved */
	uint32_t level;	   /* by the driver: enum l1_level at the last move */
	uint32_t samples;  /* by the driver, for L1_MEASURE_COST and L1_PACE: 1 to L1_SAMPLES_MAX */
	struct l1_cost costs[L1_COST_COUNT];
	struct l1_observation saw;
	char detail[L1_DETAIL_MAX];
	char last_exit[L1_EXIT_MAX]; /* of a failed case: how L2 was left last */
	char where[L1_WHERE_MAX];    /* expect_at()'s text, for a case that does not come back */
};

#endif
