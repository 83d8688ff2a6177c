# SPDX-License-Identifier: GPL-2.0-only
"""A machine with disks: the image with a shell on its serial line, which gets commands."""

import os
import re
import select
import subprocess
import time

from lib import qemu

PROMPT = "nestcheck# "
# Seconds for a command, under an emulator on a busy machine.
LIMIT = 60


class MachineError(Exception):
    pass


class Machine:
    """boot: QEMU's arguments for the medium. disks: QEMU's arguments for the disks."""

    def __init__(self, boot, disks, log):
        argv = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"]
        argv += ["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "512"]
        argv += ["-no-reboot", "-serial", "stdio", "-device", "qemu-xhci,id=xhci"]
        argv += ["-fw_cfg", "name=opt/nestcheck/mode,string=shell"]
        self.log, self.seen = open(log, "wb"), b""
        self.argv = [str(a) for a in [*argv, *boot, *disks]]
        for pause in (*qemu.LATE_TIMER_PAUSES, None):
            if self._started():
                return
            self.process.kill()
            self.process.wait()
            if pause is not None:
                time.sleep(pause)
        self.kill()
        raise MachineError(f"QEMU's timer came too late {len(qemu.LATE_TIMER_PAUSES) + 1} times")

    def _started(self):
        """False if this host kept QEMU's timer waiting (lib/qemu.py)."""
        self.seen = b""
        self.process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            _, first = self.until(f"{re.escape(PROMPT)}|{re.escape(qemu.LATE_TIMER.decode())}")
        except MachineError:
            self.kill()
            raise
        return first.group(0).decode() == PROMPT

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def until(self, pattern, limit=LIMIT):
        """The output up to the pattern, and the match."""
        end = time.monotonic() + limit
        wanted = re.compile(pattern.encode())
        while True:
            match = wanted.search(self.seen)
            if match:
                text, self.seen = self.seen[: match.start()], self.seen[match.end() :]
                return text.decode(errors="replace").replace("\r", ""), match
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise MachineError(f"no {pattern!r} in {limit} s:\n{self.seen.decode()[-2000:]}")
            got = os.read(self.process.stdout.fileno(), 65536)
            if not got:
                raise MachineError(f"ended before {pattern!r}:\n{self.seen.decode()[-2000:]}")
            self.log.write(got)
            self.log.flush()
            self.seen += got

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def run(self, command, limit=LIMIT):
        """(exit status, output) of a shell command."""
        self.send(f"stty -echo; {command}; echo ended-$?-\n")
        text, match = self.until(r"ended-(\d+)-", limit)
        self.until(re.escape(PROMPT))
        # The echo of the command, if there was one.
        return int(match.group(1)), text.split("-$?-\n", 1)[-1].lstrip("\n")

    def power_off(self):
        self.send("poweroff -f\n")
        self.process.wait(LIMIT)
        self.kill()

    def kill(self):
        """Cuts the power: SIGKILL, nothing is flushed."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
