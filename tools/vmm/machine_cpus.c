// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's vCPUs before their first instruction.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "lib/hw/cpuid.h"
#include "vmm/cpuid.h"
#include "vmm/linux.h"
#include "vmm/machine_internal.h"

/* Masked, as the 8259s are until a kernel programs them; one that reads our FADT never does. */
static int mask_pics(struct machine *m)
{
	static const uint32_t chips[] = { KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE };

	for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++) {
		struct kvm_irqchip chip = { .chip_id = chips[i], .chip.pic.imr = 0xff };

		if (ioctl(m->vm.fd, KVM_SET_IRQCHIP, &chip) < 0) {
			m->vm.failed = "KVM_SET_IRQCHIP";
			return -errno;
		}
	}
	return 0;
}

/*
 * XCR0 with all that CPUID leaf 0Dh offers, as some firmware leaves it. KVM derives the state's
 * size in CPUID from XCR0, and learns of a change by an exit that QEMU's TCG (7.2) does not make for
 * XSETBV: Linux would find the size wrong and warn.
 */
static void set_xcr0(struct vcpu *vcpu, const struct kvm_cpuid2 *cpuid)
{
	struct kvm_xcrs xcrs = { .nr_xcrs = 1 };

	for (uint32_t i = 0; i < cpuid->nent; i++) {
		const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];

		if (e->function == CPUID_XSTATE && e->index == 0)
			xcrs.xcrs[0].value = e->eax | (uint64_t)e->edx << 32;
	}
	if (xcrs.xcrs[0].value)
		ioctl(vcpu->fd, KVM_SET_XCRS, &xcrs);
}

static int preset(struct machine *m, struct vcpu *vcpu, const struct machine_msr *msr)
{
	int ret = vcpu_set_msr(vcpu, msr->index, msr->value);

	if (ret < 0) {
		snprintf(m->step, sizeof(m->step), "MSR 0x%x = 0x%llx, refused by KVM", msr->index,
			 (unsigned long long)msr->value);
		m->vm.failed = m->step;
	}
	return ret;
}

static int make_cpu(struct machine *m, unsigned int id, bool deadline)
{
	struct machine_cpu *c = &m->cpus[id];
	struct kvm_cpuid2 *cpuid = cpuid_of(m->vm.cpuid, id, m->n_cpus, deadline);
	int ret;

	if (!cpuid) {
		m->vm.failed = "memory for CPUID";
		return -ENOMEM;
	}
	c->machine = m;
	ret = vcpu_create_as(&m->vm, &c->vcpu, id, cpuid);
	c->made = ret == 0;
	if (ret == 0)
		set_xcr0(&c->vcpu, cpuid);
	free(cpuid);
	for (size_t i = 0; ret == 0 && i < m->o->n_msrs; i++)
		ret = preset(m, &c->vcpu, &m->o->msrs[i]);
	return ret;
}

int machine_make_cpus(struct machine *m, uint64_t entry)
{
	bool deadline = ioctl(m->vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_TSC_DEADLINE_TIMER) > 0;
	int ret = mask_pics(m);

	if (ret < 0)
		return ret;
	m->cpus = calloc(m->o->cpus, sizeof(*m->cpus));
	if (!m->cpus) {
		m->vm.failed = "memory for vCPUs";
		return -ENOMEM;
	}
	m->n_cpus = m->o->cpus;
	for (unsigned int i = 0; ret == 0 && i < m->n_cpus; i++)
		ret = make_cpu(m, i, deadline);
	return ret < 0 ? ret : vcpu_set_long_mode(&m->cpus[0].vcpu, entry, LINUX_BOOT_PARAMS);
}
