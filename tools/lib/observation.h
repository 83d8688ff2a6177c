/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a failed case saw, as data, and the patterns that recognise a known defect in it. Pure.
 *
 * The sentence in a case's detail is for people; no code depends on it.
 */
#ifndef NESTCHECK_LIB_OBSERVATION_H
#define NESTCHECK_LIB_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum observed {
	OBSERVED_NOTHING = 0,
	OBSERVED_VALUE,	   /* an expectation failed; what: its text; expected, seen */
	OBSERVED_TEXT,	   /* the case failed; what: its message */
	OBSERVED_TRAP,	   /* an unhandled exception; what: "L1" or "L2", seen: the vector */
	OBSERVED_TIMEOUT,  /* no answer in time; what: the place in the case, if reported */
	OBSERVED_SHUTDOWN, /* L1 triple-faulted; what: as for TIMEOUT */
	OBSERVED_KVM_EXIT, /* KVM stopped L1; what: the exit's name, seen: its detail */
	OBSERVED_ERRNO,	   /* a system call failed; what: its purpose, seen: the errno */
	OBSERVED_LOG,	   /* the host kernel's log or taint; what: the line */
	OBSERVED_ENTRIES,  /* KVM counted too few entries into L2; expected: at least */
	OBSERVED_COUNT
};

/* "value", "trap": the JSON names; NULL for OBSERVED_NOTHING. */
extern const char *const observed_names[OBSERVED_COUNT];

/* what: owned by a report's arena or another owner; NULL if there is none. */
struct observation {
	enum observed how;
	const char *what;
	uint64_t expected, seen;
};

/*
 * what: a pattern in which only "*" is special and matches any text; NULL matches anything.
 * any: which of expected and seen match any value.
 */
enum observation_any {
	ANY_NONE = 0,
	ANY_SEEN = 1,
	ANY_EXPECTED = 2,
	ANY_VALUES = ANY_SEEN | ANY_EXPECTED,
};

struct observation_match {
	enum observed how;
	const char *what;
	uint64_t expected, seen;
	enum observation_any any;
};

bool observation_matches(const struct observation_match *m, const struct observation *o);

/* Strips ": " off a label such as "port 0x3f8: ", in place; NULL if nothing is left. */
const char *observation_place(char *label);

/* For tables: a failed expectation with both values, or only with those that do not vary. */
/* clang-format off */
#define SAW_VALUE(what, expected, seen)	{ OBSERVED_VALUE, what, expected, seen, ANY_NONE }
#define SAW_EXPECTED(what, expected)	{ OBSERVED_VALUE, what, expected, 0, ANY_SEEN }
#define SAW_SEEN(what, seen)		{ OBSERVED_VALUE, what, 0, seen, ANY_EXPECTED }
#define SAW_DIFFERS(what)		{ OBSERVED_VALUE, what, 0, 0, ANY_VALUES }
#define SAW_FALSE(condition)		{ OBSERVED_VALUE, condition, 1, 0, ANY_NONE }
#define SAW_TEXT(text)			{ OBSERVED_TEXT, text, 0, 0, ANY_VALUES }
#define SAW_TRAP(who, vector)		{ OBSERVED_TRAP, who, 0, vector, ANY_EXPECTED }
#define SAW_TIMEOUT			{ OBSERVED_TIMEOUT, NULL, 0, 0, ANY_VALUES }
#define SAW_SHUTDOWN_AT(place)		{ OBSERVED_SHUTDOWN, place, 0, 0, ANY_VALUES }
#define SAW_KVM_EXIT(name)		{ OBSERVED_KVM_EXIT, name, 0, 0, ANY_VALUES }
#define SAW_ERRNO(call, error)		{ OBSERVED_ERRNO, call, 0, error, ANY_EXPECTED }
#define SAW_LOG(line)			{ OBSERVED_LOG, line, 0, 0, ANY_VALUES }
/* clang-format on */

#endif
