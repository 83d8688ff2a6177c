// SPDX-License-Identifier: GPL-2.0-only
/* The workload by which a level proves that it runs; see workload.h. */
#include "chain/workload.h"

#include <cpuid.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error_text.h"
#include "lib/procfs.h"

#define HALVES 2
#define BURSTS (CHAIN_WORKLOAD_ENTRIES / HALVES)
#define ROUNDS 8 /* in a burst */

/* An interval, and how late it may be on a busy host or an emulator. */
#define TIMER_NS      5000000LL
#define TIMER_LATE_NS 3000000000LL

struct half {
	const char *nonce;
	unsigned int number, cpu;
	bool exits;
	bool worked;
	uint8_t digest[SHA256_SIZE];
};

static void work(struct half *h)
{
	unsigned int eax, ebx, ecx, edx;
	char start[SHA256_HEX + 16];
	int n = snprintf(start, sizeof(start), "%s %u", h->nonce, h->number);

	sha256(start, (size_t)n, h->digest);
	for (int i = 0; i < BURSTS; i++) {
		for (int j = 0; j < ROUNDS; j++)
			sha256(h->digest, sizeof(h->digest), h->digest);
		if (h->exits)
			__cpuid(0, eax, ebx, ecx, edx);
	}
	h->worked = true;
}

static void join(const struct half halves[HALVES], char digest[SHA256_HEX])
{
	uint8_t both[HALVES * SHA256_SIZE], result[SHA256_SIZE];

	for (size_t i = 0; i < HALVES; i++)
		memcpy(both + i * SHA256_SIZE, halves[i].digest, SHA256_SIZE);
	sha256(both, sizeof(both), result);
	sha256_hex(result, digest);
}

void chain_workload_expect(const char *nonce, char digest[SHA256_HEX])
{
	struct half halves[HALVES] = { { .nonce = nonce }, { .nonce = nonce, .number = 1 } };

	for (size_t i = 0; i < HALVES; i++)
		work(&halves[i]);
	join(halves, digest);
}

static void *work_bound(void *data)
{
	struct half *h = data;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(h->cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set) && sched_getcpu() == (int)h->cpu)
		work(h);
	return NULL;
}

bool chain_workload_hash(const char *nonce, unsigned int cpus, char digest[SHA256_HEX], char *why,
			 size_t size)
{
	struct half halves[HALVES];
	pthread_t threads[HALVES];
	int error = 0;
	size_t n = 0;

	for (size_t i = 0; i < HALVES; i++)
		halves[i] = (struct half){ .nonce = nonce,
					   .number = (unsigned int)i,
					   .cpu = cpus > 1 ? (unsigned int)i : 0,
					   .exits = true };
	while (n < HALVES && !error) {
		error = pthread_create(&threads[n], NULL, work_bound, &halves[n]);
		n += !error;
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < HALVES; i++) {
		if (halves[i].worked)
			continue;
		snprintf(why, size, "CPU %u did no work: %s", halves[i].cpu,
			 error ? error_text(error) : "Linux has not started it");
		return false;
	}
	join(halves, digest);
	return true;
}

/* Local timer interrupts over all CPUs; -1 if this kernel has no such line. */
static int64_t timer_interrupts(void)
{
	char line[1024], *s = procfs_line("/proc/interrupts", "LOC:", line, sizeof(line)), *end;
	int64_t sum = 0;

	if (!s)
		return -1;
	for (;; s = end) {
		long long v = strtoll(s, &end, 10);

		if (end == s)
			return sum;
		sum += v;
	}
}

bool chain_workload_timer(char *why, size_t size)
{
	const struct itimerspec once = { .it_value = { .tv_nsec = TIMER_NS } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	int64_t before = timer_interrupts(), after, start = monotonic_ns(), took;
	uint64_t expired = 0;

	if (fd < 0 || timerfd_settime(fd, 0, &once, NULL) ||
	    read(fd, &expired, sizeof(expired)) != sizeof(expired)) {
		snprintf(why, size, "there is no timer: %s", error_text(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	took = monotonic_ns() - start;
	close(fd);
	after = timer_interrupts();
	if (took < TIMER_NS || took > TIMER_NS + TIMER_LATE_NS)
		snprintf(why, size, "a timer of %lld us fired after %" PRId64 " us",
			 TIMER_NS / 1000, took / 1000);
	else if (before >= 0 && after <= before)
		snprintf(why, size,
			 "a timer fired, but the local timer's interrupts stayed at %" PRId64,
			 after);
	else
		return true;
	return false;
}
