// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest for vagrant-libvirt, both ways. With nested = true its template adds vmx and svm as
 * optional features; a cpu_feature of that name beside it made libvirt refuse the domain (issue
 * 866) until the template learned to leave out what is named (commit d05690d, 0.0.44). From 0.11.0
 * on (commit d384e63) a cpu_feature is refused without a cpu_model, which there is with the mode
 * custom alone. With host-passthrough, features went nowhere until 0.8.0 (commit 62b98de).
 * disk_driver is of 0.4.0 (commit 5471caa), and took volume_cache's place.
 *
 * Sources: vagrant-libvirt's lib/vagrant-libvirt/{config.rb,templates/domain.xml.erb} and their
 * history, docs/configuration.markdown. tests/setup/guest has vagrant validate them.
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

static void which(const struct guest *g, bool feature, struct text *out)
{
	if (!g->feature)
		return;
	if (feature)
		text_addf(
			out,
			"# For vagrant-libvirt 0.0.44 and later: where %s cannot be had, the guest\n"
			"# does not start. Older ones say \"CPU feature '%s' specified more than\n"
			"# once\" (issue 866): for those take setup guest --part nested.\n",
			g->feature, g->feature);
	else
		text_addf(
			out,
			"# For every vagrant-libvirt, 0.0.43 and older too, which fail with a\n"
			"# cpu_feature beside nested (issue 866). Where %s cannot be had, the guest\n"
			"# starts without it; setup guest --part cpu-feature requires it.\n",
			g->feature);
	if (!feature && !strcmp(g->o->cpu, "host-passthrough"))
		text_add(out, "# host-passthrough wants 0.8.0 or later; before it, --cpu "
			      "host-model.\n");
}

void guest_vagrant(const struct guest *g, const char *part, struct text *out)
{
	bool feature = !strcmp(part, "cpu-feature");

	text_add(out, "# -*- mode: ruby -*-\n");
	guest_heading(g, "# ", "", out);
	which(g, feature, out);
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
		  "    # 0.4.0 and later; before it: libvirt.volume_cache = \"none\"\n"
		  "    libvirt.disk_driver :cache => \"none\"\n",
		  g->o->cpus, g->o->memory_mb, g->o->disk_gb);
	cpu(g, feature, out);
	text_add(out, "  end\n"
		      "end\n");
}
