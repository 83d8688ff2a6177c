// SPDX-License-Identifier: GPL-2.0-only
/* A domain with nesting: the exact bytes of the change, and refusals. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "setup/xml/xml.h"

#define HEAD	"<domain type='kvm'>\n  <name>d</name>\n"
#define TAIL	"  <clock offset='utc'/>\n</domain>\n"
#define REQUIRE "<feature policy='require' name='vmx'/>"

static const char *const feature = "vmx";

/* In the default mode. */
static enum xml_result nested(const char *in, size_t size, const char *name, struct text *out,
			      struct text *why)
{
	const struct xml_options o = { .feature = name };

	return xml_nest(in, size, &o, out, why);
}

/* in becomes want, and want does not change. */
static void becomes_in(const char *mode, const char *in, const char *want)
{
	const struct xml_options o = { .feature = feature, .mode = mode };
	struct text out = { 0 }, again = { 0 }, why = { 0 };
	enum xml_result result = xml_nest(in, strlen(in), &o, &out, &why);

	if (result == XML_REFUSED)
		fail_msg("refused: %s", why.s);
	assert_string_equal(out.s, want);
	assert_int_equal(result, strcmp(in, want) ? XML_CHANGED : XML_UNCHANGED);
	assert_true(why.len > 0);
	assert_int_equal(nested(out.s, out.len, feature, &again, &why), XML_UNCHANGED);
	assert_string_equal(again.s, want);
	text_free(&out);
	text_free(&again);
	text_free(&why);
}

static void becomes(const char *in, const char *want)
{
	becomes_in(NULL, in, want);
}

static void not_done(enum xml_result result, const char *name, const char *in, size_t size,
		     const char *reason)
{
	struct text out = { 0 }, why = { 0 };

	assert_int_equal(nested(in, size, name, &out, &why), result);
	assert_contains(why.s, reason);
	assert_int_equal(out.len, 0);
	text_free(&why);
}

static void refused_for(const char *name, const char *in, size_t size, const char *reason)
{
	not_done(XML_REFUSED, name, in, size, reason);
}

static void refused(const char *in, const char *reason)
{
	refused_for(feature, in, strlen(in), reason);
}

static void is_none(const char *in, const char *reason)
{
	not_done(XML_NO_DOMAIN, feature, in, strlen(in), reason);
}

static void no_cpu(void **state)
{
	(void)state;
	becomes(HEAD TAIL, HEAD "  <cpu mode='host-passthrough'/>\n" TAIL);
	becomes_in("maximum", HEAD TAIL, HEAD "  <cpu mode='maximum'/>\n" TAIL);
	becomes_in("host-model", HEAD TAIL,
		   HEAD "  <cpu mode='host-model'>\n    " REQUIRE "\n  </cpu>\n" TAIL);
	becomes("<domain type=\"kvm\">\r\n\t<name>d</name>\r\n</domain>",
		"<domain type=\"kvm\">\r\n\t<name>d</name>\r\n\t<cpu mode=\"host-passthrough\"/>\r\n"
		"</domain>");
	becomes("<domain type='kvm'><name>d</name></domain>",
		"<domain type='kvm'><name>d</name><cpu mode='host-passthrough'/></domain>");
}

/* Only a direct child <cpu> of <domain> counts, and comments stay with their lines. */
static void elsewhere(void **state)
{
	(void)state;
	becomes(HEAD "  <features/> <!-- none -->\n  <metadata><cpu/></metadata>\n" TAIL,
		HEAD "  <features/> <!-- none -->\n  <cpu mode='host-passthrough'/>\n"
		     "  <metadata><cpu/></metadata>\n" TAIL);
	becomes(HEAD
		"  <!-- <cpu/> -->\n  <cpu mode='host-model'>\n    <!-- a -->\n  </cpu>\n" TAIL,
		HEAD "  <!-- <cpu/> -->\n  <cpu mode='host-model'>\n    " REQUIRE
		     "\n    <!-- a -->\n  </cpu>\n" TAIL);
}

static void modes(void **state)
{
	(void)state;
	becomes(HEAD "  <cpu/>\n" TAIL, HEAD "  <cpu mode='host-passthrough'/>\n" TAIL);
	becomes_in("host-model", HEAD "  <cpu />\n" TAIL,
		   HEAD "  <cpu mode='host-model'>\n    " REQUIRE "\n  </cpu>\n" TAIL);
	becomes(HEAD "  <cpu check='none' mode=\"custom\"></cpu>\n" TAIL,
		HEAD "  <cpu check='none' mode=\"host-passthrough\"></cpu>\n" TAIL);
	becomes(HEAD "  <cpu mode='maximum'/>\n" TAIL, HEAD "  <cpu mode='maximum'/>\n" TAIL);
	becomes(HEAD "  <cpu mode='host-model'/>\n" TAIL,
		HEAD "  <cpu mode='host-model'>\n    " REQUIRE "\n  </cpu>\n" TAIL);
	becomes(HEAD "  <cpu mode='host-model'></cpu>\n" TAIL,
		HEAD "  <cpu mode='host-model'>\n    " REQUIRE "\n  </cpu>\n" TAIL);
	becomes(HEAD "  <cpu>\n     <model>Haswell</model>\n  </cpu>\n" TAIL,
		HEAD "  <cpu>\n     <model>Haswell</model>\n     " REQUIRE "\n  </cpu>\n" TAIL);
}

static void policies(void **state)
{
	static const char *const off[] = { "disable", "forbid", "optional" };
	static const char *const on[] = { "require", "force" };
	char in[300], want[300];

	(void)state;
#define FEATURE HEAD "  <cpu mode='%s'>\n    <feature name='vmx' policy='%s'/>\n  </cpu>\n" TAIL
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		snprintf(in, sizeof(in), FEATURE, "host-passthrough", off[i]);
		snprintf(want, sizeof(want), FEATURE, "host-passthrough", "require");
		becomes(in, want);
	}
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		snprintf(in, sizeof(in), FEATURE, "host-model", on[i]);
		becomes(in, in);
	}
	snprintf(in, sizeof(in), FEATURE, "host-model", "maybe");
	refused(in, "'maybe'");
}

static void no_domain(void **state)
{
	static const char utf16[] = "<\0d\0o\0";

	(void)state;
	is_none("", "Line 1");
	is_none("<network/>", "<network>");
	is_none("<domain>", "no type");
	is_none(HEAD "<a></b>", "Line 3, column 6");
	is_none(HEAD TAIL HEAD TAIL, "one domain");
	is_none("<!DOCTYPE domain>" HEAD TAIL, "DOCTYPE");
	is_none("<?xml version='1.0' encoding='utf-16le'?>" HEAD TAIL, "");
	is_none("<?xml version='1.0' encoding='koi8-r'?>" HEAD TAIL, "koi8-r");
	refused("<domain type='kvm'/>", "empty");
	is_none("<domain type='kvm' xmlns='x'><name/></domain>", "xmlns");
	not_done(XML_NO_DOMAIN, "vmx", utf16, sizeof(utf16), "zero bytes");
}

static void too_large(void **state)
{
	size_t size = XML_SIZE_MAX + 1;
	char *in = malloc(size);

	(void)state;
	assert_non_null(in);
	memset(in, ' ', size);
	not_done(XML_NO_DOMAIN, "vmx", in, size, "larger");
	free(in);
}

static void conflicts(void **state)
{
	(void)state;
	refused("<domain type='xen'><name/></domain>", "'xen'");
	refused("<domain type='qemu'><name/></domain>", "no VMX");
	refused(HEAD "<os><type arch='ppc64le'>hvm</type></os>" TAIL, "ppc64le");
	refused(HEAD "<cpu/><cpu/>" TAIL, "2 <cpu>");
	refused(HEAD "<cpu mode='turbo'/>" TAIL, "'turbo'");
	refused(HEAD "<cpu><model>EPYC-Milan</model></cpu>" TAIL, "AMD");
	refused(HEAD "<cpu><model>qemu64</model><vendor>AMD</vendor></cpu>" TAIL, "<vendor>");
	refused(HEAD "<cpu><feature name='aes'/></cpu>" TAIL, "no <model>");
	refused(HEAD "<cpu mode='host-model'>" REQUIRE REQUIRE "</cpu>" TAIL, "more than once");
	refused("<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name/>"
		"<q:commandline><q:arg value='-cpu'/></q:commandline></domain>",
		"-cpu");
}

/* The same for SVM. */
static void by_vendor(void **state)
{
	static const char intel[] = HEAD "<cpu><model>Haswell</model></cpu>" TAIL;
	static const char amd[] = HEAD "<cpu><model>EPYC</model></cpu>" TAIL;
	struct text out = { 0 }, why = { 0 };

	(void)state;
	refused_for("svm", intel, strlen(intel), "Intel");
	assert_int_equal(nested(amd, strlen(amd), "svm", &out, &why), XML_CHANGED);
	assert_contains(out.s, "<model>EPYC</model><feature policy='require' name='svm'/></cpu>");
	text_free(&out);
	text_free(&why);
}

/* Warnings, which do not prevent the change. */
static void notes(void **state)
{
	static const char running[] = "<domain id='3' type='kvm'><name>d</name></domain>";
	static const char emulated[] = "<domain type='qemu'><name>d</name></domain>";
	struct text out = { 0 }, why = { 0 };

	(void)state;
	assert_int_equal(nested(running, strlen(running), "svm", &out, &why), XML_CHANGED);
	assert_contains(why.s, "--inactive");
	text_free(&out);
	text_free(&why);
	assert_int_equal(nested(emulated, strlen(emulated), "svm", &out, &why), XML_CHANGED);
	assert_contains(why.s, "slowly");
	assert_contains(why.s, "/dev/kvm");
	assert_contains(out.s, "<cpu mode='maximum'/>");
	text_free(&out);
	text_free(&why);
}

#define DOMAIN(type, inside)	"<domain type='" type "'><name>d</name>" inside "</domain>"
#define KVM(inside)		DOMAIN("kvm", inside)
#define SECURE(attributes)	KVM("<launchSecurity " attributes "/>")
#define HYPERV(inside)		KVM("<features><hyperv>" inside "</hyperv></features>")
#define ON(name)		"<" name " state='on'/>"
#define DIRECT			"<stimer state='on'><direct state='on'/></stimer>"
#define CPU(attributes, inside) KVM("<cpu " attributes ">" inside "</cpu>")
#define MODEL(name, inside)	CPU("mode='custom'", "<model>" name "</model>" inside)
#define OFF(name)		"<feature policy='disable' name='" name "'/>"
#define NEEDED(name)		"<feature policy='require' name='" name "'/>"
#define ARGUMENTS(inside)                                                                        \
	"<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>d</name>" \
	"<q:commandline>" inside "</q:commandline></domain>"
#define ARG(value)     "<q:arg value='" value "'/>"
#define OWN_CPU(value) ARGUMENTS(ARG("-cpu") ARG(value))
#define WINDOWS                                                                           \
	"<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>" \
	"<l:os id='http://microsoft.com/win/11'/></l:libosinfo></metadata>"

struct said {
	const char *feature, *in, *word;
};

/* What a domain has outside of <cpu> and forbids nesting. */
static void forbidden(void **state)
{
	static const struct said rows[] = {
		{ "vmx", SECURE("type='tdx'"), "TDX module shows no VMX" },
		{ "svm", SECURE("type='tdx'"), "TDX module shows no VMX" },
		{ "svm", SECURE("type='sev'"), "an SEV guest" },
		{ "svm", SECURE("type='sev-snp'"), "an SEV-SNP guest" },
		{ "svm", SECURE("type='s390-pv'"), "s390x" },
		{ "vmx", SECURE("type='cca'"), "confidential" },
		{ "vmx", SECURE(""), "confidential" },
		/* Before any other reason. */
		{ "svm", DOMAIN("xen", "<launchSecurity type='sev'/>"), "an SEV guest" },
		{ "vmx", SECURE("type='tdx'/><cpu mode='turbo'"), "TDX" },
		{ "vmx", ARGUMENTS(ARG("-object") ARG("tdx-guest,id=tdx")), "TDX module" },
		{ "svm", ARGUMENTS(ARG("--object") ARG("sev-guest,id=s")), "an SEV guest" },
		{ "svm", ARGUMENTS(ARG("-object") ARG("{\"qom-type\":\"sev-snp-guest\"}")),
		  "an SEV-SNP guest" },
		{ "svm",
		  ARGUMENTS(ARG("-object") ARG("{\"id\":\"s\", \"qom-type\": \"sev-guest\"}")),
		  "an SEV guest" },
		{ "svm", ARGUMENTS(ARG("-object") ARG("id=s,qom-type=sev-guest")), "an SEV guest" },
		{ "vmx", DOMAIN("qemu", ""), "/dev/kvm" },
		{ "vmx", DOMAIN("qemu", ""), "type='kvm'" },
		{ "svm", DOMAIN("qemu", "<cpu mode='host-passthrough'/>"), "/dev/kvm" },
		{ "svm", DOMAIN("qemu", "<cpu mode='host-passthrough'/>"), "mode 'maximum'" },
		{ "vmx", DOMAIN("xen", ""), "nested HVM" },
		{ "vmx", DOMAIN("lxc", ""), "container" },
		{ "vmx", DOMAIN("hvf", ""), "Hypervisor.framework" },
		{ "vmx", DOMAIN("vbox", ""), "--for virtualbox" },
		{ "vmx", DOMAIN("bhyve", ""), "type='kvm'" },
		{ "vmx", KVM("<os><type arch='s390x' machine='s390-ccw-virtio'/></os>"), "s390x" },
		{ "vmx", KVM("<os><type machine='isapc'/></os>"), "32-bit" },
		{ "vmx", KVM("<os><type machine='xenfv-4.2'/></os>"), "Xen" },
		{ "svm", HYPERV(ON("vapic") ON("evmcs")), "for Intel" },
		{ "vmx", HYPERV(ON("evmcs")), "<vapic state='on'/>" },
		{ "vmx", OWN_CPU("Haswell"), "add +vmx" },
		{ "vmx", OWN_CPU("host,-vmx"), "add +vmx" },
		{ "vmx", OWN_CPU("host,vmx=off"), "add +vmx" },
		{ "vmx", OWN_CPU("host,+vmx,-vmx"), "add +vmx" },
		{ "vmx", OWN_CPU("EPYC,+svm"), "add +vmx" },
		{ "vmx", OWN_CPU("Haswell,+vmx-ept"), "add +vmx" },
		{ "vmx", OWN_CPU("Haswell,vmx-ept=on"), "add +vmx" },
		{ "vmx", ARGUMENTS(ARG("-cpu")), "add +vmx" },
		/* The last one counts. */
		{ "vmx", ARGUMENTS(ARG("-cpu") ARG("host") ARG("-cpu") ARG("Haswell")),
		  "add +vmx" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused_for(rows[i].feature, rows[i].in, strlen(rows[i].in), rows[i].word);
}

static size_t lines_said(const struct said *row, struct text *why)
{
	struct text out = { 0 };
	enum xml_result result = nested(row->in, strlen(row->in), row->feature, &out, why);
	size_t n = 1;

	if (result != XML_CHANGED && result != XML_UNCHANGED)
		fail_msg("refused: %s", why->s);
	for (const char *s = why->s; (s = strchr(s, '\n')); s++)
		n++;
	text_free(&out);
	return n;
}

/* Warnings: one line of its own each, and the domain is changed nevertheless. */
static void warned(void **state)
{
	static const struct said rows[] = {
		{ "vmx", CPU("mode='host-model' check='none'", ""), "check='partial'" },
		{ "vmx", CPU("mode='host-model'", "<feature policy='force' name='vmx'/>"),
		  "'require' refuses" },
		{ "svm", MODEL("kvm64", ""), "no NPT" },
		{ "svm", MODEL("Opteron_G3", ""), "no NPT" },
		{ "vmx", MODEL("core2duo", ""), "no EPT" },
		{ "vmx", MODEL("qemu64", ""), "no EPT" },
		{ "vmx", CPU("mode='host-passthrough'", OFF("vmx-ept")), "'vmx-ept'" },
		{ "vmx", CPU("mode='host-passthrough'", OFF("vmx-unrestricted-guest")), "slow" },
		{ "svm", CPU("mode='maximum'", OFF("npt")), "'npt'" },
		{ "svm", MODEL("EPYC", OFF("nx")), "'nx'" },
		{ "vmx", CPU("mode='host-passthrough'", "<maxphysaddr mode='emulate' bits='39'/>"),
		  "mode='passthrough'" },
		{ "svm", HYPERV(ON("relaxed")), "direct mode" },
		{ "svm", KVM(WINDOWS), "enlightenments" },
		{ "svm", KVM("<clock><timer name='hypervclock' present='yes'/></clock>"),
		  "--os windows" },
		{ "vmx", HYPERV(DIRECT), "'hle' and 'rtm'" },
		{ "vmx", KVM("<features><hyperv mode='passthrough'/></features>"), "TSX" },
		{ "vmx",
		  KVM("<features><hyperv>" DIRECT "</hyperv></features>"
		      "<cpu><model>Haswell</model>" OFF("hle") "</cpu>"),
		  "TSX" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text why = { 0 };

		assert_int_equal(lines_said(&rows[i], &why), 2);
		assert_contains(strchr(why.s, '\n'), rows[i].word);
		text_free(&why);
	}
}

/* Nothing to say: the reasons are in refuse.c. */
static void not_warned(void **state)
{
	static const struct {
		const char *feature, *in;
	} rows[] = {
		{ "vmx", KVM("<features><vmport state='on'/><smm state='on'/></features>") },
		{ "vmx", KVM("<features><kvm><hidden state='on'/></kvm></features>") },
		{ "vmx", KVM("<features><ioapic driver='qemu'/><pmu state='off'/></features>") },
		{ "vmx", KVM("<os><type machine='microvm'/></os>") },
		{ "vmx", KVM("<os><type arch='x86_64' machine='pc-i440fx-2.4'/></os>") },
		{ "vmx", CPU("mode='host-passthrough' migratable='off' check='none'", "") },
		{ "vmx", CPU("mode='host-passthrough' migratable='on'", OFF("hypervisor")) },
		{ "vmx", CPU("mode='maximum'", "") },
		{ "vmx", CPU("mode='host-model' check='partial'", "") },
		{ "vmx", CPU("mode='host-model' check='full'", OFF("vmx-vmfunc") OFF("npt")) },
		{ "svm", CPU("mode='host-model'", OFF("vmx-ept")) },
		{ "vmx", CPU("mode='host-passthrough'", "<maxphysaddr mode='passthrough'/>") },
		{ "svm", MODEL("kvm64", NEEDED("npt")) },
		{ "svm", MODEL("Opteron_G4", "") },
		{ "vmx", MODEL("Nehalem", "") },
		{ "svm", HYPERV(DIRECT) },
		{ "svm", HYPERV("<evmcs state='off'/>") },
		{ "svm", KVM("<features><hyperv mode='passthrough'/></features>") },
		{ "svm", KVM(WINDOWS "<features><hyperv mode='host-model'/></features>") },
		{ "vmx", KVM("<features><hyperv>" ON("vapic") ON("evmcs") DIRECT
			     "</hyperv></features>"
			     "<cpu mode='host-passthrough'>" OFF("hle") OFF("rtm") "</cpu>") },
		{ "vmx", KVM("<features><hyperv>" DIRECT "</hyperv></features>"
			     "<cpu><model>Skylake-Client-noTSX-IBRS</model></cpu>") },
		/* Elsewhere, it is another element. */
		{ "vmx", KVM("<metadata><launchSecurity type='tdx'/></metadata>") },
		{ "vmx", KVM("<x><features><hyperv>" ON("evmcs") "</hyperv></features></x>") },
		{ "vmx", KVM("<x><x><x><x><launchSecurity type='tdx'/></x></x></x></x>") },
		{ "vmx", ARGUMENTS(ARG("-name") ARG("tdx-guest")) },
		{ "vmx", ARGUMENTS(ARG("-object") ARG("memory-backend-ram,id=tdx-guest,size=1G")) },
		{ "vmx", ARGUMENTS(ARG("-object") ARG("rng-random,id=r,filename=/sev-guest")) },
		{ "svm", KVM("<clock><timer name='hypervclock' present='no'/></clock>") },
		{ "vmx", OWN_CPU("host") },
		{ "vmx", OWN_CPU("max,migratable=off") },
		{ "vmx", OWN_CPU("Haswell,+vmx") },
		{ "vmx", OWN_CPU("Haswell,vmx") },
		{ "vmx", OWN_CPU("Haswell,vmx=on") },
		{ "vmx", OWN_CPU("Haswell,vmx=off,+vmx") },
		{ "vmx", ARGUMENTS(ARG("--cpu") ARG("Haswell") ARG("-cpu") ARG("host")) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text why = { 0 };
		const struct said row = { rows[i].feature, rows[i].in, NULL };

		if (lines_said(&row, &why) != 1)
			fail_msg("%s: %s", rows[i].in, why.s);
		text_free(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cpu),    cmocka_unit_test(elsewhere),
		cmocka_unit_test(modes),     cmocka_unit_test(policies),
		cmocka_unit_test(no_domain), cmocka_unit_test(too_large),
		cmocka_unit_test(conflicts), cmocka_unit_test(by_vendor),
		cmocka_unit_test(notes),     cmocka_unit_test(forbidden),
		cmocka_unit_test(warned),    cmocka_unit_test(not_warned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
