/* SPDX-License-Identifier: GPL-2.0-only */
/* The makers' code names of CPUs. Pure. */
#ifndef NESTCHECK_FACTS_CODENAME_H
#define NESTCHECK_FACTS_CODENAME_H

#include "lib/report.h"

/* "Haswell", by CPUID leaf 1's EAX; NULL if it is not known. */
const char *codename(enum cpu_vendor vendor, uint32_t signature);

#endif
