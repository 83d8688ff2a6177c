# SPDX-License-Identifier: GPL-2.0-only
"""Where things are: in the checkout, and where make puts what it builds."""

import pathlib

TOP = pathlib.Path(__file__).resolve().parents[2]
TESTS = TOP / "tests"
EXPECT = TESTS / "expect"
# Recordings of machines (NAME.json), and what must come of them (NAME.toml).
REPLAY = EXPECT / "replay"
# As Makefile has them.
BUILD = pathlib.Path("build")
CACHE = pathlib.Path.home() / ".cache" / "nestcheck"
