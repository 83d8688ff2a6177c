// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long exits take: the time between two beats of L1.
 */
#include "selftest/pace.h"

#include <stdlib.h>

/* Of each kind. On an emulator the first exit of L2 takes a hundred times longer than later ones. */
#define SAMPLES 7

_Static_assert(SAMPLES < BEATS_MAX, "n samples need n + 1 beats");

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The median time between beats; 0 if beats are missing. */
static uint64_t median(const struct l1_beats *b)
{
	uint64_t between[SAMPLES];

	if (b->n != SAMPLES + 1)
		return 0;
	for (unsigned int i = 0; i < SAMPLES; i++)
		between[i] = b->ns[i + 1] - b->ns[i];
	qsort(between, SAMPLES, sizeof(between[0]), by_size);
	return between[SAMPLES / 2] ? between[SAMPLES / 2] : 1;
}

static bool measure(struct l1 *l1, enum l1_level level, unsigned int timeout_ms, uint64_t *ns)
{
	struct l1_beats beats = { .n = 0 };
	struct vcpu_exit exit;
	int ret;

	l1->page->samples = SAMPLES;
	l1->beats = &beats;
	ret = l1_command(l1, L1_PACE, level, 0, timeout_ms, &exit);
	l1->beats = NULL;
	*ns = median(&beats);
	return ret == 0 && exit.stop == VCPU_DOORBELL && exit.value == L1_DONE;
}

bool pace_measure(struct l1 *l1, struct pace *p)
{
	*p = (struct pace){ 0, 0 };
	if (!l1->page->vendor)
		return true;
	return measure(l1, L1_LEVEL_L1, START_TIMEOUT_MS, &p->l1_ns) &&
	       measure(l1, L1_LEVEL_L2, CASE_TIMEOUT_MS * pace_scale(p), &p->l2_ns);
}

void pace_find(struct report *r)
{
	struct l1 l1;
	char why[320];

	if (r->selftest.pace.l1_ns || l1_start(&l1, START_TIMEOUT_MS, why, sizeof(why)) < 0)
		return;
	pace_measure(&l1, &r->selftest.pace);
	l1_stop(&l1);
}
