// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which emulator emulates this machine, or may be below it.
 */
#include "lib/emulator.h"

#include <string.h>

#include "lib/hw/cpuid.h"

/* In the first hypervisor leaf: EBX, ECX, EDX. */
static bool has_signature(const struct facts *f, const char signature[12])
{
	const struct cpuid_fact *features, *hypervisor;

	if (!f->n_cpus)
		return false;
	features = cpu_cpuid(f, &f->cpus[0], CPUID_FEATURES, 0);
	hypervisor = cpu_cpuid(f, &f->cpus[0], CPUID_HYPERVISOR, 0);
	return features && features->ecx & CPUID_1_ECX_HYPERVISOR && hypervisor &&
	       !memcmp(&hypervisor->ebx, signature, 4) &&
	       !memcmp(&hypervisor->ecx, signature + 4, 4) &&
	       !memcmp(&hypervisor->edx, signature + 8, 4);
}

static bool names_itself_tcg(const struct facts *f)
{
	return has_signature(f, "TCGTCGTCGTCG");
}

static bool names_itself_bochs(const struct facts *f)
{
	const char *bios = kv_get(&f->firmware.dmi, "bios_vendor");

	return bios && !strcmp(bios, "The Bochs Project");
}

/*
 * QEMU, target/i386/tcg/fpu_helper.c, helper_fsin() calls sin() of the C library, so that 53 of the 64
 * bits of sin(1) = 0xd76aa47848677021 * 2^-64 (rounded) remain. ops_sse.h, helper_rcpss() divides: all
 * 24 bits are right, of which a processor has 12 (SDM Vol. 2, RCPSS: the error is up to 1.5 * 2^-12).
 */
static bool behaves_like_tcg(const struct behaviour_facts *b)
{
	return b->fsin_one == 0xd76aa47848677000 && b->rcpss_three == 0x3eaaaaab;
}

/* RDTSC itself, and what two CPUs that take turns add. */
static bool is_about_a_tick_each(uint64_t ticks)
{
	return ticks >= BEHAVIOUR_INSTRUCTIONS * 3 / 4 && ticks <= BEHAVIOUR_INSTRUCTIONS * 3 / 2;
}

/*
 * Bochs, pc_system.h: time_ticks(), the time stamp counter, counts instructions. A processor executes
 * several NOPs a clock, and takes tens of clocks for an FSIN.
 * fpu/fsincos.cc, argument reduction: FSIN of the number nearest to pi is -0.75 * 2^-62 (as a double
 * 0xbc08...). It is -0.231 * 2^-62, and a processor, whose pi has 66 bits, returns -0.25 * 2^-62 (SDM
 * Vol. 1, 8.3.8).
 */
static bool behaves_like_bochs(const struct behaviour_facts *b)
{
	return b->fsin_pi == 0xbc08000000000000 && is_about_a_tick_each(b->ticks_nop) &&
	       is_about_a_tick_each(b->ticks_fsin);
}

static const struct emulator_sign {
	enum emulator emulator;
	const char *name;
	bool (*claims)(const struct facts *f);
	const char *claim;
	bool (*shows)(const struct behaviour_facts *b);
	const char *shown;
} signs[] = {
	{ EMULATOR_TCG, "QEMU's TCG", names_itself_tcg, "CPUID 0x40000000 says \"TCGTCGTCGTCG\"",
	  behaves_like_tcg, "FSIN has the 53 bits of a C library, and RCPSS is exact" },
	{ EMULATOR_BOCHS, "Bochs", names_itself_bochs, "DMI bios_vendor is \"The Bochs Project\"",
	  behaves_like_bochs,
	  "the time stamp counter counts instructions, and FSIN of pi is three times too large" },
};

#define N_SIGNS (sizeof(signs) / sizeof(signs[0]))

static bool shows(const struct facts *f, const struct emulator_sign *s)
{
	return f->behaviour.known == TRI_YES && s->shows(&f->behaviour);
}

enum emulator emulator_of(const struct facts *f)
{
	for (size_t i = 0; i < N_SIGNS; i++)
		if (signs[i].claims(f) && shows(f, &signs[i]))
			return signs[i].emulator;
	return EMULATOR_NONE;
}

enum emulator emulator_below(const struct facts *f, enum emulator named)
{
	enum emulator here = emulator_of(f);

	/* KVM's leaf, Documentation/virt/kvm/x86/cpuid.rst. */
	if (here != EMULATOR_NONE || !has_signature(f, "KVMKVMKVM\0\0\0"))
		return here;
	for (size_t i = 0; i < N_SIGNS; i++)
		if (signs[i].emulator == named && shows(f, &signs[i]))
			return named;
	return EMULATOR_NONE;
}

const char *emulator_evidence(const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < N_SIGNS; i++)
		if (signs[i].claims(f) && shows(f, &signs[i]))
			return arena_printf(a, "%s; %s", signs[i].claim, signs[i].shown);
	return NULL;
}

const char *emulator_claim(const struct facts *f, struct arena *a)
{
	for (size_t i = 0; i < N_SIGNS; i++)
		if (signs[i].claims(f) && !shows(f, &signs[i]))
			return arena_printf(a, "%s, but %s", signs[i].claim,
					    f->behaviour.known == TRI_YES ?
						    arena_printf(a, "it does not behave like %s",
								 signs[i].name) :
						    "how it behaves was not recorded");
	return NULL;
}
