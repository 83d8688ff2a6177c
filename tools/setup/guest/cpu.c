// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's CPU: host-passthrough, host-model or a named model, with vmx or svm, for libvirt,
 * virt-install and QEMU.
 *
 * libvirt: docs/formatdomain.rst, "CPU model and topology"; QEMU: docs/system/qemu-cpu-models.rst
 * and target/i386/cpu.c (+NAME turns a feature on). host-model has omitted svm
 * (kubevirt/kubevirt#10508), so the feature is always named.
 */
#include <string.h>

#include "setup/guest/cpu_model.h"
#include "setup/guest/guest.h"

static bool is(const struct guest *g, const char *mode)
{
	return !strcmp(g->o->cpu, mode);
}

/* Without KVM there is no host CPU to pass through; `maximum` is all that QEMU can emulate. */
static const char *libvirt_mode(const struct guest *g)
{
	return g->tcg && is(g, "host-passthrough") ? "maximum" : g->o->cpu;
}

void guest_cpu_libvirt(const struct guest *g, const char *indent, struct text *out)
{
	if (is(g, "custom"))
		text_addf(out,
			  "%s<cpu mode='custom' match='exact' check='partial'>\n"
			  "%s  <model fallback='forbid'>%s</model>\n",
			  indent, indent, g->model);
	else if (g->feature)
		text_addf(out, "%s<cpu mode='%s'>\n", indent, libvirt_mode(g));
	else
		text_addf(out, "%s<cpu mode='%s'/>\n", indent, libvirt_mode(g));
	if (g->feature)
		text_addf(out, "%s  <feature policy='require' name='%s'/>\n", indent, g->feature);
	if (guest_without_tsx(g))
		text_addf(out,
			  "%s  <feature policy='disable' name='hle'/>\n"
			  "%s  <feature policy='disable' name='rtm'/>\n",
			  indent, indent);
	if (is(g, "custom") || g->feature)
		text_addf(out, "%s</cpu>\n", indent);
}

void guest_cpu_virt_install(const struct guest *g, struct text *out)
{
	const char *mode = libvirt_mode(g);

	/*
	 * In place of a model it takes only the modes' names host-passthrough and host-model
	 * (virtinst/domain/cpu.py). Its +NAME is policy="force", with which libvirt starts the
	 * guest without the feature on a host that has nesting off.
	 */
	if (!strcmp(mode, "maximum"))
		text_add(out, "mode=");
	text_value(out, is(g, "custom") ? g->model : mode);
	if (g->feature)
		text_addf(out, ",require=%s", g->feature);
}

/*
 * enforce: if the host has nesting off, QEMU refuses to start instead of warning. TCG lacks features
 * of every named model, but always has SVM.
 */
void guest_cpu_qemu(const struct guest *g, struct text *out)
{
	text_value(out, is(g, "custom") ? g->model : g->tcg ? "max" : "host");
	if (g->feature)
		text_addf(out, ",+%s%s", g->feature, is(g, "custom") && g->tcg ? "" : ",enforce");
}

bool guest_of(const struct report *r, const struct guest_options *o, struct guest *g,
	      struct text *out)
{
	const char *feature = setup_feature(r);
	const struct cpu_model *model = NULL;

	*g = (struct guest){ .r = r,
			     .o = o,
			     .tcg = o->accel && !strcmp(o->accel, "tcg"),
			     .windows = guest_is_windows(o) };
	if (!feature) {
		text_add(out, "the vendor of this CPU is not known, and so not whether it has VMX "
			      "or SVM; --facts FILE takes another machine's facts");
		return false;
	}
	/* QEMU target/i386/cpu.c: TCG_EXT3_FEATURES has SVM, TCG_EXT_FEATURES has no VMX. */
	if (g->tcg && strcmp(feature, "svm") != 0) {
		text_add(out,
			 "--accel tcg: QEMU emulates SVM but no VMX, and this machine's guests "
			 "get VMX; --facts FILE takes an AMD machine's facts");
		return false;
	}
	g->feature = o->level == 1 ? feature : NULL;
	if (is(g, "custom")) {
		model = cpu_model_of(r);
		if (!model) {
			text_add(out, "this machine lacks some feature of each CPU model in "
				      "libvirt, as far as its CPUID was recorded; use --cpu "
				      "host-passthrough (vagrant: and --part nested)");
			return false;
		}
		g->model = model->name;
	}
	return true;
}
