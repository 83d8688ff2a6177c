// SPDX-License-Identifier: GPL-2.0-only
/* Registers: the table, names, bits and controls, and their output. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "lib/hw/msr.h"
#include "lib/hw/registers.h"
#include "lib/register_text.h"

/* Each field once, without overlap, none past bit 63, each with a name; in order. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_registers; i++) {
		const struct register_info *info = &registers[i];
		uint64_t seen = 0;

		assert_true(!i || registers[i - 1].index < info->index);
		assert_true(info->name && info->what && info->n_fields);
		for (size_t j = 0; j < info->n_fields; j++) {
			const struct register_field *f = &info->fields[j];
			unsigned int width = f->width ? f->width : 1;
			uint64_t mask;

			assert_true(f->name && f->bit + width <= 64);
			mask = (width == 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1) << f->bit;
			if (seen & mask)
				fail_msg("%s: bit %d twice", info->name, f->bit);
			seen |= mask;
			if (info->kind == REGISTER_CONTROLS)
				assert_true(f->bit < 32);
		}
		assert_ptr_equal(register_by_name(info->name), info);
		assert_ptr_equal(register_by_index(info->index), info);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t index;
	} expected[] = {
		{ "IA32_VMX_PROCBASED_CTLS2", 0x48b },
		{ "MSR_IA32_VMX_PROCBASED_CTLS2", 0x48b },
		{ "vmx_procbased_ctls2", 0x48b },
		{ "vmx-misc", 0x485 },
		{ "vm_cr", 0xc0010114 },
		{ "VM_CR", 0xc0010114 },
		{ "efer", 0xc0000080 },
		{ "ia32_efer", 0xc0000080 },
		{ "feat_ctl", 0x3a },
		{ "IA32_FEATURE_CONTROL", 0x3a },
		{ "patch_level", 0x8b },
		{ "pat", 0x277 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct register_info *info = register_by_name(expected[i].name);

		if (!info || info->index != expected[i].index)
			fail_msg("%s is not 0x%x", expected[i].name, expected[i].index);
	}
	assert_null(register_by_name(""));
	assert_null(register_by_name("MSR_"));
	assert_null(register_by_name("vm_crr"));
	assert_null(register_by_name(
		"a name that is longer than any register's could ever be, by far"));
	assert_null(register_by_index(0x481 - 2 + 0x1000));
}

static void test_suggestions(void **state)
{
	const char *names[4];

	(void)state;
	assert_true(register_suggest("vm_crr", names, 4) >= 1);
	assert_string_equal(names[0], "VM_CR");
	assert_true(register_suggest("vmx_procbased_ctrls2", names, 4) >= 1);
	assert_string_equal(names[0], "IA32_VMX_PROCBASED_CTLS2");
	/* Part of a name. */
	assert_true(register_suggest("ept", names, 4) >= 1);
	assert_string_equal(names[0], "IA32_VMX_EPT_VPID_CAP");
	assert_int_equal(register_suggest("something_else_entirely", names, 4), 0);
	assert_int_equal(register_suggest("vm_crr", names, 0), 0);
	assert_int_equal(register_suggest("vm_crr", names, 1), 1);
}

/* The SDM's numbers, and reference values from the howtos and a Haswell. */
static void test_bits(void **state)
{
	(void)state;
	assert_string_equal(register_bit_name(0x48b, 1), "enable EPT");
	assert_string_equal(register_bit_name(0x48b, 7), "unrestricted guest");
	assert_string_equal(register_bit_name(0x48b, 14), "VMCS shadowing");
	assert_string_equal(register_bit_name(0x485, 29), "VMWRITE to any supported VMCS field");
	assert_string_equal(register_bit_name(0x481, 7), "process posted interrupts");
	assert_string_equal(register_bit_name(0xc0010114, 4), "SVMDIS: SVM disabled");
	assert_null(register_bit_name(0x48b, 29));
	assert_null(register_bit_name(0x10, 0));
	assert_int_equal(register_field_value(register_field_at(register_by_index(0x480), 40),
					      0x00d810000000002b),
			 4096);
	assert_int_equal(register_field_value(register_field_at(register_by_index(0x485), 20),
					      0x300481e5),
			 4);
}

static void test_controls(void **state)
{
	(void)state;
	/* 0x7cff00000000: the howto's 0x48b. */
	assert_int_equal(register_control(REGISTER_CONTROLS, 0x7cff00000000, 1), CONTROL_FREE);
	assert_int_equal(register_control(REGISTER_CONTROLS, 0x7cff00000000, 14), CONTROL_FREE);
	assert_int_equal(register_control(REGISTER_CONTROLS, 0x7cff00000000, 8), CONTROL_OFF);
	assert_int_equal(register_control(REGISTER_CONTROLS, 0x7f00000016, 1), CONTROL_ON);
	assert_int_equal(register_control(REGISTER_CONTROLS, 0x7f00000016, 40), CONTROL_OFF);
	assert_int_equal(register_control(REGISTER_ALLOWED1, UINT64_C(1) << 63, 63), CONTROL_FREE);
	assert_int_equal(register_control(REGISTER_ALLOWED1, 0, 0), CONTROL_OFF);
}

static void says(const struct text *t, const char *line)
{
	if (!strstr(t->s, line))
		fail_msg("no \"%s\" in:\n%s", line, t->s);
}

static void fits_80_columns(const struct text *t)
{
	size_t column = 0;

	for (const char *s = t->s; *s; s++) {
		column = *s == '\n' ? 0 : column + 1;
		if (column >= 80)
			fail_msg("a line is too long:\n%s", t->s);
		if (*s != '\n' && (*s < ' ' || *s > '~'))
			fail_msg("not ASCII:\n%s", t->s);
	}
}

static void test_text(void **state)
{
	const struct register_reading same[] = {
		{ 0, 0, 0x7cff00000000 },
		{ 1, 0, 0x7cff00000000 },
		{ 2, 0, 0x7cff00000000 },
	};
	struct text t = { 0 };

	(void)state;
	register_text(&t, 0x48b, same, 3);
	says(&t, "IA32_VMX_PROCBASED_CTLS2 (0x48b)");
	says(&t, "CPU 0-2      0x00007cff00000000\n");
	says(&t, "      1  may be 1   enable EPT\n");
	says(&t, "      8  -          APIC-register virtualization\n");
	says(&t, "     14  may be 1   VMCS shadowing\n");
	assert_null(strstr(t.s, "different"));
	fits_80_columns(&t);
	text_free(&t);
}

static void test_text_of_cpus_that_differ(void **state)
{
	const struct register_reading r[] = {
		{ 0, 0, 5 }, { 1, 0, 1 }, { 2, 0, 5 }, { 3, -EIO, 0 }, { 4, -ENOENT, 0 },
	};
	struct text t = { 0 };

	(void)state;
	register_text(&t, 0x3a, r, 5);
	says(&t, "CPU 0,2      0x0000000000000005\n");
	says(&t, "CPU 1        0x0000000000000001\n");
	says(&t, "CPU 3        refused");
	says(&t, "CPU 4        not recorded\n");
	says(&t, "  different on CPU 1:\n      2  0          enable VMX outside SMX operation\n");
	fits_80_columns(&t);
	text_free(&t);
}

static void test_groups(void **state)
{
	/* Of a refused or missing reading the value means nothing. */
	const struct register_reading r[] = {
		{ 7, -EIO, 1 }, { 0, 0, 5 }, { 1, 0, 0 }, { 2, 0, 5 }, { 3, -EIO, 2 }, { 4, 0, 5 },
	};
	static const size_t members[] = { 0, 4, 1, 3, 5, 2 }, sizes[] = { 2, 3, 1 };
	struct arena a = { NULL };
	struct register_group *g;
	size_t k = 0;

	(void)state;
	assert_int_equal(register_groups(&a, r, 0, &g), 0);
	assert_int_equal(register_groups(&a, r, 6, &g), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(g[i].n, sizes[i]);
		for (size_t j = 0; j < g[i].n; j++)
			assert_int_equal(g[i].members[j], members[k++]);
	}
	arena_free(&a);
}

static void test_text_fits_for_every_register(void **state)
{
	static const uint64_t values[] = { 0, ~UINT64_C(0), 0xaaaaaaaa55555555,
					   0x00000000ffffffff };
	struct register_reading many[512];

	(void)state;
	for (size_t i = 0; i < n_registers; i++) {
		for (size_t v = 0; v < 4; v++) {
			struct text t = { 0 };

			/* Every second CPU differs: this gives the longest lists of CPUs. */
			for (int c = 0; c < 512; c++)
				many[c] =
					(struct register_reading){ c, 0, values[(v + c % 2) % 4] };
			register_text(&t, registers[i].index, many, 512);
			fits_80_columns(&t);
			text_free(&t);
		}
	}
}

static void test_text_of_an_unknown_register(void **state)
{
	const struct register_reading r = { 0, 0, 0x8000000000000021 };
	struct text t = { 0 };

	(void)state;
	register_text(&t, 0x10, &r, 1);
	says(&t, "0x10: not in the table of registers\n");
	says(&t, "bits set: 0, 5, 63\n");
	text_free(&t);
}

static void test_text_names_reserved_bits(void **state)
{
	const struct register_reading pin = { 0, 0, 0x0000007f00000016 };
	struct text t = { 0 };

	(void)state;
	register_text(&t, 0x481, &pin, 1);
	says(&t, "without a name, must be 1: 1, 2, 4\n");
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_of_cpus_that_differ),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_text_fits_for_every_register),
		cmocka_unit_test(test_text_of_an_unknown_register),
		cmocka_unit_test(test_text_names_reserved_bits),
	};

	return cmocka_run_group_tests_name("msr", tests, NULL, NULL);
}
