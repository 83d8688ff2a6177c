# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's selftests: building them out of tree, and reading the output of their boot.

The kernel's source is not modified. Its Makefile would search the source folder for compiler
options, unless they are passed, and for the headers that headers_install makes: the kernel's build
in the cache already has those.
"""

import os
import re
import time

from lib import media

KVM = "tools/testing/selftests/kvm"
# Folders of tests that are not in the main folder.
FOLDER = "x86_64"
SKIPPED = 4  # kselftest.h, KSFT_SKIP
KILLED = 128 + 9  # by timeout
SILENCE = 60  # seconds of host time

BEGIN = re.compile(r"^kselftest: BEGIN (\S+)$", re.MULTILINE)
END = re.compile(r"^kselftest: END (\S+) (\d+)$", re.MULTILINE)
DONE = re.compile(r"^kselftest: DONE$", re.MULTILINE)
LOAD = re.compile(r"^kselftest: LOAD (\d+)$", re.MULTILINE)
TAINT = re.compile(r"^kselftest: TAINT .*$", re.MULTILINE)
# "==== Test Assertion Failure ====", then FILE:LINE: EXPRESSION; or a skip's reason.
WHY = re.compile(
    r"^(?:  (\S+\.c:\d+: .*)|1\.\.0 # SKIP - (?:Requirement not met: )?(.*))$", re.MULTILINE
)


def build(source, headers, out, names):
    """Static, stripped programs by name, in out/bin."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "bin").mkdir(exist_ok=True)
    argv = ["make", "-s", "-j2", "-C", source / KVM, "ARCH=x86_64", f"OUTPUT={out}"]
    argv += [f"TMPOUT={out}/.try", f"KHDR_INCLUDES=-isystem {headers}", "EXTRA_CFLAGS=-w"]
    argv += ["LDFLAGS=-static -pthread -no-pie"]
    # Without the flags of the make that runs us: STAGE, O and a job server that is not ours.
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR")}
    programs = {}
    for name in names:
        programs[name], built = out / "bin" / name, out / FOLDER / name
        media.run_tool([*argv, built], env={**environment, "LC_ALL": "C"})
        media.run_tool(["strip", "-o", programs[name], built])
    return programs


class Watch:
    """Whether the file that the serial port writes has the end, or no end can follow.

    The guest's own limit does not help if L0 gets no interrupt while L2 runs.
    """

    def __init__(self):
        self.size, self.since = -1, time.monotonic()

    def __call__(self, console):
        try:
            text = console.read_text(errors="replace").replace("\r", "")
        except OSError:
            return False
        if len(text) != self.size:
            self.size, self.since = len(text), time.monotonic()
        return DONE.search(text) is not None or time.monotonic() - self.since > SILENCE


def results(console, names):
    """test -> (result, why), from a boot's output. 'lost': an earlier test ended the boot."""
    begun = BEGIN.findall(console)
    out = {n: ("timeout", "never ended") if n in begun else ("lost", "") for n in names}
    for match in END.finditer(console):
        name, status = match[1], int(match[2])
        begin = console.rfind(f"kselftest: BEGIN {name}\n", 0, match.start())
        reason = WHY.search(console, begin, match.start())
        why = (reason[1] or reason[2]) if reason else ""
        if status == KILLED:
            out[name] = ("timeout", why)
        elif status == SKIPPED:
            out[name] = ("skip", why)
        else:
            out[name] = ("fail", why or f"status {status}") if status else ("pass", "")
    return out


def trouble(console):
    """The boot's error, or ''."""
    load = LOAD.search(console)
    if not load:
        return "the image did not reach the tests"
    if load[1] != "0":
        return f"nestcheck load: status {load[1]}"
    taint = TAINT.search(console)
    return f"L0's kernel has a new taint: {taint[0]}" if taint else ""
