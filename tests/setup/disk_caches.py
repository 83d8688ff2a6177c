# SPDX-License-Identifier: GPL-2.0-only
"""setup xml --disk-cache, judged by libvirt: its schema, its parser, and its QEMU driver."""

import pathlib
import re
import xml.etree.ElementTree as ET

import domains

MODES = ("default", "none", "writethrough", "writeback", "directsync", "unsafe")
# libvirt prints no cache for the default.
DISKS = """\
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/a.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file'>
      <source file='/b.img'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <disk type='block' device='disk'>
      <driver name="qemu" type="raw" cache="writeback" discard="unmap"
              io="threads" />
      <source dev='/dev/c'/>
      <target dev='vdc' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw' cache='writethrough'/>
      <source file='/d.iso'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <disk type='network' device='disk'>
      <driver name='qemu' type='qcow2' cache='directsync'>
        <metadata_cache>
          <max_size unit='bytes'>1024</max_size>
        </metadata_cache>
      </driver>
      <source protocol='nbd' name='e'>
        <host name='localhost' port='10809'/>
      </source>
      <target dev='vde' bus='virtio'/>
    </disk>
    <disk type='file' device='floppy'>
      <source file='/f.img'/>
      <target dev='fda' bus='fdc'/>
    </disk>
  </devices>
"""
CHANGED = ("vda", "vdb", "vdc", "vde")
KEPT = {"sda": "writethrough", "fda": None}
NATIVE = """\
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='native'/>
      <source file='/a.img'/>
      <target dev='vda' bus='virtio'/>
    </disk>
  </devices>
"""
DRIVER = re.compile(rb"<driver\b[^>]*>\s*")


def text(devices, kind="kvm"):
    return domains.domain("  <cpu mode='maximum'/>\n", more=devices, kind=kind).encode()


def every_mode(setup, run):
    """Each disk has the mode, as libvirt reads it; nothing else differs; a second run is idle."""
    before = text(DISKS)
    path = setup.folder / "disks.xml"
    for mode in MODES:
        done = setup.nest(before, "--disk-cache", mode)
        path.write_bytes(done.stdout)
        if done.returncode:
            setup.check(f"cache {mode}", [done.stderr.decode()])
            continue
        valid = run("virt-xml-validate", str(path), "domain")
        shown = run("virsh", "-q", "-c", "test:///default", f"define {path}; dumpxml --inactive d")
        dumped = shown.stdout.decode()
        root = ET.fromstring(dumped[dumped.index("<domain") :])
        found = {}
        for disk in root.iter("disk"):
            driver = disk.find("driver")
            cache = driver.get("cache") if driver is not None else None
            found[disk.find("target").get("dev")] = cache
        wanted = {name: None if mode == "default" else mode for name in CHANGED} | KEPT
        again = setup.nest(done.stdout, "--disk-cache", mode)
        missing = [n for n in CHANGED if n.encode() not in done.stderr]
        setup.check(
            f"cache {mode}",
            [
                valid.returncode and valid.stderr.decode(),
                shown.returncode and shown.stderr.decode(),
                found != wanted and f"libvirt reads {found}",
                DRIVER.sub(b"", before) != DRIVER.sub(b"", done.stdout) and "more differs",
                again.stdout != done.stdout and "the second run changed it",
                missing and f"not said: {missing}",
            ],
        )


def native(setup, run, as_user):
    """io='native' is refused exactly with the modes with which libvirt's QEMU driver refuses it."""
    before = text(NATIVE, "qemu")
    home = next(word[len("HOME=") :] for word in as_user if word.startswith("HOME="))
    path = pathlib.Path(home) / "native.xml"
    for mode in MODES:
        path.write_bytes(before.replace(b"cache='none'", f"cache='{mode}'".encode()))
        path.chmod(0o644)
        virsh = [*as_user, "virsh", "-q", "-c", "qemu:///session"]
        define = run(*virsh, f"define {path} --validate; undefine d")
        libvirt = b"either no disk cache or directsync" in define.stderr
        ours = setup.nest(before, "--disk-cache", mode)
        setup.check(
            f"io='native' with {mode}",
            [
                not libvirt and define.returncode and define.stderr.decode(),
                libvirt != (ours.returncode == 1) and f"status {ours.returncode}, "
                f"libvirt: {define.stderr.decode()}",
            ],
        )


def vhost_user(setup, run):
    """libvirt refuses a cache mode of it, and so it gets none."""
    path = setup.folder / "vhost.xml"
    before = text(
        "  <devices>\n    <disk type='vhostuser' device='disk'>\n"
        "      <driver name='qemu' type='raw'/>\n"
        "      <source type='unix' path='/s.sock'/>\n"
        "      <target dev='vda' bus='virtio'/>\n    </disk>\n  </devices>\n"
    )
    for what, data in (
        ("as it is", setup.nest(before, "--disk-cache", "none").stdout),
        ("with a cache", before.replace(b"type='raw'/", b"type='raw' cache='none'/")),
    ):
        path.write_bytes(data)
        define = run("virsh", "-q", "-c", "test:///default", f"define {path}")
        refused = b"cache is not supported" in define.stderr
        setup.check(
            f"vhost-user {what}",
            [refused != (what == "with a cache") and f"libvirt: {define.stderr.decode()}"],
        )


def usage(setup):
    done = setup.nest(text(DISKS), "--disk-cache", "fast")
    setup.check("usage: --disk-cache fast", [done.returncode != 2 and f"status {done.returncode}"])
