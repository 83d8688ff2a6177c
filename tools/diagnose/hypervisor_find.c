// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the row of hypervisors.c for the hypervisor below us. DMI and the kernel's release are
 * matched first, because VirtualBox can show KVM's, Hyper-V's or its own signature, and a cloud
 * shows its hypervisor's.
 */
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/vendor.h"

#define HV_BASE 0x40000000
#define HV_LAST 0x40010000 /* Linux stops here, too (cpuid_base_hypervisor) */
#define HV_STEP 0x100

static bool dmi_matches(const struct facts *f, const char *part)
{
	static const char *const keys[] = { "sys_vendor",  "product_name", "chassis_asset_tag",
					    "bios_vendor", "bios_version", "board_vendor" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = kv_get(&f->firmware.dmi, keys[i]);

		if (value && strstr(value, part))
			return true;
	}
	return false;
}

static bool signature_matches(const struct hypervisor *h, const char *signature)
{
	for (size_t i = 0; i < HYPERVISOR_SIGNATURES && h->signatures[i]; i++)
		if (!strcmp(h->signatures[i], signature))
			return true;
	return false;
}

const struct hypervisor *hypervisor_find(const struct facts *f, const char *signature)
{
	const struct hypervisor *rows = hypervisor_rows.rows;

	for (size_t i = 0; i < hypervisor_rows.n; i++) {
		if (rows[i].dmi && dmi_matches(f, rows[i].dmi))
			return &rows[i];
		if (rows[i].release && f->kernel.release &&
		    strstr(f->kernel.release, rows[i].release))
			return &rows[i];
	}
	for (size_t i = 0; signature && i < hypervisor_rows.n; i++)
		if (signature_matches(&rows[i], signature))
			return &rows[i];
	return NULL;
}

static void leaf_text(char text[SIGNATURE_SIZE], const struct cpuid_fact *leaf)
{
	memcpy(text, &leaf->ebx, 4);
	memcpy(text + 4, &leaf->ecx, 4);
	memcpy(text + 8, &leaf->edx, 4);
	text[12] = '\0';
	for (int i = 0; text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
}

/*
 * If KVM or Xen shows Hyper-V's leaves for Windows guests, its own leaves follow at a higher base.
 */
static bool is_own_name(const char *text)
{
	return !strcmp(text, "KVMKVMKVM") || !strcmp(text, "XenVMMXenVMM");
}

static bool signature_of(const struct facts *f, const struct cpu_facts *c,
			 char first[SIGNATURE_SIZE])
{
	char text[SIGNATURE_SIZE];
	bool any = false;

	for (uint32_t leaf = HV_BASE; leaf < HV_LAST; leaf += HV_STEP) {
		const struct cpuid_fact *fact = cpu_cpuid(f, c, leaf, 0);

		if (!fact)
			continue;
		leaf_text(text, fact);
		if (!any || is_own_name(text))
			memcpy(first, text, sizeof(text));
		if (is_own_name(text))
			return true;
		any = true;
	}
	return any;
}

const char *hypervisor_signature(struct arena *a, const struct facts *f, const struct cpu_facts *c)
{
	char text[SIGNATURE_SIZE];

	return signature_of(f, c, text) ? arena_strndup(a, text, sizeof(text) - 1) : NULL;
}

bool hypervisor_is(const struct situation *s, const char *name)
{
	return s->guest == TRI_YES && s->hypervisor && !strcmp(s->hypervisor->name, name);
}

const char *hypervisor_remedy(const struct situation *s)
{
	if (!s->hypervisor)
		return NULL;
	return vendor_has_svm(s->vendor) && s->hypervisor->remedy_amd ? s->hypervisor->remedy_amd :
									s->hypervisor->remedy;
}

const char *below_remedy(const struct situation *s)
{
	if (s->hypervisor && s->hypervisor->partial)
		return s->hypervisor->partial;
	return "Update the hypervisor below, and give this virtual machine the host's CPU (QEMU "
	       "-cpu host); then power it off and on";
}
