/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the program for lack of memory. */
#ifndef NESTCHECK_LIB_FATAL_H
#define NESTCHECK_LIB_FATAL_H

/* doing: "to write JSON". Exits with ERROR's status (design.md, "Exit status"). */
_Noreturn void out_of_memory(const char *doing);

#endif
