# SPDX-License-Identifier: GPL-2.0-only
"""From the start of a virtual machine to its init: our VMM, kvmtool, and QEMU's two PCs.

All in one boot under TCG, in turns. L0 is Debian's cloud kernel, because kvmtool needs sockets,
which the image's kernel does not have. The guest is the image's kernel, with the same root for all:
an archive as large as the chain's for L1, with an init that prints a line. Ours loads a vmlinux,
the others the bzImage made from it, because kvmtool accepts nothing else, and QEMU a vmlinux only
with PVH. Measured from the start of the program to init's line, which all have; ours also from the
first KVM_RUN, as in the chain's report. Our kernel does not read MP tables, without which kvmtool's
guests have one CPU: it is compared with ours with one.
"""

import re

import debian
import emulator
from figures import median
from lib import cpio, media

MEMORY = 256  # of each virtual machine, MiB
INIT_LINE = "nestcheck-bench: init"
DONE = re.compile(r"nestcheck-bench: done")
TOOK = re.compile(r"nestcheck-bench: took (\S+) (\d+)")
ENTERED = re.compile(r"nestcheck-bench: entered (\S+) (\d+)")
WORDS = "console=ttyS0 quiet"
QEMU = (
    f"{debian.QEMU} -nodefaults -no-user-config -display none -vga none -serial stdio -no-reboot "
    f"-accel kvm -cpu host -m {MEMORY} -kernel /bench/bzImage -initrd /bench/root.cpio"
)
OURS = ("ours-1", "ours-2")
# name -> the command; ours that is compared with it.
COMMANDS = {
    "ours-1": f"/bench/machine /bench/vmlinux /bench/root.cpio 1 {MEMORY} '{WORDS}'",
    "ours-2": f"/bench/machine /bench/vmlinux /bench/root.cpio 2 {MEMORY} '{WORDS}'",
    "kvmtool": "/bench/kvmtool run --name bench --console serial --network mode=none "
    f"-c 1 -m {MEMORY} -k /bench/bzImage -i /bench/root.cpio -p '{WORDS}'",
    "qemu-pc": f"{QEMU} -machine pc -smp 2 -append '{WORDS}'",
    "qemu-microvm": f"{QEMU} -machine microvm,rtc=on -smp 2 -append '{WORDS}'",
}
# microvm: without an RTC the kernel polls for one, for seconds and with an exit each time.
RIVALS = {"kvmtool": "ours-1", "qemu-pc": "ours-2", "qemu-microvm": "ours-2"}
INIT = """#!/bin/busybox sh
busybox mkdir /proc /sys
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox mount -t devtmpfs dev /dev
export HOME=/root
for module in irqbypass kvm kvm-amd; do
	busybox insmod /lib/$module.ko
done
round=0
while test $round -lt {rounds}; do
	round=$((round + 1))
{turns}
done
busybox echo nestcheck-bench: done
busybox poweroff -f
"""


def _root(options, init):
    """As large as the chain's archive for L1: this program, the modules, the kernel."""
    files = {"init": (0o755, init)}
    for path in (options.build / "nestcheck", options.build / "bench" / "vmlinux"):
        files[f"lib/{path.name}"] = (0o755, path.read_bytes())
    for name in ("irqbypass", "kvm", "kvm-amd", "kvm-intel"):
        module = options.build / "modules" / f"{name}.ko"
        files[f"lib/modules/{name}.ko"] = (0o644, module.read_bytes())
    return cpio.archive(files)


def _archive(options, names):
    """L0's root: the programs, the files that they boot, and a script that runs them in turns."""
    turns = [f"\t/bench/stopwatch {n} '{INIT_LINE}' 120 {COMMANDS[n]}" for n in names]
    script = INIT.format(rounds=options.start_runs, turns="\n".join(turns))
    files = debian.base(options.cache, options.busybox)
    files["init"] = (0o755, script.encode())
    files["bench/root.cpio"] = (0o644, _root(options, (options.build / "poweroff").read_bytes()))
    for name in ("bzImage", "vmlinux", "stopwatch", "machine"):
        path = options.build / "bench" / name
        if path.exists():
            files[f"bench/{name}"] = (0o755, path.read_bytes())
    if options.kvmtool:
        files["bench/kvmtool"] = (0o755, options.kvmtool.read_bytes())
    return cpio.archive(files)


def _milliseconds(lines, mark):
    taken = {}
    for found in filter(None, map(mark.search, lines)):
        taken.setdefault(found[1], []).append(int(found[2]) / 1000)
    return taken


def compare(options, folder, figures, chain_ms):
    """chain_ms: L1's kernel entry to init in the chain; None if there was none."""
    absent = {} if options.kvmtool else {"kvmtool": "no program given (make bench KVMTOOL=FILE)"}
    if not (options.build / "bench" / "machine").exists():
        absent |= dict.fromkeys(OURS, "the VMM boots no kernel yet")
    names = [name for name in COMMANDS if name not in absent]
    initrd, log = folder / "starts.cpio", folder / "starts.log"
    initrd.write_bytes(_archive(options, names))
    kernel = debian.kernel_file(debian.kernel(options.cache))
    words = ["-smp", "2", "-m", "2048", "-kernel", kernel, "-initrd", initrd]
    words += ["-append", "console=ttyS0 quiet"]
    taken = emulator.times(words, {"done": DONE}, log, emulator.LIMIT * 2)
    started = _milliseconds(taken["lines"], TOOK)
    entered = _milliseconds(taken["lines"], ENTERED)
    if any(len(started.get(name, ())) != options.start_runs for name in names):
        raise media.MediaError(f"a virtual machine did not reach its init, see {log}")
    for name in names:
        shown = " ".join(f"{ms:.0f}" for ms in started[name])
        print(f"      start to init, {name:12}: {shown} ms", flush=True)
    for rival, ours in RIVALS.items():
        rows = {f"VMM: start to init / {rival}'s": started.get(ours)}
        rows[f"VMM: first KVM_RUN to init / {rival}'s start to init"] = entered.get(ours)
        rows[f"chain: L1's kernel entry to init / {rival}'s start to init"] = [chain_ms]
        for row, values in rows.items():
            if rival in absent:
                figures.skip(row, absent[rival])
            elif not values or values == [None]:
                figures.skip(row, absent.get(ours, "no chain in the report"))
            else:
                figures.add(row, median(values) / median(started[rival]), 1.0)
