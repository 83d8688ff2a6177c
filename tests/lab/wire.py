# SPDX-License-Identifier: GPL-2.0-only
"""A network that is only this process's: a bridge, and network namespaces that hang on it.

The process is in namespaces of its own (apart()), and is itself a client on the bridge `wire`.
"""

import os
import pathlib
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

from lib import command
from lib.places import TOP

LAB = TOP / "iso/lab/nestcheck-lab"
RUN = pathlib.Path("/run/nestcheck-lab/eth")
ADDRESS, CLIENT, SITE = "192.168.77.1", "192.168.77.2", "192.168.77.3"
INSIDE = "NESTCHECK_TESTS_APART"
# In the new mount namespace: /run, where labs and names of namespaces are, and /var/lib.
PREPARE = """
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
ip link set lo up
exec "$@"
"""


def apart():
    """Starts this program again in namespaces of its own; returns why not if that cannot be.

    Whatever it has started there ends with it.
    """
    if os.environ.get(INSIDE):
        return None
    if os.geteuid():
        return "only root can make network namespaces"
    for program in ("ip", "dnsmasq", "nginx", "unshare"):
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            return f"{program} is missing"
    argv = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    argv += ["sh", "-c", PREPARE, "sh"]
    tried = command.run([*argv, "ip", "link", "add", "wire", "type", "bridge"], merged=True)
    if tried.returncode:
        return f"no network namespace with a bridge: {tried.stdout.strip()}"
    # unshare ignores SIGTERM while its child runs, and takes it along only if it is killed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    with subprocess.Popen([*argv, *sys.orig_argv], env={**os.environ, INSIDE: "1"}) as again:
        try:
            sys.exit(again.wait())
        finally:
            again.kill()


def ip(*words):
    command.tool(["ip", *words])


def make():
    """The bridge, with this process at CLIENT."""
    ip("link", "add", "wire", "type", "bridge", "forward_delay", "0")
    ip("address", "add", f"{CLIENT}/24", "dev", "wire")
    ip("link", "set", "wire", "up")


def hang(name, address=None, interface="eth"):
    """A namespace with an interface on the bridge."""
    ip("netns", "add", name)
    ip("link", "add", f"at-{name}", "type", "veth", "peer", "name", interface, "netns", name)
    ip("link", "set", f"at-{name}", "master", "wire", "up")
    ip("-n", name, "link", "set", "lo", "up")
    ip("-n", name, "link", "set", interface, "up")
    if address:
        ip("-n", name, "address", "add", f"{address}/24", "dev", interface)


def inside(name, *words):
    return ["ip", "netns", "exec", name, *words]


def lab(*words, netns="lab", limit=60, merged=True, **options):
    return command.run(inside(netns, LAB, *words), limit, merged=merged, **options)


def mac_of(interface):
    return command.tool(["ip", "-br", "link", "show", interface]).split()[2]


# --- clients -------------------------------------------------------------------------------------

# DHCP options: RFC 2132; 93: RFC 4578; 175: iPXE's own.
MESSAGE, REQUESTED, SERVER, VENDOR, USER, ARCHITECTURE, IPXE = 53, 50, 54, 60, 77, 93, 175
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5


def option(number, data):
    return bytes((number, len(data))) + data


def dhcp(mac, kind, options, to="255.255.255.255", port=67, wait=8.0, servers=1, address="0.0.0.0"):
    """All answers to a packet: dictionaries of file, server (siaddr), address, sender, options.

    wait: at most; less, if that many servers have answered. dnsmasq pings an address for three
    seconds before it offers it.
    """
    transaction = secrets.token_bytes(4)
    packet = struct.pack(
        "!BBBB4sHH4s12x16s192xI", 1, 1, 6, 0, transaction, 0, 0x8000, socket.inet_aton(address),
        bytes.fromhex(mac.replace(":", "")), 0x63825363,
    )  # fmt: skip
    packet += option(MESSAGE, bytes((kind,))) + option(55, bytes((1, 3, 43, 60, 66, 67)))
    packet += b"".join(option(n, data) for n, data in options.items()) + b"\xff"
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"wire")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.bind(("", 68))
        client.sendto(packet.ljust(300, b"\0"), (to, port))
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0:
            client.settimeout(left)
            try:
                data, sender = client.recvfrom(4096)
            except TimeoutError:
                break
            if data[4:8] == transaction and data[0] == 2:
                answers.append(parsed(data, sender[0]))
                if len({one["sender"] for one in answers}) >= servers:
                    end = min(end, time.monotonic() + 0.4)
    return answers


def parsed(data, sender):
    options, at = {}, 240
    while at < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        size = data[at + 1]
        options[data[at]] = options.get(data[at], b"") + data[at + 2 : at + 2 + size]
        at += 2 + size
    file = options.get(67) or data[108:236]
    return {
        "file": file.partition(b"\0")[0].decode(),
        "server": socket.inet_ntoa(data[20:24]),
        "address": socket.inet_ntoa(data[16:20]),
        "sender": sender,
        "options": options,
    }


def firmware(number, ipxe=False, http=False):
    """The options of a client of this architecture."""
    vendor = f"{'HTTP' if http else 'PXE'}Client:Arch:{number:05}:UNDI:003016".encode()
    options = {VENDOR: vendor, ARCHITECTURE: number.to_bytes(2, "big")}
    if ipxe:
        options |= {USER: b"iPXE", IPXE: option(1, b"\1")}
    return options


def tftp(name, address=ADDRESS, blocksize=1428, wait=3.0):
    """The file's bytes. Raises OSError: TimeoutError, or with the server's message."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(wait)
        words = (name, "octet", "blksize", str(blocksize), "tsize", "0")
        client.sendto(b"\0\1" + b"".join(w.encode() + b"\0" for w in words), (address, 69))
        data, expected, size = b"", 1, 512
        while True:
            packet, peer = client.recvfrom(blocksize + 4)
            kind, block = struct.unpack("!HH", packet[:4])
            if kind == 5:
                raise OSError(packet[4:].partition(b"\0")[0].decode("latin-1"))
            if kind == 6:
                size, block = blocksize, 0
            elif block == expected % 65536:
                data += packet[4:]
                expected += 1
            client.sendto(struct.pack("!HH", 4, block), peer)
            if kind == 3 and len(packet) < size + 4:
                return data


def http(method, path, body=None, address=ADDRESS, port=80, wait=10.0, headers=()):
    """(status, bytes). The path is sent as it is."""
    with socket.create_connection((address, port), wait) as client:
        client.settimeout(wait)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {address}", "Connection: close", *headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        client.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        try:
            client.sendall(body or b"")
        except (BrokenPipeError, ConnectionResetError):
            pass  # It has answered before it read everything.
        data = b""
        try:
            while part := client.recv(1 << 16):
                data += part
        except ConnectionResetError:
            pass
    head, _, rest = data.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else 0), rest
