# SPDX-License-Identifier: GPL-2.0-only
"""iso/nestcheck-qemu and iso/nestcheck-bochs beside emulators that are shell scripts."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from lib import command, executable
from lib.places import TOP

BIOS = ("/usr/share/bochs/BIOS-bochs-latest", "/usr/share/vgabios/vgabios.bin")
AT_ONCE = 4  # seconds: two shells and the end of a few processes, on a busy machine
LIMIT = 60

# The console is stdout for QEMU, and for Bochs the file of com1.
HEAD = """#!/bin/sh
console=/dev/stdout
for word in "$@"; do
	case $word in
	*/bochsrc) console=$(sed -n 's/^com1:.*dev=//p' "$word") ;;
	esac
done
"""


class Played:
    """A folder with a script and an emulator that is a shell script."""

    def __init__(self, script, text):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        self.script = executable.copy(TOP / "iso" / script, self.folder)
        (self.folder / "nestcheck.iso").write_text("an image\n", encoding="utf-8")
        self.tmp = self.folder / "tmp"
        self.tmp.mkdir()
        self.errors = self.folder / "errors"
        name = {"nestcheck-qemu": "qemu-system-x86_64", "nestcheck-bochs": "bochs"}[script]
        emulator = self.folder / "bin" / name
        emulator.parent.mkdir()
        executable.write(emulator, text)
        self.environment = {
            "PATH": f"{emulator.parent}:{os.environ['PATH']}",
            "TMPDIR": str(self.tmp),
            "PLAYED_IN": str(self.folder),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.place.cleanup()

    def start(self, *words, **options):
        options.setdefault("stdout", subprocess.DEVNULL)
        # To a file: a pipe would have to be read for as long as a process is left that has it.
        with open(self.errors, "w", encoding="utf-8") as errors:
            return subprocess.Popen(
                [self.script, *words],
                stdin=subprocess.DEVNULL,
                stderr=errors,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
                **options,
            )

    def wait_ready(self, process):
        end = time.monotonic() + LIMIT
        while not (self.folder / "ready").exists():
            if process.poll() is not None or time.monotonic() > end:
                raise command.Failed(f"no emulator was started: {self.errors.read_text()}")
            time.sleep(0.01)

    def processes(self):
        """Whatever was started in our environment, and is no zombie."""
        mark = f"PLAYED_IN={self.folder}".encode()
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def left(self):
        end = time.monotonic() + 1  # a killed process is there until the kernel has freed it
        while self.processes() and time.monotonic() < end:
            time.sleep(0.02)
        for pid in self.processes():
            line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            yield f"a process is left: {line}"
        for path in self.tmp.iterdir():
            yield f"a file is left: {path.name}"

    def ended(self, process, *wanted):
        """Complaints unless it ends at once, with one of these statuses, and leaves nothing."""
        start = time.monotonic()
        try:
            process.wait(AT_ONCE)
        except subprocess.TimeoutExpired:
            yield f"it goes on after {AT_ONCE} s"
            process.kill()
            process.wait()
            return
        if process.returncode not in wanted:
            yield f"status {process.returncode}, not {wanted}: {self.errors.read_text().strip()}"
        yield from self.left()
        if time.monotonic() - start > AT_ONCE:
            yield f"it took {time.monotonic() - start:.1f} s"


def scripts():
    """Those that can be started here; nestcheck-bochs needs a BIOS."""
    found = ["nestcheck-qemu"]
    if all(os.path.exists(path) for path in BIOS) or "CI" in os.environ:
        found.append("nestcheck-bochs")
    return found


NO_BIOS = f"there is no {' or no '.join(BIOS)}"
