# SPDX-License-Identifier: GPL-2.0-only
"""The seeds: valid inputs of each target, from which libFuzzer starts.

From tests/expect and tests/setup, and made by hand from the manual of the format that is named.
"""

import json
import pathlib
import struct
import tempfile

from lib import command
from lib.places import EXPECT, REPLAY, TESTS


def text(*lines):
    return "".join(line + "\n" for line in lines).encode()


def recordings():
    return [json.loads(path.read_text()) for path in sorted(REPLAY.glob("*.json"))]


def documents():
    report = EXPECT / "report.json"
    machine = json.loads(report.read_text())["machine"]
    started = {"schema": "nestcheck.started/1", "version": "0.1.0", "machine": machine}
    started["started"] = "2026-01-02T03:04:05Z"
    files = [p.read_bytes() for p in [*sorted(REPLAY.glob("*.json")), report]]
    return [*files, json.dumps(started).encode()]


def xml():
    with tempfile.TemporaryDirectory() as folder:
        command.tool([TESTS / "setup" / "domains.py", folder])
        return [p.read_bytes() for p in sorted(pathlib.Path(folder).iterdir())]


# modprobe.d(5)
MODPROBE = [
    text("options kvm_intel nested=1", "options kvm-amd nested=0 avic=1"),
    text("# a comment", "blacklist kvm_intel", "install kvm /bin/false", "alias a kvm_amd"),
    text("options \\", "  kvm_intel \\", "  nested=N", "softdep kvm pre: irqbypass"),
    text('options kvm_amd nested="0x1"', "options kvm_intel nested", "install kvm_amd /sbin/x"),
    text("# Written by nestcheck setup host: KVM's guests may nest.",
         "options kvm_amd nested=1"),
]

# What modprobe(8) of kmod 30 prints if a module is refused.
RECORD_HEAD = ["# Written by nestcheck setup host: KVM's guests may nest.", "# To undo: ..."]
# setup/host/change_text.c; then where a byte is changed
RECORD = [
    text(*RECORD_HEAD, "# What was here before: nothing", "options kvm_intel nested=1") + b"\0\0",
    text(*RECORD_HEAD, "# This folder was made for it, too.",
         "# What was here before: sha256 " + "0123456789abcdef" * 4,
         "options kvm_amd nested=1", "# This file: sha256 " + "00" * 32) + b"\x80\1",
    text("# mine", "# What was here before: sha256 12") + b"\x30\0",
]

MODPROBE_OUTPUT = [
    text("modprobe: ERROR: could not insert 'kvm_intel': Operation not supported"),
    text("modprobe: FATAL: Module kvm_amd not found in directory /lib/modules/6.1.0-40-amd64"),
    text("modprobe: ERROR: ctx=0x55d path=/etc/modprobe.d/x.conf line=1 ignoring bad line", ""),
]

# Documentation/admin-guide/kernel-parameters.rst, modprobe(8), our own parameters.
CMDLINE = [
    b"quiet kvm_intel.nested=" + b"0" * 300 + b" module_blacklist=kvm_amd," + b"x" * 300,
    text("BOOT_IMAGE=/boot/vmlinuz-6.1.0-40-amd64 root=UUID=1234-56 ro quiet kvm_intel.nested=1"),
    text("console=ttyS0,115200 kvm-amd.nested=0 module_blacklist=kvm_intel,nouveau nosmt=force"),
    text('nestcheck.mode=menu nestcheck.only="vmx_*,svm_*" nestcheck.soak=8h nestcheck.depth=3'),
    text("nestcheck.report=ttyS1,usb,http://lab/x nestcheck.after=poweroff nestcheck.medium=usb"),
    text('modprobe.blacklist=kvm_amd dyndbg="file x.c +p" nestcheck.fault=l1-hang,panic nosmt'),
    text("nestcheck.below=tcg nestcheck.timeout=90 nestcheck.selftest=soak nestcheck.skip=*smi*"),
    b"a=b " * 1000,
    text("iscsi_password=secret ip=10.0.0.2::10.0.0.1 inst.ks=http://user:word@host/ks l1tf=full"),
]

# chain/start.h
CHAIN_ARGS = [
    b"console=ttyS0 nestcheck.level=1 nestcheck.depth=2 nestcheck.cpus=2 nestcheck.silence=15000 "
    b"nestcheck.slow=1 nestcheck.nonce=0123456789abcdef",
    b"nestcheck.level=2 nestcheck.depth=3 nestcheck.slow=20 nestcheck.fault=chain-l2-hang,l0-warns",
    b"nestcheck.level=0 nestcheck.level=3 nestcheck.cpus=999999999",
]

# design.md, "Parameters"
CFG = [
    text("# nestcheck.cfg", "mode=auto", "selftest = full", "report=usb", "after=reboot"),
    b"\xef\xbb\xbfmode=shell\r\ntimeout=60\r\n\r\nsoak=30m\r\nonly=\"vmx_*\"\r\n",
    text("nestcheck.depth=3", "fault=console-stall", "nosuchkey=1", "a line", "medium=cd"),
    b"#" * (64 * 1024 + 1),
]

# lib/params_text.c
PARAMS = [
    text("0 mode=menu", "1 timeout=90", "2 report=ttyS1,usb", "problem a key (fw_cfg): no such"),
    text("2 only=vmx_*", "2 skip=*", "0 below=bochs", "1 soak=3600", "0 depth=3"),
    text("0 fault=l1-hang,panic", "2 after=firmware", "2 medium=pxe", "1 selftest=off"),
]

GLOBS = [b"vmx_*,svm_nested_*", b"*_[a-p]*,?vm*", b"svm_nested_page_fault_write_protected"]

# GRUB's manual ("Simple configuration"), systemd's Boot Loader Specification.
BOOT_FILES = [
    text("module_blacklist=kvm_intel," + "x" * 300,
         "GRUB_CMDLINE_LINUX=kvm_amd.nested=" + "0" * 300),
    text('GRUB_CMDLINE_LINUX_DEFAULT="quiet kvm_intel.nested=0"', "# kvm_amd.nested=0",
         "GRUB_CMDLINE_LINUX='module_blacklist=kvm,kvm_amd'"),
    text("menuentry 'Debian' {", "\tlinux /vmlinuz root=/dev/sda1 kvm-intel.nested=Y quiet",
         "\tinitrd /initrd.img", "}"),
    text("title Fedora", "linux /vmlinuz-6.12", "options ro modprobe.blacklist=kvm_intel quiet"),
    text("root=/dev/sda2 rw kvm_amd.nested=x"),
]

# initramfs-tools(7), dracut.conf(5), mkinitcpio.conf(5)
INITRAMFS = [
    text("# List of modules", "kvm", "kvm_intel nested=1"),
    text('add_drivers+=" kvm kvm-amd "', 'omit_drivers+=" kvm "', "  kvm"),
    text("MODULES=(ext4 kvm_amd)", "HOOKS=(base udev)  # kvm"),
]

# os-release(5)
OS_RELEASE = [
    text('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'NAME="Debian GNU/Linux"', "ID=debian"),
    text("NAME='A \\\"system\\\"'", "VERSION_ID=1"),
    b"ID=x\r\nPRETTY_NAME=\"Caf\xc3\xa9 \\$1\"\r\n",
]

# modules.builtin(5), modules.dep(5), and the image's own list of disk drivers
MODULE_LISTS = [
    text("kernel/arch/x86/kvm/kvm.ko", "kernel/arch/x86/kvm/kvm-intel.ko"),
    text("kernel/arch/x86/kvm/kvm-amd.ko.xz: kernel/virt/lib/irqbypass.ko.xz", "kvm.ko:"),
    text("ahci: libata libahci ahci", "nvme: nvme-core nvme"),
]

# proc_pid_mountinfo(5)
MOUNTINFO = [
    text("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue"),
    text("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw", "23 22 0:21 / /proc rw - proc"),
    text("1 1 8:10 / / rw - ext4 /dev/sda10 rw"),
    text(
        "24 1 0:22 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs,upperdir=/run/live/rw",
        "25 24 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw",
    ),
]


def image(*sections):
    """Microsoft's "PE Format": the COFF header at 0x40, no optional header, the section table."""
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    head += b"PE\0\0" + struct.pack("<HH12xHH", 0x8664, len(sections), 0, 0)
    for n, (name, size) in enumerate(sections):
        head += struct.pack("<8sIIII16x", name, size, 0x1000 * n, 512, 1024 + 512 * n)
    return head


# The UAPI group's "Unified Kernel Image": an image, one with a second profile, an add-on
IMAGES = [
    image((b".text", 9), (b".osrel", 9), (b".cmdline", 300), (b".linux", 512)),
    image((b".cmdline", 20), (b".profile", 9), (b".cmdline", 600)),
    image((b".sdmagic", 9), (b".cmdline", 1)),
]

DIFF = [b"a\nb\nc\n\0a\nx\nc\n", b"\0options kvm_amd nested=1\n", b"a\nb\0b\na", b"same\n\0same\n"]


def disk(size, *parts):
    return struct.pack("<I", size) + b"".join(
        struct.pack("<IB", at, len(data)) + data for at, data in parts)


UUID = bytes(range(16, 32))
MIB = 1 << 20
# The offsets are of the sources that setup/disk/probe.c names.
SUPERBLOCKS = [
    # ext4: magic, state, features, UUID, label; then ext2, ext3 with a journal to replay, a journal
    disk(64 * MIB, (1080, b"\x53\xef\x01\0"), (1116, b"\x3c\0\0\0\x46\x02\0\0\x6b\x04\0\0"),
         (1128, UUID + b"rootfs\0")),
    disk(MIB, (1080, b"\x53\xef\0\0"), (1128, UUID)),
    disk(MIB, (1080, b"\x53\xef\x01\0"), (1116, b"\4\0\0\0\6\0\0\0")),
    disk(MIB, (1080, b"\x53\xef\x01\0"), (1116, b"\0\0\0\0\x08\0\0\0")),
    disk(MIB, (0, b"XFSB"), (32, UUID), (108, b"data  ")),
    disk(MIB, (65600, b"_BHRfS_M"), (65568, UUID), (65632, b"\1"), (65672, b"\2"),
         (65835, b"@label")),
    disk(MIB, (4086, b"SWAPSPACE2"), (1036, UUID)),
    disk(MIB, (4086, b"S1SUSPEND")),
    # Swapped memory that looks like btrfs, a bcache or a mirror's half.
    disk(MIB, (4086, b"S1SUSPEND"), (65600, b"_BHRfS_M")),
    disk(MIB, (4086, b"S1SUSPEND"), (4120, bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81"))),
    disk(MIB, (4086, b"S1SUSPEND"), (MIB - 1024, b"NVIDIA  ")),
    disk(4 * MIB, (4 * MIB - 3087 * 512, b"Promise Technology, Inc.")),
    disk(MIB, (0, b"LUKS\xba\xbe\0\2")),
    disk(MIB, (512, b"LABELONE"), (536, b"LVM2 001")),
    disk(MIB, (3, b"NTFS    "), (510, b"\x55\xaa")),
    disk(MIB, (3, b"-FVE-FS-")),
    disk(MIB, (39, b"\x31\x4b\x43\x4eNESTCHECK  FAT16   "), (510, b"\x55\xaa")),
    disk(MIB, (67, b"\0\0\0\0NESTCHECK  FAT32   "), (510, b"\x55\xaa")),
    disk(MIB, (32768, b"\1CD001\1"), (32808, b"NESTCHECK" + b" " * 23)),
    disk(MIB, (4096, b"\xfc\x4e\x2b\xa9")),
    disk(MIB, (MIB - 8192, b"\xfc\x4e\x2b\xa9")),
    disk(MIB, (MIB - 65536, b"\xfc\x4e\x2b\xa9")),
    disk(MIB, (131072, b"\x0c\xb1\xba\0\0\0\0\0")),
    disk(MIB, (4120, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81")),
    disk(4096, (1080, b"\x53\xef")),
    # Devices that end within what the signature announces.
    disk(512), disk(32776, (32768, b"\1CD001")), disk(65610, (65600, b"_BHRfS_M")),
    disk(1400, (1080, b"\x53\xef")), disk(100, (82, b"FAT32")), disk(60, (54, b"FAT")),
    disk(128 * 1024, (64 * 1024, b"\xfc\x4e\x2b\xa9")),
]


# fstab(5), systemd.swap(5), the kernel's resume= and resume_offset=, initramfs-tools' RESUME=
SLEEP = [
    text("# a comment", "UUID=1-2 / ext4 defaults 0 1", "/swap\\040file none swap sw 0 0"),
    text("LABEL=x\tnone\tswap\tsw", "/dev/zram0 none swap", '"UUID=a" none swap'),
    text("[Swap]", "What=/dev/vg/lv", "Where=x", "What = UUID=3"),
    text("RESUME=UUID=1-2", "resume device = /dev/dm-1", "RESUME=none"),
    text("  linux /x root=UUID=1 resume=/dev/sda3 quiet", "resume=8:2 resume_offset=34816"),
    text('GRUB_CMDLINE_LINUX="resume=\\"UUID=7\\" quiet"', "noresume resume= resume_offset=0"),
    text(*(f"/swap{i} none swap" for i in range(40))),
]


def swap(size, *parts):
    return struct.pack("<I", size)[:3] + b"".join(
        struct.pack("<I", at)[:3] + bytes([len(data)]) + data for at, data in parts)


# mm/swapfile.c, kernel/power/swap.c; a page of 4096 and of 65536 bytes
SWAP = [
    swap(65536, (4086, b"SWAPSPACE2")),
    swap(65536, (65526, b"S1SUSPEND")),
    swap(4096, (4086, b"LINHIB0001")),
    swap(8192, (4086, b"SWAP-SPACE"), (8182, b"ULSUSPEND")),
    swap(4095, (4085, b"SWAPSPACE2")),
    swap(100, (0, b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c")),
]

# media.c: hinted 1, UEFI has a path 2; each candidate: FAT 1, removable 2, id 4 or 8, booted 16;
# and its disk
MEDIUM = [
    bytes([0, 0x0B, 1]), bytes([1, 0x0B, 1, 0x0B, 2]), bytes([0, 0x0A, 1, 0x0B, 1, 0x08, 2]),
    bytes([2, 0x19, 1, 0x0B, 2]), bytes([2, 0x09, 1]), bytes([1, 0x0A, 1]),
    bytes([2, 0x08, 1, 0x18, 1, 0x0B, 2]),
    bytes([0] + [0x0B, 1] * 17), bytes([0, 0x07, 1]), bytes([0, 3, 1]),
]


def device(number, start, gpt, signature, sysfs, boot):
    return (struct.pack("<IQB16sB", number, start, gpt, signature, len(sysfs)) + sysfs.encode()
            + boot)


def checked(table, at):
    """With the byte that makes the sum of all 0."""
    out = bytearray(table)
    out[at] = 0
    out[at] = -sum(out) & 0xFF
    return bytes(out)


def spcr(interface, space, address, baud, length=80):
    table = bytearray(length)
    table[:9] = b"SPCR" + struct.pack("<IB", length, 2)
    table[36] = interface
    table[40:44] = bytes([space, 8, 0, 1])
    table[44:52] = struct.pack("<Q", address)
    table[58] = baud
    return checked(table, 9)


# "Serial Port Console Redirection Table", Microsoft
SPCR = [spcr(0, 1, 0x3F8, 7), spcr(0x12, 0, 0xFED00000, 3, 88), spcr(3, 1, 0x3F8, 7),
        spcr(1, 1, 0, 0)]


def option(*nodes, more=b""):
    path = b"".join(struct.pack("<BBH", kind, sub, 4 + len(data)) + data
                    for kind, sub, data in nodes)
    return (struct.pack("<IH", 1, len(path)) + "Linux\0".encode("utf-16-le") + path + more)


END = (0x7F, 0xFF, b"")
ACPI, PCI = (2, 1, b"\xd0\x41\x03\x0a\0\0\0\0"), (1, 1, b"\0\x1f")
# UEFI 2.10, 3.1.3 and 10.3
BOOT_OPTION = [
    option(ACPI, PCI, (3, 5, b"\1\0"), (4, 1, b"\0" * 38), END),
    option(ACPI, PCI, (3, 0x0B, b"\0" * 33), (3, 0x0C, b"\0" * 23), END),
    option((4, 1, b"\0" * 38), (4, 4, "\\EFI\\x".encode("utf-16-le")), END, more=b"data"),
    option((4, 7, b"\0" * 16), (4, 6, b"\0" * 16), END),
    option(ACPI, (1, 1, b"\0\0"), (3, 0x12, b"\0" * 6), END),
]


def hard_drive(number, start, signature, kind):
    """UEFI 2.10, 10.3.5.1; kind: 1 MBR, 2 GPT"""
    return (4, 1, struct.pack("<IQQ16sBB", number, start, 0x1000, signature, kind, kind))


STICK = "/sys/devices/pci0000:00/0000:00:1f.0/usb1/1-1/host0/target0:0:0/0:0:0:0/block/sda/sda2"
DISK = "/sys/devices/pci0000:00/0000:00:1f.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
MBR, GUID = b"\x12\x34\x56\x78" + bytes(12), bytes(range(16))
BOOT_PATH = [
    device(2, 2048, 0, MBR, STICK, option(ACPI, PCI, (3, 5, b"\1\0"), hard_drive(2, 2048, MBR, 1),
                                          END)),
    device(1, 34, 1, GUID, DISK, option(hard_drive(1, 34, GUID, 2), END)),
    device(0, 0, 0, bytes(16), DISK, option(ACPI, PCI, (3, 0x12, b"\0" * 6), END)),
    device(0, 0, 0, bytes(16), STICK, option(ACPI, PCI, (3, 5, b"\1\0"), END, more=b"x")),
]

FAT_NAME, FAT_TEXT = "nestcheck-20260131T120000Z.json", b"x" * 1100


def fat_entries(cluster, size):
    """A long name and its short one, "FAT: General Overview of On-Disk Format" 1.03, page 27."""
    short, total = b"NESTCH~1JSO", 0
    for byte in short:
        total = ((total & 1) << 7) + (total >> 1) + byte & 0xFF
    parts, out = -(-len(FAT_NAME) // 13), b""
    padded = (FAT_NAME.encode("utf-16-le") + b"\0\0").ljust(26 * parts, b"\xff")
    for part in range(parts, 0, -1):
        name = padded[26 * (part - 1):26 * part]
        out += (bytes([part | (0x40 if part == parts else 0)]) + name[:10] + b"\x0f\0"
                + bytes([total]) + name[10:22] + b"\0\0" + name[22:])
    return out + short + b"\x20" + bytes(8) + struct.pack("<H4xHI", cluster >> 16, cluster, size)


def fat(bits, clusters, size=len(FAT_TEXT), chain=(5, 4, 7)):
    """With clusters of a sector; the file is in those of the chain."""
    tables = (clusters + 2) * 4 // 512 + 1
    entries = 0 if bits == 32 else 64
    sectors = 4 + tables + entries * 32 // 512 + clusters
    head = bytearray(48)
    head[11:17] = struct.pack("<HBHB", 512, 1, 4, 1)
    head[17:19] = struct.pack("<H", entries)
    head[22:24] = struct.pack("<H", 0 if bits == 32 else tables)
    head[32:40] = struct.pack("<II", sectors, tables if bits == 32 else 0)
    head[44:48] = struct.pack("<I", 2)
    root = (4 + tables) * 512
    data = root + entries * 32
    links, parts = dict(zip(chain, [*chain[1:], (1 << bits) - 1])), []
    if bits == 32:
        links[2] = 0x0FFFFFFF
    table = bytearray(48)
    for n, link in links.items():
        if bits == 12:
            at = n + n // 2
            old = int.from_bytes(table[at:at + 2], "little")
            new = old & 0x000F | link << 4 if n & 1 else old & 0xF000 | link
            table[at:at + 2] = struct.pack("<H", new)
        else:
            table[n * bits // 8:(n + 1) * bits // 8] = link.to_bytes(8, "little")[:bits // 8]
    parts = [(0, bytes(head)), (2048, bytes(table)), (root, b"NESTCHECK  \x08"),
             (root + 32, fat_entries(chain[0], size))]
    for i, n in enumerate(chain):
        text_here = FAT_TEXT[512 * i:512 * i + 512]
        for at in range(0, len(text_here), 250):
            parts.append((data + (n - 2) * 512 + at, text_here[at:at + 250]))
    return disk(sectors * 512, *parts)


FAT = [fat(12, 4084), fat(16, 4085), fat(32, 65525), fat(12, 100, size=7),
       fat(16, 5000, chain=(5, 4)), disk(512), fat(32, 65525, chain=(5, 4, 5))]


def dmi():
    out = []
    for facts in recordings():
        firmware = facts.get("firmware", {})
        lines = [f"{key}={value}" for key, value in firmware.get("dmi", {}).items()]
        out.append(text(*lines, *firmware.get("acpi", [])))
    return [*(data for data in out if data),
            text("sys_vendor=QEMU", "bios_vendor=The Bochs Project", "DMAR", "SPCR"),
            text("sys_vendor=Microsoft Corporation", "product_name=Virtual Machine",
                 "chassis_asset_tag=7783-7084-3265-9085-8269-3286-77", "WSMT"),
            text("sys_vendor=Dell Inc.", "product_name=\x1b[31mX", "bios_date=01/01/2020", "IVRS")]


def machine(cpu):
    out = b""
    for key, value in cpu.get("cpuid", {}).items():
        leaf, subleaf = key.split(":")
        regs = [int(word, 16) for word in value.split()]
        out += struct.pack("<BIIIIII", 0, int(leaf, 16), int(subleaf), *regs)
    for key, value in cpu.get("msr", {}).items():
        if value:
            out += struct.pack("<BIQ12x", 1, int(key, 16), int(value, 16))
    return out


# SDM Vol. 2 "CPUID": leaves with subleaves, of which 0 is the same for all.
def many_leaves():
    out = struct.pack("<BI", 0, 0) + struct.pack("<II", 0, 0x20) + b"GenuntelineI"
    for leaf in range(1, 0x21):
        out += struct.pack("<BIIIIII", 0, leaf, 0xFFFFFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF)
    return out


# A guest of Hyper-V and KVM, on a CPU of VIA's vendor.
def guest_leaves():
    return b"".join(struct.pack("<BII", 0, leaf, 0) + regs for leaf, regs in (
        (0, b"\1\0\0\0CentaulsaurH"), (1, b"\0" * 11 + b"\x80" + b"\0" * 4),
        (0x40000000, b"\6\0\0\x40Microsoft Hv"), (0x40000001, b"Hv#1" + bytes(12)),
        (0x40000100, b"\1\1\0\x40KVMKVMKVM\0\0\0"),
        (0x80000000, b"\4\0\0\x80" + bytes(12)), (0xC0000000, b"\1\0\0\xc0" + bytes(12))))


def registers():
    return [machine(cpu) for facts in recordings() for cpu in facts["cpus"]] + [
        many_leaves(), guest_leaves()]


# machine.c: what the rules read
RULES = [
    text("ckvm_intel.nested=0 module_blacklist=kvm mitigations=off", "r6.1.0-40-amd64",
         "v#1 SMP Debian 6.1.153-1", "m/etc/modprobe.d/x.conf: options kvm_intel nested=0 ept=N",
         "m/etc/modprobe.d/y.conf: blacklist kvm_intel", "lkvm: disabled by bios"),
    text("r6.8.0-45-generic", "sUbuntu 6.8.0-45.45-generic 6.8.12", "pnested=N", "pept=Y",
         "yl1tf=Vulnerable; SMT vulnerable", "fkvm_intel=absent", "okvm", "ointegrity", "nlxc"),
    text("eEOPNOTSUPP: Operation not supported", "cnosmt",
         "m/usr/lib/modprobe.d/z.conf: install kvm /bin/true",
         "lx86/cpu: VMX (outside TXT) disabled by BIOS", "lkvm_intel: version magic"),
]

# proc_cpuinfo(5)
CPUINFO = [
    text("processor\t: 0", "vendor_id\t: GenuineIntel", "flags\t\t: fpu vme vmx ept", "bugs\t: x"),
    text("processor\t: 0", "flags\t\t: fpu svm npt"),
    b"processor\t: 0\nflags\t\t: fpu vm",
]

CPU_LIST = [b"0-3,8\n", b"0", b"1,3,5-1000000\n", b"0-63"]

RELEASES = [
    text("6.1.0-40-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20)", "x"),
    text("6.8.0-45-generic", "#45-Ubuntu SMP", "Ubuntu 6.8.0-45.45-generic 6.8.12"),
    text("7.2.0-rc5+", "4.18.0-553.el8_10.x86_64", "6.12.95-2-pve"),
]

# Documentation/ABI/testing/dev-kmsg; messages of arch/x86/kvm and lib/bug.c
KERNEL_LOG = [
    text("<6>[    0.000000] Linux version 6.12.95", "<5>[    1.234567] kvm: Nested Virtualization",
         "<4>[    2.0] x86/cpu: VMX (outside TXT) disabled by BIOS", "<30>[3.0] systemd: kvm"),
    text("kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR", "DMAR: IOMMU enabled", "L1TF CPU bug"),
    text("<4>[ 5.1] WARNING: CPU: 1 PID: 9 at arch/x86/kvm/x86.c:1 kvm_x+0x1/0x2 [kvm]"),
]
KMSG = [
    b"4,1234,5678,-;------------[ cut here ]------------\n\0"
    b"4,1235,5679,-;WARNING: CPU: 0 PID: 77 at arch/x86/kvm/vmx/vmx.c:1 "
    b"vmx_x+0x1/0x2 [kvm_intel]\n",
    b"3,1,1,-;refcount_t: underflow; use-after-free.\n\0" b"4,2,1,-;RIP: 0010:"
    b"refcount_warn_saturate+0x1/0x2\n\0" b"4,3,1,-;Call Trace:\n\0"
    b"4,4,1,-; kvm_put_kvm+0x1/0x2 [kvm]\n",
    b"6,5,1,-;kvm: loaded\n SUBSYSTEM=x\n DEVICE=+y\n\0" b"30,6,1,-;BUG: a program\n",
    b"5,0,0,-;Linux version 6.12.117\n\0" b"6,1,45211,-;Unpacking initramfs...\n\0"
    b"6,2,91342,-,caller=T1;Run /init as init process\n",
    b"12,1,1,-;nestcheck injects: WARNING: at kvm_x+0x1/0x2\n\0004,2,1,-;---[ end trace 0 ]---\n",
]

# lib/status.h
STATUS = [
    b"\x10" + text("STAGE collect", "PACE 5", "CASE vmx_cpuid 5/40 pass", "ALIVE chain L1: x"),
    b"\x01" + text("VERDICT PASS grade=fast cases=84 reason=all core cases passed"),
    b"\x40" + text("VERDICT ERROR grade=none cases=0 reason=", "no line of ours",
                   "CASE x 1/2 xfail"),
    b"\xff" + b"A" * 600 + b"\nSTAGE x\n",
]


def chain():
    report = json.dumps(json.loads((EXPECT / "report.json").read_text())).encode()
    passed = text("L1 0 stage init", "L1 5 self 2 524288 6.12.117-nestcheck", "L1 6 stage facts",
                  "L1 7 stage kvm", "L1 8 stage next", "L2 9 console Linux version 6.12",
                  "L2 10 stage init", "L2 11 stage hashing", "L2 12 hashed " + "a" * 64,
                  "L2 13 stage timer", "L2 14 stage cpus", "L2 15 stage done",
                  "L2 16 ended 0 0 99 1000 7 1 powered off", "L1 17 stage done",
                  "L1 18 ended 0 0 120 2000 40 1 powered off")
    return [b"\x40" + passed,
            b"\xff" + b"L1 1 report " + report[:15000] + b"\n",
            b"\x20" + text("L1 1 stage init", "L1 2 failed -ENOMEM too little",
                           "L1 3 ended 12 0 0 0 0 0 not started"),
            b"\x07" + text("L2 1 console Kernel panic - not syncing: x", "L3 1 stage init",
                           "L2 2 ended 0 2 5 6 7 0 triple fault on vCPU 0; rip 0x0")]


CHAIN_END = [b"0 0 1234 99 7 1 powered off", b"12 0 0 0 0 0 no memory", b"0 6 1 2 3 1 timeout"]


def elf(*segments, entry=0x1000000, kind=2):
    """System V ABI, "Object Files"; (offset, physical address, size in the file, in memory)."""
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", kind, 62, 1, entry, 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
    for at, address, size, memory in segments:
        head += struct.pack("<IIQQQQQQ", 1, 7, at, address, address, size, memory, 4096)
    return head.ljust(4096, b"\x90")


def bzimage(version=0x20F, flags=1, size=4096, address=0x100000, init=0x20000, words=2047):
    """Documentation/arch/x86/boot.rst"""
    out = bytearray(size)
    out[0x1F1] = 1
    out[0x1F4:0x1F8] = struct.pack("<I", (size - 2 * 512 + 15) // 16)
    out[0x1FE:0x200] = b"\x55\xaa"
    out[0x200:0x208] = b"\xeb\x6aHdrS" + struct.pack("<H", version)
    out[0x22C:0x230] = struct.pack("<I", 0x7FFFFFFF)
    out[0x236:0x238] = struct.pack("<H", flags)
    out[0x238:0x23C] = struct.pack("<I", words)
    out[0x258:0x264] = struct.pack("<QI", address, init)
    return bytes(out)


KERNEL = [
    elf((4096 - 64, 0x100000, 64, 8192), entry=0x100000),
    elf((1024, 0x100000, 1024, 4096), (2048, 0x200000, 512, 512), entry=0x200010, kind=3),
    elf((1024, 0x1000000, 1024, 4096)),
    bzimage(),
    bzimage(version=0x20B),
    bzimage(address=0x1000000, init=0x2000000),
    bzimage(words=3),
    bzimage(init=0x1FF800),  # it leaves no room for an initrd
]

# TL16C750's registers, as Linux's 8250 driver probes and uses them
SERIAL = [
    bytes([0x83, 0x80, 0x80, 1, 0x81, 0, 0x83, 3, 0x82, 0x07, 0x84, 3, 0x80, 65, 5, 0, 2, 0]),
    bytes([0x84, 0x10, 6, 0, 0x84, 0x1A, 6, 0, 0x80, 65, 0x81, 0xFF, 2, 0, 2, 0, 1, 0, 7, 0]),
    bytes([0x83, 0xBF, 0x82, 0x27, 2, 0, 0x83, 3, 2, 0, 0x87, 0x55, 7, 0, 3, 0, 4, 0]),
]

# lib/send_url.h; a word for the path is in the second line.
SEND_URL = [
    text("http://lab.example/reports/%i-%t-%v.json", "../x"),
    text("http://[fe80::1]:8080/%m?name=%i&v=%%20", "a b/c\\d%2e"),
    text("tftp://10.0.0.1/%s", "\x1b[2J"),
    text("syslog://10.0.0.1:1514", "rack3"),
]

# send/send.h: curl's status, what it says by --write-out, the answer
SEND_ANSWER = [
    b"\0nestcheck-send 404 100 PUT \n\0<html>\n<title>404 Not Found</title><hr>nginx",
    b"\x07nestcheck-send 000 0 PUT Failed to connect to lab port 80\n\0",
    b"\x01nestcheck-send 302 100 POST Protocol \"https\" disabled\n\0moved",
    b"\x45nestcheck-send 000 0 PUT TFTP: Access Violation\n\0\x1b[2J\x9b",
]

SEEDS = {
    "documents": documents,
    "xml": xml,
    "modprobe": MODPROBE,
    "record": RECORD,
    "modprobe-output": MODPROBE_OUTPUT,
    "cmdline": CMDLINE,
    "chain-args": CHAIN_ARGS,
    "cfg": CFG,
    "params": PARAMS,
    "globs": GLOBS,
    "boot-files": BOOT_FILES,
    "initramfs": INITRAMFS,
    "os-release": OS_RELEASE,
    "module-lists": MODULE_LISTS,
    "mountinfo": MOUNTINFO,
    "image": IMAGES,
    "superblocks": SUPERBLOCKS,
    "diff": DIFF,
    "sleep": SLEEP,
    "swap": SWAP,
    "medium": MEDIUM,
    "boot-path": BOOT_PATH,
    "fat": FAT,
    "spcr": SPCR,
    "boot-option": BOOT_OPTION,
    "dmi": dmi,
    "registers": registers,
    "rules": RULES,
    "cpuinfo": CPUINFO,
    "cpu-list": CPU_LIST,
    "releases": RELEASES,
    "kernel-log": KERNEL_LOG,
    "kmsg": KMSG,
    "status": STATUS,
    "chain": chain,
    "chain-end": CHAIN_END,
    "kernel": KERNEL,
    "serial": SERIAL,
    "send-url": SEND_URL,
    "send-answer": SEND_ANSWER,
}


def of(target):
    """The seeds of a target, [bytes]."""
    seeds = SEEDS.get(target, [])
    return seeds() if callable(seeds) else list(seeds)
