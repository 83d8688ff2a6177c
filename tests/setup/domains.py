#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Realistic domains: name, the expected answer of setup xml, and the text.

An answer is add (no <cpu>), mode, feature, policy, same, or a word of the refusal. As a program it
writes them into a folder, as the fuzzer's seeds.
"""

import pathlib
import sys

BODY = """\
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
  </os>
  <features>
    <acpi/>
  </features>
"""


def domain(cpu, name="d", kind="kvm", more="", attributes=""):
    """A domain with these lines in place of <cpu>."""
    return (f"<domain type='{kind}'{attributes}>\n  <name>{name}</name>\n{BODY}{cpu}"
            f"  <clock offset='utc'/>\n{more}</domain>\n")


QEMU = " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
METADATA = """\
  <metadata>
    <app:note xmlns:app='http://example.org/app'>
      <cpu mode='custom'><feature name='svm'/></cpu>
    </app:note>
  </metadata>
"""
COMMANDLINE = """\
  <qemu:commandline>
    <qemu:arg value='-fw_cfg'/>
    <qemu:arg value='name=opt/x,string=-cpu host'/>
  </qemu:commandline>
"""
OWN_CPU = COMMANDLINE.replace("-fw_cfg", "-cpu")
NUMA = """\
  <cpu mode='host-model' check='partial'>
    <topology sockets='1' dies='1' cores='2' threads='1'/>
    <numa>
      <cell id='0' cpus='0-1' memory='524288' unit='KiB'/>
    </numa>
  </cpu>
"""
CUSTOM = """\
  <cpu mode='custom' match='exact'>
    <model fallback='allow'>EPYC</model>
    <vendor>AMD</vendor>
    <feature policy='require' name='x2apic'/>
    <feature policy='disable' name='monitor'/>
  </cpu>
"""


def custom(policy):
    return CUSTOM.replace("'disable' name='monitor'", f"'{policy}' name='svm'")


# Accepted: name, answer, text.
DOMAINS = [
    ("no-cpu", "add", domain("")),
    ("passthrough", "same",
     domain("  <cpu mode='host-passthrough' check='none' migratable='on'/>\n")),
    ("maximum", "same", domain("  <cpu mode='maximum'/>\n")),
    ("host-model-empty", "feature", domain("  <cpu mode='host-model'/>\n")),
    ("host-model-blank", "feature", domain("  <cpu mode='host-model' check='partial' />\n")),
    ("host-model-open", "feature", domain("  <cpu mode='host-model'></cpu>\n")),
    ("host-model-lines", "feature", domain("  <cpu mode='host-model'>\n  </cpu>\n")),
    ("host-model-comment", "feature",
     domain("  <cpu mode='host-model'> <!-- as the host -->\n"
            "    <!-- nothing else -->\n  </cpu>\n")),
    ("empty-cpu", "mode", domain("  <cpu/>\n")),
    ("cpu-topology", "mode",
     domain("  <cpu>\n    <topology sockets='1' dies='1' cores='2' threads='1'/>\n  </cpu>\n")),
    ("numa", "feature", domain(NUMA)),
    ("custom", "feature", domain(CUSTOM)),
    ("custom-no-mode", "feature",
     domain("  <cpu match='exact'>\n    <model>Opteron_G3</model>\n  </cpu>\n")),
    ("custom-one-line", "feature", domain("  <cpu match='exact'><model>EPYC</model></cpu>\n")),
    ("custom-cdata", "feature",
     domain("  <cpu mode='custom'>\n    <model><![CDATA[EPYC-Rome]]></model>\n  </cpu>\n")),
    ("custom-required", "same", domain(custom("require"))),
    ("custom-forced", "same", domain(custom("force"))),
    ("custom-disabled", "policy", domain(custom("disable"))),
    ("custom-forbidden", "policy", domain(custom("forbid"))),
    ("custom-optional", "policy", domain(custom("optional"))),
    ("passthrough-disabled", "policy",
     domain("  <cpu mode='host-passthrough'>\n"
            "    <feature policy='disable' name='svm'/>\n  </cpu>\n")),
    ("order-of-attributes", "policy",
     domain("  <cpu mode = \"host-model\" >\n    <feature\n      name = \"svm\"\n"
            "      policy = \"forbid\"\n    />\n  </cpu>\n")),
    ("comments", "feature",
     "<?xml version='1.0' encoding='utf-8'?>\n<!-- <domain><cpu/></domain> -->\n"
     + domain("  <!-- <cpu mode='host-passthrough'/> -->\n  <cpu mode='host-model'>\n"
              "    <!-- <feature policy='require' name='svm'/> -->\n"
              "    <feature policy='disable' name='hle'/>  <!-- slow -->\n  </cpu>\n")
     + "<!-- the end: </domain> -->\n"),
    ("metadata", "add", domain("", more=METADATA)),
    ("cputune", "add",
     domain("", more="  <cputune>\n    <vcpupin vcpu='0' cpuset='0'/>\n  </cputune>\n")),
    ("commandline", "add", domain("", more=COMMANDLINE, attributes=QEMU)),
    ("other-prefix", "feature",
     domain("  <cpu mode='host-model'/>\n", more=COMMANDLINE, attributes=QEMU)
     .replace("qemu:", "q:").replace("xmlns:qemu", "xmlns:q")),
    ("double-quotes", "add", domain("").replace("'", '"')),
    ("tabs", "feature", domain(NUMA).replace("  ", "\t")),
    ("crlf", "feature", domain(CUSTOM).replace("\n", "\r\n")),
    ("crlf-no-cpu", "add", domain("").replace("\n", "\r\n")),
    ("one-line", "add", domain("").replace("\n", "").replace("  ", "")),
    ("one-line-cpu", "feature", domain(NUMA).replace("\n", "").replace("  ", "")),
    ("odd-indentation", "feature",
     domain("         <cpu\n   mode='host-model'\n check='partial'>\n"
            "  <topology sockets='1' dies='1' cores='2' threads='1'/>\n </cpu>\n")),
    ("no-last-newline", "add", domain("").rstrip("\n")),
    ("umlauts", "feature",
     "<?xml version='1.0' encoding='UTF-8'?>\n"
     + domain("  <cpu mode='host-model'/>\n",
              more="  <description>Prüfstand für zażółć 𝄞</description>\n")),
    ("byte-order-mark", "add", "\ufeff" + domain("")),
    ("emulated", "add", domain("", kind="qemu")),
]

# Refused: name, a word of the reason, feature, text.
# Of the refused: a bad file (status 4), not a domain that cannot nest as it is (status 1).
NO_DOMAIN = set(
    "network snapshot two no-xml nothing not-closed doctype entity undefined-entity no-type "
    "name-space utf-16 latin-9".split()
)

REFUSED = [
    ("network", "<network>", "svm", "<network><name>n</name></network>\n"),
    ("snapshot", "<domainsnapshot>", "svm",
     "<domainsnapshot>" + domain("") + "</domainsnapshot>\n"),
    ("two", "one domain at a time", "svm", domain("") + domain("")),
    ("no-xml", "Line 1", "svm", "a domain\n"),
    ("nothing", "Line 1", "svm", ""),
    ("not-closed", "Line 13, column 3", "svm", domain("").replace("</domain>", "</domains>")
     .replace("  <clock offset='utc'/>\n", "  <clock offset='utc'/>\n\n")),
    ("doctype", "DOCTYPE", "svm", "<!DOCTYPE domain SYSTEM 'x'>\n" + domain("")),
    ("entity", "DOCTYPE", "svm", "<!DOCTYPE domain [<!ENTITY a 'b'>]>\n" + domain("")),
    ("undefined-entity", "Line 2", "svm", domain("", name="&a;")),
    ("xen", "'xen'", "svm", domain("", kind="xen")),
    ("lxc", "'lxc'", "svm", domain("", kind="lxc")),
    ("no-type", "no type", "svm", domain("").replace(" type='kvm'", "")),
    ("emulated-vmx", "no VMX", "vmx", domain("", kind="qemu")),
    ("aarch64", "aarch64", "svm", domain("").replace("x86_64", "aarch64")),
    ("two-cpus", "2 <cpu>", "svm", domain("  <cpu mode='host-model'/>\n  <cpu/>\n")),
    ("twice", "more than once", "svm",
     domain(CUSTOM.replace("monitor", "svm").replace("x2apic", "svm"))),
    ("features-alone", "no <model>", "svm",
     domain("  <cpu>\n    <feature policy='require' name='x2apic'/>\n  </cpu>\n")),
    ("epyc-vmx", "EPYC", "vmx", domain(CUSTOM)),
    ("haswell-svm", "Haswell", "svm", domain(CUSTOM.replace("EPYC", "Haswell"))),
    ("vendor-intel", "<vendor>", "svm",
     domain(CUSTOM.replace("EPYC", "qemu64").replace("AMD", "Intel"))),
    ("vendor-amd", "<vendor>", "vmx", domain(CUSTOM.replace("EPYC", "qemu64"))),
    ("unknown-mode", "'host'", "svm", domain("  <cpu mode='host'/>\n")),
    ("unknown-policy", "'allow'", "svm", domain(custom("allow"))),
    ("own-cpu", "-cpu", "svm", domain("", more=OWN_CPU, attributes=QEMU)),
    ("name-space", "xmlns", "svm", domain("", attributes=" xmlns='http://example.org/'")),
    ("utf-16", "zero bytes", "svm", domain("").encode("utf-16")),
    ("latin-9", "iso-8859-15", "svm",
     "<?xml version='1.0' encoding='iso-8859-15'?>\n" + domain("")),
    ("emulated-passthrough", "KVM", "svm",
     domain("  <cpu mode='host-passthrough'/>\n", kind="qemu")),
]


WINDOWS = """\
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://microsoft.com/win/11"/>
    </libosinfo:libosinfo>
  </metadata>
"""
PASSTHROUGH = "  <cpu mode='host-passthrough'/>\n"
NO_TSX = """\
  <cpu mode='host-passthrough'>
    <feature policy='disable' name='hle'/>
    <feature policy='disable' name='rtm'/>
  </cpu>
"""
DIRECT = "<stimer state='on'>\n        <direct state='on'/>\n      </stimer>"


def featured(inside, cpu=PASSTHROUGH, **words):
    """A domain with this below <features>."""
    return domain(cpu, **words).replace("    <acpi/>\n", f"    <acpi/>\n{inside}")


def hyperv(*states, cpu=PASSTHROUGH):
    inside = "".join(f"      {s if '<' in s else f'<{s}/>'}\n" for s in states)
    return featured(f"    <hyperv>\n{inside}    </hyperv>\n", cpu)


def on(name):
    return f"{name} state='on'"


def own_cpu(value):
    return domain(PASSTHROUGH, more=OWN_CPU.replace("name=opt/x,string=-cpu host", value),
                  attributes=QEMU)


# Accepted, with warnings: name, a word of each, feature, text.
WARNED = [
    ("unchecked", ["check='partial'"], "vmx", domain("  <cpu mode='host-model' check='none'/>\n")),
    ("forced", ["'require' refuses"], "svm", domain(custom("force"))),
    ("kvm64", ["no NPT"], "svm", domain(CUSTOM.replace("EPYC", "kvm64"))),
    ("no-npt", ["'npt'"], "svm", domain(CUSTOM.replace("monitor", "npt"))),
    ("phys-bits", ["mode='passthrough'"], "vmx",
     domain("  <cpu mode='host-passthrough'>\n    <maxphysaddr mode='emulate' bits='39'/>\n"
            "  </cpu>\n")),
    ("emulated-by-accident", ["/dev/kvm"], "svm", domain("", kind="qemu")),
    ("windows-bare", ["--os windows", "TSX"], "vmx", domain(PASSTHROUGH, more=WINDOWS)),
    ("windows-virt-install", ["direct mode", "TSX"], "vmx",
     hyperv(on("relaxed"), on("vapic"), "spinlocks state='on' retries='8191'")),
    ("windows-amd", ["direct mode"], "svm", hyperv(on("relaxed"), on("vapic"))),
    # Nothing to say of these.
    ("windows-complete", [], "vmx",
     hyperv(on("vapic"), on("vpindex"), on("synic"), DIRECT, on("evmcs"), cpu=NO_TSX)),
    ("windows-passthrough", [], "svm", featured("    <hyperv mode='passthrough'/>\n")),
    ("vmport", [], "vmx", featured("    <vmport state='on'/>\n")),
    ("hidden", [], "vmx", featured("    <kvm>\n      <hidden state='on'/>\n    </kvm>\n")),
    ("split-irqchip", [], "vmx", featured("    <ioapic driver='qemu'/>\n")),
    ("own-cpu-host", [], "vmx", own_cpu("host,migratable=off")),
    ("own-cpu-required", [], "vmx", own_cpu("Haswell,+vmx")),
]


def secured(kind, inside=""):
    element = f"  <launchSecurity type='{kind}'>{inside}</launchSecurity>\n"
    return domain(PASSTHROUGH, more=element)


REFUSED += [
    ("tdx", "TDX", "vmx", secured("tdx", "<policy>0x10000000</policy>")),
    ("sev", "SEV", "svm", secured("sev", "<policy>0x0003</policy>")),
    ("sev-snp", "SEV-SNP", "svm", secured("sev-snp", "<policy>0x30000</policy>")),
    ("s390-pv", "s390x", "vmx",
     secured("s390-pv").replace("x86_64", "s390x").replace("'pc'", "'s390-ccw-virtio'")),
    ("tdx-argument", "TDX", "vmx",
     own_cpu("host").replace("-cpu", "-object").replace("'host'", "'tdx-guest,id=tdx0'")),
    ("isapc", "32-bit", "svm", domain("").replace("'pc'", "'isapc'")),
    ("evmcs-amd", "for Intel", "svm", hyperv(on("vapic"), on("evmcs"))),
    ("evmcs-alone", "<vapic", "vmx", hyperv(on("evmcs"))),
    ("own-cpu-off", "-cpu", "vmx", own_cpu("host,-vmx")),
    ("emulated-fallback", "/dev/kvm", "vmx", domain(PASSTHROUGH, kind="qemu")),
]


def main(folder):
    for row in DOMAINS + REFUSED + WARNED:
        data = row[-1] if isinstance(row[-1], bytes) else row[-1].encode()
        (pathlib.Path(folder) / f"{row[0]}.xml").write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: domains.py FOLDER")
    main(sys.argv[1])
