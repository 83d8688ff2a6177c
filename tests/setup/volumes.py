# SPDX-License-Identifier: GPL-2.0-only
"""Disk images with installed roots for setup disk, and QEMU's arguments for them."""

import hashlib

import roots
from lib import command

MIB = 1 << 20
KERNEL = "6.1.0-9-amd64"
# Enough names that a wrong device number or offset would be noticed.
ROOT = {
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "etc/fstab": "/dev/sda1 / ext4 defaults 0 1\n",
    "etc/modprobe.d/other.conf": "options snd_hda_intel power_save=1\n",
    f"boot/vmlinuz-{KERNEL}": "no kernel\n" * 5000,
    f"boot/config-{KERNEL}": "CONFIG_KVM_AMD=m\n",
    f"lib/modules/{KERNEL}/modules.dep": "kernel/arch/x86/kvm/kvm-amd.ko:\n",
    f"lib/modules/{KERNEL}/kernel/arch/x86/kvm/kvm-amd.ko": "no module\n",
    "usr/lib/os-release": "NAME=other\n",
    "home/user/data": "".join(f"{i}\n" for i in range(20000)),
}


def tool(*argv, good=(0,)):
    return command.tool(argv, good=good)


def plant(folder, more=()):
    """more: path -> text, of files beside ROOT's or instead of them."""
    return roots.plant(folder, ROOT | dict(more), {"bin": "usr/bin"}, ["."])


def sparse(path, size):
    with open(path, "wb") as f:
        f.truncate(size)
    return path


def put(path, at, data):
    with open(path, "r+b") as f:
        f.seek(at)
        f.write(data)


def drive(image, name, device, extra="cache=directsync"):
    return [
        *("-drive", f"if=none,id={name},format=raw,file={image},{extra}"),
        *("-device", device.format(f"drive={name}")),
    ]


def digest(images):
    return {n: hashlib.sha1(p.read_bytes()).hexdigest() for n, p in images.items()}


def kernel(build):
    """QEMU's arguments to start the image without a medium."""
    return ["-kernel", build / "nestcheck.efi", "-append", "console=ttyS0 quiet"]
