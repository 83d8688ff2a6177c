// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads CPUID leaves and MSRs on every online CPU, bound to it. A CPU that we may not run on (in
 * another cpuset) is read through /dev/cpu/N/cpuid; if that fails too, it is left out.
 */
#include "facts/facts.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "facts/collect.h"
#include "lib/procfs.h"
#include "facts/sysfs.h"

/* NR_CPUS is at most 8192. */
#define CPUS_MAX 8192

struct cpu_mask {
	unsigned long bits[CPUS_MAX / (8 * sizeof(unsigned long))];
};

#define BITS_PER_LONG (8 * sizeof(unsigned long))

static int bind_to(int cpu)
{
	struct cpu_mask mask = { { 0 } };

	mask.bits[(size_t)cpu / BITS_PER_LONG] = 1UL << ((size_t)cpu % BITS_PER_LONG);
	return sched_setaffinity(0, sizeof(mask), (const cpu_set_t *)(const void *)&mask);
}

static void cpuid_native(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	(void)ctx;
	__cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}

/* arch/x86/kernel/cpuid.c: the leaf is the low half of the position, the subleaf the high. */
static void cpuid_device(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4])
{
	int fd = *(int *)ctx;

	if (pread(fd, regs, 16, (off_t)(leaf | (uint64_t)subleaf << 32)) != 16)
		memset(regs, 0, 16);
}

static bool read_cpuid(struct arena *a, struct cpu_facts *c)
{
	struct cpuid_reader reader = { cpuid_native, NULL };
	char path[64];
	int fd;

	if (!bind_to(c->id)) {
		cpuid_walk(a, c, &reader);
		return true;
	}
	snprintf(path, sizeof(path), "/dev/cpu/%d/cpuid", c->id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	reader.read = cpuid_device;
	reader.ctx = &fd;
	cpuid_walk(a, c, &reader);
	close(fd);
	return c->n_cpuid > 0;
}

enum tri msr_announced(uint32_t index)
{
	const struct cpuid_reader reader = { cpuid_native, NULL };
	struct cpu_facts c = { .like = -1 };
	const struct facts f = { .cpus = &c, .n_cpus = 1 };
	struct arena scratch = { NULL };
	enum tri announced;

	if (!msr_known(index))
		return TRI_UNKNOWN;
	cpuid_walk(&scratch, &c, &reader);
	announced = tri_of(msr_expected(&f, &c, index));
	arena_free(&scratch);
	return announced;
}

static int msr_through_fd(void *ctx, uint32_t index, uint64_t *value)
{
	return msr_read_fd(*(int *)ctx, index, value);
}

static void read_msrs(struct arena *a, struct cpu_facts *c, enum msr_access *access)
{
	int fd = msr_open(c->id);
	const struct msr_reader reader = { msr_through_fd, &fd };

	if (fd < 0) {
		if (*access == MSR_ACCESS_UNKNOWN)
			*access = fd == -EPERM ? MSR_ACCESS_EPERM : MSR_ACCESS_ENODEV;
		return;
	}
	*access = MSR_ACCESS_OK;
	msr_walk(a, c, &reader);
	close(fd);
}

static bool get_affinity(struct cpu_mask *mask)
{
	return sched_getaffinity(0, sizeof(*mask), (cpu_set_t *)(void *)mask) >= 0;
}

size_t online_cpus(struct arena *a, int **ids)
{
	const char *list = sys_read(a, "/sys/devices/system/cpu/online");
	struct cpu_mask allowed = { { 0 } };
	size_t n = 0;

	if (list && !cpu_list_parse(a, list, CPUS_MAX, ids, &n) && n)
		return n;
	n = 0;
	*ids = NULL;
	get_affinity(&allowed);
	for (int i = 0; i < CPUS_MAX; i++)
		if (allowed.bits[(size_t)i / BITS_PER_LONG] >> ((size_t)i % BITS_PER_LONG) & 1)
			*arena_push(a, ids, &n) = i;
	return n;
}

static void collect_cpus(struct arena *a, struct facts *f)
{
	struct cpu_mask before = { { 0 } };
	struct arena scratch = { NULL };
	bool have_mask = get_affinity(&before);
	int *ids;
	size_t n = online_cpus(a, &ids);

	for (size_t i = 0; i < n; i++) {
		struct cpu_facts c = { .id = ids[i], .like = -1 };

		if (ids[i] < CPUS_MAX && read_cpuid(&scratch, &c)) {
			/* While bound to it, as two CPUs' time stamp counters may differ. */
			if (f->behaviour.known != TRI_YES)
				collect_behaviour(&f->behaviour);
			read_msrs(&scratch, &c, &f->msr_access);
			facts_add_cpu(a, f, &c);
		}
		arena_free(&scratch);
	}
	if (have_mask)
		sched_setaffinity(0, sizeof(before), (const cpu_set_t *)(const void *)&before);
}

void collect_hardware(struct report *r)
{
	collect_cpus(&r->arena, &r->facts);
	collect_firmware(&r->arena, &r->facts.firmware);
	meminfo_kb("MemTotal", &r->facts.memory_kb);
	collect_kernel_identity(&r->arena, &r->facts.kernel);
	r->facts.kernel.taint_known = kernel_taint(&r->facts.kernel.taint) ? TRI_YES : TRI_UNKNOWN;
	identify_cpu(r);
}
