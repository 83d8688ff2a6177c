# SPDX-License-Identifier: GPL-2.0-only
"""Facts of CPUs that have exactly one of libvirt's models, made from libvirt's own cpu_map."""

import pathlib
import re
import xml.etree.ElementTree as ET

CPU_MAP = pathlib.Path("/usr/share/libvirt/cpu_map")
# The version of libvirt that cpu_feature.c has the names of: later ones add to them.
NAMES_FROM = (9, 0)
REGISTERS = ("eax", "ebx", "ecx", "edx")
# The vendor strings of CPUID leaf 0, as in the three registers.
VENDORS = {"Intel": b"GenuineIntel", "AMD": b"AuthenticAMD", "Hygon": b"HygonGenuine"}


def features():
    """{name: [(leaf, subleaf, register, bits)]}; None for a feature in an MSR."""
    result = {}
    for feature in ET.parse(CPU_MAP / "x86_features.xml").getroot():
        bits = []
        for cpuid in feature.findall("cpuid"):
            leaf, subleaf = int(cpuid.get("eax_in"), 16), int(cpuid.get("ecx_in", "0"), 16)
            bits += [(leaf, subleaf, r, int(cpuid.get(r), 16)) for r in REGISTERS if cpuid.get(r)]
        result[feature.get("name")] = None if feature.find("msr") is not None else bits
    return result


def model(name):
    """(vendor, its features, features that it lacks in some version of libvirt)."""
    tree = ET.parse(CPU_MAP / f"x86_{name}.xml").getroot().find("model")
    vendor, has, had = None, set(), set()
    for base in tree.findall("model"):
        vendor, has, had = model(base.get("name"))
    if tree.find("vendor") is not None:
        vendor = tree.find("vendor").get("name")
    for feature in tree.findall("feature"):
        changed = feature.get("removed") == "yes" or feature.get("added") == "yes"
        (had if changed else has).add(feature.get("name"))
    return vendor, has, had


def masks(names, known):
    """{(leaf, subleaf, register): bits}, without features in MSRs."""
    result = {}
    for name in names:
        for leaf, subleaf, register, bits in known[name] or ():
            key = (leaf, subleaf, register)
            result[key] = result.get(key, 0) | bits
    return result


def table(source):
    """The rows of tools/setup/guest/cpu_model.c: {name: {(leaf, subleaf, register): bits}}"""
    text = source.read_text()
    columns = [
        (int(leaf, 16), int(subleaf), register.lower())
        for leaf, subleaf, register in re.findall(
            r"\{ (0x[0-9a-f]+), (\d), CPU_MODEL_(E[A-D]X) \}", text
        )
    ]
    rows = {}
    for name, numbers in re.findall(r'\{ "([^"]+)", VENDOR_\w+,\s+\{([^}]+)\}', text):
        values = [int(n, 16) for n in re.findall(r"0x[0-9a-f]+", numbers)]
        assert len(values) == len(columns) == 12, name
        rows[name] = {c: v for c, v in zip(columns, values) if v}
    return rows


def names(source):
    """The names of cpu_feature.c: {(leaf, subleaf, register): {bit: name}}"""
    columns = re.findall(
        r"\{ (0x[0-9a-f]+), (\d), CPU_MODEL_(E[A-D]X) \}",
        source.with_name("cpu_model.c").read_text(),
    )
    text = source.read_text()
    body = re.search(r"names\[CPU_MODEL_REGISTERS\] = \{(.*?)\n\};", text, re.DOTALL)[1]
    strings = ["".join(re.findall(r'"([^"]*)"', row)) for row in re.split(r'(?<="),\n', body)]
    strings = [row for row in strings if row]
    assert len(strings) == len(columns) == 12, strings
    return {
        (int(leaf, 16), int(subleaf), register.lower()): {
            1 << bit: name for bit, name in enumerate(row.split(",")) if name
        }
        for (leaf, subleaf, register), row in zip(columns, strings)
    }


def facts(vendor, names, known):
    """A facts document of one CPU with these features, with VMX or SVM, EPT or NPT, nesting on."""
    bits = masks(names, known)
    intel = vendor == "Intel"
    at = (1, 0, "ecx") if intel else (0x80000001, 0, "ecx")
    bits[at] = bits.get(at, 0) | (1 << 5 if intel else 1 << 2)
    if not intel:
        bits[0x8000000A, 0, "edx"] = bits.get((0x8000000A, 0, "edx"), 0) | 0x1BCFF
    string = VENDORS[vendor]
    words = {"eax": 0xD}
    for register, at in (("ebx", 0), ("edx", 4), ("ecx", 8)):
        words[register] = int.from_bytes(string[at : at + 4], "little")
    leaves = {(0, 0): words, (0x80000000, 0): {"eax": 0x8000001F}, (1, 0): {}, (7, 0): {}}
    for (leaf, subleaf, register), value in bits.items():
        leaves.setdefault((leaf, subleaf), {})[register] = value
    leaves[1, 0]["eax"] = 0x000306C3 if intel else 0x00800F11
    msr = {
        "0x0000003a": 5,
        "0x00000480": 0x00DA040000000012,
        "0x00000481": 0x0000007F00000016,
        "0x00000482": 0xFFF9FFFE0401E172,
        "0x00000485": 0x300481E5,
        "0x0000048b": 0x00007CFF00000000,
        "0x0000048c": 0x00000F0106334141,
    }
    return {
        "schema": "nestcheck.facts/1",
        "access": {"msr": "ok"},
        "cpus": [
            {
                "id": 0,
                "cpuid": {
                    f"0x{leaf:08x}:{subleaf}": " ".join(f"0x{r.get(k, 0):08x}" for k in REGISTERS)
                    for (leaf, subleaf), r in sorted(leaves.items())
                },
                "msr": {k: f"0x{v:016x}" for k, v in (msr if intel else {"0xc0010114": 8}).items()},
            }
        ],
    }
