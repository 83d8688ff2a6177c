// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moves a boot CPU, with all its state in KVM, from one VM into a fresh one.
 */
#include "selftest/l1.h"

#include <errno.h>

#define SLEEP_MS 5

_Static_assert((int)NESTED_OFF == (int)L1_LEVEL_OFF, "abi.h: enum l1_level");
_Static_assert((int)NESTED_IN_L1 == (int)L1_LEVEL_L1, "abi.h: enum l1_level");
_Static_assert((int)NESTED_IN_L2 == (int)L1_LEVEL_L2, "abi.h: enum l1_level");

/* Destroys the old VM before it creates the new one; keeps its count of entries. */
static int change_vm(struct l1 *l1, const struct vcpu_state *state)
{
	uint64_t entries;
	int ret;

	if (l1_nested_run(l1, &entries))
		l1->moved_entries = entries;
	for (unsigned int i = 0; i < l1->n_vcpus; i++)
		vcpu_destroy(&l1->vcpus[i]);
	l1->n_vcpus = 0;
	ret = vm_renew(&l1->vm);
	if (ret < 0)
		return ret;
	ret = vcpu_create(&l1->vm, &l1->vcpus[0], 0);
	if (ret < 0)
		return ret;
	l1->n_vcpus = 1;
	return vcpu_restore(&l1->vcpus[0], state);
}

int l1_move(struct l1 *l1)
{
	struct vcpu_state *state;
	int ret;

	ret = vcpu_complete_io(&l1->vcpus[0]);
	if (ret < 0)
		return ret;
	ret = vcpu_save(&l1->vcpus[0], &state);
	if (ret < 0)
		return ret;
	l1->page->level = vcpu_state_mode(state);
	l1->page->moves++;
	ret = change_vm(l1, state);
	vcpu_state_free(state);
	return ret;
}

int l1_move_asleep(struct l1 *l1, unsigned int timeout_ms)
{
	struct vcpu_exit exit;

	for (unsigned int ms = 0; ms < timeout_ms; ms += SLEEP_MS) {
		int ret = vcpu_run(&l1->vcpus[0], L1_PORT_DOORBELL, SLEEP_MS, &exit);

		if (ret < 0)
			return ret;
		if (exit.stop != VCPU_TIMEOUT)
			break;
		if (vcpu_asleep(&l1->vcpus[0]))
			return l1_move(l1);
	}
	l1->vm.failed = "waiting for L2 to sleep";
	return -ETIME;
}
