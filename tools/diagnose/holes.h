/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known holes in nested KVM, by kernel release: before anything advises nested=1. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_HOLES_H
#define NESTCHECK_DIAGNOSE_HOLES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/kernel_version.h"
#include "lib/output.h"
#include "lib/report.h"

enum hole_state {
	HOLE_UNKNOWN, /* a candidate of the release with the fix, and not known of which */
	HOLE_OPEN,    /* older than the fix in this series, or the series never got one */
	HOLE_FIXED,   /* or older than the hole */
};

struct hole {
	const char *cve;
	const char *what;
	bool intel; /* is in kvm_intel alone */
};

#define HOLES 4
extern const struct hole holes[HOLES];

/*
 * By the version number alone: a distribution's kernel may have the fix under an older number,
 * which v->distribution is for. index: into holes.
 */
enum hole_state hole_state(size_t index, const struct kernel_version *v);

/* Whether a CPU of that vendor's runs the code with the hole. */
bool hole_concerns(size_t index, enum cpu_vendor vendor);

/* Adds "CVE-... (what it is; fixed in 6.12.95), ..." for those that are open; how many. */
size_t holes_open(const struct kernel_version *v, enum cpu_vendor vendor, struct text *t);

/* "fixed in 6.12.95", or that v's series has none and which is the newest that does. */
void hole_fixed_in(size_t index, const struct kernel_version *v, char *buf, size_t size);

#endif
