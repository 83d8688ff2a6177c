// SPDX-License-Identifier: GPL-2.0-only
/* See containers.h. */
#include "diagnose/containers.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NO_KVM "this kind of container cannot get /dev/kvm: run this on its host"

/*
 * docs.docker.com, run --device; podman-run(1), --device and --group-add keep-groups;
 * lxc.container.conf(5); pct.conf(5), dev[n] (Proxmox VE 8.2 and later) and forum threads for older
 * ones; LXD's and Incus's "Type: unix-char"; systemd-nspawn(1) and systemd.resource-control(5);
 * kubernetes.io "Device Plugins", kubevirt/kubernetes-device-plugins. 10:232 is KVM's device number:
 * Linux Documentation/admin-guide/devices.txt.
 */
static const struct container rows[] = {
	{ "docker", "Docker", "docker run --device /dev/kvm (compose: devices: [/dev/kvm])",
	  "--group-add $(stat -c %g /dev/kvm), with the host's number" },
	{ "podman", "Podman",
	  "podman run --device /dev/kvm; rootless, the user on the host must be in the group that "
	  "owns it",
	  "--group-add keep-groups, and the user on the host in the group kvm" },
	{ "lxc-libvirt", "libvirt's LXC",
	  "in the domain <hostdev mode='capabilities' type='misc'><source><char>/dev/kvm</char>"
	  "</source></hostdev>",
	  NULL },
	{ "lxc", "LXC",
	  "in the container's configuration lxc.cgroup2.devices.allow = c 10:232 rwm, and "
	  "lxc.mount.entry = /dev/kvm dev/kvm none bind,create=file; then stop and start it",
	  "an unprivileged container maps groups: on the host give the device to the mapped group, "
	  "or chmod 0666 /dev/kvm" },
	{ "lxd", "LXD",
	  "lxc config device add NAME kvm unix-char source=/dev/kvm path=/dev/kvm mode=0660",
	  "gid= in that device, with the number of the container's group kvm" },
	{ "incus", "Incus",
	  "incus config device add NAME kvm unix-char source=/dev/kvm path=/dev/kvm mode=0660",
	  "gid= in that device, with the number of the container's group kvm" },
	{ "systemd-nspawn", "systemd-nspawn",
	  "systemd-nspawn --bind=/dev/kvm --property=DeviceAllow=\"/dev/kvm rwm\" (in a .nspawn "
	  "file Bind=/dev/kvm, and DeviceAllow=/dev/kvm rwm in a drop-in of "
	  "systemd-nspawn@NAME.service)",
	  NULL },
	{ "kubernetes", "Kubernetes",
	  "a device plugin on the node that offers it (KubeVirt's: resources.limits: "
	  "devices.kubevirt.io/kvm: 1), or a privileged pod with /dev/kvm as a hostPath volume",
	  "securityContext.supplementalGroups, with the number of the node's group kvm" },
	{ "openvz", "OpenVZ", NULL, NULL },
	{ "garden", "Cloud Foundry", NULL, NULL },
	{ "rkt", "rkt", NULL, NULL },
	{ "oci", "an OCI runtime",
	  "in config.json a device /dev/kvm (type c, major 10, minor 232) and its rule under "
	  "linux.resources.devices",
	  "process.user.additionalGids" },
};

static const struct container proxmox = {
	"lxc", "Proxmox VE's LXC",
	"pct set CTID --dev0 /dev/kvm (dev0: /dev/kvm,gid=N in /etc/pve/lxc/CTID.conf, N the number "
	"of the container's group kvm); before Proxmox VE 8.2 in that file "
	"lxc.cgroup2.devices.allow: c 10:232 rwm, and lxc.mount.entry: /dev/kvm dev/kvm none "
	"bind,create=file; then pct stop CTID; pct start CTID",
	"gid= of dev0, with the number of the container's group kvm"
};

static const struct container unknown = { "", NULL, NULL, NULL };

const struct container *container_find(const struct facts *f)
{
	const char *name = f->kernel.container, *release = f->kernel.release;

	if (!name)
		return NULL;
	/* Proxmox VE's kernels are called so: 6.8.12-8-pve. */
	if (!strcmp(name, "lxc") && release && strstr(release, "-pve"))
		return &proxmox;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!strcmp(rows[i].fact, name))
			return &rows[i];
	return &unknown;
}

/*
 * docs.github.com (codespaces, actions: larger runners), actions/runner-images#8730 (the udev rule);
 * cloud-in-a-bottle/cloud-in-a-bottle#338, ReactiveCircus/android-emulator-runner#367;
 * srl-labs/containerlab#3086; docs.gitlab.com, runner's executors.
 */
static const struct {
	const char *service, *remedy;
} services[] = {
	{ "codespaces",
	  "GitHub Codespaces chooses the virtual machine: some of its types nest and others do not; "
	  "try another machine type or region. In devcontainer.json \"runArgs\": "
	  "[\"--device=/dev/kvm\"] passes the device in" },
	{ "gitpod",
	  "Gitpod chooses the virtual machine, and it does not nest: use another machine" },
	{ "github-actions",
	  "GitHub's own x86-64 Linux runners have /dev/kvm since 2024; if the CPU shows no VMX or SVM, "
	  "choose a larger runner. To use it add the udev rule KERNEL==\"kvm\", "
	  "GROUP=\"kvm\", MODE=\"0666\", OPTIONS+=\"static_node=kvm\" to /etc/udev/rules.d in a "
	  "step, and in a job with container: its options: --device /dev/kvm. A self-hosted "
	  "runner's owner decides" },
	{ "gitlab-ci",
	  "The runner's owner decides: in config.toml [runners.docker] devices = [\"/dev/kvm\"], "
	  "on a machine that nests. GitLab's hosted runners do not nest" },
	{ "circleci", "Use the machine executor, which nests on Linux, not docker" },
	{ "azure-pipelines", "Microsoft's hosted agents are of types that do not all nest: use a "
			     "self-hosted agent on a size that does" },
	{ "buildkite",
	  "The agent's owner decides: its machine must nest, and /dev/kvm be passed in" },
	{ "cirrus-ci", "In .cirrus.yml container: kvm: true, or compute_engine_instance with "
		       "nested_virtualization: true" },
	{ "travis-ci", "Use vm: dist with virt: vm, not lxd" },
};

const char *service_remedy(const struct facts *f)
{
	for (size_t i = 0; f->kernel.service && i < COUNT(services); i++)
		if (!strcmp(services[i].service, f->kernel.service))
			return services[i].remedy;
	return NULL;
}

const char *container_vm_remedy(struct situation *s)
{
	const struct container *c = container_find(s->f);
	const char *service = service_remedy(s->f);
	const char *below = s->hypervisor ? s->hypervisor->name : "the hypervisor below";

	if (service)
		return service;
	if (!c)
		return NULL;
	return format(
		s,
		"This is a container (%s), and its host is itself a virtual machine that gets "
		"no VMX or SVM from %s: nothing inside the container can change it. If a "
		"service runs it (GitHub Codespaces, a CI runner, a managed cluster), choose "
		"another machine type there, or ask it; if the virtual machine is yours, run "
		"nestcheck on it for the setting",
		c->name ? c->name : s->f->kernel.container, below);
}
