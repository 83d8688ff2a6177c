/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of this room. The pure half takes a reader instead of the machine, so that
 * its rules are tested with made-up CPUs; the other half reads the machine.
 */
#ifndef NESTCHECK_FACTS_COLLECT_H
#define NESTCHECK_FACTS_COLLECT_H

#include "lib/report.h"

/* --- pure ------------------------------------------------------------------------------ */

/* Reads one CPUID leaf: eax, ebx, ecx, edx into regs. */
struct cpuid_reader {
	void (*read)(void *ctx, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]);
	void *ctx;
};

/*
 * Stores every leaf and subleaf of this CPU in c->cpuid, in ascending order. Ranges end at their
 * own maximum, subleaves by each leaf's rule, and everything at CPUID_FACTS_MAX.
 */
#define CPUID_FACTS_MAX 512
void cpuid_walk(struct arena *a, struct cpu_facts *c, const struct cpuid_reader *reader);

/* Reads one register. 0; -EIO: the machine refuses it; any other error: it cannot be tried. */
struct msr_reader {
	int (*read)(void *ctx, uint32_t index, uint64_t *value);
	void *ctx;
};

/* Stores the registers that c has by its vendor and CPUID leaves in c->msr, in ascending order. */
void msr_walk(struct arena *a, struct cpu_facts *c, const struct msr_reader *reader);

/*
 * Whether c has a register, by its leaves; false if the table does not have it (msr_known).
 * Conditions on other registers are ignored.
 */
bool msr_known(uint32_t index);
bool msr_expected(const struct facts *f, const struct cpu_facts *c, uint32_t index);

/*
 * Appends a copy of c to f->cpus: complete, or `like` an earlier CPU with the keys that differ
 * (usually the APIC id's). c must be complete.
 */
void facts_add_cpu(struct arena *a, struct facts *f, const struct cpu_facts *c);

/* Whether a kernel message, without priority and time stamp, is one that we keep. */
bool log_line_wanted(const char *line);

/*
 * The wanted lines of a klogctl() buffer, oldest first. Beyond LOG_LINES_MAX the middle is dropped.
 */
#define LOG_LINES_MAX 128
#define LOG_LINE_MAX  240
void log_filter(struct arena *a, struct strings *out, const char *text, size_t len);

/* Adds the message of one record of /dev/kmsg if it is wanted; changes record. Public for tests. */
void log_record(struct arena *a, struct strings *out, char *record);

/* Parses "0-3,8" into ids, in arena a, at most max of them; -EINVAL if it is not such a list. */
int cpu_list_parse(struct arena *a, const char *list, int max, int **ids, size_t *n);

/* In modprobe's order: the last of several settings is in force. Public for tests. */
void modprobe_sort(struct strings *paths);

/* The kernel's command line; of words that do not concern virtualization, only the key. */
const char *cmdline_without_secrets(struct arena *a, const char *cmdline);

/*
 * Whether the flag ("vmx") is among the flags of /proc/cpuinfo's text: Linux clears it if firmware
 * has virtualization off. Unknown if the text has no flags. Public for tests.
 */
enum tri cpuinfo_flag(const char *cpuinfo, const char *flag);

/* Whether a line of modprobe.d is about KVM or another hypervisor's module. Public for tests. */
bool modprobe_line_wanted(const char *line);

/*
 * Adds "PATH: LINE" for those lines of a file's text; of more than 1024 lines, and of more than 4096
 * characters, the first, and "PATH: # nestcheck: ..." says so. Public for tests.
 */
void modprobe_lines(struct arena *a, const char *path, const char *text, struct strings *out);

/* Whether a line of modules.builtin or modules.dep is that module's own. Public for tests. */
bool module_line_is(const char *line, const char *module);

/*
 * Whether the file of such lines names the module: 1, 0, or a negative errno if it cannot be read to
 * its end. Public for tests.
 */
int module_listed(const char *path, const char *module);

/* Adds the file's lines about KVM, and a comment if it was not read. Public for tests. */
void modprobe_read(struct arena *a, const char *path, struct strings *out);

/* --- the machine ----------------------------------------------------------------------- */

/* Opens a CPU's msr device, for many reads: fd, or -EPERM, -ENODEV, -ENXIO. */
int msr_open(int cpu);
int msr_read_fd(int fd, uint32_t index, uint64_t *value);

/* On the current CPU. */
void collect_behaviour(struct behaviour_facts *b);

void collect_firmware(struct arena *a, struct firmware_facts *f);
void collect_kvm(struct arena *a, struct kvm_facts *k);

/*
 * The first: release, command line, lockdown. The second: what changes with load, modules and the
 * like.
 */
void collect_kernel_identity(struct arena *a, struct kernel_facts *k);
void collect_kernel_state(struct arena *a, struct kernel_facts *k);

/* container.c: the container that we run in, and the service that runs us ("codespaces"), or NULL. */
const char *find_container(struct arena *a);
const char *find_service(void);
/* The value of "container=" among NUL-terminated variables; NULL if unset. Public for tests. */
const char *container_in_environ(struct arena *a, const char *text, size_t len);
/* By the paths of a process's control groups; NULL if they name none. Public for tests. */
const char *container_in_cgroup(const char *text);

/* modprobe.d's lines, and whether the kernel of k->release has KVM's modules. */
void collect_modprobe(struct arena *a, struct kernel_facts *k);
void collect_module_files(struct arena *a, struct kernel_facts *k);

#endif
