/* SPDX-License-Identifier: GPL-2.0-only */
/* For the tests of known defects: kernels in a row's range, and those next to it. */
#ifndef NESTCHECK_TESTS_UNIT_RELEASES_H
#define NESTCHECK_TESTS_UNIT_RELEASES_H

#include <stdio.h>

#include "machine.h"

#include "diagnose/kvm_defects.h"

#define RELEASES (4 * KERNEL_SERIES_MAX + 6)

/* Releases at which a row begins and ends. */
HELPER size_t releases_of(const struct kernel_range *k, char inside[][32], char outside[][32],
			  size_t *n_outside)
{
	size_t n = 0, m = 0;

	if (!k->since.major)
		snprintf(inside[n++], 32, "4.18.0");
	/* The release that introduced it, unless a series says otherwise. */
	if (k->since.major)
		snprintf(inside[n++], 32, "%u.%u.0", k->since.major, k->since.minor);
	if (k->since.major && k->since.minor)
		snprintf(outside[m++], 32, "%u.%u.999", k->since.major, k->since.minor - 1);
	else if (k->since.major)
		snprintf(outside[m++], 32, "%u.99.0", k->since.major - 1);
	if (k->fixed.major)
		snprintf(outside[m++], 32, "%u.%u.0", k->fixed.major, k->fixed.minor);
	else
		snprintf(inside[n++], 32, "9.99.0");
	for (size_t i = 0; i < KERNEL_SERIES_MAX && k->in[i].major; i++) {
		const struct kernel_series *s = &k->in[i];

		if (s->since) {
			snprintf(inside[n++], 32, "%u.%u.%u", s->major, s->minor, s->since);
			snprintf(outside[m++], 32, "%u.%u.%u", s->major, s->minor, s->since - 1);
		}
		if (s->fixed) {
			snprintf(inside[n++], 32, "%u.%u.%u", s->major, s->minor, s->fixed - 1);
			snprintf(outside[m++], 32, "%u.%u.%u", s->major, s->minor, s->fixed);
		}
	}
	*n_outside = m;
	return n;
}

#endif
