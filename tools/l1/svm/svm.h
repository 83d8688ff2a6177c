/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the SVM cases are written with, on top of l1/common/l1.h.
 *
 *	struct l2 *l2 = svm_l2_create(l2_code);	a VMCB that starts l2_code
 *	svm_l2_intercept(l2, SVM_EXIT_CPUID);
 *	svm_l2_run(l2);				VMRUN, until the next #VMEXIT
 *	svm_l2_expect(l2, SVM_EXIT_CPUID, "APM 15.9");
 *	svm_l2_skip(l2, 2);			RIP behind the instruction
 *
 * A new VMCB intercepts VMRUN, VMMCALL and SHUTDOWN and nothing else, uses NPT if it is
 * offered (an identity map of L1_MEMORY), and has L1's own registers but for RIP and RSP.
 */
#ifndef NESTCHECK_L1_SVM_SVM_H
#define NESTCHECK_L1_SVM_SVM_H

#include "l1/common/case.h"
#include "l1/common/l1.h"
#include "lib/hw/svm.h"

/*
 * gprs: L2's registers before and after svm_l2_run(), RAX included.
 * npt: valid if control.np_enable is set.
 * host_if: L1's RFLAGS.IF while L2 runs: what lets external interrupts in with V_INTR_MASKING
 * (15.21.1). Set by svm_l2_create(); interrupts are off again, and GIF on, when svm_l2_run() is
 * back.
 */
struct l2 {
	struct vmcb *vmcb;
	struct gprs gprs;
	struct page_table npt;
	bool host_if;
	bool fresh;	      /* never run: see svm_l2_run() */
	uint64_t host_rflags; /* as VMRUN's #VMEXIT left them, before anything else changed them */
};

/* The plainest L2: l2_call(1). */
void l2_call_once(void);

struct l2 *svm_l2_create(void (*fn)(void));

/* The same in the pages of one that is done with, for loops: each new page costs L0 a fault. */
void svm_l2_init(struct l2 *l2, void (*fn)(void));
void svm_l2_no_npt(struct l2 *l2);

/* What a descriptor of L1's GDT is in a VMCB; the limit is all of the address space. */
struct vmcb_segment svm_segment(uint16_t selector);

/* NPT of the case's own, to change: svm_l2_create()'s is pt_shared_identity(). */
void svm_l2_own_npt(struct l2 *l2);

/*
 * One VMRUN. All caching of the VMCB is turned off (clean = 0). The first one flushes the TLB: the
 * ASID is every L2's, and other tables than those that it had before ask for that (15.16). Later
 * ones do what the case says.
 */
void svm_l2_run(struct l2 *l2);

/* The same with VMCB_CLEAN_* bits given: what has not changed since this VMCB's last #VMEXIT. */
void svm_l2_run_clean(struct l2 *l2, uint64_t clean);

/*
 * How often a software interrupt without nRIP is tried. The manual lets none be dropped; KVM does,
 * since Linux 6.0 and in 7.3 still, only on CPUs without nRIP: if it has to put an entry off, as
 * for a tick of its own that comes just then, it looks for INT n at RIP before it injects once
 * more, and gives up if there is none (svm.c: svm_update_soft_interrupt_rip(); before 6.1.160 and
 * its like it stepped over whatever was there). A try that is not taken has to look like giving up:
 * L2 ran as if nothing had been injected.
 */
#define SVM_SOFT_TRIES 8

/* L2 is to start fn at the next entry, on a fresh stack. */
void svm_l2_restart(struct l2 *l2, void (*fn)(void));

void svm_l2_intercept(struct l2 *l2, int exit);
void svm_l2_no_intercept(struct l2 *l2, int exit);

/* All-zero maps (nothing intercepted) with their intercept turned on. */
uint8_t *svm_l2_msrpm(struct l2 *l2);
uint8_t *svm_l2_iopm(struct l2 *l2);

/* On and off; what they are for is in l2_ops.h. */
void svm_enable(void);
void svm_disable(void);
uint64_t svm_features(void);

/* "CPUID", or NULL. */
const char *svm_exit_name(uint64_t code);

/* The last exit was this one; a different one fails with its information words and RIP. */
void svm_l2_expect(const struct l2 *l2, uint64_t exit, const char *section);

/* It was l2_call(value); L2 is ready to go on behind it, and gets `answer`. */
void svm_l2_expect_call(struct l2 *l2, uint64_t value, uint64_t answer);

/*
 * svm_l2_run(), then what the last exit has to be: this one; l2_call(value), answered by 0; the
 * return of L2's function.
 */
void svm_l2_run_to(struct l2 *l2, uint64_t exit, const char *section);
void svm_l2_run_to_call(struct l2 *l2, uint64_t value);
void svm_l2_run_to_end(struct l2 *l2);

/* Lets L2 read its tables (l2_reads_tables()) in an entry of its own, then starts it anew. */
void svm_l2_warm_up(struct l2 *l2);

/* Steps RIP over an instruction of n bytes; if NRIPS is offered, holds nRIP against it. */
void svm_l2_skip(struct l2 *l2, uint64_t n);

/* How L2 was left last on this CPU (l2_ops.h). */
void svm_l2_describe(char *buf, size_t size);

#endif
