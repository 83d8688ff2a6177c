# SPDX-License-Identifier: GPL-2.0-only
"""Servers that labs have: nginx with WebDAV's PUT, and tftpd-hpa."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from lib.places import EXPECT

REPORT = EXPECT / "report.json"
NGINX, TFTPD = "/usr/sbin/nginx", "/usr/sbin/in.tftpd"
LIMIT = 10  # seconds until it listens

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
	access_log off;
	client_body_temp_path {folder}/body;
	server {{
		listen 127.0.0.1:{port};
		root {folder}/store;
		client_max_body_size 64k;
		location /reports/ {{
			dav_methods PUT;
			create_full_put_path on;
		}}
		location /small/ {{
			dav_methods PUT;
			client_max_body_size 1k;
		}}
	}}
}}
"""


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def running(argv, listens):
    process = subprocess.Popen(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + LIMIT
        while not listens() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def is_bound(port):
    """Whether somebody has this UDP port: the second column of the table, in hex."""
    table = pathlib.Path("/proc/net/udp").read_text(encoding="ascii")
    return f":{port:04X} " in table


def nginx(checks, sender):
    name = f"{sender.name}: nginx"
    if not os.path.exists(NGINX):
        checks.skip(name, "nginx is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        port = free_port(socket.SOCK_STREAM)
        store = pathlib.Path(folder) / "store"
        for path in (store / "reports", store / "small"):
            path.mkdir(parents=True)
        configuration = pathlib.Path(folder) / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
        base = f"http://127.0.0.1:{port}"
        with running([NGINX, "-c", configuration, "-p", folder], lambda: answers(port)):
            checks.check(name, with_nginx, sender, base, store)


def with_nginx(sender, base, store):
    for path, exits, says in (
        ("/reports/a/%i-%v.json", 0, "sent to"),
        ("/small/x", 4, "HTTP 413"),
        ("/elsewhere/x", 4, "HTTP 405"),
    ):
        done = sender(REPORT, base + path)
        text = done.stdout + done.stderr
        if done.returncode != exits or says not in text:
            yield f"{path} exits {done.returncode}: {text}"
    stored = store / "reports/a/rack3-17-PASS.json"
    if not stored.exists() or stored.read_bytes() != REPORT.read_bytes():
        yield f"it does not have {stored.name}"


def tftpd(checks, sender):
    name = f"{sender.name}: tftpd-hpa"
    if not os.path.exists(TFTPD) or os.geteuid():
        checks.skip(name, "tftpd-hpa is not installed, or this is not root")
        return
    for create in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            shutil.chown(folder, "nobody")
            port = free_port(socket.SOCK_DGRAM)
            argv = [TFTPD, "--foreground", "--address", f"127.0.0.1:{port}", "--user", "nobody"]
            argv += ["--secure", *(["--create"] if create else []), folder]
            with running(argv, lambda port=port: is_bound(port)):
                checks.check(
                    name + " --create" * create, with_tftpd, sender, port, folder, create
                )


def with_tftpd(sender, port, folder, create):
    done = sender(REPORT, f"tftp://127.0.0.1:{port}/%i.json", "--timeout", "8")
    text = done.stdout + done.stderr
    stored = pathlib.Path(folder) / "rack3-17.json"
    if not create:
        if done.returncode != 4 or "--create" not in text:
            yield f"it exits {done.returncode}: {text}"
        return
    if done.returncode:
        yield f"it exits {done.returncode}: {text}"
    if not stored.exists() or stored.read_bytes() != REPORT.read_bytes():
        yield f"it does not have {stored.name}"
