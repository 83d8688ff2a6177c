// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what <qemu:commandline> adds to QEMU's arguments, as far as it concerns nesting: a -cpu of its
 * own, and objects that make a confidential guest. libvirt puts them at the end, and QEMU takes the
 * last -cpu (system/vl.c).
 */
#include <string.h>

#include "setup/xml/reader.h"

static bool is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(s, word, n);
}

/* QEMU qapi/qapi-util.c: qapi_bool_parse(). */
static bool is_on(const char *s, size_t n)
{
	return is(s, n, "on") || is(s, n, "yes") || is(s, n, "true") || is(s, n, "y");
}

/*
 * Whether a value of -cpu has the feature. QEMU target/i386/cpu.c, x86_cpu_parse_featurestr(): -NAME
 * wins over +NAME, and that over NAME=on. host and max have all.
 */
static enum xml_own_cpu own_cpu(const char *value, const char *feature)
{
	size_t n = strcspn(value, ","), name = strlen(feature);
	bool on = is(value, n, "host") || is(value, n, "max"), plus = false, minus = false;

	for (value += n; *value; value += n) {
		value++;
		n = strcspn(value, ",");
		plus |= *value == '+' && is(value + 1, n - 1, feature);
		minus |= *value == '-' && is(value + 1, n - 1, feature);
		if (is(value, n, feature))
			on = true;
		else if (n > name && !memcmp(value, feature, name) && value[name] == '=')
			on = is_on(value + name + 1, n - name - 1);
	}
	return (on || plus) && !minus ? XML_OWN_CPU_HAS : XML_OWN_CPU_LACKS;
}

/*
 * Whether -object makes one of this type: the first word, or qom-type= behind it, or the same in JSON
 * (QEMU util/keyval.c, qom/object_interfaces.c). An object's id may be anything.
 */
static bool is_object(const char *value, const char *type)
{
	static const char key[] = "qom-type=";
	size_t n = strcspn(value, ","), len = strlen(type);
	const char *at;

	if (*value == '{') {
		at = strstr(value, "\"qom-type\"");
		at = at ? strchr(at + sizeof("\"qom-type\"") - 1, '"') : NULL;
		return at && !strncmp(at + 1, type, len) && at[1 + len] == '"';
	}
	if (is(value, n, type))
		return true;
	for (at = value; *at; at += n + (at[n] == ',')) {
		n = strcspn(at, ",");
		if (n > sizeof(key) - 1 && !memcmp(at, key, sizeof(key) - 1) &&
		    is(at + sizeof(key) - 1, n - (sizeof(key) - 1), type))
			return true;
	}
	return false;
}

/* QEMU qapi/qom.json: the objects for a machine's confidential-guest-support. */
static void read_object(struct domain_xml *d, const char *value)
{
	static const struct {
		const char *object, *security;
	} rows[] = {
		{ "tdx-guest", "tdx" },
		{ "sev-snp-guest", "sev-snp" },
		{ "sev-guest", "sev" },
		{ "s390-pv-guest", "s390-pv" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_object(value, rows[i].object))
			xml_copy(d->security, rows[i].security);
}

void xml_read_argument(struct reader *rd, const char *value)
{
	const char *before = rd->argument;

	if (*value == '-' && value[1] == '-')
		value++;
	if (!strcmp(before, "-cpu"))
		rd->d->own_cpu = own_cpu(value, rd->d->feature);
	else if (!strcmp(before, "-object") && !rd->d->security_element)
		read_object(rd->d, value);
	else if (!strcmp(value, "-cpu"))
		rd->d->own_cpu = XML_OWN_CPU_LACKS;
	if (strcmp(before, "-cpu") != 0)
		xml_copy(rd->argument, value);
	else
		*rd->argument = '\0';
}
