/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers, and the services that run them: how each gets /dev/kvm, or that it cannot. Pure.
 */
#ifndef NESTCHECK_DIAGNOSE_CONTAINERS_H
#define NESTCHECK_DIAGNOSE_CONTAINERS_H

#include "diagnose/rules.h"

/*
 * name: what is shown. device: how to pass /dev/kvm in, on the host. group: how the group that owns
 * it comes along; NULL: with the device.
 */
struct container {
	const char *fact; /* facts.kernel.container */
	const char *name;
	const char *device;
	const char *group;
};

/* The row of the container that we run in; NULL if we run in none, a row without name if unknown. */
const struct container *container_find(const struct facts *f);

/* facts.kernel.service: what its user can do; NULL if none is known. */
const char *service_remedy(const struct facts *f);

/* A container on someone else's virtual machine: what its user can do about that machine. */
const char *container_vm_remedy(struct situation *s);

#endif
