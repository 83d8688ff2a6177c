/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 as seen by the self-test: the binary with its case tables, and a VM that runs it.
 */
#ifndef NESTCHECK_SELFTEST_L1_H
#define NESTCHECK_SELFTEST_L1_H

#include "l1/abi.h"
#include "selftest/selftest.h"
#include "vmm/vmm.h"

struct l1_cpu;	 /* a vCPU that another thread runs: cpus.c */
struct l1_beats; /* see pace.h */

/*
 * n_vcpus: how many exist so far; the boot CPU is the first. moved_entries: nested_run of the VMs
 * that the state was moved from.
 */
struct l1 {
	struct vm vm;
	struct vcpu vcpus[L1_CPUS_MAX];
	unsigned int n_vcpus;
	struct l1_page *page; /* in the VM's memory */
	struct l1_cpu *cpus;
	uint64_t moved_entries;
	unsigned int yields;	/* of the first vCPU in this command */
	struct l1_beats *beats; /* records L1_BEATs; NULL: they are unexpected */
	bool up;
};

/*
 * Starts L1 in a fresh VM and waits for L1_READY. 0, or a negative errno with a sentence in why.
 * l1_stop() is safe if L1 is not up.
 */
int l1_start(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size);
void l1_stop(struct l1 *l1);

/*
 * Runs one command, and serves L1's requests (abi.h) that these flags of a case allow. Returns as
 * vcpu_run(). If another vCPU than the first dies, the command ends, and exit and
 * l1_describe_end() are about that vCPU.
 */
int l1_command(struct l1 *l1, enum l1_command command, uint32_t index, uint32_t flags,
	       unsigned int timeout_ms, struct vcpu_exit *exit);

/* Moves the whole state of the first vCPU into a fresh VM on the same memory (move.c). */
int l1_move(struct l1 *l1);
/* The same once it sleeps in HLT; -ETIME if it does not within timeout_ms. */
int l1_move_asleep(struct l1 *l1, unsigned int timeout_ms);

/* The vCPUs (cpus.c): how many a VM has; start all but the first; stop them. */
unsigned int l1_cpu_count(void);
int l1_cpus_start(struct l1 *l1, unsigned int timeout_ms);
void l1_cpus_stop(struct l1 *l1);
/* L1_YIELD: yields, or sleeps if *yields, the number so far, is high. */
void l1_yield(unsigned int *yields);
/* The number of a vCPU that ended without L1_DONE, with its end in exit; 0: none. */
unsigned int l1_cpus_dead(struct l1 *l1, struct vcpu_exit *exit);

/* How an L1 that did not answer ended: "triple fault; rip ...". */
void l1_describe_end(struct l1 *l1, const struct vcpu_exit *exit, unsigned int timeout_ms,
		     char *buf, size_t size);

/* KVM's nested_run of this VM; false if it cannot be read. */
bool l1_nested_run(struct l1 *l1, uint64_t *value);

/* Text from L1, at most max bytes, with control characters replaced. */
void l1_text(char *buf, size_t size, const char *text, size_t max);
void l1_detail(const struct l1 *l1, char *buf, size_t size);
/* The place that the case last set by expect_at(), in buf of L1_WHERE_MAX; NULL if none. */
const char *l1_place(const struct l1 *l1, char *buf);

const char *l1_feature_name(unsigned int feature);

#endif
