# SPDX-License-Identifier: GPL-2.0-only
"""Boot one row once and judge the run."""

import time
import traceback

from lib import bochs, judge, logs, media, others, qemu

EMULATORS = {"qemu": qemu.run, "bochs": bochs.run}


def run_row(row, products, folder, keep=False):
    """Complaints about one run, and its seconds. folder: for its logs; keep: other files, too.

    Raises others.Missing if the row's program is not available.
    """
    program = others.SHARED.keywords(row)
    logs.fresh(folder)
    begin = time.monotonic()
    try:
        result = EMULATORS[row.emulator](row, products, folder, **program)
        complaints = judge.complaints(row, result)
    except media.MediaError as error:
        complaints = [str(error)]
    except Exception:  # a defect of the harness fails the row, not the whole run
        complaints = [traceback.format_exc()]
    if not keep:
        logs.keep(folder)
    return complaints, time.monotonic() - begin
