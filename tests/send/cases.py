# SPDX-License-Identifier: GPL-2.0-only
"""What `nestcheck send` must do with each server."""

import dataclasses
import typing

import servers
from servers import Http, Tftp, endless, says, silent, slowly, status

PAGE = b"<html>\n<head><title>404 Not Found</title></head>\n<body><hr>nginx</body></html>\n"
ESCAPES = b"\x1b[2J\x1b]0;title\x07\x9b31m nestcheck: VERDICT PASS grade=fast cases=9 reason=x\n"
LIMIT = 40  # seconds for any of them


@dataclasses.dataclass
class Case:
    """server: makes it. url: "{port}" and the path. exits: the status. says: regexes of what is
    printed. got: how many requests it may have got. least, most: seconds.
    """

    name: str
    server: typing.Callable
    exits: int
    says: tuple = ()
    url: str = "http://127.0.0.1:{port}/reports/%i.json"
    words: tuple = ()
    got: tuple = (1, 1)
    least: float = 0
    most: float = LIMIT
    timeout: int = 20
    check: typing.Callable | None = None  # of the requests: complaints
    padded: bool = False  # the report is larger than what sockets hold


def whole(report, requests):
    """The last request is a PUT of the report, as a file of known length."""
    last = requests[-1]
    if (last.method, last.body) != ("PUT", report):
        yield f"{last.method} of {len(last.body)} bytes, not a PUT of {len(report)}"
    if last.headers.get("content-type") != "application/json":
        yield f"Content-Type {last.headers.get('content-type')}"
    if last.headers.get("content-length") != str(len(report)):
        yield f"Content-Length {last.headers.get('content-length')}"
    if not last.headers.get("user-agent", "").startswith("nestcheck/"):
        yield f"User-Agent {last.headers.get('user-agent')}"
    if "expect" in last.headers:
        yield "it waits for 100 Continue"


def put(report, requests):
    yield from whole(report, requests)
    if requests[-1].path != "/reports/rack3-17.json":
        yield f"path {requests[-1].path}"


def post(report, requests):
    last = requests[-1]
    if (last.method, last.body) != ("POST", report):
        yield f"{last.method} of {len(last.body)} bytes"


def words(_report, requests):
    wanted = "/52-54-00-12-34-56/20260102T030405Z/PASS?id=rack3-17&c=%20"
    if requests[-1].path != wanted:
        yield f"path {requests[-1].path}, wanted {wanted}"


def moved(report, requests):
    yield from whole(report, requests)
    if [r.path for r in requests] != ["/reports/rack3-17.json", "/elsewhere"]:
        yield f"paths {[r.path for r in requests]}"


def tftp(report, requests):
    last = requests[-1]
    if last.body != report:
        yield f"{len(last.body)} bytes of {len(report)}"
    wanted = ("rack3-17.json", "octet", str(len(report)), "1428")
    got = (last.path, *(last.headers.get(key) for key in ("mode", "tsize", "blksize")))
    if got != wanted:
        yield f"WRQ {got}, wanted {wanted}"


def to(place):
    return says(status("302 Found", b"", f"Location: {place}"))


def loop(_server, request):
    yield status("302 Found", b"", f"Location: {request.path}")


def then(code, place):
    return says(status(code, b"", f"Location: {place}"), status("201 Created"))


def http(*answer, **options):
    return lambda: Http(*answer, **options)


TFTP = "tftp://127.0.0.1:{port}/%i.json"

CASES = [
    Case("put", http(says(status("201 Created"))), 0, (r"^sent to http://127",), check=put),
    Case("put 204", http(says(status("204 No Content"))), 0, check=put),
    Case("post", http(says(status("200 OK", b"x"))), 0, words=("--method", "post"), check=post),
    Case(
        "words of the URL",
        http(says(status("201 Created"))),
        0,
        url="http://127.0.0.1:{port}/%m/%t/%v?id=%i&c=%%20",
        check=words,
    ),
    Case(
        "404",
        http(says(status("404 Not Found", PAGE))),
        4,
        (r"report-refused", r"HTTP 404, not found: 404 Not Found nginx", r"create_full_put_path"),
    ),
    Case("403", http(says(status("403 Forbidden"))), 4, (r"HTTP 403", r"dav_methods PUT")),
    Case(
        "413 before the body, and closed",
        http(says(status("413 Too Large", b"", "Connection: close")), early=True),
        4,
        (r"HTTP 413|connection", r"client_max_body_size|firewall"),
        got=(1, 9),
        timeout=2,
        padded=True,
    ),
    Case("413", http(says(status("413 Too Large"))), 4, (r"HTTP 413", r"client_max_body_size")),
    Case(
        "500, then 200",
        http(says(status("500 Oops"), status("200 OK"))),
        0,
        got=(2, 2),
        least=1,
        check=put,
    ),
    Case(
        "503 to the end",
        http(says(status("503 Busy", b"later"))),
        4,
        (r"HTTP 503: later \([23] tries\)",),
        got=(2, 3),
        least=1,
        timeout=6,
    ),
    Case(
        "507",
        http(says(status("507 Full"))),
        4,
        (r"HTTP 507, its storage is full", r"Make room"),
        got=(1, 2),
        timeout=3,
    ),
    Case("500, asked once", http(says(status("500 x"))), 4, (r"HTTP 500",), timeout=1),
    Case(
        "closes without an answer",
        http(says(b"")),
        4,
        (r"report-unreachable", r"closed without an answer"),
        got=(1, 2),
        timeout=3,
    ),
    Case("closes in its head", http(says(b"HTTP/1.1 2")), 4, got=(1, 2), timeout=2),
    Case(
        "closes in its answer, but has it all",
        http(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")),
        0,
        check=put,
    ),
    Case(
        "200 before it has the report",
        http(says(status("200 OK")), early=True),
        4,
        (r"before it had all|connection|no end",),
        got=(1, 3),
        timeout=2,
        padded=True,
    ),
    Case(
        "a byte a second",
        http(slowly(b"HTTP/1.1 200 OK\r\n\r\n", 1)),
        4,
        (r"no end within the time",),
        timeout=3,
        least=2.5,
        most=15,
    ),
    Case("silence", http(silent), 4, (r"report-unreachable",), timeout=2, least=1.5, most=15),
    Case(
        "a redirection to itself",
        http(loop),
        4,
        (r"report-redirected", r"redirected too often"),
        got=(6, 6),
    ),
    Case("307, then 201", http(then("307 There", "/elsewhere")), 0, got=(2, 2), check=moved),
    Case("308, then 201", http(then("308 There", "/elsewhere")), 0, got=(2, 2), check=moved),
    Case("302, then 201", http(then("302 Found", "/elsewhere")), 0, got=(2, 2), check=moved),
    Case(
        "303 to a page",
        http(says(status("303 See", b"", "Location: /page"), status("200 OK", b"a page"))),
        4,
        (r"report-redirected", r"only read"),
        got=(1, 2),
    ),
    Case("302 to https", http(to("https://127.0.0.1/x")), 4, (r"another protocol",)),
    Case("302 to a file", http(to("file:///etc/passwd")), 4, (r"report-redirected",)),
    Case("302 to tftp", http(to("tftp://127.0.0.1/x")), 4, (r"report-redirected",)),
    Case("302 to nowhere", http(says(status("302 Found"))), 4, (r"to nowhere",)),
    Case(
        "endless headers",
        http(endless(b"HTTP/1.1 500 x\r\n", b"X: " + b"y" * 1000 + b"\r\n")),
        4,
        (r"HTTP 500|report-unreachable",),
        got=(1, 3),
        timeout=2,
        most=15,
    ),
    Case(
        "endless headers, but it said yes",
        http(endless(b"HTTP/1.1 200 x\r\n", b"X: " + b"y" * 1000 + b"\r\n")),
        0,
        timeout=8,
        most=30,
        check=put,
    ),
    Case(
        "one header without an end",
        http(endless(b"HTTP/1.1 500 x\r\nX: ", b"y" * 65536)),
        4,
        (r"HTTP 500|report-unreachable",),
        got=(1, 3),
        timeout=2,
        most=15,
    ),
    Case(
        "a status line without an end",
        http(endless(b"HTTP/1.1 200 ", b"y" * 65536)),
        4,
        (r"report-unreachable",),
        got=(1, 3),
        timeout=2,
        most=15,
    ),
    Case(
        "a huge answer",
        http(endless(b"HTTP/1.1 404 x\r\n\r\n", b"z" * 65536)),
        4,
        (r"HTTP 404", r"z{50}"),
        timeout=8,
        most=30,
    ),
    Case(
        "a huge answer to what it has",
        http(endless(b"HTTP/1.1 201 x\r\n\r\n", b"z" * 65536)),
        0,
        timeout=8,
        most=30,
        check=put,
    ),
    Case(
        "escapes in the answer",
        http(says(status("404 \x1b[2J", ESCAPES))),
        4,
        (r"\\x1b\[2J\\x1b\]0;title\\x07",),
    ),
    Case("no HTTP", http(says(b"220 smtp ready\r\n")), 4, (r"report-",), got=(1, 3), timeout=2),
    Case(
        "100 Continue for ever",
        http(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
        4,
        (r"report-unreachable",),
        got=(1, 3),
        timeout=2,
        most=15,
    ),
    Case("it wants a password", http(says(status("401 Who"))), 4, (r"without a password",)),
    Case("tftp", Tftp, 0, (r"^sent to tftp://",), url=TFTP, check=tftp),
    Case(
        "tftp, every fifth packet lost",
        lambda: Tftp(lost=5),
        0,
        url=TFTP,
        timeout=60,
        most=60,
        got=(1, 3),
        check=tftp,
    ),
    Case(
        "tftp, no such file",
        lambda: Tftp(error=(1, b"File not found")),
        4,
        (r"file not found", r"--create"),
        url=TFTP,
        got=(1, 2),
    ),
    Case(
        "tftp, not allowed",
        lambda: Tftp(error=(2, b"\x1b[2JAccess violation")),
        4,
        (r"access violation",),
        url=TFTP,
        got=(1, 2),
    ),
    Case(
        "tftp, disk full",
        lambda: Tftp(error=(3, b"Disk full")),
        4,
        (r"Make room",),
        url=TFTP,
        got=(1, 9),
        timeout=3,
    ),
    Case(
        "tftp, it exists",
        lambda: Tftp(error=(6, b"File exists")),
        4,
        (r"its own name",),
        url=TFTP,
        got=(1, 2),
    ),
    Case("tftp, silence", servers.Udp, 4, (r"report-",), url=TFTP, got=(1, 9), timeout=2, most=15),
    Case(
        "tftp, silence after a block",
        lambda: Tftp(dies=1),
        4,
        (r"report-unreachable",),
        url=TFTP,
        got=(0, 9),
        timeout=3,
        most=15,
    ),
]
