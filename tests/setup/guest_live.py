# SPDX-License-Identifier: GPL-2.0-only
"""Guests that are started, by a private libvirtd and by QEMU, with nestcheck in them."""

import os
import pwd
import re
import subprocess
import time
import xml.etree.ElementTree as ET

from guest_common import check, run

VERDICT = re.compile(r"^nestcheck: VERDICT PASS grade=\w+ cases=\d+ reason=", re.MULTILINE)
BOOT_LIMIT = 100  # seconds


class Libvirtd:
    """A private libvirtd that leaves nothing behind."""

    def __init__(self, tmp):
        self.folder = tmp / "libvirt"
        self.folder.mkdir()
        self.prefix = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ["runuser", "-u", "nobody", "--"]
        env = {
            "HOME": "",
            "XDG_CONFIG_HOME": "c",
            "XDG_DATA_HOME": "d",
            "XDG_CACHE_HOME": "a",
            "XDG_RUNTIME_DIR": "r",
        }
        # Since util-linux 2.42 script starts the account's shell, which is nologin for user nobody.
        self.env = ["env", "SHELL=/bin/sh", *(f"{k}={self.folder / v}" for k, v in env.items())]
        self.call(["mkdir", "-m", "700", *(self.folder / v for v in env.values() if v)])
        # libvirtd's own pid: runuser forwards only SIGTERM.
        pid = self.folder / "pid"
        self.process = subprocess.Popen(
            [*self.prefix, *self.env, "libvirtd", "--pid-file", pid],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            if (self.folder / "r/libvirt/libvirt-sock").exists():
                break
            time.sleep(0.1)

    def call(self, argv, **options):
        return run([*self.prefix, *self.env, *argv], **options)

    def virsh(self, *words):
        return self.call(["virsh", "-q", "-c", "qemu:///session", *words])

    def end(self):
        for name in self.virsh("list", "--name").stdout.split():
            self.virsh("destroy", name)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def scripts(machine, libvirtd, iso):
    """create-guest: its options, its refusals, and virt-install's domain for it."""
    script = libvirtd.folder / "create.sh"
    script.write_text(machine.text("script", "--for", "l1", "--accel", "tcg", "--name", "made"))
    common = ["sh", script, "--connect", "qemu:///session", "--images", libvirtd.folder]
    made = libvirtd.call(
        # A small disk: virt-install checks for space in the folder, which may be in memory.
        [*common, "--cdrom", iso, "--dry-run", "--memory", "777", "--bridge", "br9", "--disk", "1"]
    )
    parts = ('type="qemu"', "777", "br9", 'cache="none"', "made.qcow2", "svm")
    check(
        not made.returncode and all(p in made.stdout.replace("795648", "777") for p in parts),
        "script: virt-install makes the domain",
        made.stdout,
    )
    shown = run(["sh", script, "--help"])
    check(not shown.returncode and "--location" in shown.stdout, "script: --help", shown.stdout)
    for words, status in (
        (["--memory", "x", "--cdrom", iso], 2),
        ([], 2),
        (["--cdrom"], 2),
        (["--cdrom", iso, "--name", "a,b"], 2),
        (["--import", "/no/such"], 1),
        (["--cdrom", iso, "--preallocation", "full"], 2),
    ):
        result = libvirtd.call([*common, *words])
        check(
            result.returncode == status,
            f"script: refuses {' '.join(map(str, words))}",
            result.stdout,
        )


def reserved(libvirtd, line):
    """With falloc all of the disk's space is allocated; without, only what is written."""
    found = {}
    for how in ("metadata", "falloc"):
        done = libvirtd.call([*line, "--name", how, "--preallocation", how])
        disk = libvirtd.folder / f"{how}.qcow2"
        if not done.returncode:
            found[how] = disk.stat().st_blocks * 512 >> 20
        libvirtd.virsh("destroy", how)
        libvirtd.virsh("undefine", how)
        disk.unlink(missing_ok=True)
    check(
        found.get("metadata", 1024) < 512 and found.get("falloc", 0) >= 1024,
        "script: --preallocation falloc reserves the disk's space",
        f"MiB: {found} {done.stdout}",
    )


def creates(machine, libvirtd, iso):
    """create-guest without --dry-run: then a domain exists and runs, and a second is refused."""
    script = libvirtd.folder / "create.sh"
    script.write_text(machine.text("script", "--for", "l2", "--accel", "tcg", "--name", "made"))
    line = [
        "sh",
        script,
        "--connect",
        "qemu:///session",
        "--images",
        libvirtd.folder,
        "--cdrom",
        iso,
        "--memory",
        "128",
        "--disk",
        "1",
    ]
    first = libvirtd.call(line)
    state = libvirtd.virsh("domstate", "made").stdout.strip()
    disk = (libvirtd.folder / "made.qcow2").exists()
    second = libvirtd.call(line)
    libvirtd.virsh("destroy", "made")
    reserved(libvirtd, line)
    check(
        not first.returncode and disk and state == "running",
        "script: creates a guest",
        first.stdout,
    )
    check(
        second.returncode == 1 and "exists already" in second.stdout,
        "script: refuses a domain that is there",
        second.stdout,
    )


def boots(machine, libvirtd, iso):
    """The printed domain, except for paths that a test cannot use, boots nestcheck to PASS."""
    text = machine.text(
        "guest",
        "--for",
        "libvirt",
        "--accel",
        "tcg",
        "--cdrom",
        str(iso),
        "--memory",
        "512",
        "--cpus",
        "2",
    )
    text = text.replace("/var/lib/libvirt/images", str(libvirtd.folder))
    # A session's libvirtd has no network `default`.
    tree = ET.fromstring(text)
    devices = tree.find("devices")
    devices.remove(devices.find("interface"))
    path = libvirtd.folder / "boot.xml"
    path.write_text(ET.tostring(tree, encoding="unicode"))
    disk = libvirtd.call(
        ["qemu-img", "create", "-q", "-f", "qcow2", libvirtd.folder / "regular-guest.qcow2", "1G"]
    )
    defined = libvirtd.virsh("define", path)
    # virsh console needs a terminal.
    with open(libvirtd.folder / "console", "w+", encoding="utf-8", errors="replace") as log:
        argv = [
            *libvirtd.prefix,
            *libvirtd.env,
            "script",
            "-qec",
            "virsh -c qemu:///session start --console regular-guest",
            "/dev/null",
        ]
        with subprocess.Popen(
            [str(a) for a in argv], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
        ) as process:
            try:
                process.wait(BOOT_LIMIT)
            except subprocess.TimeoutExpired:
                libvirtd.virsh("destroy", "regular-guest")
        log.seek(0)
        output = log.read()
    check(
        VERDICT.search(output),
        "libvirtd starts the domain, and nestcheck in it says PASS",
        disk.stdout + defined.stdout + output[-2000:],
    )


def qemu(machine, tmp, iso):
    folder = tmp / "qemu"
    folder.mkdir()
    text = machine.text(
        "guest",
        "--for",
        "qemu",
        "--accel",
        "tcg",
        "--cdrom",
        str(iso),
        "--memory",
        "512",
        "--cpus",
        "2",
    )
    result = run(["sh", "-c", text], cwd=folder, timeout=BOOT_LIMIT)
    check(
        VERDICT.search(result.stdout) and (folder / "regular-guest.qcow2").exists(),
        "QEMU's lines for L1 boot nestcheck to PASS",
        result.stdout[-2000:],
    )
    # L2's guest starts, and its monitor quits it.
    text = machine.text(
        "guest", "--for", "qemu", "--accel", "tcg", "--level", "l2", "--memory", "128"
    )
    with subprocess.Popen(
        ["sh", "-c", text],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            output, _ = process.communicate("\x01cinfo status\nquit\n", timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            output = "no end"
    check(
        not process.returncode and "VM status: running" in output,
        "QEMU's lines for L2 start it",
        output,
    )
