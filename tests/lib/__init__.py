# SPDX-License-Identifier: GPL-2.0-only
"""What more than one room of tests/ uses. Each room has a link to this folder, so that `from lib
import NAME` finds it from every program, however it is started. Nothing here imports from a room.
"""
