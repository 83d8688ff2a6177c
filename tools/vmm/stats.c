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

/*
 * Each descriptor is followed by its name, name_size bytes long. All are read at once, as a system
 * call is expensive under an emulator.
 */
static int find(int fd, const char *name, uint32_t *offset)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *desc;
	size_t each, all;
	char *descs;
	int ret = -ENOENT;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -EIO;
	each = sizeof(*desc) + header.name_size;
	all = each * header.num_desc;
	descs = malloc(all);
	if (!descs)
		return -ENOMEM;
	if (pread(fd, descs, all, header.desc_offset) != (ssize_t)all)
		ret = -EIO;
	for (size_t at = 0; ret == -ENOENT && at < all; at += each) {
		desc = (struct kvm_stats_desc *)(descs + at);
		if (strncmp(desc->name, name, header.name_size))
			continue;
		*offset = header.data_offset + desc->offset;
		ret = 0;
	}
	free(descs);
	return ret;
}

int vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value)
{
	int ret;

	if (vcpu->stats_fd < 0)
		return -ENOENT;
	if (!vcpu->stat || strcmp(vcpu->stat, name)) {
		ret = find(vcpu->stats_fd, name, &vcpu->stat_offset);
		if (ret < 0)
			return ret;
		vcpu->stat = name;
	}
	return pread(vcpu->stats_fd, value, sizeof(*value), vcpu->stat_offset) == sizeof(*value) ?
		       0 :
		       -EIO;
}
