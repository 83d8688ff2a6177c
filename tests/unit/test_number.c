// SPDX-License-Identifier: GPL-2.0-only
/* Numbers of options: nothing but digits is a number, and none is another one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/number.h"

#define UNCHANGED 4711

static const struct {
	const char *text;
	uint64_t min, max;
	bool decimal, c; /* whether it is a number, and as C writes it */
	uint64_t value, c_value;
} rows[] = {
	{ "0", 0, 0, true, true, 0, 0 },
	{ "5", 0, 5, true, true, 5, 5 },
	{ "5", 5, 5, true, true, 5, 5 },
	{ "6", 0, 5, false, false, 0, 0 },
	{ "4", 5, 9, false, false, 0, 0 },
	{ "18446744073709551615", 0, UINT64_MAX, true, true, UINT64_MAX, UINT64_MAX },
	{ "18446744073709551616", 0, UINT64_MAX, false, false, 0, 0 },
	{ "18446744073709551620", 0, UINT64_MAX, false, false, 0, 0 },
	{ "99999999999999999999999999999999", 0, UINT64_MAX, false, false, 0, 0 },
	/* 80 + 2^32, 80 + 2^64: what wraps to a number in range. */
	{ "4294967376", 10, 2000, false, false, 0, 0 },
	{ "18446744073709551696", 10, 2000, false, false, 0, 0 },
	{ "", 0, 9, false, false, 0, 0 },
	{ " 5", 0, 9, false, false, 0, 0 },
	{ "5 ", 0, 9, false, false, 0, 0 },
	{ "\t5", 0, 9, false, false, 0, 0 },
	{ "\r5", 0, 9, false, false, 0, 0 },
	{ "\v5", 0, 9, false, false, 0, 0 },
	{ "\f5", 0, 9, false, false, 0, 0 },
	{ "5\n", 0, 9, false, false, 0, 0 },
	{ "+5", 0, 9, false, false, 0, 0 },
	{ "-5", 0, 9, false, false, 0, 0 },
	{ "-18446744073709551611", 0, 9, false, false, 0, 0 },
	{ "- 5", 0, 9, false, false, 0, 0 },
	{ "5.0", 0, 9, false, false, 0, 0 },
	{ "5e0", 0, 9, false, false, 0, 0 },
	{ "5u", 0, 9, false, false, 0, 0 },
	{ "1_0", 0, 99, false, false, 0, 0 },
	{ "five", 0, 9, false, false, 0, 0 },
	{ "\xd9\xa5", 0, 9, false, false, 0, 0 }, /* a digit of another script */
	{ "010", 0, 99, true, true, 10, 8 },
	{ "08", 0, 99, true, false, 8, 0 },
	{ "0x3a", 0, 99, false, true, 0, 0x3a },
	{ "0X3A", 0, 99, false, true, 0, 0x3a },
	{ "0x", 0, 99, false, false, 0, 0 },
	{ "x3a", 0, 99, false, false, 0, 0 },
	{ "0x0x3", 0, 99, false, false, 0, 0 },
	{ "0x-3", 0, 99, false, false, 0, 0 },
	{ "0x 3", 0, 99, false, false, 0, 0 },
	{ "-0x3", 0, 99, false, false, 0, 0 },
	{ "0xffffffffffffffff", 0, UINT64_MAX, false, true, 0, UINT64_MAX },
	{ "0x10000000000000000", 0, UINT64_MAX, false, false, 0, 0 },
	{ "0x10000003a", 0, UINT32_MAX, false, false, 0, 0 },
	{ "3a", 0, 99, false, false, 0, 0 },
};

static void check(const char *text, bool got, uint64_t value, bool good, uint64_t want)
{
	if (got != good || value != (good ? want : UNCHANGED))
		fail_msg("'%s': %d, %llu", text, got, (unsigned long long)value);
}

static void words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t v = UNCHANGED, c = UNCHANGED;
		bool is = number_parse(rows[i].text, rows[i].min, rows[i].max, &v);
		bool is_c = number_parse_c(rows[i].text, rows[i].min, rows[i].max, &c);

		check(rows[i].text, is, v, rows[i].decimal, rows[i].value);
		check(rows[i].text, is_c, c, rows[i].c, rows[i].c_value);
	}
}

static void inside_a_word(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
		const char *rest;
	} inside[] = {
		{ "80x25", true, 80, "x25" },
		{ "2G", true, 2, "G" },
		{ "7", true, 7, "" },
		{ "x25", false, 0, "x25" },
		{ " 80x25", false, 0, " 80x25" },
		{ "+80x25", false, 0, "+80x25" },
		{ "4294967376x25", false, 0, "4294967376x25" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		const char *s = inside[i].text;
		uint64_t v = UNCHANGED;

		bool is = number_take(&s, 2000, &v);

		check(inside[i].text, is, v, inside[i].good, inside[i].value);
		assert_string_equal(s, inside[i].rest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(inside_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
