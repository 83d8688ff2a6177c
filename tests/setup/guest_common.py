# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of setup guest share: counting, running, and nestcheck on a machine's facts."""

import subprocess

count = {"passed": 0, "failed": 0, "skipped": 0}


def check(good, what, detail=""):
    count["passed" if good else "failed"] += 1
    print(f"{'ok' if good else 'FAIL'}   {what}" + ("" if good or not detail else f": {detail}"))
    return good


def skip(what, why):
    count["skipped"] += 1
    print(f"skip {what}: {why}")


def run(argv, **options):
    options.setdefault("timeout", 60)
    try:
        return subprocess.run(
            [str(a) for a in argv],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        return subprocess.CompletedProcess(argv, 255, f"{error}")


class Machine:
    """nestcheck on a machine's facts."""

    def __init__(self, build, path, feature):
        self.nestcheck, self.path, self.feature = build / "nestcheck", path, feature

    def call(self, what, *options):
        return subprocess.run(
            [self.nestcheck, "setup", what, *options, "--facts", self.path],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    def text(self, what, *options):
        result = self.call(what, *options)
        if result.returncode or not result.stdout:
            check(False, f"setup {what} {' '.join(options)}", result.stderr.strip())
        return result.stdout
