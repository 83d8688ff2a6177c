/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1 as the driver sees it: the binary with its case tables, and a VM in which it runs.
 */
#ifndef NESTCHECK_SELFTEST_L1_H
#define NESTCHECK_SELFTEST_L1_H

#include "l1/abi.h"
#include "selftest/selftest.h"
#include "vmm/vmm.h"

struct l1 {
	struct vm vm;
	struct vcpu vcpu;
	struct l1_page *page; /* in the VM's memory */
	bool up;
};

/* Which of L1's tables a CPU's vendor uses; 0 for none. */
enum l1_vendor l1_vendor_of(enum cpu_vendor vendor);

/*
 * A fresh VM with L1 started up to L1_READY. 0, or a negative errno with a sentence about it
 * in why. l1_stop() is safe on one that is not up.
 */
int l1_start(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size);
void l1_stop(struct l1 *l1);

/* One command; returns as vcpu_run(). */
int l1_command(struct l1 *l1, enum l1_command command, uint32_t index, unsigned int timeout_ms,
	       struct vcpu_exit *exit);

/* How an L1 that did not answer ended: "triple fault; rip ..."; buf is cut at size. */
void l1_describe_end(struct l1 *l1, const struct vcpu_exit *exit, unsigned int timeout_ms,
		     char *buf, size_t size);

/* KVM's nested_run of this VM; 0 and false where it cannot be read. */
bool l1_nested_run(struct l1 *l1, uint64_t *value);

/* The text that L1 left, made safe: cut, control characters replaced. */
void l1_detail(const struct l1 *l1, char *buf, size_t size);

const char *l1_feature_name(unsigned int feature);

#endif
