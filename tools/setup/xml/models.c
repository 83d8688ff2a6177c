// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU models and modes. Vendors, and which have hle and rtm: libvirt src/cpu_map/x86_*.xml. Which
 * have neither EPT nor NPT: QEMU target/i386/cpu.c, builtin_x86_defs: FEAT_VMX_SECONDARY_CTLS and
 * FEAT_SVM; the first Intel CPU with EPT was Nehalem.
 */
#include <string.h>

#include "setup/xml/xml.h"

static const struct xml_model models[] = {
	{ "athlon", "AMD", XML_NO_PAGING },
	{ "phenom", "AMD", 0 },
	{ "Opteron_G1", "AMD", XML_NO_PAGING },
	{ "Opteron_G2", "AMD", XML_NO_PAGING },
	{ "Opteron_G3", "AMD", XML_NO_PAGING },
	{ "Opteron", "AMD", 0 },
	{ "EPYC", "AMD", 0 },
	{ "Dhyana", "Hygon", 0 },
	{ "kvm32", NULL, XML_NO_PAGING },
	{ "kvm64", NULL, XML_NO_PAGING },
	{ "qemu32", NULL, XML_NO_PAGING },
	{ "qemu64", NULL, XML_NO_PAGING },
	{ "n270", "Intel", XML_NO_PAGING },
	{ "coreduo", "Intel", XML_NO_PAGING },
	{ "core2duo", "Intel", XML_NO_PAGING },
	{ "Conroe", "Intel", XML_NO_PAGING },
	{ "Penryn", "Intel", XML_NO_PAGING },
	{ "Nehalem", "Intel", 0 },
	{ "Westmere", "Intel", 0 },
	{ "SandyBridge", "Intel", 0 },
	{ "IvyBridge", "Intel", 0 },
	{ "Haswell", "Intel", XML_TSX },
	{ "Broadwell", "Intel", XML_TSX },
	{ "Skylake", "Intel", XML_TSX },
	{ "Cascadelake", "Intel", XML_TSX },
	{ "Cooperlake", "Intel", XML_TSX },
	{ "Icelake", "Intel", XML_TSX },
	{ "Snowridge", "Intel", 0 },
	{ "Denverton", "Intel", 0 },
	{ "KnightsMill", "Intel", 0 },
	{ "SapphireRapids", "Intel", XML_TSX },
	{ "EmeraldRapids", "Intel", 0 },
	{ "GraniteRapids", "Intel", XML_TSX },
	{ "SierraForest", "Intel", 0 },
	{ "ClearwaterForest", "Intel", 0 },
};

const struct xml_model *xml_find_model(const char *model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (!strncmp(model, models[i].begins, strlen(models[i].begins)))
			return &models[i];
	return NULL;
}

bool xml_is_custom(const struct domain_xml *d)
{
	return d->cpus && (!d->has_mode || !strcmp(d->mode, "custom"));
}

bool xml_has_all(const char *mode)
{
	return !strcmp(mode, "host-passthrough") || !strcmp(mode, "maximum");
}

const char *xml_mode(const struct domain_xml *d, const struct xml_options *o)
{
	if (d->cpus && (!xml_is_custom(d) || *d->model))
		return d->has_mode ? d->mode : "custom";
	return o->mode ? o->mode : !strcmp(d->type, "kvm") ? "host-passthrough" : "maximum";
}
