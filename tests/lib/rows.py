# SPDX-License-Identifier: GPL-2.0-only
"""The rows of tests/expect/*.toml: which machine to start, how, and what has to come of it.

A row that names a key this file does not know is an error: a misspelt expectation would
otherwise be one that is never checked.
"""

import dataclasses
import pathlib

from lib import tables

EMULATORS = ("qemu", "bochs")
MEDIA = ("cd", "usb", "disk", "pxe", "ipxe", "kernel")
FIRMWARE = ("bios", "uefi")
MACHINES = ("pc", "q35")


@dataclasses.dataclass(frozen=True)
class Expect:
    """What is known about the run beforehand, from the manuals and the emulator's own list."""

    # PASS, FAIL, UNSUPPORTED, ERROR; "none" where no verdict line may appear at all.
    verdict: str
    # A grade, "none" for null, or a list of those that are possible; absent: not looked at.
    grade: str | list[str] | None = None
    # The emulator's exit status; absent: the verdict's (design.md, "Leaving QEMU").
    status: int | None = None
    # Whether a report document has to arrive on the second serial port.
    report: bool = True
    # Whether /init says the verdict on the console; false where the row has a program of its own.
    line: bool = True
    # Capabilities (design.md, "Capabilities") with the value that the report must give them.
    capabilities: dict = dataclasses.field(default_factory=dict)
    # These capabilities are true and all others false, but for those of the table above.
    only_capabilities: list[str] | None = None
    # Ids that must be among the findings, and ids (or globs) that must not.
    findings: list[str] = dataclasses.field(default_factory=list)
    findings_absent: list[str] = dataclasses.field(default_factory=list)
    # Where it is given: a finding that is not named above has to match one of these globs.
    findings_may: list[str] | None = None
    # A regular expression that some finding's evidence or title matches, by id.
    evidence: dict = dataclasses.field(default_factory=dict)
    # At least so many cases passed.
    min_passed: int = 0
    # Exactly so many cases failed.
    failed: int | None = None
    # Case name or glob -> result; at least one case must match the glob, and all that do agree.
    cases: dict = dataclasses.field(default_factory=dict)
    # Regular expressions: the verdict's reason, lines on the console, lines that may not be there.
    reason: str | None = None
    console: list[str] = dataclasses.field(default_factory=list)
    console_absent: list[str] = dataclasses.field(default_factory=list)
    # Dotted path in the report document -> value ("cpu.vendor" = "amd").
    document: dict = dataclasses.field(default_factory=dict)
    # Dotted path in the report document -> the number that its number may not exceed.
    at_most: dict = dataclasses.field(default_factory=dict)
    # Finding -> the CPUs that it names.
    cpus: dict = dataclasses.field(default_factory=dict)
    # Seconds from power-on within which the verdict line must be there (the limit by default).
    verdict_within: float | None = None


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    expect: Expect
    why: str = ""
    emulator: str = "qemu"
    # An emulator of tests/matrix/programs.toml, where the installed release does not do.
    program: str = ""
    cpu: str = "max"
    # How many CPUs; QEMU takes more words behind the number ("1,sockets=2,maxcpus=2").
    smp: int | str = 1
    memory: int = 512  # MiB
    machine: str = "pc"
    firmware: str = "bios"
    medium: str = "kernel"
    # Words added to the kernel's command line (kernel, iPXE, and Bochs' CD).
    cmdline: str = ""
    # QEMU fw_cfg items opt/nestcheck/KEY.
    fw_cfg: dict = dataclasses.field(default_factory=dict)
    # nestcheck.cfg on the stick's FAT partition: its text, or "damaged" bytes.
    cfg: str | None = None
    cfg_damaged: bool = False
    # An extra initrd, unpacked over ours: file in the image -> how it is made (media.py); or its
    # path, where it is there already.
    overlay: dict | pathlib.Path = dataclasses.field(default_factory=dict)
    # The serial port whose other end never reads, by its number.
    stalled_port: int | None = None
    # Look at the screen when the verdict is there: {columns, rows, colour} (screen.py).
    screen: dict | None = None
    # Bochs: what the firmware puts into MSR 0x3A, on the first CPU and on the others; its own is 5.
    feature_control: list[int] | None = None
    # More words for QEMU; for Bochs, lines of its bochsrc.
    extra: list[str] = dataclasses.field(default_factory=list)
    limit: float = 120.0  # seconds


def merge(defaults, table):
    """A row's own tables are laid over the defaults'; an empty text takes a default away."""
    merged = dict(defaults)
    for key, value in table.items():
        if isinstance(value, dict):
            merged[key] = merge(merged.get(key, {}), value)
        elif value == "":
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def load_text(text, where):
    """All rows of one file. Raises ValueError naming what is wrong and in which row."""
    document = tables.read(text, {"defaults", "row"}, where)
    defaults = document.get("defaults", {})
    rows = []
    for table in document.get("row", []):
        name = table.get("name", "?")
        at = f"{where}: row '{name}'"
        merged = merge(defaults, table)
        if "verdict" not in merged.get("expect", {}):
            raise ValueError(f"{at}: expects nothing: no verdict named")
        merged["expect"] = tables.build(Expect, merged["expect"], at)
        row = tables.build(Row, merged, at)
        tables.one_of(row.emulator, EMULATORS, at)
        tables.one_of(row.medium, MEDIA, at)
        tables.one_of(row.firmware, FIRMWARE, at)
        tables.one_of(row.machine, MACHINES, at)
        tables.one_of(row.expect.verdict, ("PASS", "FAIL", "UNSUPPORTED", "ERROR", "none"), at)
        rows.append(row)
    return rows


def load(paths):
    rows = []
    for path in paths:
        rows += load_text(path.read_text(encoding="utf-8"), path.name)
    tables.unique((row.name for row in rows), "rows")
    return rows
