/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 as the driver sees it: the binary with its case tables, and a VM in which it runs.
 */
#ifndef NESTCHECK_SELFTEST_L1_H
#define NESTCHECK_SELFTEST_L1_H

#include "l1/abi.h"
#include "selftest/selftest.h"
#include "vmm/vmm.h"

struct l1_cpu;	 /* a vCPU that is running in a thread of its own: cpus.c */
struct l1_beats; /* pace.c's */

/*
 * n_vcpus: how many were made so far; the boot CPU is the first. left_behind: nested_run of
 * VMs that this one came from by moves.
 */
struct l1 {
	struct vm vm;
	struct vcpu vcpus[L1_CPUS_MAX];
	unsigned int n_vcpus;
	struct l1_page *page; /* in the VM's memory */
	struct l1_cpu *cpus;
	uint64_t left_behind;
	unsigned int yields;	/* of the first vCPU in this command */
	struct l1_beats *beats; /* where L1_BEATs are noted; NULL: they are out of turn */
	bool up;
};

/*
 * A fresh VM with L1 started up to L1_READY. 0, or a negative errno with a sentence about it
 * in why. l1_stop() is safe on one that is not up.
 */
int l1_start(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size);
void l1_stop(struct l1 *l1);

/*
 * One command, and all that L1 asks for on the way (abi.h) as far as a case with these flags
 * may. Returns as vcpu_run(); a vCPU other than the first that died ends it too, and is then
 * the one that exit and l1_describe_end() are about.
 */
int l1_command(struct l1 *l1, enum l1_command command, uint32_t index, uint32_t flags,
	       unsigned int timeout_ms, struct vcpu_exit *exit);

/* Everything of the first vCPU into a fresh VM on the same memory (move.c). */
int l1_move(struct l1 *l1);
/* The same once it sleeps in HLT; -ETIME where it does not within timeout_ms. */
int l1_move_asleep(struct l1 *l1, unsigned int timeout_ms);

/* The other vCPUs (cpus.c): how many a VM has, started together, and brought to an end. */
unsigned int l1_cpu_count(void);
int l1_cpus_start(struct l1 *l1, unsigned int timeout_ms);
void l1_cpus_stop(struct l1 *l1);
/* L1_YIELD: this thread stands back; *yields: how often it did so far. */
void l1_yield(unsigned int *yields);
/* The number of one that ended otherwise than by L1_DONE, with its end in exit; 0: none did. */
unsigned int l1_cpus_dead(struct l1 *l1, struct vcpu_exit *exit);

/* How an L1 that did not answer ended: "triple fault; rip ..."; buf is cut at size. */
void l1_describe_end(struct l1 *l1, const struct vcpu_exit *exit, unsigned int timeout_ms,
		     char *buf, size_t size);

/* KVM's nested_run of this VM; 0 and false where it cannot be read. */
bool l1_nested_run(struct l1 *l1, uint64_t *value);

/* Text that L1 left, at most max bytes, made safe: cut, control characters replaced. */
void l1_text(char *buf, size_t size, const char *text, size_t max);
void l1_detail(const struct l1 *l1, char *buf, size_t size);
/* Where the case was by its own word (expect_at()), in buf of L1_WHERE_MAX; NULL where it says nothing. */
const char *l1_place(const struct l1 *l1, char *buf);

const char *l1_feature_name(unsigned int feature);

#endif
