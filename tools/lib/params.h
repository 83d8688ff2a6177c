/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image's parameters (design.md, "Parameters"): one table of keys, three sources.
 *
 *	kernel command line	nestcheck.KEY=VALUE, quotes as the kernel takes them
 *	QEMU fw_cfg		opt/nestcheck/KEY
 *	nestcheck.cfg		KEY=VALUE lines on the boot medium, # comments, CRLF allowed
 *
 * The first source that names a key wins, within one the last. An unknown key or a bad
 * value is a sentence in `problems` and changes nothing else: the default holds, or a
 * later source's value. Init parses; nestcheck reads the result (params_save/params_load).
 */
#ifndef NESTCHECK_LIB_PARAMS_H
#define NESTCHECK_LIB_PARAMS_H

#include <stdint.h>

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
#define PARAMS_KEYS_MAX 16

/* Where this file is, as an initrd of the tests' brings it, the keys for tests are known. */
#define PARAMS_TESTS_FILE "/etc/nestcheck-tests"

/* Where init mounts the boot medium, for nestcheck.cfg and for report=usb. */
#define MEDIUM_PATH "/run/medium"

/* A nestcheck.cfg longer than this is not one. */
#define PARAMS_FILE_MAX 65536

struct params {
	enum param_mode mode;
	enum param_selftest selftest;
	char only[PARAMS_TEXT_MAX]; /* glob; "" for none */
	char skip[PARAMS_TEXT_MAX];
	unsigned int depth;
	unsigned int timeout_s;
	bool timeout_set; /* named by the user: not to be scaled under an emulator */
	unsigned int soak_s;
	char report[PARAMS_TEXT_MAX]; /* comma list of ttyS1, usb, http://..., tftp://... */
	enum param_after after;
	enum param_medium medium;
	char fault[PARAMS_TEXT_MAX]; /* comma list of fault names */
	enum param_below below;
	struct strings problems;
	bool tests;			 /* the keys for tests alone are known */
	struct arena arena;		 /* holds problems */
	uint8_t source[PARAMS_KEYS_MAX]; /* by table row: the source that set it + 1, 0: default */
};

void params_init(struct params *p);
void params_free(struct params *p);

/*
 * One key from one source; value NULL means that it was named without one. Keeps to the
 * precedence whatever the order of calls.
 */
void params_set(struct params *p, enum param_source source, const char *key, const char *value);

/* A sentence for the report about something that was not done as asked. */
void params_problem(struct params *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* All nestcheck.* words of a kernel command line. */
void params_parse_cmdline(struct params *p, const char *cmdline);

/*
 * A nestcheck.cfg of len bytes. A line that is no KEY=VALUE is a problem that names its
 * number; bytes that are no text (a damaged file) end the reading with one problem.
 */
void params_parse_file(struct params *p, const char *text, size_t len);

/*
 * The result as a text file, written whole or not at all, and read back; negative errno,
 * -EINVAL for a file that params_save() did not write.
 */
int params_save(const struct params *p, const char *path);
int params_load(struct params *p, const char *path);

/* Is item one of a comma list? For `fault` and `report`. */
bool params_list_has(const char *list, const char *item);
bool params_fault(const struct params *p, const char *name);

/* A duration as in soak=: 90, 90s, 30m, 8h, 2d; 0 for anything else. */
unsigned int params_duration(const char *value);

#endif
