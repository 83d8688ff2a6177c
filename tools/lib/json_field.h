/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of the documents as tables: a row has a key, the kind of its value, and the member of
 * a struct that holds it. One writer and one reader walk the same rows in their order, so that what
 * is written can be read.
 *
 * A new field is one row, and one property in tools/report/schemas/. Private to lib/json*.c.
 */
#ifndef NESTCHECK_LIB_JSON_FIELD_H
#define NESTCHECK_LIB_JSON_FIELD_H

#include <stddef.h>

#include "lib/json_util.h"

enum field_kind {
	FIELD_CONSTANT,	  /* the row's text: written, never read */
	FIELD_STRING,	  /* const char *; null for NULL */
	FIELD_BOOL,	  /* bool */
	FIELD_TRI,	  /* enum tri; null for unknown */
	FIELD_U64,	  /* uint64_t, size_t */
	FIELD_UINT,	  /* unsigned int */
	FIELD_MEASURED,	  /* uint64_t; null for 0, "not measured" */
	FIELD_HEX64,	  /* uint64_t, as text: "0x000000000000003a" */
	FIELD_ENUM,	  /* an enum of the row's n values, as the row's name(); null for no name */
	FIELD_STRINGS,	  /* struct strings */
	FIELD_KEY_VALUES, /* struct key_values */
	FIELD_CPUID,	  /* struct cpuid_fact *, and a count */
	FIELD_MSRS,	  /* struct msr_fact *, and a count */
	FIELD_CPU_IDS,	  /* int *, and a count */
	FIELD_OBJECT,	  /* a struct of the row's part, or members of the same struct */
	FIELD_ARRAY,	  /* structs of the row's part, and a count */
	FIELD_BY_NAME,	  /* structs, and a count: an object whose keys are their first members */
	FIELD_INDEXED,	  /* n values of the row's size: an object with keys from its name() */
	FIELD_PAIR,	  /* irregular: a function to write it and one to read it */
};

struct json_field {
	const char *key;
	unsigned char kind; /* enum field_kind */
	bool brief;	    /* null and empty values are not written */
	bool rooted;	    /* the path in errors starts at this key */
	/*
	 * Offsets in the struct. known: of an enum tri beside the member; 0 for none. The field is
	 * written, even if empty, only if that is yes; reading the field sets it to yes.
	 */
	unsigned short offset, count, known;
	unsigned short n, size;
	const char *(*name)(unsigned int value);
	union {
		const char *text;
		const struct json_part *part;
		const struct json_field *each; /* of BY_NAME and INDEXED: the row of one value */
		const struct json_pair *pair;
	};
};

/*
 * An object of the document. present: whether there is anything to write; null is written if not.
 * check: validates the whole object after reading; calls in_fail() if invalid. Both may be NULL.
 */
struct json_part {
	const struct json_field *fields;
	size_t n, size;
	bool (*present)(const void *record);
	bool (*check)(struct reader *rd, const char *where, const void *record);
};

/* record: the struct of the row. in: as in json_util.h; NULL: the field is not read. */
struct json_pair {
	json_t *(*out)(const void *record);
	bool (*in)(struct reader *rd, json_t *v, const char *where, const char *key, void *record);
};

json_t *out_part(const struct json_part *p, const void *record);
/* Adds the fields to an object that may have other keys. */
void out_fields(json_t *object, const struct json_part *p, const void *record);
/* where: path of the object itself. Members of absent or null fields do not change. */
bool in_part(struct reader *rd, json_t *object, const char *where, const struct json_part *p,
	     void *record);

/* clang-format off */

/*
 * A row: JSON_FIELD(struct chain_level, "memory_kb", U64, memory_kb), then further members of the
 * row. A member whose type is not the kind's does not compile. Only the size is checked for ENUM,
 * and for ARRAY and BY_NAME (a pointer's); nothing for OBJECT and INDEXED.
 */
#define JSON_FIELD(type, key_, kind_, member, ...)						\
	{ .key = (key_), .kind = FIELD_##kind_,							\
	  .offset = offsetof(type, member) + JSON_MUST(JSON_TAKES_##kind_(((type *)NULL)->member)), \
	  __VA_ARGS__ }

/* The same with the count in n_MEMBER. */
#define JSON_COUNTED(type, key_, kind_, member, ...) \
	JSON_FIELD(type, key_, kind_, member, .count = offsetof(type, n_##member), __VA_ARGS__)

/* Members of the same struct that form an object in the document. */
#define JSON_HERE(key_, part_, ...) \
	{ .key = (key_), .kind = FIELD_OBJECT, .part = &(part_), __VA_ARGS__ }

#define JSON_PAIR(key_, pair_)	   { .key = (key_), .kind = FIELD_PAIR, .pair = &(pair_) }
#define JSON_CONSTANT(key_, text_) { .key = (key_), .kind = FIELD_CONSTANT, .text = (text_) }

#define JSON_PART(type, fields_, ...)								\
	{ .fields = (fields_), .n = sizeof(fields_) / sizeof((fields_)[0]),			\
	  .size = sizeof(type), __VA_ARGS__ }

/* Defines FUNCTION_of() for a row's name(), from a function that takes the enum. */
#define JSON_NAMES(function, type)						\
	static const char *function##_of(unsigned int value)			\
	{									\
		return function((type)value);					\
	}

/* 0, or a compile error. */
#define JSON_MUST(condition) \
	(0 * sizeof(struct { _Static_assert(condition, "the member is not of the row's kind"); char c; }))

#define JSON_IS(member, type)	      __builtin_types_compatible_p(__typeof__(member), type)
#define JSON_TAKES_STRING(member)     JSON_IS(member, const char *)
#define JSON_TAKES_BOOL(member)	      JSON_IS(member, bool)
#define JSON_TAKES_TRI(member)	      JSON_IS(member, enum tri)
#define JSON_TAKES_U64(member)	      JSON_IS(member, uint64_t)
#define JSON_TAKES_UINT(member)	      JSON_IS(member, unsigned int)
#define JSON_TAKES_MEASURED(member)   JSON_IS(member, uint64_t)
#define JSON_TAKES_HEX64(member)      JSON_IS(member, uint64_t)
#define JSON_TAKES_ENUM(member)	      (sizeof(member) == sizeof(unsigned int))
#define JSON_TAKES_STRINGS(member)    JSON_IS(member, struct strings)
#define JSON_TAKES_KEY_VALUES(member) JSON_IS(member, struct key_values)
#define JSON_TAKES_CPUID(member)      JSON_IS(member, struct cpuid_fact *)
#define JSON_TAKES_MSRS(member)	      JSON_IS(member, struct msr_fact *)
#define JSON_TAKES_CPU_IDS(member)    JSON_IS(member, int *)
#define JSON_TAKES_OBJECT(member)     1
#define JSON_TAKES_ARRAY(member)      (sizeof(member) == sizeof(void *))
#define JSON_TAKES_BY_NAME(member)    (sizeof(member) == sizeof(void *))
#define JSON_TAKES_INDEXED(member)    1

/* clang-format on */

#endif
