# SPDX-License-Identifier: GPL-2.0-only
"""Where an emulator stands that reached its limit: its threads and, from QEMU, the guest's CPUs."""

import json
import os
import pathlib
import re
import socket

SECONDS = 5.0  # that QEMU may take for an answer
# The registers of "info registers" that tell a busy guest from a halted one, and where it is.
REGISTER = re.compile(r"\b((?:RIP|EIP|CPL|HLT|CR0|CR3|CR4|EFER)=\w+)")


class Qmp:
    """The commands of QMP that a run needs."""

    def __init__(self, path, seconds=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rw", encoding="utf-8")
        self.lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, name, **arguments):
        self.lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.lines.flush()
        while True:
            answer = json.loads(self.lines.readline())
            if "return" in answer or "error" in answer:
                return answer


def thread(stat, wchan):
    """One line from /proc/PID/task/TID/stat and wchan (proc(5)): name, state, CPU time."""
    name, _, rest = stat.rpartition(")")
    state, *fields = rest.split()
    ticks = int(fields[10]) + int(fields[11])  # utime and stime, fields 14 and 15
    waits = f" in {wchan}" if wchan not in ("", "0") else ""
    return f"{name.partition('(')[2]}: {state}{waits}, {ticks / os.sysconf('SC_CLK_TCK'):.1f} s"


def _threads(pid):
    for task in sorted(pathlib.Path(f"/proc/{pid}/task").glob("*"), key=lambda p: int(p.name)):
        try:
            yield thread((task / "stat").read_text(), (task / "wchan").read_text())
        except OSError:
            continue  # It has ended.


def registers(text):
    """One line for each CPU from the answer to "info registers -a"."""
    for part in re.split(r"^CPU#", text, flags=re.MULTILINE):
        if found := REGISTER.findall(part):
            number = re.match(r"\d+", part)
            yield f"CPU {number.group(0) if number else 0}: {' '.join(found)}"


def _guest(path):
    try:
        qmp = Qmp(path, SECONDS)
        yield f"the guest is {qmp.ask('query-status').get('return', {}).get('status')}"
        line = {"command-line": "info registers -a"}
        yield from registers(qmp.ask("human-monitor-command", **line).get("return", ""))
    except (OSError, ValueError) as error:
        yield f"QEMU does not answer: {error or type(error).__name__}"


def where(pid, qmp=None):
    """Lines for a complaint. qmp: the path of QEMU's socket; None for another emulator."""
    lines = list(_threads(pid))
    return tuple(lines + list(_guest(qmp) if qmp else ()))
