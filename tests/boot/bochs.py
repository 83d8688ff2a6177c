# SPDX-License-Identifier: GPL-2.0-only
"""Start one row in Bochs, which boots the ISO through isolinux and has VMX.

Bochs tells nothing by its exit status and does not leave at power-off: the verdict line and
the report are awaited in the files that its serial ports write, and then it is ended.
"""

import json
import subprocess
import time

import media
from result import Result, document, verdict_seen

# Seconds that the report may take on its 115200 baud after the verdict line.
REPORT_LIMIT = 90.0

# ips: as it runs here; sync=none: time passes by instructions, not by the host's clock, so a
# busy host makes no timeouts. rfb is the only display of Debian's build that needs no terminal.
CONFIG = """\
cpu: model={cpu}, count={smp}, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
megs: {memory}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
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
"""


def _complete(path):
    """Whether the report document is there to its last brace."""
    try:
        json.loads(document(path.read_text(errors="replace")))
        return True
    except (OSError, ValueError):
        return False


def _awaited(row, folder, verdict_at, now):
    """Whether all that the row waits for has come."""
    if verdict_at is None:
        return False
    if not row.expect.report or _complete(folder / "report.json"):
        return True
    return now - verdict_at > REPORT_LIMIT


def run(row, products, folder, seen=verdict_seen):
    """seen: whether what is waited for is in the console's file."""
    initrd = media.overlay(products, row, folder)
    iso = media.iso_with(products, folder, row.cmdline, initrd)
    config = folder / "bochsrc"
    values = {"cpu": row.cpu, "smp": row.smp, "memory": row.memory, "iso": iso, "folder": folder}
    config.write_text(CONFIG.format(**values))
    argv = ["bochs", "-q", "-f", str(config)]
    (folder / "command").write_text(" ".join(argv) + "\n")
    console, verdict_at, timed_out = folder / "console.log", None, False
    begin = time.monotonic()
    with open(folder / "emulator.log", "wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder)
    try:
        # The internal debugger stops at power-on, and leaves when its input closes.
        process.stdin.write(b"c\n")
        process.stdin.flush()
        while process.poll() is None:
            now = time.monotonic() - begin
            if verdict_at is None and seen(console):
                verdict_at = now
            if _awaited(row, folder, verdict_at, now):
                break
            if now > row.limit:
                timed_out = True
                break
            time.sleep(0.1)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    return Result.gather(folder, None, time.monotonic() - begin, verdict_at, timed_out)
