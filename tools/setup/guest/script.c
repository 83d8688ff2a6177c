// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shell scripts that create L1, L2 and a bridge: create-guest.sh and create-bridge.sh with
 * @WORDS@ filled in. The values need no quotes (script_options_ok).
 */
#include <string.h>

#include "setup/guest/guest.h"

/* The two files as data; paths are relative to where make runs. */
__asm__(".section .rodata\n"
	"create_guest_sh: .incbin \"tools/setup/guest/create-guest.sh\"\n"
	".byte 0\n"
	"create_bridge_sh: .incbin \"tools/setup/guest/create-bridge.sh\"\n"
	".byte 0\n"
	".text\n");
extern const char create_guest_sh[] __attribute__((visibility("hidden")));
extern const char create_bridge_sh[] __attribute__((visibility("hidden")));

struct word {
	const char *name;
	const char *value;
};

static const char *const ways[] = { "networkmanager", "systemd-networkd", "ifupdown" };
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void add_part(struct text *out, const char *s, size_t n)
{
	text_contents(out, s, n);
}

/* Copies @NAME@ unchanged if NAME is not among the words. */
static void fill(const char *template, const struct word *words, size_t n, struct text *out)
{
	for (const char *at; (at = strchr(template, '@')); template = at) {
		const char *end = strchr(at + 1, '@');
		const struct word *found = NULL;

		add_part(out, template, (size_t)(at - template));
		for (size_t i = 0; end && i < n; i++)
			if (strlen(words[i].name) == (size_t)(end - at - 1) &&
			    !strncmp(words[i].name, at + 1, (size_t)(end - at - 1)))
				found = &words[i];
		if (found) {
			text_value(out, found->value);
			at = end + 1;
		} else {
			text_add(out, "@");
			at++;
		}
	}
	add_part(out, template, strlen(template));
}

bool script_options_ok(const struct guest_options *o, struct text *out)
{
	struct guest_options check = *o;
	bool how = false;

	check.kind = "virt-install";
	check.part = NULL;
	if (strcmp(o->kind, "bridge") != 0 && (o->part || o->device)) {
		text_add(out, "--how and --device are for --for bridge");
		return false;
	}
	if (strcmp(o->kind, "bridge") != 0)
		return guest_options_ok(&check, out);
	for (size_t i = 0; i < WAYS; i++)
		how = how || (o->part && !strcmp(ways[i], o->part));
	if (!how || !o->device) {
		text_add(out, "a bridge needs --how networkmanager, systemd-networkd or ifupdown, "
			      "and --device CARD");
		return false;
	}
	if (!guest_options_ok(&check, out))
		return false;
	/* A network card's name follows the same rules as a bridge's. */
	check.bridge = o->device;
	if (guest_options_ok(&check, out))
		return true;
	text_free(out);
	text_add(out, "--device is not a valid name of a network card");
	return false;
}

static bool bridge_script(const struct guest_options *o, struct text *out)
{
	const struct word words[] = {
		{ "HOW", o->part },
		{ "BRIDGE", o->bridge ? o->bridge : "br0" },
		{ "DEVICE", o->device },
	};

	fill(create_bridge_sh, words, sizeof(words) / sizeof(words[0]), out);
	return true;
}

static const char *number(struct text *t, unsigned int n)
{
	text_addf(t, "%u", n);
	return t->s;
}

bool script_text(const struct report *r, const struct guest_options *o, struct text *out)
{
	struct text cpu = { 0 }, heading = { 0 }, disk = { 0 }, memory = { 0 }, cpus = { 0 };
	struct guest g;

	if (!strcmp(o->kind, "bridge"))
		return bridge_script(o, out);
	if (!guest_of(r, o, &g, out))
		return false;
	guest_cpu_virt_install(&g, &cpu);
	text_addf(&heading, "%s by nestcheck setup script",
		  g.feature ? "L1, a guest that runs guests," : "L2, a guest inside of L1,");
	const struct word words[] = {
		{ "HEADING", heading.s },
		{ "NAME", o->name },
		{ "DISK", number(&disk, o->disk_gb) },
		{ "PREALLOCATION", guest_preallocation(o) },
		{ "MEMORY", number(&memory, o->memory_mb) },
		{ "CPUS", number(&cpus, o->cpus) },
		{ "BRIDGE", o->bridge ? o->bridge : "" },
		{ "CPU", cpu.s },
		{ "TYPE", g.tcg ? "qemu" : "kvm" },
		{ "MODULE", !strcmp(setup_feature(r), "vmx") ? "kvm_intel" : "kvm_amd" },
		{ "LEVEL", g.feature ? "L1" : "L2" },
	};
	fill(create_guest_sh, words, sizeof(words) / sizeof(words[0]), out);
	text_free(&cpu);
	text_free(&heading);
	text_free(&disk);
	text_free(&memory);
	text_free(&cpus);
	return true;
}
