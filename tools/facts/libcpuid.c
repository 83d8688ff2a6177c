// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcpuid's name for a CPU, from recorded leaves only: the machine is never read. Used for makers
 * without rows in codename.c, because libcpuid guesses for CPUs newer than itself.
 */
#include "facts/libcpuid.h"

#include <libcpuid/libcpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Leaves that were not recorded stay zero, which libcpuid treats as absent. */
static void fill(const struct leaf_source *source, uint32_t (*rows)[4], size_t n, uint32_t leaf,
		 uint32_t leaf_step, uint32_t subleaf_step)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t regs[4];

		if (source->get(source->ctx, leaf + i * leaf_step, i * subleaf_step, regs))
			memcpy(rows[i], regs, sizeof(regs));
	}
}

/* libcpuid looks for an empty row as the end: the last row stays empty. */
static void fill_subleaves(const struct leaf_source *source, uint32_t (*rows)[4], size_t n,
			   uint32_t leaf)
{
	fill(source, rows, n - 1, leaf, 0, 1);
}

bool libcpuid_codename(const struct leaf_source *source, char *name, size_t size)
{
	struct cpu_raw_data_t *raw = calloc(1, sizeof(*raw));
	struct cpu_id_t *id = calloc(1, sizeof(*id));
	bool known = false;

	if (!raw || !id)
		goto out;
	cpuid_set_verbosiness_level(0);
	cpuid_set_warn_function(NULL);
	fill(source, raw->basic_cpuid, COUNT(raw->basic_cpuid), 0, 1, 0);
	fill(source, raw->ext_cpuid, COUNT(raw->ext_cpuid), 0x80000000, 1, 0);
	fill_subleaves(source, raw->intel_fn4, COUNT(raw->intel_fn4), 4);
	fill_subleaves(source, raw->intel_fn11, COUNT(raw->intel_fn11), 0xb);
	fill_subleaves(source, raw->intel_fn12h, COUNT(raw->intel_fn12h), 0x12);
	fill_subleaves(source, raw->intel_fn14h, COUNT(raw->intel_fn14h), 0x14);
	fill_subleaves(source, raw->amd_fn8000001dh, COUNT(raw->amd_fn8000001dh), 0x8000001d);
	fill_subleaves(source, raw->amd_fn80000026h, COUNT(raw->amd_fn80000026h), 0x80000026);
	if (cpu_identify(raw, id) < 0)
		goto out;
	id->cpu_codename[sizeof(id->cpu_codename) - 1] = '\0';
	if (!id->cpu_codename[0] || !strncmp(id->cpu_codename, "Unknown", 7))
		goto out;
	snprintf(name, size, "%s", id->cpu_codename);
	known = true;
out:
	free(raw);
	free(id);
	return known;
}
