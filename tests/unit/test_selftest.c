// SPDX-License-Identifier: GPL-2.0-only
/* The rounds of the self-test and their CPUs; messages in the kernel log that are defects. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "machine.h"
#include "selftest/emulator.h"
#include "selftest/health.h"
#include "selftest/rounds.h"
#include "selftest/selftest.h"

static cpu_set_t cpus(unsigned int a, unsigned int b, unsigned int c)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(a, &set);
	CPU_SET(b, &set);
	CPU_SET(c, &set);
	return set;
}

static void test_cpu_after(void **state)
{
	cpu_set_t set = cpus(0, 3, CPU_SETSIZE - 1), none;

	(void)state;
	CPU_ZERO(&none);
	assert_int_equal(rounds_cpu_after(&set, 0), 3);
	assert_int_equal(rounds_cpu_after(&set, 1), 3);
	assert_int_equal(rounds_cpu_after(&set, 3), CPU_SETSIZE - 1);
	assert_int_equal(rounds_cpu_after(&set, CPU_SETSIZE - 1), 0);
	assert_int_equal(rounds_cpu_after(&none, 5), 5);
}

static unsigned int count_rounds(struct rounds *p, uint64_t now)
{
	unsigned int n = 0;

	while (n < 1000 && rounds_next(p, now)) {
		p->done++;
		n++;
	}
	return n;
}

static void test_repeat(void **state)
{
	struct selftest_options once = { .only = NULL }, thrice = { .repeat = 3 };
	struct rounds p;

	(void)state;
	rounds_start(&p, &once, 100);
	assert_false(p.pin);
	assert_int_equal(count_rounds(&p, 1000000), 1);
	rounds_start(&p, &thrice, 100);
	assert_false(p.pin);
	assert_int_equal(count_rounds(&p, 1000000), 3);
}

static void test_pinned(void **state)
{
	struct selftest_options o = { .pin = true, .cpu = 7, .repeat = 2 };
	struct rounds p;

	(void)state;
	rounds_start(&p, &o, 0);
	assert_true(p.pin);
	for (int i = 0; i < 2; i++) {
		assert_true(rounds_next(&p, 0));
		assert_int_equal(p.cpu, 7);
		p.done++;
	}
	assert_false(rounds_next(&p, 0));
}

static void test_soak(void **state)
{
	static const unsigned int expected[] = { 1, 2, 5, 1, 2 };
	struct selftest_options o = { .soak_s = 60 };
	struct rounds p;

	(void)state;
	rounds_start(&p, &o, 1000);
	p.allowed = cpus(1, 2, 5);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_true(rounds_next(&p, 1000 + i));
		assert_int_equal(p.cpu, expected[i]);
		p.done++;
	}
	assert_true(rounds_next(&p, 1059));
	assert_false(rounds_next(&p, 1060));
}

/* However late it is, one pass is made. */
static void test_soak_once(void **state)
{
	struct selftest_options o = { .soak_s = 1 };
	struct rounds p;

	(void)state;
	rounds_start(&p, &o, 0);
	assert_true(rounds_next(&p, 100));
	p.done++;
	assert_false(rounds_next(&p, 100));
}

/* With a CPU named, soak stays there. */
static void test_soak_pinned(void **state)
{
	struct selftest_options o = { .soak_s = 10, .pin = true, .cpu = 4 };
	struct rounds p;

	(void)state;
	rounds_start(&p, &o, 0);
	p.allowed = cpus(0, 1, 2);
	assert_true(rounds_next(&p, 0));
	assert_int_equal(p.cpu, 4);
}

/* In this order the later one is worse. */
static void test_keep_worst(void **state)
{
	static const enum case_result order[] = { CASE_NOT_RUN, CASE_SKIP, CASE_PASS, CASE_XFAIL,
						  CASE_FAIL };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 5; k++) {
			struct case_outcome before = { .result = order[i], .detail = "before" };
			struct case_outcome out = { .result = order[k], .detail = "now" };

			bool kept = rounds_keep_worst(&out, &before);

			assert_int_equal(out.result, order[i > k ? i : k]);
			/* Of two failures that are alike, the first. */
			assert_int_equal(kept, i > k || (i == k && i > 2));
			assert_string_equal(out.detail, kept ? "before" : "now");
		}
	}
}

/* A soak of a week: what a round leaves behind is freed, and what was there before stays. */
static void test_memory_of_rounds(void **state)
{
	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		struct arena a = { 0 };
		struct arena_mark mark;
		char *kept, *at = NULL;

		if (shared)
			assert_int_equal(arena_share(&a, 1 << 16), 0);
		kept = arena_strdup(&a, "from the first round");
		mark = arena_mark(&a);
		for (int round = 0; round < 1000; round++) {
			char *detail = arena_alloc(&a, 1000);

			for (int i = 0; i < 1000; i++)
				assert_int_equal(detail[i], 0);
			memset(detail, 'x', 1000);
			/* Without the release the shared mapping is full after 65 rounds. */
			if (shared && round)
				assert_ptr_equal(detail, at);
			at = detail;
			arena_release(&a, mark);
		}
		assert_string_equal(kept, "from the first round");
		arena_unshare(&a);
		arena_free(&a);
	}
}

/* What a guarded run does in these tests, by name. */
static int play_guarded(struct report *r, struct guard *g, void *data)
{
	const char *how = data;
	struct case_outcome *c;

	guard_at(g, r, "the first step", 60000);
	c = arena_push(&r->arena, &r->selftest.cases, &r->selftest.n_cases);
	*c = (struct case_outcome){ .name = arena_strdup(&r->arena, "svm_first"),
				    .result = CASE_PASS,
				    .detail = arena_printf(&r->arena, "of %s", how) };
	guard_case(g, r, &(struct case_outcome){ .name = "svm_second", .core = true },
		   strcmp(how, "hang") == 0 ? 200 : 60000);
	if (!strcmp(how, "soak"))
		guard_round(g, 17, 3);
	if (!strcmp(how, "kill") || !strcmp(how, "soak"))
		raise(SIGKILL);
	if (!strcmp(how, "crash")) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (!strcmp(how, "exit"))
		_exit(4);
	if (!strcmp(how, "hang"))
		pause();
	r->selftest.nested_run = 77;
	return -EAGAIN;
}

static void test_guard(void **state)
{
	static const struct {
		const char *how;
		int ret;
		const char *error;
	} rows[] = {
		{ "well", -EAGAIN, NULL },
		{ "kill", -EIO, "the process that ran svm_second was killed (signal 9, Killed)" },
		{ "soak", -EIO,
		  "the process that ran svm_second (on CPU 3, pass 17) was killed (signal 9, " },
		{ "crash", -EIO, "the process that ran svm_second was killed (signal 11, " },
		{ "exit", -EIO, "the process that ran svm_second ended with status 4" },
		{ "hang", -EIO, "svm_second was silent for 0 s" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report r;
		char how[16], words[32];

		snprintf(how, sizeof(how), "%s", rows[i].how);
		snprintf(words, sizeof(words), "of %s", how);
		report_init(&r);
		assert_int_equal(guard_run(&r, play_guarded, how), rows[i].ret);
		/* Earlier results are kept. */
		assert_int_equal(r.selftest.n_cases, 1);
		assert_string_equal(r.selftest.cases[0].name, "svm_first");
		assert_string_equal(r.selftest.cases[0].detail, words);
		assert_int_equal(r.selftest.nested_run, rows[i].error ? 0 : 77);
		if (rows[i].error)
			assert_memory_equal(r.selftest.error, rows[i].error, strlen(rows[i].error));
		else
			assert_null(r.selftest.error);
		report_free(&r);
	}
}

static bool is_ours(const char *const *lines, size_t n)
{
	struct health_owner o = { 0 };

	for (size_t i = 0; i < n; i++)
		health_owner_line(&o, lines[i]);
	return o.ours;
}

static void test_trouble(void **state)
{
	static const char *const bad[] = {
		"WARNING: CPU: 1 PID: 77 at arch/x86/kvm/vmx/nested.c:330 free_nested+0x12/0x34",
		"WARNING: virt/kvm/kvm_main.c:900 at kvm_put_kvm+0x12/0x34, CPU#1: nestcheck/77",
		"BUG: unable to handle page fault for address: ffffffffc0a00000",
		"kernel BUG at arch/x86/kvm/x86.c:123!",
		"Oops: 0000 [#1] PREEMPT SMP",
		"general protection fault, probably for non-canonical address",
		"rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
		"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [nestcheck:77]",
		"refcount_t: underflow; use-after-free.",
		"NMI watchdog: Watchdog detected hard LOCKUP on cpu 2",
		"watchdog: Watchdog detected hard LOCKUP on cpu 2",
	};
	static const char *const good[] = {
		"",
		"kvm: SMP vm created on host with unstable TSC; guest TSC will not be reliable",
		"kvm_intel: L1TF CPU bug present and SMT on, data leak possible.",
		"[Firmware Bug]: TSC_DEADLINE disabled due to Errata; please update microcode",
		"kvm [77]: vcpu0, guest rIP: 0x200000 unhandled rdmsr: 0x1234",
		"traps: a.out[77] general protection fault ip:401136 sp:7ffd error:0 in a.out[401000]",
		"systemd[1]: DEBUG: no unit",
		"Spectre V2 : WARNING: Unprivileged eBPF is enabled",
	};

	static const char *const ours[] = {
		"WARNING: CPU: 1 PID: 77 at arch/x86/kvm/vmx/nested.c:330 free_nested+0x12/0x34",
		"WARNING: CPU: 0 PID: 30 at arch/x86/kvm/vmx/vmx.c:447 vmread_error+0x4c/0x50 [kvm_intel]",
		"WARNING: virt/kvm/kvm_main.c:900 at kvm_put_kvm+0x12/0x34, CPU#1: nestcheck/77",
		"kernel BUG at arch/x86/kvm/x86.c:123!",
		"BUG: KFENCE: use-after-free read in nested_svm_vmexit+0x1f/0x40 [kvm_amd]",
		"BUG: KASAN: slab-use-after-free in vmx_set_cr3+0x1f/0x40",
		"UBSAN: shift-out-of-bounds in arch/x86/kvm/lapic.c:12:3",
	};
	/* After "Oops: ". */
	static const char *const our_rips[] = {
		"RIP: 0010:kvm_fetch_guest_virt+0x2b/0xb0 [kvm]",
		"RIP: 0010:nested_svm_vmexit+0x2b/0xb0",
		"RIP: 0010:vmx_vcpu_run+0x2b/0xb0 [kvm_intel]",
	};
	static const char *const other_rips[] = {
		/* amdgpu's shared virtual memory; KVM guest code in Linux; kvmgt. */
		"RIP: 0010:svm_range_restore_pages+0x2b/0xb0 [amdgpu]",
		"RIP: 0010:kvm_wait+0x2b/0xb0",
		"RIP: 0010:kvm_clock_get_cycles+0x2b/0xb0",
		"RIP: 0010:intel_vgpu_ioctl+0x2b/0xb0 [kvmgt]",
		"RIP: 0010:nested_loop+0x2b/0xb0 [nested_vfs]",
		"RIP: 0010:ext4_writepages+0x2b/0xb0 [ext4]",
	};
	static const char *const others[] = {
		"WARNING: CPU: 1 PID: 77 at drivers/gpu/drm/amd/amdkfd/kfd_svm.c:10 svm_f+0x1/0x2 [amdgpu]",
		"WARNING: CPU: 1 PID: 77 at arch/x86/kernel/kvm.c:10 kvm_guest_cpu_init+0x1/0x2",
		"BUG: KFENCE: use-after-free read in kvm_pv_kick+0x1f/0x40",
		"Modules linked in: kvm_amd kvm irqbypass i915",
		"WARNING: CPU: 1 PID: 77 at drivers/gpu/drm/i915/display.c:10 f+0x1/0x2 [i915]",
		"CPU: 0 PID: 77 Comm: nestcheck Tainted: G W",
		" ? kvm_arch_vcpu_ioctl_run+0x70b/0x2180 [kvm]",
		"RIP: 0010:ext4_writepages+0x2b/0xb0 [ext4]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_true(is_ours(&ours[i], 1));
	assert_false(is_ours(others, sizeof(others) / sizeof(others[0])));
	for (size_t i = 0; i < sizeof(our_rips) / sizeof(our_rips[0]); i++) {
		const char *oops[] = { "Oops: 0000 [#1] SMP", our_rips[i] };

		assert_true(is_ours(oops, 2));
		/* A register dump without a defect. */
		assert_false(is_ours(oops + 1, 1));
	}
	for (size_t i = 0; i < sizeof(other_rips) / sizeof(other_rips[0]); i++) {
		const char *oops[] = { "Oops: 0000 [#1] SMP", other_rips[i] };

		if (is_ours(oops, 2))
			fail_msg("taken for KVM's: %s", other_rips[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(health_is_defect(bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_false(health_is_defect(good[i]));
}

/* A call through a null pointer is the caller's defect, which the trace names first. */
static void test_null_call(void **state)
{
	/* Linux 5.10's, of svm_state_l2. */
	static const char *const kvm[] = {
		"BUG: kernel NULL pointer dereference, address: 0000000000000000",
		"#PF: supervisor instruction fetch in kernel mode",
		"Oops: 0010 [#1] SMP NOPTI",
		"RIP: 0010:0x0",
		"Code: Unable to access opcode bytes at RIP 0xffffffffffffffd6.",
		"Call Trace:",
		" kvm_fetch_guest_virt+0x69/0xb0 [kvm]",
		" __do_insn_fetch_bytes+0x123/0x1b0 [kvm]",
	};
	static const char *const built_in[] = {
		"Oops: 0010 [#1] SMP", "RIP: 0010:0x0",
		"Call Trace:",	       " <TASK>",
		" ? __die+0x23/0x70",  " kvm_fetch_guest_virt+0x69/0xb0",
	};
	/* Another driver's, in an interrupt that came while KVM ran. */
	static const char *const driver[] = {
		"Oops: 0010 [#1] SMP",
		"RIP: 0010:0x0",
		"Call Trace:",
		" <IRQ>",
		" ? show_regs+0x60/0x70",
		" call_timer_fn+0x24/0x140",
		" </IRQ>",
		" kvm_vcpu_halt+0x69/0xb0 [kvm]",
	};
	/* Without its trace it belongs to no driver. */
	static const char *const bare[] = { "Oops: 0010 [#1] SMP", "RIP: 0010:0x0",
					    " kvm_vcpu_halt+0x69/0xb0 [kvm]" };
	/* Another CPU's lines in between are not part of it, nor are lines after its end. */
	static const char *const lockup[] = {
		"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [Xorg:77]",
		"RIP: 0010:os_acquire+0x1/0x2 [nvidia]",
		"NMI backtrace for cpu 0",
		"RIP: 0010:vmx_vcpu_enter_exit+0x1/0x2 [kvm_intel]",
	};
	static const char *const ended[] = {
		"Oops: 0010 [#1] SMP",	 "RIP: 0010:0x0",
		"---[ end trace 0 ]---", "RIP: 0010:vmx_run+0x1/0x2 [kvm]",
		"Call Trace:",		 " kvm_vcpu_halt+0x69/0xb0 [kvm]",
	};
	/* A check on behalf of its caller. */
	static const char *const refcount[] = {
		"WARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110",
		"RIP: 0010:refcount_warn_saturate+0xba/0x110",
		"Call Trace:",
		" <TASK>",
		" kvm_put_kvm+0x69/0xb0 [kvm]",
	};

	(void)state;
	assert_true(is_ours(kvm, sizeof(kvm) / sizeof(kvm[0])));
	assert_true(is_ours(built_in, sizeof(built_in) / sizeof(built_in[0])));
	assert_false(is_ours(driver, sizeof(driver) / sizeof(driver[0])));
	assert_false(is_ours(bare, sizeof(bare) / sizeof(bare[0])));
	assert_false(is_ours(lockup, sizeof(lockup) / sizeof(lockup[0])));
	assert_false(is_ours(ended, sizeof(ended) / sizeof(ended[0])));
	assert_true(is_ours(refcount, sizeof(refcount) / sizeof(refcount[0])));
}

struct records {
	const char *records[8];
	enum health_state state;
	const char *why;
};

/* Records of /dev/kmsg, priority, number and flags as the kernel writes them. */
static void test_scan(void **state)
{
	static const struct records rows[] = {
		{ { NULL }, HEALTH_GOOD, "" },
		{ { "6,1,1,-;kvm: Nested Virtualization enabled" }, HEALTH_GOOD, "" },
		{ { "4,1,1,-;WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 f+0x1/0x2 [kvm]\n SUBSYSTEM=x" },
		  HEALTH_BAD,
		  "this machine's kernel says: WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 f+0x1/0x2 [kvm]" },
		{ { "4,1,1,-;WARNING: CPU: 0 PID: 1 at drivers/a.c:1 f+0x1/0x2" },
		  HEALTH_UNRELATED,
		  "this machine's kernel says: WARNING: CPU: 0 PID: 1 at drivers/a.c:1 f+0x1/0x2" },
		/* The line that announces another is not quoted if that comes. */
		{ { "4,1,1,-;------------[ cut here ]------------",
		    "4,2,1,-;WARNING: arch/x86/kvm/x86.c:1 at f+0x1/0x2" },
		  HEALTH_BAD,
		  "this machine's kernel says: WARNING: arch/x86/kvm/x86.c:1 at f+0x1/0x2" },
		{ { "4,1,1,-;------------[ cut here ]------------" },
		  HEALTH_UNRELATED,
		  "this machine's kernel says: ------------[ cut here ]------------" },
		/* The first is quoted; a later one may be KVM's. */
		{ { "4,1,1,-;WARNING: CPU: 0 PID: 1 at drivers/a.c:1 f+0x1/0x2",
		    "4,2,1,-;RIP: 0010:f+0x1/0x2", "4,3,1,-;---[ end trace 0 ]---",
		    "4,4,1,-;WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1 f+0x1/0x2" },
		  HEALTH_BAD,
		  "this machine's kernel says: WARNING: CPU: 0 PID: 1 at drivers/a.c:1 f+0x1/0x2" },
		/* Programs' (facility 1 and 3), but not the tests'. */
		{ { "12,1,1,-;WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1", "28,2,1,-;BUG: x" },
		  HEALTH_GOOD,
		  "" },
		{ { "12,1,1,-;" HEALTH_INJECTED "WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1" },
		  HEALTH_BAD,
		  "this machine's kernel says: WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1" },
		/* No record. */
		{ { "WARNING: CPU: 0 PID: 1 at arch/x86/kvm/x86.c:1", "", ";", "4,1,1,-" },
		  HEALTH_GOOD,
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct health_scan scan = { 0 };
		char why[256] = "", record[256];

		for (size_t k = 0; k < 8 && rows[i].records[k]; k++) {
			snprintf(record, sizeof(record), "%s", rows[i].records[k]);
			health_scan(&scan, record, why, sizeof(why));
		}
		if (health_scan_state(&scan) != rows[i].state || strcmp(why, rows[i].why) != 0)
			fail_msg("row %zu: state %d, '%s'", i, (int)health_scan_state(&scan), why);
	}
}

/* Without a readable log. With one: the boot rows l0-warn*. */
static void test_watch(void **state)
{
	struct report r;
	struct health h;

	(void)state;
	report_init(&r);
	h = (struct health){ .kmsg = -1, .users = -1 };
	health_conclude(&h, &r);
	assert_true(r.selftest.log_unread);
	assert_null(r.selftest.warned);
	report_free(&r);
}

static unsigned int chain_cpus(const struct facts *f)
{
	unsigned int cpus = 99;

	return emulator_chain_defect(f, &cpus) ? cpus : 2;
}

/* Bochs' models with a wrong clock, and its limits; real CPUs run the complete chain, whatever their
 * BIOS says. */
static void test_chain_defects(void **state)
{
	/* GenuineIntel */
	struct cpuid_fact leaves[] = {
		{ .leaf = 0, .ebx = 0x756e6547, .ecx = 0x6c65746e, .edx = 0x49656e69 },
		{ .leaf = 0x15, .eax = 2, .ebx = 250 },
		{ .leaf = 0x8000000a, .edx = 1 },
		{ .leaf = 1, .ecx = 1 << 24 }, /* TSC deadline timer */
	};
	struct key_value bochs = { "bios_vendor", "The Bochs Project" };
	struct cpu_facts cpu = { .like = -1, .cpuid = leaves, .n_cpuid = 4 };
	struct facts f = { .cpus = &cpu, .n_cpus = 1 };

	(void)state;
	assert_int_equal(chain_cpus(&f), 2);
	f.firmware.dmi = (struct key_values){ &bochs, 1 };
	assert_int_equal(chain_cpus(&f), 2);
	f.behaviour = hardware_behaviour;
	assert_int_equal(chain_cpus(&f), 2);
	f.behaviour = bochs_behaviour;
	assert_int_equal(chain_cpus(&f), 1);
	leaves[1].ebx = 0;
	assert_int_equal(chain_cpus(&f), 2);
	leaves[3].ecx = 0;
	assert_int_equal(chain_cpus(&f), 1);
	leaves[3].ecx = 1 << 24;
	/* AuthenticAMD, with nested paging and without. */
	leaves[0] = (struct cpuid_fact){
		.leaf = 0, .ebx = 0x68747541, .ecx = 0x444d4163, .edx = 0x69746e65
	};
	assert_int_equal(chain_cpus(&f), 1);
	leaves[2].edx = 0;
	assert_int_equal(chain_cpus(&f), 0);
	f.firmware.dmi.n = 0;
	assert_int_equal(chain_cpus(&f), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpu_after),  cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_pinned),	   cmocka_unit_test(test_soak),
		cmocka_unit_test(test_soak_once),  cmocka_unit_test(test_soak_pinned),
		cmocka_unit_test(test_keep_worst), cmocka_unit_test(test_memory_of_rounds),
		cmocka_unit_test(test_guard),	   cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_null_call),  cmocka_unit_test(test_chain_defects),
		cmocka_unit_test(test_scan),	   cmocka_unit_test(test_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
