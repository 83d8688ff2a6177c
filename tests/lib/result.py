# SPDX-License-Identifier: GPL-2.0-only
"""The output of a run, as the judge reads it."""

import dataclasses
import re

VERDICT = re.compile(
    r"^nestcheck: VERDICT (PASS|FAIL|UNSUPPORTED|ERROR) grade=(\w+) cases=(\d+)"
    r"(?: modified=yes)? reason=(.*?)(?: id=([!-~]+))?$",
    re.MULTILINE,
)


def _read(path):
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
        # One within a line stays: without it, two parts could make a verdict line.
        return re.sub(r"\r+\n", "\n", text)
    except OSError:
        return ""


def verdict_seen(console):
    """Whether the file that a serial port writes has a complete verdict line."""
    return any(m.end() < len(m.string) for m in VERDICT.finditer(_read(console)))


def document(text):
    """The report in the port's output: UEFI firmware may have written its own messages there."""
    begin = re.search(r"^\{", text, re.MULTILINE)
    return text[begin.start() :] if begin else ""


@dataclasses.dataclass(frozen=True)
class Result:
    console: str  # the first serial port, without the carriage returns at the ends of lines
    report: str  # the document on the second serial port
    status: int | None  # the emulator's exit status; None: we killed it, or it has none
    seconds: float
    verdict_at: float | None  # seconds from power-on to the verdict line
    stood: tuple | None  # where it stood at its limit (stuck.py); None: it ended before
    screen: bytes | None = None  # a PPM
    # Of each medium whose bytes have changed, the reports on it.
    written: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def gather(cls, folder, status, seconds, verdict_at, stood):
        picture = folder / "screen.ppm"
        return cls(
            console=_read(folder / "console.log"),
            report=document(_read(folder / "report.json")),
            status=status,
            seconds=seconds,
            verdict_at=verdict_at,
            stood=stood,
            screen=picture.read_bytes() if picture.exists() else None,
        )
