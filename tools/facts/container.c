// SPDX-License-Identifier: GPL-2.0-only
/*
 * The container that we run in, and the service that runs it. Sources: systemd's container
 * interface (systemd.io/CONTAINER_INTERFACE) and src/basic/virt.c; LXD's and Incus's guest API
 * (/dev/lxd/sock, /dev/incus/sock); Kubernetes's service account; the services' own documents.
 */
#include "facts/collect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/sysfs.h"
#include "lib/procfs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A file that only this kind of container has; the more specific ones first. */
static const struct {
	const char *path, *name;
} files[] = {
	{ "/dev/incus/sock", "incus" },
	{ "/dev/lxd/sock", "lxd" },
	{ "/run/secrets/kubernetes.io", "kubernetes" },
	{ "/var/run/secrets/kubernetes.io", "kubernetes" },
};

/*
 * A file that such a container has, and virtual machines that were made from a container's image as
 * well: believed only if we do not see the kernel's own threads.
 */
static const struct {
	const char *path, *name;
} weak_files[] = {
	{ "/run/.containerenv", "podman" },
	{ "/.dockerenv", "docker" },
};

/* In /proc/1/cgroup of cgroup v1, or of a host's cgroup namespace. */
static const struct {
	const char *part, *name;
} cgroups[] = {
	{ "/kubepods", "kubernetes" },
	{ "/libpod-", "podman" },
	{ "/docker/", "docker" },
	{ "/lxc.payload", "lxc" },
	{ "/lxc/", "lxc" },
	{ "/garden/", "garden" },
	{ "/machine.slice/systemd-nspawn", "systemd-nspawn" },
};

/* Process 2 is kthreadd, unless we are in another process namespace. */
static bool sees_kernel_threads(struct arena *a)
{
	const char *name = sys_read(a, "/proc/2/comm");

	return name && !strcmp(name, "kthreadd");
}

const char *container_in_environ(struct arena *a, const char *text, size_t len)
{
	for (const char *s = text; s < text + len; s += strnlen(s, (size_t)(text + len - s)) + 1)
		if (!strncmp(s, "container=", strlen("container=")))
			return arena_strndup(a, s + strlen("container="),
					     strnlen(s, (size_t)(text + len - s)) -
						     strlen("container="));
	return NULL;
}

/* Only root can read it, as a rule. */
static const char *first_process(struct arena *a)
{
	char text[4096 + 1];
	ssize_t n = read_file("/proc/1/environ", text, sizeof(text));

	return n > 0 ? container_in_environ(a, text, (size_t)n) : NULL;
}

const char *container_in_cgroup(const char *text)
{
	for (size_t i = 0; text && i < COUNT(cgroups); i++)
		if (strstr(text, cgroups[i].part))
			return cgroups[i].name;
	return NULL;
}

const char *find_container(struct arena *a)
{
	const char *word;

	for (size_t i = 0; i < COUNT(files); i++)
		if (sys_exists(files[i].path))
			return files[i].name;
	if (getenv("KUBERNETES_SERVICE_HOST"))
		return "kubernetes";
	/* OpenVZ's host has both. */
	if (sys_exists("/proc/vz") && !sys_exists("/proc/bc"))
		return "openvz";
	word = sys_read(a, "/run/systemd/container");
	if (!word || !*word)
		word = first_process(a);
	/* WSL sets it, too, and is a virtual machine. */
	if (word && *word && strcmp(word, "wsl") != 0)
		return word;
	for (size_t i = 0; i < COUNT(weak_files); i++)
		if (sys_exists(weak_files[i].path) && !sees_kernel_threads(a))
			return weak_files[i].name;
	return container_in_cgroup(sys_read(a, "/proc/1/cgroup"));
}

/* The variables that a service sets in its containers and virtual machines. */
const char *find_service(void)
{
	static const struct {
		const char *variable, *name;
	} services[] = {
		{ "CODESPACES", "codespaces" },
		{ "GITPOD_WORKSPACE_ID", "gitpod" },
		{ "GITHUB_ACTIONS", "github-actions" },
		{ "GITLAB_CI", "gitlab-ci" },
		{ "CIRCLECI", "circleci" },
		{ "TF_BUILD", "azure-pipelines" },
		{ "BUILDKITE", "buildkite" },
		{ "CIRRUS_CI", "cirrus-ci" },
		{ "TRAVIS", "travis-ci" },
	};

	for (size_t i = 0; i < COUNT(services); i++)
		if (getenv(services[i].variable))
			return services[i].name;
	return NULL;
}
