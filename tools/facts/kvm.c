// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's system-scoped view: what it would offer to a guest; no VM is needed. VMX or SVM in
 * KVM_GET_SUPPORTED_CPUID is the authoritative test for nesting (Documentation/virt/kvm/api.rst
 * 4.46). KVM_CAP_NESTED_STATE is not: KVM always reports it.
 */
#include "facts/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error_text.h"
#include "lib/hw/cpuid.h"

#define CPUID_ENTRIES_FIRST 128
#define CPUID_ENTRIES_LAST  4096
#define MSR_ENTRIES_MAX	    1024

static struct kvm_cpuid2 *supported_cpuid(int kvm)
{
	struct kvm_cpuid2 *c;

	for (uint32_t n = CPUID_ENTRIES_FIRST; n <= CPUID_ENTRIES_LAST; n *= 2) {
		c = calloc(1, sizeof(*c) + n * sizeof(c->entries[0]));
		if (!c)
			return NULL;
		c->nent = n;
		if (!ioctl(kvm, KVM_GET_SUPPORTED_CPUID, c))
			return c;
		free(c);
		if (errno != E2BIG)
			return NULL;
	}
	return NULL;
}

static void read_cpuid(struct arena *a, struct kvm_facts *k, int kvm)
{
	struct kvm_cpuid2 *c = supported_cpuid(kvm);
	bool nested = false;

	if (!c)
		return;
	for (uint32_t i = 0; i < c->nent; i++) {
		const struct kvm_cpuid_entry2 *e = &c->entries[i];

		*arena_push(a, &k->cpuid, &k->n_cpuid) = (struct cpuid_fact){
			.leaf = e->function,
			.subleaf = e->index,
			.eax = e->eax,
			.ebx = e->ebx,
			.ecx = e->ecx,
			.edx = e->edx,
		};
		nested |= e->function == CPUID_FEATURES && e->ecx & CPUID_1_ECX_VMX;
		nested |= e->function == CPUID_EXT_FEATURES && e->ecx & CPUID_EXT_ECX_SVM;
	}
	k->nested_cpuid = tri_of(nested);
	free(c);
}

static int by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * KVM_GET_MSRS on /dev/kvm itself: reads the feature registers one by one, to see which are
 * refused.
 */
static void read_msr(struct arena *a, struct kvm_facts *k, int kvm, uint32_t index)
{
	union {
		struct kvm_msrs head;
		unsigned char room[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
	} m = { .head = { .nmsrs = 1 } };
	struct msr_fact *fact;

	m.head.entries[0].index = index;
	fact = arena_push(a, &k->msr, &k->n_msr);
	fact->index = index;
	fact->refused = ioctl(kvm, KVM_GET_MSRS, &m) != 1;
	fact->value = fact->refused ? 0 : m.head.entries[0].data;
}

static void read_msrs(struct arena *a, struct kvm_facts *k, int kvm)
{
	struct kvm_msr_list *list;

	list = calloc(1, sizeof(*list) + MSR_ENTRIES_MAX * sizeof(list->indices[0]));
	if (!list)
		return;
	list->nmsrs = MSR_ENTRIES_MAX;
	if (!ioctl(kvm, KVM_GET_MSR_FEATURE_INDEX_LIST, list)) {
		qsort(list->indices, list->nmsrs, sizeof(list->indices[0]), by_index);
		for (uint32_t i = 0; i < list->nmsrs; i++)
			read_msr(a, k, kvm, list->indices[i]);
	}
	free(list);
}

/* Documentation/virt/kvm/api.rst; those that matter for nesting and its diagnosis. */
static const struct {
	int number;
	const char *name;
} caps[] = {
	{ KVM_CAP_NESTED_STATE, "nested_state" },
	{ KVM_CAP_HYPERV_ENLIGHTENED_VMCS, "hyperv_enlightened_vmcs" },
	{ KVM_CAP_NR_VCPUS, "nr_vcpus" },
	{ KVM_CAP_MAX_VCPUS, "max_vcpus" },
	{ KVM_CAP_X86_SMM, "x86_smm" },
	{ KVM_CAP_TSC_CONTROL, "tsc_control" },
	{ KVM_CAP_EXCEPTION_PAYLOAD, "exception_payload" },
	{ KVM_CAP_X86_TRIPLE_FAULT_EVENT, "x86_triple_fault_event" },
	{ KVM_CAP_X86_DISABLE_EXITS, "x86_disable_exits" },
};

static void read_caps(struct arena *a, struct kvm_facts *k, int kvm)
{
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		int value = ioctl(kvm, KVM_CHECK_EXTENSION, (unsigned long)caps[i].number);

		if (value >= 0)
			kv_add(a, &k->caps, caps[i].name, arena_printf(a, "%d", value));
	}
}

static void read_node(struct arena *a, struct kvm_facts *k)
{
	struct stat st;

	if (stat("/dev/kvm", &st))
		return;
	kv_add(a, &k->node, "mode", arena_printf(a, "%04o", st.st_mode & 07777u));
	kv_add(a, &k->node, "owner", arena_printf(a, "%u", st.st_uid));
	kv_add(a, &k->node, "group", arena_printf(a, "%u", st.st_gid));
}

static const char *error_name(int error)
{
	switch (error) {
	case ENOENT:
		return "ENOENT";
	case EACCES:
		return "EACCES";
	case EPERM:
		return "EPERM";
	case ENODEV:
		return "ENODEV";
	case ENXIO:
		return "ENXIO";
	case EBUSY:
		return "EBUSY";
	default:
		return error_text(error);
	}
}

void collect_kvm(struct arena *a, struct kvm_facts *k)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	int error = kvm < 0 ? errno : 0;

	*k = (struct kvm_facts){ .device = KVM_DEVICE_PRESENT };
	read_node(a, k);
	if (kvm < 0) {
		k->error = error_name(error);
		k->device = error == EACCES || error == EPERM ? KVM_DEVICE_DENIED :
								KVM_DEVICE_ABSENT;
		return;
	}
	read_cpuid(a, k, kvm);
	read_msrs(a, k, kvm);
	read_caps(a, k, kvm);
	close(kvm);
}
