// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1: takes commands from the driver (abi.h), runs one case at a time, answers.
 */
#include "l1/common/cpu.h"

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
	void (*cost)(void);
};

static const struct vendor vendors[] = {
	[L1_VMX] = { vmx_cases, &n_vmx_cases, vmx_enable, vmx_disable, vmx_features, vmx_cost },
	[L1_SVM] = { svm_cases, &n_svm_cases, svm_enable, svm_disable, svm_features, svm_cost },
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

void l1_trapped(const struct trap_frame *frame)
{
	const char *name = trap_name(frame->vector);

	l1_snprintf(l1_page->detail, L1_DETAIL_MAX,
		    "%s took %s (vector %lu, error code %#lx, cr2 %#lx) at rip %#lx, rsp %#lx",
		    this_cpu()->in_l2 ? "L2" : "L1", name ? name : "an exception", frame->vector,
		    frame->error, read_cr2(), frame->rip, frame->rsp);
	l1_died();
}

uint64_t median(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t j = i; j > 0 && v[j - 1] > v[j]; j--) {
			uint64_t t = v[j];

			v[j] = v[j - 1];
			v[j - 1] = t;
		}
	}
	return n ? v[n / 2] : 0;
}

/* CPUID always exits to KVM: the price of one exit of L1's own. */
static void cost_of_l1_exit(void)
{
	uint64_t samples[COST_SAMPLES];

	for (int i = -COST_WARMUP; i < COST_SAMPLES; i++) {
		uint64_t start = rdtsc();

		cpuid(0, 0);
		if (i >= 0)
			samples[i] = rdtsc() - start;
	}
	l1_page->l1_exit_cycles = median(samples, COST_SAMPLES);
}

static void call(void *fn)
{
	(*(void (**)(void))fn)();
}

/* A known state, whatever the last case left. */
static void reset(void)
{
	heap_reset();
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
	l1_page->detail[0] = 0;
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
		cost_of_l1_exit();
		run(v, v->cost);
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

void l1_main(uint64_t cpu)
{
	tables_init(cpu);
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
