// SPDX-License-Identifier: GPL-2.0-only
/* The table of all targets, and what they share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/params_table.h"
#include "report/render.h"

const struct fuzz_target fuzz_targets[] = {
	{ "documents", fuzz_documents, 65536 },
	{ "xml", fuzz_xml, 4096 },
	{ "modprobe", fuzz_modprobe, 4096 },
	{ "record", fuzz_record, 4096 },
	{ "modprobe-output", fuzz_modprobe_output, 1024 },
	{ "cmdline", fuzz_cmdline, 4096 },
	{ "chain-args", fuzz_chain_args, 1024 },
	{ "cfg", fuzz_cfg, PARAMS_FILE_MAX + 2 },
	{ "params", fuzz_params, 4096 },
	{ "globs", fuzz_globs, PARAMS_TEXT_MAX },
	{ "boot-files", fuzz_boot_files, 4096 },
	{ "initramfs", fuzz_initramfs, 4096 },
	{ "os-release", fuzz_os_release, 4096 },
	{ "module-lists", fuzz_module_lists, 4096 },
	{ "mountinfo", fuzz_mountinfo, 4096 },
	{ "image", fuzz_image, 4096 },
	{ "superblocks", fuzz_superblocks, 4096 },
	{ "diff", fuzz_diff, 4096 },
	{ "sleep", fuzz_sleep, 4096 },
	{ "swap", fuzz_swap, 1024 },
	{ "medium", fuzz_medium, 64 },
	{ "boot-path", fuzz_boot_path, 1024 },
	{ "fat", fuzz_fat, 2048 },
	{ "spcr", fuzz_spcr, 4096 },
	{ "boot-option", fuzz_boot_option, 4096 },
	{ "dmi", fuzz_dmi, 4096 },
	{ "registers", fuzz_registers, 8192 },
	{ "rules", fuzz_rules, 4096 },
	{ "cpuinfo", fuzz_cpuinfo, 4096 },
	{ "cpu-list", fuzz_cpu_list, 1024 },
	{ "releases", fuzz_releases, 1024 },
	{ "kernel-log", fuzz_kernel_log, 16384 },
	{ "kmsg", fuzz_kmsg, 8192 },
	{ "status", fuzz_status, 4096 },
	{ "chain", fuzz_chain, 16384 },
	{ "chain-end", fuzz_chain_end, 512 },
	{ "kernel", fuzz_kernel, 8192 },
	{ "serial", fuzz_serial, 4096 },
	{ "send-url", fuzz_send_url, 2048 },
	{ "send-answer", fuzz_send_answer, 8192 },
	{ NULL, NULL, 0 },
};

const struct fuzz_target *fuzz_target(const char *name)
{
	for (const struct fuzz_target *t = fuzz_targets; name && t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

_Noreturn void fuzz_abort(const char *file, int line, const char *function, const char *condition)
{
	fprintf(stderr, "%s:%d: %s: not true: %s\n", file, line, function, condition);
	abort();
}

uint8_t *fuzz_bytes(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	must(copy || !size);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);

	must(copy);
	for (size_t i = 0; i < size; i++)
		copy[i] = data[i] ? (char)data[i] : '?';
	copy[size] = '\0';
	return copy;
}

unsigned int fuzz_lines(const char *text)
{
	unsigned int n = 0;

	for (const char *s = text; *s; s++)
		n += *s == '\n' || !s[1];
	return n;
}

void must_be_clean(const char *s)
{
	for (; s && *s; s++)
		must(*s >= ' ' && *s <= '~');
}

void must_be_clean_lines(const char *s)
{
	for (; s && *s; s++)
		must((*s >= ' ' && *s <= '~') || *s == '\n');
}

/* sanitizer/allocator_interface.h, which gcc does not install. */
size_t __sanitizer_get_current_allocated_bytes(void);

size_t fuzz_memory(void)
{
	return __sanitizer_get_current_allocated_bytes();
}

/* libFuzzer's own thread may have freed something meanwhile. */
size_t fuzz_memory_since(size_t before)
{
	size_t now = fuzz_memory();

	return now > before ? now - before : 0;
}

void fuzz_show(const struct report *r)
{
	static void (*const renderers[])(struct text * t, const struct report *r) = {
		render_probe, render_registers, render_plain, render_long,
		render_chain, render_findings,	render_tap,
	};
	int rows = 0;
	struct text t = { 0 };

	for (size_t i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++) {
		renderers[i](&t, r);
		must_be_clean_lines(t.s);
		text_free(&t);
	}
	render_diagnosis(&t, r);
	must_be_clean_lines(t.s);
	for (const char *s = t.s; *s; s++)
		rows += *s == '\n';
	must(rows < 24);
	text_free(&t);
	render_screen(&t, r, 80, 25);
	text_free(&t);
}

void fuzz_write_and_read(const struct report *r)
{
	char *json = report_to_json(r), *second;
	struct report again;
	const char *error;

	report_init(&again);
	must(report_from_json(&again, json, strlen(json), &error) == 0);
	second = report_to_json(&again);
	must(!strcmp(json, second));
	report_free(&again);
	free(second);
	free(json);
}

static void same_params(const struct params *p, const struct params *q)
{
	must(p->mode == q->mode && p->selftest == q->selftest && p->after == q->after);
	must(p->medium == q->medium && p->below == q->below && p->depth == q->depth);
	must(p->timeout_s == q->timeout_s && p->timeout_set == q->timeout_set);
	must(p->soak_s == q->soak_s);
	must(p->report_method == q->report_method && p->report_timeout_s == q->report_timeout_s);
	must(!strcmp(p->id, q->id));
	must(!strcmp(p->only, q->only) && !strcmp(p->skip, q->skip));
	must(!strcmp(p->report, q->report) && !strcmp(p->fault, q->fault));
	must(!memcmp(p->source, q->source, sizeof(p->source)));
	must(p->problems.n == q->problems.n);
	for (size_t i = 0; i < p->problems.n; i++)
		must(!strcmp(p->problems.s[i], q->problems.s[i]));
}

void fuzz_check_params(const struct params *p)
{
	struct text t = { .raw = true };
	struct params again;

	must(p->mode <= MODE_SHELL && p->selftest <= SELFTEST_OFF && p->after <= AFTER_SHELL);
	must(p->medium <= MEDIUM_NONE && p->below <= BELOW_BOCHS);
	must(p->depth == 2 || p->depth == 3);
	must(p->timeout_s >= 1 && p->timeout_s <= 86400);
	must(p->soak_s >= 1 && p->soak_s <= 30 * 86400);
	must_be_clean(p->only);
	must_be_clean(p->skip);
	must_be_clean(p->report);
	must_be_clean(p->fault);
	must(p->report_method <= METHOD_POST);
	must(p->report_timeout_s >= 1 && p->report_timeout_s <= 3600);
	must(!*p->id || machine_id_valid(p->id));
	for (size_t i = 0; i < n_param_rows; i++)
		must(p->source[i] <= PARAM_SOURCES);
	for (size_t i = 0; i < p->problems.n; i++)
		must_be_clean(p->problems.s[i]);

	params_write(p, &t);
	params_init(&again);
	again.tests = p->tests;
	must(params_read(&again, t.s ? t.s : "") == 0);
	same_params(p, &again);
	params_free(&again);
	text_free(&t);
}
