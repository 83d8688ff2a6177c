/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * modprobe.d and the values of module parameters, as kmod and the kernel read them: kmod's
 * libkmod-config.c and shared/util.c (freadline_wrapped()), the kernel's lib/cmdline.c and
 * lib/kstrtox.c. Pure.
 */
#ifndef NESTCHECK_LIB_MODPROBE_CONF_H
#define NESTCHECK_LIB_MODPROBE_CONF_H

#include "lib/report.h"

/*
 * The folders, relative to the root, in order of precedence; NULL-terminated. A file hides files of
 * the same name in later folders.
 */
extern const char *const modprobe_folders[];

/* Whether modprobe reads a file of this name. */
bool modprobe_reads(const char *name);

/* Like strcmp(): modprobe reads files in the order of their names, regardless of their folders. */
int modprobe_compare(const char *path, const char *other);

/*
 * Returns the next line at *text and moves *text behind it. The line has no newline, is joined with
 * its continuation lines, and is allocated in a. Adds the number of lines read to *number, which
 * starts at 0. NULL at the end.
 */
const char *modprobe_next(struct arena *a, const char **text, unsigned int *number);

/* Finds the next word at *s and moves *s behind it; returns its length, 0 at the end. */
size_t modprobe_word(const char **s, const char **word);

/* Whether a word is that module's name; '-' and '_' are the same. */
bool modprobe_is_module(const char *word, size_t len, const char *module);

/* Whether a line is "COMMAND MODULE ..."; if so, *rest is what follows. rest may be NULL. */
bool modprobe_is_line(const char *line, const char *command, const char *module, const char **rest);

/*
 * Finds the last setting of an option in the words of an "options" line (*rest above). If there is
 * one, *value, of *len bytes, is what follows the '='; NULL if the option has no '='.
 */
bool modprobe_find_option(const char *words, const char *option, const char **value, size_t *len);

/* Whether the command of "install MODULE" prevents loading the module. */
bool modprobe_install_bans(const char *command);

/* kvm_intel's nested is a bool, kvm_amd's an int (arch/x86/kvm/vmx/vmx.c, svm/svm.c). */
enum tri param_nested(const char *module, const char *value, size_t len);

/*
 * What a parameter reads in /sys/module: Y or N for a bool, decimal for a number (kernel/params.c);
 * other spellings of either kind are taken too, as people write recordings. NULL: unknown.
 */
enum tri param_read(const char *value);

#endif
