// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendor-neutral L2 of common/any.h, by SVM.
 */
#include "l1/common/any.h"
#include "l1/common/cpu.h"
#include "l1/svm/svm.h"

/* By CPU: what was run last, for describe(). */
static struct l2 *last[CPU_MAX];

void svm_ran(struct l2 *l2)
{
	last[this_cpu_index()] = l2;
}

static void *make(void (*fn)(void))
{
	return svm_l2(fn);
}

static void run(void *l2)
{
	svm_run(l2);
}

static void expect_call(void *l2, uint64_t value, uint64_t answer)
{
	svm_expect_call(l2, value, answer);
}

static void exit_by_interrupt(void *l2)
{
	struct l2 *s = l2;

	svm_intercept(s, SVM_EXIT_INTR);
	s->vmcb->control.vintr = VMCB_V_INTR_MASKING;
}

static void expect_interrupt(void *l2)
{
	EXPECT_EXIT(l2, SVM_EXIT_INTR, "APM 15.13.1");
}

static void exit_by_cpuid(void *l2)
{
	svm_intercept(l2, SVM_EXIT_CPUID);
}

static void expect_cpuid(void *l2)
{
	EXPECT_EXIT(l2, SVM_EXIT_CPUID, "APM 15.9");
	svm_skip(l2, 2);
}

/* Two bits for each MSR, of which the even one is RDMSR's: 15.11. */
static void exit_by_msr(void *l2, uint32_t msr)
{
	svm_msrpm(l2)[msr / 4] |= (uint8_t)(1U << 2 * (msr % 4));
}

static void expect_msr(void *l2)
{
	EXPECT_EXIT(l2, SVM_EXIT_MSR, "APM 15.11");
	svm_skip(l2, 2);
}

static void exit_by_port(void *l2, uint16_t port)
{
	svm_iopm(l2)[port / 8] |= (uint8_t)(1U << port % 8);
}

static void expect_out(void *l2)
{
	EXPECT_EXIT(l2, SVM_EXIT_IOIO, "APM 15.10.1");
	svm_skip(l2, 2);
}

static void exit_by_undefined(void *l2)
{
	svm_intercept(l2, SVM_EXIT_EXCP_UD);
}

static void expect_undefined(void *l2)
{
	struct l2 *s = l2;

	EXPECT_EXIT(l2, SVM_EXIT_EXCP_UD, "APM 15.12.7");
	s->vmcb->save.rip += 2;
}

/* HLT does not exit unless it is asked for. */
static void sleep_in_hlt(void *l2)
{
	(void)l2;
}

static void tsc_offset(void *l2, uint64_t offset)
{
	struct l2 *s = l2;

	s->vmcb->control.tsc_offset = offset;
}

static void exit_by_page(void *l2, uint64_t address)
{
	struct l2 *s = l2;

	svm_own_npt(s);
	*pt_leaf_4k(&s->npt, address) = 0;
	s->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
}

static void expect_page(void *l2)
{
	EXPECT_EXIT(l2, SVM_EXIT_NPF, "APM 15.25.6");
}

static void skip_bytes(void *l2, uint64_t n)
{
	struct l2 *s = l2;

	s->vmcb->save.rip += n;
}

/*
 * A VMCB may run anywhere; what of it is a CPU's own is the task register (this_cpu()). What the new
 * CPU's TLB has of the ASID is another L2's.
 */
static void park(void *l2)
{
	(void)l2;
}

static void fetch(void *l2)
{
	struct l2 *s = l2;

	s->vmcb->save.tr.selector = read_tr();
	s->vmcb->save.tr.base = tss_base();
	s->vmcb->control.tlb_control = VMCB_TLB_FLUSH_ALL;
}

static void describe(char *buf, size_t size)
{
	const struct l2 *l2 = last[this_cpu_index()];
	const char *name;

	buf[0] = 0;
	if (!l2)
		return;
	name = svm_exit_name(l2->vmcb->control.exit_code);
	l1_snprintf(buf, size,
		    "exit code %#lx (%s), exitinfo1 %#lx, exitinfo2 %#lx, L2's RIP %#lx, "
		    "RSP %#lx, RFLAGS %#lx, RAX %#lx",
		    l2->vmcb->control.exit_code, name ? name : "?", l2->vmcb->control.exit_info_1,
		    l2->vmcb->control.exit_info_2, l2->vmcb->save.rip, l2->vmcb->save.rsp,
		    l2->vmcb->save.rflags, l2->gprs.rax);
}

const struct any_ops svm_any = {
	.make = make,
	.run = run,
	.expect_call = expect_call,
	.exit_by_interrupt = exit_by_interrupt,
	.expect_interrupt = expect_interrupt,
	.exit_by_cpuid = exit_by_cpuid,
	.expect_cpuid = expect_cpuid,
	.exit_by_msr = exit_by_msr,
	.expect_msr = expect_msr,
	.exit_by_port = exit_by_port,
	.expect_out = expect_out,
	.exit_by_undefined = exit_by_undefined,
	.expect_undefined = expect_undefined,
	.sleep_in_hlt = sleep_in_hlt,
	.tsc_offset = tsc_offset,
	.exit_by_page = exit_by_page,
	.expect_page = expect_page,
	.skip = skip_bytes,
	.park = park,
	.fetch = fetch,
	.describe = describe,
};
