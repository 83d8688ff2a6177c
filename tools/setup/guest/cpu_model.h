/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libvirt's CPU models, which are also QEMU's, and which of them a CPU supports in full. Pure.
 * Tables and cpu_has_model() are public for tests.
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

/* Whether a CPU has every feature of a model; an unrecorded feature counts as missing. */
bool cpu_has_model(const struct facts *f, const struct cpu_facts *c, const struct cpu_model *m);

/* The first model of this vendor that every CPU of the machine supports in full; NULL: none. */
const struct cpu_model *cpu_model_of(const struct report *r);

#endif
