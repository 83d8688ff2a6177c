/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libvirt's CPU models, which are also QEMU's, and which of them a CPU supports in full. Pure.
 * Tables are public for tests.
 */
#ifndef NESTCHECK_SETUP_GUEST_CPU_MODEL_H
#define NESTCHECK_SETUP_GUEST_CPU_MODEL_H

#include "lib/report.h"

/* The CPUID registers with the features of the models. */
#define CPU_MODEL_REGISTERS 12

struct cpu_model_register {
	uint32_t leaf, subleaf;
	enum {
		CPU_MODEL_EAX,
		CPU_MODEL_EBX,
		CPU_MODEL_ECX,
		CPU_MODEL_EDX,
	} reg;
};
extern const struct cpu_model_register cpu_model_registers[CPU_MODEL_REGISTERS];

/* features: the model's bits, register by register as above. */
struct cpu_model {
	const char *name;
	enum cpu_vendor vendor;
	uint32_t features[CPU_MODEL_REGISTERS];
};
extern const struct cpu_model cpu_models[]; /* richest first within a vendor; a NULL name ends it */

/* The register's value; reg: CPU_MODEL_EAX ... */
uint32_t cpu_model_register_of(const struct cpuid_fact *fact, int reg);

/* The bits that every CPU of the machine has in register reg of the table; unrecorded is missing. */
uint32_t cpu_machine_bits(const struct facts *f, size_t reg);

/* Of those, the bits that KVM gives to guests, as far as its CPUID was recorded (cpu_feature.c). */
void cpu_can_give(const struct report *r, uint32_t bits[CPU_MODEL_REGISTERS]);

/* The first model of this vendor that the machine can give completely; NULL: none. */
const struct cpu_model *cpu_model_of(const struct report *r);

#endif
