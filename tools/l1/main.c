// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1: takes commands from the driver (abi.h), runs one case at a time, answers.
 */
#include "l1/common/cost.h"
#include "l1/common/cpu.h"
#include "l1/common/l2_ops.h"
#include "l1/common/pace.h"
#include "l1/common/smp.h"

void l1_main(uint64_t cpu);

/* By what KVM offers us, not by the CPU's name; vendor and l2_ops() stay 0 if it is neither. */
static void find_vendor(void)
{
	if (cpuid(CPUID_FEATURES, 0).ecx & CPUID_1_ECX_VMX) {
		l1_page->vendor = L1_VMX;
		l2_ops_use(&vmx_l2_ops);
	} else if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_EXT_FEATURES &&
		   cpuid(CPUID_EXT_FEATURES, 0).ecx & CPUID_EXT_ECX_SVM) {
		l1_page->vendor = L1_SVM;
		l2_ops_use(&svm_l2_ops);
	}
}

static void disable(void *unused)
{
	(void)unused;
	l2_ops()->disable();
}

/* A known state, whatever the last case left. */
static void reset(void)
{
	heap_reset();
	smp_reset();
	lapic_reset();
	traps_reset();
	expect_reset();
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
static void run(void (*fn)(void))
{
	reset();
	l1_page->result = L1_NO_RESULT;
	l1_page->saw.how = L1_SAW_NOTHING;
	l1_page->detail[0] = l1_page->last_exit[0] = 0;
	if (!context_save(&this_cpu()->case_end)) {
		l2_ops()->enable();
		fn();
		l1_page->result = L1_PASS;
	}
	cli();
	catch_trap(disable, NULL);
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

static void obey(void)
{
	switch (l1_page->command) {
	case L1_RUN_CASE:
		if (l1_page->case_index < *l2_ops()->n_cases)
			run(l2_ops()->cases[l1_page->case_index].run);
		break;
	case L1_MEASURE_COST:
		memset(l1_page->costs, 0, sizeof(l1_page->costs));
		run(measure_costs);
		break;
	case L1_PACE:
		run(l1_page->case_index == L1_LEVEL_L2 ? beat_l2 : beat_l1);
		break;
	case L1_FAULT_HANG:
		run(fault_hang);
		break;
	case L1_FAULT_TRIPLE:
		run(fault_triple);
		break;
	}
}

static void read_features(void)
{
	l1_page->features = l2_ops()->features();
}

/* What a CPU other than the first does: its part of the case that started it. */
static void other_main(void)
{
	struct cpu *cpu = this_cpu();

	lapic_init();
	cpu->in_l2 = cpu->failed = cpu->catching = false;
	if (!context_save(&cpu->case_end)) {
		l2_ops()->enable();
		smp_work();
		cpu->done = CPU_DONE;
	} else {
		cpu->done = CPU_GAVE_UP;
	}
	cli();
	catch_trap(disable, NULL);
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
	find_vendor();
	if (l2_ops())
		run(read_features);
	l1_page->magic = L1_MAGIC;
	doorbell(L1_READY);
	for (;;) {
		if (l2_ops())
			obey();
		doorbell(L1_DONE);
	}
}
