// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers: how each is told from the others and from a virtual machine, and how each gets
 * /dev/kvm.
 */
#include "rules.h"

#include <stdlib.h>

#include "diagnose/containers.h"
#include "facts/collect.h"

/* A container on a host whose KVM works; its own /dev has no kvm. */
static void inside(struct report *r, const char *container)
{
	haswell(r, 1);
	r->facts.kvm.device = KVM_DEVICE_ABSENT;
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r->facts.kernel.container = container;
}

static void each_gets_the_device_in_its_way(void **state)
{
	static const struct {
		const char *container, *release, *remedy, *never;
	} rows[] = {
		{ "docker", NULL, "docker run --device /dev/kvm", "podman" },
		{ "podman", NULL, "podman run --device /dev/kvm", "docker" },
		{ "lxc", NULL, "lxc.mount.entry = /dev/kvm", "docker" },
		{ "lxc", "6.8.12-8-pve", "--dev0 /dev/kvm", "docker" },
		{ "lxc", "6.8.12-8-pve", "lxc.cgroup2.devices.allow: c 10:232", "docker" },
		{ "lxd", NULL, "lxc config device add", "docker" },
		{ "incus", NULL, "incus config device add", "lxc config" },
		{ "systemd-nspawn", NULL, "--bind=/dev/kvm", "docker" },
		{ "kubernetes", NULL, "device plugin", "docker" },
		{ "lxc-libvirt", NULL, "<hostdev", "docker" },
		{ "openvz", NULL, "cannot get /dev/kvm", "docker" },
		{ "something-new", NULL, "10:232", "docker" },
	};
	const struct finding *f;
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		inside(&r, rows[i].container);
		r.facts.kernel.release = rows[i].release;
		f = must(&r, "kvm-device-missing");
		assert_contains(f->remedy, rows[i].remedy);
		assert_null(strstr(f->remedy, rows[i].never));
		assert_null(strstr(f->remedy, "mknod"));
		/* The module is loaded, which a container sees. */
		assert_null(strstr(f->remedy, "modprobe"));
		r.facts.kernel.n_modules = 0;
		f = must(&r, "kvm-device-missing");
		if (!strstr(rows[i].remedy, "cannot"))
			assert_contains(f->remedy, "first load the module there");
		report_free(&r);
	}
	/* No container: no word of one. */
	inside(&r, NULL);
	f = must(&r, "kvm-device-missing");
	assert_contains(f->remedy, "mknod");
	assert_null(strstr(f->remedy, "container"));
	report_free(&r);
}

static void denied(struct report *r, const char *user, const char *mode, const char *group)
{
	haswell(r, 1);
	r->facts.kvm.device = KVM_DEVICE_DENIED;
	r->facts.kvm.nested_cpuid = TRI_UNKNOWN;
	r->facts.user = user;
	kv_add(&r->arena, &r->facts.kvm.node, "mode", mode);
	kv_add(&r->arena, &r->facts.kvm.node, "group", group);
}

/* No advice that is followed already. */
static void permissions(void **state)
{
	static const struct {
		const char *user, *mode, *group, *container, *remedy, *never;
	} rows[] = {
		{ "1000 (groups 1000)", "0660", "107", NULL, "usermod -aG kvm", "docker" },
		{ "1000 (groups 1000 107)", "0660", "107", NULL, "security module", "usermod" },
		{ "1000 (groups 107 27)", "0660", "107", NULL, "security module", "usermod" },
		/* Another group that begins or ends with the number. */
		{ "1000 (groups 1000 1070)", "0660", "107", NULL, "usermod", "security module" },
		{ "1000 (groups 1000 2107)", "0660", "107", NULL, "usermod", "security module" },
		{ "1000 (groups 1000 107)", "0600", "107", NULL, "usermod", "security module" },
		{ "1000 (groups 1000)", "0666", "107", NULL, "security module", "usermod" },
		{ "0", "0660", "107", NULL, "security module", "usermod" },
		{ "1000 (groups 1000)", "0660", "0", NULL, "udev rule", "docker" },
		{ "0", "0660", "107", "docker", "docker run --device", "usermod" },
		{ "1000 (groups 1000)", "0660", "107", "docker", "--group-add", "usermod" },
		{ "1000 (groups 1000)", "0660", "65534", "podman", "keep-groups", "docker" },
		{ "0", "0660", "65534", "lxc", "maps groups", "docker" },
		{ "0", "0660", "65534", "podman", "keep-groups", "--device" },
		{ "0", "0660", "107", "lxc", "c 10:232", "docker" },
		{ "0", "0660", "65534", "docker", "setfacl -m u:USER:rw", "--device" },
		{ "1000 (groups 1000 107)", "0660", "0", "docker", "chgrp kvm /dev/kvm",
		  "--group-add" },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *f;

		denied(&r, rows[i].user, rows[i].mode, rows[i].group);
		r.facts.kernel.container = rows[i].container;
		f = must(&r, "kvm-device-denied");
		assert_contains(f->remedy, rows[i].remedy);
		assert_null(strstr(f->remedy, rows[i].never));
		report_free(&r);
	}
}

/* The container's kernel is that of a virtual machine made for containers. */
static void kernels_without_kvm(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	inside(&r, "docker");
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	r.facts.kernel.n_modules = 0;
	assert_contains(must(&r, "kvm-device-missing")->remedy, "--device /dev/kvm (compose");
	r.facts.kernel.release = "6.10.14-linuxkit";
	f = must(&r, "kvm-device-missing");
	assert_contains(f->remedy, "docker context use default");
	assert_null(strstr(f->remedy, "first load"));
	report_free(&r);
	inside(&r, "kubernetes");
	r.facts.kernel.n_modules = 0;
	assert_null(strstr(must(&r, "kvm-device-missing")->remedy, "Kata"));
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	assert_contains(must(&r, "kvm-device-missing")->remedy, "Kata Containers");
	/* The node's own KVM is loaded: a pod without a virtual machine of its own. */
	set_module(&r, "kvm_intel");
	assert_null(strstr(must(&r, "kvm-device-missing")->remedy, "Kata"));
	report_free(&r);
}

/* The user of a container has not chosen the virtual machine that it runs on. */
static void on_a_virtual_machine(void **state)
{
	const struct finding *f;
	struct report r;

	(void)state;
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "Microsoft Hv");
	set_dmi(&r, "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "az vm create");
	r.facts.kernel.container = "docker";
	f = must(&r, "hidden-by-hypervisor");
	assert_null(strstr(f->remedy, "az vm create"));
	assert_contains(f->remedy, "Azure");
	r.facts.kernel.service = "codespaces";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "runArgs");
	r.facts.kernel.service = "gitlab-ci";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "config.toml");
	r.facts.kernel.service = "another";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "CI runner");
	/* A hosted runner that is no container. */
	r.facts.kernel.container = NULL;
	r.facts.kernel.service = "github-actions";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "udev rule");
	report_free(&r);
	/* A virtual machine at home is the user's own. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "VBoxVBoxVBox");
	r.facts.kernel.container = "podman";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "--nested-hw-virt on");
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "for its host");
	report_free(&r);
	/* Docker Desktop's virtual machine is there for its containers. */
	haswell(&r, 1);
	drop_vmx(&r);
	set_hypervisor(&r, "KVMKVMKVM\0\0\0");
	r.facts.kernel.release = "6.10.11-linuxkit";
	r.facts.kernel.container = "docker";
	assert_contains(must(&r, "hidden-by-hypervisor")->remedy, "docker context use default");
	report_free(&r);
}

static void no_cpu_device(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.msr_access = MSR_ACCESS_ENODEV;
	assert_null(strstr(must(&r, "registers-unreadable")->remedy, "container"));
	r.facts.kernel.container = "docker";
	assert_contains(must(&r, "registers-unreadable")->remedy, "container");
	report_free(&r);
}

static void collected(void **state)
{
	static const char environ[] = "PATH=/bin\0notcontainer=x\0container=lxc\0TERM=linux";
	static const char none[] = "PATH=/bin\0TERM=linux";
	struct arena a = { NULL };

	(void)state;
	assert_string_equal(container_in_environ(&a, environ, sizeof(environ)), "lxc");
	/* Cut off in the middle. */
	assert_string_equal(container_in_environ(&a, environ, sizeof(environ) - 14), "l");
	assert_null(container_in_environ(&a, none, sizeof(none)));
	assert_null(container_in_environ(&a, "", 0));
	assert_string_equal(container_in_cgroup("12:cpu:/docker/0123456789ab\n"), "docker");
	assert_string_equal(container_in_cgroup("1:name=systemd:/kubepods/besteffort/pod1/ab\n"),
			    "kubernetes");
	assert_string_equal(container_in_cgroup("0::/lxc.payload.web\n"), "lxc");
	assert_string_equal(container_in_cgroup("0::/machine.slice/libpod-ab.scope\n"), "podman");
	assert_null(container_in_cgroup("0::/init.scope\n"));
	assert_null(container_in_cgroup("0::/system.slice/docker.service\n"));
	assert_null(container_in_cgroup(NULL));
	arena_free(&a);
	setenv("CODESPACES", "true", 1);
	assert_string_equal(find_service(), "codespaces");
	unsetenv("CODESPACES");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_without_kvm),
		cmocka_unit_test(each_gets_the_device_in_its_way),
		cmocka_unit_test(permissions),
		cmocka_unit_test(on_a_virtual_machine),
		cmocka_unit_test(no_cpu_device),
		cmocka_unit_test(collected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
