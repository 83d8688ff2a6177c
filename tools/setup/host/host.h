/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of setup host: the conflicts with nesting on a root, and the kernels that it has.
 */
#ifndef NESTCHECK_SETUP_HOST_HOST_H
#define NESTCHECK_SETUP_HOST_HOST_H

#include "lib/output.h"
#include "lib/report.h"
#include "setup/root.h"

/* --- what conflicts with nesting ------------------------------------------------------------ */

enum conflict_weight {
	CONFLICT_OVERRIDDEN, /* does not keep nesting off */
	CONFLICT_NEEDS_STEP, /* nesting is on only after one more step */
	CONFLICT_OVERRIDES,  /* keeps nesting off whatever we write */
};

/* One line of a file, and its effect. where: "/etc/modprobe.d/x.conf:3"; line: its beginning. */
struct conflict {
	enum conflict_weight weight;
	const char *where, *line;
	const char *why, *remedy; /* sentences; remedy may be NULL */
};

/*
 * The first CONFLICTS_KEPT, and how many more there are: a root has as many as somebody cares to
 * write. overrides: one of all of them does. unseen: what may have others.
 */
#define CONFLICTS_KEPT	  32
#define CONFLICT_LINE_MAX 240
struct conflicts {
	struct conflict v[CONFLICTS_KEPT];
	size_t n, more;
	bool overrides;
	struct unseen unseen;
	const char *
		on_by; /* "/etc/modprobe.d/dist.conf:1": not ours, and turns nesting on; NULL: none */
};

/* Counts a conflict of this weight; NULL if it is not kept. line is copied, with its length. */
struct conflict *conflict_add(struct arena *a, struct conflicts *out, enum conflict_weight weight,
			      const char *line, size_t len);

/* --- modprobe.d (modprobe.c); pure ------------------------------------------------------ */

/* A file of modprobe.d: its path from the root, without the leading slash, and its contents. */
struct conf {
	const char *path, *contents;
};

struct confs {
	struct conf *v;
	size_t n;
};

/* Sorts into modprobe's order: by the file's name, whatever its folder. */
void modprobe_order(struct confs *c);

/*
 * The conflicts in these files, in modprobe's order, with `options MODULE nested=1` in the file
 * whose path is ours (which is ignored, and need not be among them).
 */
void modprobe_conflicts(struct arena *a, const struct confs *c, const char *module,
			const char *ours, struct conflicts *out);

/* --- the kernel's command line (boot.c); pure --------------------------------------------- */

/*
 * The words in a boot loader's file, or on the command line itself, that set nested= or ban the
 * module. where: the file's path, or a name for the line; numbered: ":LINE" is appended. *nested:
 * the value of the last such word, unchanged if there is none. The remedy is left to the caller.
 */
void boot_conflicts(struct arena *a, const char *where, bool numbered, const char *text,
		    const char *module, enum tri *nested, struct conflicts *out);

/* --- the initramfs (initramfs.c) ------------------------------------------------------------ */

/* The number of the first line that puts KVM into the initramfs, 0 for none. Pure. Public for tests. */
unsigned int initramfs_line(const char *text);

void initramfs_conflicts(struct arena *a, int root, struct conflicts *out);

/* --- the root's files (find.c) ---------------------------------------------------------------- */

/*
 * What a kernel's command line says about nesting. nested: the running kernel's; of another system
 * what the files of its boot loader have or, if none of these can be seen, their sources.
 * source: a file that turns it on, of which the boot loader knows nothing yet; apply: the command
 * that changes that; NULL: none.
 */
struct boot_setting {
	enum tri nested;
	const char *source, *apply;
};

/* All of the above on a root. cmdline: the running kernel's, NULL if the root is another system's. */
void find_conflicts(struct arena *a, int root, const char *cmdline, const char *module,
		    struct boot_setting *booted, struct conflicts *out);

/* Takes words off a command line as clr-boot-manager does: each once, which then is "". Pure. */
void boot_take_off(char *text, struct strings *words);

/* --- where a change lasts (lasts.c) ----------------------------------------------------------- */

/* Sentences without their periods; text, which may be NULL, is shown as it is. */
struct lasting {
	const char *why;      /* why what is written to /etc/modprobe.d is lost */
	const char *where;    /* what to do instead, for a module */
	const char *line;     /* the same if KVM is built in, or NULL */
	const char *text;     /* what a file has to contain */
	const char *save;     /* what keeps it after all, instead of `where`; NULL: nothing does */
	const char *found_in; /* "/oem/99_kvm.yaml:3", which already does that; NULL: none */
};

/*
 * Whether a change of the root's /etc is there after a boot. False: *l says why not. own: it is the
 * running system's. What is unseen may be a reason why not, or may turn nesting on already.
 */
bool root_lasts(struct arena *a, int root, bool own, const char *module, struct lasting *l,
		struct unseen *u);

/* The upperdir= of the overlay that a path is on, by proc_pid_mountinfo(5); else NULL. Pure. */
const char *mount_upper(struct arena *a, const char *mountinfo, const char *path);

/* The number of the line that turns nesting of a module on, if none after it turns it off; or 0. Pure. */
unsigned int kept_line(const char *text, const char *module);

/* --- its kernels (kernels.c) ------------------------------------------------------------------ */

struct host_kernel {
	const char *release;
	enum tri builtin; /* the module is built in; unknown: no modules.builtin, or it was not read */
};

/* unseen: a folder that may have others, lists of their modules. */
struct host_kernels {
	struct host_kernel *v;
	size_t n;
	struct unseen unseen;
};

/* The kernels of root_kernels(), with their modules.builtin. */
void find_kernels(struct arena *a, int root, const char *module, struct host_kernels *out);

/* Whether the text of a modules.builtin(5) names the module. Pure. Public for tests. */
bool builtin_lists(const char *text, const char *module);

/*
 * Known vulnerabilities of nested KVM in a kernel, by its release; version as in uname -v, or NULL.
 * YES: an upstream kernel, known to be unsafe; UNKNOWN: a distribution's, whose version number
 * proves nothing; NO: none. what: "CVE-... (...; fixed in 6.12.95), ...". Pure.
 */
enum tri kernel_unsafe(struct arena *a, const char *release, const char *version,
		       enum cpu_vendor vendor, const char **what);

/* --- who uses KVM (users.c) -------------------------------------------------------------------- */

/* "qemu-system-x86 (process 4711)", ...; NULL if there is none, or none that we may see. */
const char *kvm_users(struct arena *a);

#endif
