/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Teardown of VMs while L2 runs in them.
 */
#ifndef NESTCHECK_SELFTEST_TEARDOWN_H
#define NESTCHECK_SELFTEST_TEARDOWN_H

#include "selftest/session.h"

/*
 * Run a case with L1_VM_CLOSED or L1_VMM_KILLED: when L2 reports its place, its VM is closed or the process
 * that runs it is killed, and then the first case of the table has to pass, in a fresh VM or in the
 * session's VM. The result is in s->l1.page as always; *entries: those of the VM that no longer
 * exists. Negative errno and s->l1.vm.failed as l1_command().
 */
int teardown_closed(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *entries);
int teardown_killed(struct session *s, size_t index, struct vcpu_exit *exit, uint64_t *entries);

#endif
