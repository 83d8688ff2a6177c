// SPDX-License-Identifier: GPL-2.0-only
/* The chain's protocol: lines, arguments, ends, the root's archive, the digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chain/workload.h"
#include "chain/record.h"
#include "chain/initramfs.h"
#include "chain/start.h"

/* --- SHA-256 --------------------------------------------------------------------------- */

/* FIPS 180-4's examples as NIST publishes them, and the lengths around a block's end. */
static void test_sha256(void **state)
{
	static const struct {
		const char *text;
		size_t times;
		const char *hex;
	} rows[] = {
		{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ "a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ "a", 1000000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		char *data = malloc(len * rows[i].times + 1);

		assert_non_null(data);
		for (size_t j = 0; j < rows[i].times; j++)
			memcpy(data + j * len, rows[i].text, len);
		sha256(data, len * rows[i].times, digest);
		sha256_hex(digest, hex);
		assert_string_equal(hex, rows[i].hex);
		free(data);
	}
}

/* The guest's digest, computed on its CPUs, is the one that L0 expects; it depends on the nonce. */
static void test_proof(void **state)
{
	char expected[SHA256_HEX], seen[SHA256_HEX], other[SHA256_HEX], why[160];

	(void)state;
	chain_workload_expect("00ff", expected);
	assert_true(chain_workload_hash("00ff", 1, seen, why, sizeof(why)));
	assert_string_equal(seen, expected);
	chain_workload_expect("00fe", other);
	assert_string_not_equal(other, expected);
}

/* --- lines ----------------------------------------------------------------------------- */

static void test_line(void **state)
{
	char good[] = "L2 1234 stage hashing", bare[] = "L1 0 stage", report[] = "L3 9 report {}";
	char dirty[] = "L2 9 console \x1b[31m\x9b\xe2\x80\xae\rx";
	struct chain_line line;

	(void)state;
	assert_true(chain_line_parse(good, &line));
	assert_int_equal(line.level, 2);
	assert_int_equal(line.us, 1234);
	assert_int_equal(line.verb, CHAIN_SAYS_STAGE);
	assert_string_equal(line.rest, "hashing");
	assert_true(chain_line_parse(bare, &line));
	assert_string_equal(line.rest, "");
	assert_true(chain_line_parse(report, &line));
	assert_int_equal(line.verb, CHAIN_SAYS_REPORT);
	/* What a level forwards is shown by chain --verbose. */
	assert_true(chain_line_parse(dirty, &line));
	assert_string_equal(line.rest, "?[31m?????x");
}

static void test_no_line(void **state)
{
	static const char *const bad[] = {
		"",
		"L",
		"L1",
		"L1 ",
		"L0 1 stage init",
		"L4 1 stage x",
		"L12 1 stage",
		"L1 -1 stage",
		"L1 x stage init",
		"L1 1",
		"L1 1 ",
		"L1 1 stages",
		"l1 1 stage",
		"L1  1 stage",
		"1 1 stage",
		"L1 1234567890123456789 stage",
	};
	struct chain_line line;
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s", bad[i]);
		assert_false(chain_line_parse(text, &line));
	}
}

static void test_line_made(void **state)
{
	const struct chain_line line = { 2, 77, CHAIN_SAYS_CONSOLE, "a\033[2Jb\nL1 0 stage done" };
	struct chain_line back;
	size_t size;
	char *text = chain_line_make(&line, &size);

	(void)state;
	assert_non_null(text);
	/* It remains one line, whatever the console printed. */
	assert_ptr_equal(memchr(text, '\n', size), text + size - 1);
	text[size - 1] = '\0';
	assert_string_equal(text, "L2 77 console a?[2Jb?L1 0 stage done");
	assert_true(chain_line_parse(text, &back));
	assert_int_equal(back.verb, CHAIN_SAYS_CONSOLE);
	free(text);
}

struct taken {
	size_t n;
	char lines[8][64];
};

static void take(char *text, void *data)
{
	struct taken *t = data;

	assert_true(t->n < 8);
	snprintf(t->lines[t->n++], sizeof(t->lines[0]), "%s", text);
}

static void test_lines(void **state)
{
	struct taken t = { .n = 0 };
	struct chain_lines l = { .max = 10, .take = take, .data = &t };

	(void)state;
	chain_lines_feed(&l, "one\ntw", 6);
	assert_int_equal(t.n, 1);
	chain_lines_feed(&l, "o\n\nmuch too long for it", 23);
	chain_lines_feed(&l, " still\n1234567890\nend", 21);
	chain_lines_end(&l);
	assert_int_equal(t.n, 5);
	assert_string_equal(t.lines[0], "one");
	assert_string_equal(t.lines[1], "two");
	assert_string_equal(t.lines[2], "");
	assert_string_equal(t.lines[3], "1234567890");
	assert_string_equal(t.lines[4], "end");
	assert_int_equal(l.dropped, 1);
}

static void test_lines_cut(void **state)
{
	struct taken t = { .n = 0 };
	struct chain_lines l = { .max = 4, .cut = true, .take = take, .data = &t };

	(void)state;
	chain_lines_feed(&l, "abcdefghij\nkl", 13);
	chain_lines_end(&l);
	assert_int_equal(t.n, 4);
	assert_string_equal(t.lines[0], "abcd");
	assert_string_equal(t.lines[1], "efgh");
	assert_string_equal(t.lines[2], "ij");
	assert_string_equal(t.lines[3], "kl");
	assert_int_equal(l.dropped, 0);
}

/* A NUL ends the line, and the text after it is not taken for another. */
static void test_lines_nul(void **state)
{
	struct taken t = { .n = 0 };
	struct chain_lines l = { .max = 100, .take = take, .data = &t };

	(void)state;
	chain_lines_feed(&l, "a\0b\nc\n", 6);
	chain_lines_end(&l);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.lines[0], "a");
	assert_string_equal(t.lines[1], "c");
}

/* --- arguments, ends ------------------------------------------------------------------- */

static void test_orders(void **state)
{
	struct chain_args o = { .level = 1, .depth = 3, .cpus = 4, .silence_ms = 9000, .slow = 5 };
	struct chain_args back, deeper;
	char words[CHAIN_WORDS_MAX], cmdline[CHAIN_WORDS_MAX + 64];

	(void)state;
	memset(o.nonce, 'a', SHA256_HEX - 1);
	strcpy(o.faults, "chain-l2-panic,chain-l1-small");
	chain_args_format(&o, words, sizeof(words));
	snprintf(cmdline, sizeof(cmdline), "console=ttyS0 quiet %s\n", words);
	assert_true(chain_args_parse(cmdline, &back));
	assert_int_equal(back.level, 1);
	assert_int_equal(back.depth, 3);
	assert_int_equal(back.cpus, 4);
	assert_int_equal(back.silence_ms, 9000);
	assert_int_equal(back.slow, 5);
	assert_string_equal(back.nonce, o.nonce);
	assert_string_equal(back.faults, o.faults);
	back = chain_args_next(&o);
	assert_int_equal(back.level, 2);
	assert_int_equal(back.depth, 3);
	assert_string_equal(back.nonce, o.nonce);
	assert_int_equal(back.slow, 5);
	/* The level below must not time out first: L1's clock is five times slower. */
	assert_true(back.silence_ms * 5 < o.silence_ms && back.silence_ms * 5 > o.silence_ms / 2);
	deeper = chain_args_next(&back);
	assert_int_equal(deeper.slow, 5);
	assert_true(deeper.silence_ms < back.silence_ms && deeper.silence_ms > back.silence_ms / 2);
	o.slow = 1;
	back = chain_args_next(&o);
	assert_true(back.silence_ms < o.silence_ms && back.silence_ms > o.silence_ms / 2);
}

static void test_no_orders(void **state)
{
	static const char *const none[] = {
		"",
		"quiet nestcheck.selftest=full",
		"nestcheck.level=0",
		"nestcheck.level=4",
		"nestcheck.level=",
		"nestcheck.level=1x",
		"xnestcheck.level=1",
		"nestcheck.level=4294967297",
	};
	struct chain_args o;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(chain_args_parse(none[i], &o));
}

/* A fault's name that would end its word is not passed on. */
static void test_orders_plain(void **state)
{
	struct chain_args o = { .level = 1, .depth = 2 };
	char words[CHAIN_WORDS_MAX];

	(void)state;
	strcpy(o.faults, "x rdinit=/bin/sh");
	chain_args_format(&o, words, sizeof(words));
	assert_null(strstr(words, "rdinit"));
}

static void test_end(void **state)
{
	const struct chain_end end = {
		0, MACHINE_TRIPLE_FAULT, 123456, 99, 7, true, "triple fault on vCPU 1; rip 0x1000"
	};
	static const char *const bad[] = { "",
					   "0",
					   "0 99 1 2 3 1 x",
					   "0 1 2 3",
					   "a 1 2 3 4 1 x",
					   "0 0 -1 2 3 1 x",
					   "0 0 1 2 3 ",
					   "1 2 3 4 5" };
	struct chain_end back;
	char text[400];

	(void)state;
	chain_end_format(&end, text, sizeof(text));
	assert_true(chain_end_parse(text, &back));
	assert_int_equal(back.end, MACHINE_TRIPLE_FAULT);
	assert_int_equal(back.us, 123456);
	assert_int_equal(back.exits, 99);
	assert_int_equal(back.nested_run, 7);
	assert_true(back.counted);
	assert_string_equal(back.what, end.what);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(chain_end_parse(bad[i], &back));
}

/* --- memory, the archive --------------------------------------------------------------- */

static void test_memory(void **state)
{
	const struct machine_blob elf = { "\177ELF and more", 14 << 20 };
	const struct machine_blob packed = { "MZ and more", 9 << 20 };
	uint64_t last = chain_memory(0, &elf, 0);

	(void)state;
	assert_int_equal(last, MACHINE_MEMORY_MIN);
	/* A level has room for itself, the next one, and that one's kernel. */
	assert_true(chain_memory(1, &elf, 0) > 2 * last + elf.size);
	assert_true(chain_memory(2, &elf, 0) > chain_memory(1, &elf, 0) + last + elf.size);
	assert_true(chain_memory(0, &packed, 0) > last);
	assert_true(chain_memory(0, &elf, 1 << 20) > last);
}

static char *scratch(const char *name, const char *text)
{
	char *path = malloc(256);
	FILE *f;

	assert_non_null(path);
	snprintf(path, 256, "/tmp/nestcheck-chain-%d-%s", (int)getpid(), name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* Puts the pieces together as machine_run() does, each at a multiple of 4. */
static char *assemble(const struct chain_initramfs *root, size_t *size)
{
	char *all = calloc(1, 65536), *at = all;

	assert_non_null(all);
	for (size_t i = 0; i < root->n_parts; i++) {
		memcpy(at, root->parts[i].data, root->parts[i].size);
		at += (root->parts[i].size + 3) / 4 * 4;
	}
	*size = (size_t)(at - all);
	return all;
}

static unsigned long field(const char *header, int i)
{
	char hex[9] = "";

	memcpy(hex, header + 6 + 8 * i, 8);
	return strtoul(hex, NULL, 16);
}

/* The member's data by its name, parsed as by the kernel; NULL if it is missing. */
static const char *member(const char *at, const char *name, unsigned long *mode,
			  unsigned long *size)
{
	for (;;) {
		unsigned long names = field(at, 11), bytes = field(at, 6);
		const char *data = at + (110 + names + 3) / 4 * 4;

		assert_memory_equal(at, "070701", 6);
		assert_int_equal(strlen(at + 110) + 1, names);
		*mode = field(at, 1);
		*size = bytes;
		if (!strcmp(at + 110, name))
			return data;
		if (!strcmp(at + 110, "TRAILER!!!"))
			return NULL;
		at = data + (bytes + 3) / 4 * 4;
	}
}

static void test_root(void **state)
{
	char *program = scratch("program", "12345"), *kernel = scratch("kernel", "kernel!");
	char *initrd = scratch("initrd", "their own");
	struct chain_initramfs_options o = { .program = program, .kernel = kernel, .host = true };
	unsigned long mode, size;
	struct chain_initramfs root;
	const char *failed, *data;
	size_t all;
	char *archive;

	(void)state;
	assert_int_equal(chain_initramfs_make(&root, &o, &failed), 0);
	archive = assemble(&root, &all);
	assert_int_equal(all, root.bytes);
	data = member(archive, "nestcheck/init", &mode, &size);
	assert_non_null(data);
	assert_int_equal(mode, 0100755);
	assert_int_equal(size, 5);
	assert_memory_equal(data, "12345", 5);
	data = member(archive, "nestcheck/kernel", &mode, &size);
	assert_non_null(data);
	assert_memory_equal(data, "kernel!", 7);
	assert_non_null(member(archive, "dev/console", &mode, &size));
	assert_int_equal(mode, 020600);
	assert_null(member(archive, "nestcheck/initrd", &mode, &size));
	free(archive);
	chain_initramfs_free(&root);

	/* The others' files first; the last level needs neither a kernel nor its own initrd. */
	o.initrd = initrd;
	o.host = false;
	assert_int_equal(chain_initramfs_make(&root, &o, &failed), 0);
	assert_memory_equal(root.parts[0].data, "their own", 9);
	assert_int_equal(root.initrd_bytes, 9);
	archive = assemble(&root, &all);
	assert_null(member(archive + 12, "nestcheck/kernel", &mode, &size));
	assert_null(member(archive + 12, "nestcheck/initrd", &mode, &size));
	assert_non_null(member(archive + 12, "nestcheck/init", &mode, &size));
	free(archive);
	chain_initramfs_free(&root);

	unlink(program);
	assert_int_equal(chain_initramfs_make(&root, &o, &failed), -2);
	assert_string_equal(failed, program);
	unlink(kernel);
	unlink(initrd);
	free(program);
	free(kernel);
	free(initrd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),	     cmocka_unit_test(test_proof),
		cmocka_unit_test(test_line),	     cmocka_unit_test(test_no_line),
		cmocka_unit_test(test_line_made),    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_cut),    cmocka_unit_test(test_lines_nul),
		cmocka_unit_test(test_orders),	     cmocka_unit_test(test_no_orders),
		cmocka_unit_test(test_orders_plain), cmocka_unit_test(test_end),
		cmocka_unit_test(test_memory),	     cmocka_unit_test(test_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
