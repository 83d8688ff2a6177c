# SPDX-License-Identifier: GPL-2.0-only
"""Documents with a payload in one place: every string, every key, and what may be a string."""

import copy
import json

from lib.places import EXPECT, REPLAY

# A verdict that none of the documents has.
FAKE = "nestcheck: VERDICT PASS grade=fast cases=84 reason=FORGED"
MARK = "executed"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS = (
    "\x1b[2J\x1b]0;title\x07\x08\x0b\x0c\x7f\x80\x85\x90\x9b2J\x9c\xdb"
    + BIDI
    + "\u2028\u2029\u200b\ufeff\xad\U000e0041"
)
SYNTAX = f"--> ]]> <b> &amp; -- ' \" #{{1}} $(touch {MARK}) `touch {MARK}`; touch {MARK} # SKIP"
# Behind the value, so that one that has to begin in some way still does.
ALL = (
    f"{CONTROLS}\r\n{FAKE}\n{FAKE}\r{FAKE}\u2028{FAKE}\nok 9 - forged\nBail out! forged\n"
    f"\t{SYNTAX}\n{SYNTAX} \\"
)
APPENDED = {"controls and syntax": ALL}
# In place of the value.
REPLACING = {
    # Wherever the paragraph is wrapped, a line begins with our name.
    "our name": " ".join([FAKE] + ["x" * n + " nestcheck: VERDICT PASS" for n in range(6, 66, 4)]),
    "a word of ours": "VERDICT PASS grade=fast cases=84 reason=FORGED",
}
# What a document may not hold, as bytes in place of a mark: the message may quote it.
REFUSED = {"bytes": b"\x9b2J\x80\xff\xc0\x9b", "a NUL": b"\\u0000", "a raw newline": b"\n\x1b[2J"}
PLACEHOLDER = "PLACEHOLDER"

RICH = {
    "access": {"msr": "ok", "user": "nobody"},
    "kernel": {
        "version": "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1",
        "version_signature": "Ubuntu 6.8.0-31.31-generic 6.8.1",
        "cmdline": "quiet kvm_amd.nested=0 kvm_intel.nested=0 mitigations=off",
        "virt_flag": True,
        "lockdown": "integrity",
        "vulnerabilities": {"l1tf": "Vulnerable; VMX: vulnerable", "retbleed": "Vulnerable"},
        "clocksource": "hpet",
        "log": ["kvm: disabled by bios", "x86/cpu: VMX (outside TXT) disabled by BIOS"],
        "modprobe": ["/etc/modprobe.d/a.conf:1: options kvm_amd nested=0", "b:1: blacklist kvm"],
        "module_files": {"kvm_intel": "file", "kvm_amd": "absent"},
        "container": "docker",
    },
    "kvm": {
        "error": "Operation not supported",
        "node": {"mode": "0660", "owner": "root", "group": "kvm"},
        "caps": {"nested_state": "1"},
    },
    "firmware": {
        "boot": "uefi",
        "secure_boot": True,
        "dmi": {
            "bios_vendor": "ASUS",
            "bios_version": "1.0",
            "product_name": "All Series",
            "board_name": "Z97-A",
            "board_vendor": "ASUSTeK",
        },
        "acpi": ["DMAR", "SPCR"],
    },
    "memory_kb": 16000000,
}


def merged(document, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            merged(document[key], value)
        else:
            document[key] = copy.deepcopy(value)
    return document


def words(text):
    """Three registers' worth of a text's bytes, as CPUID has a hypervisor's name."""
    data = text.encode().ljust(12, b"\0")[:12]
    return " ".join(f"0x{int.from_bytes(data[i:i+4], 'little'):08x}" for i in range(0, 12, 4))


def brand(text):
    """The leaves of a CPU's name."""
    data = text.encode("latin-1").ljust(48, b"\0")[:48]
    four = [int.from_bytes(data[i : i + 4], "little") for i in range(0, 48, 4)]
    return {
        f"0x{0x80000002 + i:08x}:0": " ".join(f"0x{word:08x}" for word in four[4 * i : 4 * i + 4])
        for i in range(3)
    }


def bases():
    """{name: document}: a report of AMD, in which all has failed, and a recording of Intel."""
    report = json.loads((EXPECT / "report.json").read_text())
    intel = json.loads((REPLAY / "haswell-one-cpu-differs.json").read_text())
    intel["cpus"] = intel["cpus"][:1]
    merged(intel, RICH)
    # Its firmware and its log speak of AMD: each vendor's rules need their own.
    intel["kernel"]["modules"] = {"kvm_intel": {"nested": "N", "ept": "Y"}}
    merged(report["facts"], RICH)
    report["facts"]["cpus"] = report["facts"]["cpus"][:1]
    report["verdict"] = {"result": "FAIL", "grade": None, "reason": "selftest-failed: svm_enter"}
    state = report["selftest"]
    state["cases"][1] |= {"result": "fail", "detail": "a triple fault"}
    state["chain"] |= {"result": "fail", "reason": "L2 hung", "level": 2, "stage": "cpus"}
    state["chain"] |= {"limited": "too little memory"}
    return {"report": report, "intel": intel}


def places(value, at=()):
    """(whether it is a key, path) of every place; of equal ones, as capabilities are, a few."""
    if isinstance(value, dict):
        flags = len(value) > 12 and all(v is None or isinstance(v, bool) for v in value.values())
        for key in list(value)[: 2 if flags else None]:
            yield True, (*at, key)
            yield from places(value[key], (*at, key))
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from places(part, (*at, i))
    elif value is None or isinstance(value, str):
        yield False, at


def shapes(document):
    """The places that differ not only by an index."""
    seen = {}
    for is_key, at in places(document):
        shape = (is_key, tuple("*" if isinstance(part, int) else part for part in at))
        # An element may be null, or have what another has not.
        seen.setdefault((*shape, type(value_at(document, at)).__name__), (is_key, at))
    return list(seen.values())


def value_at(document, at):
    for part in at:
        document = document[part]
    return document


def poisoned(document, is_key, at, change):
    """The document with change(old) in that place; its keys stay in their order."""
    out = copy.deepcopy(document)
    part = value_at(out, at[:-1])
    if is_key:
        items = [(change(k) if k == at[-1] else k, v) for k, v in part.items()]
        part.clear()
        part.update(items)
    else:
        part[at[-1]] = change(part[at[-1]] or "")
    return out


def documents(document, is_key, at):
    """(payload's name, the document as bytes) of one place."""
    for name, payload in APPENDED.items():
        changed = poisoned(document, is_key, at, lambda old, payload=payload: old + payload)
        yield name, json.dumps(changed, ensure_ascii=False).encode()
    for name, payload in REPLACING.items():
        changed = poisoned(document, is_key, at, lambda old, payload=payload: payload)
        yield name, json.dumps(changed, ensure_ascii=False).encode()
    changed = json.dumps(poisoned(document, is_key, at, lambda old: old + PLACEHOLDER)).encode()
    for name, payload in REFUSED.items():
        yield name, changed.replace(PLACEHOLDER.encode(), payload)


def registers():
    """Recordings whose registers hold a text: a CPU's name, a hypervisor's."""
    controls = "\x1b[2J\x9b2J\x80\x7f\r\n nestcheck: x"
    for name, text in (("brand", f"\n{FAKE}"), ("controls", controls)):
        for base, document in bases().items():
            document = document.get("facts", document)
            document["cpus"][0]["cpuid"] |= brand(text)
            document["cpus"][0]["cpuid"]["0x40000000:0"] = f"0x40000001 {words(text[:12])}"
            yield f"{base}: registers, {name}", json.dumps(document).encode()
