/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the bits of model-specific registers. `nestcheck msr` and diagnose both use this table,
 * so their texts agree.
 *
 * Names are those of the manuals (SDM Vol. 3 appendix A and section 24.6 ff., Vol. 4; APM Vol. 2
 * section 15.30). No libc: only tables and pure functions over them.
 */
#ifndef NESTCHECK_LIB_HW_REGISTERS_H
#define NESTCHECK_LIB_HW_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum register_kind {
	REGISTER_FIELDS,   /* fields as named */
	REGISTER_CONTROLS, /* bits 31:0 must be 1, bits 63:32 may be 1: 32 controls */
	REGISTER_ALLOWED1, /* 64 bits that may be 1: 64 controls */
	REGISTER_FIXED0,   /* a bit that is 1 here must be 1 in the control register */
	REGISTER_FIXED1,   /* a bit that is 0 here must be 0 in the control register */
};

/* values: meanings of a field's values; NULL for a number or a flag. */
struct register_field {
	uint8_t bit;   /* lowest bit */
	uint8_t width; /* 0: one bit, a flag */
	const char *name;
	const char *const *values;
	uint8_t n_values;
};

struct register_info {
	uint32_t index;
	const char *name;  /* "IA32_VMX_PROCBASED_CTLS2" */
	const char *alias; /* the other vendor's or the kernel's name, or NULL */
	const char *what;  /* a short description */
	enum register_kind kind;
	const struct register_field *fields;
	size_t n_fields;
};

/* Sorted by index. */
extern const struct register_info registers[];
extern const size_t n_registers;

/* NULL if it is not in the table. */
const struct register_info *register_by_index(uint32_t index);

/*
 * By name or alias, in any case, with or without the prefixes "MSR_", "IA32_" and "AMD64_", and
 * with '_', '-' or ' ' between words: "vm_cr", "MSR_IA32_VMX_MISC", "vmx-misc".
 */
const struct register_info *register_by_name(const char *name);

/* The field that contains a bit; in a control register the bit is the control's number. */
const struct register_field *register_field_at(const struct register_info *info, unsigned int bit);

/* "enable EPT" for 0x48b, 1; NULL if the table has no name for it. */
const char *register_bit_name(uint32_t index, unsigned int bit);

/* Extracts a field from a register's value. */
uint64_t register_field_value(const struct register_field *field, uint64_t value);

/* For REGISTER_CONTROLS and REGISTER_ALLOWED1: the allowed values of a control. */
enum control_setting {
	CONTROL_OFF,  /* must be 0: not offered */
	CONTROL_FREE, /* may be 0 or 1: offered */
	CONTROL_ON,   /* must be 1 */
};
enum control_setting register_control(enum register_kind kind, uint64_t value, unsigned int bit);

/*
 * Stores at most n names similar to a misspelt one in names[], most similar first. Dissimilar names
 * are omitted. Returns how many.
 */
size_t register_suggest(const char *name, const char **names, size_t n);

#endif
