# SPDX-License-Identifier: GPL-2.0-only
"""Boot one row once and hold the run against it."""

import shutil
import time
import traceback

from lib import bochs, judge, media, others, qemu

EMULATORS = {"qemu": qemu.run, "bochs": bochs.run}
# Kept of a run; the media it booted from are large and can be made again.
LOGS = {"console.log", "report.json", "emulator.log", "command", "bochs.out", "screen.ppm"}


def run_row(row, products, folder, keep=False):
    """Complaints about one run, and the seconds it took. folder: its logs; keep: all else too.

    Raises others.Missing where the row's program cannot be had.
    """
    program = others.SHARED.keywords(row)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begin = time.monotonic()
    try:
        result = EMULATORS[row.emulator](row, products, folder, **program)
        complaints = judge.complaints(row, result)
    except media.MediaError as error:
        complaints = [str(error)]
    except Exception:  # a defect of the harness fails the row, not the whole run
        complaints = [traceback.format_exc()]
    if not keep:
        for path in folder.iterdir():
            if path.name not in LOGS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return complaints, time.monotonic() - begin
