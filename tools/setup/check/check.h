/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * setup check: what the howtos check by hand, one row for each. Pure: rows are made from a
 * diagnosed report and a few more facts that only this command collects.
 */
#ifndef NESTCHECK_SETUP_CHECK_CHECK_H
#define NESTCHECK_SETUP_CHECK_CHECK_H

#include "setup/setup.h"

/* NULL and unknown: not collected, as in a replay. The caller owns the strings. */
struct check_extra {
	enum tri looked;	  /* the files below were searched for: NULL means not there */
	enum tri paging_flag;	  /* ept or npt is among /proc/cpuinfo's flags */
	const char *qemu;	  /* a QEMU that libguestfs would start */
	enum tri force_tcg;	  /* set in LIBGUESTFS_BACKEND_SETTINGS */
	enum tri headers;	  /* /lib/modules/RELEASE/build leads to a Makefile */
	const char *vboxdrv;	  /* "loaded", or the module's file */
	const char *vbox_version; /* "7.0.20" */
};

enum check_state {
	CHECK_UNKNOWN = 0,
	CHECK_OK,
	CHECK_NO,
};

/* wanted: nesting needs it, so it counts for the exit status; else it is good to have. */
struct check_row {
	const char *group;
	const char *name;
	bool wanted;
	bool deeper; /* this machine's guests run without it; guests of those do not */
	enum check_state state;
	char value[64];
	char remedy[400]; /* empty if there is nothing to do */
};

#define CHECK_ROWS_MAX 24

/* Returns the number of rows: one that says so if this CPU is known for neither VMX nor SVM. */
size_t check_rows(const struct report *r, const struct check_extra *x,
		  struct check_row rows[CHECK_ROWS_MAX]);

/*
 * Asks about this machine's guests only (level 1), or also about guests of those (2, the default):
 * what only these need is then good to have.
 */
void check_level(struct check_row *rows, size_t n, int level);

/* OK: all that counts is there. NO: some of it is not. UNKNOWN: of some it is not known, and no row is 'no'. */
enum check_state check_result(const struct check_row *rows, size_t n);

bool check_all_ok(const struct check_row *rows, size_t n);
const char *check_state_name(enum check_state s);

/* The level, the rows as a table, the registers that the howtos read, and what to do. */
void check_table(const struct report *r, const struct check_row *rows, size_t n, struct text *out);

/* --- inside: a table of rows per file ------------------------------------------------------- */

struct check {
	const struct report *r;
	const struct check_extra *x;
	const char *feature, *paging; /* vmx and ept, svm and npt */
	const char *module;	      /* kvm_intel, kvm_amd */
	bool guest;		      /* there is a hypervisor below */
	const char *below;	      /* its name (machine_is_guest) */
};

enum check_cpu {
	CHECK_ANY,
	CHECK_INTEL,
	CHECK_AMD,
};

struct check_look {
	const char *group, *name;
	enum check_cpu cpu;
	bool wanted;
	void (*look)(const struct check *c, struct check_row *row);
	bool deeper;
};

extern const struct check_look check_nesting[]; /* nesting.c; name NULL at the end */
extern const struct check_look check_inside[];	/* inside.c */

void check_value(struct check_row *row, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void check_remedy(struct check_row *row, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ok for yes, no for no. */
enum check_state check_state_of(enum tri t);

#endif
