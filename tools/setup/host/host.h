/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of setup host: what on a root speaks for or against nesting, and which kernels it has.
 */
#ifndef NESTCHECK_SETUP_HOST_HOST_H
#define NESTCHECK_SETUP_HOST_HOST_H

#include "lib/output.h"
#include "lib/report.h"

/* --- what conflicts with nesting ------------------------------------------------------------ */

enum conflict_weight {
	CONFLICT_OVERRIDDEN, /* is there, and does not keep nesting off */
	CONFLICT_NEEDS_STEP, /* nesting is on only after one more step */
	CONFLICT_OVERRIDES,  /* keeps nesting off whatever we write */
};

/* One line of a file, and what it does. where: "/etc/modprobe.d/x.conf:3". */
struct conflict {
	enum conflict_weight weight;
	const char *where, *line;
	const char *why, *remedy; /* sentences */
};

struct conflicts {
	struct conflict *v;
	size_t n;
};

/* --- modprobe.d (modprobe.c); pure ------------------------------------------------------ */

/* A file of modprobe.d: its path from the root, without the first slash, and its contents. */
struct conf {
	const char *path, *contents;
};

struct confs {
	struct conf *v;
	size_t n;
};

/* Into modprobe's order: by the file's name, whatever folder it is in. */
void modprobe_order(struct confs *c);

/*
 * What in these files, in modprobe's order, is against `options MODULE nested=1` in the file whose
 * path is ours (which is not looked at, and need not be among them).
 */
void modprobe_conflicts(struct arena *a, const struct confs *c, const char *module,
			const char *ours, struct conflicts *out);

/* --- the kernel's command line (boot.c); pure --------------------------------------------- */

/*
 * A boot loader's file, line by line, or the command line itself: words that set nested=, or ban
 * the module. where: the file's path, or what to call the line; numbered: ":LINE" is put behind it.
 * *nested: what the last such word anywhere said, unchanged where there is none.
 */
void boot_conflicts(struct arena *a, const char *where, bool numbered, const char *text,
		    const char *module, enum tri *nested, struct conflicts *out);

/* --- the initramfs (initramfs.c) ------------------------------------------------------------ */

/* The first line of a configuration that puts KVM into it, 0 for none. Pure. Public for tests. */
unsigned int initramfs_line(const char *text);

void initramfs_conflicts(struct arena *a, int root, struct conflicts *out);

/* --- the root's files (find.c) ---------------------------------------------------------------- */

/*
 * All of the above on a root. cmdline: the running kernel's, NULL where that is another system's.
 * *booted: what the kernel's command line says of nested.
 */
void find_conflicts(struct arena *a, int root, const char *cmdline, const char *module,
		    enum tri *booted, struct conflicts *out);

/* --- its kernels (kernels.c) ------------------------------------------------------------------ */

struct host_kernel {
	const char *release;
	enum tri builtin; /* the module is in the kernel itself; unknown: no list of it */
};

struct host_kernels {
	struct host_kernel *v;
	size_t n;
};

/* Those of root_kernels(), by their modules.builtin. */
void find_kernels(struct arena *a, int root, const char *module, struct host_kernels *out);

/* Whether a modules.builtin(5) names it. Pure. Public for tests. */
bool builtin_lists(const char *text, const char *module);

/*
 * Known holes in nested KVM that are open in a kernel, by its release; version as in uname -v, or
 * NULL. YES: a kernel of no distribution, known to be unsafe; UNKNOWN: a distribution's, whose
 * number proves nothing; NO: none. what: "CVE-... (...; fixed in 6.12.95), ...". Pure.
 */
enum tri kernel_unsafe(struct arena *a, const char *release, const char *version,
		       enum cpu_vendor vendor, const char **what);

/* --- who uses KVM (users.c) -------------------------------------------------------------------- */

/* "qemu-system-x86 (process 4711)", ...; NULL where nobody, or where we may not see who. */
const char *kvm_users(struct arena *a);

#endif
