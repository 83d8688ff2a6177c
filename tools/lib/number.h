/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that a user writes: only digits, so that nothing passes as another number than the one
 * that was written. strtoul() skips blanks and takes signs, and scanf() lets a number that is too
 * large wrap. Pure.
 */
#ifndef NESTCHECK_LIB_NUMBER_H
#define NESTCHECK_LIB_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * number_parse: decimal, from min to max. number_parse_c: as C writes it, 10, 0xa or 012.
 *
 * False for anything else, with *to unchanged: no digits, a blank, a sign, a suffix, a number that
 * is out of range however long it is.
 */
bool number_parse(const char *s, uint64_t min, uint64_t max, uint64_t *to);
bool number_parse_c(const char *s, uint64_t min, uint64_t max, uint64_t *to);

/*
 * The decimal digits at *s, and moves *s behind them, for a number inside a word (80x25, 2G). False
 * if there are none, or if the number is greater than max.
 */
bool number_take(const char **s, uint64_t max, uint64_t *to);

/* The value of a hexadecimal digit; 16 for any other character. */
unsigned int number_digit(char c);

#endif
