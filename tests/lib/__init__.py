# SPDX-License-Identifier: GPL-2.0-only
"""Modules shared by rooms of tests/. Each room has a link to this folder, so that `from lib import
NAME` works in every program, however it is started. Nothing here imports from a room.
"""
