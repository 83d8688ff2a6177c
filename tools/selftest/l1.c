// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts L1 in a VM and passes commands to it (l1/abi.h).
 */
#include "selftest/l1.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "l1/blob.h"
#include "lib/error_text.h"

const char *l1_feature_name(unsigned int feature)
{
	static const char *const names[] = {
#define NAME(id, name) [L1_F_##id] = name,
		L1_FEATURES(NAME)
#undef NAME
	};

	return feature < L1_F_COUNT ? names[feature] : "unknown";
}

static int boot(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size)
{
	const struct l1_header *header = (const struct l1_header *)l1_image;
	struct vcpu_exit exit;
	int ret;

	memcpy(l1->vm.memory + L1_BASE, l1_image, (size_t)(l1_image_end - l1_image));
	l1->page = (struct l1_page *)(l1->vm.memory + L1_PAGE);
	l1->page->n_cpus = l1_cpu_count();
	ret = vcpu_set_long_mode(&l1->vcpus[0], header->entry, 0);
	if (ret == 0)
		ret = vcpu_run(&l1->vcpus[0], L1_PORT_DOORBELL, timeout_ms, &exit);
	if (ret < 0) {
		snprintf(why, why_size, "%s: %s", l1->vm.failed, error_text(-ret));
		return ret;
	}
	if (exit.stop == VCPU_DOORBELL && exit.value == L1_READY && l1->page->magic == L1_MAGIC)
		return 0;
	l1_describe_end(l1, &exit, timeout_ms, why, why_size);
	return -EIO;
}

int l1_start(struct l1 *l1, unsigned int timeout_ms, char *why, size_t why_size)
{
	int ret;

	*l1 = (struct l1){ .up = false };
	ret = vm_create(&l1->vm, L1_MEMORY);
	if (ret < 0) {
		snprintf(why, why_size, "%s: %s", l1->vm.failed, error_text(-ret));
		return ret;
	}
	ret = vcpu_create(&l1->vm, &l1->vcpus[0], 0);
	if (ret < 0) {
		snprintf(why, why_size, "%s: %s", l1->vm.failed, error_text(-ret));
		vm_destroy(&l1->vm);
		return ret;
	}
	l1->n_vcpus = 1;
	l1->up = true;
	ret = boot(l1, timeout_ms, why, why_size);
	if (ret < 0)
		l1_stop(l1);
	return ret;
}

void l1_stop(struct l1 *l1)
{
	if (!l1->up)
		return;
	l1_cpus_stop(l1);
	for (unsigned int i = 0; i < l1->n_vcpus; i++)
		vcpu_destroy(&l1->vcpus[i]);
	l1->n_vcpus = 0;
	vm_destroy(&l1->vm);
	l1->up = false;
}

void l1_text(char *buf, size_t size, const char *text, size_t max)
{
	size_t n = 0;

	for (; n < max && n + 1 < size && text[n]; n++)
		buf[n] = text[n] >= ' ' && text[n] < 0x7f ? text[n] : '?';
	buf[n] = 0;
}

void l1_detail(const struct l1 *l1, char *buf, size_t size)
{
	l1_text(buf, size, l1->page->detail, L1_DETAIL_MAX);
}

const char *l1_place(const struct l1 *l1, char *buf)
{
	l1_text(buf, L1_WHERE_MAX, l1->page->where, L1_WHERE_MAX);
	return observation_place(buf);
}

void l1_describe_end(struct l1 *l1, const struct vcpu_exit *exit, unsigned int timeout_ms,
		     char *buf, size_t size)
{
	char registers[320], detail[L1_DETAIL_MAX], where[L1_WHERE_MAX];
	const char *place = l1_place(l1, where);
	const char *at = place ? ", at " : "";

	vcpu_describe(exit->vcpu, registers, sizeof(registers));
	l1_detail(l1, detail, sizeof(detail));
	switch (exit->stop) {
	case VCPU_DOORBELL:
		if (exit->value == L1_TRAPPED)
			snprintf(buf, size, "%s", detail);
		else
			snprintf(buf, size, "vCPU %u rang out of turn (%u); %s", exit->vcpu->id,
				 exit->value, registers);
		break;
	case VCPU_TIMEOUT:
		snprintf(buf, size, "no answer within %u ms%s%s; vCPU %u last seen at %s",
			 timeout_ms, at, place ? place : "", exit->vcpu->id, registers);
		break;
	case VCPU_SHUTDOWN:
		snprintf(buf, size, "L1 triple-faulted on vCPU %u%s%s; then %s", exit->vcpu->id, at,
			 place ? place : "", registers);
		break;
	case VCPU_FAILED:
		snprintf(buf, size, "KVM stopped vCPU %u of L1 with %s (0x%llx); %s",
			 exit->vcpu->id, exit->what, (unsigned long long)exit->detail, registers);
		break;
	}
}

bool l1_nested_run(struct l1 *l1, uint64_t *value)
{
	uint64_t one;

	*value = l1->moved_entries;
	for (unsigned int i = 0; i < l1->n_vcpus; i++) {
		if (vcpu_stat(&l1->vcpus[i], "nested_run", &one) < 0)
			return false;
		*value += one;
	}
	return true;
}
