/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of CPUID's feature bits in the manuals' spelling. */
#ifndef NESTCHECK_DIAGNOSE_CPUID_NAMES_H
#define NESTCHECK_DIAGNOSE_CPUID_NAMES_H

#include <stdint.h>

enum cpuid_register {
	CPUID_EAX,
	CPUID_EBX,
	CPUID_ECX,
	CPUID_EDX,
};

/* NULL if the table has no name for the bit. */
const char *cpuid_bit_name(uint32_t leaf, uint32_t subleaf, enum cpuid_register reg,
			   unsigned int bit);

#endif
