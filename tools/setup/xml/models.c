// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vendors of libvirt's CPU models: src/cpu_map/x86_*.xml, <vendor name='...'/>. Matched by
 * prefix, so that later versions of a model (EPYC-Genoa, Haswell-v4) match, too.
 */
#include <string.h>

#include "setup/xml/xml.h"

static const struct {
	const char *begins;
	const char *vendor;
} models[] = {
	{ "athlon", "AMD" },	      { "phenom", "AMD" },
	{ "Opteron", "AMD" },	      { "EPYC", "AMD" },
	{ "Dhyana", "Hygon" },	      { "n270", "Intel" },
	{ "coreduo", "Intel" },	      { "core2duo", "Intel" },
	{ "Conroe", "Intel" },	      { "Penryn", "Intel" },
	{ "Nehalem", "Intel" },	      { "Westmere", "Intel" },
	{ "SandyBridge", "Intel" },   { "IvyBridge", "Intel" },
	{ "Haswell", "Intel" },	      { "Broadwell", "Intel" },
	{ "Skylake", "Intel" },	      { "Cascadelake", "Intel" },
	{ "Cooperlake", "Intel" },    { "Icelake", "Intel" },
	{ "Snowridge", "Intel" },     { "Denverton", "Intel" },
	{ "KnightsMill", "Intel" },   { "SapphireRapids", "Intel" },
	{ "EmeraldRapids", "Intel" }, { "GraniteRapids", "Intel" },
	{ "SierraForest", "Intel" },  { "ClearwaterForest", "Intel" },
};

const char *xml_model_vendor(const char *model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (!strncmp(model, models[i].begins, strlen(models[i].begins)))
			return models[i].vendor;
	return NULL;
}
