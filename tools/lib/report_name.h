/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The name of a report's file on the boot medium.
 */
#ifndef NESTCHECK_LIB_REPORT_NAME_H
#define NESTCHECK_LIB_REPORT_NAME_H

#include <stddef.h>

#include "lib/report.h"

/* "nestcheck-" and a name (MACHINE_ID_MAX), '-' and a time; NUL included. */
#define REPORT_STEM_MAX 112

/*
 * "nestcheck-rack3-17-20260131T120000Z", without a suffix: with the machine's name, else its MAC address, else
 * neither. All but letters, digits, '.', '_' and '-' of a name becomes '-': FAT takes no others everywhere.
 * Pure.
 */
void report_stem(char *buf, size_t size, const struct report *r);

#endif
