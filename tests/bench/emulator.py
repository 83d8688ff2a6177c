# SPDX-License-Identifier: GPL-2.0-only
"""Timing in QEMU's TCG, from power-on, by the lines on the console."""

import subprocess
import threading
import time

LIMIT = 300  # seconds for one run
QEMU = (
    *("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-vga", "std"),
    *("-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "512", "-no-reboot"),
    *("-device", "isa-debug-exit,iobase=0x501,iosize=4", "-serial", "stdio"),
)


def times(words, marks, log, limit=LIMIT):
    """Seconds from power-on to the first line that matches each mark, and to QEMU's exit.

    marks: name -> regular expression. Returns name -> seconds, None if it never matched, with
    "end" for the exit (None: killed at the limit), "status" for QEMU's exit status and "lines" for
    the output, which is also in the file log.
    """
    begin = time.monotonic()
    taken, lines, late = dict.fromkeys(marks), [], threading.Event()
    with subprocess.Popen(
        [*QEMU, *(str(w) for w in words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:

        def stop():
            late.set()
            process.kill()

        timer = threading.Timer(limit, stop)
        timer.start()
        for line in process.stdout:
            now = time.monotonic() - begin
            lines.append(line.strip())
            for name, mark in marks.items():
                if taken[name] is None and mark.search(lines[-1]):
                    taken[name] = now
        process.wait()
        timer.cancel()
    end = None if late.is_set() else time.monotonic() - begin
    log.write_text("\n".join(lines) + "\n")
    return taken | {"end": end, "status": process.returncode, "lines": lines}
