// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1's LAPIC in x2APIC mode: KVM offers that mode whatever the hardware has, and it needs no
 * page of its own (SDM Vol. 3 11.12, APM Vol. 2 16.9).
 */
#include "l1/common/cpu.h"

#define DIVIDE_BY_1 0xb
#define LVT_MASKED  (1U << 16)

/* Above all that cases use. */
#define DRAIN_VECTOR 0xfe

/* ICR: NMI delivery (4 << 8), level assert (bit 14), shorthand self would be fixed only. */
#define ICR_NMI (4U << 8 | 1U << 14)

/* By CPU: something was asked of it since the last reset, by L1 or by L2. */
static volatile bool used[CPU_MAX];

void lapic_init(void)
{
	wrmsr(MSR_IA32_APIC_BASE, rdmsr(MSR_IA32_APIC_BASE) | APIC_BASE_ENABLE | APIC_BASE_EXTD);
	wrmsr(MSR_IA32_X2APIC_SIVR, APIC_SIVR_ENABLE | 0xff);
	used[this_cpu_index()] = true; /* by the firmware or a VM before, for all we know */
	lapic_reset();
}

void lapic_self_ipi(uint8_t vector)
{
	used[this_cpu_index()] = true;
	wrmsr(MSR_IA32_X2APIC_SELF_IPI, vector);
}

void lapic_self_nmi(void)
{
	wrmsr(MSR_IA32_X2APIC_ICR, rdmsr(MSR_IA32_X2APIC_APICID) << 32 | ICR_NMI);
}

void lapic_ipi(uint32_t cpu, uint32_t command)
{
	if (cpu < CPU_MAX)
		used[cpu] = true;
	wrmsr(MSR_IA32_X2APIC_ICR, (uint64_t)cpu << 32 | command);
}

void lapic_timer(uint8_t vector, uint32_t us)
{
	used[this_cpu_index()] = true;
	wrmsr(MSR_IA32_X2APIC_DIV_CONF, DIVIDE_BY_1);
	wrmsr(MSR_IA32_X2APIC_LVT_TIMER, vector);
	wrmsr(MSR_IA32_X2APIC_INIT_COUNT, us * 1000ULL);
}

void lapic_eoi(void)
{
	wrmsr(MSR_IA32_X2APIC_EOI, 0);
}

/* 256 bits in eight registers of 32. */
static bool vector_set(uint32_t first, uint8_t vector)
{
	return rdmsr(first + vector / 32) >> vector % 32 & 1;
}

bool lapic_pending(uint8_t vector)
{
	return vector_set(MSR_IA32_X2APIC_IRR0, vector);
}

bool lapic_in_service(uint8_t vector)
{
	return vector_set(MSR_IA32_X2APIC_ISR0, vector);
}

static bool any_set(uint32_t first)
{
	for (uint32_t i = 0; i < 8; i++) {
		if (rdmsr(first + i))
			return true;
	}
	return false;
}

void lapic_reset(void)
{
	write_cr8(0);
	if (!used[this_cpu_index()])
		return;
	used[this_cpu_index()] = false;
	wrmsr(MSR_IA32_X2APIC_LVT_TIMER, LVT_MASKED);
	wrmsr(MSR_IA32_X2APIC_INIT_COUNT, 0);
	for (int i = 0; i < 256 && any_set(MSR_IA32_X2APIC_ISR0); i++)
		lapic_eoi();
	/* KVM looks at an interrupt that L2 held back only when there is another one. */
	if (any_set(MSR_IA32_X2APIC_IRR0))
		wrmsr(MSR_IA32_X2APIC_SELF_IPI, DRAIN_VECTOR);
	for (int i = 0; i < 256 && any_set(MSR_IA32_X2APIC_IRR0); i++) {
		irq_window();
		lapic_eoi();
	}
}
