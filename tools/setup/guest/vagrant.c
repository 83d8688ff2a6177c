// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest for vagrant-libvirt, in two variants. With nested = true its template adds vmx and svm as
 * optional features; a cpu_feature of the same name made libvirt refuse the domain (issue 866)
 * until the template omitted features that are named (commit d05690d, 0.0.44). From 0.11.0 on
 * (commit d384e63) a cpu_feature needs a cpu_model, which exists only with the mode custom. With
 * host-passthrough, features were ignored before 0.8.0 (commit 62b98de). disk_driver replaced
 * volume_cache in 0.4.0 (commit 5471caa).
 *
 * Sources: vagrant-libvirt's lib/vagrant-libvirt/{config.rb,templates/domain.xml.erb} and their
 * history, docs/configuration.markdown. tests/setup/guest validates them with vagrant.
 */
#include <string.h>

#include "setup/guest/guest.h"

static void cpu(const struct guest *g, bool feature, struct text *out)
{
	if (g->model)
		text_addf(out,
			  "    libvirt.cpu_mode = \"custom\"\n"
			  "    libvirt.cpu_model = \"%s\"\n"
			  "    libvirt.cpu_fallback = \"forbid\"\n",
			  g->model);
	else
		text_addf(out, "    libvirt.cpu_mode = \"%s\"\n", g->o->cpu);
	if (!g->feature)
		return;
	text_add(out, "    libvirt.nested = true\n");
	if (feature)
		text_addf(out, "    libvirt.cpu_feature :name => \"%s\", :policy => \"require\"\n",
			  g->feature);
}

static void version_note(const struct guest *g, bool feature, struct text *out)
{
	if (!g->feature)
		return;
	if (feature)
		text_addf(
			out,
			"# For vagrant-libvirt 0.0.44 and later. If the host has no %s, the guest\n"
			"# does not start. Older versions fail with \"CPU feature '%s' specified\n"
			"# more than once\" (issue 866): for those use setup guest --part nested.\n",
			g->feature, g->feature);
	else
		text_addf(
			out,
			"# For every vagrant-libvirt, even 0.0.43 and older, which fail with both a\n"
			"# cpu_feature and nested (issue 866). If the host has no %s, the guest\n"
			"# starts without it; setup guest --part cpu-feature requires it.\n",
			g->feature);
	if (!feature && !strcmp(g->o->cpu, "host-passthrough"))
		text_add(out, "# host-passthrough needs 0.8.0 or later; with older ones, use --cpu "
			      "host-model.\n");
}

void guest_vagrant(const struct guest *g, const char *part, struct text *out)
{
	bool feature = !strcmp(part, "cpu-feature");

	text_add(out, "# -*- mode: ruby -*-\n");
	guest_heading(g, "# ", "", out);
	version_note(g, feature, out);
	text_addf(out,
		  "Vagrant.configure(\"2\") do |config|\n"
		  "  # Any box for the provider libvirt.\n"
		  "  config.vm.box = \"debian/bookworm64\"\n"
		  "  config.vm.define \"%s\"\n"
		  "  config.vm.synced_folder \".\", \"/vagrant\", disabled: true\n",
		  g->o->name);
	if (g->o->bridge)
		text_addf(out,
			  "  config.vm.network :public_network, :dev => \"%s\",\n"
			  "    :type => \"bridge\", :mode => \"bridge\"\n",
			  g->o->bridge);
	text_addf(out,
		  "  config.vm.provider :libvirt do |libvirt|\n"
		  "    libvirt.driver = \"kvm\"\n"
		  "    libvirt.cpus = %u\n"
		  "    libvirt.memory = %u\n"
		  "    libvirt.machine_virtual_size = %u\n"
		  "    # 0.4.0 and later; for older ones: libvirt.volume_cache = \"none\"\n"
		  "    libvirt.disk_driver :cache => \"none\"\n",
		  g->o->cpus, g->o->memory_mb, g->o->disk_gb);
	cpu(g, feature, out);
	text_add(out, "  end\n"
		      "end\n");
}
