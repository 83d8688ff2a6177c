# SPDX-License-Identifier: GPL-2.0-only
"""Recordings of CPU generations (tests/expect/decoder/generations.toml)."""

import tomllib

from lib import tables
from lib.places import EXPECT

PIN, PROC, MISC, PROC2, EPT_CAP = 0x481, 0x482, 0x485, 0x48B, 0x48C
FEAT_CTL, VM_CR = 0x3A, 0xC0010114

# The keys of a row; the registers of VMX and of the firmware's lock by name.
ROW_KEYS = {"vendor", "signature", "codename", "nx", "vmx", "svm", "svm_edx"}
ROW_KEYS |= {"yes", "unknown", "verdict", "extended"}
ROW_KEYS |= {"pin", "proc", "proc2", "misc", "ept_cap", "feat_ctl", "vm_cr"}


def rows():
    """{name: row}."""
    return tomllib.loads((EXPECT / "decoder" / "generations.toml").read_text(encoding="utf-8"))


def words(*registers):
    return " ".join(f"0x{r:08x}" for r in registers)


def vendor_leaf(name, last):
    b, d, c = (int.from_bytes(name[i : i + 4].encode(), "little") for i in (0, 4, 8))
    return words(last, b, c, d)


def mask(bits):
    return sum(1 << b for b in bits)


def generation(row):
    """A recording of one row of generations.toml."""
    tables.check_keys(row, ROW_KEYS, "generations.toml")
    nx = row.get("nx", True)
    svm = row.get("svm", False)
    ecx, edx = mask([0, 13] + [5] * row.get("vmx", False)), mask([0, 4, 5, 6, 15, 16, 24, 25, 26])
    last = 0x8000000A if svm else 0x80000008
    cpuid = {
        "0x00000000:0": vendor_leaf(row["vendor"], 0xD),
        "0x00000001:0": words(row["signature"], 0x00100800, ecx, edx),
        "0x80000000:0": words(last, 0, 0, 0),
        "0x80000001:0": words(0, 0, 4 if svm else 0, 1 << 29 | nx << 20),
    }
    if not row.get("extended", True):
        del cpuid["0x80000000:0"], cpuid["0x80000001:0"]
    if svm:
        cpuid["0x8000000a:0"] = words(1, 64, 0, mask(row["svm_edx"]))
    msr = {}
    for name, index, shift, fixed in (
        ("pin", PIN, 32, 0x16),
        ("proc", PROC, 32, 0x401E172 | 0x21998E8C << 32),
        ("proc2", PROC2, 32, 0),
        ("misc", MISC, 0, 0),
        ("ept_cap", EPT_CAP, 0, 0),
    ):
        if name in row:
            msr[f"0x{index:08x}"] = f"0x{mask(row[name]) << shift | fixed:016x}"
    for name, index in (("feat_ctl", FEAT_CTL), ("vm_cr", VM_CR)):
        if name in row:
            msr[f"0x{index:08x}"] = f"0x{row[name]:016x}"
    return {"schema": "nestcheck.facts/1", "cpus": [{"id": 0, "cpuid": cpuid, "msr": msr}]}
