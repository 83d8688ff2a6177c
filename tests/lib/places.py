# SPDX-License-Identifier: GPL-2.0-only
"""Paths: of the checkout, and of make's products."""

import pathlib

TOP = pathlib.Path(__file__).resolve().parents[2]
TESTS = TOP / "tests"
EXPECT = TESTS / "expect"
# Recordings of machines (NAME.json), and their expectations (NAME.toml).
REPLAY = EXPECT / "replay"
# As in Makefile.
BUILD = pathlib.Path("build")
CACHE = pathlib.Path.home() / ".cache" / "nestcheck"
