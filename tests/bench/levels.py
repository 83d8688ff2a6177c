# SPDX-License-Identifier: GPL-2.0-only
"""Linux in Linux in Linux, from power-on: our chain to its verdict, compared with stock parts.

The stock chain is Debian's cloud kernel on all three levels, with Debian's QEMU in L0 and L1. These
two only load KVM and start QEMU, from memory, with the host's CPU, two CPUs and a quiet console.
L2's init prints a line and powers off. This is timed with QEMU's default PC, and with one that has
no device except the console. On a slow host its L2 may spend all its time on ticks and never come
up: then the limit stands for its time, and the quotient is an upper bound.
"""

import json
import re

import debian
import emulator
from figures import median
from lib import media
from lib.result import VERDICT, document

PASS_STATUS = 33
INIT = re.compile(r"nestcheck-bench: init")
# Both get the same machine.
MACHINE = ("-smp", "2", "-m", "2048")
# Maximum share of the stock parts' time, by their kind.
LIMITS = {debian.QEMU_DEFAULT: 0.25, debian.QEMU_BARE: 0.60}


def _ours(products, folder):
    """Seconds to the verdict line, and L1's kernel entry to init in ms, from the report."""
    report = folder / "chain.json"
    words = ["-kernel", products.efi, "-append", "nestcheck.selftest=full nestcheck.report=ttyS1"]
    taken = emulator.times(
        [*MACHINE, "-serial", f"file:{report}", *words],
        {"verdict": VERDICT},
        folder / "chain-ours.log",
    )
    if taken["status"] != PASS_STATUS:
        raise media.MediaError(f"the chain did not pass, see {folder}/chain-ours.log")
    text = document(report.read_text(errors="replace").replace("\r", ""))
    state = (json.loads(text)["selftest"] or {}).get("chain") or {}
    if state.get("result") != "pass":
        return taken["verdict"], None
    return taken["verdict"], state["levels"][0]["init_us"] / 1000


def _stock(kind, kernel, archive, folder):
    log = folder / f"chain-{kind}.log"
    words = ["-kernel", kernel, "-initrd", archive]
    words += ["-append", f"console=ttyS0 quiet levels={kind}"]
    taken = emulator.times([*MACHINE, *words], {"init": INIT}, log)
    if taken["init"] is None and taken["end"] is not None:
        raise media.MediaError(f"the stock chain ended without its L2, see {log}")
    return taken["init"]


def _shown(seconds):
    return f"not within {emulator.LIMIT} s" if seconds is None else f"{seconds:.2f} s"


def compare(options, products, folder, figures):
    """L1's kernel entry to init in our chain, ms; None if there was no chain."""
    init = options.build / "poweroff"
    archive = debian.chain(options.cache, options.busybox, init)
    kernel = debian.kernel_file(debian.kernel(options.cache))
    ours, entered, stock = [], [], {kind: [] for kind in LIMITS}
    for number in range(options.chain_runs):
        verdict, init_ms = _ours(products, folder)
        ours.append(verdict)
        entered.append(init_ms)
        for kind, taken in stock.items():
            taken.append(_stock(kind, kernel, archive, folder))
        shown = ", ".join(f"QEMU {kind} {_shown(taken[-1])}" for kind, taken in stock.items())
        print(f"      chain {number + 1}: ours {verdict:.2f} s; stock, {shown}", flush=True)
    chain = None not in entered
    for kind, taken in stock.items():
        name = f"TCG: chain's verdict / stock chain's L2, QEMU {kind}"
        least = median([emulator.LIMIT if seconds is None else seconds for seconds in taken])
        if chain:
            figures.add(name, median(ours) / least, LIMITS[kind])
        else:
            figures.skip(name, f"no chain in the report; stock took {least:.2f} s")
    return median(entered) if chain else None
