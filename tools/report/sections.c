// SPDX-License-Identifier: GPL-2.0-only
/*
 * The short table, for all text renderers.
 */
#include "report/sections.h"

#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/other_kvm.h"

int lines_in(const char *s)
{
	int n = 0;

	for (; s && *s; s++)
		n += *s == '\n';
	return n;
}

static void row(struct text *t, const char *label, struct text *value, bool brief)
{
	const char *s = value->len ? value->s : "not known";
	int room = (t->width ? t->width : 80) - 1 - SECTION_LABEL;

	if (brief && (int)strlen(s) > room)
		text_addf(t, "%-*s%.*s...\n", SECTION_LABEL, label, room - 3, s);
	else
		text_wrap(t, SECTION_LABEL, label, s);
	text_free(value);
}

static void add(struct text *t, const char *separator, const char *s)
{
	if (s && *s)
		text_addf(t, "%s%s", t->len ? separator : "", s);
}

/* Only if somebody named it, or it used the network. */
static void machine_row(struct text *t, const struct report *r, bool brief)
{
	struct text v = { 0 };

	add(&v, "", r->machine.id);
	add(&v, ", MAC ", r->machine.mac);
	if (v.len)
		row(t, "machine", &v, brief);
}

static void cpu_row(struct text *t, const struct report *r, bool brief)
{
	const struct cpu_summary *c = &r->cpu;
	char below[HYPERVISOR_NAME_MAX];
	struct text v = { 0 };

	add(&v, "", c->brand ? c->brand : vendor_name(c->vendor));
	if (c->codename && (!c->brand || !strstr(c->brand, c->codename)))
		text_addf(&v, "%s(%s)", v.len ? " " : "", c->codename);
	if (c->count)
		text_addf(&v, "%s%zu CPU%s", v.len ? ", " : "", c->count, c->count == 1 ? "" : "s");
	if (c->microcode)
		text_addf(&v, "%smicrocode %s", v.len ? ", " : "", c->microcode);
	if (machine_is_guest(r, below))
		text_addf(&v, "%sguest of %s", v.len ? ", " : "", below);
	row(t, "CPU", &v, brief);
}

static const char *enabled_words(const struct report *r)
{
	if (r->caps[CAP_ENABLED_BY_FIRMWARE] == TRI_UNKNOWN)
		return NULL;
	return r->caps[CAP_ENABLED_BY_FIRMWARE] == TRI_YES ? "virtualization is on" :
							     "virtualization is switched off";
}

static void firmware_row(struct text *t, const struct report *r, bool brief)
{
	const struct firmware_facts *f = &r->facts.firmware;
	struct text v = { 0 };

	if (!f->boot && !f->dmi.n)
		text_add(&v, "not known");
	if (f->boot)
		add(&v, "", !strcmp(f->boot, "uefi") ? "UEFI" : "BIOS");
	if (f->secure_boot != TRI_UNKNOWN)
		add(&v, ", ", f->secure_boot == TRI_YES ? "Secure Boot on" : "Secure Boot off");
	add(&v, ", ", kv_get(&f->dmi, "bios_vendor"));
	add(&v, " ", kv_get(&f->dmi, "bios_version"));
	add(&v, "; ", kv_get(&f->dmi, "sys_vendor"));
	add(&v, " ", kv_get(&f->dmi, "product_name"));
	add(&v, "; ", enabled_words(r));
	row(t, "firmware", &v, brief);
}

static void kvm_row(struct text *t, const struct report *r, bool brief)
{
	static const char *const shown[] = {
		"nested", "ept",  "vpid", "unrestricted_guest", "enable_shadow_vmcs",
		"npt",	  "vgif", "vls",
	};
	static const char *const devices[] = {
		[KVM_DEVICE_ABSENT] = "no /dev/kvm",
		[KVM_DEVICE_DENIED] = "no permission for /dev/kvm",
		[KVM_DEVICE_PRESENT] = NULL,
	};
	const struct kvm_state *k = &r->kvm;
	const struct key_values *parameters = &k->parameters;
	struct text v = { 0 };

	/* For a recording, the module's parameters in it. */
	if (!parameters->n && k->module && kernel_module(&r->facts.kernel, k->module))
		parameters = &kernel_module(&r->facts.kernel, k->module)->parameters;
	add(&v, "", k->module);
	if (k->module && r->facts.kernel.modules_known == TRI_YES &&
	    !kernel_module(&r->facts.kernel, k->module))
		text_add(&v, " is not loaded");
	if (other_kvm(&r->facts))
		text_addf(&v, "%s/dev/kvm is of %s", v.len ? ", " : "", other_kvm(&r->facts));
	if (k->error)
		add(&v, ": ", k->error);
	for (size_t i = 0; !k->error && i < sizeof(shown) / sizeof(shown[0]); i++) {
		const char *value = kv_get(parameters, shown[i]);

		if (value)
			text_addf(&v, "%s%s=%s", v.len ? " " : "", shown[i], value);
	}
	add(&v, ", ", devices[r->facts.kvm.device]);
	add(&v, ", kernel ", r->facts.kernel.release);
	row(t, "kvm", &v, brief);
}

void section_machine(struct text *t, const struct report *r, bool brief)
{
	machine_row(t, r, brief);
	cpu_row(t, r, brief);
	firmware_row(t, r, brief);
	kvm_row(t, r, brief);
}

static size_t count(const struct selftest_state *s, enum case_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_cases; i++)
		n += s->cases[i].result == result;
	return n;
}

void section_case_counts(struct text *t, const struct report *r)
{
	static const struct {
		enum case_result result;
		const char *word;
	} words[] = {
		{ CASE_PASS, "passed" },
		{ CASE_FAIL, "failed" },
		{ CASE_SKIP, "skipped" },
		{ CASE_XFAIL, "expected to fail" },
	};
	const struct selftest_state *s = &r->selftest;

	text_addf(t, "%zu case%s: ", s->n_cases, s->n_cases == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (i < 2 || count(s, words[i].result))
			text_addf(t, "%s%zu %s", i ? ", " : "", count(s, words[i].result),
				  words[i].word);
}

static const char *why_not_run(const struct report *r)
{
	if (r->selftest.partial)
		return r->selftest.partial;
	return r->selftest.error ? r->selftest.error : "no self-test was run";
}

void section_guests(struct text *t, const struct report *r, bool brief)
{
	const struct selftest_state *s = &r->selftest;
	struct text l1 = { 0 }, l2 = { 0 }, chain = { 0 };

	section_chain_summary(&chain, &s->chain);
	/* Only the chain was requested (nestcheck chain). */
	if (chain.len && !s->ran) {
		row(t, "chain", &chain, brief);
		return;
	}
	if (!s->n_cases) {
		text_addf(&l1, "not started: %s", why_not_run(r));
		text_add(&l2, "not started");
	} else {
		text_add(&l1, "ran");
		if (s->error)
			text_addf(&l1, ", then aborted: %s", s->error);
		if (s->l1_exit_cycles)
			text_addf(&l1, "; an exit to KVM costs %" PRIu64 " cycles",
				  s->l1_exit_cycles);
		text_addf(&l2, "entered %" PRIu64 " times; ", s->nested_run);
		section_case_counts(&l2, r);
		if (s->left_out)
			text_addf(&l2, "; %zu more with selftest=full", s->left_out);
		if (s->passes > 1)
			text_addf(&l2, ", in the last of %u passes", s->passes);
		if (s->l2_exit_cycles)
			text_addf(&l2, "; an exit to L1 costs %" PRIu64 " cycles",
				  s->l2_exit_cycles);
	}
	row(t, "L1", &l1, brief);
	row(t, "L2", &l2, brief);
	if (chain.len)
		row(t, "chain", &chain, brief);
}
