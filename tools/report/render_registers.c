// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `probe --all` prints below the rest: every recorded register that has named bits, bit by
 * bit, with the CPUs that differ.
 */
#include "report/render.h"

#include <errno.h>

#include "diagnose/cpuid_names.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/registers.h"
#include "lib/register_text.h"

static void add_msr(struct text *t, const struct report *r, uint32_t index)
{
	const struct facts *f = &r->facts;
	struct arena scratch = { NULL };
	struct register_reading *readings = arena_alloc(&scratch, f->n_cpus * sizeof(*readings));

	for (size_t i = 0; i < f->n_cpus; i++) {
		const struct msr_fact *m = cpu_msr(f, &f->cpus[i], index);

		readings[i] = (struct register_reading){
			.cpu = f->cpus[i].id,
			.err = !m	  ? -ENOENT :
			       m->refused ? -EIO :
					    0,
			.value = m ? m->value : 0,
		};
	}
	text_add(t, "\n");
	register_text(t, index, readings, f->n_cpus);
	arena_free(&scratch);
}

/* Each bit that has a name, set or not. */
static void add_cpuid(struct text *t, const struct report *r, uint32_t leaf,
		      enum cpuid_register reg)
{
	static const char *const names[] = { "EAX", "EBX", "ECX", "EDX" };
	const struct cpuid_fact *f = cpu_cpuid(&r->facts, &r->facts.cpus[0], leaf, 0);
	uint32_t value;

	if (!f)
		return;
	value = (const uint32_t[]){ f->eax, f->ebx, f->ecx, f->edx }[reg];
	text_addf(t, "\nCPUID 0x%08x %s: 0x%08x\n", leaf, names[reg], value);
	for (unsigned int bit = 0; bit < 32; bit++)
		if (cpuid_bit_name(leaf, 0, reg, bit))
			text_addf(t, "  %2u     %-52s%s\n", bit, cpuid_bit_name(leaf, 0, reg, bit),
				  value >> bit & 1 ? "1" : "-");
}

void render_registers(struct text *t, const struct report *r)
{
	if (!r->facts.n_cpus)
		return;
	if (r->caps[CAP_SVM] == TRI_YES)
		add_cpuid(t, r, CPUID_SVM, CPUID_EDX);
	for (size_t i = 0; i < n_registers; i++)
		if (cpu_msr(&r->facts, &r->facts.cpus[0], registers[i].index))
			add_msr(t, r, registers[i].index);
}
