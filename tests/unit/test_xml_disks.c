// SPDX-License-Identifier: GPL-2.0-only
/* The cache mode of a domain's disks: the exact bytes of the change, what is left, refusals. */
#include "machine.h"

#include <stdio.h>

#include "setup/xml/xml.h"

#define DOMAIN(devices) \
	"<domain type='kvm'>\n  <name>d</name>\n  <devices>\n" devices "  </devices>\n</domain>\n"
#define DISK(driver) "    <disk type='file'>\n      " driver "<target dev='vda'/>\n    </disk>\n"

/* in becomes want, with said in the message; a second run changes nothing. */
static void becomes(const char *mode, const char *in, const char *want, const char *said)
{
	struct text out = { 0 }, again = { 0 }, why = { 0 };
	enum xml_result result = xml_disk_cache(in, strlen(in), mode, &out, &why);

	if (result != XML_CHANGED && result != XML_UNCHANGED)
		fail_msg("refused: %s", why.s);
	assert_string_equal(out.s, want);
	assert_int_equal(result, strcmp(in, want) ? XML_CHANGED : XML_UNCHANGED);
	assert_contains(why.s, said);
	assert_int_equal(xml_disk_cache(out.s, out.len, mode, &again, &why), XML_UNCHANGED);
	assert_string_equal(again.s, want);
	text_free(&out);
	text_free(&again);
	text_free(&why);
}

static void stays(const char *mode, const char *in, const char *said)
{
	becomes(mode, in, in, said);
}

static void refused(const char *mode, const char *in, const char *said)
{
	struct text out = { 0 }, why = { 0 };

	assert_int_equal(xml_disk_cache(in, strlen(in), mode, &out, &why), XML_REFUSED);
	assert_contains(why.s, said);
	assert_int_equal(out.len, 0);
	text_free(&why);
}

static void every_mode(void **state)
{
	(void)state;
	for (const char *const *from = xml_cache_modes; *from; from++)
		for (const char *const *to = xml_cache_modes; *to; to++) {
			char in[512], want[512], said[64];

			snprintf(in, sizeof(in), DOMAIN(DISK("<driver cache='%s'/>")), *from);
			snprintf(want, sizeof(want), DOMAIN(DISK("<driver cache='%s'/>")), *to);
			snprintf(said, sizeof(said),
				 *from == *to ? "Already with cache mode" : ": vda (was '%s')",
				 *from);
			becomes(*to, in, want, said);
		}
}

static void the_driver(void **state)
{
	(void)state;
	becomes("none", DOMAIN(DISK("<driver name='qemu' type='qcow2'/>\n      ")),
		DOMAIN(DISK("<driver name='qemu' type='qcow2' cache='none'/>\n      ")),
		"vda (was 'default')");
	becomes("none", DOMAIN(DISK("<driver name=\"qemu\"\n  />")),
		DOMAIN(DISK("<driver name=\"qemu\" cache=\"none\"\n  />")), "vda");
	becomes("none", DOMAIN(DISK("<driver/>")), DOMAIN(DISK("<driver cache='none'/>")), "vda");
	becomes("none", DOMAIN(DISK("<driver name='qemu'><metadata_cache/></driver>")),
		DOMAIN(DISK("<driver name='qemu' cache='none'><metadata_cache/></driver>")), "vda");
	becomes("none", DOMAIN(DISK("<driver name='a>b' x=\"cache='unsafe'\" cache = 'unsafe' />")),
		DOMAIN(DISK("<driver name='a>b' x=\"cache='unsafe'\" cache = 'none' />")), "vda");
	/* Without <driver>, or with one after <target>. */
	becomes("none", DOMAIN(DISK("")),
		DOMAIN(DISK("<driver name='qemu' cache='none'/>\n      ")), "vda (was 'default')");
	becomes("none", DOMAIN("<disk type=\"file\"><!-- a --><target dev=\"vda\"/></disk>"),
		DOMAIN("<disk type=\"file\"><!-- a --><driver name=\"qemu\" cache=\"none\"/>"
		       "<target dev=\"vda\"/></disk>"),
		"vda");
	becomes("none", DOMAIN("<disk>\r\n\t<target dev='vda'/><driver/></disk>"),
		DOMAIN("<disk>\r\n\t<target dev='vda'/><driver cache='none'/></disk>"), "vda");
	becomes("unsafe", DOMAIN("<disk>\r\n\t<target dev='vda'/></disk>"),
		DOMAIN("<disk>\r\n\t<driver name='qemu' cache='unsafe'/>\r\n\t"
		       "<target dev='vda'/></disk>"),
		"may be damaged");
	stays("default", DOMAIN(DISK("<driver/>")), "Already with cache mode");
	stays("default", DOMAIN(DISK("")), "Already with cache mode");
	/* An entity is what libvirt reads, too. */
	stays("none", DOMAIN(DISK("<driver cache='n&#111;ne'/>")), "Already with cache mode");
}

static void several(void **state)
{
	(void)state;
	becomes("none",
		DOMAIN("<disk><driver cache='none'/><target dev='sda'/></disk>"
		       "<disk device='cdrom'><driver cache='unsafe'/><target dev='sdb'/></disk>"
		       "<disk device='disk'><driver cache='unsafe'/><target dev='sdc'/></disk>"
		       "<disk><target dev='sdd'/></disk>"),
		DOMAIN("<disk><driver cache='none'/><target dev='sda'/></disk>"
		       "<disk device='cdrom'><driver cache='unsafe'/><target dev='sdb'/></disk>"
		       "<disk device='disk'><driver cache='none'/><target dev='sdc'/></disk>"
		       "<disk><driver name='qemu' cache='none'/><target dev='sdd'/></disk>"),
		"Now with cache mode 'none': sdc (was 'unsafe'), sdd (was 'default'). "
		"Already with cache mode 'none': sda. The file system");
}

static void left(void **state)
{
	(void)state;
	stays("none", DOMAIN(""), "no disk");
	for (const char *const *d = (const char *const[]){ "cdrom", "floppy", "lun", NULL }; *d;
	     d++) {
		char in[512];

		snprintf(in, sizeof(in),
			 DOMAIN("<disk device='%s'><driver cache='unsafe'/><target dev='sda'/>"
				"</disk>"),
			 *d);
		stays("none", in, "no disk");
	}
	stays("none",
	      DOMAIN("<disk type='vhostuser'><driver name='qemu'/><target dev='vda'/></disk>"),
	      "Not changed, because QEMU does not cache it: vda.");
	/* None of these is a disk, or its driver. */
	stays("none", DOMAIN("<interface><driver/><target dev='vnet0'/></interface>"), "no disk");
	stays("none", DOMAIN("<x><disk><driver/><target dev='a'/></disk></x>"), "no disk");
	stays("none", DOMAIN("<disk xmlns='urn:x'><driver/><target dev='a'/></disk>"), "no disk");
	stays("none", "<domain><metadata><disk><driver/></disk></metadata></domain>", "no disk");
	stays("none", "<domain><x><devices><disk><driver/></disk></devices></x></domain>",
	      "no disk");
	becomes("none",
		DOMAIN(DISK("<driver cache='unsafe'/><mirror><driver cache='unsafe'/></mirror>")),
		DOMAIN(DISK("<driver cache='none'/><mirror><driver cache='unsafe'/></mirror>")),
		"vda");
}

static void refusals(void **state)
{
	(void)state;
	refused("none", DOMAIN("<disk><driver/></disk>"), "<target");
	refused("none", DOMAIN("<disk/>"), "<target");
	refused("none", DOMAIN(DISK("<driver/><driver/>")), "2 <driver>");
	for (const char *const *mode = xml_cache_modes; *mode; mode++) {
		const char *in = DOMAIN(DISK("<driver io='native' cache='none'/>"));

		if (!strcmp(*mode, "none"))
			stays(*mode, in, "Already");
		else if (!strcmp(*mode, "directsync"))
			becomes(*mode, in, DOMAIN(DISK("<driver io='native' cache='directsync'/>")),
				"O_DIRECT");
		else
			refused(*mode, in, "io='native'");
	}
	/* What comes before a refusal is not printed either. */
	refused("none", DOMAIN(DISK("<driver/>") "<disk/>"), "<target");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mode), cmocka_unit_test(the_driver),
		cmocka_unit_test(several),    cmocka_unit_test(left),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
