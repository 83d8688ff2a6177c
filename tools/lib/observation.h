/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a failed case saw, as data, and how a known defect is recognised by it. Pure.
 *
 * The sentence in a case's detail is made for people; nothing decides by it.
 */
#ifndef NESTCHECK_LIB_OBSERVATION_H
#define NESTCHECK_LIB_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum observed {
	OBSERVED_NOTHING = 0,
	OBSERVED_VALUE, /* an expectation did not hold: what it is, expected, seen */
	OBSERVED_TEXT,	/* the case failed in its own words: what */
	OBSERVED_TRAP,	/* an exception that nobody caught: what is "L1" or "L2", seen the vector */
	OBSERVED_TIMEOUT,  /* no answer in time: what is where the case was, if it says so */
	OBSERVED_SHUTDOWN, /* L1 triple-faulted: what, likewise */
	OBSERVED_KVM_EXIT, /* KVM stopped L1: what is the exit's name, seen its detail */
	OBSERVED_ERRNO,	   /* a system call failed: what it was for, seen the errno */
	OBSERVED_LOG,	   /* the host kernel's log or taint: what is the line */
	OBSERVED_ENTRIES,  /* KVM counted too few entries into L2: expected at least, seen */
	OBSERVED_COUNT
};

/* "value", "trap": the JSON names; NULL for OBSERVED_NOTHING. */
extern const char *const observed_names[OBSERVED_COUNT];

/* what is the owner's (a report's arena); NULL where there is none. */
struct observation {
	enum observed how;
	const char *what;
	uint64_t expected, seen;
};

/*
 * what: "*" in it stands for any text, all else for itself; NULL for anything. expected and seen
 * are compared unless `any` says otherwise.
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

/* "port 0x3f8: ", as a case puts it before what it expects, without its end, cut in place; NULL for none. */
const char *observation_place(char *label);

/* For tables: the failing expectation with both of its values, or with those that vary left out. */
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
