# SPDX-License-Identifier: GPL-2.0-only
"""Debian's cloud kernel, its QEMU with all dependencies, and a chain of three levels from both:
packages unpacked into the cache and never installed."""

import hashlib
import pathlib
import re
import shutil

from lib import cpio, media

META_PACKAGE = "linux-image-cloud-amd64"
QEMU = "/usr/bin/qemu-system-x86_64"
# Files that QEMU needs to start a PC or a microvm with a kernel: packages seabios, qemu-system-data
# and ipxe-qemu. If a name differs between releases: all of its names.
FIRMWARE = (
    *(["/usr/share/seabios/bios-256k.bin"], ["/usr/share/seabios/vgabios-stdvga.bin"]),
    *(["/usr/share/qemu/linuxboot_dma.bin"], ["/usr/share/qemu/kvmvapic.bin"]),
    ["/usr/share/qemu/qboot.rom", "/usr/share/qemu/bios-microvm.bin"],
    ["/usr/share/qemu/efi-e1000.rom", "/usr/lib/ipxe/qemu/efi-e1000.rom"],
)
MODULES = ("irqbypass", "kvm", "kvm-amd")
# The memory that each level gives the next one, in MiB. L1 unpacks an archive of 70 MB.
L1_MEMORY, L2_MEMORY = 768, 256
# How a level starts QEMU: with only the necessary arguments and so the default devices of a PC, or
# with no device except the console.
QEMU_DEFAULT, QEMU_BARE = "default", "bare"
# L0's and L1's init. The kernel passes words like levels=bare to its init.
LEVEL = f"""#!/bin/busybox sh
busybox mount -t devtmpfs dev /dev
for module in {" ".join(MODULES)}; do
	busybox insmod /lib/$module.ko
done
if test -e /l1.cpio; then
	next=/l1.cpio memory={L1_MEMORY}
else
	next=/l2.cpio memory={L2_MEMORY}
fi
devices=-nographic
if test "$levels" = {QEMU_BARE}; then
	devices='-nodefaults -no-user-config -display none -vga none -serial stdio'
fi
{QEMU} $devices -machine pc -accel kvm -cpu host -smp 2 -m $memory -no-reboot \\
	-kernel /vmlinuz -initrd $next -append "console=ttyS0 quiet levels=$levels" </dev/null
# L2's line ends the measurement, and the console still has to send it.
busybox sleep 1
busybox poweroff -f
"""


def kernel(cache):
    """Debian's cloud kernel: the folder of its unpacked package."""
    depends = media.run_tool(["apt-cache", "depends", META_PACKAGE])
    names = [w for w in depends.split() if w.startswith("linux-image-") and w != META_PACKAGE]
    if not names:
        raise media.MediaError(f"apt has no kernel for {META_PACKAGE}: run apt-get update")
    folder = cache / "bench" / names[0]
    if not list(folder.glob("boot/vmlinuz-*")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        media.run_tool(["apt-get", "download", names[0]], cwd=folder)
        (package,) = folder.glob("*.deb")
        media.run_tool(["dpkg-deb", "-x", package, folder])
        package.unlink()
    return folder


def kernel_file(folder):
    (found,) = folder.glob("boot/vmlinuz-*")
    return found


def qemu_files():
    """QEMU, its libraries and firmware, as cpio.archive() takes them."""
    names = {QEMU}
    for places in FIRMWARE:
        names |= {place for place in places if pathlib.Path(place).exists()} or {places[0]}
    names |= set(re.findall(r"(?:=> |^\t)(/\S+)", media.run_tool(["ldd", QEMU]), re.MULTILINE))
    missing = [name for name in names if not pathlib.Path(name).exists()]
    if missing:
        raise media.MediaError(f"{missing[0]} is missing: tools/build/deps bench")
    return {name.lstrip("/"): (0o755, pathlib.Path(name).read_bytes()) for name in names}


def base(cache, busybox):
    """The files of a level that runs virtual machines: QEMU, a shell, KVM's modules."""
    files = qemu_files() | {"bin/busybox": (0o755, busybox.read_bytes())}
    for name in MODULES:
        (module,) = kernel(cache).rglob(f"{name}.ko")
        files[f"lib/{name}.ko"] = (0o644, module.read_bytes())
    return files


def _version(package):
    return media.run_tool(["dpkg-query", "-W", "-f", "${Version}", package]).strip()


def chain(cache, busybox, init):
    """L0's archive, with L1's inside, with L2's inside that, whose init is this program."""
    folder = kernel(cache)
    own = LEVEL.encode() + busybox.read_bytes() + init.read_bytes() + repr(FIRMWARE).encode()
    key = hashlib.sha256(own).hexdigest()[:12]
    qemu, seabios = (_version(p).replace(":", "_") for p in ("qemu-system-x86", "seabios"))
    path = cache / "bench" / f"chain-{folder.name}-qemu-{qemu}-seabios-{seabios}-{key}.cpio"
    if path.exists():
        return path
    for old in path.parent.glob("chain-*.cpio"):
        old.unlink()
    files = base(cache, busybox) | {"init": (0o755, LEVEL.encode())}
    files["vmlinuz"] = (0o644, kernel_file(folder).read_bytes())
    l2 = cpio.archive({"init": (0o755, init.read_bytes())})
    l1 = cpio.archive(files | {"l2.cpio": (0o644, l2)})
    part = path.with_suffix(".part")
    part.write_bytes(cpio.archive(files | {"l1.cpio": (0o644, l1)}))
    part.rename(path)
    return path
