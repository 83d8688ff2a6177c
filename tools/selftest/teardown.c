// SPDX-License-Identifier: GPL-2.0-only
/*
 * Teardown while L2 runs: the VM is closed, or the VMM is killed.
 */
#include "selftest/teardown.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* After its report L2 runs without exits; the kill has to come during that time. */
#define IN_L2_MS	20
/* Ten minutes: the parent, not the child's own limit, has to end it. */
#define UNTIL_KILLED_MS 600000

static int first_case(struct session *s, struct vcpu_exit *exit)
{
	return l1_command(&s->l1, L1_RUN_CASE, 0, s->cases[0].flags, s->timeout_ms, exit);
}

/* The VM is closed in L2, with its port access not completed. */
int teardown_closed(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *entries)
{
	char why[DETAIL_MAX];
	int ret;

	*entries = 0;
	ret = l1_command(&s->l1, L1_RUN_CASE, (uint32_t)index, s->cases[index].flags, s->timeout_ms,
			 exit);
	if (ret < 0 || exit->stop != VCPU_DOORBELL || exit->value != L1_LEAVE)
		return ret;
	l1_nested_run(&s->l1, entries);
	l1_stop(&s->l1);
	ret = l1_start(&s->l1, s->timeout_ms, why, sizeof(why));
	if (ret < 0)
		return ret;
	return first_case(s, exit);
}

/* How the child ended if it was not killed: its exit status, and the step that failed. */
enum child_end {
	CHILD_NO_L1 = 1,
	CHILD_NO_L2,
	CHILD_NO_REPORT,
	CHILD_RETURNED,
};

static const char *const child_ends[] = {
	[CHILD_NO_L1] = "starting L1 in the process that is to be killed in L2",
	[CHILD_NO_L2] = "getting to L2 in the process that is to be killed there",
	[CHILD_NO_REPORT] = "going on in L2 in the process that is to be killed there",
	[CHILD_RETURNED] = "killing a process in L2, which came back before",
};

/* The child needs its own VM: KVM ties a VM to the address space that created it. */
static void child(struct session *s, size_t index, int to_parent)
{
	struct l1 own = { .up = false };
	char why[DETAIL_MAX];
	struct vcpu_exit exit;
	uint64_t entries;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (l1_start(&own, s->timeout_ms, why, sizeof(why)) < 0)
		_exit(CHILD_NO_L1);
	if (l1_command(&own, L1_RUN_CASE, (uint32_t)index, s->cases[index].flags, s->timeout_ms,
		       &exit) < 0 ||
	    exit.stop != VCPU_DOORBELL || exit.value != L1_LEAVE)
		_exit(CHILD_NO_L2);
	/*
	 * Complete the port access and go back into L2, and read the count in between. A missing
	 * counter is not a failure here: the session's own VM has none either.
	 */
	if (vcpu_complete_io(&own.vcpus[0]) < 0)
		_exit(CHILD_NO_REPORT);
	if (!l1_nested_run(&own, &entries))
		entries = 0;
	if (write(to_parent, &entries, sizeof(entries)) != sizeof(entries))
		_exit(CHILD_NO_REPORT);
	vcpu_run(&own.vcpus[0], L1_PORT_DOORBELL, UNTIL_KILLED_MS, &exit);
	_exit(CHILD_RETURNED);
}

static const char *child_failed(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) >= CHILD_NO_L1 &&
	    WEXITSTATUS(status) <= CHILD_RETURNED)
		return child_ends[WEXITSTATUS(status)];
	return "waiting for a process to get to L2";
}

static int kill_in_l2(struct session *s, pid_t pid, int from_child, uint64_t *entries)
{
	struct pollfd p = { .fd = from_child, .events = POLLIN };
	bool there = poll(&p, 1, 2 * (int)s->timeout_ms) == 1 &&
		     read(from_child, entries, sizeof(*entries)) == sizeof(*entries);
	int status;

	if (there)
		usleep(IN_L2_MS * 1000 * pace_scale(&s->r->selftest.pace));
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	/* It must have been in L2 until the signal. */
	if (there && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return 0;
	s->l1.vm.failed = child_failed(status);
	return -EIO;
}

int teardown_killed(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *entries)
{
	int fds[2], ret;
	pid_t pid;

	*entries = 0;
	s->l1.vm.failed = "starting a process to be killed in L2";
	*exit = (struct vcpu_exit){ .vcpu = &s->l1.vcpus[0],
				    .stop = VCPU_FAILED,
				    .what = "nothing" };
	if (pipe(fds) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		child(s, index, fds[1]);
	}
	ret = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (ret == 0)
		ret = kill_in_l2(s, pid, fds[0], entries);
	close(fds[0]);
	return ret < 0 ? ret : first_case(s, exit);
}
