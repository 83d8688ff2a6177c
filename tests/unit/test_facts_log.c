// SPDX-License-Identifier: GPL-2.0-only
/* The kernel messages that are kept, and finding them in the log's bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts/collect.h"
#include "facts/log.h"
#include "lib/procfs.h"

static void test_wanted(void **state)
{
	/* As printed by 6.12, and by kernels with another text. */
	static const char *const lines[] = {
		"x86/cpu: VMX (outside TXT) disabled by BIOS",
		"kvm: disabled by bios",
		"kvm_intel: VMX not supported by CPU 0",
		"kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 3",
		"kvm_intel: Inconsistent VMCS config on CPU 2",
		"kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR on CPU 0",
		"kvm_amd: KVM is unsupported when running as an SEV guest",
		"kvm_amd: CPU 0 isn't AMD or Hygon",
		"kvm: already loaded vendor module 'kvm_intel'",
		"kvm: enabling virtualization on CPU3 failed",
		"SVM: TSC scaling supported",
		"L1TF CPU bug present and SMT on, data leak possible.",
		"Lockdown: rdmsr: raw MSR access is restricted; see man kernel_lockdown.7",
		"Loading of unsigned module is rejected",
		"Lockdown: modprobe: unsigned module loading is restricted",
		"NX (Execute Disable) protection: disabled in CPUID",
		"tsc: Marking TSC unstable due to clocksource watchdog",
		"clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable",
		"microcode: Current revision: 0x000000f4",
		"microcode: updated early: 0x21 -> 0x28, date = 2019-11-12",
		"Hypervisor detected: Microsoft Hyper-V",
		"BUG: unable to handle page fault for address: ffffffffc0a00000",
		"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [insmod:77]",
		"[Firmware Bug]: TSC_DEADLINE disabled due to Errata",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!log_line_wanted(lines[i]))
			fail_msg("not wanted: %s", lines[i]);
}

static void test_unwanted(void **state)
{
	static const char *const lines[] = {
		"",
		"usb 1-1: new high-speed USB device number 2 using xhci_hcd",
		"Command line: console=ttyS0 kvm_intel.nested=0 nestcheck.selftest=quick",
		"Kernel command line: nested kvm vmx svm",
		"Unknown kernel command line parameters \"kvm=1\", will be passed to user space.",
		"kvm-clock: Using msrs 4b564d01 and 4b564d00",
		"nestcheck: VERDICT PASS grade=fast (kvm)",
		"several things, a sevenfold svmx and a vmxnet3 card",
		"debug: on",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (log_line_wanted(lines[i]))
			fail_msg("wanted: %s", lines[i]);
}

static void test_filter(void **state)
{
	static const char text[] = "<6>[    0.000000] Linux version 6.12.117\n"
				   "<3>[    0.100000] x86/cpu: VMX (outside TXT) disabled by BIOS\n"
				   "<3>[    0.100001] x86/cpu: VMX (outside TXT) disabled by BIOS\n"
				   "<14>[    1.000000] kvm: said by a program, not by the kernel\n"
				   "<4>kvm: without a time stamp\n"
				   "<6>[   12.345678] [Firmware Bug]: brackets of its own\n"
				   "<6>[   13.000000] kvm: bytes \x01\x80 that no terminal likes\n"
				   "<6>[   14.000000] kvm: cut off in the midd";
	static const char *const expected[] = {
		"x86/cpu: VMX (outside TXT) disabled by BIOS",
		"kvm: without a time stamp",
		"[Firmware Bug]: brackets of its own",
		"kvm: bytes ?? that no terminal likes",
		"kvm: cut off in the midd",
	};
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };

	(void)state;
	log_filter(&a, &out, text, sizeof(text) - 1);
	assert_int_equal(out.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < out.n; i++)
		assert_string_equal(out.s[i], expected[i]);
	arena_free(&a);
}

static void test_filter_is_bounded(void **state)
{
	static char text[1 << 20];
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };
	size_t len = 0;
	char last[64];

	(void)state;
	for (int i = 0; i < 5000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "<6>kvm: line %d\n", i);
	memset(text + len, 'k', 2000);
	memcpy(text + len, "<6>kvm: ", 8);
	len += 2000;
	log_filter(&a, &out, text, len);
	assert_int_equal(out.n, LOG_LINES_MAX);
	/* The oldest and the newest are kept: the middle is dropped. */
	assert_string_equal(out.s[0], "kvm: line 0");
	snprintf(last, sizeof(last), "kvm: line %d", 5000 - LOG_LINES_MAX / 2 + 1);
	assert_string_equal(out.s[LOG_LINES_MAX / 2], last);
	assert_int_equal(strlen(out.s[LOG_LINES_MAX - 1]), LOG_LINE_MAX);
	arena_free(&a);
}

static void test_nothing(void **state)
{
	struct arena a = { NULL };
	struct strings out = { NULL, 0 };

	(void)state;
	log_filter(&a, &out, "", 0);
	log_filter(&a, &out, "<", 1);
	log_filter(&a, &out, "<6", 2);
	log_filter(&a, &out, "<6>[", 4);
	log_filter(&a, &out, "\n\n\n", 3);
	assert_int_equal(out.n, 0);
	arena_free(&a);
}

/* As /dev/kmsg: a record per read; of n records every one is about KVM. */
static int kmsg_of(int n)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	if (fork() == 0) {
		char record[64];

		close(fd[0]);
		for (int i = 0; i < n; i++) {
			int len = snprintf(record, sizeof(record), "4,%d,1,-;kvm: %d\n", i, i);

			if (send(fd[1], record, (size_t)len, MSG_NOSIGNAL) != len)
				break;
		}
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

static void test_too_many_records(void **state)
{
	static const int counts[] = { 0, 1, 4096, 4097, 5000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t kept = counts[i] < 4096 ? (size_t)counts[i] : 4096;
		struct strings out = { NULL, 0 };
		struct arena a = { NULL };

		log_since(&a, kmsg_of(counts[i]), &out);
		assert_int_equal(out.n, kept + (counts[i] > 4096));
		if (kept)
			assert_string_equal(out.s[0], "kvm: 0");
		if (out.n > kept)
			assert_non_null(strstr(out.s[kept], "did not read the rest"));
		wait(NULL);
		arena_free(&a);
	}
}

/* The longest record that a kernel makes is read to its end. */
static void test_longest_record(void **state)
{
	static char record[KMSG_RECORD_MAX];
	static const char start[] = "6,1,1,-;kvm: ";
	struct strings out = { NULL, 0 };
	struct arena a = { NULL };
	int pair[2];

	(void)state;
	memset(record, 'x', sizeof(record));
	memcpy(record, start, strlen(start));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(write(pair[1], record, sizeof(record)), sizeof(record));
	close(pair[1]);
	log_since(&a, pair[0], &out);
	assert_int_equal(out.n, 1);
	assert_int_equal(strlen(out.s[0]), sizeof(record) - strlen("6,1,1,-;"));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),	       cmocka_unit_test(test_unwanted),
		cmocka_unit_test(test_filter),	       cmocka_unit_test(test_filter_is_bounded),
		cmocka_unit_test(test_nothing),	       cmocka_unit_test(test_too_many_records),
		cmocka_unit_test(test_longest_record),
	};

	return cmocka_run_group_tests_name("facts: log", tests, NULL, NULL);
}
