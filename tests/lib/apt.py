# SPDX-License-Identifier: GPL-2.0-only
"""Packages of any Debian suite, unpacked into the cache and never installed.

They come from apt's configured mirror. apt gets a separate state for each release, in which nothing
is installed, so that it lists all dependencies of a package. Needs no root.

    <cache>/suites-2/apt/<base>/        apt's lists and configuration
    <cache>/suites-2/<base>.lock        held while one of these is changed
    <cache>/suites-2/<base>/<name>/     unpacked packages; renamed into place when complete
"""

import contextlib
import dataclasses
import fcntl
import fnmatch
import functools
import os
import pathlib
import re
import shutil
import tempfile
import time
import urllib.parse

from lib import command

# Changed with the layout of this folder.
LAYOUT = "suites-2"
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Older lists are downloaded again. In seconds.
LISTS_AGE = 12 * 3600
# A replaced version is removed after this time without use: another run may have it open.
UNUSED_AGE = 24 * 3600
# This machine's access to its mirror (a proxy, a snapshot), as in iso/check-fresh.
HOST_CONFIG = re.compile(r"^Acquire::(?:https?|Check|Retries)")
PACKAGE = re.compile(r"^'[^']*' (\S+?)_(\S+?)_(\S+)\.deb ", re.MULTILINE)


class Unavailable(Exception):
    """A package cannot be obtained; the message gives the reason in one line."""


@dataclasses.dataclass(frozen=True, order=True)
class Package:
    name: str
    version: str

    @property
    def upstream(self):
        """Without the epoch: paths of libraries and disk images must not have a colon."""
        return self.version.partition(":")[2] or self.version


def installed(package):
    """The installed version without its epoch; "" if it is not known."""
    try:
        done = command.run(["dpkg-query", "-W", "-f", "${Version}", package])
    except OSError:
        return ""
    return Package(package, done.stdout).upstream if done.returncode == 0 else ""


def _run(argv, **kwargs):
    done = command.run(argv, limit=None, **kwargs)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        errors = errors or done.stderr.splitlines()[-1:] or [f"status {done.returncode}"]
        raise Unavailable(f"{argv[0]} {argv[1]}: {errors[0][:200]}")
    return done.stdout


@functools.cache
def _mirrors():
    """(archive, security archive) of the suites that apt is configured with."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("no apt and dpkg here to download Debian's packages")
    form = "$(CODENAME) $(SITE)"
    lines = _run(["apt-get", "indextargets", "--format", form, "Origin: Debian"]).splitlines()
    sites = dict(line.split() for line in reversed(lines) if len(line.split()) == 2)
    security = [site for name, site in sites.items() if name.endswith("-security")]
    archive = [site for name, site in sites.items() if not name.endswith("-security")]
    if not archive:
        raise Unavailable("apt has no Debian mirror: run apt-get update")
    return archive[0], security[0] if security else archive[0] + "-security"


def _sources(base, archive, security):
    yield f"deb {archive} {base} main"
    if base != "sid":
        yield f"deb {security} {base}-security main"
    # bullseye's were removed from the archive.
    if base not in ("sid", "bullseye"):
        yield f"deb {archive} {base}-backports main"


class Suite:
    """One suite: bookworm, trixie-backports, sid ... Suites of one release share apt's lists."""

    def __init__(self, name, cache):
        self.name, self.base = name, name.removesuffix("-backports")
        self.top = pathlib.Path(cache) / LAYOUT
        self.folder, self.state = self.top / self.base, self.top / "apt" / self.base

    @contextlib.contextmanager
    def lock(self):
        self.top.mkdir(parents=True, exist_ok=True)
        with open(self.top / f"{self.base}.lock", "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _apt(self, *argv, **kwargs):
        environment = os.environ | {"APT_CONFIG": str(self.state / "apt.conf"), "LC_ALL": "C"}
        return _run(argv, env=environment, **kwargs)

    def _configure(self):
        archive, security = _mirrors()
        for name in ("lists/partial", "cache/archives/partial", "keys"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        with contextlib.suppress(FileExistsError):
            (self.state / "keys" / KEYRING.name).symlink_to(KEYRING)
        (self.state / "sources.list").write_text(
            "".join(line + "\n" for line in _sources(self.base, archive, security))
        )
        host = [w for w in _run(["apt-config", "dump"]).splitlines() if HOST_CONFIG.match(w)]
        own = {
            "Dir": self.state,
            "Dir::State": self.state,
            "Dir::State::status": self.state / "status",
            "Dir::State::lists": self.state / "lists",
            "Dir::Cache": self.state / "cache",
            "Dir::Etc::sourcelist": self.state / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::trusted": "/dev/null",
            "Dir::Etc::trustedparts": self.state / "keys",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            # The host's hooks and preferences must not apply.
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false",
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "1",
            "Acquire::http::Timeout": "15",
            "Acquire::https::Timeout": "15",
        }
        words = [*host, *(f'{key} "{value}";' for key, value in own.items())]
        (self.state / "apt.conf").write_text("\n".join(words) + "\n")

    def refresh(self, age=LISTS_AGE):
        """Renews lists that are too old. The caller holds the suite's lock. Raises Unavailable."""
        stamp = self.state / "stamp"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < age:
            return
        self._configure()
        self._apt("apt-get", "update", "-qq")
        stamp.touch()

    def answer(self, question, ask):
        """ask()'s result, a package. Called once for these lists, because apt reads them slowly."""
        path = self.state / "answers" / question
        with contextlib.suppress(OSError, ValueError):
            if path.stat().st_mtime > (self.state / "stamp").stat().st_mtime:
                return Package(*path.read_text(encoding="utf-8").split())
        package = ask()
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(f"{package.name} {package.version}\n", encoding="utf-8")
        part.rename(path)
        return package

    def names(self, glob):
        """All packages with this name."""
        return fnmatch.filter(self._apt("apt-cache", "pkgnames").split(), glob)

    def offered(self, names):
        """The packages with these names, in the versions that apt would install."""
        names = list(names)
        if not names:
            raise Unavailable(f"{self.name} has no such package")
        shown = self._apt("apt-cache", "show", "--no-all-versions", *names)
        found = re.findall(r"^Package: (.*)$(?:.*\n)+?^Version: (.*)$", shown, re.MULTILINE)
        return [Package(*one) for one in found]

    def closure(self, *names):
        """The packages and all their dependencies."""
        argv = ["apt-get", "install", "--print-uris", "-qq", "-t", self.name, *names]
        found = PACKAGE.findall(self._apt(*argv))
        return [Package(name, urllib.parse.unquote(version)) for name, version, _ in found]

    def unpack(self, name, packages, fill):
        """<base>/<name>, made from the packages unless it exists. The caller holds the lock.

        packages: a function that returns them. fill: called with their .deb files and the folder.
        """
        target = self.folder / name
        if target.exists():
            return target
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(".part-*"):
            shutil.rmtree(left)
        part = pathlib.Path(tempfile.mkdtemp(prefix=".part-", dir=self.folder))
        debs, root = part / "debs", part / "root"
        debs.mkdir()
        root.mkdir()
        names = [f"{p.name}={p.version}" for p in packages()]
        self._apt("apt-get", "download", "-qq", *names, cwd=debs)
        fill(sorted(debs.glob("*.deb")), root)
        root.rename(target)
        shutil.rmtree(part)
        return target

    def cached(self, prefix):
        """The unpacked folders whose names begin with this, the newest first."""
        found = self.folder.glob(f"{prefix}_*")
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)

    def used(self, target, prefix):
        """Marks it as used; removes what it has replaced. The caller holds the suite's lock."""
        os.utime(target)
        for old in self.cached(prefix):
            if old != target and time.time() - old.stat().st_mtime > UNUSED_AGE:
                shutil.rmtree(old)


def newest(packages):
    """The one with the highest version, as dpkg orders them."""

    def compare(a, b):
        higher = ["dpkg", "--compare-versions", a.version, "gt", b.version]
        return 1 if command.run(higher).returncode == 0 else -1

    return max(packages, key=functools.cmp_to_key(compare))
