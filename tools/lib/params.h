/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image's parameters (design.md, "Parameters"): one table of keys, three sources.
 *
 *	kernel command line	nestcheck.KEY=VALUE, quoted as the kernel allows
 *	QEMU fw_cfg		opt/nestcheck/KEY
 *	nestcheck.cfg		KEY=VALUE lines on the boot medium, # comments, CRLF allowed
 *
 * The first source with a key wins; within a source, the last occurrence wins. An unknown key or a
 * bad value adds a sentence to `problems` and changes nothing else: the key keeps its default or
 * the value of a later source. Init parses; nestcheck reads the result (params_save/params_load).
 */
#ifndef NESTCHECK_LIB_PARAMS_H
#define NESTCHECK_LIB_PARAMS_H

#include <stdint.h>

#include "lib/machine_name.h"
#include "lib/output.h"
#include "lib/report.h"

enum param_mode {
	MODE_AUTO,
	MODE_MENU,
	MODE_SHELL
};
enum param_selftest {
	SELFTEST_QUICK,
	SELFTEST_FULL,
	SELFTEST_SOAK,
	SELFTEST_OFF
};
enum param_after {
	AFTER_AUTO,
	AFTER_POWEROFF,
	AFTER_REBOOT,
	AFTER_FIRMWARE,
	AFTER_STAY,
	AFTER_SHELL,
};
enum param_below {
	BELOW_NONE,
	BELOW_TCG,
	BELOW_BOCHS
};
/* How HTTP's servers get a report. */
enum param_method {
	METHOD_PUT,
	METHOD_POST
};
/* Lines for machines on serial consoles. */
enum param_lines {
	LINES_AUTO, /* init decides: params_choose_lines() */
	LINES_CASES,
	LINES_VERDICT
};
enum param_medium {
	MEDIUM_UNKNOWN,
	MEDIUM_CD,
	MEDIUM_USB,
	MEDIUM_PXE,
	MEDIUM_NONE
};

/* In the order of precedence. */
enum param_source {
	PARAM_CMDLINE,
	PARAM_FW_CFG,
	PARAM_FILE,
	PARAM_SOURCES,
};

#define PARAMS_TEXT_MAX 256
#define PARAMS_KEYS_MAX 32

/* If this file exists, which the tests' initrd contains, the keys for tests are accepted. */
#define PARAMS_TESTS_FILE "/etc/nestcheck-tests"

/* Where init mounts the boot medium, for nestcheck.cfg and for report=usb. */
#define MEDIUM_PATH "/run/medium"

/* A longer nestcheck.cfg is ignored. */
#define PARAMS_FILE_MAX 65536

struct params {
	enum param_mode mode;
	enum param_selftest selftest;
	char only[PARAMS_TEXT_MAX]; /* glob; "" for none */
	char skip[PARAMS_TEXT_MAX];
	unsigned int depth;
	unsigned int timeout_s;
	bool timeout_set; /* by the user: not to be scaled under an emulator */
	unsigned int soak_s;
	char report[PARAMS_TEXT_MAX]; /* comma list of ttyS1, usb, URLs (lib/send_url.h) */
	enum param_method report_method;
	unsigned int report_timeout_s; /* for each URL, all tries together */
	enum param_after after;
	enum param_medium medium;
	char fault[PARAMS_TEXT_MAX]; /* comma list of fault names */
	enum param_below below;
	enum param_lines lines;
	char id[MACHINE_ID_MAX + 1]; /* the machine's name; "" for none */
	bool serial_named;	     /* the boot loader's command line has console=ttyS... */
	struct strings problems;
	bool tests;			 /* the keys for tests are accepted */
	struct arena arena;		 /* holds problems */
	uint8_t source[PARAMS_KEYS_MAX]; /* by table row: the source that set it + 1, 0: default */
};

void params_init(struct params *p);
void params_free(struct params *p);

/*
 * The default of lines, once all sources are known: cases if nobody types on a serial console, that
 * is, under fw_cfg, or if the boot loader's command line names one. Otherwise the verdict's only.
 */
void params_choose_lines(struct params *p, bool fw_cfg);

/*
 * Sets a key from one source; value NULL: the key was given without one. Observes the precedence in
 * any order of calls.
 */
void params_set(struct params *p, enum param_source source, const char *key, const char *value);

/* Adds a sentence for the report about something that was not done as requested. */
void params_problem(struct params *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Sets all nestcheck.* keys of a kernel command line. The boot loader's first word may be the name of the
 * image, nestcheck.efi.
 */
void params_parse_cmdline(struct params *p, const char *cmdline);

/*
 * Parses a nestcheck.cfg of len bytes. A line that is not KEY=VALUE is a problem with its number. A
 * byte that is not text (a damaged file) is one problem and ends the parsing.
 */
void params_parse_file(struct params *p, const char *text, size_t len);

/*
 * Write the result as text, and read it back. 0, or -EINVAL for a text that params_write() did not
 * write. t must be raw. Public for tests.
 */
void params_write(const struct params *p, struct text *t);
int params_read(struct params *p, const char *text);

/*
 * The same with a file, which is written completely or not at all. 0 or a negative errno.
 */
int params_save(const struct params *p, const char *path);
int params_load(struct params *p, const char *path);

/* Whether item is in a comma list; for `fault` and `report`. */
bool params_list_has(const char *list, const char *item);
bool params_fault(const struct params *p, const char *name);

/* A duration as in soak=: 90, 90s, 30m, 8h, 2d; 0 for anything else. */
unsigned int params_duration(const char *value);

#endif
