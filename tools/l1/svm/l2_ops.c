// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor-neutral L2 of common/l2_ops.h, by SVM.
 */
#include "l1/common/cpu.h"
#include "l1/common/cost.h"
#include "l1/common/l2_ops.h"
#include "l1/svm/svm.h"

static void intercept_interrupt(struct l2 *l2)
{
	svm_l2_intercept(l2, SVM_EXIT_INTR);
	l2->vmcb->control.vintr = VMCB_V_INTR_MASKING;
}

static void expect_interrupt(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_INTR, "APM 15.13.1");
}

static void intercept_cpuid(struct l2 *l2)
{
	svm_l2_intercept(l2, SVM_EXIT_CPUID);
}

static void expect_cpuid(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_CPUID, "APM 15.9");
	svm_l2_skip(l2, 2);
}

/* Two bits for each MSR, of which the even one is RDMSR's: 15.11. */
static void intercept_msr(struct l2 *l2, uint32_t msr)
{
	svm_l2_msrpm(l2)[msr / 4] |= (uint8_t)(1U << 2 * (msr % 4));
}

static void expect_msr(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_MSR, "APM 15.11");
	svm_l2_skip(l2, 2);
}

static void intercept_port(struct l2 *l2, uint16_t port)
{
	svm_l2_iopm(l2)[port / 8] |= (uint8_t)(1U << port % 8);
}

static void expect_out(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_IOIO, "APM 15.10.1");
	svm_l2_skip(l2, 2);
}

static void intercept_undefined(struct l2 *l2)
{
	svm_l2_intercept(l2, SVM_EXIT_EXCP_UD);
}

static void expect_undefined(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_EXCP_UD, "APM 15.12.7");
	l2->vmcb->save.rip += 2;
}

/* HLT does not exit unless it is asked for. */
static void no_intercept_hlt(struct l2 *l2)
{
	(void)l2;
}

static void set_tsc_offset(struct l2 *l2, uint64_t offset)
{
	l2->vmcb->control.tsc_offset = offset;
}

static void intercept_page(struct l2 *l2, uint64_t address)
{
	svm_l2_own_npt(l2);
	*pt_leaf_4k(&l2->npt, address) = 0;
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
}

static void expect_page(struct l2 *l2)
{
	svm_l2_expect(l2, SVM_EXIT_NPF, "APM 15.25.6");
}

static void skip_bytes(struct l2 *l2, uint64_t n)
{
	l2->vmcb->save.rip += n;
}

/*
 * A VMCB may run anywhere; what of it is a CPU's own is the task register (this_cpu()). What the new
 * CPU's TLB has of the ASID is another L2's.
 */
static void put(struct l2 *l2)
{
	(void)l2;
}

static void load(struct l2 *l2)
{
	l2->vmcb->save.tr.selector = read_tr();
	l2->vmcb->save.tr.base = tss_base();
	l2->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
}

static uint64_t call(uint64_t value)
{
	asm volatile("vmmcall" : "+a"(value) : : "memory");
	return value;
}

L2_RETURNS(returned, "vmmcall")

const struct l2_ops svm_l2_ops = {
	.cases = svm_cases,
	.n_cases = &n_svm_cases,
	.enable = svm_enable,
	.disable = svm_disable,
	.turn_off = svm_disable,
	.features = svm_features,
	.nested_paging = L1_F_NPT,
	.costs = svm_costs,
	.call = call,
	.returned = returned,
	.create = svm_l2_create,
	.run = svm_l2_run,
	.expect_call = svm_l2_expect_call,
	.intercept_interrupt = intercept_interrupt,
	.expect_interrupt = expect_interrupt,
	.intercept_cpuid = intercept_cpuid,
	.expect_cpuid = expect_cpuid,
	.intercept_msr = intercept_msr,
	.expect_msr = expect_msr,
	.intercept_port = intercept_port,
	.expect_out = expect_out,
	.intercept_undefined = intercept_undefined,
	.expect_undefined = expect_undefined,
	.no_intercept_hlt = no_intercept_hlt,
	.set_tsc_offset = set_tsc_offset,
	.intercept_page = intercept_page,
	.expect_page = expect_page,
	.skip = skip_bytes,
	.put = put,
	.load = load,
	.describe = svm_l2_describe,
};
