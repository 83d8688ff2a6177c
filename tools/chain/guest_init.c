// SPDX-License-Identifier: GPL-2.0-only
/*
 * A level of the chain from inside: PID 1 of a machine that the level below created. It proves that
 * it runs (level 2 and up), starts the next level (all except the last), and powers off. It reports
 * through the port MACHINE_CHANNEL_PORT. It ends only by powering off: an exit of PID 1 is a panic,
 * which the level below sees.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "chain/guest_init.h"
#include "chain/workload.h"
#include "chain/initramfs.h"
#include "chain/start.h"
#include "diagnose/diagnose.h"
#include "facts/facts.h"
#include "kvm/kvm.h"
#include "lib/json.h"
#include "lib/params.h"
#include "lib/procfs.h"
#include "lib/terminal.h"

/* Global: a process is one level. The lock is for the next level's vCPU threads, which send, too. */
static struct chain_args args;
static pthread_mutex_t channel_lock = PTHREAD_MUTEX_INITIALIZER;

static void send_line(const struct chain_line *line)
{
	size_t size, words, bytes;
	char *text = chain_line_make(line, &size);
	const char *at = text;

	if (!text)
		return;
	words = size / sizeof(uint32_t);
	bytes = size % sizeof(uint32_t);
	pthread_mutex_lock(&channel_lock);
	__asm__ volatile("rep outsl"
			 : "+S"(at), "+c"(words)
			 : "d"(MACHINE_CHANNEL_PORT)
			 : "memory");
	__asm__ volatile("rep outsb"
			 : "+S"(at), "+c"(bytes)
			 : "d"(MACHINE_CHANNEL_PORT)
			 : "memory");
	outb(0, MACHINE_CHANNEL_BELL);
	pthread_mutex_unlock(&channel_lock);
	free(text);
}

static void say(enum chain_verb verb, const char *rest)
{
	const struct chain_line line = { .level = args.level, .verb = verb, .rest = rest };

	send_line(&line);
}

static void say_stage(enum chain_stage stage)
{
	say(CHAIN_SAYS_STAGE, chain_stage_names[stage]);
}

static void say_failed(struct arena *a, const char *what)
{
	say(CHAIN_SAYS_FAILED, arena_printf(a, "L%u%s", args.level, what));
}

static bool has_fault(const char *name)
{
	return params_list_has(args.faults, name);
}

static void say_self(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), pages = sysconf(_SC_PHYS_PAGES);
	struct utsname u = { .release = "" };
	char text[128];

	uname(&u);
	snprintf(text, sizeof(text), "%ld %ld %s", cpus, pages * (sysconf(_SC_PAGESIZE) / 1024),
		 u.release);
	say(CHAIN_SAYS_SELF, text);
}

/* --- the workload ---------------------------------------------------------------------- */

/* The level below had the kernel start only one (start.c). */
static void start_cpus(void)
{
	char path[64];

	mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	for (unsigned int i = 1; i < args.cpus; i++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", i);
		if (write_word(path, "1") == -ENOENT)
			return;
	}
}

static bool prove(struct arena *a)
{
	char digest[SHA256_HEX], why[160];

	say_stage(CHAIN_HASHING);
	if (has_fault("chain-l2-panic"))
		_exit(1);
	while (has_fault("chain-l2-hang"))
		pause();
	if (!chain_workload_hash(args.nonce, args.cpus, digest, why, sizeof(why))) {
		say_failed(a, arena_printf(a, ": %s", why));
		return false;
	}
	if (has_fault("chain-l2-digest"))
		digest[0] = digest[0] == '0' ? '1' : '0';
	say(CHAIN_SAYS_HASHED, digest);
	if (!chain_workload_timer(why, sizeof(why))) {
		say_failed(a, arena_printf(a, ": %s", why));
		return false;
	}
	say_stage(CHAIN_TIMER);
	say_stage(CHAIN_CPUS);
	return true;
}

/* --- the next level -------------------------------------------------------------------- */

/*
 * Sends what L0 uses: findings, capabilities, KVM's state; the facts would be nine tenths. As one
 * line: JSON has newlines only between tokens, as strings have them as \n.
 */
static void say_report(const struct report *r)
{
	struct report brief = *r;
	char *json, *to;

	brief.facts = (struct facts){ .n_cpus = 0 };
	json = to = report_to_json(&brief);
	for (const char *from = json; *from; from++) {
		if (*from == '\n')
			from += strspn(from, "\n ") - 1;
		else
			*to++ = *from;
	}
	*to = '\0';
	say(CHAIN_SAYS_REPORT, json);
	free(json);
}

static void relay(struct machine *m, const struct chain_line *line, void *data)
{
	(void)m;
	(void)data;
	send_line(line);
}

/* Loads KVM with nesting, or reports what prevents it. */
static bool load(struct report *r)
{
	struct arena *a = &r->arena;
	int err;

	collect_hardware(r);
	say_stage(CHAIN_FACTS);
	err = kvm_load(r, kvm_default_module_dir());
	if (!err)
		say_stage(CHAIN_KVM);
	collect_system(r);
	diagnose(r);
	say_report(r);
	if (!err)
		return true;
	if (r->caps[CAP_VMX] == TRI_NO && r->caps[CAP_SVM] != TRI_YES)
		say_failed(a, arena_printf(a,
					   " did not get VMX or SVM: L%u's KVM does not offer it; "
					   "does it run with nested=1?",
					   args.level - 1));
	else
		say_failed(a, arena_printf(a, "'s KVM cannot be used: %s", r->kvm.error));
	return false;
}

static bool start_next(struct report *r)
{
	struct chain_next next = {
		.args = chain_args_next(&args),
		.kernel = CHAIN_INITRAMFS_KERNEL,
		.initrd = access(CHAIN_INITRAMFS_INITRD, R_OK) ? NULL : CHAIN_INITRAMFS_INITRD,
		.modules = kvm_default_module_dir(),
		.vendor = r->kvm.module,
		.cpus = args.cpus,
		.line = relay,
	};
	char why[320];
	int ret;

	/* For the guest's memory. With less than 512 MiB the kernel disables them: huge_memory.c. */
	write_word("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	say_stage(CHAIN_NEXT);
	ret = chain_start(&next, why, sizeof(why));
	if (ret == -ENOMEM)
		say(CHAIN_SAYS_FAILED,
		    arena_printf(&r->arena, CHAIN_FAILED_SMALL "L%u is too small: %s", args.level,
				 why));
	else if (ret < 0)
		say_failed(&r->arena,
			   arena_printf(&r->arena, " could not start the next level: %s", why));
	return ret == 0;
}

static bool run_next(struct report *r)
{
	return load(r) && start_next(r);
}

/* --- the whole sequence ---------------------------------------------------------------- */

/* Mounts /proc if needed. False if the command line has no arguments of the chain. */
static bool read_args(void)
{
	char cmdline[4096];

	if (access("/proc/cmdline", R_OK))
		mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return read_file("/proc/cmdline", cmdline, sizeof(cmdline)) >= 0 &&
	       chain_args_parse(cmdline, &args);
}

/* Checked before the first write to it: only a machine of ours has it. */
static bool has_channel(void)
{
	return !ioperm(MACHINE_CHANNEL_PORT, MACHINE_CHANNEL_BELL - MACHINE_CHANNEL_PORT + 1, 1) &&
	       inl(MACHINE_CHANNEL_PORT) == MACHINE_CHANNEL_MAGIC;
}

static void power_off(void)
{
	/* Silence the kernel's last message: each character on a serial line is one or two exits. */
	write_word("/proc/sys/kernel/printk", "0 4 0 7");
	reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

void chain_guest_init(void)
{
	struct report r;
	bool fine = true;

	if (!read_args())
		return;
	if (!has_channel()) {
		complain("this machine has no channel to the level below");
		power_off();
	}
	report_init(&r);
	say_stage(CHAIN_INIT);
	if (args.level > 1)
		start_cpus();
	say_self();
	if (args.level > 1)
		fine = prove(&r.arena);
	if (fine && args.level < args.depth) {
		if (args.level == 1)
			mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
		mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, NULL);
		fine = run_next(&r);
	}
	if (fine)
		say_stage(CHAIN_DONE);
	power_off();
}
