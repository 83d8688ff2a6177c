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
 * The folders from the root on, without the first slash, the strongest first; NULL at the end: a file
 * hides its namesakes in the folders behind its own.
 */
extern const char *const modprobe_folders[];

/* Whether modprobe reads a file of this name. */
bool modprobe_reads(const char *name);

/* As strcmp(), of two paths: modprobe reads files in the order of their names, whatever the folder. */
int modprobe_compare(const char *path, const char *other);

/*
 * The next line at *text, which moves behind it: without its newline, joined with those that it goes on
 * in, in arena a. *number is raised by how many lines of the file that was; start with 0. NULL at the end.
 */
const char *modprobe_next(struct arena *a, const char **text, unsigned int *number);

/* The next word at *s, which moves behind it; returns its length, 0 at the end. */
size_t modprobe_word(const char **s, const char **word);

/* Whether a word is that module's name; '-' and '_' are the same. */
bool modprobe_is_module(const char *word, size_t len, const char *module);

/* Whether a line is "COMMAND MODULE ..."; then *rest (may be NULL) is what follows. */
bool modprobe_is_line(const char *line, const char *command, const char *module, const char **rest);

/*
 * The last setting of an option among the words of an "options" line, from *rest above. True if there is
 * one; then *value, of *len bytes, is what follows the '=', and NULL where the option stands without one.
 */
bool modprobe_find_option(const char *words, const char *option, const char **value, size_t *len);

/* Whether what follows "install MODULE" keeps it from being loaded. */
bool modprobe_install_bans(const char *command);

/* kvm_intel's nested is a bool, kvm_amd's an int (arch/x86/kvm/vmx/vmx.c, svm/svm.c). */
enum tri param_nested(const char *module, const char *value, size_t len);

#endif
