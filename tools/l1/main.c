// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1: takes commands from the driver (abi.h), runs one case at a time, answers.
 */
#include "l1/common/cost.h"
#include "l1/common/cpu.h"
#include "l1/common/pace.h"
#include "l1/common/smp.h"

void l1_start(void);
void l1_main(uint64_t cpu);
extern uint8_t l1_image_end[];

struct l1_page *const l1_page = (struct l1_page *)L1_PAGE;

const struct l1_header l1_header __attribute__((section(".l1_header"), used)) = {
	.magic = L1_MAGIC,
	.entry = (uint64_t)(uintptr_t)l1_start,
	.image_end = (uint64_t)(uintptr_t)l1_image_end,
	.vmx_cases = (uint64_t)(uintptr_t)vmx_cases,
	.vmx_count_at = (uint64_t)(uintptr_t)&n_vmx_cases,
	.svm_cases = (uint64_t)(uintptr_t)svm_cases,
	.svm_count_at = (uint64_t)(uintptr_t)&n_svm_cases,
};

struct vendor {
	const struct l1_case *cases;
	const uint64_t *n_cases;
	void (*enable)(void);
	void (*disable)(void);
	uint64_t (*features)(void);
};

static const struct vendor vendors[] = {
	[L1_VMX] = { vmx_cases, &n_vmx_cases, vmx_enable, vmx_disable, vmx_features },
	[L1_SVM] = { svm_cases, &n_svm_cases, svm_enable, svm_disable, svm_features },
};

/* By what KVM offers us, not by the CPU's name. 0: neither. */
static uint32_t offered_vendor(void)
{
	if (cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_VMX)
		return L1_VMX;
	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_EXT_FEATURES &&
	    cpuid(CPUID_EXT_FEATURES, 0).ecx & CPUID_EXT_ECX_SVM)
		return L1_SVM;
	return 0;
}

static void doorbell(enum l1_doorbell what)
{
	outl(L1_PORT_DOORBELL, what);
}

void l1_died(void)
{
	for (;;)
		doorbell(L1_TRAPPED);
}

void l1_spent(void)
{
	for (;;)
		doorbell(L1_DONE);
}

void l1_trapped(const struct trap_frame *frame)
{
	const char *name = trap_name(frame->vector);
	bool in_l2 = this_cpu()->in_l2;

	l1_page->saw = (struct l1_observation){ .how = L1_SAW_TRAP,
						.cpu = this_cpu_index(),
						.seen = frame->vector };
	l1_snprintf(l1_page->saw.what, L1_WHAT_MAX, "%s", in_l2 ? "L2" : "L1");
	l1_snprintf(l1_page->detail, L1_DETAIL_MAX,
		    "%s took %s (vector %lu, error code %#lx, cr2 %#lx) at rip %#lx, rsp %#lx, "
		    "CPU %u",
		    in_l2 ? "L2" : "L1", name ? name : "an exception", frame->vector, frame->error,
		    read_cr2(), frame->rip, frame->rsp, this_cpu_index());
	l1_died();
}

static void call(void *fn)
{
	(*(void (**)(void))fn)();
}

/* A known state, whatever the last case left. */
static void reset(void)
{
	heap_reset();
	smp_reset();
	lapic_reset();
	traps_reset();
	expect_at("%s", "");
	write_dr0(0);
	write_dr1(0);
	write_dr2(0);
	write_dr3(0);
	write_dr6(DR6_FIXED);
	write_dr7(DR7_FIXED);
	write_cr2(0);
	this_cpu()->in_l2 = false;
	this_cpu()->failed = false;
}

/* Runs fn as a case: an expectation that fails in it comes back here. */
static void run(const struct vendor *v, void (*fn)(void))
{
	void (*disable)(void) = v->disable;

	reset();
	l1_page->result = L1_NO_RESULT;
	l1_page->saw.how = L1_SAW_NOTHING;
	l1_page->detail[0] = l1_page->last_exit[0] = 0;
	if (!context_save(&this_cpu()->case_end)) {
		v->enable();
		fn();
		l1_page->result = L1_PASS;
	}
	cli();
	catch_trap(call, &disable);
}

static void fault_hang(void)
{
	for (;;)
		pause();
}

static void fault_triple(void)
{
	struct descriptor_ptr none = { 0, 0 };

	asm volatile("lidt %0; ud2" : : "m"(none));
}

static void obey(const struct vendor *v)
{
	switch (l1_page->command) {
	case L1_RUN_CASE:
		if (l1_page->case_index < *v->n_cases)
			run(v, v->cases[l1_page->case_index].run);
		break;
	case L1_MEASURE_COST:
		memset(l1_page->costs, 0, sizeof(l1_page->costs));
		run(v, measure_costs);
		break;
	case L1_PACE:
		run(v, l1_page->case_index == L1_LEVEL_L2 ? beat_l2 : beat_l1);
		break;
	case L1_FAULT_HANG:
		run(v, fault_hang);
		break;
	case L1_FAULT_TRIPLE:
		run(v, fault_triple);
		break;
	}
}

static const struct vendor *current;

static void read_features(void)
{
	l1_page->features = current->features();
}

/* What a CPU other than the first does: its part of the case that started it. */
static void other_main(void)
{
	struct cpu *cpu = this_cpu();
	void (*disable)(void) = current->disable;

	lapic_init();
	cpu->in_l2 = cpu->failed = cpu->catching = false;
	if (!context_save(&cpu->case_end)) {
		current->enable();
		smp_work();
		cpu->done = CPU_DONE;
	} else {
		cpu->done = CPU_GAVE_UP;
	}
	cli();
	catch_trap(call, &disable);
	for (;;)
		doorbell(L1_DONE);
}

void l1_main(uint64_t cpu)
{
	desc_init(cpu);
	if (cpu)
		other_main();
	lapic_init();
	heap_mark();
	l1_page->vendor = offered_vendor();
	if (l1_page->vendor) {
		current = &vendors[l1_page->vendor];
		run(current, read_features);
	}
	l1_page->magic = L1_MAGIC;
	doorbell(L1_READY);
	for (;;) {
		if (current)
			obey(current);
		doorbell(L1_DONE);
	}
}
