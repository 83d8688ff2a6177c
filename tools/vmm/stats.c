// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's binary statistics: a header, descriptors with names, values
 * (Documentation/virt/kvm/api.rst, 4.133 KVM_GET_STATS_FD).
 */
#include "vmm/vmm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The descriptors have the name behind them, name_size bytes long. */
static int find(int fd, const struct kvm_stats_header *header, const char *name, uint32_t *offset)
{
	size_t size = sizeof(struct kvm_stats_desc) + header->name_size;
	struct kvm_stats_desc *desc = malloc(size);
	int ret = -ENOENT;

	if (!desc)
		return -ENOMEM;
	for (uint32_t i = 0; i < header->num_desc; i++) {
		if (pread(fd, desc, size, (off_t)(header->desc_offset + i * size)) !=
		    (ssize_t)size) {
			ret = -EIO;
			break;
		}
		if (!strncmp(desc->name, name, header->name_size)) {
			*offset = header->data_offset + desc->offset;
			ret = 0;
			break;
		}
	}
	free(desc);
	return ret;
}

int vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value)
{
	struct kvm_stats_header header;
	uint32_t offset;
	int ret;

	if (vcpu->stats_fd < 0)
		return -ENOENT;
	if (pread(vcpu->stats_fd, &header, sizeof(header), 0) != sizeof(header))
		return -EIO;
	ret = find(vcpu->stats_fd, &header, name, &offset);
	if (ret < 0)
		return ret;
	return pread(vcpu->stats_fd, value, sizeof(*value), offset) == sizeof(*value) ? 0 : -EIO;
}
