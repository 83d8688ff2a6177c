# SPDX-License-Identifier: GPL-2.0-only
"""Shared by the tests of setup guest: counting, running, and nestcheck on a machine's facts."""

import subprocess

from lib import command, suite

checks = suite.Suite()
skip = checks.skip


def check(good, what, detail=""):
    return checks.that(what, good, detail)


def run(argv, timeout=command.LIMIT, **options):
    """A program that is missing or does not end has failed."""
    try:
        return command.run(argv, timeout, merged=True, **options)
    except (subprocess.TimeoutExpired, OSError) as error:
        return subprocess.CompletedProcess(argv, 255, f"{error}")


class Machine:
    """nestcheck on a machine's facts."""

    def __init__(self, build, path, feature):
        self.nestcheck, self.path, self.feature = build / "nestcheck", path, feature

    def call(self, what, *options):
        return command.run([self.nestcheck, "setup", what, *options, "--facts", self.path], 20)

    def text(self, what, *options):
        result = self.call(what, *options)
        if result.returncode or not result.stdout:
            check(False, f"setup {what} {' '.join(options)}", result.stderr.strip())
        return result.stdout
