# SPDX-License-Identifier: GPL-2.0-only
"""Start one row in Bochs, which boots the ISO through isolinux and has VMX.

Bochs' exit status has no meaning: we wait for the verdict line and the report in the files that its
serial ports write, and then kill it.
"""

import json
import pathlib
import subprocess
import time

from lib import media, program, stuck
from lib.result import Result, document, verdict_seen

# Seconds that the report may take at 115200 baud after the verdict line.
REPORT_LIMIT = 90.0

# Two that start at the same moment may both bind the first free port, but only one can then listen;
# the other gives up on all ports. Its display is not needed here, so it is started again.
BIND_RACE = b"could not bind any port"
BIND_TRIES = 5

BIOS = "/usr/share/bochs/BIOS-bochs-latest"
VGABIOS = "/usr/share/vgabios/vgabios.bin"
# That BIOS sets and locks MSR 0x3A here, on the first CPU and in the code that starts the others:
# mov $0x3a, %ecx; rdmsr; or $5, %eax; wrmsr. The second is 16-bit code, hence the prefixes.
FEATURE_CONTROL = (bytes.fromhex("b93a0000000f3283c8"), bytes.fromhex("66b93a0000000f326683c8"))

# ips: about its real speed; sync=none: time follows instructions, not the host's clock, so that a
# busy host causes no timeouts. rfb is the only display of Debian's build that needs no terminal.
# sound: without a sound card the mixer of Bochs 2.7 can abort ("buffer overflow detected").
CONFIG = """\
cpu: model={cpu}, count={smp}, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
megs: {memory}
romimage: file={bios}
vgaromimage: file={vgabios}
ata0-master: type=cdrom, path="{iso}", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={folder}/console.log
com2: enabled=1, mode=file, dev={folder}/report.json
display_library: rfb, options="timeout=0"
log: {folder}/bochs.out
panic: action=report
error: action=ignore
info: action=ignore
clock: sync=none
sound: driver=dummy
{extra}
"""


def _complete(path):
    """Whether the report document is complete, to its last brace."""
    try:
        json.loads(document(path.read_text(errors="replace")))
        return True
    except (OSError, ValueError):
        return False


def _awaited(row, folder, verdict_at, now):
    """Whether everything that the row waits for has arrived."""
    if verdict_at is None:
        return False
    if not row.expect.report or _complete(folder / "report.json"):
        return True
    return now - verdict_at > REPORT_LIMIT


def bios_with(rom, values):
    """A BIOS that writes these values to MSR 0x3A: VMX locked off, or not locked at all."""
    for code, value in zip(FEATURE_CONTROL, values, strict=True):
        found = [at for at in range(len(rom)) if rom.startswith(code + b"\x05\x0f\x30", at)]
        if len(found) != 1:
            raise media.MediaError(f"{BIOS} sets MSR 0x3A at {len(found)} places, wanted one")
        at = found[0] + len(code)
        rom = rom[:at] + bytes([value]) + rom[at + 1 :]
    return rom


def _bios(row, folder, bochs):
    if row.feature_control is None:
        return bochs.root + BIOS
    target = folder / "bios.bin"
    rom = pathlib.Path(bochs.root + BIOS).read_bytes()
    target.write_bytes(bios_with(rom, row.feature_control))
    return target


def _start(argv, folder):
    """Bochs, after its start; its output goes to emulator.log."""
    with open(folder / "emulator.log", "wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder)
    # The internal debugger stops at power-on, and exits when its input closes.
    process.stdin.write(b"c\n")
    process.stdin.flush()
    return process


def _lost_race(folder):
    return BIND_RACE in (folder / "emulator.log").read_bytes()


def _watch(row, folder, process, seen):
    """(seconds, time at which `seen` became true, where it stood at its limit) of one start."""
    console, seen_at = folder / "console.log", None
    begin = time.monotonic()
    while process.poll() is None:
        now = time.monotonic() - begin
        if seen_at is None and seen(console):
            seen_at = now
        if _awaited(row, folder, seen_at, now):
            break
        if now > row.limit:
            return now, seen_at, stuck.where(process.pid)
        time.sleep(0.02)
    now = time.monotonic() - begin
    # It may have exited since the last check.
    if seen_at is None and seen(console):
        seen_at = now
    return now, seen_at, None


def run(row, products, folder, seen=verdict_seen, bochs=program.BOCHS, iso=None):
    """seen: whether the console's file has what we wait for. iso: instead of the image's."""
    if iso is None:
        initrd = media.overlay(products, row, folder)
        iso = media.iso_with(products, folder, row.cmdline, initrd)
    config = folder / "bochsrc"
    values = {"cpu": row.cpu, "smp": row.smp, "memory": row.memory, "iso": iso, "folder": folder}
    values |= {"bios": _bios(row, folder, bochs), "vgabios": bochs.root + VGABIOS}
    values |= {"extra": "\n".join(row.extra)}
    config.write_text(CONFIG.format(**values))
    argv = [bochs.command, "-q", "-f", str(config)]
    (folder / "command").write_text(" ".join(argv) + "\n")
    for _ in range(BIND_TRIES):
        process = _start(argv, folder)
        try:
            seconds, seen_at, stood = _watch(row, folder, process, seen)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if not _lost_race(folder):
            break
        time.sleep(1)
    return Result.gather(folder, None, seconds, seen_at, stood)
