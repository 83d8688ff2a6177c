// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks and warnings before anything is written: a blocker of the machine, known vulnerabilities of
 * the kernel, conflicts, and a module that modprobe.d does not reach.
 */
#include <string.h>

#include "kvm/kvm.h"
#include "kvm/module.h"
#include "lib/error_text.h"
#include "lib/foresee.h"
#include "lib/terminal.h"
#include "setup/boot_files.h"
#include "setup/host/job.h"
#include "setup/root.h"

/* Findings that this command fixes, or that concern only the running kernel. */
static const char *const fixed_by_setup[] = { "nested-off" };
static const char *const running_kernel_only[] = {
	"wrong-vendor-module",	"module-refused",     "kvm-device-missing", "kvm-device-denied",
	"module-not-installed", "module-blacklisted", "other-hypervisor",
};

/* Nesting is impossible: the CPU has no virtualization, or this is a confidential guest. */
static const char *const fatal[] = { "no-virtualization", "confidential-guest" };

static bool among(const char *id, const char *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(id, ids[i]))
			return true;
	return false;
}
#define AMONG(id, ids) among((id), (ids), sizeof(ids) / sizeof((ids)[0]))

/* The first blocker that matters here; NULL for none. */
static const struct finding *blocker_of(const struct host_job *j)
{
	for (size_t i = 0; i < j->r->n_findings; i++) {
		const struct finding *f = &j->r->findings[i];

		if (f->severity == SEVERITY_BLOCKER && !AMONG(f->id, fixed_by_setup) &&
		    (j->own || !AMONG(f->id, running_kernel_only)))
			return f;
	}
	return NULL;
}

static void say_machine(const struct host_job *j)
{
	struct text t = { 0 };

	setup_warn_of(j->r, blocker_of(j), &t);
	print_error_text(&t);
}

static int check_machine(struct host_job *j)
{
	say_machine(j);
	for (size_t i = 0; i < j->r->n_findings; i++) {
		if (!AMONG(j->r->findings[i].id, fatal))
			continue;
		host_warn("nestcheck: nothing is written: nesting can never work on this machine");
		return verdict_exit_status(VERDICT_UNSUPPORTED);
	}
	return HOST_GO_ON;
}

/* The kernel that a root starts next: its newest, as far as its files show. */
static const char *kernel_of(const struct host_job *j, const struct host_kernels *k,
			     const char **version)
{
	*version = NULL;
	if (j->own || (!k->n && j->r->replayed)) {
		*version = j->r->facts.kernel.version;
		return j->r->facts.kernel.release;
	}
	return k->n ? k->v[0].release : NULL;
}

/* Nothing will be loaded, and nothing of use written. The vulnerabilities were said before it was. */
static bool on_already(struct host_job *j)
{
	if (j->owner != OWNER_US)
		return false;
	if (!j->own || j->r->replayed)
		return true;
	kvm_read_parameters(j->r);
	return module_state(j->a, j->module) != MODULE_ABSENT && kvm_nested_on(j->r) == TRI_YES;
}

static int check_cves(struct host_job *j, const struct host_kernels *k)
{
	const char *version, *release = kernel_of(j, k, &version), *what;
	enum cpu_vendor vendor = j->r->cpu.vendor;
	enum tri unsafe;

	if (!release) {
		host_warn("There is no kernel in /lib/modules there%s%s%s, so known "
			  "vulnerabilities of nested KVM could not be looked up.",
			  k->unseen.n ? " that can be read (" : "",
			  k->unseen.n ? error_text(-k->unseen.err) : "", k->unseen.n ? ")" : "");
		return HOST_GO_ON;
	}
	unsafe = kernel_unsafe(j->a, release, version, vendor, &what);
	if (unsafe == TRI_UNKNOWN && !on_already(j))
		host_warn("Kernel %s: check in the distribution's security tracker that it has the "
			  "fixes of %s. The version number does not show it.",
			  release, what);
	for (size_t i = 0; i < k->n; i++) {
		const char *older;

		if (strcmp(k->v[i].release, release) != 0 &&
		    kernel_unsafe(j->a, k->v[i].release, NULL, vendor, &older) == TRI_YES)
			host_warn("Kernel %s, which is also installed, is unsafe for nesting: %s.",
				  k->v[i].release, older);
	}
	if (unsafe != TRI_YES)
		return HOST_GO_ON;
	host_warn("%sernel %s allows a guest with nesting to break out: %s.",
		  j->o->force ? "K" : "nestcheck: nothing is written: k", release, what);
	if (j->o->force)
		return HOST_GO_ON;
	host_warn("Update the kernel, then run this again; or use --force if every guest is "
		  "trusted.");
	return EXIT_REFUSED;
}

static const char *const weights[] = {
	[CONFLICT_OVERRIDDEN] = "note",
	[CONFLICT_NEEDS_STEP] = "one more step",
	[CONFLICT_OVERRIDES] = "contradiction",
};

/* A generated file may repeat the same line for many kernels. */
#define SHOWN_MAX 12

/* What was not read may turn nesting off as well. */
static void say_unseen(const struct unseen *u)
{
	bool cut = !u->err;

	if (u->n == 1)
		host_warn("not seen: /%s %s%s. %s; look for kvm in %s yourself.", u->path,
			  cut ? "is larger than " ROOT_FILE_MAX_TEXT : "cannot be read: ",
			  cut ? "" : error_text(-u->err),
			  cut ? "Only its beginning was read" : "What it has was not checked",
			  cut ? "the rest of it" : "it");
	else if (u->n)
		host_warn("not seen: /%s %s%s; and %zu more files or folders were not read, or "
			  "only their beginnings. Look for kvm in them yourself.",
			  u->path, cut ? "is larger than " ROOT_FILE_MAX_TEXT : "cannot be read: ",
			  cut ? "" : error_text(-u->err), u->n - 1);
}

static void say_conflicts(const struct conflicts *c)
{
	for (size_t i = 0; i < c->n && i < SHOWN_MAX; i++) {
		const struct conflict *v = &c->v[i];

		host_warn("%s: %s: %s: %s.%s%s%s", weights[v->weight], v->where, v->line, v->why,
			  v->remedy ? " " : "", v->remedy ? v->remedy : "", v->remedy ? "." : "");
	}
	if (c->n > SHOWN_MAX)
		host_warn("... and %zu more like these.", c->n - SHOWN_MAX + c->more);
	say_unseen(&c->unseen);
}

static enum tri built_in(const struct host_job *j, const struct host_kernels *k)
{
	const char *state = kv_get(&j->r->facts.kernel.module_files, j->module);
	const char *version, *release = kernel_of(j, k, &version);

	if (j->own && state)
		return tri_of(!strcmp(state, "builtin"));
	for (size_t i = 0; release && i < k->n; i++)
		if (!strcmp(k->v[i].release, release))
			return k->v[i].builtin;
	return TRI_UNKNOWN;
}

/* False if the module does not read modprobe.d. */
static bool check_built_in(struct host_job *j, enum tri builtin, const struct boot_setting *booted)
{
	if (builtin != TRI_YES)
		return true;
	if (booted->nested == TRI_YES)
		host_warn("%s is built into the kernel, whose command line has %s.nested=1 "
			  "already: modprobe.d changes nothing.",
			  j->module, j->module);
	else if (booted->source)
		host_warn(
			"contradiction: %s is built into the kernel, which does not read "
			"modprobe.d. %s has %s.nested=1, which is not on the kernel's command line "
			"yet.%s%s%s",
			j->module, booted->source, j->module, booted->apply ? " Run " : " Restart",
			booted->apply ? booted->apply : "", booted->apply ? ", and restart." : ".");
	else
		host_warn("contradiction: %s is built into the kernel, which does not read "
			  "modprobe.d. %s.",
			  j->module,
			  boot_add(j->a, j->root, arena_printf(j->a, "%s.nested=1", j->module)));
	return false;
}

/* What is written is lost: says where it is not. */
static void say_lost(const struct lasting *l, bool builtin)
{
	const char *where = builtin && l->line ? l->line : l->where;
	struct text t = { 0 };

	host_warn("contradiction: what is written to /etc/modprobe.d is lost: %s. %s%s", l->why,
		  where, l->text && where == l->where ? ":" : ".");
	if (l->text && where == l->where)
		text_contents(&t, l->text, strlen(l->text));
	print_error_text(&t);
	text_free(&t);
}

/* HOST_GO_ON, or HOST_NO_WRITE: what makes nesting last is there, and not in modprobe.d. */
static int check_lasting(struct host_job *j, enum tri builtin, const struct boot_setting *booted,
			 const struct lasting *l, bool *ineffective)
{
	if (!l->why || l->save) {
		j->save = l->save;
		*ineffective |= !check_built_in(j, builtin, booted);
		return booted->nested == TRI_YES && *ineffective ? HOST_NO_WRITE : HOST_GO_ON;
	}
	if (booted->nested == TRI_YES || (l->found_in && builtin != TRI_YES)) {
		host_say(j,
			 "%s turns nesting on at each start; nothing is written to /etc, which "
			 "does not keep it.",
			 l->found_in ? l->found_in : "The kernel's command line");
		return HOST_NO_WRITE;
	}
	say_lost(l, builtin == TRI_YES);
	*ineffective = true;
	return HOST_GO_ON;
}

int host_look(struct host_job *j, bool *ineffective)
{
	struct conflicts conflicts = { .n = 0 };
	struct host_kernels kernels = { .n = 0 };
	struct boot_setting booted;
	struct lasting lasting;
	enum tri builtin;
	int status = check_machine(j);

	if (status != HOST_GO_ON)
		return status;
	find_kernels(j->a, j->root, j->module, &kernels);
	find_conflicts(j->a, j->root, j->own ? j->r->facts.kernel.cmdline : NULL, j->module,
		       &booted, &conflicts);
	/* If something overrides ours, it may override that line as well. */
	j->on_by = conflicts.overrides ? NULL : conflicts.on_by;
	status = check_cves(j, &kernels);
	if (status != HOST_GO_ON)
		return status;
	root_lasts(j->a, j->root, j->own, j->module, &lasting, &conflicts.unseen);
	say_conflicts(&conflicts);
	builtin = built_in(j, &kernels);
	if (builtin == TRI_UNKNOWN)
		say_unseen(&kernels.unseen);
	status = check_lasting(j, builtin, &booted, &lasting, ineffective);
	if (status == HOST_NO_WRITE && !conflicts.overrides) {
		*ineffective = false;
		return status;
	}
	*ineffective |= conflicts.overrides;
	if (*ineffective && !j->o->force) {
		host_warn(
			"nestcheck: nothing is written, as it would have no effect that lasts: resolve "
			"the contradictions first (or --force writes it anyway)");
		return EXIT_REFUSED;
	}
	return HOST_GO_ON;
}

int host_try(const struct host_job *j, struct change_plan p)
{
	struct replaced how;
	int err;

	p.before = j->owner;
	p.how = FORESEE_AS_ROOT | (j->o->mounted_to_look ? FORESEE_READ_ONLY : 0);
	err = change_try(j->root, &p, &how);
	return err ? host_failed(j, how.step, err) : 0;
}
