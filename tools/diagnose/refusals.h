/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's messages when KVM does not start: what each means, who wrote it, and whether the
 * facts deny it. Pure.
 *
 * A line is evidence only if this CPU's module, or the loader about it, can have written it about
 * this machine. kvm_intel says on every AMD CPU that there is no VMX, and before Linux 6.3 it did so
 * without its name: "kvm: no hardware support".
 */
#ifndef NESTCHECK_DIAGNOSE_REFUSALS_H
#define NESTCHECK_DIAGNOSE_REFUSALS_H

#include "diagnose/rules.h"

enum refusal_kind {
	REFUSAL_CPU,	  /* no VMX or SVM; denied if the CPU has it */
	REFUSAL_FIRMWARE, /* off in the firmware; denied if its register allows it */
	REFUSAL_NX,	  /* denied if the CPU has NX */
	REFUSAL_OTHER,
	REFUSAL_LOADER, /* the module itself did not run */
	REFUSAL_ERROR,	/* the text of an errno */
};

/*
 * line: a part of the message. author: the only module that writes it; NULL: either, or the loader.
 * vague: another line of the same attempt says more. remedy: on hardware, and in a virtual machine
 * unless guest is set; "%s" in guest is the name of the hypervisor below.
 */
struct refusal {
	const char *line;
	enum refusal_kind kind;
	const char *author;
	bool vague;
	const char *remedy;
	const char *guest;
};

/* Public for tests. */
extern const struct refusal refusal_rows[];
extern const size_t n_refusal_rows;

/* The first row whose line the text contains; NULL if there is none. */
const struct refusal *refusal_in(const char *text);

/*
 * The module that wrote a line, "kvm_intel" or "kvm_amd"; NULL if it can be either, or the line is
 * not a module's.
 */
const char *line_author(const char *line);

/* Whether a line is about KVM on this CPU: not the other module's, and not denied by the facts. */
bool refusal_holds(const struct situation *s, const struct refusal *refusal, const char *line);

/*
 * The line of the kernel's log that says best why this CPU's module does not run: the newest that is
 * not vague, else the newest. tried: we have just tried to load the module, so the log is about
 * that. NULL if none does.
 */
const char *refusal_line(const struct situation *s, bool tried, const struct refusal **refusal);

/* What to do, for this machine. line: the whole line, from which names are taken. */
const char *refusal_remedy(struct situation *s, const struct refusal *refusal, const char *line);

#endif
