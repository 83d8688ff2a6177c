// SPDX-License-Identifier: GPL-2.0-only
/*
 * BLAKE2b: what Python's hashlib.blake2b(digest_size=32) says of the same bytes, at the edges of blocks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/blake2b.h"

static const struct {
	size_t size;
	const char *digest;
} rows[] = {
	{ 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
	{ 1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314" },
	{ 127, "4ff62e7c4c43fe101a078479c48836be4907d9d498dcc577ca89d694b2c11f9b" },
	{ 128, "14696d2a98d9f8a280da8b132b1045b345e1033759c6b02fcc4ee885c8ae7c37" },
	{ 129, "3934215260b1039be9d9d2b073b059bcd50120c327a22af93eb4d98cf821c14c" },
	{ 256, "3d0cb2693dfbac42af5a6cc960953fea8714aa39c4bcd054ef61d6b5e98ade4a" },
	{ 1000, "38981cec8fd0971914a759c4fac0538dbb29495eec4aea07f277e1f5f8562d27" },
};

static void test_digests(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *bytes = malloc(rows[i].size + 1), digest[BLAKE2B_SIZE];
		char hex[BLAKE2B_HEX];

		assert_non_null(bytes);
		for (size_t k = 0; k < rows[i].size; k++)
			bytes[k] = (uint8_t)(k * 7 + k / 256);
		blake2b(rows[i].size ? bytes : NULL, rows[i].size, digest);
		blake2b_hex(digest, hex);
		assert_string_equal(hex, rows[i].digest);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_digests) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
