# SPDX-License-Identifier: GPL-2.0-only
"""Start one row in QEMU and return its console, report, exit status and screenshot."""

import dataclasses
import hashlib
import pathlib
import re
import socket
import subprocess
import threading
import time

from lib import media, ovmf, program, stuck
from lib.command import Failed
from lib.result import Result, verdict_seen

OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
OVMF_VARS = "/usr/share/OVMF/OVMF_VARS_4M.fd"
# Of an initrd that no boot loader puts there; QEMU's own is near the end of memory.
INITRD_ADDRESS = "0x10000000"
# Seconds after the verdict line until the screen no longer changes.
SETTLE = 2.0
# Linux' check_timer() (arch/x86/kernel/apic/io_apic.c) wants four ticks within 60 ms, by each of
# four routes. TCG's PIT is served by QEMU's main thread, which a busy host may keep waiting longer.
LATE_TIMER = b"IO-APIC + timer doesn't work"
# Seconds until it is started again: the host is busy with something that ends.
LATE_TIMER_PAUSES = (0, 1, 4, 16)
# Seconds between two texts that are typed, and before the first: the menu follows the report.
TYPING = 1.0


def _boot_options(row, products, folder):
    """QEMU's arguments for the medium, attached as on a real machine."""
    if row.medium == "kernel":
        words, cmdline = ["-kernel", products.efi], row.cmdline
        initrd = media.overlay(products, row, folder)
        if initrd and row.overlay_by == "initrdmem":
            cmdline += f" initrdmem={INITRD_ADDRESS},{initrd.stat().st_size}"
            loader = f"loader,file={initrd},addr={INITRD_ADDRESS},force-raw=on"
            words += ["-device", loader]
        elif initrd:
            words += ["-initrd", initrd]
        return words + (["-append", cmdline.strip()] if cmdline else [])
    if row.medium == "cd":
        iso, initrd = products.iso, media.overlay(products, row, folder)
        if row.cmdline or initrd:
            iso = media.iso_with(products, folder, row.cmdline, initrd)
        return [
            *("-drive", f"if=none,id=cd,format=raw,readonly=on,media=cdrom,file={iso}"),
            *("-device", "ide-cd,drive=cd,bootindex=0"),
        ]
    if row.medium == "usb":
        return [
            *("-drive", f"if=none,id=stick,format=raw,file={media.stick(products, row, folder)}"),
            *("-device", "qemu-xhci,id=xhci"),
            *("-device", "usb-storage,bus=xhci.0,drive=stick,bootindex=0"),
        ]
    if row.medium == "disk":
        return [
            *("-drive", f"if=none,id=disk,format=raw,file={media.stick(products, row, folder)}"),
            *("-device", "ide-hd,drive=disk,bootindex=0"),
        ]
    if row.medium == "ipxe":
        tree, program, card = media.ipxe_tree(products, row, folder), media.IPXE_SCRIPT, "e1000"
    elif row.firmware == "uefi":
        # Without an option ROM the card is driven by OVMF's network stack.
        tree, program, card = products.pxe, "nestcheck.efi", "virtio-net-pci,romfile="
    else:
        tree, program, card = products.pxe, "pxelinux.0", "e1000"
    return [
        *("-netdev", f"user,id=net,ipv6=off,restrict=on,tftp={tree},bootfile={program}"),
        *("-device", f"{card},netdev=net,bootindex=0"),
    ]


DISK = {
    "usb": "usb-storage,bus=xhci.0",
    "usb2": "usb-storage,bus=second.0",
    "virtio": "virtio-blk-pci",
}


def _further_disks(row, products, folder):
    """QEMU's arguments for the row's disks."""
    words = []
    for name, disk in row.disks.items():
        image = media.further_disk(products, name, disk["holds"], folder)
        words += ["-drive", f"if=none,id={name},format=raw,file={image}"]
        if disk["on"] == "usb2":
            words += ["-device", "qemu-xhci,id=second"]
        elif disk["on"] == "usb" and row.medium != "usb":
            words += ["-device", "qemu-xhci,id=xhci"]
        words += ["-device", f"{DISK[disk['on']]},drive={name}"]
    return words


def _images(row, folder):
    """name -> image of the media that could be written to."""
    images = {name: folder / f"{name}.img" for name in row.disks}
    if row.medium in ("usb", "disk"):
        images["medium"] = folder / "stick.img"
    return images


def _digests(row, folder):
    if row.expect.written is None:
        return {}
    return {n: hashlib.sha256(p.read_bytes()).digest() for n, p in _images(row, folder).items()}


def _written(row, folder, before):
    """name -> the reports on it, of each medium that has changed; only of those that should."""
    now, images = _digests(row, folder), _images(row, folder)
    changed = [name for name in now if now[name] != before[name]]
    wanted = row.expect.written or ()
    return {n: media.saved_reports(images[n]) if n in wanted else [] for n in changed}


def command(row, products, folder, qemu=program.QEMU):
    """QEMU's complete command line. The machine has no other devices."""
    argv = [qemu.command, "-nodefaults", "-no-user-config", "-display", "none"]
    argv += ["-machine", row.machine, "-accel", "tcg,thread=multi", "-cpu", row.cpu]
    argv += ["-smp", row.smp, "-m", row.memory, "-no-reboot"]
    # These report the image's verdict (design.md, "Leaving QEMU"), and a panic.
    argv += ["-device", "isa-debug-exit,iobase=0x501,iosize=4", "-device", "pvpanic"]
    argv += ["-action", "panic=exit-failure"]
    for port, name in enumerate(("console.log", "report.json")):
        back = f"file,id=port{port},path={folder / name}"
        if port == 0 and row.typed:
            back = f"socket,id=port0,path={folder / 'typed.socket'},server=on,wait=off"
            back += f",logfile={folder / name},logappend=off"
        argv += ["-chardev", back]
        argv += ["-device", f"isa-serial,chardev=port{port},index={port}"]
    for port in _peer_ports(row):
        argv += ["-chardev", f"socket,id=peer{port},path={folder / f'port{port}.socket'}"]
        argv += ["-device", f"isa-serial,chardev=peer{port},index={port}"]
    if row.firmware == "uefi":
        variables = folder / "vars.fd"
        data = pathlib.Path(OVMF_VARS).read_bytes()
        if row.screen is not None:
            data = ovmf.with_resolution(data, row.screen["width"], row.screen["height"])
        variables.write_bytes(data)
        argv += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF_CODE}"]
        argv += ["-drive", f"if=pflash,unit=1,format=raw,file={variables}"]
    for key, value in row.fw_cfg.items():
        argv += ["-fw_cfg", f"name=opt/nestcheck/{key},string={value.replace(',', ',,')}"]
    if not any(word.startswith("VGA") for word in row.extra):
        argv += ["-vga", "std"]
    argv += ["-qmp", f"unix:{folder / 'qmp.socket'},server=on,wait=off"]
    argv += _boot_options(row, products, folder)
    argv += _further_disks(row, products, folder)
    argv += row.extra
    return [str(word) for word in argv]


def _peer_ports(row):
    return [port for port in (row.stalled_port, row.left_port) if port is not None]


class Peers:
    """The peers of serial ports: one accepts the connection, and never reads a byte; one leaves."""

    def __init__(self, row, folder):
        self.left = None if row.left_port is None else threading.Event()
        self.listeners = []
        for port in _peer_ports(row):
            (folder / f"port{port}.socket").unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            listener.bind(str(folder / f"port{port}.socket"))
            listener.listen(1)
            self.listeners.append(listener)
            if port == row.left_port:
                threading.Thread(target=self._leave, args=(listener,), daemon=True).start()

    def _leave(self, listener):
        """Reads until our first line, and hangs up."""
        console = b""
        try:
            with listener.accept()[0] as line:
                while b"nestcheck" not in console and (data := line.recv(4096)):
                    console += data
        except OSError:
            return  # QEMU did not start.
        if b"nestcheck" in console:
            self.left.set()

    def close(self, wanted=True):
        """wanted: raises Failed if a peer that was to leave did not."""
        for listener in self.listeners:
            listener.close()
        if wanted and self.left is not None and not self.left.is_set():
            raise Failed("nothing of ours came to the serial port whose peer leaves")


def typed_bytes(text):
    """What a row's text types: "TEXT x N" is TEXT N times."""
    repeated = re.fullmatch(r"(.*) x (\d+)", text, re.DOTALL)
    if repeated:
        text = repeated.group(1) * int(repeated.group(2))
    return text.encode("latin-1")


def _type(row, folder):
    """A thread types the row's texts, and reads what comes back, so that QEMU does not wait."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(folder / "typed.socket"))

    def work():
        try:
            for text in row.typed:
                end = time.monotonic() + TYPING
                while (left := end - time.monotonic()) > 0:
                    line.settimeout(left)
                    try:
                        if not line.recv(4096):
                            return
                    except TimeoutError:
                        break
                line.sendall(typed_bytes(text))
            line.settimeout(row.limit)
            while line.recv(4096):
                pass
        except OSError:
            pass  # QEMU has ended.

    threading.Thread(target=work, daemon=True).start()


def _waits_for_typing(row, console):
    if not row.typed_after or not console.exists():
        return False
    return re.search(row.typed_after, console.read_text(encoding="latin-1")) is not None


def _picture(folder):
    time.sleep(SETTLE)
    qmp = stuck.Qmp(folder / "qmp.socket")
    qmp.ask("screendump", filename=str(folder / "screen.ppm"))
    qmp.ask("quit")


def late_timer(console):
    """Whether Linux has given up on the timer, in the file that a serial port writes."""
    return console.exists() and LATE_TIMER in console.read_bytes()


def run(row, products, folder, qemu=program.QEMU):
    """Started again if the host kept QEMU's timer waiting: that is not about what we boot."""
    for pause in (*LATE_TIMER_PAUSES, None):
        result = _run(row, products, folder, qemu)
        if not late_timer(folder / "console.log"):
            break
        print(f"{row.name}: this host kept QEMU's timer waiting, and Linux gave up", flush=True)
        if pause is not None:
            time.sleep(pause)
    return result


def _run(row, products, folder, qemu):
    peers = Peers(row, folder)
    argv = command(row, products, folder, qemu)
    (folder / "command").write_text(" ".join(argv) + "\n")
    console, seen_at, typing, stood = folder / "console.log", None, not row.typed, None
    before = _digests(row, folder)
    begin = time.monotonic()
    with open(folder / "emulator.log", "wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while process.poll() is None:
            now = time.monotonic() - begin
            if seen_at is None and verdict_seen(console):
                seen_at = now
                if row.screen is not None:
                    _picture(folder)
            if not typing and (seen_at is not None or _waits_for_typing(row, console)):
                typing = True
                _type(row, folder)
            if seen_at is None and late_timer(console):
                break
            if now > row.limit:
                stood = stuck.where(process.pid, folder / "qmp.socket")
                break
            time.sleep(0.05)
    finally:
        if process.poll() is None:
            process.kill()
        status = process.wait()
    peers.close(wanted=not late_timer(console))
    seconds = time.monotonic() - begin
    if seen_at is None and verdict_seen(console):
        seen_at = seconds
    result = Result.gather(folder, None if stood else status, seconds, seen_at, stood)
    return dataclasses.replace(result, written=_written(row, folder, before))
