// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the recorded lines of modprobe.d and the kernel's command line as modprobe(8) and the
 * kernel do: the last setting wins.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnose/rules.h"
#include "lib/modprobe_conf.h"

/* Past "FILE: ". */
static const char *line_of(const char *recorded)
{
	const char *colon = strstr(recorded, ": ");

	return colon ? colon + 2 : recorded;
}

const char *modprobe_option(struct situation *s, const char *module, const char *option,
			    const char **value)
{
	const struct strings *lines = &s->f->kernel.modprobe;
	const char *found = NULL, *rest, *at;
	size_t len;

	for (size_t i = 0; i < lines->n; i++) {
		if (!modprobe_is_line(line_of(lines->s[i]), "options", module, &rest) ||
		    !modprobe_find_option(rest, option, &at, &len))
			continue;
		found = lines->s[i];
		*value = at ? arena_strndup(&s->r->arena, at, len) : NULL;
	}
	return found;
}

const char *modprobe_ban(struct situation *s, const char *module)
{
	const struct strings *lines = &s->f->kernel.modprobe;
	const char *rest;

	for (size_t i = 0; i < lines->n; i++) {
		if (modprobe_is_line(line_of(lines->s[i]), "blacklist", module, NULL))
			return lines->s[i];
		if (modprobe_is_line(line_of(lines->s[i]), "install", module, &rest) &&
		    modprobe_install_bans(rest))
			return lines->s[i];
	}
	return NULL;
}

/* "module_blacklist=nouveau,kvm_intel", or modprobe.blacklist=. Returns the word, or NULL. */
const char *cmdline_ban(struct situation *s, const char *module)
{
	static const char *const keys[] = { "module_blacklist=", "modprobe.blacklist=" };
	const char *at = s->f->kernel.cmdline, *word;
	size_t len;

	while (at && (len = modprobe_word(&at, &word))) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			size_t from = strlen(keys[i]);

			if (len < from || strncmp(word, keys[i], from) != 0)
				continue;
			while (from < len) {
				size_t name = strcspn(word + from, ", \t");

				if (modprobe_is_module(word + from, name, module))
					return arena_strndup(&s->r->arena, word, len);
				from += name + 1;
			}
		}
	}
	return NULL;
}

const char *cmdline_option(struct situation *s, const char *module, const char *option,
			   const char **value)
{
	const char *at = s->f->kernel.cmdline, *word, *found = NULL;
	size_t len, m = strlen(module), n = strlen(option);

	while (at && (len = modprobe_word(&at, &word))) {
		if (len <= m + 1 + n || word[m] != '.' || word[m + 1 + n] != '=' ||
		    !modprobe_is_module(word, m, module) ||
		    !modprobe_is_module(word + m + 1, n, option))
			continue;
		found = arena_strndup(&s->r->arena, word, len);
		*value = found + m + n + 2;
	}
	return found;
}

enum tri nested_value(const char *module, const char *value)
{
	return param_nested(module, value, value ? strlen(value) : 0);
}

/*
 * microsoft/WSL#4193, learn.microsoft.com/windows/wsl/wsl-config; cozystack/talm#224 (Talos's KVM is
 * built in: siderolabs/pkgs#762); NixOS's manual, boot.kernelParams.
 */
const char *cmdline_place(const struct situation *s)
{
	const char *release = s->f->kernel.release, *version = s->f->kernel.version;

	if (hypervisor_is(s, "WSL2"))
		return " (in WSL kernelCommandLine= under [wsl2] in %UserProfile%\\.wslconfig, then: "
		       "wsl --shutdown)";
	if (release && strstr(release, "-talos"))
		return " (on Talos machine.install.extraKernelArgs, then talosctl upgrade)";
	if (version && strstr(version, "NixOS"))
		return " (on NixOS boot.kernelParams, then nixos-rebuild boot)";
	return "";
}
