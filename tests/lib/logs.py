# SPDX-License-Identifier: GPL-2.0-only
"""The folder of one run: created empty, the files that stay, the last lines of its console."""

import shutil

# Boot media are large and can be made again.
KEPT = {"console.log", "report.json", "emulator.log", "command", "bochs.out", "screen.ppm"}
TAIL = 25  # lines of the console
WIDTH = 120


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def keep(folder):
    for path in folder.iterdir():
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def last_lines(path, count=TAIL):
    """The last lines of a serial port's output, as any terminal can show them."""
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
    for line in text.splitlines()[-count:]:
        yield "".join(c if c.isprintable() else "?" for c in line)[:WIDTH]


def console(folder):
    """Lines for Suite.add(more=...)."""
    path = folder / "console.log"
    if path.exists():
        yield f"the last lines of {path}:"
        yield from ("| " + line for line in last_lines(path))
