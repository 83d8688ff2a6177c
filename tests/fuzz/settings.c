// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings: modprobe.d, kernel command lines, nestcheck.cfg, and what modprobe prints.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "chain/start.h"
#include "facts/collect.h"
#include "kvm/kvm.h"
#include "kvm/module.h"
#include "lib/glob_list.h"
#include "lib/manifest.h"
#include "lib/modprobe_conf.h"
#include "setup/host/change.h"
#include "setup/host/host.h"

static const char *const modules[] = { "kvm_intel", "kvm_amd" };

/* --- modprobe.d ------------------------------------------------------------------------------- */

/* The lines, written so that no backslash joins or drops anything. To be freed. */
static char *write_lines(const struct strings *lines)
{
	size_t size = 1;
	char *text, *to;

	for (size_t i = 0; i < lines->n; i++)
		size += 2 * strlen(lines->s[i]) + 1;
	text = to = malloc(size);
	must(text);
	for (size_t i = 0; i < lines->n; i++) {
		for (const char *s = lines->s[i]; *s; s++) {
			if (*s == '\\')
				*to++ = '\\';
			*to++ = *s;
		}
		*to++ = '\n';
	}
	*to = '\0';
	return text;
}

static void read_lines(struct arena *a, const char *text, struct strings *lines)
{
	unsigned int number = 0;
	const char *line;

	while ((line = modprobe_next(a, &text, &number)))
		strings_add(a, lines, line);
	must(!*text && number >= lines->n);
}

static void check_lines(struct arena *a, const char *text)
{
	struct strings lines = { NULL, 0 }, again = { NULL, 0 };
	char *written;

	read_lines(a, text, &lines);
	must(lines.n <= fuzz_lines(text));
	written = write_lines(&lines);
	read_lines(a, written, &again);
	must(lines.n == again.n);
	for (size_t i = 0; i < lines.n; i++) {
		must(!strchr(lines.s[i], '\n'));
		must(!strcmp(lines.s[i], again.s[i]));
		modprobe_line_wanted(lines.s[i]);
	}
	free(written);
}

static void check_conflicts(struct arena *a, const char *text, const char *module)
{
	static const char ours[] = "etc/modprobe.d/nestcheck-kvm.conf";
	struct conf files[] = { { "usr/lib/modprobe.d/z.conf", text },
				{ ours, text },
				{ "etc/modprobe.d/a.conf", text } };
	struct confs confs = { files, 3 };
	struct conflicts found = { 0 };

	modprobe_order(&confs);
	modprobe_conflicts(a, &confs, module, ours, &found);
	must(found.n <= 2 * fuzz_lines(text));
	for (size_t i = 0; i < found.n; i++) {
		must(found.v[i].where && found.v[i].line && found.v[i].why);
		must(found.v[i].remedy || found.v[i].weight == CONFLICT_OVERRIDDEN);
		must(!strchr(found.v[i].line, '\n'));
	}
}

/* A change is seen in the diff. */
static void check_change(const char *text, const char *module)
{
	struct change_record record = { .made_folder = strlen(text) & 1 };
	struct text ours = { 0 }, diff = { 0 };

	change_contents(&ours, module, &record);
	must(change_owner_of(text) != OWNER_NOBODY);
	change_diff(&diff, "/etc/modprobe.d/x.conf", text, ours.s);
	must((diff.len == 0) == !strcmp(text, ours.s));
	for (const char *s = diff.s; s && *s; s++)
		must((unsigned char)*s >= ' ' || *s == '\n' || *s == '\t');
	text_free(&ours);
	text_free(&diff);
}

void fuzz_modprobe(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	size_t before = fuzz_memory();

	check_lines(&a, text);
	must(fuzz_memory_since(before) <= 4 * FUZZ_MEMORY(size));
	for (size_t i = 0; i < 2; i++) {
		check_conflicts(&a, text, modules[i]);
		check_change(text, modules[i]);
		param_nested(modules[i], text, size);
	}
	arena_free(&a);
	free(text);
}

/*
 * What undo believes of a file. The input is a file, and where a byte of what we write then is
 * changed: 2 bytes.
 */
void fuzz_record(const uint8_t *data, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = size < 2 ? 0 : size - 2, at = size < 2 ? 0 : data[n] | (size_t)data[n + 1] << 8;
	char *text = fuzz_text(data, n);
	struct change_record record, read;
	struct text ours = { 0 };
	bool recorded = change_record_of(text, &record);

	must(!record.kept || recorded);
	must(strspn(record.digest, hex) == (record.kept ? SHA256_HEX - 1 : 0));
	must(strlen(record.digest) == (record.kept ? SHA256_HEX - 1 : 0));
	must(!*text || change_owner_of(text) != OWNER_NOBODY);
	/* What we write with that record is ours, until somebody changes a byte of it. */
	change_contents(&ours, modules[n & 1], &record);
	must(change_owner_of(ours.s) == OWNER_US);
	must(change_record_of(ours.s, &read));
	must(read.made_folder == record.made_folder && read.kept == record.kept);
	must(!strcmp(read.digest, record.digest));
	at %= ours.len;
	ours.s[at] = ours.s[at] == 'x' ? 'y' : 'x';
	must(change_owner_of(ours.s) == OWNER_EDITED || change_owner_of(ours.s) == OWNER_ANOTHER);
	text_free(&ours);
	free(text);
}

void fuzz_modprobe_output(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	must(module_message(text) == text && strlen(text) <= size);
	must_be_clean(text);
	must(!*text || text[strlen(text) - 1] != ' ');
	free(text);
}

/* --- kernel command lines ----------------------------------------------------------------------- */

size_t conflict_shown(const char *line)
{
	size_t len = strlen(line);

	must(len <= CONFLICT_LINE_MAX ||
	     (len == CONFLICT_LINE_MAX + 3 && !strcmp(line + CONFLICT_LINE_MAX, "...")));
	return len < CONFLICT_LINE_MAX ? len : CONFLICT_LINE_MAX;
}

/* As root_read() and the kernel's own line have it, so the words of conflicts are part of it. */
static void check_boot_words(struct arena *a, const char *text, const char *module)
{
	struct conflicts found = { 0 };
	enum tri nested = TRI_UNKNOWN;

	boot_conflicts(a, "the kernel's command line", false, text, module, &nested, &found);
	for (size_t i = 0; i < found.n; i++) {
		must(memmem(text, strlen(text), found.v[i].line, conflict_shown(found.v[i].line)));
		must(!strpbrk(found.v[i].line, " \t\r\n\"'"));
	}
}

/* Whatever else is on the line, unless a quote before them is not closed. */
static void check_secrets(struct arena *a, const char *text, const char *kept)
{
	static const char secrets[] =
		" password=MARK kvm.x=http://MARK/ http://MARK/ \"key=a MARK\"";
	size_t quotes = 0;
	const char *more;
	char *with;

	for (const char *s = text; *s; s++)
		quotes += *s == '"';
	if (quotes % 2)
		return;
	must(!strcmp(cmdline_without_secrets(a, kept), kept));
	with = malloc(strlen(text) + sizeof(secrets));
	must(with);
	strcpy(stpcpy(with, text), secrets);
	more = cmdline_without_secrets(a, with);
	free(with);
	must(!strncmp(more, kept, strlen(kept)));
	must(!strstr(more + strlen(kept), "MARK"));
}

void fuzz_cmdline(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct arena a = { NULL };
	const char *kept;
	struct params p;
	size_t before = fuzz_memory();

	kept = cmdline_without_secrets(&a, text);
	must(strlen(kept) <= 3 * size + 1);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	check_secrets(&a, text, kept);

	before = fuzz_memory();
	for (size_t i = 0; i < 2; i++) {
		must(strlen(kvm_cmdline_parameters(&a, text, modules[i])) <= size);
		check_boot_words(&a, text, modules[i]);
	}
	must(fuzz_memory_since(before) <= 4 * FUZZ_MEMORY(size));

	before = fuzz_memory();
	kept = boot_rdinit(&a, text);
	must(!kept || (strlen(kept) <= size && strstr(text, "rdinit=")));
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	arena_free(&a);

	before = fuzz_memory();
	params_init(&p);
	p.tests = true;
	params_parse_cmdline(&p, text);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	fuzz_check_params(&p);
	params_free(&p);
	free(text);
}

/* Numbers of up to nine digits are read; format and parse agree about what was read. */
void fuzz_chain_args(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), words[CHAIN_WORDS_MAX];
	struct chain_args args, again;

	if (chain_args_parse(text, &args)) {
		must(args.level >= 1 && args.level <= CHAIN_DEPTH_MAX);
		chain_args_format(&args, words, sizeof(words));
		must(strlen(words) < sizeof(words) - 1);
		must(chain_args_parse(words, &again));
		must(args.level == again.level && args.depth == again.depth);
		must(args.cpus == again.cpus && args.slow == again.slow);
		must(args.silence_ms == again.silence_ms);
		must(!strcmp(args.nonce, again.nonce));
		must(!strcmp(args.faults, again.faults) || !again.faults[0]);
		chain_args_next(&args);
	}
	free(text);
}

/* --- nestcheck.cfg, and what init writes for nestcheck -------------------------------------------- */

void fuzz_cfg(const uint8_t *data, size_t size)
{
	uint8_t *text = fuzz_bytes(data, size);
	size_t before = fuzz_memory();
	struct params p;

	params_init(&p);
	params_parse_file(&p, (const char *)text, size);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	fuzz_check_params(&p);
	params_free(&p);
	free(text);
}

void fuzz_params(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	size_t before = fuzz_memory();
	struct params p;

	params_init(&p);
	p.tests = true;
	params_read(&p, text);
	must(fuzz_memory_since(before) <= FUZZ_MEMORY(size));
	fuzz_check_params(&p);
	params_free(&p);
	free(text);
}

/* "only" and "skip" against the names of two cases. */
void fuzz_globs(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	glob_list_matches(text, "svm_nested_page_fault_write_protected");
	glob_list_matches(text, "vmx_ept_violation");
	must(!glob_list_matches("", text));
	/* A name without special characters matches itself. */
	if (size && size < 128 && !strpbrk(text, ",*?[\\"))
		must(glob_list_matches(text, text));
	free(text);
}
