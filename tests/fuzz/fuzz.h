/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz targets: each gives any bytes to one reader of bytes that others wrote, and checks what the
 * reader promises. driver.c runs them under libFuzzer, replay.c on files; run and corpus are the
 * programs that use the two (README.md).
 */
#ifndef NESTCHECK_TESTS_FUZZ_H
#define NESTCHECK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "lib/output.h"
#include "lib/params.h"
#include "lib/report.h"

/* max: the longest input that is worth trying, usually the reader's own limit. */
struct fuzz_target {
	const char *name;
	void (*run)(const uint8_t *data, size_t size);
	size_t max;
};

/* A NULL name ends it. */
extern const struct fuzz_target fuzz_targets[];
/* NULL if there is no such target, or no name. */
const struct fuzz_target *fuzz_target(const char *name);

/* What has to be true, else the program aborts and names the place. */
#define must(condition) \
	((condition) ? (void)0 : fuzz_abort(__FILE__, __LINE__, __func__, #condition))
_Noreturn void fuzz_abort(const char *file, int line, const char *function, const char *condition);

/*
 * A copy in a block of its own, so that a read behind it is found: as it is, or as a C string, in
 * which NUL bytes are '?', as root_read() has it. To be freed.
 */
uint8_t *fuzz_bytes(const uint8_t *data, size_t size);
char *fuzz_text(const uint8_t *data, size_t size);

/* The lines of a text, counting one that has no newline. */
unsigned int fuzz_lines(const char *text);

/*
 * How much of a conflict's line (setup/host/host.h) is of the text it was found in: all but the "..."
 * of one that was cut.
 */
size_t conflict_shown(const char *line);

/* Only printable ASCII; many: newlines are allowed as well. */
void must_be_clean(const char *s);
void must_be_clean_lines(const char *s);

/*
 * Bytes allocated now. A reader's memory is linear in its input: after reading, no more than this
 * may have been added to what was allocated before.
 */
size_t fuzz_memory(void);
size_t fuzz_memory_since(size_t before);
#define FUZZ_MEMORY(size) (64 * (size) + 65536)

/* All renderers, on a report that comes from a hostile document or machine; what they print is clean. */
void fuzz_show(const struct report *r);
/* Written as JSON, read and written again, it is the same text. */
void fuzz_write_and_read(const struct report *r);
/* What any source may set is within its limits, and what init writes for nestcheck is read back. */
void fuzz_check_params(const struct params *p);

void fuzz_documents(const uint8_t *data, size_t size);
void fuzz_xml(const uint8_t *data, size_t size);
/* settings.c: modprobe.d, command lines, nestcheck.cfg */
void fuzz_modprobe(const uint8_t *data, size_t size);
void fuzz_record(const uint8_t *data, size_t size);
void fuzz_modprobe_output(const uint8_t *data, size_t size);
void fuzz_cmdline(const uint8_t *data, size_t size);
void fuzz_chain_args(const uint8_t *data, size_t size);
void fuzz_cfg(const uint8_t *data, size_t size);
void fuzz_params(const uint8_t *data, size_t size);
void fuzz_globs(const uint8_t *data, size_t size);
/* roots.c: files and disks of an installed system */
void fuzz_boot_files(const uint8_t *data, size_t size);
void fuzz_initramfs(const uint8_t *data, size_t size);
void fuzz_os_release(const uint8_t *data, size_t size);
void fuzz_module_lists(const uint8_t *data, size_t size);
void fuzz_mountinfo(const uint8_t *data, size_t size);
void fuzz_image(const uint8_t *data, size_t size);
void fuzz_superblocks(const uint8_t *data, size_t size);
void fuzz_diff(const uint8_t *data, size_t size);
/* media.c: where a system sleeps, the boot medium */
void fuzz_sleep(const uint8_t *data, size_t size);
void fuzz_swap(const uint8_t *data, size_t size);
void fuzz_medium(const uint8_t *data, size_t size);
void fuzz_boot_path(const uint8_t *data, size_t size);
void fuzz_fat(const uint8_t *data, size_t size);
/* machine.c: firmware, CPU, kernel */
void fuzz_spcr(const uint8_t *data, size_t size);
void fuzz_boot_option(const uint8_t *data, size_t size);
void fuzz_dmi(const uint8_t *data, size_t size);
void fuzz_registers(const uint8_t *data, size_t size);
void fuzz_rules(const uint8_t *data, size_t size);
void fuzz_cpuinfo(const uint8_t *data, size_t size);
void fuzz_cpu_list(const uint8_t *data, size_t size);
void fuzz_releases(const uint8_t *data, size_t size);
/* lines.c: logs, and lines of our own protocols */
void fuzz_kernel_log(const uint8_t *data, size_t size);
void fuzz_kmsg(const uint8_t *data, size_t size);
void fuzz_status(const uint8_t *data, size_t size);
void fuzz_chain(const uint8_t *data, size_t size);
void fuzz_chain_end(const uint8_t *data, size_t size);
/* guests.c: a kernel's file, a guest's accesses to its serial port */
void fuzz_kernel(const uint8_t *data, size_t size);
void fuzz_serial(const uint8_t *data, size_t size);
/* send.c: URLs of reports, a server's answer */
void fuzz_send_url(const uint8_t *data, size_t size);
void fuzz_send_answer(const uint8_t *data, size_t size);

#endif
