# SPDX-License-Identifier: GPL-2.0-only
"""The rows of tests/expect/*.toml: the machine to boot, how to boot it, and the expected result.

An unknown key in a row is an error: otherwise a misspelt expectation would never be checked.
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
    """The expected result of the run, from the manuals and the emulator's list."""

    # PASS, FAIL, UNSUPPORTED, ERROR; "none" if no verdict line may appear at all.
    verdict: str
    # A grade, "none" for null, or a list of possible ones; absent: not checked.
    grade: str | list[str] | None = None
    # The emulator's exit status; absent: the verdict's (design.md, "Leaving QEMU").
    status: int | None = None
    # Whether a report document must arrive on the second serial port.
    report: bool = True
    # Whether /init prints the verdict on the console; false if the row has its own program.
    line: bool = True
    # Whether the lines for machines are compared with the report: only the image writes them.
    lines: bool = True
    # Whether the verdict line says that the image does not run as it was built.
    modified: bool = False
    # Capabilities (design.md, "Capabilities") with the value that they must have in the report.
    capabilities: dict = dataclasses.field(default_factory=dict)
    # These capabilities are true and all others false, except those in the table above.
    only_capabilities: list[str] | None = None
    # Ids that must be among the findings, and ids (or globs) that must not.
    findings: list[str] = dataclasses.field(default_factory=list)
    findings_absent: list[str] = dataclasses.field(default_factory=list)
    # If given: a finding that is not named above has to match one of these globs.
    findings_may: list[str] | None = None
    # Finding -> a regular expression that its evidence or title must match.
    evidence: dict = dataclasses.field(default_factory=dict)
    # Minimum number of passed cases.
    min_passed: int = 0
    # Exact number of failed cases.
    failed: int | None = None
    # Case name or glob -> result; at least one case must match the glob, and all matches agree.
    cases: dict = dataclasses.field(default_factory=dict)
    # Regular expressions: the verdict's reason, lines on the console, lines that must not be there.
    reason: str | None = None
    console: list[str] = dataclasses.field(default_factory=list)
    console_absent: list[str] = dataclasses.field(default_factory=list)
    # Dotted path in the report document -> value ("cpu.vendor" = "amd").
    document: dict = dataclasses.field(default_factory=dict)
    # Dotted path in the report document -> maximum of the number there.
    at_most: dict = dataclasses.field(default_factory=dict)
    # Finding -> the CPUs that it must name.
    cpus: dict = dataclasses.field(default_factory=dict)
    # The media that a report must be written to, "medium" for the one booted from, else names of
    # the row's disks; not a byte of any other may change. Absent: not checked.
    written: list[str] | None = None
    # Maximum number of seconds from power-on to the verdict line (the limit by default).
    verdict_within: float | None = None


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    expect: Expect
    why: str = ""
    emulator: str = "qemu"
    # An emulator of tests/matrix/programs.toml, if the installed release cannot be used.
    program: str = ""
    cpu: str = "max"
    # Number of CPUs; QEMU takes more words after it ("1,sockets=2,maxcpus=2").
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
    # The stick's root folder goes on behind its end (media.py).
    root_damaged: bool = False
    # Further disks of QEMU: name -> {on = "usb", "usb2" (a second controller) or "virtio", holds =
    # "stick", "foreign" (another build's), "label" (an empty FAT with our label)} (media.py).
    disks: dict = dataclasses.field(default_factory=dict)
    # An extra initrd, unpacked over ours: file in the image -> how to make it (media.py); or the
    # path of an existing one.
    overlay: dict | pathlib.Path = dataclasses.field(default_factory=dict)
    # How the kernel gets it: "initrd"; with medium "kernel" also "initrdmem", an address in memory.
    overlay_by: str = "initrd"
    # Number of the serial port whose peer never reads.
    stalled_port: int | None = None
    # Number of the serial port whose peer reads until we write to it, and then is gone.
    left_port: int | None = None
    # QEMU: what is typed on the first serial port after the verdict, each text a second after the
    # one before. A character up to U+00FF is the byte of that number; "\\r" is Enter; "TEXT x N" is
    # TEXT N times.
    typed: list[str] = dataclasses.field(default_factory=list)
    # A regular expression: it is typed when the console matches this, not after the verdict.
    typed_after: str = ""
    # Check the screen after the verdict: {columns, rows, colour} (screen.py).
    screen: dict | None = None
    # Bochs: the firmware's values of MSR 0x3A, on the first CPU and on the others; unmodified: 5.
    feature_control: list[int] | None = None
    # More arguments for QEMU; for Bochs, lines of its bochsrc.
    extra: list[str] = dataclasses.field(default_factory=list)
    limit: float = 120.0  # seconds


def merge(defaults, table):
    """Merges a row's tables into the defaults'; an empty text removes a default."""
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
    """All rows of one file. Raises ValueError with the error and the row."""
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
        tables.one_of(row.overlay_by, ("initrd", "initrdmem"), at)
        for disk in row.disks.values():
            tables.one_of(disk.get("on"), ("usb", "usb2", "virtio"), at)
            tables.one_of(disk.get("holds"), ("stick", "foreign", "label"), at)
        unknown = set(row.expect.written or ()) - {"medium", *row.disks}
        if unknown:
            raise ValueError(f"{at}: a report on {unknown.pop()}, which it does not have")
        tables.one_of(row.expect.verdict, ("PASS", "FAIL", "UNSUPPORTED", "ERROR", "none"), at)
        rows.append(row)
    return rows


def load(paths):
    rows = []
    for path in paths:
        rows += load_text(path.read_text(encoding="utf-8"), path.name)
    tables.unique((row.name for row in rows), "rows")
    return rows
