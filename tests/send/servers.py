# SPDX-License-Identifier: GPL-2.0-only
"""Servers that take reports, and servers that fail in every way, each with a port of its own.

A server keeps what it got: `requests`, a Request each. HTTP is by hand, because a server of a
library cannot break it.
"""

import contextlib
import dataclasses
import socket
import struct
import threading
import time

HOST = "127.0.0.1"


@dataclasses.dataclass
class Request:
    method: str
    path: str
    headers: dict
    body: bytes
    at: float


class Server:
    """kind: the socket's type. serve() is called for each connection, or once for datagrams."""

    kind = socket.SOCK_STREAM

    def __init__(self):
        self.requests = []
        self.socket = socket.socket(socket.AF_INET, self.kind)
        self.socket.bind((HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.over = threading.Event()

    def __enter__(self):
        if self.kind == socket.SOCK_STREAM:
            self.socket.listen(16)
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def run(self):
        while not self.over.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        # The client may go at any time.
        with connection, contextlib.suppress(OSError, ValueError):
            self.serve(connection)

    def serve(self, connection):
        raise NotImplementedError


def head(file):
    """(method, path, headers) of a request."""
    method, path, _ = file.readline().decode().split()
    headers = {}
    while line := file.readline().strip():
        name, value = line.decode().split(":", 1)
        headers[name.lower()] = value.strip()
    return method, path, headers


class Http(Server):
    """answer: called with the server and the request; its bytes are sent. early: it is called
    before the body was read. The connection is closed after each answer.
    """

    def __init__(self, answer, early=False):
        super().__init__()
        self.answer, self.early = answer, early

    def serve(self, connection):
        with connection.makefile("rb") as file:
            method, path, headers = head(file)
            length = 0 if self.early else int(headers.get("content-length", 0))
            body = file.read(length)
            self.requests.append(Request(method, path, headers, body, time.monotonic()))
            for part in self.answer(self, self.requests[-1]):
                connection.sendall(part)


def status(code, body=b"", *headers):
    """An answer with this status."""
    lines = [f"HTTP/1.1 {code}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def says(*answers):
    """Each request gets the next of these; the last one stays."""

    def answer(server, _request):
        yield answers[min(len(server.requests), len(answers)) - 1]

    return answer


def slowly(data, seconds):
    """A byte at a time."""

    def answer(server, _request):
        for byte in data:
            yield bytes([byte])
            if server.over.wait(seconds):
                return

    return answer


def endless(begin, more):
    def answer(server, _request):
        yield begin
        # The other servers of this process have to run, too.
        while not server.over.wait(0.002):
            yield more

    return answer


def silent(server, _request):
    server.over.wait()
    yield b""


class Udp(Server):
    """Keeps what comes."""

    kind = socket.SOCK_DGRAM

    def run(self):
        with contextlib.suppress(OSError):
            while not self.over.is_set():
                data, _ = self.socket.recvfrom(65536)
                self.requests.append(Request("", "", {}, data, time.monotonic()))


class Tftp(Server):
    """RFC 1350 with the options of RFC 2347, 2348, 2349. error: the answer to each request. lost:
    of so many packets that come, one is lost. dies: after so many blocks nothing more is said.
    """

    kind = socket.SOCK_DGRAM

    def __init__(self, error=None, lost=0, dies=None):
        super().__init__()
        self.error, self.lost, self.dies = error, lost, dies
        self.packets = 0

    def run(self):
        with contextlib.suppress(OSError, ValueError, struct.error):
            while not self.over.is_set():
                data, peer = self.socket.recvfrom(65536)
                if not self.is_lost():
                    self.take(data, peer)

    def is_lost(self):
        self.packets += 1
        return self.lost and self.packets % self.lost == 0

    def take(self, data, peer):
        (code,) = struct.unpack_from(">H", data)
        words = [word.decode() for word in data[2:].split(b"\0")[:-1]]
        if code != 2:
            return
        name, mode, *options = words
        options = dict(zip(options[::2], options[1::2], strict=True))
        with socket.socket(socket.AF_INET, self.kind) as own:
            own.bind((HOST, 0))
            own.settimeout(0.3)
            if self.error:
                number, text = self.error
                own.sendto(struct.pack(">HH", 5, number) + text + b"\0", peer)
                self.requests.append(Request("WRQ", name, {}, b"", time.monotonic()))
                return
            body = self.receive(own, peer, options)
        headers = {"mode": mode, **options}
        self.requests.append(Request("WRQ", name, headers, body, time.monotonic()))

    def receive(self, own, peer, options):
        size = int(options["blksize"])
        answer = b"\0\6" + b"".join(
            f"{key}\0{options[key]}\0".encode() for key in ("blksize", "tsize")
        )
        body, number, tries = b"", 0, 0
        own.sendto(answer, peer)
        while tries < 30 and not self.over.is_set():
            try:
                data, _ = own.recvfrom(65536)
            except TimeoutError:
                tries += 1
                own.sendto(answer, peer)
                continue
            if self.is_lost():
                continue
            code, got = struct.unpack_from(">HH", data)
            if self.dies is not None and number >= self.dies:
                self.over.wait()
                return body
            if code == 3 and got == (number + 1) & 0xFFFF:
                number += 1
                body += data[4:]
                answer = struct.pack(">HH", 4, got)
            own.sendto(answer, peer)
            if code == 3 and len(data) - 4 < size:
                return body
        return body
